"""A clone of a VIOS by the driver: proven by the VIOS, one thing at a time on a VIOS, through every fault of it."""

import pytest

from tests.conftest import until
from tests.drive import PAIR, started, under_way

CLONE = {"disk": "hdisk1"}
HELD, CHECK = "SKIPPED-HELD", "FAILURE-CHECK"
DONE, INIT, WAIT, FAILED = "SUCCESS-CLONE", "FAILURE-CLONE-INIT", "FAILURE-CLONE-WAIT", "FAILURE-CLONE"


def clones(simulator):
    """The VIOSes for which NIM accepted a clone, in order."""
    rows = simulator.store.rows("SELECT vios FROM operation WHERE kind = 'clone' ORDER BY id")
    return [row["vios"] for row in rows]


def cloning(vios, simulator, name="vios1"):
    """A clone of it is under way and makes no progress until the simulator's faults are cleared."""
    simulator.fault("install_hangs", name)
    vios.clone(name, wait=False, **CLONE)

    def busy():
        return vios.progress()[f"clone:{name}"]["vios"][name]["state"] == "installing"

    until(busy, what=f"the clone of {name}")


def test_a_clone_is_made_and_proven(vios, simulator):
    ret = vios.clone("vios1", **CLONE)
    assert (ret["result"], ret["changed"], ret["status"]) == (True, True, {"vios1": DONE}), ret
    assert simulator.disks("vios1") == {"hdisk0": "rootvg", "hdisk1": "altinst_rootvg"}
    assert "the boot list is hdisk0 as before" in ret["vios"]["vios1"]["messages"][-1]
    assert simulator.audit()["violations"] == []


# Fault -> (its words, the status of a clone).
MATRIX = {
    "no_alt_disk_install": ({}, INIT),
    "no_alt_filesets": ({}, FAILED),
    "clone_refused": ({}, INIT),
    "clone_does_nothing": ({}, WAIT),
    "boot_list_changes": ({}, FAILED),
    "disk_in_group": ({}, CHECK),
    "disk_of_partner": ({}, CHECK),
    "disk_small": ({}, CHECK),
    "left_rootvg": ({"disk": "hdisk1"}, CHECK),
    "rootvg_mirrored": ({}, CHECK),
    "foreign_operation": ({}, CHECK),
    "c_rsh_refused": ({}, CHECK),
    "left_allocated": ({"resource": "vios_31431_spot"}, CHECK),
    "success_at_start": ({}, DONE),
    "keeps_old_result": ({}, DONE),
    "stale_result": ({}, DONE),
    "mstate_flips": ({}, DONE),
    "unknown_cstate": ({}, DONE),
    "cstate_lags": ({"seconds": 3000}, DONE),
    "quiet_nim": ({}, WAIT),
    "install_hangs": ({}, WAIT),
    "fails": ({"phase": "install"}, FAILED),
    "reset_by_someone": ({"after": 600}, FAILED),
}


@pytest.mark.parametrize("fault", MATRIX)
def test_a_fault_leads_to_its_status(vios, simulator, fault):
    words, status = MATRIX[fault]
    simulator.fault(fault, "vios1", **words)
    ret = vios.clone("vios1", **CLONE)
    assert ret["status"] == {"vios1": status}, ret["vios"]["vios1"]
    assert ret["result"] is (status == DONE)
    assert simulator.audit()["violations"] == []


def test_a_stale_success_under_a_quiet_nim_is_no_clone(vios, simulator):
    for fault in ("stale_result", "quiet_nim", "install_hangs"):
        simulator.fault(fault, "vios1")
    assert vios.clone("vios1", **CLONE)["status"] == {"vios1": WAIT}


def test_a_boot_list_that_changed_is_reported_with_what_to_type(vios, simulator):
    simulator.fault("boot_list_changes", "vios1")
    ret = vios.clone("vios1", **CLONE)
    assert "bootlist -m normal hdisk0" in ret["vios"]["vios1"]["messages"][-1]


def test_a_mirrored_rootvg_is_refused_with_what_to_type(vios, simulator):
    simulator.fault("rootvg_mirrored", "vios1")
    ret = vios.clone("vios1", disk="hdisk2")
    assert "unmirrorios hdisk1" in ret["vios"]["vios1"]["messages"][-1]


def test_a_disk_is_named_always(vios):
    with pytest.raises(Exception, match="disk is not given"):
        vios.clone("vios1")


@pytest.fixture
def another_disk(simulator):
    """The second VIOS has one more free disk, as large as its first."""
    simulator.store.db.execute(
        "INSERT INTO disk SELECT vios, 'hdisk2', '1', '2', size, NULL, NULL FROM disk"
        " WHERE vios = 'vios2' AND name = 'hdisk0'"
    )


def test_each_vios_can_have_a_disk_of_its_own(vios, simulator, another_disk):
    ret = vios.clone("vios1,vios2", disk={"vios1": "hdisk1", "vios2": "hdisk2"})
    assert ret["status"] == {"vios1": DONE, "vios2": DONE}, ret
    assert simulator.disks("vios1")["hdisk1"] == "altinst_rootvg"
    assert simulator.disks("vios2")["hdisk2"] == "altinst_rootvg"
    assert simulator.audit()["violations"] == []


def test_a_vios_without_a_disk_of_its_own_is_refused(vios):
    with pytest.raises(Exception, match="disk has no disk for vios2; give each VIOS of the call one"):
        vios.clone("vios1,vios2", disk={"vios1": "hdisk1"})


def test_a_clone_on_a_disk_of_its_own_counts_when_it_is_young(vios, simulator, another_disk):
    own = {"disk": {"vios1": "hdisk1", "vios2": "hdisk2"}, "max_age": "7d"}
    vios.clone("vios1,vios2", **own)
    assert vios.clone("vios1,vios2", **own)["status"] == dict.fromkeys(("vios1", "vios2"), "SUCCESS-CURRENT")
    assert clones(simulator) == ["vios1", "vios2"]


def test_another_disk_of_its_own_contradicts_what_is_under_way(vios, simulator):
    cloning(vios, simulator)
    with pytest.raises(Exception, match=r"hdisk2.*hdisk1"):
        vios.clone("vios1", disk={"vios1": "hdisk2"})


def test_an_option_that_a_clone_does_not_have_is_refused(vios):
    with pytest.raises(Exception, match=r"unknown option 'mksysb_name' of vios\.clone"):
        vios.clone("vios1", mksysb_name="vios_31431", **CLONE)


def test_several_are_cloned_side_by_side_also_of_one_frame(vios, simulator):
    for name in ("vios1", "vios2", "vios3"):
        simulator.fault("install_hangs", name)
    vios.clone(["vios1", "vios2", "vios3"], wait=False, **CLONE)
    until(lambda: len(clones(simulator)) == 3, what="three clones")
    simulator.clear()
    vios.wait()
    assert simulator.audit()["violations"] == []


def test_as_many_go_at_once_as_are_asked_for(vios, simulator):
    simulator.fault("install_hangs")
    vios.clone(["vios1", "vios2", "vios3"], wait=False, max_parallel=1, **CLONE)
    until(lambda: clones(simulator) == ["vios1"], what="one clone")
    simulator.clear()
    vios.wait()
    assert clones(simulator) == ["vios1", "vios2", "vios3"]
    assert [one["status"] for one in vios.history()] == [DONE] * 3


def test_a_migration_waits_while_a_clone_of_its_frame_is_made(vios, simulator, options):
    cloning(vios, simulator)
    vios.migrate("vios1,vios2", wait=False, **options)
    assert vios.progress()[PAIR]["vios"]["vios1"]["state"] == "waiting"
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert vios.history("clone:vios1")[0]["status"] == DONE
    assert simulator.audit()["violations"] == []


def test_a_clone_waits_while_its_frame_is_migrated(vios, simulator, options):
    under_way(vios, simulator, options)
    vios.clone("vios2", wait=False, **CLONE)
    assert clones(simulator) == []
    simulator.clear()
    vios.wait()
    assert clones(simulator) == ["vios2"]
    assert started(simulator) == ["vios1", "vios2"]
    assert simulator.audit()["violations"] == []


def test_a_driver_that_is_killed_clones_nothing_twice(vios, simulator, night):
    cloning(vios, simulator)
    night.kill_driver()
    simulator.clear()
    vios.wait()
    assert vios.history("clone:vios1")[0]["status"] == DONE
    assert clones(simulator) == ["vios1"]


def test_a_clone_that_ended_while_no_driver_ran_is_found(vios, simulator, night):
    cloning(vios, simulator)
    night.kill_driver()
    simulator.clear()
    simulator.advance(10 * 3600)
    assert vios.wait("clone:vios1")["status"] == {"clone:vios1": DONE}


def test_a_second_call_attaches(vios, simulator):
    cloning(vios, simulator)
    simulator.clear()
    assert vios.clone("vios1", **CLONE)["status"] == {"vios1": DONE}
    assert clones(simulator) == ["vios1"]


def test_another_disk_contradicts_what_is_under_way(vios, simulator):
    cloning(vios, simulator)
    with pytest.raises(Exception, match=r"hdisk2.*hdisk1"):
        vios.clone("vios1", disk="hdisk2")


def test_a_hold_and_a_time_limit_keep_it_from_starting(vios, simulator):
    vios.hold("weekend")
    assert vios.clone("vios1", **CLONE)["status"] == {"vios1": HELD}
    vios.release()
    assert vios.clone("vios1", time_limit="2020-01-01", **CLONE)["status"] == {"vios1": "SKIPPED-TIMEOUT"}
    assert clones(simulator) == []


def test_what_waits_for_its_turn_is_cancelled(vios, simulator):
    simulator.fault("install_hangs")
    vios.clone(["vios1", "vios2"], wait=False, max_parallel=1, **CLONE)
    until(lambda: clones(simulator) == ["vios1"], what="one clone")
    assert vios.cancel("clone:vios2")["tuples"]["clone:vios2"]["status"] == HELD


def test_statuses_of_migrations_know_nothing_of_it(vios, simulator, options):
    vios.clone("vios1", **CLONE)
    assert vios.status() == {}
    assert vios.overview()["tuples"] == {}
    assert vios.history()[0]["task"] == "clone"
    assert "SUCCESS-CLONE" not in vios.metrics()
    vios.migrate("vios1,vios2", vios_status="recorded", **options)
    assert vios.history()[0]["task"] is None


def test_a_young_clone_counts_and_an_old_one_is_none(vios, simulator, night):
    vios.clone("vios1", **CLONE)
    assert vios.clone("vios1", max_age="7d", **CLONE)["status"] == {"vios1": "SUCCESS-CURRENT"}
    night.clock.set(night.clock.now() + 8 * 86400)
    assert vios.clone("vios1", max_age="7d", **CLONE)["status"] == {"vios1": CHECK}
    assert clones(simulator) == ["vios1"]


def test_a_clone_that_is_gone_does_not_count(vios, simulator, on):
    vios.clone("vios1", **CLONE)
    on("vios1", "alt_rootvg_op -X altinst_rootvg")
    assert vios.clone("vios1", max_age="7d", **CLONE)["status"] == {"vios1": DONE}


def test_a_preview_runs_nothing(vios, simulator):
    ret = vios.clone("vios1", test=True, **CLONE)
    assert ret["vios"]["vios1"]["would"] == "clone"
    assert ret["vios"]["vios1"]["cmd"].startswith("nim -o alt_disk_install -a source=rootvg -a disk=hdisk1")
    simulator.fault("disk_in_group", "vios1")
    assert vios.clone("vios1", test=True, **CLONE)["status"] == {"vios1": CHECK}
    assert clones(simulator) == []


def test_a_look_to_type_next_has_the_options_of_the_call(vios):
    failure = vios.clone("vios1", disk="hdisk9")["vios"]["vios1"]["failure"]
    assert failure["next"] == "salt-call vios.clone vios1 test=True disk=hdisk9"


def test_a_vios_that_nim_does_not_know_is_refused(vios):
    with pytest.raises(Exception, match="NIM knows no object named 'vios9'"):
        vios.clone("vios9", **CLONE)
