# Each target makes its own virtual environment, so Python 3.11+ and make are all that is needed.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do $$p -c "" 2>/dev/null && echo $$p && break; done)
OUT ?= out/demo

.PHONY: demo test check bench clean

demo: .venv-demo/done  ## analyse the demo corpus
	.venv-demo/bin/cxtext analyse corpora/demo/comments.jsonl --surveys corpora/demo/surveys.csv --out $(OUT) --force

test: .venv-test/done  ## run the tests
	.venv-test/bin/python -m pytest -n auto

check: .venv-dev/done  ## lint, types, layers
	.venv-dev/bin/ruff format --check .
	.venv-dev/bin/ruff check .
	.venv-dev/bin/mypy
	.venv-dev/bin/lint-imports

bench: .venv-bench/done  ## speed against named alternatives; accuracy too, where DATA names a folder of rated comments
	.venv-bench/bin/python benchmarks/throughput.py $(DATA)
	$(if $(DATA),.venv-bench/bin/python benchmarks/stars.py $(DATA) --engine linear --engine cascade)

.venv-demo/done: pyproject.toml constraints.txt $(shell find src models -type f -not -name "*.pyc")
	$(PYTHON) -m venv --clear .venv-demo
	.venv-demo/bin/pip install --quiet --constraint constraints.txt .
	touch $@

.venv-test/done: pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear .venv-test
	.venv-test/bin/pip install --quiet --constraint constraints.txt --editable ".[test]"
	touch $@

.venv-bench/done: pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/bin/pip install --quiet --constraint constraints.txt --editable ".[bench]"
	touch $@

.venv-dev/done: pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear .venv-dev
	.venv-dev/bin/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

clean:
	rm -rf .venv-demo .venv-test .venv-dev .venv-bench out
