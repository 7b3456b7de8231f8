PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SECONDS ?= 60
# The package as it is installed, made of links, for tools that do not follow an editable install.
LINKED := build/linked

.DEFAULT_GOAL := help
.PHONY: help setup run app test baselines posterior fuzz bench lint docs site clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with everything that any target needs

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 2; }
	@echo "Setting up .venv (a minute or two, once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[page,studies,excel,site,dev]'
	@$(BIN)/entente compile
	@touch $(READY)

run: $(READY) ## Run the default scenario, memo-2001
	@$(BIN)/entente run

app: $(READY) ## Watch and steer the model in the browser, on http://127.0.0.1:8765
	@$(BIN)/python -m entente.page app.py --port 8765

test: lint ## Run all checks and tests
	@$(BIN)/entente compile
	@$(BIN)/python -m pytest -n auto

baselines: $(READY) ## Write the golden baselines anew (tests/baselines/)
	@$(BIN)/python -m tests.baselines

posterior: $(READY) ## Calibrate anew and write the posterior that ships (configs/posterior.parquet)
	@$(BIN)/entente calibrate --fresh --out build/calibration
	@cp build/calibration/posterior.parquet configs/posterior.parquet

lint: $(READY) ## Check style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@rm -rf $(LINKED)
	@mkdir -p $(LINKED)/entente
	@cd $(LINKED)/entente && ln -s ../../../model/* ../../../agents ../../../configs .
	@$(BIN)/mypy
	@PYTHONPATH=$(LINKED) $(BIN)/lint-imports

fuzz: $(READY) ## Attack every reader with mutated files: make fuzz SECONDS=600
	@$(BIN)/python -m tests.fuzz $(SECONDS)

bench: $(READY) ## Measure the engines and the store on this machine (advisory)
	@$(BIN)/entente bench

docs: $(READY) ## Write the generated tables (docs/ODD.md, JSON schema) and docs/behaviour.md anew
	@$(BIN)/python docs/generate.py
	@$(BIN)/python docs/behaviour.py
	@$(BIN)/python docs/claims.py

site: $(READY) ## Make the documents into a site with search, build/site/index.html
	@$(BIN)/mkdocs build --quiet --config-file docs/site/mkdocs.yml
	@echo "The site is build/site/index.html"

clean: ## Remove .venv and caches
	@rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks
