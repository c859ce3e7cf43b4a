# Bootstraps nox in .venv; everything else is in noxfile.py.
PYTHON ?= python3
NOX = .venv/bin/nox

.PHONY: demo test lint docs build clean

demo lint docs build: $(NOX)
	$(NOX) -t $@

test: $(NOX)
	$(NOX) -s lint docs build  # first what fails soonest
	$(NOX) -s tests oldest ssh -- quick

$(NOX):
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --upgrade pip nox
	-.venv/bin/pip install --quiet --only-binary :all: uv  # nox installs with it where it is there: much quicker

clean:
	rm -rf .venv .nox build dist docs/_build
