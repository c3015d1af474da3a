# Needs Python >= 3.11 (with venv), pip and make; everything else is installed into $(VENV).
PYTHON ?= python3
VENV ?= .venv
# What reads the exports is large and asks for other releases, so it has an environment of its own.
CONSUMERS ?= .venv-consumers
WORKERS ?= 2

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
BASE := $(VENV)/.installed-base
DEV := $(VENV)/.installed-dev
PINS := pyproject.toml constraints.txt
# Tests that share an expensive fixture name one xdist_group, so that one worker makes it.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

.DEFAULT_GOAL := help
.PHONY: help demo test check consumers format clean

help:
	@echo "make demo    install, then simulate one dialogue offline"
	@echo "make test    install with the dev extra, then run the tests"
	@echo "make check   format, lint, types, layers and tests"
	@echo "make consumers  install the trainers and bfcl-eval into $(CONSUMERS), then let them read the exports"
	@echo "make format  rewrite the files the way 'make check' wants them"
	@echo "make clean   remove $(VENV) and every cache"

demo: $(BASE)
	@$(BIN)/toolweave simulate --seed 7

test: $(DEV)
	@$(PYTEST)

check: $(DEV)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(PYTEST)

consumers: $(CONSUMERS)/.installed
	@$(CONSUMERS)/bin/python -m pytest -m consumers tests/consumers

format: $(DEV)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) $(CONSUMERS) build dist src/toolweave.egg-info
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "ToolWeave needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(BASE): $(PINS) | $(BIN)/python
	@echo "Installing ToolWeave into $(VENV)"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

# The dev extra contains the base install, so both stamps are fresh afterwards.
$(DEV): $(PINS) | $(BIN)/python
	@echo "Installing ToolWeave with the dev extra into $(VENV)"
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $(BASE) $@

# These three ask for releases that do not agree; the tests need no more of them than their own code.
$(CONSUMERS)/.installed: $(PINS)
	@$(PYTHON) -m venv $(CONSUMERS)
	@echo "Installing the readers of exports into $(CONSUMERS)"
	@$(CONSUMERS)/bin/python -m pip -qq --disable-pip-version-check install --constraint constraints.txt --editable '.[consumers]'
	@$(CONSUMERS)/bin/python -m pip -qq --disable-pip-version-check install --constraint constraints.txt --no-deps axolotl bfcl-eval llamafactory
	@touch $@
