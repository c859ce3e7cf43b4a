"""A simulated NIM master whose time stands still until a test moves it, and its commands in this process."""

import contextlib
import io

import pytest

from saltext_vios.simulator import commands
from saltext_vios.simulator.api import Simulator

HOURS = 4 * 3600  # longer than all phases of one operation together


@pytest.fixture
def simulator(tmp_path):
    made = Simulator.create(tmp_path / "nim", speed=0)
    yield made
    made.close()


@pytest.fixture
def run(simulator):
    """One command, in this process: exit status and both channels."""

    def call(command, *words):
        stdout, stderr = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            rc = commands.main(str(simulator.directory), command, list(words))
        return rc, stdout.getvalue(), stderr.getvalue()

    return call


@pytest.fixture
def on(run):
    """What a command on a VIOS prints."""
    return lambda vios, command: run("c_rsh", vios, command)[1]


def lines(text):
    return [line.split() for line in text.splitlines()]
