# make app     install what is missing, then open the visualizer
# make test    every test, in a real browser too
# make lint    ruff and mypy, and deno for what runs in the browser
# make parity  runs what is exported to PyTorch and optax in those libraries, which it installs: not part of the tests
#
# Another Python: rm -rf .venv && make PYTHON=python3.13 test

PYTHON ?= python3
RUN := .venv/bin/python -m

.PHONY: app test lint parity

app: .venv/requirements
	$(RUN) streamlit run app.py

test: .venv/requirements-dev
	$(RUN) tests.browser
	@# First all cores; then the browser, which needs more than one itself. Both run: one report tells all.
	$(RUN) pytest -n auto -m "not browser" || status=$$?; $(RUN) pytest -m browser || status=$$?; exit $${status:-0}

lint: .venv/requirements-dev
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	DENO_NO_UPDATE_CHECK=1 .venv/bin/deno lint --quiet
	DENO_NO_UPDATE_CHECK=1 .venv/bin/deno fmt --check --quiet
	DENO_NO_UPDATE_CHECK=1 .venv/bin/deno check --quiet lrviz/ui/*/js/*.js

# With the versions that the golden vectors are made with. Where an index offers PyTorch's CPU build, it is the smaller one.
# Keras is there for the calls that the Reference page names.
golden = $(shell sed -n 's/^$(1) = "\(.*\)"/\1/p' tests/golden/$(2).py)
parity:
	test -x .venv-parity/bin/pip || $(PYTHON) -m venv .venv-parity
	.venv-parity/bin/pip install --quiet --disable-pip-version-check torch==$(call golden,TORCH,make)
	.venv-parity/bin/pip install --quiet --disable-pip-version-check optax==$(call golden,OPTAX,make_optax) -r requirements.txt keras==3.15.1 pytest
	.venv-parity/bin/python -m pytest -o addopts=-q --confcutdir tests/parity tests/parity

# A stamp for each requirements file: newer than the file, it says that all in it is installed.
.venv/%: %.txt requirements.txt | .venv/bin/pip
	$(RUN) pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# The target is pip because venv writes it last: an environment left half made is made again.
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("lrviz needs Python 3.11 or newer, and $(PYTHON) is %d.%d. Try: make PYTHON=python3.13" % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
