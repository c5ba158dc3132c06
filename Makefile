# The two commands of a newcomer: `make demo` and `make test`. Everything they need, they install.
#
#   make demo     a real chain's members, from raw files to pages, on http://127.0.0.1:8000/
#   make up       the product on your own data (REGULARS_HOME, default ./var)
#   make test     every test on SQLite, before that on PostgreSQL those that touch the ledger
#   make lint     style, types, floors and rooms, templates, migrations, messages
#   make bench    load and refresh, beside their peers and physical limits, in one run
#   make docs     the handbook, into site/
#   make setup    only install: virtual environment, locked packages, static files, messages
#   make messages gather new strings into the message catalogue
#   make lock     pin the packages anew (make lock UPGRADE=--upgrade takes newer ones)
#   make clean    remove what make made; never your data in var/

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo up test lint bench docs lock messages clean dev-setup

VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/stamps
STATIC := src/regulars/console/static/vendor
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-input --no-compile \
	--require-hashes --only-binary :all:
# On all cores, which pip does not; a start without it spends seconds on compiling. Some packages
# carry templates that are no Python yet: those stay as they are.
BYTECODE := $(PY) -m compileall -q -q -j 0 $(VENV)/lib || true
COMPILE := $(PY) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-header --no-emit-index-url --no-annotate $(UPGRADE)
PORT ?= 8000
# One more than the cores of a small machine: many tests wait for a browser or another process.
PYTEST ?= -n 3 --dist loadfile --no-loadscope-reorder
SETUP := $(STAMPS)/package $(STAMPS)/messages $(STATIC)/.built
export PYTHONUNBUFFERED := 1

help:
	@sed -n '/^#   make/s/^#   //p' Makefile

setup: $(SETUP)

demo: setup
	$(VENV)/bin/regulars demo --port $(PORT)

up: setup
	$(VENV)/bin/regulars up --port $(PORT)

dev-setup: setup $(STAMPS)/dev

# Checks read settings, and settings make keys: theirs, not those of an installation in var/.
test lint docs: export REGULARS_HOME := $(CURDIR)/build/checks

test: dev-setup
	$(PY) scripts/system_packages.py
	$(PY) scripts/with_postgresql.py $(PY) -m pytest $(PYTEST)
	env -u DATABASE_URL -u DATABASE_URL_FILE $(PY) -m pytest $(PYTEST)

lint: dev-setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy src tests scripts benchmarks examples
	$(VENV)/bin/lint-imports
	$(PY) -m djlint --quiet --lint src
	$(VENV)/bin/regulars manage makemigrations --check --dry-run
	$(PY) scripts/messages.py --check
	$(PY) scripts/reference.py --check
	$(PY) -m pytest -q tests/house

bench: dev-setup
	$(PY) scripts/system_packages.py bench
	$(VENV)/bin/regulars bench $(BENCH)

docs: dev-setup
	$(PY) scripts/reference.py
	$(PY) -m zensical build --clean --strict

messages: dev-setup
	$(PY) scripts/messages.py

lock: dev-setup
	$(COMPILE) pyproject.toml -o requirements/base.lock
	$(COMPILE) pyproject.toml --extra models -c requirements/base.lock -o requirements/models.lock
	$(COMPILE) pyproject.toml --extra models --extra demo -c requirements/models.lock -o requirements/demo.lock
	$(COMPILE) pyproject.toml --extra models --extra demo --extra dev -c requirements/demo.lock -o requirements/dev.lock
	$(COMPILE) --group build -o requirements/build.lock
	$(COMPILE) --group node -o requirements/node.lock

clean:
	rm -rf $(VENV) build dist site frontend/node_modules $(STATIC) \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src -name '*.mo' -delete

# The stamps live inside the virtual environment: who deletes it starts afresh. A package whose
# installation was cut off half way looks installed to pip, so an environment that holds the mark
# of a dead installation is made anew.

INSTALLING := $(STAMPS)/installing
ifneq ($(wildcard $(INSTALLING)),)
$(shell kill -0 "$$(cat $(INSTALLING))" 2>/dev/null || rm -rf $(VENV))
endif

$(STAMPS)/venv:
	@sh scripts/virtual_environment.sh $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/packages: requirements/demo.lock requirements/build.lock | $(STAMPS)/venv
	@echo "Installing the locked packages into $(VENV)"
	@echo $$PPID >$(INSTALLING)
	@$(INSTALL) -r requirements/build.lock -r requirements/demo.lock
	@$(BYTECODE)
	@rm -f $(INSTALLING) && touch $@

$(STAMPS)/package: pyproject.toml $(STAMPS)/packages
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-input --no-index --no-deps \
		--no-build-isolation --editable .
	@touch $@

$(STAMPS)/messages: $(wildcard src/regulars/console/locale/*/LC_MESSAGES/*.po) $(STAMPS)/packages
	@$(PY) scripts/messages.py --compile
	@touch $@

$(STATIC)/.built: frontend/package.json frontend/package-lock.json $(wildcard frontend/*.mjs) \
		requirements/node.lock $(STAMPS)/packages
	@echo "Building the static files"
	@$(PY) scripts/static_files.py
	@touch $@

$(STAMPS)/dev: requirements/dev.lock $(STAMPS)/packages
	@echo "Installing what tests and checks need"
	@echo $$PPID >$(INSTALLING)
	@$(INSTALL) -r requirements/build.lock -r requirements/dev.lock
	@$(BYTECODE)
	@rm -f $(INSTALLING) && touch $@
