# Targets for people; CI calls the same ones. Python: override with `make PYTHON=python3.12`.
PYTHON ?= python3
# Processes that share the tests; each has its own PostgreSQL. Many tests wait rather than work.
JOBS ?= 4
VENV := .venv
# Tests start thousands of processes: what Python compiles for one is kept for the next.
unexport PYTHONDONTWRITEBYTECODE
BIN := $(VENV)/bin

.PHONY: install demo test test-both prove prove-full prove-systems bench costs bundle bundle-check office-check java-check odoo-check browser-check api-check left-out lint clean

install: $(VENV)/.installed

PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.installed: setup.cfg pyproject.toml $(VENV)/.made
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/.runs

# What the product itself needs, and no more: the demo is there the sooner.
$(VENV)/.runs: setup.cfg pyproject.toml $(VENV)/.made
	$(PIP) --editable .
	touch $@

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else \
	    "Python 3.11 or later is needed; name one: make PYTHON=python3.11 demo")'
	$(PYTHON) -m venv $(VENV)
	touch $@

demo: $(VENV)/.runs
	$(BIN)/connector demo

test: install
	($(LINT)) & linting=$$!; \
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal; \
	tested=$$?; wait $$linting && exit $$tested

# The same, and what uses a store on both databases: `test` takes for some the one, for some the other.
test-both: install
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --both-stores

# Nothing lost, nothing doubled, never old over new: each suite's short form, some minutes in all.
prove: install
	$(BIN)/python -m tests.prove

# The full forms: hours, and begun again they go on where they stopped; the table goes into docs/reliability.md.
prove-full: install
	$(BIN)/python -m tests.prove --full --write $(if $(FROM),--from $(FROM))

# Every CRM with every ERP; the tests themselves take each with its reference partner, and some more.
prove-systems: install
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "all_pairs or not all_pairs" tests/pairs

LINT = $(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

lint: install
	$(LINT)

# What each adapter costs beside a bare loop that makes the same calls; the page in docs/.
costs: install
	$(BIN)/python -m tests.costs --write

# Wheels for machines without the Internet, Linux and Windows, in one zip in build/.
bundle: install
	$(BIN)/python -m bundle $(PYTHONS)

# The offline package, made from the package index and installed with the network off.
bundle-check: install
	$(BIN)/python -m pytest -m index tests/bundle

# What LibreOffice makes of the sheets that we write, and we of those that it saved.
office-check: install
	$(BIN)/python -m pytest -m libreoffice tests/adapters/files

# Signatures against those that a JDK makes; without one it fails.
java-check: install
	$(BIN)/python -m pytest -m java tests/adapters

# A real Odoo 19, brought up from nothing under build/: half an hour.
odoo-check: install
	$(BIN)/python -m pytest -m odoo tests/real

# The console before a real Chromium; its pages are photographed into build/shots.
browser-check: $(VENV)/.browser
	$(BIN)/python -m pytest -m browser tests/browser

$(VENV)/.browser: $(VENV)/.installed
	$(PIP) --editable '.[browser]'
	touch $@

# The interface for programs, asked over HTTP all that it says it can be asked, as whoever there is.
api-check: install
	$(BIN)/python -m pytest -m api tests/browser/test_interface.py

# What CI does not run, and the command for each.
left-out: install
	@$(BIN)/python -m tests.left_out

bench: install
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
