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

.PHONY: help demo test test-fast oracle chaos year check format bench grid pictures clean

help:  ## lists these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 11

demo: $(BIN)/.run-time  ## runs the bot, a made-up district and a Slack workspace on this machine (PORT=8065)
	@$(BIN)/python bot.py demo --port $(PORT)

test: $(BIN)/.development  ## runs every test, or those of TESTS=tests/scenario (WORKERS=2)
	$(BIN)/python -m pytest -n $(WORKERS) $(TESTS)

test-fast: $(BIN)/.development  ## runs the unit tests, for while you work
	$(BIN)/python -m pytest -n $(WORKERS) tests/unit

oracle: $(BIN)/.development  ## compares measures of random districts with plain Python, for long (TIMES=50)
	KPIBOT_EXAMPLES=$(TIMES) $(BIN)/python -m pytest -n $(WORKERS) tests/oracle

chaos: $(BIN)/.development  ## kills the bot and its replicas at every step, for long (KILLS=1000 DELIVERIES=10000 SEED=1)
	KILLS=$(KILLS) DELIVERIES=$(DELIVERIES) SEED=$(SEED) $(BIN)/python -m pytest tests/chaos

year: $(BIN)/.development  ## simulates a school year of 200 campuses and writes docs/year.md
	@$(BIN)/python -m tests.year

check: $(BIN)/.development  ## checks lint, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(BIN)/.development  ## formats the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(BIN)/.development  ## runs the benchmarks: ratios, measured side by side (BENCH=--quick)
	$(BIN)/python -m benchmarks $(BENCH)
	$(BIN)/python -m benchmarks.store $(BENCH)
	$(BIN)/python -m benchmarks.start $(BENCH)

grid: $(BIN)/.development  ## draws the packages into CONTRIBUTING.md
	@$(BIN)/python -m tests.grid

pictures: $(BIN)/.development  ## takes the README's pictures from the demo (needs Chromium)
	@$(BIN)/python -m tests.browser.pictures

clean:  ## deletes everything that was made
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
