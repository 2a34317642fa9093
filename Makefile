# Two commands matter: `make demo` shows the product, `make test` proves it. Both work on a fresh machine.
.PHONY: help demo test check format lint types imports unit docs docs-check golden bench lock wheel wheelhouse deb clean
BIN := .venv/bin

help: ## what can be done here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: ## the whole product on this machine, until Ctrl-C (ARGS="--lang en" for English)
	@sh bootstrap.sh demo
	@exec $(BIN)/regiowacht demo $(ARGS)

test: ## set up what the tests need, then make check
	@sh bootstrap.sh test
	@$(MAKE) --no-print-directory check

check: ## format, lint, types, import contracts, documentation, tests
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target types docs-check collect imports format-check lint
	@$(MAKE) --no-print-directory unit

format: ## put the source in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .

.PHONY: format-check
format-check:
	$(BIN)/ruff format --check .

lint:
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports

docs: ## write the reference pages from the code
	$(BIN)/python docs/generate.py

docs-check:
	$(BIN)/python docs/generate.py --check

.PHONY: collect
collect: # compiles the tests once, and not in every worker; what cannot be collected is told by the tests themselves
	@$(BIN)/pytest --numprocesses=0 --collect-only -qq >/dev/null 2>&1 || true

unit: ## the tests alone
	$(BIN)/pytest

golden: ## write the golden dashboards again, then look at the difference
	REGIOWACHT_UPDATE_GOLDEN=1 $(BIN)/pytest -q tests/dashboards/test_golden.py

bench: ## every benchmark, beside its peer
	@for file in $$(grep -l __main__ tests/benchmarks/*.py); do echo "== $$file"; $(BIN)/python -m "tests.benchmarks.$$(basename $$file .py)" || exit 1; done

lock: ## pin every dependency with hashes (UPGRADE=--upgrade takes the newest)
	$(BIN)/uv pip compile -q $(UPGRADE) --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --all-extras --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q $(UPGRADE) --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --all-extras --group dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q $(UPGRADE) --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header tests/ansible/tools.in -o tests/ansible/tools.lock

wheel: ## the one wheel, in dist/
	@sh bootstrap.sh demo
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

wheelhouse: ## every wheel that servers need to install without a network, in dist/wheelhouse
	@sh bootstrap.sh demo
	@$(BIN)/python -m pack.wheelhouse

deb: ## the Debian packages, in dist/ (ARGS="--python 3.13 --machine aarch64" for other servers)
	@sh bootstrap.sh demo
	@$(BIN)/python -m pack.deb $(ARGS)

clean: ## remove what was built here (caches outside the checkout stay)
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
