# The commands of the project. They work in a virtual environment of their own, .venv.

VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.setup
# -qq: only errors
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --root-user-action ignore
JOBS ?= 2
PYTEST_ARGS ?=
EXAMPLES ?= 300

.PHONY: help setup demo test explore lint check bench fix system lock catalogues build clean

help:
	@echo "make setup       create .venv with everything in it"
	@echo "make demo        open the demonstration: chat in the browser, queue, no token needed"
	@echo "make test        run the tests"
	@echo "make explore     random lives of people, others each time and many, to look for bugs (EXAMPLES=300)"
	@echo "make lint        ruff, mypy and the catalogues"
	@echo "make check       lint, then the tests with branch coverage"
	@echo "make bench       measure what has a goal, each against a yardstick of the same run (PART=queue: the queue alone)"
	@echo "make fix         let ruff repair and format what it can"
	@echo "make catalogues  bring locales/ up to date with the code"
	@echo "make lock        pin newer dependencies in requirements*.txt (UPGRADE=--upgrade)"
	@echo "make build       build the wheel and the source archive into dist/"
	@echo "make clean       remove .venv and everything that is generated"

setup: $(SETUP)

# PYTHON=... chooses the interpreter; otherwise the first one found that is new enough and has venv.
$(BIN)/python:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Setting up $(VENV) with $$($$python --version)"; exec $$python -m venv --clear $(VENV); \
		fi; \
	done; \
	echo "Python 3.11 or newer with its venv module is needed (on Debian: apt-get install python3 python3-venv)." >&2; exit 1

# --no-deps: the lock names everything. Asked to resolve, pip takes `coverage[toml]>=7` from the newest release, which
# the lock does not pin, and refuses.
$(SETUP): requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages of requirements-dev.txt"
	@$(PIP) --require-hashes --no-deps -r requirements-dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check >/dev/null
	@touch $@

demo: setup
	$(BIN)/prescreen demo

test: setup system
	$(BIN)/python -m pytest -n $(JOBS) $(PYTEST_ARGS)

# What it finds it tells as a list of steps; the tests of the default profile then need an example of it.
explore: setup system
	HYPOTHESIS_PROFILE=explore EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n $(JOBS) tests/robustness/test_any_input.py $(PYTEST_ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m bot.i18n check

check: lint system
	$(BIN)/python -m pytest -n $(JOBS) --cov --cov-report= $(PYTEST_ARGS)
	$(BIN)/coverage report
	$(BIN)/coverage report --include='bot/core/*,bot/script/*' --fail-under=100

bench: setup
	$(BIN)/python -m tests.bench $(PART)

fix: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What the tests need from the machine beside Python: a browser, a Chinese font, PostgreSQL.
system: $(SETUP)
	@.ci/system.sh

# Pins for every platform and every Python from 3.11 on.
lock: $(SETUP)
	@$(BIN)/python -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@for extra in "requirements.txt" "requirements-dev.txt --extra dev"; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url $(UPGRADE) pyproject.toml -o $$extra; \
	done

catalogues: $(SETUP)
	@$(BIN)/python -m bot.i18n update

build: setup
	$(BIN)/python -m hatchling build

clean:
	rm -rf $(VENV) build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
