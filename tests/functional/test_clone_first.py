"""``clone: true``: before a VIOS starts its clone is made and proven; no clone, no start."""

import pytest

from tests.conftest import until
from tests.drive import PAIR, started

CLONES = {"clone": True, "clone_to": "hdisk1"}


def clones(simulator):
    rows = simulator.store.rows("SELECT vios FROM operation WHERE kind = 'clone' ORDER BY id")
    return [row["vios"] for row in rows]


def test_each_vios_is_cloned_before_it_starts(vios, simulator, options):
    ret = vios.migrate("vios1,vios2", **options, **CLONES)
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}, ret["meta"][PAIR]["messages"]
    order = simulator.store.rows("SELECT kind, vios FROM operation ORDER BY id")
    expected = [("clone", "vios1"), ("migvios", "vios1"), ("clone", "vios2"), ("migvios", "vios2")]
    assert [tuple(row) for row in order] == expected
    assert simulator.audit()["violations"] == []
    assert vios.rollback("vios1", confirm=True)["status"] == {"vios1": "SUCCESS-ROLLBACK"}


def test_a_clone_that_fails_is_no_start(vios, simulator, options):
    simulator.fault("no_alt_filesets", "vios1")
    ret = vios.migrate("vios1,vios2", **options, **CLONES)
    assert ret["status"] == {PAIR: "FAILURE-CHECK"}
    assert "not started, its clone ended FAILURE-CLONE" in "\n".join(ret["meta"][PAIR]["messages"])
    assert started(simulator) == []


def test_a_clone_that_fails_keeps_the_second_from_starting(vios, simulator, options):
    simulator.fault("disk_in_group", "vios2")
    ret = vios.migrate("vios1,vios2", **options, **CLONES)
    assert ret["status"] == {PAIR: "FAILURE-CHECK"}
    assert ret["meta"][PAIR]["vios1"]["status"] == "SUCCESS-UPGR1"
    assert started(simulator) == ["vios1"]


def test_a_vios_at_the_level_is_not_cloned(vios, simulator, options):
    ret = vios.migrate("vios1,vios2", level="3.1.2.21", **options, **CLONES)
    assert ret["status"] == {PAIR: "SUCCESS-CURRENT"}
    assert clones(simulator) == []


def test_a_young_clone_that_stands_is_one(vios, simulator, options):
    vios.clone("vios1,vios2", disk="hdisk1")
    assert vios.migrate("vios1,vios2", **options, **CLONES)["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert clones(simulator) == ["vios1", "vios2"]


def test_a_driver_killed_while_it_clones_starts_nothing_twice(vios, simulator, options, night):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **options, **CLONES)
    until(lambda: clones(simulator), what="the clone")
    night.kill_driver()
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert (clones(simulator), started(simulator)) == (["vios1", "vios2"], ["vios1", "vios2"])
    assert simulator.audit()["violations"] == []


def test_each_vios_can_have_a_disk_of_its_own(vios, simulator, options):
    simulator.fault("disk_in_group", "vios2")
    simulator.store.db.execute(
        "INSERT INTO disk SELECT vios, 'hdisk9', '1', '2', size, NULL, NULL FROM disk"
        " WHERE vios = 'vios2' AND name = 'hdisk0'"
    )
    ret = vios.migrate("vios1,vios2", clone=True, clone_to={"vios1": "hdisk1", "vios2": "hdisk9"}, **options)
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}, ret["meta"][PAIR]["messages"]


def test_a_preview_says_that_it_would_clone(vios, simulator, options):
    ret = vios.check("vios1,vios2", **options, **CLONES)
    assert ret["tuples"][PAIR]["why"] == "would clone vios1 first, then migrate vios1, then vios2"
    assert clones(simulator) == []


@pytest.mark.parametrize("given", [{"clone": True}, {"clone_to": "hdisk1"}])
def test_one_without_the_other_is_refused(vios, options, given):
    with pytest.raises(Exception, match="a clone needs both"):
        vios.migrate("vios1,vios2", **options, **given)


def test_it_is_no_option_of_viosupgrade_which_clones_by_itself(vios):
    with pytest.raises(Exception, match="option of method=migvios"):
        vios.migrate("vios1", method="viosupgrade", type="bosinst", mksysb_name="vios_31431", **CLONES)
