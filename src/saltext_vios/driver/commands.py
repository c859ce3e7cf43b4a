"""The driver's side of a ``nim`` command: start a launcher, ask what became of it, take it back."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from saltext_vios.driver import files, launcher, locks, standalone
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from saltext_vios.errors import DriverError
from saltext_vios.migration import statuses
from saltext_vios.migration.facts import Command, CommandState
from saltext_vios.nim.text import printable

KEPT = 64 * 1024  # bytes of what nim printed, as they are stored
# What a command left next to the journal goes when its run is neither among the last ones of its tuple nor that young.
LAST_RUNS = 10
YOUNG = 7 * 86400  # seconds since the end of the run
PRUNED = 500  # directories at once: a driver is wanted for something else

log = logging.getLogger(__name__)


def launch(
    directory: Path, executable: str, argv: Sequence[str], env: Mapping[str, str], not_after: float | None
) -> None:
    """Start the launcher for one command. Whether ``nim`` ran is asked with ``inspect``, never concluded from this.

    :param not_after: seconds since the epoch at which ``nim`` must not be started any more.
    :raises OSError: when it could not be started.
    """
    directory.mkdir(mode=0o700, exist_ok=True)
    command = {"executable": executable, "argv": list(argv), "env": dict(env), "not_after": not_after}
    fd = os.open(directory / "command.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w") as file:
        json.dump(command, file)
    try:
        words = standalone.command(Home(directory.parents[1]), "launch", str(directory))
    except DriverError as error:
        raise OSError(str(error)) from error
    subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )


def inspect(directory: Path) -> Command:
    """What is known of a command whose intent was recorded, from its locks and files alone.

    One that cannot be looked at may run: its frame stays taken.
    """
    try:
        return _inspect(directory)
    except OSError as error:
        log.error("%s cannot be read, so its nim counts as running: %s", directory, error)
        return Command(CommandState.RUNNING)


def _inspect(directory: Path) -> Command:
    if not directory.is_dir():
        # It is made before the intent is recorded, so somebody took it away: nim may have run, or run still.
        return Command(CommandState.LOST)
    known = _outcome(directory)
    if known is not None:
        return known
    begun = _read(directory / "begun.json")
    if begun is not None and begun.get("withdrawn"):
        return Command(CommandState.ABSENT)
    pid = _pid(begun)
    if locks.is_held(directory / "nim.lock") or locks.is_held(directory / "launcher.lock"):
        return Command(CommandState.RUNNING, pid=pid)
    if begun is None and not (directory / "begun.json").exists():
        return Command(CommandState.ABSENT)
    # The launcher may have finished between the first look and the locks.
    return _outcome(directory) or Command(CommandState.LOST, pid=pid)


def withdraw(directory: Path) -> bool:
    """Make sure that a command which has not run never will; False when it may have run."""
    lock = locks.acquire(directory / "launcher.lock")
    if lock is None:
        return False
    try:
        return launcher.once(str(directory / "begun.json"), {"withdrawn": True, "pid": None})
    finally:
        locks.release(lock)


def running_commands(journal: Journal) -> dict[str, str]:
    """VIOS -> what is to be said of a command for it that still runs and whose VIOS was not verified.

    That of a task which is under way and leaves its VIOS serving is nobody else's business: who works on it waits.
    """
    from saltext_vios import methods

    return {
        row["vios"]: f"{program(directory)} for {row['vios']} (pid {found.pid}, run {row['run']}) still runs"
        for row in journal.running_commands()
        if not statuses.is_success(row["status"])
        and not (row["task"] and row["run_finished"] is None and not methods.TASKS[row["task"]].takes_down)
        and (directory := journal.home.command(row["run"], row["n"], row["attempt"]))
        and (found := inspect(directory)).state is CommandState.RUNNING
    }


def program(directory: Path) -> str:
    """What was launched there, by its name."""
    argv = (_read(directory / "command.json") or {}).get("argv")
    return str(argv[0]) if isinstance(argv, list) and argv else "its command"


def output(directory: Path) -> tuple[str, str]:
    """What ``nim`` printed: stdout and stderr, the head and the tail of what is too long."""
    return _bounded(directory / "stdout"), _bounded(directory / "stderr")


def prune(journal: Journal, now: float) -> None:
    """Throw away what the commands of runs left that are long over; the journal keeps what they printed."""
    over = journal.long_over(LAST_RUNS, now - YOUNG)
    gone = 0
    for directory in journal.home.commands.iterdir():
        run = directory.name.partition("-")[0]
        if run.isdecimal() and int(run) in over and inspect(directory).state is not CommandState.RUNNING:
            shutil.rmtree(directory, ignore_errors=True)
            gone += 1
        if gone == PRUNED:
            break
    if gone:
        log.info("removed the output of %s commands of old runs; the journal keeps the head and the tail of each", gone)


def _outcome(directory: Path) -> Command | None:
    outcome = _read(directory / "outcome.json")
    if outcome is None:
        return None
    if outcome.get("too_late"):
        return Command(CommandState.TOO_LATE)
    rc = outcome.get("rc")
    return Command(CommandState.RETURNED, rc=rc, pid=_pid(outcome)) if isinstance(rc, int) else None


def _pid(mark: dict[str, Any] | None) -> int | None:
    pid = (mark or {}).get("pid")
    return pid if isinstance(pid, int) else None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(files.text(path))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _bounded(path: Path) -> str:
    try:
        head, tail, size = files.ends(path, KEPT // 2)
    except FileNotFoundError:
        return ""
    whole = len(head) + len(tail) == size
    shown = printable((head + tail).decode("utf-8", "replace")).encode() if whole else b""
    if whole and len(shown) <= KEPT:
        return shown.decode()
    # Escapes need room too.
    mark = f"\n... the middle of {size} bytes is left out ...\n".encode()
    room = (KEPT - len(mark)) // 2
    first, last = (printable(end.decode("utf-8", "replace")).encode() for end in (head, tail or head))
    return (first[:room] + mark + last[-room:]).decode("utf-8", "ignore")
