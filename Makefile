# A fresh machine has Python 3.11 or later and nothing else: every target does its own set-up in .venv, without root.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PORT ?= 8065
WORKERS ?= 2
TIMES ?= 50
KILLS ?= 1000
DELIVERIES ?= 10000
SEED ?= 1
export MPLCONFIGDIR := $(CURDIR)/var/matplotlib

.PHONY: help demo test test-fast oracle chaos year check format bench pictures clean

help:  ## says what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 11

demo: $(BIN)/.run-time  ## a made-up district, a Slack workspace and the bot, on this machine (PORT=8065)
	@$(BIN)/python bot.py demo --port $(PORT)

test: $(BIN)/.development  ## every test, or those of TESTS=tests/scenario (WORKERS=2)
	$(BIN)/python -m pytest -n $(WORKERS) $(TESTS)

test-fast: $(BIN)/.development  ## the unit tests: what to run while working
	$(BIN)/python -m pytest -n $(WORKERS) tests/unit

oracle: $(BIN)/.development  ## measures made-up districts against a plain reference, for long (TIMES=50)
	KPIBOT_EXAMPLES=$(TIMES) $(BIN)/python -m pytest -n $(WORKERS) tests/oracle

chaos: $(BIN)/.development  ## kills the whole bot at every step, and replicas, for long (KILLS=1000 DELIVERIES=10000 SEED=1)
	KILLS=$(KILLS) DELIVERIES=$(DELIVERIES) SEED=$(SEED) $(BIN)/python -m pytest tests/chaos

year: $(BIN)/.development  ## a simulated school year of 200 campuses; writes docs/year.md
	@$(BIN)/python -m tests.year

check: $(BIN)/.development  ## lint, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(BIN)/.development  ## puts the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(BIN)/.development  ## benchmarks, as ratios measured side by side
	$(BIN)/python -m benchmarks $(BENCH)
	$(BIN)/python -m benchmarks.store $(BENCH)
	$(BIN)/python -m benchmarks.start $(BENCH)

pictures: $(BIN)/.development  ## the README's pictures, from the demo (needs Chromium)
	@$(BIN)/python -m tests.browser.pictures

clean:  ## forgets everything that was made
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "kpibot needs Python 3.11 or later, with venv"; exit 1; }
	@echo "making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv

$(BIN)/.run-time: requirements.txt | $(BIN)/python
	@echo "installing what kpibot needs"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(BIN)/.development: requirements.txt requirements-dev.txt | $(BIN)/python
	@echo "installing what its development needs"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
