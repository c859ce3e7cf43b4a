"""The system clock is set while a pair installs: limits follow the clock, durations and stalls do not."""

import pytest

from tests.drive import PAIR, installing

pytestmark = pytest.mark.methods
HOUR = 3600


@pytest.fixture(autouse=True)
def under_way(vios, simulator, options):
    """A pair whose first VIOS installs, with two hours left."""
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, time_limit="2h", **options)
    installing(vios)


@pytest.mark.parametrize("hours", [5, -5])
def test_a_clock_set_by_hours_makes_no_stall_and_no_wrong_duration(vios, simulator, night, hours):
    begun = night.clock.at
    night.clock.ahead = hours * HOUR
    simulator.clear()
    first = vios.wait()["meta"][PAIR]["vios1"]
    assert first["status"] == "SUCCESS-UPGR1"
    assert HOUR / 2 < first["duration"] <= night.clock.at - begun + HOUR


def test_a_clock_set_past_the_limit_starts_nothing_more(vios, simulator, night):
    night.clock.ahead = 3 * HOUR
    simulator.clear()
    assert vios.wait()["status"] == {PAIR: "SKIPPED-TIMEOUT"}
    assert [one["vios"] for one in simulator.starts()] == ["vios1"]


def test_a_new_driver_says_how_long_there_was_none(vios, simulator, night):
    night.kill_driver()
    night.sleep(HOUR)
    simulator.clear()
    messages = vios.wait()["meta"][PAIR]["messages"]
    assert any("driver restarted, resuming 36" in text and "after the last journal entry" in text for text in messages)


def test_a_restart_of_the_machine_is_reported_and_makes_no_stall(vios, simulator, night):
    """The mark is of another boot: its uptime is greater than this machine's, and an hour went by."""
    night.kill_driver()
    night.sleep(HOUR)
    night.clock.booted = night.clock.at - 60
    simulator.clear()
    ret = vios.wait()
    assert ret["meta"][PAIR]["vios1"]["status"] == "SUCCESS-UPGR1"
    assert any("the machine restarted or its clock was set" in text for text in ret["meta"][PAIR]["messages"])
