"""How a job asks for migrations and follows them: a request into the journal, a driver that runs, and patience."""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from saltext_vios import __version__
from saltext_vios.asked import Options
from saltext_vios.driver import database, events, files, locks, presence, reports, standalone
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import DriverError, Refused
from saltext_vios.migration import timestamps

log = logging.getLogger(__name__)

STARTS = 5  # drivers in a row that exit at once before the call fails
LOOK = 0.2  # seconds between two looks of a follower at the journal
STOPPING = 90  # seconds a driver may take to end; a launcher may keep it for most of that
PATIENCE = 20  # seconds a new driver may take to hold its lock


@dataclass(frozen=True)
class Caller:
    """Who asks, and with which minion's configuration the driver sends events (None: it sends none)."""

    name: str
    minion_config: str | None = None


def request(
    home: Home,
    tuples: Sequence[Sequence[str]],
    options: Options,
    settings: Settings,
    caller: Caller,
    any_method: bool = False,
) -> int:
    """Write a request into the journal, and take back a stop; the id of the request.

    :raises Contradiction: when it asks for something else than what is under way for the same VIOS.
    :raises DatabaseTaken: when another state directory works on the same NIM database.
    """
    with Journal(home) as journal, database.claimed(settings, home):
        journal.check()
        _refuse_another_master(journal, settings)
        presence.cancel_stop(home)
        events.tell(home, caller.minion_config)
        return journal.ask(tuples, options, settings, caller.name, time.time(), any_method)


def _refuse_another_master(journal: Journal, settings: Settings) -> None:
    before = journal.settings()
    if before is None or not reports.under_way(journal):
        return
    mine, theirs = database.of(settings), database.of(before)
    if mine != theirs:
        raise Refused(
            f"{journal.home.path} has migrations under way on {theirs.name}, this call is for {mine.name}; give every "
            "NIM master a vios:state_dir of its own"
        )


def until_picked_up(home: Home, request_id: int, caller: Caller) -> None:
    """Return when a driver has taken the request up."""
    _until(home, caller, lambda journal: journal.picked_up(request_id))


def until_finished(
    home: Home, runs: Sequence[int], caller: Caller, show: Callable[[Journal], None] | None = None
) -> None:
    """Return when these runs are over; a driver that died meanwhile is started again.

    :param show: called with the journal at each look.
    """

    def done(journal: Journal) -> bool:
        if show is not None:
            show(journal)
        return not set(runs) & set(reports.followed(journal).values())

    _until(home, caller, done)


def _until(home: Home, caller: Caller, done: Callable[[Journal], bool]) -> None:
    starts = 0
    with Journal(home) as journal:
        while not done(journal):
            if presence.running(home) is None and done(journal):
                break  # the driver did the last of it, and ended, between the two looks
            starts = ensure_driver(home, caller, starts)
            time.sleep(LOOK)
    if presence.leave_note(home) is not None:
        # That one gives way to another, and nobody else may be there to start it.
        try:
            ensure_driver_if_needed(home, caller)
        except DriverError as error:
            # The caller's own is done.
            log.warning("what else is under way has no driver: %s", error)


def ensure_driver(home: Home, caller: Caller, starts: int = 0) -> int:
    """Have a driver of this version or a newer one run; how often in a row one was started for that.

    :raises DriverError: when it was stopped by an operator, may not start, or does not stay.
    """
    driver = presence.running(home)
    if driver is not None:
        _relieve(home, driver, caller)
        return 0
    stop = presence.stopped(home)
    if stop is not None:
        raise DriverError(
            f"the driver was stopped by {stop.by} at {timestamps.text(stop.at)}. NIM continues what it installs, "
            "nothing new starts, and the journal keeps the requests. To continue: vios.wait"
        )
    with Journal(home, look_only=True) as journal:
        settings = journal.settings()
    if settings is not None:
        database.refuse_another(settings, home)
    if starts == STARTS:
        raise DriverError(
            f"the driver exited {STARTS} times right after starting; last lines of {home.driver_log}:\n{_tail(home)}"
        )
    start_driver(home, caller)
    return starts + 1


def _relieve(home: Home, driver: presence.Presence, caller: Caller) -> None:
    """Ask one of an older version to leave, and one that can start nothing more since its Python is gone."""
    if presence.is_older(driver.version, __version__):
        why = presence.HANDOVER
    elif presence.lost_python(driver) and not standalone.obstacle():
        why = presence.REPLACED
    else:
        return
    if presence.leave_note(home) is None:
        presence.ask_to_leave(home, why, caller.name)


@dataclass(frozen=True)
class Cancelled:
    """``changed``: it was not cancelled before. ``by`` and ``at``: who was first, and when; ``status`` once over."""

    changed: bool
    by: str
    at: float
    status: str | None
    goes_on: tuple[str, ...]  # VIOSes in flight, after which it ends


def cancel(home: Home, key: str, caller: Caller) -> Cancelled | None:
    """Take back what of a tuple has not started, and wait until the driver obeys; None when it is not under way.

    :raises DriverError: when no driver of this version runs or comes.
    """
    at = time.time()
    with Journal(home) as journal:
        run = journal.cancel(key, caller.name, at)
        if run is None:
            return None
        why = journal.why_unreadable(run)
        if why:
            journal.put_aside(run["id"], key, f"{key}: {why}; run ended by {caller.name} (vios.cancel)", at)
        _until(home, caller, lambda looked: _is_obeyed(looked, key) or presence.stopped(home) is not None)
        return Cancelled(
            run["cancelled_at"] is None,
            run["cancelled_by"] or caller.name,
            run["cancelled_at"] or at,
            reports.tuple_report(journal, run["id"])["status"] if key not in reports.under_way(journal) else None,
            tuple(reports.in_flight(journal, run["id"])),
        )


def _is_obeyed(journal: Journal, key: str) -> bool:
    """It is over, or only what installs continues."""
    runs = reports.under_way(journal, [key])
    return not runs or bool(reports.in_flight(journal, runs[key]))


def ensure_driver_if_needed(home: Home, caller: Caller) -> list[str]:
    """Have a driver run if something is under way, or events wait to be sent; the tuples it was started for."""
    if not home.journal.exists() or presence.stopped(home) is not None:
        return []
    events.tell(home, caller.minion_config)
    with Journal(home) as journal:
        waiting, unsent = list(reports.followed(journal)), journal.unsent(limit=1)
    if not waiting and not (unsent and events.has_receiver(home)):
        return []
    started = ensure_driver(home, caller)
    if not started:
        # The one that runs may have been asked to give way; the note goes with the first one that need not.
        deadline = time.monotonic() + STOPPING
        while presence.leave_note(home) and presence.running(home) and time.monotonic() < deadline:
            time.sleep(LOOK)
        started = ensure_driver(home, caller)
    return waiting if started else []


def stop(home: Home, caller: Caller) -> bool:
    """Have the driver end between two steps, and none start until it is asked for again; whether one ran.

    :raises DriverError: when it does not end, or somebody asks for it again meanwhile.
    """
    driver = presence.running(home)
    presence.ask_to_leave(home, presence.STOP, caller.name)
    deadline = time.monotonic() + STOPPING
    while locks.is_held(home.driver_lock):
        if presence.stopped(home) is None:
            raise DriverError("stop cancelled: another call requested the driver meanwhile; see vios.driver")
        if time.monotonic() >= deadline:
            pid = driver.pid if driver else "?"
            raise DriverError(
                f"the driver (pid {pid}) did not exit within {STOPPING} s; it may hang on a disk, see "
                f"{home.driver_log}. Killing it does no harm: kill -9 {pid}"
            )
        time.sleep(0.05)
    return driver is not None


def start_driver(home: Home, caller: Caller) -> None:
    """Start a driver and wait until it holds its lock, or has come to its end already."""
    events.tell(home, caller.minion_config)
    size = _log_size(home)
    words = standalone.command(home, "drive", str(home.path))
    try:
        # Nothing of the caller's is left to it: no descriptor, no terminal, no session; ssh waits for none of them.
        started = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            start_new_session=True,
            timeout=60,
            check=False,
        )
    except FileNotFoundError as error:
        raise DriverError(
            f"the driver did not start: the Python of this call is gone ({words[0]}). NIM continues what it installs, "
            f"but nothing follows it. Call again on a Python that exists, or with any Python 3.9 or newer type: "
            f"PYTHON -I -S {words[3]} resume {home.path}"
        ) from error
    except (OSError, subprocess.SubprocessError) as error:
        raise DriverError(f"the driver did not start: {error}") from error
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
        head, tail, _ = files.ends(home.driver_log, 16 * 1024)
        return "\n".join((head + tail).decode("utf-8", "replace").splitlines()[-15:])
    except FileNotFoundError:
        return "(it wrote nothing)"
