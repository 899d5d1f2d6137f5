# make demo and make test need nothing but this folder: they make .venv, and install what is missing.
# PYTHON=/path/to/python3.12 chooses the interpreter; ARGS="…" is passed on (make test ARGS="-k ring").

.DEFAULT_GOAL := help
.PHONY: help demo test venv lint format types layers wheel texts bench fuzz screenshots gallery ci clean
BIN := .venv/bin
ARGS ?=
export PYTHON SECONDS_EACH TARGETS

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

demo: venv ## Watch, record and replay a synthetic EMG
	@.ci/system window
	@$(BIN)/myoscope demo $(ARGS)

test: venv ## Run the tests
	@.ci/system window virtual
	@$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

venv: ## Make .venv, or bring it up to date
	@.ci/venv test

lint: venv ## Check the source's form
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: venv ## Put the source into form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# The folder may have any name, but the package is called myoscope: mypy looks at it through a link of that name.
types: venv ## Check the types, strictly
	@mkdir -p .venv/tree && ln -sfn ../.. .venv/tree/myoscope
	@cd .venv/tree && ../bin/mypy --config-file ../../pyproject.toml --cache-dir ../../.mypy_cache \
	    myoscope/__init__.py myoscope/app myoscope/recordings myoscope/sources myoscope/widgets

layers: venv ## Check who imports whom
	@$(BIN)/lint-imports

wheel: venv ## Build the wheel, install it elsewhere, and try it
	@$(BIN)/python .ci/wheel.py

texts: venv ## Bring the catalogues of words up to date
	@$(BIN)/python .ci/texts.py

bench: ## Measure against peers, in one run on the same data
	@.ci/venv test,bench
	@.ci/system window virtual
	@$(BIN)/python benchmarks/run.py $(ARGS)

fuzz: venv ## Throw new bytes at every parser, a minute each (SECONDS_EACH=…, TARGETS="xdf edf")
	@.ci/fuzz

screenshots: venv ## Take the README's pictures of the real window
	@.ci/system window virtual
	@$(BIN)/python docs/screenshots.py $(ARGS)

gallery: venv ## Make docs/gallery.md from the pictures that tests have kept
	@.ci/system window virtual
	@$(BIN)/python docs/gallery.py $(ARGS)

ci: ## Do all that CI does
	@.ci/run

clean: ## Remove everything that was made
	rm -rf .venv build dist ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
