"""The runner's status and watch, over two NIM masters and their real events."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from saltext_vios.fleet import minions as fleet_minions
from tests.conftest import until
from tests.integration.conftest import OPTIONS, PAIR


@pytest.fixture
def watch(master, tmp_path):
    """Start ``salt-run vios.watch`` as a process of its own, its output in a file."""
    started = []

    def run(*words):
        out = tmp_path / f"watch{len(started)}"
        with out.open("w") as file:
            argv = master.salt_run_cli().cmdline("vios.watch", *words)
            process = subprocess.Popen(argv, stdout=file, stderr=subprocess.STDOUT, start_new_session=True)
        started.append(process)
        return process, out

    yield run
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_status_tells_of_all_nim_masters(salt_run_, salt_, simulator, second_site):
    second_site.simulator.fault("fails", "viosa")
    salt_("vios.migrate", "vios1,vios2", *OPTIONS)
    salt_("vios.migrate", "viosa,viosb", *OPTIONS, to="nim-second")
    found = salt_run_("vios.status").data
    assert found["counts"] == {"FAILURE-UPGR1": 1, "SUCCESS-UPGR2": 1}
    assert found["masters"]["nim-master"]["tuples"][PAIR]["vios"]["vios2"]["level"]["new"] == "3.1.4.31"
    assert (found["failed"], found["silent"]) == ({}, [])
    table = salt_run_("--out", "vios", "vios.status").stdout
    assert "1 FAILURE-UPGR1, 1 SUCCESS-UPGR2" in table


def test_a_minion_that_is_away_is_silent(master, minions, site):
    keys = Path(master.config["pki_dir"]) / "minions"
    away = keys / "nim-away"
    away.write_bytes((keys / "nim-master").read_bytes())
    try:
        found = fleet_minions.ask(master.config, ["nim-master", "nim-away"], "vios.overview", "list", timeout=1)
    finally:
        away.unlink()
    assert (list(found.returns), found.failed, found.silent) == (["nim-master"], {}, ["nim-away"])


def test_watch_picks_up_in_the_middle_and_ends_when_all_is_over(watch, simulator, under_way):
    process, out = watch()
    until(lambda: f"{PAIR}  vios1" in out.read_text(), what="the first picture")
    simulator.clear()
    until(lambda: process.poll() is not None, what="the end of the watching", seconds=90)
    text = out.read_text()
    assert process.returncode == 0, text
    assert f"nim-master  {PAIR}  over: SUCCESS-UPGR2" in text
    # The journal may tell of the last steps before their events come.
    assert "vios1: successfully migrated" in text


def test_ctrl_c_stops_the_watching_and_nothing_else(watch, salt_, simulator, under_way, ended_well):
    process, out = watch()
    until(lambda: f"{PAIR}  vios1" in out.read_text(), what="the first picture")
    os.killpg(process.pid, signal.SIGINT)
    until(lambda: process.poll() is not None, what="the end of the watching")
    assert "No longer watched" in out.read_text()
    assert "Traceback" not in out.read_text()
    simulator.clear()
    ended_well(salt_("vios.wait", "vios1,vios2"))
