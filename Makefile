# Two commands do everything: `make run` shows the site, `make test` tests it.
export UV_SYSTEM_CERTS = 1
export UV_LINK_MODE = copy

PYTHON ?= python3
UV = .venv/bin/uv
COMPILE = ../$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11

.PHONY: help run install check test bench fix lock

help: ## What can be made
	@sed -n "s/^\([a-z]*\):.*## /  make \1\t/p" Makefile

run: ## Prepare everything and start the site on http://127.0.0.1:8000 (HOST, PORT, DATABASE_URL)
	@$(PYTHON) -m tools.environment run
	@exec .venv/bin/python -m tools.run

install: ## Prepare a site that is run for real: files and tables, no demonstration (README.md)
	@$(PYTHON) -m tools.environment run
	@.venv/bin/python -m tools.install

check: ## The fast half of the tests: format, lint, types, layers, migrations, messages, security
	@$(PYTHON) -m tools.environment dev
	@.venv/bin/python -m tools.check

test: ## Everything: checks, the suite on SQLite and on PostgreSQL, browser tests
	@$(PYTHON) -m tools.environment dev
	@.venv/bin/python -m tools.suite

bench: ## How fast it is, against DuckDB, at national scale (SCALE=small|region, DATABASE_URL: docs/performance.md)
	@$(PYTHON) -m tools.environment bench
	@.venv/bin/python -m benchmarks --scale $(or $(SCALE),national)

fix: ## Format, and mend what can be mended
	@$(PYTHON) -m tools.environment dev
	@.venv/bin/ruff check --quiet --fix; .venv/bin/ruff format --quiet
	@find templates -name "*.html" -exec .venv/bin/djade --target-version 5.2 {} +

lock: ## Compile the locked requirements anew, keeping what still fits
	@$(PYTHON) -m tools.environment run
	@cd requirements && $(COMPILE) uv.in -o uv.txt
	@cd requirements && $(COMPILE) run.in -o run.txt
	@cd requirements && $(COMPILE) --constraint run.txt dev.in -o dev.txt
	@cd requirements && $(COMPILE) --constraint dev.txt bench.in -o bench.txt
