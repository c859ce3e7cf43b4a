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
    simulator.fault("no_alt_filesets", "vios2")
    ret = vios.migrate("vios1,vios2", **options, **CLONES)
    assert ret["status"] == {PAIR: "FAILURE-CHECK"}
    assert ret["meta"][PAIR]["vios1"]["status"] == "SUCCESS-UPGR1"
    assert started(simulator) == ["vios1"]


# What is wrong with the disk of the second VIOS: its name, a fault and its words, and what is said of it.
UNFIT = {
    "in a volume group": ("hdisk1", "disk_in_group", {}, "is in datavg"),
    "of the partner": ("hdisk1", "disk_of_partner", {}, "is a disk in rootvg of vios1"),
    "too small": ("hdisk1", "disk_small", {}, "20480 MB, expected 30720 or more"),
    "taken already": ("hdisk1", "left_rootvg", {"vg": "altinst_rootvg"}, "left by an earlier operation on hdisk1"),
    "a mirror": ("hdisk1", "rootvg_mirrored", {}, "is mirrored on hdisk0 hdisk1"),
    "not there": ("hdisk77", None, {}, "the VIOS has no disk of this name"),
    "of a client": ("hdisk4", None, {}, "is mapped to a client"),
}


@pytest.fixture(params=UNFIT)
def unfit(request, simulator):
    """What is said of the disk on which the second VIOS cannot be cloned, and the options that name it."""
    disk, fault, words, said = UNFIT[request.param]
    if fault:
        simulator.fault(fault, "vios2", **words)
    return said, {"clone": True, "clone_to": {"vios1": "hdisk1", "vios2": disk}}


def test_a_look_shows_that_a_disk_cannot_have_the_clone(vios, simulator, options, unfit):
    said, clone = unfit
    ret = vios.check("vios1,vios2", **options, **clone)
    errors = [(one["vios"], one["seen"]) for one in ret["findings"] if one["result"] == "error"]
    assert errors
    assert {name for name, _ in errors} == {"vios2"}
    assert any(said in seen for _, seen in errors), errors
    assert ret["tuples"][PAIR]["would"] == "FAILURE-CHECK"
    assert vios.migrate("vios1,vios2", test=True, **options, **clone)["status"] == {PAIR: "FAILURE-CHECK"}


def test_neither_vios_is_started_where_one_of_them_cannot_be_cloned(vios, simulator, options, unfit):
    said, clone = unfit
    ret = vios.migrate("vios1,vios2", **options, **clone)
    assert ret["status"] == {PAIR: "FAILURE-CHECK"}
    assert said in ret["meta"][PAIR]["messages"][-1]
    assert (clones(simulator), started(simulator)) == ([], [])


def test_the_disk_of_a_vios_at_the_level_does_not_matter(vios, simulator, options):
    simulator.fault("disk_in_group", "vios2")
    simulator.store.db.execute("UPDATE vios SET level = '3.1.4.31' WHERE name = 'vios2'")
    ret = vios.check("vios1,vios2", level="3.1.4.31", **options, **CLONES)
    assert (ret["result"], ret["tuples"][PAIR]["to_migrate"]) == (True, ["vios1"])


def test_without_the_option_no_disk_is_asked_about(vios, simulator, options):
    simulator.fault("disk_in_group", "vios2")
    assert vios.check("vios1,vios2", **options)["result"] is True


def test_a_look_counts_a_young_clone_that_stands(vios, simulator, options):
    vios.clone("vios1,vios2", disk="hdisk1")
    assert vios.check("vios1,vios2", **options, **CLONES)["result"] is True


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
    with pytest.raises(Exception, match="type=bosinst say clone_disk=hdisk1 instead"):
        vios.migrate("vios1", method="viosupgrade", type="bosinst", mksysb_name="vios_31431", **CLONES)
