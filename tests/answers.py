"""NIM's commands, answered by the simulator in the process that asks: in a hundredth of the time of a process.

Needs neither Salt nor pytest, so that a driver of its own can have it too.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from saltext_vios.driver import locks
from saltext_vios.errors import NoAnswer
from saltext_vios.nim import client
from saltext_vios.simulator import c_rsh, commands
from saltext_vios.simulator.api import Simulator
from saltext_vios.simulator.store import Store

# Standard output is one for all threads: a preview asks several VIOSes at once.
ONE_AT_A_TIME = threading.Lock()


class Hangs(NoAnswer):
    """A command does not come back; what it printed before."""

    printed = client.Output(0, "", "")


class Commands:
    """NIM's commands, answered by the simulator in this process."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self._store: tuple[int, Store] | None = None
        self.hanging: list[tuple[Path, int, list[str], str, bool]] = []

    @property
    def store(self) -> Store:
        """One of this process, open as long as it lives: to open it takes half as long as an answer."""
        if self._store is None or self._store[0] != os.getpid():
            self._store = os.getpid(), Store(self.simulator.directory)
        return self._store[1]

    def close(self) -> None:
        if self._store is not None:
            self._store[1].close()
            self._store = None

    def run(self, argv: Sequence[str], executable: str, timeout: float, *_: object) -> client.Output:
        def hang(_store: object, seconds: Any, _still: Callable[[], bool]) -> None:
            if seconds is None or float(seconds) >= timeout:
                raise Hangs(f"{' '.join(argv)} gave no answer within {timeout:g} s")

        stdout, stderr = io.StringIO(), io.StringIO()
        caught = contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr)
        try:
            with ONE_AT_A_TIME, caught[0], caught[1], patch.object(commands, "hang", hang):
                rc = commands.answer(self.store, Path(executable).name, list(argv[1:]))
        except Hangs as hangs:
            hangs.printed = client.Output(0, stdout.getvalue(), stderr.getvalue())
            raise
        return client.Output(rc, stdout.getvalue(), stderr.getvalue())

    def launch(
        self, directory: Path, executable: str, argv: Sequence[str], env: Mapping[str, str], not_after: Any
    ) -> None:
        """As the launcher; a ``nim`` that hangs keeps its lock until its fault is cleared."""
        directory.mkdir(mode=0o700, exist_ok=True)
        (directory / "begun.json").write_text(json.dumps({"pid": os.getpid(), "at": time.time()}))
        if not_after is not None and time.time() >= not_after:
            _returned(directory, {"too_late": True})
            return
        try:
            self._run_nim(directory, argv, executable)
        except Hangs as hangs:
            lock = locks.acquire(directory / "nim.lock")
            running = "SELECT 1 FROM operation WHERE vios = ? AND ended IS NULL"
            begun = bool(self.simulator.store.rows(running, self._vios(argv)))
            _print(directory, hangs.printed)
            self.hanging.append((directory, lock, list(argv), executable, begun))

    def _run_nim(self, directory: Path, argv: Sequence[str], executable: str) -> None:
        found = self.run(argv, executable, math.inf)
        _print(directory, found)
        _returned(directory, {"rc": found.rc, "pid": os.getpid()})

    def _vios(self, argv: Sequence[str]) -> str:
        """Which VIOS a start is for: ``viosupgrade -n HOST``, ``nim ... -a source=VIOS NAME``, ``nim ... VIOS``."""
        if "define" in argv:
            return next(word for word in argv if word.startswith("source=")).partition("=")[2]
        if "-n" not in argv:
            return argv[-1]
        host = argv[argv.index("-n") + 1]
        return c_rsh.find(self.simulator.store, host) or host

    def come_back(self) -> None:
        """A start that hangs no longer goes on with what it had not done."""
        for one in list(self.hanging):
            directory, lock, argv, executable, begun = one
            if not self.simulator.hangs(self._vios(argv)):
                self.hanging.remove(one)
                if begun:
                    _returned(directory, {"rc": 0, "pid": os.getpid()})
                else:
                    self._run_nim(directory, argv, executable)
                locks.release(lock)


def _print(directory: Path, output: client.Output) -> None:
    (directory / "stdout").write_text(output.stdout)
    (directory / "stderr").write_text(output.stderr)


def _returned(directory: Path, outcome: Mapping[str, Any]) -> None:
    (directory / "outcome.json").write_text(json.dumps(outcome))
