# Each target is a line that a person could type; only the environment is prepared for them.
PYTHON ?= python3
BIN := .venv/bin
# Unit tests that cost seconds each: suites run on a broken release, made-up deliveries by the hundred, commands in processes of their own.
COSTLY := validate/test_runner.py judging/test_conservation.py iati/test_landed.py iati/test_mutations.py iati/test_properties.py \
	site/test_checks_and_overview.py test_cli.py

.PHONY: run test test-fast test-slow dev docs site model check-delivery bench lint picture clean

run: .venv/.installed
	$(BIN)/techcoop run

# Two workers, each with whole files: what a session builds once is built once a worker.
test: .venv/.tested
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-fast: .venv/.tested
	$(BIN)/python -m pytest tests/unit $(addprefix --ignore tests/unit/,$(COSTLY))

test-slow: .venv/.tested
	$(BIN)/python -m pytest -m slow

dev: .venv/.installed
	DAGSTER_DISABLE_TELEMETRY=1 $(BIN)/dagster dev -m pipelines.definitions

docs: .venv/.installed
	$(BIN)/python -m http.server --directory warehouse/docs --bind 127.0.0.1 8000

site: .venv/.installed
	$(BIN)/python -m pipelines.site.preview

model: .venv/.installed
	$(BIN)/python -m pipelines.release.scratch $(SELECT)

check-delivery: .venv/.installed
	$(BIN)/techcoop check $(FILE)

bench: .venv/.tested
	$(BIN)/python tests/bench/bench.py
	$(BIN)/python tests/bench/bench_xml.py
	$(BIN)/python tests/bench/bench_landing.py

lint: .venv/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests dbt_project/analyses

picture: .venv/.installed
	$(BIN)/python -m pipelines.defs.picture docs/asset-graph.svg

clean:
	rm -rf .venv warehouse

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	-$(BIN)/python -m pipelines.dbt.manifest
	touch $@

.venv/.tested: requirements-test.lock .venv/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@
