# Targets for people; CI calls the same ones. Python: override with `make PYTHON=python3.12`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install demo test system prove bench lint clean

install: $(VENV)/.installed

$(VENV)/.installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: install
	$(BIN)/connector demo

test: install lint
	$(BIN)/python -m pytest

# Whole sites over both sandboxes: several minutes.
system: install
	$(BIN)/python -m pytest tests/system --override-ini "addopts=-q --strict-markers --disable-socket --allow-hosts=127.0.0.1,localhost,::1"

# The product in virtual time, everything going wrong, and an oracle: some three minutes on two cores.
prove: install
	$(BIN)/python -m pytest tests/simulation -m prove --show-capture=no

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
