"""``method: viosupgrade``, both types, through the faults that mean something there: the status, and a clean audit."""

import pytest

from saltext_vios.simulator import disk_faults, faults
from saltext_vios.simulator.disks import fill
from tests.drive import PAIR, migrated_once
from tests.functional import test_faults
from tests.functional.conftest import result_of

ALTDISK = {"method": "viosupgrade", "type": "altdisk", "mksysb_name": "vios_31431", "disk": "hdisk1"}
BOSINST = {
    "method": "viosupgrade",
    "type": "bosinst",
    "mksysb_name": "vios_31431",
    "spot_name": "vios_31431_spot",
    "clone_disk": "hdisk1",
}


@pytest.mark.parametrize(
    "given",
    [
        ALTDISK,
        BOSINST,
        {**BOSINST, "clone_disk": None, "disk": "hdisk1"},
        {**BOSINST, "clone_disk": None, "overwrite": True},
    ],
    ids=["altdisk", "bosinst with a clone", "bosinst on another disk", "bosinst over rootvg"],
)
def test_a_pair_is_migrated_one_after_the_other(vios, simulator, given):
    ret = vios.migrate("vios1,vios2", **given)
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}, ret["meta"][PAIR]
    migrated_once(simulator)
    assert simulator.level("vios1") == simulator.level("vios2") == "3.1.4.31"


# What leads to something else than the end of a pair: fault -> (its object, its words, altdisk, bosinst).
INIT, WAIT, FAILED, CHECK = (f"FAILURE-{word}" for word in ("UPGR1-INIT", "UPGR1-WAIT", "UPGR1", "CHECK"))
DONE = "SUCCESS-UPGR2"
MATRIX = {
    "no_viosupgrade": (None, {}, INIT, INIT),
    "asks_mpio": ("vios1", {}, INIT, INIT),
    "asks_name": ("vios1", {}, DONE, DONE),
    "perl_error": ("vios1", {}, INIT, INIT),
    "perl_warning": ("vios1", {}, DONE, DONE),
    "returns_after_backup": ("vios1", {}, DONE, DONE),
    "returns_at_end": ("vios1", {}, DONE, DONE),
    "backup_hangs": ("vios1", {}, WAIT, WAIT),
    "quiet_nim": ("vios1", {}, DONE, DONE),
    "tool_does_not_reboot": ("vios1", {}, WAIT, DONE),
    "answers_before_restore": ("vios1", {}, DONE, DONE),
    "restore_partial": ("vios1", {}, WAIT, WAIT),
    "restore_incomplete": ("vios1", {}, WAIT, WAIT),
    "status_stale": ("vios1", {}, DONE, DONE),
    "status_wrong": ("vios1", {}, DONE, DONE),
    "status_late": ("vios1", {"seconds": 7200}, DONE, DONE),
    "status_empty": ("vios1", {}, DONE, DONE),
    "status_line": ("vios1", {}, DONE, DONE),
    "status_hangs": ("vios1", {}, DONE, DONE),
    "old_level": ("vios1", {}, WAIT, FAILED),
    "keeps_old_result": ("vios1", {}, DONE, DONE),
    "stale_result": ("vios1", {}, DONE, DONE),
    "mstate_flips": ("vios1", {}, DONE, DONE),
    "cstate_lags": ("vios1", {"seconds": 3000}, DONE, DONE),
    "unknown_cstate": ("vios1", {}, DONE, DONE),
    "answers_late": ("vios1", {"seconds": 3000}, DONE, DONE),
    "never_boots": ("vios1", {}, DONE, WAIT),
    "boot_hangs": ("vios1", {}, WAIT, WAIT),
    "prompt": ("vios1", {}, DONE, WAIT),
    "install_hangs": ("vios1", {}, WAIT, WAIT),
    "restore_hangs": ("vios1", {}, WAIT, WAIT),
    "fails": ("vios1", {"phase": "alt_install"}, FAILED, FAILED),
    "reset_by_someone": ("vios1", {"after": 1500}, FAILED, FAILED),
    "err_info_beside_success": ("vios1", {}, FAILED, FAILED),
    "nim_refuses": ("vios1", {}, INIT, INIT),
    "nim_does_nothing": ("vios1", {}, WAIT, WAIT),
    "nim_fails_but_begins": ("vios1", {}, DONE, DONE),
    "nim_hangs": ("vios1", {}, WAIT, WAIT),
    "c_rsh_refused": ("vios1", {}, CHECK, CHECK),
    "foreign_operation": ("vios1", {}, CHECK, CHECK),
    "partner_down": ("vios2", {}, CHECK, CHECK),
    "resource_unavailable": ("vios_31431", {}, CHECK, CHECK),
    "short_host": ("vios1", {}, DONE, DONE),
    "no_frame": ("vios1", {}, DONE, DONE),
    "success_at_start": ("vios1", {}, DONE, DONE),
    "mstate_ready_for_use": (None, {}, DONE, DONE),
    "missing_attribute": ("vios1", {"attribute": "Mstate"}, DONE, DONE),
    "left_rootvg": ("vios1", {}, CHECK, CHECK),
    "disk_of_partner": ("vios1", {}, CHECK, CHECK),
    "disk_in_group": ("vios1", {}, CHECK, CHECK),
    "disk_small": ("vios1", {}, CHECK, CHECK),
    "rootvg_mirrored": ("vios1", {}, CHECK, CHECK),
    "old_master": (None, {}, DONE, CHECK),
    # Whether the disk that gets the image is a client's is not known; how many disks clients get is counted.
    "lsmap_garbled": ("vios2", {}, CHECK, CHECK),
    "mapping_lost": ("vios1", {"client": 3}, WAIT, WAIT),
}
# Those that the engine alone meets have the status that they have by migvios, and run by one type.
OF_THE_ENGINE = {
    name: case
    for name, case in test_faults.MATRIX.items()
    # What has no one status there has tests there, which run by each method.
    if name not in {*MATRIX, "no_migvios", "of_another_vios"} and case[2] is not None
}
# Each has a test here or in test_overlap.py: a status without another option says nothing of them.
WITH_MORE = {"validation_fails", "validation_silent", "single_path", "address_on_sea"}
WITH_MORE |= {"reboot_refused", "reboot_does_nothing"}


def test_every_fault_that_means_something_by_this_method_has_a_status_here():
    elsewhere = {*WITH_MORE, *faults.OF_CLONES, *faults.OF_BACKUPS} - set(MATRIX)
    known = {*faults.meanings(), *disk_faults.FAULTS}
    assert known == {*MATRIX, *test_faults.MATRIX, *elsewhere}


@pytest.mark.parametrize("fault", OF_THE_ENGINE)
def test_a_fault_that_the_engine_meets_leads_to_the_status_that_it_has_by_migvios(vios, simulator, fault):
    target, words, status, _ = OF_THE_ENGINE[fault]
    simulator.fault(fault, target, **words)
    ret = vios.migrate("vios1,vios2", **ALTDISK)
    assert ret["status"] == {PAIR: status}, ret["meta"][PAIR]["messages"]
    assert simulator.audit()["violations"] == []


@pytest.mark.parametrize("given", [ALTDISK, BOSINST], ids=["altdisk", "bosinst"])
@pytest.mark.parametrize("fault", MATRIX)
def test_a_fault_leads_to_its_status(vios, simulator, fault, given):
    target, words, *statuses = MATRIX[fault]
    words = {"phase": "customize"} if fault == "fails" and given is BOSINST else words
    simulator.fault(fault, target, **words)
    ret = vios.migrate("vios1,vios2", **given)
    assert ret["status"] == {PAIR: statuses[given is BOSINST]}, ret["meta"][PAIR]["messages"]
    assert simulator.audit()["violations"] == []


def test_mappings_that_come_back_late_are_waited_for_also_where_nim_shows_nothing(vios, simulator):
    """The partner is not started before the first serves its clients again."""
    for fault in ("quiet_nim", "answers_before_restore"):
        simulator.fault(fault)
    ret = vios.migrate("vios1,vios2", **ALTDISK)
    assert ret["status"] == {PAIR: DONE}, ret["meta"][PAIR]["messages"]
    migrated_once(simulator)


def test_meta_says_the_method(vios, simulator, options):
    ret = vios.migrate("vios1,vios2", **ALTDISK)
    assert [ret["meta"][PAIR][name]["method"] for name in ("vios1", "vios2")] == ["viosupgrade"] * 2
    assert vios.migrate("vios3", **options, allow_unknown_frame=True)["meta"]["vios3"]["vios3"]["method"] == "migvios"


def test_auto_is_said_in_the_plan_and_kept(vios, simulator):
    given = {**ALTDISK, "method": "auto"}
    assert vios.check("vios1,vios2", **given)["method"] == "viosupgrade"
    simulator.master("7200-02-04-1914")
    assert vios.check("vios1,vios2", **given)["method"] == "migvios"


def test_another_method_contradicts_what_is_under_way(vios, simulator, options):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **ALTDISK)
    with pytest.raises(Exception, match="asks for something else: method migvios instead of viosupgrade"):
        vios.migrate("vios1,vios2", wait=False, method="migvios", **options)


def test_a_call_that_names_no_method_attaches_to_what_is_under_way_by_any(vios, simulator, options):
    """The same words in a highstate, or of a colleague who does not know by which method it was started."""
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **ALTDISK)
    vios.migrate("vios1,vios2", wait=False, method="auto", mksysb_name="vios_31431")
    simulator.clear()
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["status"] == {PAIR: DONE}, ret["meta"][PAIR]["messages"]
    assert "it keeps its own options: " in ret["meta"][PAIR]["messages"][0]
    assert "method 'viosupgrade', not 'migvios'" in ret["meta"][PAIR]["messages"][0]
    migrated_once(simulator)


def test_one_that_names_no_method_and_another_image_is_rejected(vios, simulator):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **ALTDISK)
    with pytest.raises(Exception, match="asks for something else: ios_mksysb other instead of vios_31431"):
        vios.migrate("vios1,vios2", wait=False, mksysb_name="other")


def test_what_the_tool_itself_objects_to_stops_a_start_when_it_is_asked(vios, simulator):
    simulator.fault("validation_fails", "vios1", text="no space in /var")
    checked = vios.check("vios1,vios2", validate=True, **ALTDISK)
    assert [f["seen"] for f in checked["findings"] if f["check"] == "viosupgrade -v" and f["vios"] == "vios1"]
    assert simulator.starts() == []


def test_a_tool_that_objects_to_nothing_replaces_no_check_of_ours(vios, simulator):
    simulator.fault("validation_silent", "vios1")
    simulator.fault("disk_in_group", "vios1")
    ret = vios.migrate("vios1,vios2", validate=True, **ALTDISK)
    assert ret["status"] == {PAIR: CHECK}
    assert simulator.starts() == []


@pytest.mark.parametrize(("clear", "given"), [(True, ALTDISK), (False, ALTDISK), (True, BOSINST), (False, BOSINST)])
def test_a_result_that_is_left_over_is_not_ours_whether_it_is_cleared_or_not(vios, simulator, clear, given):
    simulator.fault("stale_result", "vios1")
    if not clear:
        simulator.fault("keeps_old_result", "vios1")
    ret = vios.migrate("vios1,vios2", **given)
    assert ret["status"] == {PAIR: DONE}, ret["meta"][PAIR]["messages"]
    migrated_once(simulator)


def test_old_rootvg_blocks_the_next_upgrade_and_says_what_to_type(vios, simulator):
    vios.migrate("vios1,vios2", **ALTDISK)
    ret = vios.migrate("vios1,vios2", force=True, **{**ALTDISK, "disk": "hdisk2"})
    assert ret["status"] == {PAIR: CHECK}
    assert "vios.cleanup vios1" in "\n".join(ret["meta"][PAIR]["messages"])


def test_a_bosinst_from_an_old_master_never_starts(vios, simulator):
    simulator.master("7200-03-04-1938")
    ret = vios.migrate("vios1,vios2", **BOSINST)
    assert ret["status"] == {PAIR: CHECK}
    assert simulator.starts() == []


def test_a_node_gets_c_by_itself(vios, simulator):
    simulator.cluster("pool", "vios1", "vios3", "vios5")
    line = vios.command("vios1", **ALTDISK)["vios1"]["line"]
    assert line.split()[-1] == "-c"
    ret = vios.migrate("vios1,vios2", **ALTDISK)
    assert ret["status"] == {PAIR: DONE}, ret["meta"][PAIR]["messages"]
    assert vios.migrate("vios3,vios4", manage_cluster=False, **ALTDISK)["status"] == {"vios3-vios4": CHECK}


SLS = """
pair:
  vios.migrated:
    - targets: vios1,vios2
    - method: viosupgrade
    - type: altdisk
    - mksysb_name: vios_31431
    - disk: hdisk1
    - level: '3.1.4.31'
"""


def test_a_state_takes_the_method_and_changes_nothing_the_second_time(apply, simulator):
    first = result_of(apply(SLS), "pair")
    assert (first["result"], bool(first["changes"])) == (True, True)
    second = result_of(apply(SLS), "pair")
    assert (second["result"], second["changes"]) == (True, {})
    migrated_once(simulator)


def test_each_vios_has_its_own_disk(vios, simulator):
    disks = {"vios1": "hdisk1", "vios2": "hdisk9"}
    with simulator.store.transaction():
        fill(simulator.store, "vios2", "3.1.2.21", {"hdisk9": {}})
    ret = vios.migrate("vios1,vios2", **{**ALTDISK, "disk": disks})
    assert ret["status"] == {PAIR: DONE}, ret["meta"][PAIR]["messages"]
    assert [ret["meta"][PAIR][name]["cmd"].split(" -a ")[1] for name in disks] == ["hdisk1", "hdisk9"]
    assert simulator.disks("vios2")["hdisk9"] == "rootvg"
    migrated_once(simulator)


def test_a_disk_that_only_one_vios_has_is_an_error_of_that_one(vios, simulator):
    found = vios.check("vios1,vios2", **{**ALTDISK, "disk": {"vios1": "hdisk1", "vios2": "hdisk77"}})["findings"]
    wrong = [one for one in found if "has no disk of this name" in one["seen"]]
    assert [(one["vios"], one["check"]) for one in wrong] == [("vios2", "disk hdisk77")]


def test_a_disk_from_which_a_new_system_may_not_boot_is_a_warning_and_says_what_to_type(vios, simulator):
    simulator.fault("single_path", "vios1", disk="hdisk1")
    found = vios.check("vios1,vios2", **ALTDISK)["findings"]
    told = [(one["vios"], one["advice"]) for one in found if "may not boot" in one["seen"]]
    assert told == [
        ("vios1", "as padmin on the VIOS: chdev -dev hdisk1 -attr algorithm=shortest_queue reserve_policy=no_reserve")
    ]
    assert vios.migrate("vios1,vios2", **ALTDISK)["status"] == {PAIR: DONE}


def own_addresses(found):
    return [(one["vios"], one["result"], one["seen"]) for one in found["findings"] if one["check"] == "own address"]


def test_an_address_of_its_own_on_a_shared_ethernet_adapter_is_a_warning_with_an_altdisk(vios, simulator):
    simulator.fault("address_on_sea", "vios1")
    ((name, result, seen),) = own_addresses(vios.check("vios1,vios2", **ALTDISK))
    assert (name, result) == ("vios1", "warning")
    assert seen.startswith("192.0.2.1 on ent5, a Shared Ethernet Adapter")
    assert own_addresses(vios.check("vios1,vios2", **BOSINST)) == []
    assert vios.migrate("vios1,vios2", **ALTDISK)["status"] == {PAIR: DONE}


def test_where_its_adapters_cannot_be_read_it_is_unknown_where_its_address_is(vios, simulator):
    simulator.fault("lsmap_garbled", "vios2", of="net")
    told = own_addresses(vios.check("vios1,vios2", **ALTDISK))
    assert [(name, result, seen.split()[0]) for name, result, seen in told] == [("vios2", "warning", "unknown")]


def test_an_address_on_an_interface_of_its_own_is_no_finding(vios):
    assert own_addresses(vios.check("vios1,vios2", **ALTDISK)) == []


def test_what_the_tool_said_to_a_look_stands_in_the_journal_with_the_start(vios, simulator):
    ret = vios.migrate("vios1,vios2", validate=True, **ALTDISK)
    assert ret["status"] == {PAIR: DONE}
    starts = [line for line in ret["meta"][PAIR]["messages"] if "migration starts" in line]
    assert [line.partition("; ")[2] for line in starts] == [
        f"viosupgrade -v: returned 0: Validation of {name} is successful." for name in ("vios1", "vios2")
    ]
