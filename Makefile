# `make demo` and `make test` need Python 3.11 or later and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types tests clean bench docs vsix vscode validators pictures

demo: $(VENV)/installed
	@$(BIN)/python examples/demo.py

test: lint types tests

lint: $(VENV)/developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/oai-lint check .

types: $(VENV)/developed
	$(BIN)/mypy

tests: $(VENV)/developed
	$(BIN)/python -m pytest

bench: $(VENV)/developed
	$(BIN)/python -m benchmarks

docs: $(VENV)/developed
	$(BIN)/python -m oai_lint.docs

# The extension for VS Code; needs Node 20 or later, as do the next two.
vsix: $(VENV)/installed editors/vscode/node_modules
	$(BIN)/python editors/vscode/bundle.py
	cd editors/vscode && npm run --silent lint && npm run --silent package

# The VS Code that tests/editors/test_vscode.py runs; it also needs Chromium.
vscode:
	tests/editors/vscode/install.sh .cache/vscode

pictures: vsix vscode
	node tests/editors/vscode/pictures.mjs .cache/vscode editors/vscode/*.vsix $(VENV) docs/pictures

# The libraries and validators that tests/report/ holds reports against.
validators: tests/report/node_modules

tests/report/node_modules: tests/report/package-lock.json
	cd tests/report && npm ci --omit=peer --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

editors/vscode/node_modules: editors/vscode/package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing: install Node 20 or later, https://nodejs.org' >&2; exit 1; }
	cd editors/vscode && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "oai-lint needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/developed: $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache dist
