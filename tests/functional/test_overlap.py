"""``reboot: driver`` and ``overlap``: images while both VIOSes serve, reboots one after the other, whatever happens."""

import pytest

from tests.conftest import until
from tests.drive import PAIR, migrated_once, started
from tests.functional.conftest import LOOKS

OURS = {
    "method": "viosupgrade",
    "type": "altdisk",
    "mksysb_name": "vios_31431",
    "disk": "hdisk1",
    "reboot": "driver",
}
BOTH = {**OURS, "overlap": True}
OTHER = "vios3-vios4"


@pytest.fixture(autouse=True)
def tool(simulator):
    """It leaves the reboot to others."""
    simulator.fault("tool_does_not_reboot")


@pytest.fixture
def known(vios, simulator, tool):
    """It was seen to do so on this NIM master."""
    vios.migrate("vios5", **OURS)
    assert ordered(simulator) == ["vios5"]


def ordered(simulator):
    """The VIOSes for which a reboot was ordered, in order."""
    rows = simulator.store.rows("SELECT argv FROM call WHERE command = 'nim' ORDER BY id")
    return [row["argv"].split('"')[-2] for row in rows if '"reboot"' in row["argv"]]


def outages(simulator, *names):
    rows = simulator.store.rows("SELECT vios, since FROM outage ORDER BY since")
    return [row["vios"] for row in rows if row["vios"] in names]


def waits(vios, name, state="installed"):
    def found():
        return any(one["vios"].get(name, {}).get("state") == state for one in vios.progress().values())

    until(found, what=f"{name} to be {state}")


def test_the_driver_reboots_each_vios_once_when_it_has_its_image(vios, simulator):
    ret = vios.migrate("vios1,vios2", **OURS)
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}, ret["meta"][PAIR]["messages"]
    migrated_once(simulator)
    assert ordered(simulator) == ["vios1", "vios2"]


def test_what_migrates_is_what_is_reported_as_its_command(vios, simulator):
    told = vios.migrate("vios1,vios2", **OURS)["meta"][PAIR]["vios1"]
    assert (told["method"], told["cmd"].split()[0], told["rc"]) == ("viosupgrade", "viosupgrade", 0)
    assert "Welcome to viosupgrade" in told["stdout"]


def test_both_are_installed_at_once_and_rebooted_one_after_the_other(vios, simulator, known):
    ret = vios.migrate("vios3,vios4", **BOTH)
    assert ret["status"] == {OTHER: "SUCCESS-UPGR2"}, ret["meta"][OTHER]["messages"]
    assert started(simulator)[1:] == ordered(simulator)[1:] == outages(simulator, "vios3", "vios4")
    assert "vios4 was started while its partner vios3 was in an operation" in str(simulator.audit()["violations"])
    assert simulator.audit(overlap=True)["violations"] == []


def test_what_is_not_asked_for_is_done_one_after_the_other(vios, simulator, known):
    assert vios.migrate("vios3,vios4", **OURS)["status"] == {OTHER: "SUCCESS-UPGR2"}
    assert simulator.audit()["violations"] == []


@pytest.mark.parametrize("given", [OURS, BOTH])
def test_a_tool_that_reboots_after_all_never_takes_both_down(vios, simulator, given):
    """Whoever said that it leaves the reboot was wrong: nothing goes beside the first, which proves it."""
    simulator.clear()
    ret = vios.migrate("vios1,vios2", **given)
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}, ret["meta"][PAIR]["messages"]
    migrated_once(simulator)
    assert ordered(simulator) == []


# Fault -> its words and what it leads to: one VIOS after the other, and both at once.
DONE, INIT, WAIT, FAILED = "SUCCESS-UPGR2", "FAILURE-UPGR1-INIT", "FAILURE-UPGR1-WAIT", "FAILURE-UPGR1"
MATRIX = {
    "quiet_nim": ({}, DONE),
    "answers_before_restore": ({}, DONE),
    "answers_late": ({"seconds": 3000}, DONE),
    "returns_after_backup": ({}, DONE),
    "returns_at_end": ({}, WAIT),
    "nim_refuses": ({}, INIT),
    "nim_does_nothing": ({}, WAIT),
    "nim_fails_but_begins": ({}, DONE),
    "stale_result": ({}, DONE),
    "keeps_old_result": ({}, DONE),
    "cstate_lags": ({"seconds": 3000}, DONE),
    "mstate_flips": ({}, DONE),
    "old_level": ({}, WAIT),
    "boot_hangs": ({}, WAIT),
    "install_hangs": ({}, WAIT),
    "restore_hangs": ({}, WAIT),
    "restore_partial": ({}, WAIT),
    "fails": ({"phase": "alt_install"}, FAILED),
    "reset_by_someone": ({"after": 1500}, FAILED),
}


@pytest.mark.parametrize("given", [OURS, BOTH], ids=["one after the other", "both at once"])
@pytest.mark.parametrize("fault", MATRIX)
def test_a_fault_of_the_first_never_takes_the_second_down(vios, simulator, fault, given, known):
    words, status = MATRIX[fault]
    simulator.fault(fault, "vios3", **words)
    ret = vios.migrate("vios3,vios4", **given)
    assert ret["status"] == {OTHER: status}, ret["meta"][OTHER]["messages"]
    assert simulator.audit(overlap=True)["violations"] == []
    if status != DONE:
        assert "vios4" not in ordered(simulator)
        assert outages(simulator, "vios4") == []


def test_a_second_whose_install_fails_does_not_keep_the_first_from_being_done(vios, simulator, known):
    simulator.fault("fails", "vios4", phase="alt_install")
    ret = vios.migrate("vios3,vios4", **BOTH)
    assert ret["status"] == {OTHER: "FAILURE-UPGR2"}
    assert ret["meta"][OTHER]["vios3"]["status"] == "SUCCESS-UPGR1"
    assert simulator.audit(overlap=True)["violations"] == []


def test_no_reboot_while_the_partner_does_not_answer(vios, simulator):
    vios.migrate("vios1,vios2", wait=False, **OURS)
    waits(vios, "vios1", "installing")
    simulator.fault("c_rsh_refused", "vios2")
    waits(vios, "vios1")
    ret = vios.wait("vios1,vios2")
    assert ret["status"] == {PAIR: WAIT}
    assert "vios1 is not rebooted: vios1: partner vios2: does not answer" in "\n".join(ret["meta"][PAIR]["messages"])
    assert ordered(simulator) == []


def test_a_partner_that_answers_again_in_time_lets_it_continue(vios, simulator, night):
    vios.migrate("vios1,vios2", wait=False, **OURS)
    waits(vios, "vios1", "installing")
    simulator.fault("c_rsh_refused", "vios2")
    waits(vios, "vios1")
    night.sleep(LOOKS)
    simulator.clear("c_rsh_refused")
    assert vios.wait("vios1,vios2")["status"] == {PAIR: DONE}
    migrated_once(simulator)


@pytest.mark.parametrize("given", [OURS, BOTH])
@pytest.mark.parametrize("stop", ["hold", "cancel", "time limit"])
def test_no_reboot_under_a_hold_after_a_cancel_or_past_the_window(vios, simulator, stop, given, known):
    words = {"time_limit": "45m"} if stop == "time limit" else {}
    vios.migrate("vios3,vios4", wait=False, **given, **words)
    waits(vios, "vios3", "installing")
    if stop == "hold":
        vios.hold("weekend")
    if stop == "cancel":
        vios.cancel("vios3,vios4")
    ret = vios.wait("vios3,vios4")
    assert ret["status"] == {OTHER: "SKIPPED-TIMEOUT" if stop == "time limit" else "SKIPPED-HELD"}
    assert "was not rebooted" in "\n".join(ret["meta"][OTHER]["messages"])
    assert ordered(simulator) == ["vios5"]
    assert simulator.audit(overlap=True)["violations"] == []


@pytest.mark.parametrize("given", [OURS, BOTH])
@pytest.mark.parametrize("state", ["installing", "installed", "rebooting", "verifying"])
def test_a_driver_killed_in_any_state_reboots_nothing_twice(vios, simulator, night, given, state, known):
    vios.migrate("vios3,vios4", wait=False, **given)
    waits(vios, "vios3", state)
    night.kill_driver()
    assert vios.wait("vios3,vios4")["status"] == {OTHER: DONE}
    assert ordered(simulator)[1:] == ["vios3", "vios4"]
    assert simulator.audit(overlap=True)["violations"] == []


@pytest.mark.parametrize("fault", ["reboot_refused", "reboot_does_nothing"])
def test_a_reboot_that_came_to_nothing_is_not_ordered_again(vios, simulator, fault):
    simulator.fault(fault, "vios1")
    ret = vios.migrate("vios1,vios2", **OURS)
    assert ret["status"] == {PAIR: WAIT}
    assert "shutdown -restart on the VIOS" in "\n".join(ret["meta"][PAIR]["messages"])
    assert len(ordered(simulator)) == 1


def test_two_nodes_of_one_cluster_are_never_rebooted_together(vios, simulator, known):
    simulator.cluster("pool", "vios3", "vios4", "vios6")
    assert vios.migrate("vios3,vios4", **BOTH)["status"] == {OTHER: DONE}
    assert simulator.audit(overlap=True)["violations"] == []
