"""The driver is killed, in the middle of anything; the same call again ends as if nothing had happened."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from saltext_vios.driver import commands, locks
from saltext_vios.driver.client import Caller, start_driver
from saltext_vios.driver.clock import Clock
from saltext_vios.driver.desk import Workers
from saltext_vios.driver.events import Sender
from saltext_vios.driver.home import Home, prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.loop import Loop
from saltext_vios.driver.post import Post
from saltext_vios.migration.facts import CommandState
from tests.conftest import driver_pid, kill_driver, until
from tests.drive import PAIR, ended_well

pytestmark = pytest.mark.processes  # what is killed are processes


def events(state_dir):
    with Journal(Home(state_dir)) as journal:
        return [row["what"] for row in journal.query("SELECT what FROM event ORDER BY id")]


@pytest.mark.parametrize("number", [1, pytest.param(4, marks=pytest.mark.thorough), 8])
def test_a_driver_killed_after_an_event_is_started_again(vios, simulator, options, state_dir, number):
    vios.migrate("vios1,vios2", wait=False, **options)
    until(lambda: len(events(state_dir)) >= number or driver_pid(state_dir) is None, what=f"event {number}")
    kill_driver(state_dir)
    ended_well(vios.migrate("vios1,vios2", **{**options, "level": "3.1.4.31"}), simulator)


def test_wait_starts_a_driver_again_and_continues_with_the_second(vios, simulator, options, state_dir):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **options)
    until(simulator.starts, what="the start of the first VIOS")
    kill_driver(state_dir)
    simulator.clear()
    ended_well(vios.wait("vios1,vios2"), simulator)


def test_a_follower_starts_another_driver_by_itself(vios, simulator, options, state_dir):
    simulator.fault("install_hangs", "vios1")
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(vios.migrate, "vios1,vios2", **options)
        until(simulator.starts, what="the start of the first VIOS")
        first = driver_pid(state_dir)
        kill_driver(state_dir)
        until(lambda: driver_pid(state_dir) not in (None, first), what="another driver")
        simulator.clear()
        ended_well(following.result(), simulator)


def nim_runs(simulator):
    return simulator.store.rows("SELECT pid FROM call WHERE command = 'nim' AND rc IS NULL")


def test_a_driver_killed_while_nim_runs_finds_it_again(vios, simulator, options, state_dir):
    simulator.fault("nim_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **options)
    until(lambda: nim_runs(simulator), what="a nim that runs")
    kill_driver(state_dir)
    simulator.clear()
    ended_well(vios.wait(), simulator)


def test_driver_and_launcher_killed_while_nim_runs_start_nothing_twice(vios, simulator, options, state_dir):
    simulator.fault("nim_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **options)
    nim = until(lambda: nim_runs(simulator), what="a nim that runs")[0]["pid"]
    kill_driver(state_dir)
    directory = Home(state_dir).command(1, 1, 1)
    os.kill(parent_of(nim), signal.SIGKILL)
    until(lambda: not locks.is_held(directory / "launcher.lock"), what="the end of the launcher")
    assert commands.inspect(directory).state is CommandState.RUNNING
    simulator.clear()
    ended_well(vios.wait(), simulator)


def parent_of(pid):
    """The launcher of a nim; the tests run on Linux, the package reads no /proc."""
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def test_a_driver_killed_between_the_intent_and_nim_checks_again(vios, simulator, options, state_dir, monkeypatch):
    """A loop in this process writes the intent, and is gone before it launches anything."""
    monkeypatch.setattr("saltext_vios.driver.client.start_driver", lambda *_: None)
    monkeypatch.setattr("saltext_vios.driver.client.until_picked_up", lambda *_: None)
    vios.migrate("vios1,vios2", wait=False, **options)
    monkeypatch.undo()
    monkeypatch.setattr(commands, "launch", lambda *_: None)
    with Journal(Home(state_dir)) as journal:
        clock = Clock()
        loop = Loop(journal, journal.settings(), Workers.started(), Post(journal, Sender(journal.home), clock), clock)
        until(lambda: loop.tick() or "starting" in events(state_dir), what="the intent")
    monkeypatch.undo()
    assert nim_runs(simulator) == []
    ret = vios.wait()
    assert any("before nim was run" in text for text in ret["meta"][PAIR]["messages"])
    ended_well(ret, simulator)


def test_a_late_launcher_of_a_withdrawn_intent_runs_nothing(simulator, tmp_path):
    directory = prepare(str(tmp_path / "state")).command(1, 1, 1)
    directory.mkdir()
    assert commands.withdraw(directory)
    commands.launch(directory, str(simulator.bin / "nim"), ["nim", "-o", "check", "vios1"], os.environ, None)
    until(lambda: not locks.is_held(directory / "launcher.lock"), what="the end of the launcher")
    assert commands.inspect(directory).state is CommandState.ABSENT
    assert simulator.calls("nim") == 0


def test_an_intent_that_was_launched_cannot_be_withdrawn(simulator, tmp_path):
    directory = prepare(str(tmp_path / "state")).command(1, 1, 1)
    commands.launch(directory, str(simulator.bin / "nim"), ["nim", "-o", "check", "vios1"], os.environ, None)
    until(lambda: commands.inspect(directory).state is CommandState.RETURNED, what="the end of nim")
    assert not commands.withdraw(directory)


def test_two_launchers_of_one_intent_run_nim_once(simulator, tmp_path):
    directory = prepare(str(tmp_path / "state")).command(1, 1, 1)
    words = (directory, str(simulator.bin / "nim"), ["nim", "-o", "check", "vios1"], os.environ, None)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: commands.launch(*words), range(4)))
    until(lambda: commands.inspect(directory).state is CommandState.RETURNED, what="the end of nim")
    until(lambda: not locks.is_held(directory / "launcher.lock"), what="the end of the launchers")
    assert simulator.calls("nim") == 1


def test_nim_is_not_run_past_the_time_limit_however_late_the_launcher_is(simulator, tmp_path):
    directory = prepare(str(tmp_path / "state")).command(1, 1, 1)
    words = ["nim", "-o", "check", "vios1"]
    commands.launch(directory, str(simulator.bin / "nim"), words, os.environ, time.time() - 1)
    until(lambda: commands.inspect(directory).state is CommandState.TOO_LATE, what="the launcher's word")
    assert simulator.calls("nim") == 0


def test_a_second_driver_of_a_directory_ends_by_itself(vios, simulator, options, state_dir):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **options)
    first = driver_pid(state_dir)
    start_driver(Home(state_dir), Caller("a test"))
    until(lambda: "driver not needed" in Home(state_dir).driver_log.read_text(), what="the second driver's word")
    assert driver_pid(state_dir) == first
    simulator.clear()
    ended_well(vios.wait("vios1,vios2"), simulator)


def test_nobody_else_may_enter_the_state_directory(vios, options, state_dir):
    vios.hold("x")
    assert state_dir.stat().st_mode & 0o777 == 0o700
    assert Home(state_dir).journal.stat().st_mode & 0o777 == 0o600
    state_dir.chmod(0o755)
    with pytest.raises(Exception, match="chmod 700"):
        vios.migrate("vios1", **options)
