"""`viosupgrade` of the simulated NIM master: both dialects, both ways, what it leaves on the disks."""

import subprocess

import pytest

from saltext_vios.simulator import commands
from saltext_vios.simulator.api import Simulator
from tests.unit.simulator.conftest import HOURS, lines

IMAGE = ("-m", "vios_31431")
ALTDISK = ("-t", "altdisk", "-n", "vios1.example.com", *IMAGE, "-a", "hdisk1")
BOSINST = ("-t", "bosinst", "-n", "vios1.example.com", *IMAGE, "-p", "vios_31431_spot")
BACKED_UP, PREPARED, INSTALLED = 310, 430, 2900  # seconds after which the phases of altdisk are over


class TestAltdisk:
    def test_the_vios_serves_until_its_reboot_and_nim_shows_the_alternate_disk(self, simulator, run, on):
        assert run("viosupgrade", *ALTDISK)[0] == 0
        seen = {}
        for _ in range(100):
            one = simulator.get("vios1")
            up = run("c_rsh", "vios1", "ioscli ioslevel")[0] == 0
            seen.setdefault((one["Cstate"], up))
            simulator.advance(60)
        assert list(seen) == [
            ("ready for a NIM operation", True),
            ("a client is being prepared for alt_disk_install", True),
            ("alt_disk_install operation is being performed", True),
            ("alt_disk_install operation is being performed", False),
            ("customization is being performed", False),
        ]
        assert (one["Cstate"], up) == ("ready for a NIM operation", True)
        assert simulator.get("vios1")["Cstate_result"] == "success"
        assert simulator.level("vios1") == "3.1.4.31"

    def test_the_disk_is_altinst_rootvg_while_it_is_written(self, simulator, run):
        run("viosupgrade", *ALTDISK)
        simulator.advance(PREPARED)
        assert simulator.disks("vios1") == {"hdisk0": "rootvg", "hdisk1": "altinst_rootvg"}

    def test_the_former_system_stays_as_old_rootvg(self, simulator, run, on):
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        assert simulator.disks("vios1") == {"hdisk0": "old_rootvg", "hdisk1": "rootvg"}
        assert lines(on("vios1", "lspv"))[:2] == [
            ["hdisk0", lines(on("vios1", "lspv"))[0][1], "old_rootvg"],
            ["hdisk1", lines(on("vios1", "lspv"))[1][1], "rootvg", "active"],
        ]
        assert on("vios1", "bootlist -m normal -o") == "hdisk1 blv=hd5 pathid=0\n"

    @pytest.mark.parametrize("removal", ["alt_rootvg_op -X old_rootvg", "exportvg old_rootvg"])
    def test_a_second_try_is_refused_until_old_rootvg_is_gone(self, simulator, run, on, removal):
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        again = [*ALTDISK[:-1], "hdisk0"]
        rc, _, stderr = run("viosupgrade", *again)
        assert (rc, "old_rootvg exists on vios1" in stderr) == (1, True)
        on("vios1", removal)
        assert run("viosupgrade", *again)[0] == 0

    def test_a_renamed_old_rootvg_blocks_nothing(self, simulator, run, on):
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        on("vios1", "alt_rootvg_op -v kept_rootvg -d hdisk0")
        assert simulator.disks("vios1")["hdisk0"] == "kept_rootvg"
        assert "in use" in run("viosupgrade", *ALTDISK[:-1], "hdisk0")[2]

    def test_it_waits_for_a_reboot_by_somebody_and_nim_says_success_meanwhile(self, simulator, run):
        simulator.fault("tool_does_not_reboot", "vios1")
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        one = simulator.get("vios1")
        assert (one["Cstate"], one["Cstate_result"]) == ("ready for a NIM operation", "success")
        assert simulator.level("vios1") == "3.1.2.21"
        assert run("nim", "-o", "reboot", "vios1")[0] == 0
        assert run("c_rsh", "vios1", "ioscli ioslevel")[0] != 0
        simulator.advance(HOURS)
        assert simulator.level("vios1") == "3.1.4.31"
        assert simulator.disks("vios1") == {"hdisk0": "old_rootvg", "hdisk1": "rootvg"}

    def test_a_restart_on_the_vios_needs_no_answer_when_it_is_forced(self, simulator, run, on):
        assert "Continue [y|n]?" in on("vios1", "ioscli shutdown -restart")
        on("vios1", "ioscli shutdown -restart -force")
        assert run("c_rsh", "vios1", "ioscli ioslevel")[0] != 0

    def test_nim_may_show_nothing_of_it(self, simulator, run):
        simulator.fault("quiet_nim", "vios1")
        run("viosupgrade", *ALTDISK)
        for _ in range(100):
            one = simulator.get("vios1")
            assert (one["Cstate"], one.get("Cstate_result"), one.get("info")) == (
                "ready for a NIM operation",
                None,
                None,
            )
            simulator.advance(60)
        assert simulator.level("vios1") == "3.1.4.31"

    def test_the_vios_may_answer_before_its_mappings_are_restored(self, simulator, run, on):
        simulator.fault("answers_before_restore", "vios1")
        run("viosupgrade", *ALTDISK)
        simulator.advance(INSTALLED + 700)
        assert on("vios1", "ioscli ioslevel") == "3.1.4.31\n"
        assert "vhost0" not in on("vios1", "ioscli lsmap -all -fmt :")
        simulator.advance(HOURS)
        assert "vhost0" in on("vios1", "ioscli lsmap -all -fmt :")

    def test_a_failure_leaves_its_reason_in_info_and_the_old_system_running(self, simulator, run):
        simulator.fault("fails", "vios1")
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        one = simulator.get("vios1")
        assert (one["Cstate"], one["Cstate_result"]) == ("ready for a NIM operation", "failure")
        assert one["info"].startswith("0505-126 alt_disk_install-")
        assert simulator.level("vios1") == "3.1.2.21"
        assert simulator.disks("vios1") == {"hdisk0": "rootvg", "hdisk1": "altinst_rootvg"}

    def test_a_boot_from_the_old_disk_leaves_the_new_system_next_to_it(self, simulator, run):
        simulator.fault("old_level", "vios1")
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        assert simulator.get("vios1")["Cstate_result"] == "success"
        assert simulator.level("vios1") == "3.1.2.21"
        assert simulator.disks("vios1") == {"hdisk0": "rootvg", "hdisk1": "altinst_rootvg"}

    def test_the_way_back_is_the_boot_list_and_a_reboot(self, simulator, run, on):
        simulator.fault("restore_incomplete", "vios1")
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        assert "vhost0" not in on("vios1", "ioscli lsmap -all -fmt :")
        on("vios1", "bootlist -m normal hdisk0")
        run("nim", "-o", "reboot", "vios1")
        simulator.advance(HOURS)
        assert on("vios1", "ioscli ioslevel") == "3.1.2.21\n"
        assert "vhost0" in on("vios1", "ioscli lsmap -all -fmt :")
        assert simulator.disks("vios1") == {"hdisk0": "rootvg", "hdisk1": "altinst_rootvg"}

    def test_a_disk_whose_boot_record_is_cleared_is_no_way_back(self, simulator, run, on):
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        on("vios1", "alt_rootvg_op -X old_rootvg")
        on("vios1", "chpv -C hdisk0")
        assert "not a valid boot device" in on("vios1", "bootlist -m normal hdisk0")


class TestBosinst:
    def test_it_is_a_network_install_after_a_backup_that_nim_does_not_show(self, simulator, run):
        run("viosupgrade", *BOSINST, "-s")
        seen = {}
        for _ in range(100):
            seen.setdefault(simulator.get("vios1")["Cstate"])
            simulator.advance(60)
        assert list(seen) == [
            "ready for a NIM operation",
            "BOS installation has been enabled",
            "Base Operating System installation is being performed",
            "customization is being performed",
        ]
        assert simulator.disks("vios1") == {"hdisk0": "rootvg"}
        assert simulator.level("vios1") == "3.1.4.31"

    def test_the_present_system_is_cloned_first(self, simulator, run, on):
        run("viosupgrade", *BOSINST, "-a", "hdisk1")
        simulator.advance(BACKED_UP)
        assert simulator.get("vios1")["Cstate"] == "alt_disk_install operation is being performed"
        assert simulator.disks("vios1") == {"hdisk0": "rootvg", "hdisk1": "altinst_rootvg"}
        simulator.advance(HOURS)
        assert simulator.disks("vios1") == {"hdisk0": "rootvg"}
        assert simulator.level("vios1") == "3.1.4.31"
        assert on("vios1", "bootlist -m normal hdisk1") == ""
        run("nim", "-o", "reboot", "vios1")
        simulator.advance(HOURS)
        assert simulator.level("vios1") == "3.1.2.21"

    def test_other_disks_can_be_installed(self, simulator, run):
        run("viosupgrade", *BOSINST, "-r", "hdisk1")
        simulator.advance(HOURS)
        assert simulator.disks("vios1") == {"hdisk1": "rootvg"}

    def test_a_master_of_7_2_tl_3_takes_a_wrong_disk(self, simulator, run):
        simulator.master("7200-03-07-2114")
        run("viosupgrade", *BOSINST, "-s")
        simulator.advance(HOURS)
        simulator.get("vios1")
        rows = simulator.store.rows("SELECT disk, was, named FROM written")
        assert [tuple(row) for row in rows] == [("hdisk2", "mapped to a client", 0)]
        assert "hdisk2 of vios1 was written over; it was mapped to a client" in simulator.audit()["violations"][-1]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((*BOSINST, "-s", "-b", "vios1_iosb"), "-b is not valid"),
        ((*BOSINST, "-s", "-g", "/tmp/files"), "-g is not valid"),
        ((*BOSINST, "-s", "-r", "hdisk1"), "exactly one of"),
        (BOSINST, "exactly one of"),
        ((*ALTDISK, "-p", "vios_31431_spot"), "-p is not valid"),
        (ALTDISK[:-2], "-a is required"),
        ((*ALTDISK, "-c"), "not a member of a cluster"),
        ((*ALTDISK[:-1], "hdisk9"), "no disk hdisk9"),
        ((*ALTDISK[:-1], "hdisk2"), "hdisk2 of vios1 is in use"),
        ((*ALTDISK[:-1], "hdisk0"), "hdisk0 of vios1 is in use"),
        (("-t", "altdisk", "-n", "nobody", *IMAGE, "-a", "hdisk1"), "no VIOS nobody"),
        (("-t", "altdisk", "-n", "vios1", "-m", "nothing", "-a", "hdisk1"), 'no NIM object named "nothing"'),
        (("-t", "altdisk", "-n", "vios1", "-m", "unattended", "-a", "hdisk1"), "of type bosinst_data"),
    ],
)
def test_what_it_refuses(simulator, run, words, text):
    rc, _, stderr = run("viosupgrade", *words)
    assert (rc != 0, text in stderr) == (True, True), stderr
    assert simulator.store.rows("SELECT * FROM operation") == []


def test_the_options_of_7_3_are_refused_by_7_2_and_its_own_is_taken(simulator, run):
    simulator.master("7200-05-10-2420")
    for option in ("-g", "-k", "-P", "-X", "-noprompt"):
        assert f"{option} is not valid" in run("viosupgrade", *ALTDISK, option, "x")[2]
    assert run("viosupgrade", *ALTDISK, "-b", "vios1_iosb")[0] == 0


@pytest.mark.parametrize("level", ["7100-05-09-2136", "7200-02-06-2016"])
def test_a_master_that_is_too_old_has_no_viosupgrade(simulator, run, level):
    simulator.master(level)
    assert run("viosupgrade", *ALTDISK)[0] == 127
    assert run("oslevel", "-s")[1] == f"{level}\n"


def test_the_level_of_the_master_is_a_scenario_s_word(tmp_path):
    made = Simulator.create(tmp_path / "nim", {"frames": {"f": ["v"]}, "master_level": "7200-05-10-2420"})
    assert made.store.setting("master_level") == "7200-05-10-2420"
    made.close()


def test_a_member_of_a_cluster_needs_its_option(simulator, run):
    simulator.cluster("ssp", "vios1", "vios3")
    assert "-c is required" in run("viosupgrade", *ALTDISK)[2]
    assert run("viosupgrade", *ALTDISK, "-c")[0] == 0


def test_the_check_looks_as_the_start_does_and_starts_nothing(simulator, run):
    assert run("viosupgrade", *ALTDISK, "-v")[0] == 0
    assert run("viosupgrade", *ALTDISK[:-1], "hdisk2", "-v")[0] != 0
    assert simulator.starts() == []


def test_a_check_may_fail_or_say_nothing(simulator, run):
    simulator.fault("validation_fails", "vios1", times=1, text="no")
    assert run("viosupgrade", *ALTDISK, "-v")[::2] == (1, "no\n")
    simulator.fault("validation_silent", "vios1")
    assert run("viosupgrade", *ALTDISK[:-1], "hdisk2", "-v") == (0, "", "")


@pytest.mark.parametrize(
    ("fault", "words", "shown"),
    [
        (None, {}, {"Cstate = alt_disk_install operation is being performed"}),
        ("status_empty", {}, set()),
        ("status_line", {}, {"vios1: viosupgrade in progress"}),
        ("status_stale", {}, {"Cstate = ready for a NIM operation", "Cstate_result = success"}),
        ("status_wrong", {}, {"Cstate = ready for a NIM operation", "Cstate_result = failure"}),
    ],
)
def test_what_q_shows_is_no_judge(simulator, run, fault, words, shown):
    run("viosupgrade", *ALTDISK)
    simulator.advance(PREPARED)
    if fault:
        simulator.fault(fault, "vios1", **words)
    rc, stdout, _ = run("viosupgrade", "-q", "-n", "vios1.example.com")
    assert (rc, {line.strip() for line in stdout.splitlines()} - {"vios1:"}) == (0, shown)


def test_q_may_tell_of_the_end_late(simulator, run):
    simulator.fault("status_late", "vios1", seconds=5 * HOURS)
    run("viosupgrade", *ALTDISK)
    simulator.advance(HOURS)
    assert "ready" not in run("viosupgrade", "-q", "-n", "vios1")[1]
    simulator.advance(5 * HOURS)
    assert "Cstate_result = success" in run("viosupgrade", "-q", "-n", "vios1")[1]


@pytest.mark.parametrize(
    ("fault", "host", "text"),
    [("asks_name", "vios1", "Enter your choice"), ("asks_mpio", "vios1.example.com", "Choice[Y/N]:")],
)
def test_a_question_that_nobody_answers_ends_it(simulator, run, fault, host, text):
    simulator.fault(fault, "vios1")
    rc, stdout, _ = run("viosupgrade", "-t", "altdisk", "-n", host, *IMAGE, "-a", "hdisk1")
    assert (rc, text in stdout) == (1, True)
    assert simulator.store.rows("SELECT * FROM operation") == []


def test_somebody_who_answers_lets_it_continue(simulator):
    simulator.fault("asks_mpio", "vios1")
    words = [simulator.bin / "viosupgrade", *ALTDISK]
    assert subprocess.run(words, input="Y\n", text=True, capture_output=True, check=False).returncode == 0
    assert [one["accepted"] for one in simulator.starts()] == [True]


def test_a_full_name_is_never_ambiguous_and_mpio_can_be_answered_in_advance(simulator, run):
    simulator.fault("asks_name", "vios1")
    simulator.fault("asks_mpio", "vios1")
    assert run("viosupgrade", *ALTDISK, "-noprompt", "third_party_mpio")[0] == 0


def test_perl_s_errors_as_published(simulator, run):
    simulator.fault("perl_error", "vios1", times=1)
    rc, _, stderr = run("viosupgrade", *ALTDISK)
    assert (rc, "viosupg.pl line 2566" in stderr) == (1, True)
    assert simulator.store.rows("SELECT * FROM operation") == []
    simulator.fault("perl_warning", "vios1")
    rc, _, stderr = run("viosupgrade", *ALTDISK)
    assert (rc, "viosupg.pl line 2566" in stderr) == (0, True)
    assert len(simulator.store.rows("SELECT * FROM operation")) == 1


def test_a_file_starts_all_its_nodes_at_once(simulator, run, tmp_path):
    (tmp_path / "nodes").write_text("# node,image,spot,disks\nvios1,vios_31431,,hdisk1\nvios3,vios_31431,,hdisk1\n")
    assert run("viosupgrade", "-t", "altdisk", "-f", str(tmp_path / "nodes"))[0] == 0
    assert [one["vios"] for one in simulator.starts() if one["accepted"]] == ["vios1", "vios3"]


@pytest.mark.parametrize(("fault", "until"), [(None, 0), ("returns_after_backup", 300), ("returns_at_end", INSTALLED)])
def test_when_the_start_returns(simulator, monkeypatch, run, fault, until):
    if fault:
        simulator.fault(fault, "vios1")
    waited = []

    def hang(store, seconds, still):
        while still():
            simulator.advance(60)
            waited.append(60)

    monkeypatch.setattr(commands, "hang", hang)
    assert run("viosupgrade", *ALTDISK)[0] == 0
    assert bool(waited) is bool(fault)
    assert sum(waited) >= until


class TestDisks:
    def test_free_disks_are_those_that_nobody_uses_with_or_without_a_pvid(self, simulator, on):
        assert lines(on("vios1", "ioscli lspv -free")) == [
            ["NAME", "PVID", "SIZE(megabytes)"],
            ["hdisk1", "none", "102400"],
        ]

    def test_disks_of_clients_are_in_the_list_without_a_group(self, on):
        found = lines(on("vios1", "ioscli lspv"))
        assert found[0] == ["NAME", "PVID", "VG", "STATUS"]
        assert [row[0::2] for row in found[1:]] == [
            ["hdisk0", "rootvg"],
            ["hdisk1", "None"],
            ["hdisk2", "None"],
            ["hdisk3", "None"],
            ["hdisk4", "None"],
        ]

    def test_a_shared_disk_has_one_identifier_and_one_pvid_on_both(self, on):
        def of(vios, command, name, place):
            return next(row for row in lines(on(vios, command).replace(":", " ")) if row[0] == name)[place]

        for command in ("ioscli chkdev -fmt : -field name identifier", "lspv"):
            assert of("vios1", command, "hdisk2", 1) == of("vios2", command, "hdisk4", 1)
            assert of("vios1", command, "hdisk0", 1) != of("vios2", command, "hdisk0", 1)

    def test_volume_groups(self, on):
        assert on("vios1", "lsvg") == "rootvg\n"
        assert lines(on("vios1", "lsvg -p rootvg"))[2][0] == "hdisk0"
        assert on("vios1", "bootinfo -s hdisk1") == "102400\n"

    def test_a_scenario_has_disks_of_its_own(self, tmp_path):
        given = {"hdisk0": {"vg": "rootvg"}, "hdisk7": {"size": 20480, "vg": "datavg"}}
        made = Simulator.create(tmp_path / "x", {"frames": {"f": [{"name": "v", "disks": given}]}})
        assert made.disks("v") == {"hdisk0": "rootvg", "hdisk7": "datavg"}
        made.close()

    def test_a_disk_of_the_clients_is_no_disk_of_a_scenario(self, tmp_path):
        given = {"hdisk0": {"vg": "rootvg"}, "hdisk2": {}}
        with pytest.raises(SystemExit, match="hdisk2 of v is a disk of its clients"):
            Simulator.create(tmp_path / "x", {"frames": {"f": [{"name": "v", "disks": given}]}})


class TestDiskFaults:
    @pytest.mark.parametrize(
        ("fault", "text"),
        [
            ("left_rootvg", "old_rootvg exists on vios1"),
            ("disk_small", "at least 30 GB"),
            ("disk_in_group", "in use"),
            ("rootvg_mirrored", "in use"),
        ],
    )
    def test_what_blocks_an_upgrade_until_it_is_cleared(self, simulator, run, on, fault, text):
        simulator.fault(fault, "vios1")
        assert text in run("viosupgrade", *ALTDISK)[2]
        simulator.clear(fault)
        assert run("viosupgrade", *ALTDISK)[0] == 0

    def test_a_mirror_leaves_no_disk_free(self, simulator, on):
        simulator.fault("rootvg_mirrored", "vios1")
        assert on("vios1", "ioscli lspv -free") == ""

    def test_the_partner_s_disk_looks_free_and_is_reported_by_its_identifier(self, simulator, run, on):
        simulator.fault("disk_of_partner", "vios1")
        assert "hdisk1" in on("vios1", "ioscli lspv -free")
        assert lines(on("vios1", "lspv"))[1][1] == lines(on("vios2", "lspv"))[0][1]
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        assert "data: hdisk1 of vios1 was written over; it was rootvg of vios2" in simulator.audit()["violations"]


class TestAudit:
    """Down is who does not serve."""

    ALTDISK_2 = ("-t", "altdisk", "-n", "vios2.example.com", *IMAGE, "-a", "hdisk1")

    def broken(self, simulator, **more):
        return " ".join(simulator.audit(**more)["violations"])

    def test_one_after_the_other_is_clean(self, simulator, run):
        for words in (ALTDISK, self.ALTDISK_2):
            run("viosupgrade", *words)
            simulator.advance(HOURS)
            run("c_rsh", words[3], "ioscli ioslevel")
        assert simulator.audit()["violations"] == []
        assert [(one["vios"], one["kind"]) for one in simulator.starts()] == [
            ("vios1", "altdisk"),
            ("vios2", "altdisk"),
        ]

    def test_the_second_needs_a_verified_first(self, simulator, run):
        for words in (ALTDISK, self.ALTDISK_2):
            run("viosupgrade", *words)
            simulator.advance(HOURS)
        assert "promise 2: vios2 was started though its partner vios1 was not verified" in self.broken(simulator)

    def test_both_may_be_installed_at_once_only_when_that_was_asked_for(self, simulator, run):
        for name, words in (("vios1", ALTDISK), ("vios2", self.ALTDISK_2)):
            simulator.fault("tool_does_not_reboot", name)
            run("viosupgrade", *words)
            simulator.advance(60)
        simulator.advance(HOURS)
        assert "promise 1: vios2 was started while its partner vios1 was in an operation" in self.broken(simulator)
        assert self.broken(simulator, overlap=True) == ""
        run("nim", "-o", "reboot", "vios1")
        simulator.advance(HOURS)
        assert self.broken(simulator, overlap=True) == ""
        run("c_rsh", "vios1", "ioscli ioslevel")
        run("nim", "-o", "reboot", "vios2")
        simulator.advance(HOURS)
        assert self.broken(simulator, overlap=True) == ""

    def test_a_tool_that_reboots_both_takes_the_frame_down(self, simulator, run):
        for words in (ALTDISK, self.ALTDISK_2):
            run("viosupgrade", *words)
            simulator.advance(60)
        simulator.advance(HOURS)
        assert "vios1 and vios2 of one frame were down together" in self.broken(simulator, overlap=True)

    def test_a_network_install_never_goes_next_to_another(self, simulator, run):
        simulator.fault("tool_does_not_reboot", "vios1")
        run("viosupgrade", *ALTDISK)
        run("viosupgrade", "-t", "bosinst", "-n", "vios2.example.com", *IMAGE, "-p", "vios_31431_spot", "-s")
        assert "vios1 was in an operation" in self.broken(simulator, overlap=True)

    def test_a_reboot_while_the_partner_is_down(self, simulator, run):
        run("viosupgrade", *ALTDISK)
        simulator.advance(INSTALLED)
        run("c_rsh", "vios2", "ioscli shutdown -restart -force")
        simulator.advance(60)
        found = self.broken(simulator)
        assert "promise 1: vios2 was rebooted while its partner vios1 was down" in found
        assert "were down together" in found

    def test_a_reboot_next_to_an_unverified_partner(self, simulator, run):
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        run("nim", "-o", "reboot", "vios2")
        assert "promise 2: vios2 was rebooted though its partner vios1 was not verified" in self.broken(simulator)

    def test_a_vios_is_not_started_twice(self, simulator, run, on):
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        on("vios1", "exportvg old_rootvg")
        run("viosupgrade", *ALTDISK[:-1], "hdisk0")
        assert "promise 3: vios1 was started again after an operation that ended with success" in self.broken(simulator)

    def test_after_the_way_back_it_may_be_started_again(self, simulator, run, on):
        run("viosupgrade", *ALTDISK)
        simulator.advance(HOURS)
        on("vios1", "bootlist -m normal hdisk0")
        run("nim", "-o", "reboot", "vios1")
        simulator.advance(HOURS)
        on("vios1", "alt_rootvg_op -X altinst_rootvg")
        assert run("viosupgrade", *ALTDISK)[0] == 0
        assert self.broken(simulator) == ""

    def test_a_disk_of_the_wrong_use(self, simulator, run):
        words = ("-Fo", "migvios", "-a", "ios_mksysb=vios_31431", "-a", "boot_client=yes", "-a", "disk=hdisk2", "vios1")
        run("nim", *words)
        simulator.advance(HOURS)
        assert "data: hdisk2 of vios1 was written over; it was mapped to a client" in self.broken(simulator)
