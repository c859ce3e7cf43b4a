"""What the engine promises by every method: a window, a hold, a driver that is killed, a call for what is under way."""

import pytest

from tests.drive import PAIR, migrated_once, started, under_way

pytestmark = pytest.mark.methods


def test_nothing_is_started_past_the_time_limit_and_what_installs_is_waited_for(vios, simulator, options):
    ret = vios.migrate("vios1,vios2", time_limit="1h", **options)
    assert ret["status"] == {PAIR: "SKIPPED-TIMEOUT"}
    assert ret["meta"][PAIR]["vios1"]["status"] == "SUCCESS-UPGR1"
    assert started(simulator) == ["vios1"]
    assert simulator.audit()["violations"] == []


def test_a_hold_in_the_middle_keeps_the_second_from_being_started(vios, simulator, options):
    under_way(vios, simulator, options)
    vios.hold("weekend")
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: "SKIPPED-HELD"}
    assert started(simulator) == ["vios1"]


def test_a_driver_killed_while_a_vios_installs_starts_nothing_twice(vios, simulator, options, night):
    under_way(vios, simulator, options)
    night.kill_driver()
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: "SUCCESS-UPGR2"}
    migrated_once(simulator)


def test_a_call_for_what_is_under_way_attaches_to_it(vios, simulator, options):
    under_way(vios, simulator, options)
    simulator.clear()
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert any("already under way" in line for line in ret["meta"][PAIR]["messages"])
    migrated_once(simulator)


def test_what_is_done_is_not_touched_again(vios, simulator, options):
    vios.migrate("vios1,vios2", **options)
    assert vios.migrate("vios1,vios2", level="3.1.4.31", **options)["status"] == {PAIR: "SUCCESS-CURRENT"}
    migrated_once(simulator)


def test_two_frames_go_side_by_side_and_one_vios_of_each_at_a_time(vios, simulator, options):
    ret = vios.migrate([["vios1", "vios2"], ["vios3", "vios4"]], **options)
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2", "vios3-vios4": "SUCCESS-UPGR2"}
    assert simulator.audit()["violations"] == []
    assert set(started(simulator)[:2]) == {"vios1", "vios3"}
