# Works on a machine with Python 3.11 or newer and make. Everything goes into .venv.

# The first Python here that is new enough; or say which: make PYTHON=/path/to/python demo
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
RUN_STAMP := .venv/.run-ready
DEV_STAMP := .venv/.dev-ready
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# How many tests run at once: many of them wait for processes.
WORKERS ?= 4

.PHONY: help demo test torture night election fuzz bench format constraints picture clean

help:
	@echo "make demo    replay the bundled count night in the terminal"
	@echo "make test    lint, types, import rules and tests"
	@echo "make torture 500 kills and all that can go wrong on the way to 50 channels, ten minutes"
	@echo "make night   the night of October 2023 played by two people, killed again and again"
	@echo "make election a general election night, 650 counts and 200 channels, in ten minutes"
	@echo "make fuzz    what reads live blogs against a fuzzer, five minutes"
	@echo "make bench   speed and memory, as ratios"
	@echo "make format  put the code into its one format"

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Teller needs Python 3.11 or newer, and none is on the PATH."; exit 1; }
	@echo "· making .venv"
	@$(PYTHON) -m venv .venv

$(RUN_STAMP): .venv/bin/python pyproject.toml constraints.txt
	@echo "· installing Teller into .venv (once, or when its dependencies change; about half a minute)"
	@$(INSTALL) --editable .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP)
	@echo "· installing the tools for tests"
	@$(INSTALL) --editable '.[dev]'
	@touch $@

demo: $(RUN_STAMP)
	@$(BIN)/teller demo $(ARGS)

test: $(DEV_STAMP)
	@echo "· ruff: lint and format"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@echo "· mypy: types"
	@$(BIN)/mypy --no-error-summary
	@echo "· import-linter: who may know whom"
	@$(BIN)/lint-imports --no-cache > .venv/imports.txt || { cat .venv/imports.txt; exit 1; }
	@echo "· pytest"
# A hundred processes are started, and each would compile Teller anew where nothing is kept.
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

# What it takes: make torture ARGS=--help
torture: $(DEV_STAMP)
	@$(BIN)/python -m tests.torture $(ARGS)

# What they take: make night ARGS=--help
night: $(DEV_STAMP)
	@$(BIN)/python -m tests.nightplay $(ARGS)

election: $(DEV_STAMP)
	@$(BIN)/python -m tests.electionnight $(ARGS)

# Arguments are libFuzzer's: make fuzz ARGS=-max_total_time=3600
fuzz: $(DEV_STAMP)
	@$(INSTALL) 'atheris>=3' || { echo "The fuzzer (atheris) cannot be installed here."; exit 1; }
	@$(BIN)/python -m tests.fuzz $(ARGS)

bench: $(DEV_STAMP)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

format: $(DEV_STAMP)
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

# The pins, without download addresses.
constraints: $(DEV_STAMP)
	@$(INSTALL) uv
	@$(BIN)/uv pip compile pyproject.toml --all-extras --python-version 3.11 --universal \
		--no-header --no-annotate --upgrade --quiet --output-file constraints.txt

# The picture in the README.
picture: $(RUN_STAMP)
	@$(BIN)/teller demo --speed 400 --from 00:10 --until 00:52 --picture docs/demo.svg < /dev/null > /dev/null

clean:
	@rm -rf .venv build *.egg-info
