# All commands of the project. `make run` and `make test` set up whatever is missing.
.DEFAULT_GOAL := help
.PHONY: help setup run demo serve test test-unit check check-format check-lint check-types simulate bench bench-quick load store mutants torture lock clean

# The newest Python from 3.11 on that is on the path; override with `make PYTHON=...`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
IN_VENV := $(VENV)/bin/python
STAMP := $(VENV)/.set-up
# The peers of the benchmark have an environment of their own.
PEERS := .bench-venv
# So has the object store that the tests of stores run against.
STORE := .store-venv
# Checkouts that are measured side by side: `make bench TREES=". ../other"`.
TREE_FLAGS = $(foreach tree,$(TREES),--tree $(tree))
# An environment whose Python is gone (an upgrade, another container) is made anew.
ifneq ($(shell $(IN_VENV) -c 'print("runs")' 2>/dev/null),runs)
.PHONY: $(STAMP)
endif

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## the virtual environment with everything, and the kernels compiled
	@$(IN_VENV) -m etl_batch compile --quiet

$(STAMP): requirements-dev.txt pyproject.toml etl_batch/requirements-etl.txt
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer with venv was found; install python3 and python3-venv" >&2; exit 2; }
	@$(IN_VENV) -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing the packages of requirements-dev.txt into $(VENV) (a minute or two the first time)..."
	@$(IN_VENV) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(IN_VENV) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: setup ## set up, demo data and a first job where there is none, then the dashboard on 127.0.0.1:8501
	@test -s output/data.csv || $(MAKE) --no-print-directory demo
	@$(MAKE) --no-print-directory serve

serve: setup ## the dashboard on 127.0.0.1:8501; the first start prints a link to set it up
	@$(IN_VENV) -m streamlit run app.py

demo: setup ## make the demo data where there is none, and run the pipeline on it; headless, ends with exit code 0
	@test -s data/transactions.bin || $(IN_VENV) -m etl_batch demo-data
	@$(IN_VENV) etl_batch/etl_core.py -i data/transactions.bin -o output/data.csv -p output/data.parquet

test: setup $(STORE)/.set-up ## the tests
	@$(IN_VENV) -m pytest -n logical --dist worksteal

test-unit: setup ## the tests of rules alone, those without files and processes, in a minute; properties with fewer examples
	@ETL_QUICK_TESTS=1 $(IN_VENV) -m pytest -n logical --dist worksteal -m rule --ignore tests/acceptance --ignore tests/browser

check: check-format check-lint check-types ## format, lint and types; no tests

check-format: setup ## is every file as the formatter writes it?
	@$(IN_VENV) -m ruff format --check .

check-lint: setup ## does the linter find nothing?
	@$(IN_VENV) -m ruff check .

check-types: setup ## do the types agree?
	@$(IN_VENV) -m mypy

simulate: setup ## how often the intervals hold: of rows, of blocks in memory, of files (some minutes each)
	@$(IN_VENV) -m tests.bench.coverage
	@$(IN_VENV) -m tests.bench.simulate_blocks
	@$(IN_VENV) -m tests.bench.simulate_files

bench: setup $(PEERS)/.set-up ## beside Polars, DuckDB, pandas, pyarrow and cp, in memory; WRITE=1 writes docs/benchmarks.md
	@$(IN_VENV) -m tests.bench.speed $(TREE_FLAGS) $(if $(WRITE),--write)

bench-quick: setup ## CPU time of a row and of a start, job by job, in two minutes; TREES="DIR DIR" makes pairs
	@$(IN_VENV) -m tests.bench.speed.quick $(TREE_FLAGS)

load: setup ## fifty signed-in people at work beside a running job, for MINUTES (30): no error, p95 under 2 s, memory flat; with HOSTILE=2 beside questions that have no end
	@$(IN_VENV) -m tests.bench.load --minutes $(or $(MINUTES),30) --hostile $(or $(HOSTILE),0)

$(PEERS)/.set-up: requirements-bench.txt | setup
	@$(IN_VENV) -m venv --clear $(PEERS)
	@echo "Installing the packages of requirements-bench.txt into $(PEERS)..."
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

$(STORE)/.set-up: requirements-store.txt | setup
	@$(IN_VENV) -m venv --clear $(STORE)
	@echo "Installing the packages of requirements-store.txt into $(STORE)..."
	@$(STORE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-store.txt
	@touch $@

store: $(STORE)/.set-up ## the environment of the object store that tests run against; `make test` makes it, too

torture: setup ## random kills, faults and inputs from new seeds, for MINUTES (10); prints the seed that fails
	@$(IN_VENV) -m tests.torture --minutes $(or $(MINUTES),10)

mutants: setup ## plant known faults in a copy, one after the other: the tests must see each of them (within an hour)
	@$(IN_VENV) -m tests.mutants

lock: setup ## pin requirements*.in, with hashes and without index URLs
	@$(IN_VENV) -m pip install --quiet uv
	@for name in requirements requirements-dev requirements-bench requirements-store; do \
		$(IN_VENV) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-emit-find-links --no-header $$name.in --output-file $$name.txt; done

clean: ## remove what setup made
	rm -rf $(VENV) $(PEERS) $(STORE) *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
