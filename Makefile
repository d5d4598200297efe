# The developer's door. Every target works on a machine with only Python 3.11+ and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CORE := liquidose/numbers.py,liquidose/quantities/*,liquidose/dosing/*,liquidose/devices/*,liquidose/courses/*

.PHONY: label test check bench golden pictures setup clean

label: $(VENV)/.installed ## convert the example order and print its label
	$(BIN)/liquidose convert "5 mg" "5 mg/5 mL"
	$(BIN)/liquidose label examples/baclofen.toml -o baclofen-label.pdf
	@echo "The label is in $(CURDIR)/baclofen-label.pdf"

test: $(VENV)/.tested ## everything: every test, then the core's coverage and other time zones and locales
	$(BIN)/python -m pytest -q -n auto
	TZ=Pacific/Kiritimati LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 $(BIN)/python -m pytest -q -n auto -m "not slow" --cov --cov-report=
	$(BIN)/coverage report --include='$(CORE)' --fail-under=100 --show-missing
	TZ=America/St_Johns LC_ALL=C LANG=C PYTHONUTF8=0 $(BIN)/python -m pytest -q -n auto -m "not slow"

check: $(VENV)/.tested ## lint, types, layers and the fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n auto -m "not slow"

bench: $(VENV)/.tested ## the benchmarks, as ratios against a floor in the same run
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/labels.py
	$(BIN)/python benchmarks/courses.py

golden: $(VENV)/.tested ## rewrite the generated pages and snapshots; read the diff
	$(BIN)/python tests/golden.py

pictures: $(VENV)/.tested ## draw the labels and the pages of the two courses again, to be looked at
	$(BIN)/python tests/course_pictures.py
	$(BIN)/python tests/label_pictures.py

setup: $(VENV)/.tested ## the environment alone

clean:
	rm -rf $(VENV) build *.egg-info

$(VENV)/.installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.tested: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ $(VENV)/.installed
