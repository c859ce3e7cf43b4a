"""Every fault that the simulated NIM master knows: the status, what was started, and the audit."""

import pytest

from saltext_vios.simulator import disk_faults, faults
from tests.conftest import until
from tests.drive import PAIR, started, under_way
from tests.functional.test_troubleshooting import FINDINGS

DONE = "SUCCESS-UPGR2"

# fault -> (its object, its words, status of the pair, VIOSes whose migration began)
MATRIX = {
    "keeps_old_result": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "success_at_start": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "mstate_flips": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "mstate_old": ("vios2", {}, DONE, ["vios1", "vios2"]),
    "err_info_beside_success": ("vios1", {}, "FAILURE-UPGR1", ["vios1"]),
    "mstate_ready_for_use": (None, {}, DONE, ["vios1", "vios2"]),
    "a_unpadded": (None, {}, DONE, ["vios1", "vios2"]),
    "no_migvios": (None, {}, DONE, ["vios1", "vios2"]),
    "never_boots": ("vios1", {}, "FAILURE-UPGR1-WAIT", ["vios1"]),
    "boot_hangs": ("vios1", {}, "FAILURE-UPGR1-WAIT", ["vios1"]),
    "prompt": ("vios1", {}, "FAILURE-UPGR1-WAIT", ["vios1"]),
    "install_hangs": ("vios1", {}, "FAILURE-UPGR1-WAIT", ["vios1"]),
    "restore_hangs": ("vios1", {}, "FAILURE-UPGR1-WAIT", ["vios1"]),
    "fails": ("vios1", {"phase": "customize"}, "FAILURE-UPGR1", ["vios1"]),
    "reset_by_someone": ("vios1", {"after": 1500}, "FAILURE-UPGR1", ["vios1"]),
    "old_level": ("vios1", {}, "FAILURE-UPGR1", ["vios1"]),
    "restore_incomplete": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "node_stays_down": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "path_missing": ("vios2", {"client": 3}, DONE, ["vios1", "vios2"]),
    "lsmap_garbled": ("vios2", {}, DONE, ["vios1", "vios2"]),
    "npiv_logged_out": ("vios2", {}, DONE, ["vios1", "vios2"]),
    "vnic_missing": ("vios2", {}, DONE, ["vios1", "vios2"]),
    "vnic_lost": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "vnic_unknown": ("vios2", {}, DONE, ["vios1", "vios2"]),
    "client_off": (None, {}, DONE, ["vios1", "vios2"]),
    "logins_late": ("vios1", {"seconds": 600}, DONE, ["vios1", "vios2"]),
    "sea_lost": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "adapter_lost": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "mapping_lost": ("vios1", {"client": 3}, DONE, ["vios1", "vios2"]),
    "sea_limbo": ("vios2", {}, DONE, ["vios1", "vios2"]),
    "unknown_cstate": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "cstate_lags": ("vios1", {"seconds": 3000}, DONE, ["vios1", "vios2"]),
    "answers_late": ("vios1", {"seconds": 3000}, DONE, ["vios1", "vios2"]),
    "c_rsh_refused": ("vios1", {}, "FAILURE-CHECK", []),
    "c_rsh_hangs": ("vios1", {}, "FAILURE-CHECK", []),
    "lsnim_fails": (None, {}, None, []),
    "lsnim_hangs": (None, {}, None, []),
    "lsnim_half": (None, {"times": 2}, None, []),
    "lsnim_warns": (None, {"times": 30}, DONE, ["vios1", "vios2"]),
    "lsnim_loses": ("vios2", {}, "FAILURE-CHECK", []),
    "nim_refuses": ("vios1", {}, "FAILURE-UPGR1-INIT", []),
    "nim_does_nothing": ("vios1", {}, "FAILURE-UPGR1-WAIT", []),
    "nim_fails_but_begins": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "nim_hangs": ("vios1", {}, None, []),
    "stale_result": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "foreign_operation": ("vios1", {}, "FAILURE-CHECK", []),
    "control": ("vios1", {}, "FAILURE-CHECK", []),
    "no_frame": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "four_word_profile": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "short_host": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "full_host": ("vios1", {}, DONE, ["vios1", "vios2"]),
    "missing_attribute": ("vios1", {"attribute": "Mstate"}, DONE, ["vios1", "vios2"]),
    "of_another_vios": ("vios1_iosb", {"source_image": "vios2"}, "FAILURE-CHECK", []),
    "resource_unavailable": ("vios_31431", {}, "FAILURE-CHECK", []),
    "partner_down": ("vios2", {}, "FAILURE-CHECK", []),
    "left_allocated": ("vios1", {"resource": "vios_31431_spot"}, "FAILURE-CHECK", []),
}

pytestmark = pytest.mark.methods


@pytest.fixture
def vios_config():
    return {"query_retries": 3}


def test_every_fault_is_in_the_matrix_or_brings_about_a_finding():
    others = {*faults.OF_VIOSUPGRADE, *faults.OF_CLONES, *faults.OF_BACKUPS, *disk_faults.FAULTS}
    found = {what[0] for what, _, _ in FINDINGS.values() if what}
    assert set(MATRIX) <= set(faults.meanings()) - others <= set(MATRIX) | found


@pytest.mark.methods("migvios")
@pytest.mark.parametrize("fault", [name for name, case in MATRIX.items() if case[2] is not None])
def test_a_fault_leads_to_its_status(vios, simulator, options, fault):
    target, words, status, began = MATRIX[fault]
    simulator.fault(fault, target, **words)
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["status"] == {PAIR: status}, ret["meta"][PAIR]["messages"]
    assert [one["vios"] for one in simulator.starts() if one["accepted"]] == began
    assert ret["result"] is ("FAILURE" not in status)
    assert simulator.audit()["violations"] == []


@pytest.mark.parametrize(
    ("fault", "target", "words"),
    [
        ("lsnim_fails", None, {"times": 3}),
        ("lsnim_half", None, {"times": 2}),
        ("lsnim_loses", "vios1", {"times": 8}),
        ("lsnim_hangs", None, {"seconds": 10**6, "times": 2}),
        ("unknown_cstate", "vios1", {}),
    ],
)
def test_a_wait_goes_through_what_nim_does_not_tell(vios, simulator, options, fault, target, words):
    under_way(vios, simulator, options)
    simulator.fault(fault, target, **words)
    simulator.clear("install_hangs")
    ret = vios.wait()
    assert ret["status"] == {PAIR: DONE}, ret["meta"][PAIR]["messages"]
    assert simulator.audit()["violations"] == []


def test_a_dead_lsnim_ends_the_wait_and_leaves_the_vios_alone(vios, simulator, options):
    under_way(vios, simulator, options)
    simulator.fault("lsnim_fails")
    until(lambda: PAIR not in vios.progress(), what="the end of the wait")
    assert vios.status() == {PAIR: "FAILURE-UPGR1-WAIT"}
    assert started(simulator) == ["vios1"]


def test_a_vios_that_stays_missing_from_the_listing_ends_in_a_failed_wait(vios, simulator, options):
    under_way(vios, simulator, options)
    simulator.fault("lsnim_loses", "vios1")
    assert vios.wait()["status"] == {PAIR: "FAILURE-UPGR1-WAIT"}


def test_a_frame_that_nim_does_not_tell_for_a_while_is_not_taken_for_free(vios, simulator, options):
    """Two tuples on one frame, the listing without one of them: still one after the other."""
    simulator.fault("lsnim_loses", "vios2", times=4)
    ret = vios.migrate([["vios1"], ["vios2"]], **options)
    assert ret["status"] == {"vios1": "SUCCESS-UPGR1", "vios2": "SUCCESS-UPGR1"}
    assert simulator.audit()["violations"] == []


def test_a_vios_that_nim_lost_for_good_ends_its_tuple_before_any_start(vios, simulator, options):
    simulator.fault("lsnim_loses", "vios2")
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["status"] == {PAIR: "FAILURE-CHECK"}
    assert "vios1: partner vios2: does not answer" in ret["meta"][PAIR]["messages"][-1]
    assert simulator.starts() == []


def test_a_reset_in_the_middle_fails_it(vios, simulator, options):
    under_way(vios, simulator, options)
    simulator.fault("reset_by_someone", "vios1")
    assert vios.wait()["status"] == {PAIR: "FAILURE-UPGR1"}


@pytest.mark.methods("migvios", "bosinst")
def test_a_stall_names_the_time_and_what_nim_showed(vios, simulator, options):
    simulator.fault("prompt", "vios1")
    message = vios.migrate("vios1,vios2", **options)["meta"][PAIR]["messages"][-1]
    assert "for 3 h" in message
    assert "prompting_for_data_at_console" in message


def test_a_nim_that_hangs_is_waited_for_when_the_operation_began(vios, simulator, options):
    simulator.fault("nim_hangs", "vios1", begins=True)
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["status"] == {PAIR: DONE}
    simulator.clear()


def test_a_nim_that_still_runs_keeps_its_frame(vios, simulator, options):
    simulator.fault("nim_hangs", "vios1")
    ret = vios.migrate("vios1,vios2", **options)
    # What viosupgrade did until then is unknown.
    assert ret["status"] == {PAIR: "FAILURE-UPGR1-WAIT" if "type" in options else "FAILURE-UPGR1-INIT"}
    for targets in ("vios1", "vios2"):
        ret = vios.migrate(targets, **options)
        assert ret["status"] == {targets: "FAILURE-CHECK"}
        assert "still runs" in " ".join(ret["meta"][targets]["messages"])
    simulator.fault("nim_refuses", "vios1")
    simulator.clear("nim_hangs")


@pytest.mark.methods("migvios")
def test_a_boot_by_hand_is_waited_for(vios, simulator, options):
    vios.migrate("vios1", wait=False, **{**options, "boot_client": False})
    until(lambda: vios.progress()["vios1"]["vios"]["vios1"].get("phase") == "enabled", what="the enabled state")
    simulator.boot("vios1")
    assert vios.wait()["status"] == {"vios1": "SUCCESS-UPGR1"}


def test_a_stale_success_is_not_ours(vios, simulator, options):
    simulator.fault("stale_result", "vios1")
    simulator.fault("keeps_old_result", "vios1")
    simulator.fault("cstate_lags", "vios1", seconds=4000)
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["status"] == {PAIR: DONE}
    assert simulator.audit()["violations"] == []


@pytest.mark.parametrize("more", [{}, {"verify": False}, {"level": "3.1.4.31"}])
def test_pings_and_an_old_success_make_no_migration_of_a_refusal(vios, simulator, options, more):
    """No level is known, the success of an earlier operation stands there, and Mstate changes at every look."""
    simulator.set("vios_31431", ioslevel=None)
    simulator.fault("stale_result", "vios1")
    simulator.fault("mstate_flips", "vios1")
    simulator.fault("nim_refuses", "vios1")
    ret = vios.migrate("vios1,vios2", **options, **more)
    assert ret["status"] == {PAIR: "FAILURE-UPGR1-INIT"}
    assert ret["changed"] is False
    assert [one["vios"] for one in simulator.starts()] == ["vios1"]


@pytest.mark.parametrize("more", [{}, {"verify": False}])
def test_pings_and_an_old_success_make_no_migration_of_nothing(vios, simulator, options, more):
    simulator.set("vios_31431", ioslevel=None)
    simulator.fault("stale_result", "vios1")
    simulator.fault("mstate_flips", "vios1")
    simulator.fault("nim_does_nothing", "vios1")
    ret = vios.migrate("vios1,vios2", **options, **more)
    assert ret["status"] == {PAIR: "FAILURE-UPGR1-WAIT"}
    assert [one["vios"] for one in simulator.starts()] == ["vios1"]


@pytest.mark.parametrize("stays", [True, False], ids=["left over", "cleared at the start"])
def test_a_success_of_before_may_stay_or_go_while_ours_runs(vios, simulator, options, stays):
    simulator.fault("stale_result", "vios1")
    if stays:
        simulator.fault("keeps_old_result", "vios1")
    assert vios.migrate("vios1,vios2", **options)["status"] == {PAIR: DONE}
    assert simulator.audit()["violations"] == []


def test_an_err_info_of_several_lines_is_reported_whole(vios, simulator, options):
    simulator.fault("err_info_beside_success", "vios1")
    message = vios.migrate("vios1,vios2", **options)["meta"][PAIR]["messages"][-1]
    assert "0042-175 c_installp" in message
    assert message.count("mount: giving up") == 2


def test_an_old_failure_is_not_ours(vios, simulator, options):
    simulator.fault("stale_result", "vios1", Cstate_result="failure")
    simulator.fault("keeps_old_result", "vios1")
    assert vios.migrate("vios1,vios2", **options)["status"] == {PAIR: DONE}


def test_an_old_err_info_does_not_stop_a_success_that_the_vios_proves(vios, simulator, options):
    simulator.fault("stale_result", "vios1", err_info="0042-175 c_script: of last year")
    simulator.fault("keeps_old_result", "vios1")
    assert vios.migrate("vios1,vios2", **options)["status"] == {PAIR: DONE}


@pytest.mark.processes
def test_a_slow_image_is_waited_for(vios, simulator, options):
    del options["mksysb_name"]
    simulator.set("vios1_sysb", ioslevel="3.1.4.31")
    ret = vios.migrate("vios1", **options, level="3.1.4.31", mk_image=True)
    assert ret["status"] == {"vios1": "SUCCESS-UPGR1"}


def test_a_foreign_operation_on_the_partner_stops_the_second(vios, simulator, options):
    under_way(vios, simulator, options)
    simulator.fault("foreign_operation", "vios2")
    simulator.clear("install_hangs")
    ret = vios.wait()
    assert ret["status"] == {PAIR: "FAILURE-CHECK"}
    assert ret["meta"][PAIR]["vios1"]["status"] == "SUCCESS-UPGR1"
    assert started(simulator) == ["vios1"]


def test_a_partner_that_is_not_in_the_call_must_run(vios, simulator, options):
    simulator.fault("partner_down", "vios2")
    ret = vios.migrate("vios1", **options)
    assert ret["status"] == {"vios1": "FAILURE-CHECK"}
    assert "partner vios2" in ret["meta"]["vios1"]["messages"][-1]


@pytest.mark.methods("migvios")
def test_a_broken_vios_is_reinstalled_when_its_partner_runs(vios, simulator, options):
    simulator.fault("partner_down", "vios1")
    ret = vios.migrate("vios1", **options, force=True, level="3.1.4.31")
    assert ret["status"] == {"vios1": "SUCCESS-UPGR1"}


def test_a_single_vios_of_unknown_frame_needs_a_word_of_the_caller(vios, simulator, options):
    simulator.fault("no_frame", "vios1")
    assert vios.migrate("vios1", **options)["status"] == {"vios1": "FAILURE-CHECK"}
    assert vios.migrate("vios1", **options, allow_unknown_frame=True)["status"] == {"vios1": "SUCCESS-UPGR1"}


def test_a_pair_on_two_frames_is_an_error(vios, simulator, options):
    ret = vios.migrate("vios1,vios3", **options)
    assert ret["status"] == {"vios1-vios3": "FAILURE-CHECK"}
    assert "two frames" in ret["meta"]["vios1-vios3"]["messages"][-1]
