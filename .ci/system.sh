#!/usr/bin/env bash
# Makes sure of what the tests need from the machine: Chromium, a font with Chinese characters, PostgreSQL.
# Quick when everything is there; installs what is missing with apt otherwise (as root or through sudo).
set -uo pipefail
cd "$(dirname "$0")/.."
export DEBIAN_FRONTEND=noninteractive

has_chromium() {
    if [ -x "$(command -v chromium)" ]; then return 0; fi
    .venv/bin/python - <<'PYTHON' 2>/dev/null
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not os.path.exists(playwright.chromium.executable_path))
PYTHON
}

has_chinese_font() {
    if [ "$(uname)" = Darwin ]; then return 0; fi # comes with the system
    [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]
}

has_postgres() {
    if [ -x "$(command -v initdb)" ]; then return 0; fi
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

apt_install() {
    local apt=(apt-get)
    if ! command -v apt-get >/dev/null; then return 1; fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then return 1; fi
        apt=(sudo DEBIAN_FRONTEND=noninteractive apt-get)
    fi
    "${apt[@]}" update -qq && "${apt[@]}" install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

missing=()
has_chromium || missing+=(chromium)
has_chinese_font || missing+=(fontconfig fonts-noto-cjk)
has_postgres || missing+=(postgresql)
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

echo "Installing for the tests: ${missing[*]}"
apt_install "${missing[@]}" || { sleep 5; apt_install "${missing[@]}"; } || echo "apt could not install them." >&2
has_chromium || .venv/bin/python -m playwright install chromium || true

failed=0
complain() {
    echo "$1" >&2
    failed=1
}
has_chromium || complain "The browser tests need Chromium: install the package chromium, or run '.venv/bin/playwright install --with-deps chromium'."
has_chinese_font || complain "The browser tests need a font with Chinese characters: install the package fonts-noto-cjk."
has_postgres || complain "The database tests need PostgreSQL: install the package postgresql (with Homebrew: brew install postgresql)."
exit "$failed"
