"""What waits says why, in each of the functions that show it."""

import pytest

from saltext_vios.driver import waiting
from saltext_vios.driver.home import Home
from tests.conftest import until
from tests.drive import under_way

pytestmark = pytest.mark.methods


def waits(vios, key):
    return vios.progress()[key]["waits"]


def test_who_waits_for_a_place_says_so_everywhere(vios, simulator, options):
    under_way(vios, simulator, options)
    ret = vios.migrate("vios3,vios4", wait=False, max_parallel=1, **options)
    reason = until(lambda: waits(vios, "vios3-vios4"), what="a reason")
    assert reason == "place 2 of 1: no more tuples than that at once (max_parallel)"
    assert vios.overview()["tuples"]["vios3-vios4"]["waits"] == reason
    assert set(ret["runs"]["vios3-vios4"]) == {"run", "finished", "waits"}
    assert waits(vios, "vios1-vios2") is None


def test_who_waits_for_a_frame_says_whose_it_is(vios, simulator, options):
    under_way(vios, simulator, options)
    simulator.set("vios3", mgmt_profile1=simulator.store.objects()["vios1"]["mgmt_profile1"])
    vios.migrate("vios3", wait=False, **options)
    assert until(lambda: waits(vios, "vios3"), what="a reason") == "frame frame1 is in use by vios1-vios2"


def test_who_waits_for_the_listing_says_what_is_missing(vios, simulator, options):
    under_way(vios, simulator, options)
    vios.migrate("vios3,vios4", wait=False, max_parallel=1, **options)
    simulator.fault("lsnim_loses", "vios3")
    until(lambda: "lsnim" in (waits(vios, "vios3-vios4") or ""), what="the doubt")
    assert "vios3" in waits(vios, "vios3-vios4")


def test_a_hold_is_reported_with_who_holds(vios, options):
    vios.hold("storage team")
    ret = vios.migrate("vios1,vios2", **options)
    (told,) = ret["meta"]["vios1-vios2"]["messages"]
    assert told.startswith("held by ")
    assert told.endswith(": storage team")


def test_what_nobody_follows_says_so(vios, simulator, options, night):
    under_way(vios, simulator, options)
    night.kill_driver()
    assert waits(vios, "vios1-vios2") == "no driver runs; vios.resume"


def test_what_a_driver_left_behind_is_believed_of_none(tmp_path):
    home = Home(tmp_path)
    waiting.say(home, {1: "frame f1 is in use by a"})
    assert waiting.reasons(home) == {}


def test_a_disk_that_is_full_stops_nobody(tmp_path):
    waiting.say(Home(tmp_path / "nowhere"), {1: "x"})
