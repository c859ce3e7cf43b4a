# Bootstraps nox in .venv; everything else is in noxfile.py.
PYTHON ?= python3
NOX = .venv/bin/nox

# Parts of `make test` side by side; each waits for something else part of its time.
LANES = $(MAKE) --keep-going --output-sync=target --jobs

.PHONY: demo test test-form test-install test-3007 test-oldest test-ssh lint docs build clean

demo lint docs build: $(NOX)
	$(NOX) -t $@

test: $(NOX)
	$(LANES)=2 test-form test-install
	$(NOX) -R -s "tests(salt='3006')" "tests(salt='3008')" -- quick
	$(LANES)=3 test-3007 test-oldest test-ssh

test-form:
	$(NOX) -s lint docs build

test-install:
	$(NOX) --install-only -s tests oldest ssh -- quick

test-3007:
	$(NOX) -R -s "tests(salt='3007')" -- quick

test-oldest test-ssh: test-%:
	$(NOX) -R -s $* -- quick

$(NOX):
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --upgrade pip nox
	-.venv/bin/pip install --quiet --only-binary :all: uv  # nox installs with it where it is there: much quicker

clean:
	rm -rf .venv .nox build dist docs/_build
