"""Which driver runs, and how it is asked to leave: files that are there or not, whole or not."""

import time

import pytest

from saltext_vios import __version__
from saltext_vios.driver import locks, presence
from saltext_vios.driver.home import prepare
from tests.conftest import another_process


@pytest.fixture
def home(tmp_path):
    return prepare(str(tmp_path / "state"))


def driver(home, *said, **more):
    """A process that holds the lock, and says what ``announce`` is given, each in turn."""

    def work():
        lock = locks.acquire(home.driver_lock)
        for trouble in said:
            presence.announce(lock, trouble, **more)

    return another_process(work)


def test_nobody_drives_without_the_lock(home):
    with driver(home, "") as pid:
        assert presence.running(home).pid == pid
    assert home.driver_lock.exists()
    assert presence.running(home) is None


def test_a_driver_shows_its_version_and_its_trouble(home):
    with driver(home, "x" * 10_000, "disk full", since=5.0):
        found = presence.running(home)
    assert (found.version, found.trouble, found.since) == (__version__, "disk full", 5.0)


def test_a_driver_that_said_nothing_yet_still_drives(home):
    with driver(home):
        assert presence.running(home).pid == 0


def test_a_look_at_nim_does_not_end_the_lock(home):
    def work():
        locks.acquire(home.driver_lock)
        presence.touch_last_poll(home)

    with another_process(work):
        assert presence.last_look(home) == pytest.approx(time.time(), abs=60)
        assert presence.running(home) is not None


def test_a_stop_stays_until_somebody_wants_the_driver_again(home):
    presence.ask_to_leave(home, presence.STOP, "an operator")
    assert presence.stopped(home).by == "an operator"
    presence.cancel_stop(home)
    presence.cancel_stop(home)
    assert presence.stopped(home) is None


def test_a_handover_is_no_stop(home):
    presence.ask_to_leave(home, presence.HANDOVER, "an upgrade")
    assert presence.stopped(home) is None
    assert presence.leave_note(home).version == __version__


def test_a_note_that_cannot_be_read_stops(home):
    home.leave_note.write_text("{half")
    assert presence.stopped(home) is not None


@pytest.mark.parametrize(
    ("version", "other", "older"),
    [
        ("0.1.0", "0.2.0", True),
        ("0.9.0", "0.10.0", True),
        ("0.2.0", "0.2.0", False),
        ("0.2", "0.2.0", False),
        ("0.2.0rc1", "0.2.0", True),
        ("0.2.0.dev3", "0.2.0rc1", True),
        ("0.2.0+local", "0.2.0", False),
        ("?", "0.2.0", False),
        ("0.1.0", "?", False),
    ],
)
def test_only_an_older_driver_gives_way(version, other, older):
    assert presence.is_older(version, other) is older
