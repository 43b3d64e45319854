# Everything that is done with this project, from a machine that has only Python 3.11+ and make.
# Settings that people pass: PYTHON=python3.12 (which Python makes the environment), ARGS="..." (to the command that is run).

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_REQUIRE_VIRTUALENV := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo check test lint bench lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with the pinned dependencies and the command .venv/bin/pullquote

demo: $(READY) ## open the bot on a simulated Discord in the browser; no token, no account
	@$(BIN)/python -m bot --demo $(ARGS)

# A process for each core, whole files to each. More than four would spend longer on collecting than they save.
check: lint ## linters, types, import rules and the fast tests: two minutes on two cores
	$(BIN)/python -m pytest -q -m "not slow" -n auto --maxprocesses 4 --dist loadfile $(ARGS)

# The slow ones come one after the other: each process would load the models for itself.
test: check ## everything in check, and the slow tests: real model, browser, quality gate
	$(BIN)/python -m pytest -q -m slow $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) ## measure answers on the evaluation data beside the project; see benchmarks/README.md
	@$(BIN)/python -m benchmarks.quality $(ARGS)

# The stamp is written last, so that an install that broke off is taken up again.
$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed, and there is no $(PYTHON). Name yours: make setup PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, and $(PYTHON) is %d.%d. Name another: make setup PYTHON=..." % sys.version_info[:2])'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) comes without venv. On Debian and Ubuntu, install the package python3-venv." >&2; exit 1; }
	@echo "1/3 making the environment in $(VENV)"
	@rm -f $@ && $(PYTHON) -m venv $(VENV)
	@echo "2/3 installing the pinned dependencies: minutes without a word the first time (much smaller with the CPU build of torch, see CONTRIBUTING.md)"
	@$(BIN)/python -m pip install -qq -r requirements.lock
	@echo "3/3 installing the command pullquote"
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $@
	@echo "ready: $(BIN)/pullquote"

# Needs the registries. Lines with a marker stay as they are: this machine's Python cannot resolve those for other ones.
lock: ## resolve pyproject.toml anew into requirements.lock
	@rm -rf .lock && $(PYTHON) -m venv .lock
	@echo "1/2 resolving in a fresh environment: minutes"
	@.lock/bin/python -m pip install -qq -e '.[dev]'
	@echo "2/2 writing requirements.lock"
	@{ sed -n '/^#/p' requirements.lock; \
	   { sed -n '/^[^#].*;/p' requirements.lock; \
	     .lock/bin/python -m pip freeze --all --exclude-editable | sed -e '/^pip==/d' -e '/^wheel==/d' -e 's/+[a-z0-9.]*$$//'; } | LC_ALL=C sort -f; \
	 } > .lock/requirements.lock
	@mv .lock/requirements.lock requirements.lock && rm -rf .lock

clean: ## remove the environment and all caches; archives and settings stay
	rm -rf $(VENV) .lock .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
