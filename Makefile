# Bootstraps nox in .venv; everything else is in noxfile.py.
PYTHON ?= python3
NOX = .venv/bin/nox

.PHONY: demo test test-3007 test-ssh lint docs build clean

demo lint docs build: $(NOX)
	$(NOX) -t $@

test: $(NOX)
	$(NOX) -s lint docs build  # first what fails soonest
	$(NOX) -s "tests(salt='3006')" "tests(salt='3008')" oldest -- quick
	$(NOX) -s "tests(salt='3007')" ssh --install-only -- quick
	$(MAKE) --jobs=2 --keep-going --output-sync=target test-3007 test-ssh  # each waits most of its time

test-3007:
	$(NOX) -R -s "tests(salt='3007')" -- quick

test-ssh:
	$(NOX) -R -s ssh -- quick

$(NOX):
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --upgrade pip nox
	-.venv/bin/pip install --quiet --only-binary :all: uv  # nox installs with it where it is there: much quicker

clean:
	rm -rf .venv .nox build dist docs/_build
