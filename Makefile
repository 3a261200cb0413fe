# `make run` and `make test` do all the set-up; everything they install lives in .venv.

VENV := .venv
BIN := $(VENV)/bin
# Tests and checks, and what code of today uses. An extra joins when code that uses it lands: torch
# alone is 750 MB, and nobody should wait for a package that nothing imports.
TEST_EXTRAS := dev,view,raster,cluster,routing,workbook,study

NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
# The first interpreter that is new enough; `make run PYTHON=...` names another.
PYTHON ?= $(firstword $(foreach name,$(CANDIDATES),\
	$(shell $(name) $(NEW_ENOUGH) >/dev/null 2>&1 && echo $(name))))

# Warnings are left out, errors are shown.
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt

# A file of tests is run by one process, so that what they share is made once; in the order that
# tests/conftest.py gives them, the longest first.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile \
	--no-loadscope-reorder

# Without bytecode on disk every start takes two to three times as long.
unexport PYTHONDONTWRITEBYTECODE

.NOTPARALLEL:
.PHONY: help run view dev test test-slow lint style types layers scripts docs bench

help:
	@echo "make run        set up, then the main job: python run.py"
	@echo "make view       set up for the web page, then show the default city in the browser"
	@echo "make dev        set up for development"
	@echo "make test       the same, then the quick tests"
	@echo "make test-slow  the tests that take longer"
	@echo "make lint       style, types and layers, and the scripts of the page"
	@echo "make docs       the documentation site, in build/docs"
	@echo "make bench      speed, measured"

run: $(VENV)/core.installed
	@$(BIN)/python run.py

view: $(VENV)/view.installed
	@$(BIN)/corridor view

dev: $(VENV)/dev.installed

test: $(VENV)/dev.installed
	@$(PYTEST)

test-slow: $(VENV)/dev.installed
	@$(PYTEST) -m slow

lint: style types layers scripts

style: $(VENV)/dev.installed
	@$(BIN)/ruff check --output-format concise .
	@$(BIN)/ruff format --check .

types: $(VENV)/dev.installed
	@$(BIN)/mypy

layers: $(VENV)/dev.installed
	@$(BIN)/lint-imports --no-logo

# A binary for each system, out of Python's registry: no Node.js is needed.
scripts: $(VENV)/dev.installed
	@$(BIN)/oxlint viz

# A warning is an error: a link that leads nowhere, a formula that cannot be written.
docs: $(VENV)/dev.installed
	@$(BIN)/python -m sphinx -b html --fail-on-warning --keep-going --quiet docs build/docs
	@echo "Open build/docs/index.html"

bench: $(VENV)/core.installed
	@$(BIN)/python -m benchmarks all

$(VENV)/core.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Corridor and its packages into $(VENV) (about a minute, once) ..."
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/view.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Corridor with its web page into $(VENV) (about a minute, once) ..."
	@$(INSTALL) --editable '.[view]'
	@touch $@ $(VENV)/core.installed

# It holds the others as well, so `make run` and `make view` after `make test` install nothing.
$(VENV)/dev.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Corridor, its packages and the test tools into $(VENV) (about a minute, once) ..."
	@$(INSTALL) --editable '.[$(TEST_EXTRAS)]'
	@touch $@ $(VENV)/core.installed $(VENV)/view.installed

# Some systems split venv's own pip off; then the interpreter's pip puts one in.
$(BIN)/python:
	@$(or $(PYTHON),false) $(NEW_ENOUGH) 2>/dev/null || { \
		echo "Corridor needs Python 3.11 or newer; found:" \
			"$$($(or $(PYTHON),python3) --version 2>/dev/null || echo none)." >&2; \
		echo "Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; \
		exit 2; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
		$(PYTHON) -m venv --clear --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $@ install -qq pip; }
