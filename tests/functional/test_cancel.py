"""Taking back what has not started."""

import pytest
from salt.exceptions import SaltInvocationError

from tests.conftest import until
from tests.drive import PAIR, installing, migrated_once, started, under_way

pytestmark = pytest.mark.methods
OTHER = "vios3-vios4"


def test_what_waits_for_its_turn_ends_at_once(vios, simulator, options):
    simulator.fault("install_hangs", "vios1")
    vios.migrate([["vios1", "vios2"], ["vios3", "vios4"]], wait=False, max_parallel=1, **options)
    installing(vios)
    ret = vios.cancel("vios3,vios4")
    assert ret["tuples"][OTHER]["status"] == "SKIPPED-HELD"
    assert ret["changed"]
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: "SUCCESS-UPGR2"}
    migrated_once(simulator)
    assert any("cancelled by" in line for line in vios.wait("vios3,vios4")["meta"][OTHER]["messages"])


def test_what_installs_continues_and_its_partner_is_not_started(vios, simulator, options):
    under_way(vios, simulator, options)
    found = vios.cancel("vios1,vios2")["tuples"][PAIR]
    assert (found["status"], found["goes_on"]) == (None, ["vios1"])
    simulator.clear()
    ret = vios.wait("vios1,vios2")
    assert ret["status"] == {PAIR: "SKIPPED-HELD"}
    assert [ret["meta"][PAIR][name]["status"] for name in ("vios1", "vios2")] == ["SUCCESS-UPGR1", "SKIPPED-HELD"]
    assert started(simulator) == ["vios1"]


def test_asked_twice_it_says_who_was_first(vios, simulator, options):
    under_way(vios, simulator, options)
    vios.cancel("vios1,vios2")
    again = vios.cancel("vios1,vios2")
    assert not again["changed"]
    assert "was already cancelled by" in again["tuples"][PAIR]["msg"]


def test_what_is_not_under_way_is_left_as_it_is(vios, simulator, options):
    assert "the journal has no run of it" in vios.cancel("vios1,vios2")["tuples"][PAIR]["msg"]
    vios.migrate("vios1,vios2", **options)
    found = vios.cancel("vios1,vios2")["tuples"][PAIR]
    assert (found["changed"], found["status"]) == (False, "SUCCESS-UPGR2")


def test_one_vios_of_what_is_under_way_names_the_whole_tuple(vios, simulator, options):
    under_way(vios, simulator, options)
    assert "to cancel the tuple of that VIOS: vios.cancel vios1-vios2" in vios.cancel("vios2")["tuples"]["vios2"]["msg"]


def test_it_outlives_the_driver(vios, simulator, options, night):
    under_way(vios, simulator, options)
    vios.cancel("vios1,vios2")
    night.kill_driver()
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: "SKIPPED-HELD"}


def test_a_call_for_it_meanwhile_does_not_undo_it_and_says_so(vios, simulator, options):
    under_way(vios, simulator, options)
    vios.cancel("vios1,vios2")
    ret = vios.migrate("vios1,vios2", wait=False, **options)
    assert any("ends after the present VIOS" in line for line in ret["meta"][PAIR]["messages"])
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: "SKIPPED-HELD"}


def test_a_call_after_it_starts_again(vios, simulator, options):
    under_way(vios, simulator, options)
    vios.cancel("vios1,vios2")
    simulator.clear()
    vios.wait("vios1,vios2")
    assert vios.migrate("vios1,vios2", **options)["status"] == {PAIR: "SUCCESS-UPGR2"}
    migrated_once(simulator)


def test_with_a_stopped_driver_it_is_obeyed_when_the_driver_continues(vios, simulator, options, night):
    simulator.fault("install_hangs", "vios1")
    vios.migrate([["vios1", "vios2"], ["vios3", "vios4"]], wait=False, max_parallel=1, **options)
    until(simulator.starts, what="the start")
    vios.stop(confirm=True)
    assert "will obey once it runs again" in vios.cancel("vios3,vios4")["tuples"][OTHER]["msg"]
    simulator.clear()
    assert vios.wait()["status"] == {PAIR: "SUCCESS-UPGR2", OTHER: "SKIPPED-HELD"}


def test_everything_at_once_is_refused(vios):
    with pytest.raises(SaltInvocationError, match=r"vios\.hold"):
        vios.cancel("*")
