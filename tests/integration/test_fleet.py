"""A fleet over two NIM masters: planned by the runner, carried out by ``fleet.sls`` of the package."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import salt.config
import salt.runner
import yaml

from tests.conftest import until
from tests.integration.conftest import OPTIONS

MASTERS = {
    "nim-master": [["vios1", "vios2"], ["vios3", "vios4"]],
    "nim-second": {"targets": "*", "options": {"level_below": "3.1.4.31"}},
}
WAVES = {"canary": {"nim-master": "vios1,vios2"}, "waves": [["nim-second"]]}


@pytest.fixture
def fleet(tmp_path, site, second_site):
    """Write a fleet file: a canary, then the second NIM master, then the rest of the first."""

    def write(**more):
        options = dict(word.split("=") for word in OPTIONS)
        path = tmp_path / "fleet.yaml"
        path.write_text(yaml.safe_dump({"masters": MASTERS, **WAVES, "options": options, **more}))
        return str(path)

    return write


@pytest.fixture
def orchestrate(salt_run_):
    """Carry a fleet out; by id of the state its result and comment."""

    def run(path, *words):
        ret = salt_run_("state.orchestrate", "fleet", f"pillar={json.dumps({'fleet': path})}", *words)
        states = next(iter(ret.data["data"].values()))
        assert isinstance(states, dict), states
        return {one["__id__"]: one for one in states.values()}, ret

    return run


def results(states):
    return {name: one["result"] for name, one in states.items()}


def starts(*sites):
    return [one["vios"] for site in sites for one in site.simulator.starts()]


def test_a_plan_shows_the_waves_and_starts_nothing(salt_run_, fleet, site, second_site):
    found = salt_run_("vios.plan", fleet(expected="1h")).data
    assert found["result"] is True
    assert [(wave["name"], sorted(wave["masters"])) for wave in found["waves"]] == [
        ("canary", ["nim-master"]),
        ("wave 1", ["nim-second"]),
        ("the rest", ["nim-master"]),
    ]
    assert starts(site, second_site) == []


def test_a_fleet_may_stand_in_the_salt_masters_pillar(salt_run_, master, fleet, site, second_site):
    wanted = yaml.safe_load(Path(fleet()).read_text())
    with (
        master.pillar_tree.base.temp_file("top.sls", "base: {'*': [saturday]}"),
        master.pillar_tree.base.temp_file("saturday.sls", yaml.safe_dump({"fleets": {"saturday": wanted}})),
    ):
        found = salt_run_("vios.plan", "pillar:fleets:saturday").data
    assert [wave["name"] for wave in found["waves"]] == ["canary", "wave 1", "the rest"]


def test_a_fleet_that_cannot_be_is_refused_without_a_traceback(salt_run_, fleet):
    ret = salt_run_("vios.plan", fleet(waves="x"))
    assert ret.data["Error"] == "waves is 'x', expected a list"
    assert ret.returncode == 1
    assert "Traceback" not in ret.stdout + ret.stderr


def test_the_waves_follow_one_another_and_a_second_run_has_nothing_to_do(orchestrate, fleet, site, second_site):
    path = fleet()
    states, ret = orchestrate(path)
    assert set(results(states).values()) == {True}, states
    assert ret.returncode == 0
    assert starts(site) == ["vios1", "vios2", "vios3", "vios4"]
    assert starts(second_site) == ["viosa", "viosb"]
    canary, rest = site.simulator.starts("vios2")[0], site.simulator.starts("vios3")[0]
    assert canary["real"] < second_site.simulator.starts("viosa")[0]["real"] < rest["real"]
    again, _ = orchestrate(path)
    assert list(again) == ["nothing to do"]
    assert len(starts(site, second_site)) == 6


def test_a_canary_that_fails_stops_the_fleet(orchestrate, fleet, site, second_site):
    site.simulator.fault("fails", "vios1")
    states, ret = orchestrate(fleet())
    assert results(states)["canary on nim-master"] is False
    assert "1 of 1 tuples failed: nim-master vios1-vios2" in states["after canary"]["changes"]["return"]["Error"]
    assert results(states)["wave 1 on nim-second"] is False
    assert ret.returncode != 0
    assert starts(site, second_site) == ["vios1"]


@pytest.mark.thorough
def test_within_the_budget_the_waves_continue(orchestrate, fleet, site, second_site):
    site.simulator.fault("fails", "vios1")
    states, ret = orchestrate(fleet(max_failures=2))
    assert results(states) == {
        "canary on nim-master": False,
        "after canary": True,
        "wave 1 on nim-second": True,
        "after wave 1": True,
        "the rest on nim-master": True,
        "after the rest": True,
    }
    assert ret.returncode != 0
    assert starts(site, second_site) == ["vios1", "vios3", "vios4", "viosa", "viosb"]


def test_a_hold_stops_the_wave_and_the_next(orchestrate, salt_run_, fleet, site, second_site):
    assert salt_run_("vios.hold", "nim-second", "storage").data == {"masters": {"nim-second": True}}
    states, _ = orchestrate(fleet())
    assert "SKIPPED-HELD" in json.dumps(states["wave 1 on nim-second"]["changes"])
    assert "nim-second is held: storage" in states["after wave 1"]["changes"]["return"]["Error"]
    assert starts(site, second_site) == ["vios1", "vios2"]
    assert salt_run_("vios.release", "nim-second").data == {"masters": {"nim-second": True}}


def kill_after(master, forks, path, condition, what):
    """Carry a fleet out, and kill the orchestration as soon as something is so."""
    words = ["state.orchestrate", "fleet", f"pillar={json.dumps({'fleet': path})}"]
    first = forks.start(master.salt_run_cli().cmdline(*words), os.devnull)
    try:
        until(condition, what=what)
    finally:
        first.kill()


@pytest.mark.parametrize("selected", [True, pytest.param(False, marks=pytest.mark.thorough)], ids=["selected", "named"])
def test_it_can_be_run_again_after_every_wave(orchestrate, master, forks, fleet, site, second_site, selected):
    masters = {
        "nim-master": [["vios1", "vios2"], ["vios3", "vios4"], ["vios5", "vios6"]],
        "nim-second": [["viosa", "viosb"]],
    }
    if selected:
        below = {"targets": "*", "options": {"level_below": "3.1.4.31"}}
        masters = {"nim-master": below, "nim-second": below}
    path = fleet(masters=masters)
    site.simulator.fault("install_hangs", "vios3")
    for where, vios in ((site, "vios2"), (second_site, "viosb"), (site, "vios3")):
        kill_after(master, forks, path, partial(where.simulator.starts, vios), f"the start of {vios}")
    site.simulator.clear()
    states, ret = orchestrate(path)
    assert set(results(states).values()) == {True}, states
    assert ret.returncode == 0
    assert starts(site)[:2] == ["vios1", "vios2"]
    assert sorted(starts(site, second_site)) == [*(f"vios{n}" for n in range(1, 7)), "viosa", "viosb"]
    assert list(orchestrate(path)[0]) == ["nothing to do"]
    assert [one.simulator.audit()["violations"] for one in (site, second_site)] == [[], []]


@pytest.mark.parametrize(
    ("pillar", "said"),
    [
        ({}, "the pillar names no fleet"),
        (
            {"fleet": {"masters": {"nim-master": "*"}, "canary": {"nim-master": "x,y"}}},
            "canary: nim-master has no tuple x-y among its targets",
        ),
    ],
)
def test_one_that_cannot_be_planned_is_one_failed_state_that_says_why(salt_run_, site, second_site, pillar, said):
    ret = salt_run_("state.orchestrate", "fleet", f"pillar={json.dumps(pillar)}")
    (state,) = next(iter(ret.data["data"].values())).values()
    assert (state["__id__"], state["result"]) == ("the fleet is planned", False)
    assert said in " ".join(state["comment"].split())
    assert ret.returncode != 0
    assert "Traceback" not in ret.stdout + ret.stderr


def test_a_preview_of_the_whole_starts_nothing(orchestrate, fleet, site, second_site):
    states, _ = orchestrate(fleet(), "test=True")
    for name in ("canary on nim-master", "wave 1 on nim-second", "the rest on nim-master"):
        assert "would migrate" in json.dumps(states[name]["changes"]), name
    assert starts(site, second_site) == []


def test_only_who_has_the_command_line_has_any_file_read(master, fleet, site, second_site, tmp_path_factory):
    elsewhere = tmp_path_factory.getbasetemp().parent / "fleet-of-a-test.yaml"
    elsewhere.write_text(Path(fleet()).read_text())
    try:
        key = (Path(master.config["cachedir"]) / ".root_key").read_text()
        client = salt.runner.RunnerClient(salt.config.client_config(master.config_file))
        through_the_master = client.cmd_sync({"fun": "vios.plan", "kwarg": {"fleet": str(elsewhere)}, "key": key})
        assert "(vios:fleet_dirs of the Salt master's configuration)" in through_the_master["Error"]
        salt_run = [Path(sys.executable).with_name("salt-run"), "-c", master.config_dir, "--out", "json"]
        told = subprocess.run([*salt_run, "vios.plan", elsewhere], capture_output=True, text=True, check=True).stdout
        assert [wave["name"] for wave in json.loads(told)["waves"]] == ["canary", "wave 1", "the rest"]
    finally:
        elsewhere.unlink()
