# Two commands do everything on a fresh machine: `make serve` and `make test`.
# They need Python 3.11 or newer, git and make; all else goes into .venv.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help serve test check format lock clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

serve: .venv/installed ## make the environment, build the index, serve on 127.0.0.1:8000
	$(BIN)/kb serve

test: .venv/installed-dev ## make what the tests need, browser included, and run them all
	./scripts/browser
	$(BIN)/python -m pytest

check: .venv/installed-dev ## format, lint and types; the casebook's own lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/kb lint

format: .venv/installed-dev ## put the code into shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lock: .venv/installed-dev ## write the lock files anew from pyproject.toml
	./scripts/lock

clean: ## remove the environment and the index
	rm -rf .venv var

.venv/bin/python:
	./scripts/environment $(PYTHON)

.venv/installed: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@
