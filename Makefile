# Everything a person or CI does with this project; `make help` prints the comments below.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
PYTEST := $(PY) -m pytest
# Where commands that only look at the code would make a secret key.
SCRATCH := CLEANPROD_HOME=.venv/scratch-home DATABASE_URL=postgresql:///unused
POSTGRES_15 := /usr/lib/postgresql/15/bin

##@ Use
demo: run-ready ## Install what is missing, load the demo province once, serve it on 127.0.0.1:8000
	@exec $(PY) -m cleanprod demo
run: run-ready ## Install what is missing and serve your own home (CLEANPROD_HOME, CLEANPROD_PORT)
	@exec $(PY) -m cleanprod serve

##@ Develop
test: dev-ready ## Install what is missing, run all checks and all tests, print the seconds of each part
	@exec deploy/parts.sh
check: dev-ready ## Check form, lint, types, floors, templates, migrations, secrets
	@$(MAKE) -j2 --output-sync=target check-types check-rest
check-types:
	$(SCRATCH) $(PY) -m mypy
check-rest:
	$(PY) -m ruff format --check
	$(PY) -m ruff check
	.venv/bin/lint-imports --no-logo
	$(PY) -m djlint cleanprod --lint --quiet
	$(SCRATCH) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PY) -m tests.house.secrets
fast: dev-ready ## Run the tests of rules, kernel and house only: seconds
	$(PYTEST) cleanprod/kernel $$(find cleanprod -path '*/tests/*rules*.py') tests/house
suite: dev-ready ## Run the whole suite on the PostgreSQL of the wheel
	$(PYTEST) -n 2
suite-15: dev-ready ## Run the tests near the database on Debian's PostgreSQL 15
	CLEANPROD_PG_BIN=$(POSTGRES_15) $(PYTEST) -n 2 -m database
coverage: dev-ready ## Run the suite with line and branch coverage, write htmlcov/
	rm -f .coverage .coverage.*
	$(PY) -m coverage run -m pytest -n 2
	$(PY) -m coverage combine -q
	$(PY) -m coverage html -q
	$(PY) -m coverage report --skip-covered --sort=cover | tail -n 40
format: dev-ready ## Format the code and mend what the linter can mend
	$(PY) -m ruff check --fix
	$(PY) -m ruff format
lint: dev-ready ## Check form and lint only
	$(PY) -m ruff format --check
	$(PY) -m ruff check
bench: dev-ready ## Measure speed against a floor, write bench/reports/
	$(PY) -m bench

##@ Keep current
docs: dev-ready ## Write the charts of the lifecycles into docs/lifecycles.md
	$(SCRATCH) $(PY) -m tests.house.charts
screenshots: dev-ready ## Make the pictures of the README from the demo province
	$(PY) -m tests.screenshots
requirements: dev-ready ## Pin the dependencies of pyproject.toml anew, with hashes
	$(PY) -m uv pip compile -q --universal --generate-hashes --no-emit-index-url \
		--python-version 3.11 --custom-compile-command 'make requirements' \
		pyproject.toml -o requirements/run.txt
	$(PY) -m uv pip compile -q --universal --generate-hashes --no-emit-index-url \
		--python-version 3.11 --custom-compile-command 'make requirements' \
		pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
messages: ## Compile what forms say of bad input (needs Debian's gettext)
	cd cleanprod/foundation/web/locale/zh_Hans/LC_MESSAGES && msgfmt --check -o django.mo django.po
vendor: run-ready ## Fetch the front-end libraries at their pinned versions (needs npm)
	$(PY) -m cleanprod.foundation.web.vendor
clean: ## Remove what the commands above made in this folder, the environment too
	rm -rf .venv dist build htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## Print this list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run-ready:
	@deploy/setup.sh run
dev-ready:
	@deploy/setup.sh dev

.PHONY: demo run test check check-types check-rest fast suite suite-15 coverage format lint bench \
	docs screenshots requirements messages vendor clean help run-ready dev-ready
