"""The simulated NIM master: what its commands print, what an operation does, and that the audit can fail."""

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.nim import stanza
from saltext_vios.simulator import listing
from saltext_vios.simulator.api import Simulator
from saltext_vios.simulator.assumptions import table
from saltext_vios.simulator.scenario import read
from tests.conftest import EXAMPLES

MIGVIOS = ("-Fo", "migvios", "-a", "ios_mksysb=vios_31431", "-a", "boot_client=yes")
IOSLEVEL = "( LC_ALL=C /usr/ios/cli/ioscli ioslevel ); echo rc=$?"
HOUR_AND_MORE = 5000  # seconds, longer than all phases together

# Pieces of which listings are made, in any order.
PIECES = st.sampled_from(
    [
        "vios1",
        "s1:",
        ":",
        "\n",
        "\n   ",
        " = ",
        "=",
        "Cstate",
        "ready",
        "warning: 0042-175 c_x: y",
        "\t",
        " ",
        "two words",
    ]
)
LISTING = """myvios:
   class         = management
   type          = vios
   if1           = net my.host 0
   mgmt_profile1 = hmc 3 cec9
   odd_attribute = a = b : c
   Cstate        = ready for a NIM operation
s1:
   class        = resources
   type         = spot
   if_supported = chrp ent
   if_supported = chrp tok
"""


@pytest.fixture
def simulator(tmp_path):
    """At normal speed: time moves when a test says so."""
    made = Simulator.create(tmp_path / "nim", speed=1)
    yield made
    made.close()


@pytest.fixture
def run(simulator):
    def call(command, *words):
        return subprocess.run(
            [simulator.bin / command, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )

    return call


def cli(*words):
    return subprocess.run(
        [sys.executable, "-m", "saltext_vios.simulator", *map(str, words)], capture_output=True, text=True, check=False
    )


class TestLsnim:
    def test_a_stanza_is_padded_to_its_longest_name(self, run):
        lines = run("lsnim", "-l", "vios1").stdout.splitlines()
        assert lines[0] == "vios1:"
        assert lines[1] == "   class          = management"
        assert "   netboot_kernel = 64" in lines
        assert not any("Cstate_result" in line for line in lines)

    def test_all_vioses_without_blank_lines(self, run):
        text = run("lsnim", "-t", "vios", "-l").stdout
        assert [line for line in text.splitlines() if not line.startswith(" ")] == [f"vios{n}:" for n in range(1, 7)]

    def test_only_the_attributes_that_are_asked_for_in_the_order_of_the_database(self, run):
        text = run("lsnim", "-a", "Mstate", "-a", "Cstate", "-a", "info", "vios1").stdout
        assert text == "vios1:\n   Cstate = ready for a NIM operation\n   Mstate = currently running\n"

    def test_columns(self, run):
        assert run("lsnim", "-t", "spot").stdout.splitlines()[0].split() == ["vios_31431_spot", "resources", "spot"]

    def test_an_unknown_object_is_message_and_exit_status_53(self, run):
        ret = run("lsnim", "-l", "nobody")
        assert (ret.returncode, ret.stdout) == (53, "")
        assert ret.stderr == '0042-053 lsnim: there is no NIM object named "nobody"\n'

    def test_the_operations_of_an_object(self, simulator, run):
        lines = run("lsnim", "-O", "vios1").stdout.splitlines()
        assert "reset            = reset an object's NIM state" in lines
        assert "migvios          = migrate a VIOS" in lines
        simulator.fault("no_migvios")
        assert "migvios" not in run("lsnim", "-O", "vios1").stdout.split()


class TestNim:
    @pytest.mark.parametrize(
        ("words", "rc"),
        [
            (("-o", "migvios", "nobody"), 53),
            (("-o", "migvios", "-a", "ios_mksysb=nothing", "vios1"), 53),
            (("-o", "migvios", "vios1"), 1),
            (("-o", "migvios", "-a", "ios_mksysb=vios_31431", "-a", "time_limit=3", "vios1"), 1),
            (("-o", "migvios", "-a", "ios_mksysb=vios_31431", "-a", "concurrent=no", "vios1"), 1),
            (("-o", "migvios", "-a", "ios_mksysb=vios_31431", "-a", "colour=red", "vios1"), 1),
            (("-o", "migvios", "-a", "ios_mksysb=unattended", "vios1"), 1),
            (("-o", "migvios", "-a", "ios_mksysb=vios_31431", "unattended"), 1),
            (("-o", "remove", "nobody"), 53),
            (("-o", "define", "-t", "spot", "vios_31431_spot"), 81),
        ],
    )
    def test_what_it_refuses(self, simulator, run, words, rc):
        ret = run("nim", *words)
        assert ret.returncode == rc
        assert ret.stderr.startswith("0042-")
        assert simulator.get("vios1")["Cstate"] == "ready for a NIM operation"

    def test_an_operation_goes_through_its_phases(self, simulator, run):
        assert run("nim", *MIGVIOS, "vios1").returncode == 0
        seen = []
        for _ in range(40):
            seen.append(simulator.get("vios1")["Cstate"])
            simulator.advance(120)
        assert list(dict.fromkeys(seen)) == [
            "BOS installation has been enabled",
            "Base Operating System installation is being performed",
            "customization is being performed",
            "ready for a NIM operation",
        ]
        assert simulator.get("vios1")["Cstate_result"] == "success"
        assert "info" not in simulator.get("vios1")
        assert simulator.level("vios1") == "3.1.4.31"

    def test_resources_are_released_after_success_and_kept_after_failure(self, simulator, run):
        run("nim", *MIGVIOS, "vios1")
        assert simulator.get("vios_31431")["alloc_count"] == "1"
        lines = run("lsnim", "-c", "resources", "vios1").stdout.splitlines()
        assert [line.split() for line in lines] == [["vios_31431", "ios_mksysb"]]
        simulator.advance(HOUR_AND_MORE)
        simulator.get("vios1")
        assert simulator.get("vios_31431")["alloc_count"] == "0"
        simulator.fault("fails", "vios3")
        run("nim", *MIGVIOS, "vios3")
        simulator.advance(HOUR_AND_MORE)
        assert simulator.get("vios3")["Cstate_result"] == "failure"
        assert "0042-175" in simulator.get("vios3")["err_info"]
        assert simulator.get("vios_31431")["alloc_count"] == "1"

    def test_a_reset_does_not_release_and_a_deallocate_does(self, simulator, run):
        run("nim", *MIGVIOS, "vios1")
        run("nim", "-Fo", "reset", "vios1")
        assert simulator.get("vios1")["Cstate_result"] == "reset"
        assert simulator.get("vios_31431")["alloc_count"] == "1"
        refused = run("nim", "-o", "remove", "vios_31431")
        assert refused.returncode == 1
        assert "0042-052 m_rmmac" in refused.stderr
        run("nim", "-Fo", "deallocate", "-a", "subclass=all", "vios1")
        assert simulator.get("vios_31431")["alloc_count"] == "0"

    def test_without_boot_client_it_waits_for_somebody(self, simulator, run):
        run("nim", "-Fo", "migvios", "-a", "ios_mksysb=vios_31431", "vios1")
        simulator.advance(HOUR_AND_MORE)
        assert simulator.get("vios1")["Cstate"] == "BOS installation has been enabled"
        simulator.boot("vios1")
        simulator.get("vios1")
        simulator.advance(HOUR_AND_MORE)
        assert simulator.get("vios1")["Cstate"] == "ready for a NIM operation"

    def test_a_busy_object_needs_force(self, simulator, run):
        simulator.fault("foreign_operation", "vios1")
        assert run("nim", "-o", *MIGVIOS[1:], "vios1").returncode == 1
        assert run("nim", *MIGVIOS, "vios1").returncode == 0

    def test_a_fault_holds_an_operation_until_it_is_cleared(self, simulator, run):
        simulator.fault("install_hangs", "vios1")
        run("nim", *MIGVIOS, "vios1")
        simulator.advance(10 * HOUR_AND_MORE)
        assert "installation is being performed" in simulator.get("vios1")["Cstate"]
        simulator.clear("install_hangs")
        simulator.advance(HOUR_AND_MORE)
        assert simulator.get("vios1")["Cstate_result"] == "success"

    def test_prev_state_keeps_the_former_mstate_through_a_reboot(self, simulator, run):
        assert run("nim", "-o", "reboot", "vios1").returncode == 0
        seen = [simulator.get("vios1")]
        assert run("c_rsh", "vios1", IOSLEVEL).returncode != 0
        simulator.advance(3600)
        seen.append(simulator.get("vios1"))
        assert [(one["Mstate"], one["prev_state"]) for one in seen] == [
            ("not running", "currently running"),
            ("currently running", "not running"),
        ]
        assert {one["Cstate"] for one in seen} == {"ready for a NIM operation"}
        assert run("c_rsh", "vios1", IOSLEVEL).returncode == 0

    def test_a_check_pings_and_changes_mstate_only_where_it_was_wrong(self, simulator, run):
        simulator.fault("mstate_old", "vios1")
        before = simulator.get("vios2")
        for name in ("vios1", "vios2"):
            assert run("nim", "-o", "check", name).returncode == 0
        assert simulator.get("vios1")["Mstate"] == "currently running"
        assert simulator.get("vios1")["prev_state"] == "not running"
        assert simulator.get("vios2") == before

    def test_a_missing_attribute_is_reported_as_published(self, run):
        assert run("nim", "-o", "migvios", "vios1").stderr.splitlines()[2:] == [
            '      0042-021 m_migvios: the "ios_mksysb" attribute is required for this',
            "        operation",
        ]


class TestCRsh:
    def test_it_answers_with_the_remote_exit_status(self, run):
        assert run("c_rsh", "vios1.example.com", IOSLEVEL).stdout == "3.1.2.21\nrc=0\n"
        assert run("c_rsh", "vios1", IOSLEVEL).stdout == "3.1.2.21\nrc=0\n"

    def test_it_hides_the_exit_status_of_a_command_that_is_not_there(self, run):
        ret = run("c_rsh", "vios1", "( LC_ALL=C /usr/bin/nothing ); echo rc=$?")
        assert ret.returncode == 0
        assert ret.stdout.endswith("rc=127\n")

    def test_no_shell_runs_what_it_is_given(self, run, tmp_path):
        run("c_rsh", "vios1", f"touch {tmp_path}/evil")
        assert not (tmp_path / "evil").exists()

    def test_a_vios_that_installs_does_not_answer(self, simulator, run):
        run("nim", *MIGVIOS, "vios1")
        simulator.advance(1000)
        ret = run("c_rsh", "vios1", IOSLEVEL)
        assert ret.returncode != 0
        assert "Connection refused" in ret.stderr

    def test_a_cluster_shows_a_node_that_is_down(self, tmp_path, simulator):
        one = Simulator.create(tmp_path / "ssp", read(str(EXAMPLES / "scenarios" / "one-pair.yaml")))
        one.fault("node_stays_down", "vios2")
        words = [one.bin / "c_rsh", "vios1", "/usr/ios/cli/ioscli cluster -status -fmt :"]
        lines = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
        assert [line.split(":")[5] for line in lines] == ["OK", "DOWN"]
        assert all(len(line.split(":")) == 7 for line in lines)
        one.close()


class TestAudit:
    """A check that cannot fail is worth nothing: each promise is broken on purpose."""

    def broken(self, simulator, **more):
        return " ".join(simulator.audit(**more)["violations"])

    def test_a_single_migration_is_clean(self, simulator, run):
        run("nim", *MIGVIOS, "vios1")
        simulator.advance(HOUR_AND_MORE)
        assert simulator.audit()["violations"] == []

    def test_two_vioses_of_a_frame_down_together(self, simulator, run):
        for name in ("vios1", "vios2"):
            run("nim", *MIGVIOS, name)
        simulator.advance(1000)
        found = self.broken(simulator)
        assert "promise 1: vios2 was started while its partner vios1 was in an operation" in found
        assert "vios1 and vios2 of one frame were down together" in found

    def test_two_nodes_of_a_cluster_down_together(self, tmp_path):
        one = Simulator.create(
            tmp_path / "ssp", {"frames": {"f1": ["vios1"], "f2": ["vios2"]}, "clusters": {"ssp": ["vios1", "vios2"]}}
        )
        for name in ("vios1", "vios2"):
            subprocess.run([one.bin / "nim", *MIGVIOS, name], check=True)
        one.advance(1000)
        assert "vios1 and vios2 of one cluster were down together" in self.broken(one)
        one.close()

    def test_a_start_while_the_partner_is_down(self, simulator, run):
        run("nim", *MIGVIOS, "vios1")
        simulator.advance(1000)
        run("nim", *MIGVIOS, "vios2")
        assert "promise 1: vios2 was started while its partner vios1 was down" in self.broken(simulator)

    def test_a_second_vios_without_a_verified_first(self, simulator, run):
        run("nim", *MIGVIOS, "vios1")
        simulator.advance(HOUR_AND_MORE)
        run("nim", *MIGVIOS, "vios2")
        assert "promise 2" in self.broken(simulator)

    def test_a_verified_first_lets_the_second_go(self, simulator, run):
        run("nim", *MIGVIOS, "vios1")
        simulator.advance(HOUR_AND_MORE)
        run("c_rsh", "vios1", IOSLEVEL)
        run("nim", *MIGVIOS, "vios2")
        assert self.broken(simulator) == ""

    def test_a_start_over_a_running_operation(self, simulator, run):
        for _ in range(2):
            run("nim", *MIGVIOS, "vios1")
        assert "promise 3: vios1 was started over a running operation" in self.broken(simulator)

    def test_a_second_start_after_success(self, simulator, run):
        for _ in range(2):
            run("nim", *MIGVIOS, "vios1")
            simulator.advance(HOUR_AND_MORE)
        assert "promise 3: vios1 was started again" in self.broken(simulator)

    def test_a_second_start_after_a_failure_has_a_reason(self, simulator, run):
        simulator.fault("fails", "vios1", times=1)
        for _ in range(2):
            run("nim", *MIGVIOS, "vios1")
            simulator.advance(HOUR_AND_MORE)
        assert self.broken(simulator) == ""

    def test_a_start_past_the_limit(self, simulator, run):
        run("nim", *MIGVIOS, "vios1")
        assert "promise 4" in self.broken(simulator, time_limit=0)

    def test_the_command_says_so_with_its_exit_status(self, simulator, run):
        assert cli("audit", simulator.directory).stdout.endswith("0 violations\n")
        run("nim", *MIGVIOS, "vios1")
        ret = cli("audit", simulator.directory, "--time-limit", "2020-01-31T04:00")
        assert ret.returncode == 1
        assert ret.stdout.endswith("1 violation\n")
        found = json.loads(cli("audit", simulator.directory, "--json").stdout)
        assert found["starts"][0]["vios"] == "vios1"


class TestCommandLine:
    def test_the_list_of_faults_is_no_wider_than_the_terminal(self, monkeypatch):
        monkeypatch.setenv("COLUMNS", "80")
        assert max(map(len, cli("faults").stdout.splitlines())) <= 80

    @pytest.mark.parametrize("name", ["three-frames", "one-pair", "faults", "alternate-disks"])
    def test_the_examples_of_scenarios(self, tmp_path, name):
        ret = cli("init", tmp_path / "x", "--scenario", EXAMPLES / "scenarios" / f"{name}.yaml")
        assert ret.returncode == 0, ret.stderr
        assert "vios1" in cli("show", tmp_path / "x").stdout

    def test_an_unknown_key_of_a_scenario_is_named(self, tmp_path):
        (tmp_path / "s.yaml").write_text("frames: {a: [b]}\nlevels: 3\n")
        ret = cli("init", tmp_path / "x", "--scenario", tmp_path / "s.yaml")
        assert ret.returncode != 0
        assert "'levels'" in ret.stderr

    def test_a_real_listing_can_be_loaded_and_is_shown_again(self, simulator, run, tmp_path):
        (tmp_path / "listing").write_text(LISTING)
        assert cli("load", simulator.directory, tmp_path / "listing", "--ioslevel", "3.1.0.1").returncode == 0
        assert run("lsnim", "-l", "myvios").stdout + run("lsnim", "-l", "s1").stdout == LISTING
        assert run("c_rsh", "my.host", IOSLEVEL).stdout == "3.1.0.1\nrc=0\n"

    def test_a_value_of_several_lines_is_shown_again_as_it_stands(self, simulator, run, tmp_path):
        text = LISTING.replace("   Cstate ", "   err_info      = one\n      0042-175 c_x: two:\nthree\n   Cstate ")
        (tmp_path / "listing").write_text(text)
        loaded = cli("load", simulator.directory, tmp_path / "listing")
        assert "2 objects are in" in loaded.stdout
        assert run("lsnim", "-l", "myvios").stdout + run("lsnim", "-l", "s1").stdout == text

    def test_a_listing_that_lost_its_white_space_is_refused(self, simulator, tmp_path):
        (tmp_path / "listing").write_text("\n".join(line.strip() for line in LISTING.splitlines()))
        ret = cli("load", simulator.directory, tmp_path / "listing")
        assert ret.returncode != 0
        assert "myvios has no attributes" in ret.stderr
        assert simulator.get("vios1")

    def test_one_object_is_reported_as_one(self, simulator, tmp_path):
        (tmp_path / "listing").write_text(LISTING[: LISTING.index("s1:")])
        assert "1 object is in" in cli("load", simulator.directory, tmp_path / "listing").stdout

    def test_faults_are_set_and_cleared(self, simulator, run):
        assert cli("fault", simulator.directory, "lsnim_fails", "times=1").returncode == 0
        assert run("lsnim").returncode == 1
        assert run("lsnim").returncode == 0
        cli("fault", simulator.directory, "c_rsh_refused", "vios1")
        assert run("c_rsh", "vios1", IOSLEVEL).returncode != 0
        cli("fault", simulator.directory, "--clear")
        assert run("c_rsh", "vios1", IOSLEVEL).returncode == 0

    def test_an_unknown_fault_is_refused(self, simulator):
        assert "no fault 'nonsense'" in cli("fault", simulator.directory, "nonsense").stderr

    def test_the_log_has_every_call(self, simulator, run):
        run("lsnim", "-l", "vios1")
        assert "rc=0  lsnim -l vios1" in cli("log", simulator.directory).stdout


def test_many_commands_at_once(simulator, run):
    words = [simulator.bin / "lsnim", "-t", "vios", "-l"]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(12)]
    texts = {process.communicate()[0] for process in running}
    assert len(texts) == 1
    assert simulator.calls("lsnim") == 12


@given(st.lists(PIECES, max_size=30).map("".join))
def test_it_takes_from_a_listing_what_the_product_does(text):
    """Two readers, one rule; the simulator keeps the margins of a value's further lines."""

    def plain(value):
        return [plain(one) for one in value] if isinstance(value, list) else [one.strip() for one in value.split("\n")]

    mine, theirs = listing.read(text), stanza.read(text)
    assert {name: {key: plain(value) for key, value in one.items()} for name, one in mine.items()} == {
        name: {key: plain(value) for key, value in one.items()} for name, one in theirs.items()
    }


def test_everything_assumed_has_its_mark():
    marks = {"doc", "seen", "code", "guess", "invented"}
    for section, entries in table().items():
        if section != "about":
            for name, (_, mark) in entries.items():
                assert mark in marks, (section, name)


def test_the_commands_need_nothing_but_the_standard_library(simulator):
    env = {"PATH": os.environ["PATH"]}
    ret = subprocess.run([simulator.bin / "lsnim"], env=env, capture_output=True, text=True, check=False, cwd="/")
    assert ret.returncode == 0
