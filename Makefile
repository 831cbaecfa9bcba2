# One verb a target; each makes its own .venv from a bare checkout (Python 3.11, pip and venv; nothing else).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := $(VENV)/.bench
SPHINX := $(VENV)/.docs
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo run test soak fuzz check fix bench docs lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 14

demo: $(STAMP) ## everything at work on sample articles: no account, no token, no network
	@$(BIN)/newswire demo

run: $(STAMP) ## the real thing, by config.toml (made from config.example.toml if there is none)
	@test -f config.toml || { cp config.example.toml config.toml; echo "config.toml is new: it is config.example.toml"; }
	@$(BIN)/newswire run

test: $(STAMP) ## the test suite, on as many workers as there are processors, four at most
	@$(BIN)/pytest --numprocesses=logical --maxprocesses=4 --dist=worksteal

soak: $(STAMP) ## 2,000 dispatchers are killed, and the state machine runs for longer; prints the tally
	@NEWSWIRE_SOAK=2000 $(BIN)/pytest -o addopts="--import-mode=importlib" tests/crash tests/core/distributed -s

fuzz: $(STAMP) ## coverage-guided fuzzing of what comes in, a minute a target (CPython 3.11 to 3.13 on Linux)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r tests/fuzz/requirements.lock
	@for target in body feed request; do \
		mkdir -p build/fuzz/$$target; \
		$(BIN)/python tests/fuzz/fuzz.py $$target -max_total_time=60 -max_len=4000 -verbosity=0 -artifact_prefix=build/fuzz/ \
			build/fuzz/$$target tests/fuzz/seeds/$$target || exit 1; \
	done

check: $(STAMP) ## style, types, import rules; no tests
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: $(STAMP) ## let the formatter and the linter mend what they can
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(PEERS) ## figures, one JSON object a line: name, ours, peer, ratio
	@$(BIN)/python bench/run.py

docs: $(SPHINX) ## the docs as a site: build/docs/index.html; a link that leads nowhere fails
	@$(BIN)/sphinx-build --quiet --nitpicky --fail-on-warning --keep-going --fresh-env --write-all --conf-dir docs/site \
		--doctree-dir build/doctrees docs build/docs
	@echo "build/docs/index.html"

lock: $(STAMP) ## pin all dependencies anew: requirements.lock, and what only the bench and the docs need
	@$(BIN)/pip install --quiet uv
	@$(COMPILE) --extra dev --extra postgres -o requirements.lock
	@$(COMPILE) --extra bench --constraint requirements.lock -o bench/requirements.lock
	@$(COMPILE) --extra postgres --extra build --constraint requirements.lock -o deploy/requirements.lock
	@$(COMPILE) --extra fuzz --constraint requirements.lock -o tests/fuzz/requirements.lock
	@$(COMPILE) --extra docs --constraint requirements.lock -o docs/site/requirements.lock

clean: ## remove what the targets made
	@rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(STAMP): pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(PEERS): $(STAMP) bench/requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r bench/requirements.lock
	@touch $@

$(SPHINX): $(STAMP) docs/site/requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r docs/site/requirements.lock
	@touch $@
