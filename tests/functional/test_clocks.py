"""The system clock is set while a pair installs: limits follow the clock, durations and stalls do not."""

import time

import pytest

from saltext_vios.driver.clock import Clock
from saltext_vios.driver.events import Sender
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.loop import Loop, Workers
from saltext_vios.driver.post import Post
from tests.conftest import kill_driver, until

PAIR = "vios1-vios2"
HOUR = 3600


class SetClock(Clock):
    """The system clock as somebody set it; the uptime is left to the machine."""

    def __init__(self, mark=None):
        self.ahead = 0.0
        super().__init__(mark, wall=lambda: time.time() + self.ahead)


@pytest.fixture
def loop(vios, simulator, options, state_dir):
    """A driver's loop in this process, with a pair whose first VIOS installs."""
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, time_limit="2h", stall_timeout=HOUR, **options)
    until(lambda: vios.progress()[PAIR]["vios"]["vios1"].get("phase") == "installing", what="the install")
    kill_driver(state_dir)
    with Journal(Home(state_dir)) as journal:
        clock = SetClock(journal.last_mark())
        yield Loop(journal, journal.settings(), Workers.started(), Post(journal, Sender(None), clock), clock)


@pytest.mark.parametrize("hours", [5, -5])
def test_a_clock_set_by_hours_makes_no_stall_and_no_wrong_duration(vios, simulator, loop, hours):
    for _ in range(5):
        loop.tick()
    loop.clock.ahead = hours * HOUR
    simulator.clear()
    until(lambda: loop.tick() or vios.history()[0]["vios"]["vios1"]["status"] == "SUCCESS-UPGR1", what="the first VIOS")
    one = vios.history()[0]["vios"]["vios1"]
    assert 0 <= one["duration"] < 300


def test_a_clock_set_past_the_limit_starts_nothing_more(vios, simulator, loop):
    loop.clock.ahead = 3 * HOUR
    simulator.clear()
    until(lambda: loop.tick() or vios.status() == {PAIR: "SKIPPED-TIMEOUT"}, what="the end")
    assert [one["vios"] for one in simulator.starts()] == ["vios1"]


def test_a_new_driver_says_how_long_there_was_none(vios, simulator, options, state_dir):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **options)
    until(lambda: vios.progress()[PAIR]["vios"]["vios1"].get("phase") == "installing", what="the install")
    kill_driver(state_dir)
    simulator.clear()
    messages = vios.wait()["meta"][PAIR]["messages"]
    assert any("a new driver goes on, " in text and "after the last record" in text for text in messages)


def test_a_restart_of_the_machine_is_told_and_makes_no_stall(vios, simulator, options, state_dir):
    """The mark is of another boot: its uptime is greater than this machine's, and hours went by."""
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, stall_timeout=HOUR, **options)
    until(lambda: vios.progress()[PAIR]["vios"]["vios1"].get("phase") == "installing", what="the install")
    kill_driver(state_dir)
    with Journal(Home(state_dir)) as journal, journal._transaction():
        journal.db.execute("UPDATE clock SET monotonic = monotonic + 1e6")
    simulator.clear()
    ret = vios.wait()
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert any("the machine restarted or its clock was set" in text for text in ret["meta"][PAIR]["messages"])
