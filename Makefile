# The project's commands. Only git, make and python3 (>= 3.11, with venv) are assumed.
SHELL := /bin/bash
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
JOBS ?= 2
VENV := .venv
PY := $(VENV)/bin/python
MANAGE := $(PY) manage.py
BASE := $(VENV)/.installed-base
DEV := $(VENV)/.installed-dev
FONTS := $(wildcard /usr/share/fonts/truetype/wqy/*.ttc)
BROWSER := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
# What the demo's database is made from: a change of it updates the database, an unchanged one starts at once.
SEEDS := $(shell find secmgmt assets assessments contingency -type f \( -path '*/migrations/*.py' -o -path '*/data/*' \) 2>/dev/null)
DEMO_READY := var/.demo-ready
DEMO_ENV := DEMO=1 DEBUG=1
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo demo-accounts run test test-fast lint prove bench docs samples fonts browser always
.DEFAULT_GOAL := help

help:
	@echo 'make demo [PORT=8000]  装好并启动演示系统    make demo-accounts  更新演示账号和登录链接'
	@echo 'make test              全部测试              make test-fast      不含浏览器的测试'
	@echo 'make setup lint prove bench run docs               说明见 README.md'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '需要 Python 3.11 或更高版本' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A virtual environment made by another tool may lack pip.
PIP := $(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null; $(PY) -m pip install -q --require-hashes

$(BASE): requirements/base.txt | $(VENV)/bin/python
	$(PIP) -r requirements/base.txt
	@touch $@

$(DEV): requirements/dev.txt | $(VENV)/bin/python
	$(PIP) -r requirements/dev.txt
	@touch $@ $(BASE)

setup: $(DEV)

fonts:
	@$(if $(FONTS),true,scripts/packages.sh optional '报告中的中文字体' fonts-wqy-microhei)

browser:
	@$(if $(and $(BROWSER),$(FONTS)),true,scripts/packages.sh required '浏览器测试' chromium fonts-wqy-microhei)

always:

$(DEMO_READY): $(BASE) $(SEEDS) $(if $(wildcard var/secmgmt.sqlite3),,always)
	$(DEMO_ENV) $(MANAGE) migrate --noinput --verbosity 0
	$(DEMO_ENV) $(MANAGE) load_catalogs
	$(DEMO_ENV) $(MANAGE) seed_demo
	@touch $@

demo: $(BASE) fonts $(DEMO_READY)
	@$(DEMO_ENV) $(MANAGE) up --no-migrate --host $(HOST) --port $(PORT) --after "demo_accounts --port $(PORT)"

demo-accounts: $(DEMO_READY)
	@$(DEMO_ENV) $(MANAGE) demo_accounts $(if $(filter file,$(origin PORT)),,--port $(PORT))

run: $(BASE)
	$(MANAGE) up --host $(HOST) --port $(PORT)

test: setup browser
	$(PY) -m pytest -n $(JOBS) $(PYTEST_ARGS)

test-fast: setup
	$(PY) -m pytest -n $(JOBS) -m 'not browser' $(PYTEST_ARGS)

lint: setup
	$(PY) -m ruff check .
	$(VENV)/bin/lint-imports --no-logo
	$(PY) -m mypy
	$(MANAGE) makemigrations --check --dry-run

prove: setup
	@$(PY) -m tests.prove --shard 1/2 $(PROVE_ARGS) & one=$$!; \
	$(PY) -m tests.prove --shard 2/2 $(PROVE_ARGS); two=$$?; wait $$one && exit $$two

# BENCH_ARGS='--only lists --database sqlite' for a part (docs/bench.md)
bench: setup
	@$(PY) -m tests.bench $(BENCH_ARGS)

docs: setup
	$(MANAGE) write_docs

# The sample documents, from the demo as of one day on a database of its own; the same font gives the same bytes.
samples: $(BASE) fonts
	@rm -rf var/samples && mkdir -p docs/samples
	@export VAR_DIR=var/samples $(DEMO_ENV); $(MANAGE) migrate --noinput --verbosity 0 && $(MANAGE) write_samples
	@rm -rf var/samples
