import contextlib
import logging
import os
import signal
import time
from pathlib import Path

import hypothesis
import pytest
import salt.loader  # noqa: F401 - before the handlers below: Salt adds its own when it is imported

from saltext_vios.driver import place, presence
from saltext_vios.driver.home import Home
from saltext_vios.simulator.api import Simulator
from tests.answerer import hasten

# What every Python of the tests begins with that takes our locks.
PRELUDE = ""
if os.environ.get("LOCKS") == "record":
    from tests import record_locks

    PRELUDE = record_locks.PRELUDE

# Salt puts handlers on the root logger that outlive pytest's captured streams.
for handler in list(logging.root.handlers):
    logging.root.removeHandler(handler)
    handler.close()

# How long an example takes says nothing about the code under test.
hypothesis.settings.register_profile(
    "steady", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], derandomize=True
)
steady = hypothesis.settings.get_profile("steady")
hypothesis.settings.register_profile("fuzz", parent=steady, derandomize=False, max_examples=20_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
# Simulated seconds per second, and how often NIM is looked at in a second of a test.
SPEED = 6000
POLL = 0.1
# Seconds after which a test gives up; no measure of speed, since nobody knows what else runs here.
HUNG = 600


def pytest_configure(config):
    # A shell has what it starts in the background ignore Ctrl-C, and so would all that tests send one to.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """What shares daemons goes to one worker, begins first, and has few sets of them: each takes its time to start.

    By paths, since marks for this (``xdist_group``) do nothing with pytest 9.2 and xdist 3.8.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByDaemons(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            path = nodeid.partition("::")[0]
            if path.startswith("tests/integration/"):
                return "integration of fleets" if "fleet" in path else "integration"
            return path if path.endswith(("ssh/test_fleet.py", "test_sessions.py")) else nodeid

    return ByDaemons(config, log) if config.getvalue("dist") == "loadgroup" else None


def until(condition, seconds=HUNG, what="the condition"):
    """Poll a condition with a limit; what it returned when it was true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.03)
    raise AssertionError(f"{what} did not come true within {seconds} s")


@contextlib.contextmanager
def another_process(work):
    """A process of its own that does ``work`` and then lives until the end of the block."""
    ready, told, end, ended = *os.pipe(), *os.pipe()
    pid = os.fork()
    if not pid:
        try:
            work()
            os.write(told, b".")
            os.read(end, 1)
        finally:
            os._exit(0)
    os.close(told)
    assert os.read(ready, 1), "the other process failed"
    try:
        yield pid
    finally:
        os.write(ended, b".")
        os.waitpid(pid, 0)
        for fd in (ready, end, ended):
            os.close(fd)


@pytest.fixture(scope="session", autouse=True)
def _no_journal_of_this_machine():
    """A test that names no state directory has none."""
    place.STATE_DIR = "/dev/null/no-state-directory"


@pytest.fixture(scope="session", autouse=True)
def _no_time_zone_of_this_machine():
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()


@pytest.fixture
def simulator(tmp_path):
    """A simulated NIM master of three frames with two VIOSes each."""
    made = hasten(Simulator.create(tmp_path / "nim", speed=SPEED))
    yield made
    made.close()


@pytest.fixture
def state_dir(tmp_path):
    """Where the driver of a test works; a driver that still runs at the end is killed."""
    path = tmp_path / "state"
    yield path
    kill_driver(path)


def driver_pid(path):
    """The pid of the driver that holds the lock, or None."""
    driver = presence.running(Home(Path(path)))
    return driver.pid or None if driver else None


def kill_driver(path):
    """SIGKILL the driver, and wait until its lock is free."""

    def is_gone():
        driver = presence.running(Home(Path(path)))
        # One that has just taken its lock may not have said its pid yet.
        assert driver is None or driver.pid != os.getpid(), "the driver is in this process: night.kill_driver()"
        if driver is not None and driver.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(driver.pid, signal.SIGKILL)
        return driver is None

    until(is_gone, what="the end of the driver")


def settings_of(simulator, state_dir, **more):
    """The ``vios:`` part of a minion's configuration for a simulated NIM master."""
    return {
        "nim_bin_dir": str(simulator.bin),
        "c_rsh": str(simulator.bin / "c_rsh"),
        "state_dir": str(state_dir),
        "poll_interval": POLL,
        **more,
    }
