"""Settings: from the environment, a .env file and secret files; masked when shown; wrong ones named."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.config import Settings

DOCUMENTED = {
    "TELEGRAM_TOKEN": "123:secret",
    "TELEGRAM_API": "http://localhost:9000",
    "WEBHOOK_URL": "https://bot.example.org/telegram/webhook",
    "WEBHOOK_SECRET": "hush",
    "LISTEN": "0.0.0.0:9090",
    "DATABASE_URL": "postgresql://user:password@host/name",
    "DATA_DIR": "/srv/prescreen",
    "KEY": "k1:secret",
    "KEY_FILE": "/srv/key",
    "FLOWS_DIR": "/srv/flows",
    "MODE": "demo",
    "TIMEZONE": "Europe/London",
    "TODAY": "2026-06-15",
}


NOT_PUBLIC = [
    "ftp://x",
    "http://bot.example.org",
    "bot.example.org",
    "https://",
    "https://x:port",
    "https://[x",
    "",
]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in DOCUMENTED:
        monkeypatch.delenv(f"PRESCREEN_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def settings(**more: Any) -> Settings:
    return Settings(**more)


def test_the_defaults_are_those_of_the_design() -> None:
    default = settings()
    assert default.telegram_token is None
    assert (default.host, default.port) == ("127.0.0.1", 8080)
    assert default.database == "sqlite:///data/prescreen.db"
    assert (default.mode, default.timezone, default.today) == ("live", "Asia/Shanghai", None)
    assert default.webhook_url is None


def test_every_documented_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in DOCUMENTED.items():
        monkeypatch.setenv(f"PRESCREEN_{name}", value)
    read = settings()
    assert read.telegram_token is not None
    assert read.telegram_token.get_secret_value() == "123:secret"
    assert (read.host, read.port, read.today) == ("0.0.0.0", 9090, date(2026, 6, 15))
    shown = read.masked()
    assert set(shown) >= {f"PRESCREEN_{name}" for name in DOCUMENTED}
    assert shown["PRESCREEN_FLOWS_DIR"] == "/srv/flows"


def test_an_env_file_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("PRESCREEN_MODE=demo\nPRESCREEN_TIMEZONE=Europe/Paris\nOTHER=1\n")
    monkeypatch.setenv("PRESCREEN_TIMEZONE", "Europe/London")
    assert (settings().mode, settings().timezone) == ("demo", "Europe/London")


def test_secrets_are_masked_wherever_they_are_shown() -> None:
    shown = settings(
        telegram_token="123:hush",
        webhook_secret="hush",
        key="k1:hush",
        database_url="postgresql://anna:hu@sh@host/x",
    )
    text = f"{shown.masked()} {shown!r} {shown}"
    assert "hush" not in text.replace("postgresql://anna:hu@sh@host/x", "")
    masked = shown.masked()
    assert masked["PRESCREEN_TELEGRAM_TOKEN"] == masked["PRESCREEN_KEY"] == "********"
    assert masked["PRESCREEN_DATABASE_URL"] == "postgresql://anna:********@host/x"
    assert settings().masked()["PRESCREEN_TELEGRAM_TOKEN"] == ""
    assert settings(database_url="sqlite:///x.db").masked()["PRESCREEN_DATABASE_URL"] == "sqlite:///x.db"


@pytest.mark.parametrize("name", ["telegram_token", "webhook_secret"])
def test_a_secret_may_come_as_a_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" hush \n", encoding="utf-8")
    read = settings(**{f"{name}_file": tmp_path / "secret"})
    assert getattr(read, name).get_secret_value() == "hush"
    assert read.masked()[f"PRESCREEN_{name.upper()}"] == "********"


def test_the_database_address_may_come_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://anna:hush@host/name\n", encoding="utf-8")
    read = settings(database_url_file=tmp_path / "url")
    assert read.database == "postgresql://anna:hush@host/name"
    assert read.masked()["PRESCREEN_DATABASE_URL"] == "postgresql://anna:********@host/name"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"timezone": "Mars/Olympus"}, "is not a time zone such as Asia/Shanghai"),
        ({"timezone": "../etc/passwd"}, "is not a time zone"),
        ({"listen": "8080"}, "is not host:port such as 127.0.0.1:8080"),
        ({"listen": ":8080"}, "is not host:port"),
        ({"listen": "host:http"}, "is not host:port"),
        ({"listen": "host:70000"}, "is not host:port"),
        ({"mode": "production"}, "Input should be 'live' or 'demo'"),
        ({"today": "tomorrow"}, "date"),
        ({"today": "9999-12-31"}, "less than or equal to 2199-12-31"),
        ({"telegram_token_file": "nowhere"}, "telegram_token_file\n  cannot be read"),
        ({"database_url_file": "nowhere"}, "database_url_file\n  cannot be read"),
        ({"database_url_file": "/dev/null"}, "database_url_file\n  is empty"),
        *(({"webhook_url": url}, "is not an address such as https://bot.example.org") for url in NOT_PUBLIC),
    ],
)
def test_a_wrong_setting_says_what_would_be_right(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**values)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["https://bot.example.org", "https://bot.example.org:8443/telegram/webhook", "http://127.0.0.1:80", "http://[::1]:8080", "http://localhost"],
)  # fmt: skip
def test_a_webhook_is_public_or_on_this_machine(url: str) -> None:
    assert settings(webhook_url=url).webhook_url == url


def test_an_ipv6_address_loses_its_brackets() -> None:
    assert (settings(listen="[::1]:8080").host, settings(listen="[::1]:8080").port) == ("::1", 8080)


def test_flows_and_catalogues_are_the_shipped_ones_where_there_are_none_here(tmp_path: Path) -> None:
    assert settings().flows.parts[-2:] == ("_shipped", "flows")
    assert settings(flows_dir=tmp_path / "nowhere").flows == tmp_path / "nowhere"  # named, so it is missed
    assert settings(flows_dir=tmp_path).flows == tmp_path
    assert settings(locales_dir=tmp_path).locales == tmp_path
    assert (settings().locales / "zh").is_dir()
