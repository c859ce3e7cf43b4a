"""How a job asks for migrations and follows them: a request into the journal, a driver that runs, and patience."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from saltext_vios.driver import locks, reports
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import DriverError

STARTS = 5  # drivers in a row that came to nothing before the caller is told
LOOK = 0.2  # seconds between two looks of a follower at the journal
PATIENCE = 20  # seconds a new driver may take to hold its lock


@dataclass(frozen=True)
class Caller:
    """Who asks, and with which minion's configuration the driver sends events (None: it sends none)."""

    name: str
    minion_config: str | None = None


def request(
    home: Home,
    tuples: Sequence[Sequence[str]],
    options: Mapping[str, Any],
    settings: Settings,
    caller: Caller,
) -> int:
    """Write a request into the journal; its id."""
    with Journal(home) as journal:
        return journal.ask(tuples, options, settings, caller.name, time.time())


def until_picked_up(home: Home, request_id: int, caller: Caller) -> None:
    """Return when a driver has taken the request up."""
    _until(home, caller, lambda journal: journal.picked_up(request_id))


def until_finished(home: Home, runs: Sequence[int], caller: Caller) -> None:
    """Return when these runs are over; a driver that died meanwhile is started again."""
    _until(home, caller, lambda journal: not set(runs) & set(reports.under_way(journal).values()))


def _until(home: Home, caller: Caller, done: Callable[[Journal], bool]) -> None:
    starts = 0
    with Journal(home) as journal:
        while not done(journal):
            starts = _see_to_the_driver(home, caller, starts)
            time.sleep(LOOK)


def _see_to_the_driver(home: Home, caller: Caller, starts: int) -> int:
    """Start a driver if none runs; how often in a row that was done."""
    if locks.is_held(home.driver_lock):
        return 0
    if starts == STARTS:
        raise DriverError(f"the driver does not stay; the end of {home.driver_log}:\n{_tail(home)}")
    start_driver(home, caller)
    return starts + 1


def start_driver(home: Home, caller: Caller) -> None:
    """Start a driver and wait until it holds its lock, or has come to its end already."""
    argv = [sys.executable, "-m", "saltext_vios.driver", str(home.path)]
    if caller.minion_config:
        argv.append(caller.minion_config)
    # The same modules as here, wherever Salt found them.
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    size = _log_size(home)
    started = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=env,
        start_new_session=True,
        timeout=60,
        check=False,
    )
    if started.returncode:
        raise DriverError(f"the driver did not start: {started.stderr.decode('utf-8', 'replace').strip()}")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not locks.is_held(home.driver_lock) and _log_size(home) == size:
        time.sleep(0.05)


def _log_size(home: Home) -> int:
    try:
        return home.driver_log.stat().st_size
    except FileNotFoundError:
        return 0


def _tail(home: Home) -> str:
    try:
        return "\n".join(home.driver_log.read_text(errors="replace").splitlines()[-15:])
    except FileNotFoundError:
        return "(it wrote nothing)"
