# Bootstraps nox in .venv; everything else is in noxfile.py.
PYTHON ?= python3
NOX = .venv/bin/nox

.PHONY: demo test lint docs build clean

demo test lint docs build: $(NOX)
	$(NOX) -t $@

$(NOX):
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --upgrade pip nox

clean:
	rm -rf .venv .nox build dist docs/_build
