"""The functions around the main job: looking, explaining, and the operator's own hand."""

import inspect
import pathlib
import re
import subprocess
from typing import ClassVar

import pytest
import salt.loader
import yaml
from salt.exceptions import CommandExecutionError, SaltInvocationError
from salt.utils.minions import CkMinions

from saltext_vios.nim.process import LOGIN, environment
from tests.conftest import ROOT, until
from tests.drive import PAIR, installing


@pytest.fixture
def mine(minion_opts):
    """Every function of the module that Salt offers; of all modules it would load hundreds."""
    functions = salt.loader.minion_mods(minion_opts, whitelist=["vios"])
    return {name: function for name, function in functions.items() if name.startswith("vios.")}


class TestLoading:
    def test_without_lsnim_it_says_why_it_is_not_there(self, minion_opts, monkeypatch):
        monkeypatch.setenv("PATH", "/nowhere")
        minion_opts["vios"]["nim_bin_dir"] = "/nowhere"
        functions = salt.loader.minion_mods(minion_opts)
        assert "vios.list" not in functions
        assert "no NIM master" in functions.missing_fun_string("vios.list")

    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            ("x", "vios in pillar is a text, expected a map"),
            ({"nim_bin_dir": 5}, "vios:nim_bin_dir is 5, expected an absolute path"),
        ],
    )
    def test_with_a_garbled_configuration_it_says_so(self, minion_opts, wrong, why):
        del minion_opts["vios"]["nim_bin_dir"]
        minion_opts["pillar"] = {"vios": wrong}
        functions = salt.loader.minion_mods(minion_opts)
        assert "vios.list" not in functions
        assert why in functions.missing_fun_string("vios.list")

    def test_lsnim_is_found_on_path(self, minion_opts, monkeypatch):
        monkeypatch.setenv("PATH", minion_opts["vios"].pop("nim_bin_dir"))
        assert "vios.list" in salt.loader.minion_mods(minion_opts)

    def test_lsnim_is_found_where_pillar_says(self, minion_opts):
        minion_opts["pillar"] = {"vios": {"nim_bin_dir": minion_opts["vios"].pop("nim_bin_dir")}}
        assert "vios.list" in salt.loader.minion_mods(minion_opts)

    def test_the_state_is_there_where_the_module_is(self, minion_opts, salt_functions):
        states = salt.loader.states(minion_opts, salt_functions, {}, None)
        assert "vios.migrated" in states
        assert "vios.checked" in states
        assert "vios.migrated" not in salt.loader.states(minion_opts, {}, {}, None)

    def test_every_function_shows_how_it_is_called(self, mine):
        for name, function in mine.items():
            assert f"salt nim-master {name}" in inspect.getdoc(function), name

    def test_nothing_of_ours_leaks_into_the_functions(self, mine):
        wanted = (
            "list show options command check migrate backup clone rollback cleanup wait status progress overview "
            "history hold release cancel resume stop driver log reset clients backups capture metrics"
        )
        assert set(mine) == {f"vios.{name}" for name in wanted.split()}


class TestLooking:
    def test_list(self, vios, simulator):
        simulator.fault("foreign_operation", "vios2")
        found = vios.list()
        assert list(found) == [f"vios{n}" for n in range(1, 7)]
        assert found["vios1"] == {
            "frame": "frame1",
            "hostname": "vios1.example.com",
            "Cstate": "ready for a NIM operation",
            "Mstate": "currently running",
            "Cstate_result": None,
            "in_flight": False,
        }
        assert found["vios2"]["in_flight"] is True

    def test_list_with_levels(self, vios, simulator):
        simulator.fault("c_rsh_refused", "vios2")
        found = vios.list(levels=True)
        assert found["vios1"]["ioslevel"] == "3.1.2.21"
        assert found["vios2"]["ioslevel"] is None

    def test_show(self, vios):
        assert vios.show("vios_31431")["ioslevel"] == "3.1.4.31"
        assert vios.show("vios1")["type"] == "vios"
        with pytest.raises(CommandExecutionError, match="no object named 'nobody'"):
            vios.show("nobody")
        with pytest.raises(SaltInvocationError, match="1 to 39"):
            vios.show("no body")

    def test_command_runs_nothing(self, vios, simulator, options):
        found = vios.command("vios1,vios2", **options)
        assert found["vios1"]["argv"][:3] == ["nim", "-Fo", "migvios"]
        assert found["vios2"]["line"].endswith(" vios2")
        assert simulator.calls() == 0

    def test_check_has_findings_and_one_verdict(self, vios, simulator, options):
        good = vios.check("vios1,vios2", **options)
        assert (good["result"], good["verdict"]) == (True, "ok")
        assert {"result", "vios", "check", "seen", "advice"} == set(good["findings"][0])
        simulator.fault("no_migvios")
        worried = vios.check("vios1,vios2", **options)
        assert (worried["result"], worried["verdict"]) == (True, "warning")
        simulator.fault("control", "vios2")
        stopped = vios.check("vios1,vios2", **options)
        assert (stopped["result"], stopped["verdict"]) == (False, "error")
        assert stopped["tuples"][PAIR]["would"] == "FAILURE-CHECK"

    def test_check_shows_an_unknown_name_and_an_object_that_is_no_vios(self, vios, options):
        found = vios.check([["nobody"], ["vios1"]], **options)
        assert [one["vios"] for one in found["findings"] if one["result"] == "error"] == ["nobody"]

    def test_check_of_a_tuple_that_is_under_way_is_no_error(self, vios, simulator, options):
        simulator.fault("install_hangs", "vios1")
        vios.migrate("vios1,vios2", wait=False, **options)
        until(simulator.starts, what="the start")
        found = vios.check("vios1,vios2", **options)
        assert found["tuples"][PAIR]["would"] == "attach"
        assert found["verdict"] == "warning"

    def test_progress_shows_phase_percent_and_the_time_it_took_before(self, vios, simulator, options):
        vios.migrate("vios1", **options)
        simulator.set("vios1", level="3.1.2.21")
        simulator.fault("install_hangs", "vios1")
        vios.migrate("vios1", wait=False, **options)
        one = installing(vios)
        assert one["state"] == "installing"
        assert one["status"] == "SUCCESS-UPGR1-INIT"
        assert isinstance(one["percent"], int)
        assert one["since"].startswith("20")
        assert one["elapsed"] >= 0
        assert one["took_before"] is not None

    def test_progress_answers_while_nim_hangs(self, vios, simulator, options):
        simulator.fault("install_hangs", "vios1")
        vios.migrate("vios1", wait=False, **options)
        installing(vios)
        simulator.fault("lsnim_hangs")
        assert vios.progress()["vios1"]["vios"]["vios1"]["phase"] == "installing"
        assert vios.status() == {"vios1": "SUCCESS-UPGR1-INIT"}

    def test_status_can_be_passed_on(self, vios, simulator, options):
        simulator.fault("nim_refuses", "vios3")
        vios.migrate([["vios1"], ["vios3"]], **options)
        assert vios.status() == {"vios1": "SUCCESS-UPGR1", "vios3": "FAILURE-UPGR1-INIT"}
        assert vios.status("vios1") == {"vios1": "SUCCESS-UPGR1"}
        ret = vios.migrate([["vios1"], ["vios3"]], vios_status=vios.status(), **options)
        assert ret["status"] == {"vios1": "SUCCESS-CURRENT", "vios3": "FAILURE-UPGR1-INIT"}

    def test_history_is_newest_first(self, vios, options):
        vios.migrate("vios1", **options)
        vios.migrate("vios1", **options)
        newest, oldest = vios.history("vios1")
        assert (newest["status"], oldest["status"]) == ("SUCCESS-CURRENT", "SUCCESS-UPGR1")
        assert oldest["vios"]["vios1"]["level"] == {"old": "3.1.2.21", "new": "3.1.4.31"}
        assert oldest["vios"]["vios1"]["cmd"].startswith("nim -Fo migvios")
        assert oldest["duration"] >= oldest["vios"]["vios1"]["duration"]
        assert len(vios.history(limit=1)) == 1
        with pytest.raises(SaltInvocationError, match="limit is 0"):
            vios.history(limit=0)

    def test_log(self, vios):
        assert "script log of vios1" in vios.log("vios1")

    def test_looking_leaves_no_trace(self, vios, options, state_dir):
        vios.check("vios1", **options)
        assert (vios.status(), vios.progress(), vios.history()) == ({}, {}, [])
        assert not state_dir.exists()


class TestReset:
    def test_it_needs_a_word(self, vios, simulator):
        with pytest.raises(SaltInvocationError, match="confirm=True"):
            vios.reset("vios1")
        assert simulator.calls("nim") == 0

    def test_it_resets_and_releases(self, vios, simulator, options):
        simulator.fault("fails", "vios1")
        vios.migrate("vios1", **options)
        assert simulator.get("vios_31431")["alloc_count"] == "1"
        done = vios.reset("vios1", confirm=True)
        assert done["reset"]["cmd"] == "nim -Fo reset vios1"
        assert done["deallocate"]["cmd"] == "nim -Fo deallocate -a subclass=all vios1"
        assert simulator.get("vios_31431")["alloc_count"] == "0"
        assert simulator.get("vios1")["Cstate_result"] == "reset"

    def test_it_refuses_what_looks_as_if_it_installs(self, vios, simulator):
        simulator.fault("foreign_operation", "vios1")
        with pytest.raises(SaltInvocationError, match="while_installing=True"):
            vios.reset("vios1", confirm=True)
        assert vios.reset("vios1", confirm=True, while_installing=True)["changed"] is True

    def test_it_refuses_what_is_under_way(self, vios, simulator, options):
        simulator.fault("cstate_lags", "vios1", seconds=10**6)
        vios.migrate("vios1", wait=False, **options)
        until(simulator.starts, what="the start")
        with pytest.raises(SaltInvocationError, match="is under way"):
            vios.reset("vios1", confirm=True)

    @pytest.mark.parametrize("name", ["nobody", "vios_31431"])
    def test_it_is_for_vioses_only(self, vios, name):
        with pytest.raises(SaltInvocationError, match="no VIOS"):
            vios.reset(name, confirm=True)


class TestRefused:
    """Before anything runs, with the value and what is expected."""

    @pytest.mark.parametrize(
        ("targets", "more", "says"),
        [
            (None, {}, "None"),
            ("", {}, "''"),
            ([], {}, r"\[\]"),
            ("vios1,vios2,vios3", {}, "3|three"),
            ("vios1,vios1", {}, "vios1"),
            ([["vios1"], ["vios1", "vios2"]], {}, "vios1"),
            ([["a", "b-c"], ["a-b", "c"]], {}, "a-b-c"),
            ("nobody", {}, "nobody"),
            ("vios_31431", {}, "ios_mksysb"),
            ("vios.1", {}, "vios.1"),
            ("vios1;reboot", {}, "reboot"),
            ("vios1", {"mksyb_name": "x"}, "mksysb_name"),
            ("vios1", {"time_limit": "13/30/2026 04:00"}, "13/30/2026"),
            ("vios1", {"time_limit": 750}, "750"),
            ("vios1", {"level": "three"}, "three"),
            ("vios1", {"level": 3.1}, "3.1"),
            ("vios1,vios2", {"backup_name": "b"}, "backup_name"),
            ("vios1,vios2", {"mk_image": True, "mksysb_name": "m"}, "mksysb_name"),
            ("vios1", {"disk": "hdisk1\n"}, "hdisk1"),
            ("vios1", {"mksysb_prefix": "x" * 39}, "39"),
            ("vios1,vios2", {"vios_status": {"vios1-vios2": "SUCCESS-A", "vios2-vios1": "FAILURE-B"}}, "FAILURE-B"),
        ],
    )
    def test_it_names_the_value(self, vios, simulator, targets, more, says):
        with pytest.raises(SaltInvocationError, match=says):
            vios.migrate(targets, **more)
        assert simulator.calls("nim") == 0

    @pytest.mark.parametrize(
        ("task", "words"),
        [("migrate", {}), ("clone", {"disk": "hdisk1"}), ("backup", {}), ("rollback", {}), ("cleanup", {})],
    )
    def test_a_space_instead_of_a_comma_is_no_test(self, vios, simulator, task, words):
        """The second VIOS would be the value of ``test``, and the first one alone would be shown."""
        with pytest.raises(SaltInvocationError, match=r"test is 'vios2', expected yes or no; .*comma: vios1,vios2"):
            getattr(vios, task)("vios1", test="vios2", **words)
        assert simulator.calls("nim") == 0

    @pytest.mark.parametrize("word", [True, 1, "yes", "True"])
    def test_a_test_is_what_every_way_to_salt_makes_of_it(self, vios, simulator, options, word):
        assert vios.migrate("vios1", test=word, **options)["msg"].startswith("test: 1 of 1")
        assert simulator.calls("nim") == 0

    def test_nim_that_cannot_be_asked_is_a_failed_command(self, vios, simulator, options):
        simulator.fault("lsnim_fails")
        with pytest.raises(CommandExecutionError, match=r"lsnim -l returned 1.* Try it by hand"):
            vios.migrate("vios1", **options)

    @pytest.mark.parametrize("vios_config", [{"poll_interval": "often"}])
    def test_a_setting_that_cannot_be_names_its_key(self, vios, options):
        with pytest.raises(SaltInvocationError, match="vios:poll_interval is 'often'"):
            vios.migrate("vios1", **options)


@pytest.mark.processes
def test_a_left_over_module_of_the_same_name_is_named_as_the_cause(minion_opts, salt_call, simulator):
    """Salt takes what ``saltutil.sync_modules`` left, as a whole, before any package."""
    modules = pathlib.Path(minion_opts["extension_modules"]) / "modules"
    modules.mkdir(parents=True)
    (modules / "vios.py").write_text("def ours():\n    return 'not a migration'\n")
    (pathlib.Path(minion_opts["root_dir"]) / "states" / "t.sls").write_text("vios1:\n  vios.migrated: []\n")
    told = subprocess.run([*salt_call, "state.apply", "t"], capture_output=True, text=True)
    assert told.returncode != 0
    assert "remove _modules/vios.py" in told.stdout
    assert simulator.starts() == []


class TestAccess:
    """docs/access.md: which functions only look, what operators may be given, and what configuration decides."""

    PAGE = (ROOT / "docs" / "access.md").read_text()
    SECTIONS: ClassVar = {text.split("\n")[0]: re.findall(r"`(vios\.\w+)`", text) for text in PAGE.split("\n## ")}
    LOOKING = SECTIONS["Functions that only look"]
    SHOWN: ClassVar = yaml.safe_load("\n".join(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)))

    def test_every_function_is_listed_as_one_or_the_other(self, mine):
        states = {"vios.migrated", "vios.checked", "vios.redundant", "vios.backed_up", "vios.cloned", "vios.cleaned"}
        changing = set(self.SECTIONS["Functions that change something"]) - states
        assert set(mine) == set(self.LOOKING) | changing
        assert not set(self.LOOKING) & changing

    def test_the_environment_of_commands_is_listed(self, monkeypatch):
        monkeypatch.setenv("TZ", "Europe/Berlin")
        listed = set(re.findall(r"`([A-Z_]+)`", self.PAGE.split("## What a command runs with")[1].split("\n## ")[0]))
        assert set(environment({})) == listed - {"C"}
        for text in LOGIN.values():
            assert f"| `{text}` |" in self.PAGE

    @pytest.fixture
    def runners(self, minion_opts):
        return {name for name in salt.loader.runner(minion_opts) if name.startswith("vios.")}

    def test_every_function_of_the_runner_is_listed(self, runners):
        assert set(self.SECTIONS["The runner on the Salt master"]) == runners

    def test_operators_are_given_those_that_only_look(self):
        publisher, external = self.SHOWN["publisher_acl"]["operator"], self.SHOWN["external_auth"]["pam"]["operator"]
        for given in (publisher, external):
            assert set(given[0]["nim-*"]) - {"test.ping"} == set(self.LOOKING)

    def test_salt_gives_operators_the_asking_half_of_the_runner(self, minion_opts, runners):
        given = self.SHOWN["external_auth"]["pam"]["operator"]
        checker = CkMinions({**minion_opts, "__role": "master"})
        words = {"arg": [], "kwarg": {}}
        allowed = {name for name in runners if checker.runner_check(given, name, words) is True}
        assert allowed == {"vios.status", "vios.watch", "vios.plan", "vios.gate"}

    @pytest.mark.processes
    @pytest.mark.parametrize("vios_config", [{}, {"c_rsh": None}], ids=["in configuration", "in pillar only"])
    def test_the_minions_configuration_wins_over_a_pillar_that_a_caller_gives(
        self, minion_opts, salt_functions, tmp_path, vios_config
    ):
        evil = tmp_path / "c_rsh"
        evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        evil.chmod(0o755)
        (pathlib.Path(minion_opts["root_dir"]) / "states" / "look.sls").write_text("vios1:\n  vios.checked: []\n")
        salt_functions["state.sls"]("look", pillar={"vios": {"c_rsh": str(evil)}})
        assert (tmp_path / "ran").exists() is bool(vios_config)

    @pytest.mark.parametrize("name", LOOKING)
    def test_looking_leaves_no_trace(self, vios, simulator, state_dir, options, name):
        about_one = ("vios.show", "vios.log", "vios.check", "vios.command", "vios.clients")
        before = {name: simulator.get(name) for name in ("vios1", "vios2")}
        getattr(vios, name.split(".")[1])(*["vios1"] * (name in about_one))
        assert {name: simulator.get(name) for name in ("vios1", "vios2")} == before
        assert simulator.starts() == []
        assert not state_dir.exists()
