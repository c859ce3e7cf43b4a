"""The runner's status and watch, over two NIM masters and their real events."""

import contextlib
import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest
import salt.config
import salt.utils.event

from saltext_vios.fleet import minions as fleet_minions
from tests.conftest import until
from tests.integration.conftest import OPTIONS, PAIR

HIDE_CURSOR, SHOW_CURSOR = b"\x1b[?25l", b"\x1b[?25h"


@pytest.fixture
def watch(master, forks, tmp_path):
    """Start ``salt-run vios.watch`` as a process of its own, its output in a file."""
    started = []

    def run(*words):
        out = tmp_path / f"watch{len(started)}"
        started.append(forks.start(master.salt_run_cli().cmdline("vios.watch", *words), out))
        return started[-1], out

    yield run
    for process in started:
        process.kill()


def test_the_runner_shows_all_nim_masters(salt_run_, salt_, simulator, second_site):
    second_site.simulator.fault("fails", "viosa")
    salt_("vios.migrate", "vios1,vios2", *OPTIONS)
    salt_("vios.migrate", "viosa,viosb", *OPTIONS, to="nim-second")
    found = salt_run_("vios.overview").data
    assert found["counts"] == {"FAILURE-UPGR1": 1, "SUCCESS-UPGR2": 1}
    assert found["masters"]["nim-master"]["tuples"][PAIR]["vios"]["vios2"]["level"]["new"] == "3.1.4.31"
    assert (found["failed"], found["silent"]) == ({}, [])
    assert "1 FAILURE-UPGR1, 1 SUCCESS-UPGR2" in salt_run_("--out", "vios", "vios.overview").stdout
    assert salt_run_("vios.status").data["masters"]["nim-master"] == salt_("vios.status").data


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
    until(lambda: process.poll() is not None, what="the end of the watching")
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
    assert "Stopped watching" in out.read_text()
    assert "Traceback" not in out.read_text()
    simulator.clear()
    ended_well(salt_("vios.wait", "vios1,vios2"))


@pytest.mark.parametrize("moment", [0, 0.6, 2, *(pytest.param(one, marks=pytest.mark.thorough) for one in (0.2, 1.2))])
def test_ctrl_c_ends_it_at_whatever_moment(watch, under_way, moment):
    """While Salt connects, while journals are asked, while events are waited for: many watches, each a bit later."""
    process, out = watch("ask_every=1")
    until(lambda: "Watching" in out.read_text(), what="the begin")
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(60)
    assert "Stopped watching" in out.read_text()
    assert "Traceback" not in out.read_text()


def test_ctrl_c_gives_back_a_terminal_with_its_cursor(master, under_way):
    leader, follower = pty.openpty()
    argv = master.salt_run_cli().cmdline("vios.watch")
    process = subprocess.Popen(argv, stdout=follower, stderr=follower, start_new_session=True)
    os.close(follower)
    seen = bytearray()

    def has_drawn(text):
        with contextlib.suppress(OSError):  # nobody has the other end any more
            while select.select([leader], [], [], 0)[0]:
                seen.extend(os.read(leader, 65536))
        return text in seen

    try:
        until(lambda: has_drawn(PAIR.encode()), what="the first picture")
        os.killpg(process.pid, signal.SIGINT)
        until(lambda: has_drawn(b"Stopped watching") and process.poll() is not None, what="the end")
        assert seen.rindex(SHOW_CURSOR) > seen.rindex(HIDE_CURSOR)
        assert b"Traceback" not in seen
    finally:
        process.kill()
        process.wait()
        os.close(leader)


def forged(what, key=PAIR, **words):
    told = {"vios": "vios1", "phase": "x", "percent": 1, "message": "forged", "run": 1, "event": 1, "at": time.time()}
    return {"tag": f"vios/{key}/{what}", "data": {"id": "nim-master", "data": {**told, **words}}}


def junk():
    return [
        *(forged("failed", event=10**12 + n) for n in range(50)),
        forged("failed", run="x"),
        forged("failed", run=10**12),
        forged("failed", at="x"),
        forged("failed", at=1e300),
        forged("failed", event=None),
        forged("failed", message={}),
        forged("failed", message="\x1b[2J"),
        forged("starting", "nobody"),
        forged("failed", "\x1b[2J"),
        {"tag": "vios/driver/trouble", "data": {"id": "nim-master", "data": {"message": 5}}},
        {"tag": "vios/x", "data": {"id": "nim-master"}},
    ]


def test_what_another_minion_sends_in_a_nim_masters_name_neither_ends_nor_blinds_a_watch(
    watch, minions, simulator, second_site, under_way
):
    process, out = watch()
    until(lambda: f"{PAIR}  vios1" in out.read_text(), what="the first picture")
    opts = salt.config.minion_config(minions["nim-second"].config_file)
    with salt.utils.event.MinionEvent(opts, listen=False) as bus:
        assert bus.fire_event({"tag": None, "data": None, "events": junk(), "pretag": None}, "fire_master")
    until(lambda: "forged" in out.read_text(), what="the junk on the bus of the Salt master")
    simulator.clear()
    until(lambda: process.poll() is not None, what="the end of the watching")
    text = out.read_text()
    assert process.returncode == 0, text
    # The journal may tell of the last steps before their events come.
    assert "vios1: successfully migrated" in text
    assert f"nim-master  {PAIR}  over: SUCCESS-UPGR2" in text
    assert "Traceback" not in text
    assert "\x1b" not in text
