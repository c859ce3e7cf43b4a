"""Clones of a running system, the boot list and reboots of the simulated VIOSes."""

import pytest

from tests.unit.simulator.conftest import HOURS, lines

CLONE = ("-o", "alt_disk_install", "-a", "source=rootvg", "-a", "disk=hdisk1", "-a", "set_bootlist=no")
MIGVIOS = ("-Fo", "migvios", "-a", "ios_mksysb=vios_31431", "-a", "boot_client=yes", "vios1")
BOOTS_0 = "hdisk0 blv=hd5 pathid=0\n"


def clone(run, simulator, *more):
    ret = run("nim", *CLONE, "-a", "boot_client=no", *more, "vios1")
    simulator.advance(HOURS)
    return ret


def restart(run, simulator):
    run("nim", "-o", "reboot", "vios1")
    simulator.advance(HOURS)


def test_a_clone_is_made_while_the_vios_serves(simulator, run, on):
    assert run("nim", *CLONE, "-a", "boot_client=no", "vios1")[0] == 0
    seen = {}
    for _ in range(60):
        one = simulator.get("vios1")
        seen.setdefault((one["Cstate"], run("c_rsh", "vios1", "ioscli ioslevel")[0] == 0))
        simulator.advance(60)
    assert list(seen) == [
        ("a client is being prepared for alt_disk_install", True),
        ("alt_disk_install operation is being performed", True),
        ("ready for a NIM operation", True),
    ]
    assert simulator.get("vios1")["Cstate_result"] == "success"
    assert simulator.disks("vios1") == {"hdisk0": "rootvg", "hdisk1": "altinst_rootvg"}
    assert on("vios1", "bootlist -m normal -o") == BOOTS_0
    assert simulator.starts() == []


def test_set_bootlist_is_yes_unless_it_is_given(simulator, run, on):
    run("nim", *CLONE[:-2], "vios1")
    simulator.advance(HOURS)
    assert on("vios1", "bootlist -m normal -o") == "hdisk1 blv=hd5 pathid=0\n"


def test_a_boot_list_may_change_though_it_was_told_not_to(simulator, run, on):
    simulator.fault("boot_list_changes", "vios1")
    clone(run, simulator)
    assert on("vios1", "bootlist -m normal -o") != BOOTS_0


@pytest.mark.parametrize(
    ("fault", "info"),
    [
        ("disk_in_group", "0505-126 alt_disk_install- target disk hdisk1 has a volume group assigned to it."),
        ("left_rootvg", "0505-126"),
        ("no_alt_filesets", "bos.alt_disk_install"),
    ],
)
def test_what_is_found_out_on_the_vios_is_reported_in_info(simulator, run, fault, info):
    simulator.fault(fault, "vios1")
    assert clone(run, simulator)[0] == 0
    one = simulator.get("vios1")
    assert (one["Cstate"], one["Cstate_result"]) == ("ready for a NIM operation", "failure")
    assert info in one["info"]


def test_a_second_clone_fails_until_the_first_is_removed(simulator, run, on):
    clone(run, simulator)
    clone(run, simulator)
    assert simulator.get("vios1")["Cstate_result"] == "failure"
    on("vios1", "alt_rootvg_op -X altinst_rootvg")
    clone(run, simulator)
    assert simulator.get("vios1")["Cstate_result"] == "success"


def test_a_master_may_not_offer_it_for_a_vios(simulator, run):
    assert "alt_disk_install" in run("lsnim", "-O", "vios1")[1]
    simulator.fault("no_alt_disk_install", "vios1")
    assert "alt_disk_install" not in run("lsnim", "-O", "vios1")[1]
    rc, _, stderr = clone(run, simulator)
    assert (rc, "m_alt_disk_install" in stderr) == (1, True)


def test_success_may_stand_there_while_it_is_made(simulator, run):
    simulator.fault("success_at_start", "vios1")
    run("nim", *CLONE, "vios1")
    simulator.advance(200)
    one = simulator.get("vios1")
    assert (one["Cstate"], one["Cstate_result"]) == ("alt_disk_install operation is being performed", "success")


def test_after_a_network_install_the_clone_is_a_way_back_that_has_no_name(simulator, run, on):
    clone(run, simulator)
    run("nim", *MIGVIOS)
    simulator.advance(HOURS)
    assert simulator.disks("vios1") == {"hdisk0": "rootvg"}
    on("vios1", "bootlist -m normal hdisk1")
    restart(run, simulator)
    assert on("vios1", "ioscli ioslevel") == "3.1.2.21\n"
    assert simulator.audit()["violations"] == []


def test_the_boot_list_decides_and_only_a_disk_with_a_system_is_taken(simulator, run, on):
    assert "not a valid boot device" in on("vios1", "bootlist -m normal hdisk1")
    assert on("vios1", "bootlist -m normal -o") == BOOTS_0
    clone(run, simulator)
    assert on("vios1", "bootlist -m normal hdisk1") == ""
    restart(run, simulator)
    assert simulator.disks("vios1") == {"hdisk0": "old_rootvg", "hdisk1": "rootvg"}
    assert [row[2:] for row in lines(on("vios1", "lspv"))[:2]] == [["old_rootvg"], ["rootvg", "active"]]


def test_it_may_boot_the_old_disk_although_the_list_is_right(simulator, run, on):
    clone(run, simulator)
    on("vios1", "bootlist -m normal hdisk1")
    simulator.fault("boots_old_disk", "vios1")
    restart(run, simulator)
    assert simulator.disks("vios1") == {"hdisk0": "rootvg", "hdisk1": "altinst_rootvg"}


def test_a_reboot_may_be_followed_by_silence(simulator, run):
    simulator.fault("answers_late", "vios1", seconds=2 * HOURS)
    restart(run, simulator)
    assert run("c_rsh", "vios1", "ioscli ioslevel")[0] != 0
    simulator.advance(2 * HOURS)
    assert run("c_rsh", "vios1", "ioscli ioslevel")[0] == 0


def test_rootvg_is_not_removed(simulator, on):
    for command in ("exportvg rootvg", "alt_rootvg_op -X rootvg"):
        on("vios1", command)
    assert simulator.disks("vios1") == {"hdisk0": "rootvg"}


def test_a_reboot_before_anybody_asked_what_became_of_the_first_is_reported(simulator, run, on):
    restart(run, simulator)
    restart(run, simulator)
    assert any("vios1 was rebooted again" in text for text in simulator.audit()["violations"])


def test_a_second_reboot_is_none_to_tell_when_the_vios_was_asked_between(simulator, run, on):
    restart(run, simulator)
    on("vios1", "ioscli ioslevel")
    restart(run, simulator)
    assert not any("rebooted again" in text for text in simulator.audit()["violations"])


def test_a_clone_while_the_partner_is_migrated_is_reported(simulator, run):
    run("nim", *MIGVIOS[:-1], "vios2")
    clone(run, simulator)
    assert "vios1 was cloned while vios2 was migrated" in simulator.audit()["violations"]
