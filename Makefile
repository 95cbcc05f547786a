# Needs only Python >= 3.11, git and make. Everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo check test soak coverage lint conformance bench docs lock wheel clean

demo: $(VENV)/.base
	$(BIN)/tracker-bridge demo $(ARGS)

# For the loop, under a minute: style, types, layers, and the tests of what changes most.
check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto -q tests/domain tests/commands/test_[d-e]*.py tests/test_house.py

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto

# Many more seeds of the simulation, then of what people write for an hour; ARGS="10 500": minutes and seeds.
soak: $(VENV)/.test
	$(BIN)/python -m tests.soak $(ARGS)

# What the tests reach; tracing makes them take twice as long.
coverage: $(VENV)/.test
	$(BIN)/pytest -n auto --cov --cov-report=term:skip-covered

lint: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Other people's tests against the sandbox, the receiver and the alert rules; needs npm, the Python package index, and
# promtool, or apt-get to fetch it with.
conformance: $(VENV)/.test
	$(BIN)/python -m tests.conformance

bench: $(VENV)/.test
	$(BIN)/python -m tests.benchmarks

# Pins what the tests and CI run with, by hash, to what is newest now.
lock: $(VENV)/.test
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --upgrade --custom-compile-command "make lock" pyproject.toml -o requirements.lock

# Rewrites the generated parts of docs/ (commands, settings) from the code.
docs: $(VENV)/.base
	$(BIN)/python -m tests.docs

wheel: $(VENV)/.test
	$(BIN)/pip wheel --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) .conformance dist build .coverage* htmlcov

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tracker-bridge needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(VENV)/bin/python pyproject.toml
	@echo "Installing tracker-bridge and what it needs into $(VENV); the first time takes a minute or two."
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml requirements.lock
	@echo "Installing tracker-bridge and its tests' tools into $(VENV); the first time takes a minute or two."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.base
