# Bootstraps nox in .venv; everything else is in noxfile.py.
PYTHON ?= python3
NOX = .venv/bin/nox
SHELL = bash

.PHONY: demo test newest older lint docs build clean

demo lint docs build: $(NOX)
	$(NOX) -t $@

# First what fails soonest. Then all is installed, one after the other, as each writes into src. Then the tests of the newest
# Salt take as long as all others: side by side, each uses the processor while the other waits.
test: $(NOX)
	$(NOX) -s lint docs build
	$(NOX) --install-only -t newest older -- quick
	$(MAKE) --jobs=2 --no-print-directory newest older

newest older: $(NOX)
	@set -o pipefail; $(NOX) -R -t $@ -- quick 2>&1 | awk '{ print "$@: " $$0; fflush() }'

$(NOX):
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --upgrade pip nox
	-.venv/bin/pip install --quiet --only-binary :all: uv  # nox installs with it where it is there: much quicker

clean:
	rm -rf .venv .nox build dist docs/_build
