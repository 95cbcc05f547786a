# Needs only Python >= 3.11, git and make. Everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than there are cores: some tests wait for a process or a browser.
WORKERS := $(shell expr $$(nproc 2>/dev/null || echo 1) + 1)
# Each worker goes on with the files that it has begun: what their tests begin with is made once.
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal

# Tests start many processes, and each worker reads all of them: what was compiled once is kept, whatever images ask for.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo check test style suite soak mutation coverage lint conformance bench docs site lock dist pin release clean

demo: $(VENV)/.base
	$(BIN)/tracker-bridge demo $(ARGS)

# For the loop, under a minute: style, types, layers, and the tests of what changes most.
check: style
	$(PYTEST) -q tests/domain tests/commands/test_[d-e]*.py tests/test_house.py tests/test_walls.py

test: $(VENV)/.test
	@$(MAKE) --no-print-directory --jobs 2 style suite

# Side by side: from cold, mypy takes half a minute of one core, and some tests only wait.
style: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# What nobody has compiled yet is compiled first: each worker would do it.
suite: $(VENV)/.test
	@test -d tests/__pycache__ || $(BIN)/pytest --collect-only -qq >/dev/null
	$(PYTEST)

# Many more seeds of the simulation, then of what people write for an hour; ARGS="10 500": minutes and seeds.
soak: $(VENV)/.test
	$(BIN)/python -m tests.soak $(ARGS)

# What the tests reach; tracing makes them take twice as long.
coverage: $(VENV)/.test
	$(PYTEST) --cov --cov-report=term:skip-covered
	$(BIN)/coverage report --include='tracker_bridge/domain/*' --fail-under=98 --skip-covered

# Small changes of the parser, the fold and the plan, a sample of them: does a test notice? ARGS=50 for more of each.
mutation: $(VENV)/.test
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[mutation]'
	nice -n 19 $(BIN)/python -m tests.mutation $(ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Other people's tests against the sandbox, the receiver and the alert rules; needs npm, the Python package index, and
# promtool, or apt-get to fetch it with.
conformance: $(VENV)/.test
	$(BIN)/python -m tests.conformance

bench: $(VENV)/.test
	$(BIN)/python -m tests.benchmarks

# The documentation as a site, in build/site; a link that leads nowhere is an error.
site: $(VENV)/.test
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs build/site

# Pins what the tests and CI run with, by hash, to what is newest now.
lock: $(VENV)/.test
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra test --generate-hashes \
		--no-emit-index-url --upgrade --custom-compile-command "make lock" pyproject.toml -o requirements.lock

# Rewrites the generated parts of docs/ (commands, settings) from the code.
docs: $(VENV)/.base
	$(BIN)/python -m tests.docs

# Wheel, source, and a bill of materials of what the wheel is installed with.
dist: $(VENV)/.test
	rm -rf dist && mkdir -p dist build
	$(BIN)/hatchling build --directory dist
	$(BIN)/uv pip compile --quiet --no-header --no-annotate --constraint requirements.lock pyproject.toml -o build/runtime.txt
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON \
		--output-file dist/tracker-bridge.cdx.json build/runtime.txt

# Renews the digests by which deploy/ pins images; IMAGE=registry.example.org/tracker-bridge:1.0.0: of yours, for Kubernetes.
pin:
	$(PYTHON) deploy/pin.py $(IMAGE)

# The same with the image, and checksums of all: TAG=v1.2.3, which must be the version of the code; needs docker. The image
# is a folder of the OCI in an archive: its digest is the one that it has in every registry.
release: dist
	test "$(TAG)" = "v$$($(BIN)/python -c 'import tracker_bridge; print(tracker_bridge.__version__)')"
	docker buildx create --use --driver docker-container
	docker buildx build --file deploy/Dockerfile --sbom true --provenance mode=max \
		--output type=oci,dest=dist/tracker-bridge-$(TAG)-image.tar .
	$(BIN)/python deploy/pinned.py dist/tracker-bridge-$(TAG)-image.tar dist/tracker-bridge-$(TAG)-deploy.tar.gz
	cd dist && sha256sum -- * > SHA256SUMS

clean:
	rm -rf $(VENV) .conformance dist build .coverage* htmlcov

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tracker-bridge needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(VENV)/bin/python pyproject.toml
	@echo "Installing tracker-bridge and what it needs into $(VENV); the first time takes a minute or two."
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[demo]'
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml requirements.lock
	@echo "Installing tracker-bridge and its tests' tools into $(VENV); the first time takes a minute or two."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.base
