"""A VIOS that a playbook or a hand started: the caller says so, NIM shows it, and it is followed to its end."""

import pytest

from tests.conftest import until
from tests.drive import PAIR, started, under_way

pytestmark = pytest.mark.methods
INIT = {"vios_status": {PAIR: "SUCCESS-UPGR1-INIT"}}


@pytest.fixture
def by_hand(vios, night, options):
    """``vios1`` installs, and NIM shows it; nothing of ours knows of it."""
    argv = vios.command("vios1", **options)["vios1"]["argv"]
    assert night.commands.run(argv, argv[0], 60).rc == 0
    until(lambda: vios.list()["vios1"]["in_flight"] or night.sleep(300), what="the operation in NIM")


def test_it_is_waited_for_verified_and_only_then_the_second_is_started(vios, simulator, options, by_hand):
    ret = vios.migrate("vios1,vios2", **INIT, **options)
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}, ret["meta"][PAIR]["messages"]
    assert started(simulator) == ["vios1", "vios2"]
    assert ret["meta"][PAIR]["vios1"]["cmd"] is None
    assert simulator.audit()["violations"] == []


def test_without_the_callers_word_it_is_an_operation_of_somebody_else(vios, simulator, options, by_hand):
    assert vios.migrate("vios1,vios2", **options)["status"] == {PAIR: "FAILURE-CHECK"}


def test_the_preview_says_that_it_would_be_followed(vios, simulator, options, by_hand):
    found = vios.check("vios1,vios2", **INIT, **options)
    assert found["tuples"][PAIR]["would"] == "attach"
    assert "then vios2 would be migrated" in found["tuples"][PAIR]["why"]
    assert found["verdict"] == "warning"


def test_one_that_fails_keeps_the_second_from_starting(vios, simulator, options, by_hand):
    simulator.fault("fails", "vios1")
    assert vios.migrate("vios1,vios2", **INIT, **options)["status"] == {PAIR: "FAILURE-UPGR1"}
    assert started(simulator) == ["vios1"]


def test_one_that_ends_at_its_old_level_keeps_the_second_from_starting(vios, simulator, options, by_hand):
    simulator.fault("old_level", "vios1")
    ret = vios.migrate("vios1,vios2", level="3.1.4.31", **INIT, **options)
    # Where a disk is named, rootvg has to be on it before anything that NIM says counts.
    assert ret["status"] == {PAIR: "FAILURE-UPGR1-WAIT" if "disk" in options else "FAILURE-UPGR1"}
    assert started(simulator) == ["vios1"]


def test_past_the_limit_it_is_waited_for_all_the_same(vios, simulator, options, by_hand):
    ret = vios.migrate("vios1,vios2", time_limit="01/01/2020 00:00", **INIT, **options)
    assert ret["status"] == {PAIR: "SKIPPED-TIMEOUT"}
    assert ret["meta"][PAIR]["vios1"]["status"] == "SUCCESS-UPGR1"


def test_a_driver_that_is_killed_continues_with_it(vios, simulator, options, by_hand, night):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **INIT, **options)
    night.kill_driver()
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert started(simulator) == ["vios1", "vios2"]


def test_what_is_ours_and_under_way_is_attached_to_as_ever(vios, simulator, options):
    under_way(vios, simulator, options)
    simulator.clear()
    assert vios.migrate("vios1,vios2", **INIT, **options)["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert started(simulator) == ["vios1", "vios2"]
