"""What the functions of the execution module share that ask NIM, or have something done and wait for it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from salt.exceptions import CommandExecutionError

from saltext_vios import methods, returns
from saltext_vios.driver import backups as backing
from saltext_vios.driver import client, one_vios, reports
from saltext_vios.driver import plan as planning
from saltext_vios.driver import request as requests
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import Refused, ViosError
from saltext_vios.methods import backup
from saltext_vios.migration import backups, statuses, targets
from saltext_vios.modules import _plans as plans
from saltext_vios.modules import _support as support
from saltext_vios.modules import _terminal as terminal
from saltext_vios.nim.backups import remove
from saltext_vios.nim.client import Attributes, Client
from saltext_vios.nim.names import check_name
from saltext_vios.nim.snapshot import Snapshot


def levels(nim: Client, listing: Mapping[str, Attributes]) -> dict[str, str | None]:
    """The level of each VIOS by its own answer, several asked side by side."""
    with ThreadPoolExecutor(planning.AT_ONCE) as pool:
        answers = pool.map(lambda name: reports.as_text(one_vios.level(nim, listing[name]).level), listing)
        return dict(zip(listing, answers))


def view_newest(nim: Client, known: backups.Known, listed: Mapping[str, list[returns.Backup]]) -> None:
    """Have viosbr read the newest proven configuration backup of each VIOS, and add what it said."""
    for vios, own in listed.items():
        newest = backups.proven(known.of(vios))
        if newest is None:
            continue
        seen = backing.view(nim, newest)
        entry = next(one for one in own if one["name"] == newest.name)
        entry["viewed"] = {"read": not seen.complaint, "known": seen.known, "lines": seen.lines, "said": seen.complaint}


def keys(value: Any) -> dict[str, tuple[str, ...]]:
    """What a caller names, tuples and tasks (``vios1,vios2``, ``clone:vios1``): by key the VIOSes."""
    words = [value] if isinstance(value, str) else value
    named = [one for one in words if isinstance(one, str) and ":" in one] if isinstance(words, (list, tuple)) else []
    found: dict[str, tuple[str, ...]] = {}
    for one in named:
        task, _, vios = one.partition(":")
        if task not in methods.TASKS:
            raise Refused(f"targets hold {one!r}, expected one of {', '.join(methods.TASKS)} before the colon")
        found[targets.key([check_name(vios)], task)] = (vios,)
    rest = value if not named else [one for one in words if one not in named]
    tuples = requests.read_targets(rest) if rest or not named else ()
    return {**found, **{targets.key(names): names for names in tuples}}


def prune(ret: returns.Task, settings: Settings, nim: Client, journal: Journal, kind: str, keep: int) -> returns.Task:
    """Remove older backups of the VIOSes whose newest one was just proven; the return with what became of that.

    A backup that is made stays made, whatever becomes of older ones.
    """
    proven = [vios for vios, word in ret["status"].items() if statuses.is_proven(word)]
    removed: dict[str, list[str]] = {vios: [] for vios in proven}
    failed = []
    try:
        used, doubts = reports.resources_under_way(journal), journal.unproven()
        for vios in proven:
            listed = backing.known(nim, kind, time.time()).doubted(doubts)
            for name in backup.surplus(listed, vios, kind, keep, used):
                try:
                    support.run_nim(settings, remove(name))
                    removed[vios].append(name)
                except CommandExecutionError as error:
                    failed.append(f"{name} could not be removed: {error}")
    except ViosError as error:
        failed.append(f"older backups were kept: {error}")
    msg = "; ".join([ret["msg"], *failed])
    changed = ret["changed"] or any(removed.values())
    return {**ret, "result": ret["result"] and not failed, "changed": changed, "msg": msg, "pruned": removed}


def known(home: Home, nim: Snapshot, asked: requests.Request) -> dict[str, Attributes]:
    """Refuse unknown names before anything runs; a call that only attaches does not need NIM's answer."""
    with Journal(home) as journal:
        running = reports.under_way(journal)
    task = asked.options.get("task", "")
    names = [name for one in asked.tuples if targets.key(one, task) not in running for name in one]
    if not names:
        return {}
    requests.must_be_vioses(nim, names)
    return nim.vioses()


def follow(opts: Mapping[str, Any], home: Home, runs: Sequence[int], caller: client.Caller) -> None:
    """Return when these runs are over; a person at a terminal sees how they stand."""
    with terminal.life(opts, runs) as show:
        client.until_finished(home, runs, caller, show)
        if show is not None:
            with Journal(home, look_only=True) as journal:
                show(journal, last=True)


def outcome(
    home: Home,
    nim: Client,
    listing: Mapping[str, Attributes],
    runs: Sequence[int],
    since: float,
    number: int | None,
    left_alone: Mapping[str, str],
) -> returns.Migrate:
    """The return of ``vios.migrate`` and ``vios.wait``."""
    with Journal(home, look_only=True) as journal:
        found = [reports.tuple_report(journal, run, number) for run in runs]
        changed = any(reports.changed_since(journal, run, since) for run in runs)
    # Without an answer the listing of the beginning stands in.
    with contextlib.suppress(ViosError):
        listing = nim.vioses()
    return plans.outcome(found, changed, listing, left_alone)
