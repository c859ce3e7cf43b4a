"""A pair's migration whose driver, launchers and follower can be killed at any of their steps."""

import copy
import os
from pathlib import Path

import pytest

from saltext_vios.driver import events, standalone
from saltext_vios.driver.home import Home
from saltext_vios.modules import _support
from saltext_vios.nim import client
from tests.answers import Commands
from tests.chaos.killer.steps import kill
from tests.conftest import kill_driver
from tests.functional.conftest import *  # noqa: F403 - the same Salt loaders, the same simulator
from tests.functional.ways import Way

KILLER = Path(__file__).parent / "killer"


class Arena:
    """The call that is to survive, and what kills it."""

    def __init__(self, directory, vios, state_dir, monkeypatch):
        self.directory, self.vios, self.home = directory, vios, Home(state_dir)
        for name in ("trace", "kills", "struck", "follower", "driver"):
            (directory / name).write_text("")
        (directory / "launchers").mkdir()
        monkeypatch.setenv("VIOS_STEPS", str(directory))
        by_steps = f"import sys; sys.path.append({str(KILLER)!r}); import by_steps\n"
        monkeypatch.setattr(standalone, "MAIN", by_steps + standalone.MAIN)

    def kill_at(self, *kills):
        """``whom|point`` each: see ``killer/steps.py``."""
        (self.directory / "kills").write_text("".join(f"{one}\n" for one in kills))

    @property
    def waiting(self):
        """Kills that have not struck yet."""
        return (self.directory / "kills").read_text().splitlines()

    def migrate(self, options, targets="vios1,vios2"):
        self.call("migrate", targets, **options)

    def call(self, function, targets, **options):
        """The call, in a process of its own; returns when it ended or was killed."""
        pid = os.fork()
        if not pid:
            (self.directory / "follower").write_text(str(os.getpid()))
            status = 1
            try:
                status = 0 if getattr(self.vios, function)(targets, **options)["result"] else 2
            finally:
                os._exit(status)
        os.waitpid(pid, 0)

    @property
    def trace(self):
        """``(pid, who and what)`` of every step taken."""
        lines = (self.directory / "trace").read_text().splitlines()
        return [tuple(line.split(" ", 3)[2:]) for line in lines]

    @property
    def struck(self):
        """``(pid, who and what)`` of the steps at which somebody was killed."""
        lines = (self.directory / "struck").read_text().splitlines()
        return [tuple(line.split(" ", 1)) for line in lines]

    def may_not_have_become_nim(self):
        """Whether a launcher's child died after it said that ``nim`` begins, and before it was ``nim``."""
        said = {pid for pid, step in self.trace if step == "launcher link before"}
        said -= {pid for pid, step in self.struck if step == "launcher link before"}
        became = {pid for pid, step in self.trace if step == "launcher execve before"}
        became -= {pid for pid, step in self.struck if step == "launcher execve before"}
        return bool(said - became)

    def close(self):
        kill(int((self.directory / "follower").read_text()))
        for name in os.listdir(self.directory / "launchers"):
            kill(int(name))


@pytest.fixture
def night(monkeypatch):
    """What is killed here are processes; but none that hands events to a minion, which is not there."""
    monkeypatch.setattr(events, "tell", lambda *to: None)


@pytest.fixture
def rival(minion_opts, tmp_path):
    """Another way to the same NIM master, with a state directory of its own."""
    opts = copy.deepcopy(minion_opts)
    opts["vios"]["state_dir"] = str(tmp_path / "rival")
    made = Way(opts)
    yield made
    kill_driver(made.state_dir)


@pytest.fixture
def arena(request, tmp_path, simulator, vios, state_dir, monkeypatch):
    """Questions to NIM and to VIOSes are processes where a test is marked ``processes``; they take most of its time."""
    directory = tmp_path / "steps"
    directory.mkdir()
    answers = Commands(simulator)
    if not request.node.get_closest_marker("processes"):
        monkeypatch.setenv("VIOS_ANSWERS", str(simulator.directory))
        for whose in (client, _support):
            monkeypatch.setattr(whose, "run", answers.run)
    made = Arena(directory, vios, state_dir, monkeypatch)
    yield made
    made.close()
    answers.close()
