.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help setup demo run check test test-all bench schemas words screenshots lock clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Build .venv from requirements.lock (needs Python 3.11+ and nothing else)

# A virtual environment that works is kept and brought up to date; any other is made anew.
$(STAMP): requirements.lock pyproject.toml
	@set -eu; \
	works() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }; \
	if works $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1; then exit 0; fi; \
	found=; \
	for name in $(or $(PYTHON),python3.11 python3 python3.12 python3.13 python3.14); do \
	    if works "$$name"; then found="$$name"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "Python 3.11 or newer is needed: make setup PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	    echo "$$found cannot make virtual environments; on Debian and Ubuntu:" >&2; \
	    echo "    apt-get install python3-venv" >&2; exit 1; \
	fi; \
	"$$found" -m venv --clear $(VENV)
	@echo "Installing the locked packages into $(VENV)"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP)  ## Start with a sample story of two companies, told over years
	@$(BIN)/alliance-ledger demo

run: $(STAMP)  ## Start the ledger on http://127.0.0.1:8000 with data in ./data
	@$(BIN)/alliance-ledger serve

check: $(STAMP)  ## Lint, types, imports, SQL, generated schemas
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint services
	@set -eu; before=$$(mktemp -d); trap 'rm -rf "$$before"' EXIT; \
	cp -R contracts/schemas "$$before/"; \
	$(BIN)/python -m services.cli.schemas; \
	if ! diff -r -q -x __pycache__ "$$before/schemas" contracts/schemas; then \
	    echo "contracts/schemas was stale and has been written anew: commit it" >&2; exit 1; \
	fi

test: $(STAMP)  ## Run the fast tests
	$(BIN)/python -m pytest -n 2

test-all: $(STAMP)  ## Run every test, the slow ones too
	LEDGER_TEST_THOROUGH=1 $(BIN)/python -m pytest -n 2 -m ''

bench: $(STAMP)  ## Measure against yardsticks in the same run
	$(BIN)/python -m benchmarks

schemas: $(STAMP)  ## Write the JSON Schemas and openapi.json
	$(BIN)/python -m services.cli.schemas

PAGES := services/projections/pages
WORDS := $(PAGES)/locale/ja/LC_MESSAGES/messages

words: $(STAMP)  ## Bring the catalogue of the pages up to date with their texts
	@set -eu; found=$$(mktemp); trap 'rm -f "$$found"' EXIT; \
	(cd $(PAGES) && $(CURDIR)/$(BIN)/pybabel -q extract --no-location --sort-output -F locale/messages.cfg -o "$$found" .); \
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 100 \
	    -l ja -i "$$found" -o $(WORDS).po; \
	$(BIN)/pybabel compile -l ja -i $(WORDS).po -o $(WORDS).mo

screenshots: $(STAMP)  ## Take the screenshots of the pages anew (needs Debian's chromium)
	$(BIN)/python -m docs.pages.screenshots

LOCK := $(BIN)/pip-compile pyproject.toml --generate-hashes --allow-unsafe --strip-extras \
	--no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	--no-emit-options --quiet

lock: $(STAMP)  ## Solve the dependencies anew into the two lock files
	$(LOCK) --extra embedded --extra importers --extra dev --output-file requirements.lock
	$(LOCK) --constraint requirements.lock --build-deps-for wheel --output-file deploy/requirements.lock

clean:  ## Remove .venv and everything the tools made, never ./data
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis \
	    .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
