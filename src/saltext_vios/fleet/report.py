"""The histories of many NIM masters as one report: who was migrated when, to which level, and what failed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from enum import Enum
from typing import Any

from saltext_vios import __version__
from saltext_vios.migration import statuses, timestamps
from saltext_vios.migration.statuses import Kind
from saltext_vios.nim.text import printable


@dataclass(frozen=True)
class Failure:
    """As ``vios.history`` returns it; ``next`` is typed on the NIM master."""

    expected: str
    seen: Mapping[str, str]
    since: datetime | None
    output: str
    next: str


@dataclass(frozen=True)
class Vios:
    """One VIOS in one run. ``started`` is None when nothing was started; ``duration`` are seconds."""

    vios: str
    frame: str | None
    kind: Kind
    status: str | None
    level_old: str | None
    level_new: str | None
    started: datetime | None
    finished: datetime | None
    duration: float | None
    cmd: str | None
    failure: Failure | None


Texts = tuple[str, ...]
Vioses = tuple[Vios, ...]


@dataclass(frozen=True)
class Run:
    """One run of a tuple. ``later`` is the status of the newest run of that tuple, if it is another."""

    master: str
    tuple: str
    run: int
    kind: Kind
    status: str
    later: str | None
    asked: datetime | None
    asked_by: str
    finished: datetime | None
    messages: Texts
    vioses: Vioses


@dataclass(frozen=True)
class Report:
    """``runs`` are newest first. All times are in the zone of ``at``, the time at which the report was made.

    :ivar counts: how many tuples have which status now.
    :ivar failed: by NIM master why it reported nothing; ``silent`` ones did not answer.
    :ivar frames_unknown: by NIM master why the frames of its VIOSes are not known.
    """

    at: datetime
    target: str
    since: datetime | None
    tuples: int
    counts: Mapping[str, int]
    runs: tuple[Run, ...]
    failed: Mapping[str, str]
    silent: tuple[str, ...]
    frames_unknown: Mapping[str, str]

    def of_kind(self, kind: Kind) -> list[Run]:
        return [run for run in self.runs if run.kind is kind]

    def failures(self) -> list[tuple[Run, list[Run]]]:
        """Of each tuple that failed its newest failure, and those before it, newest first."""
        found: dict[tuple[str, str], list[Run]] = {}
        for run in self.of_kind(Kind.FAILED):
            found.setdefault((run.master, run.tuple), []).append(run)
        return [(newest, earlier) for newest, *earlier in found.values()]

    def data(self) -> dict[str, Any]:
        """Plain dicts, lists and texts; times in ISO 8601 with their zone."""
        return {"made_by": f"saltext-vios {__version__}", **_plain(self)}


@dataclass(frozen=True)
class Lane:
    """A frame of one NIM master; a VIOS whose frame is not known is in the lane of its tuple."""

    master: str
    name: str
    vioses: tuple[tuple[Run, Vios], ...]


def make(
    histories: Mapping[str, Sequence[Mapping[str, Any]]],
    inventories: Mapping[str, Mapping[str, Any]],
    *,
    at: datetime,
    target: str,
    since: datetime | None = None,
    failed: Mapping[str, str] | None = None,
    silent: Sequence[str] = (),
    frames_unknown: Mapping[str, str] | None = None,
) -> Report:
    """Put the answers of the NIM masters together.

    :param histories: minion -> what ``vios.history`` returned, with its details.
    :param inventories: minion -> what ``vios.list`` returned; one that is missing has lanes by tuple.
    :param at: an aware time; its offset from UTC is that of all times.
    """
    at = at.replace(tzinfo=timezone(at.utcoffset() or timedelta(), at.tzname() or ""))
    runs: list[Run] = []
    for minion, history in histories.items():
        frames = {name: one["frame"] for name, one in inventories.get(minion, {}).items()}
        runs += _runs(minion, history, frames, at.tzinfo)
    newest = {(run.master, run.tuple): run.status for run in reversed(runs)}
    return Report(
        at=at,
        target=target,
        since=since and since.astimezone(at.tzinfo),
        tuples=len(newest),
        counts=dict(sorted(Counter(newest.values()).items())),
        runs=tuple(sorted(runs, key=lambda run: run.asked or at, reverse=True)),
        failed={minion: printable(text) for minion, text in sorted((failed or {}).items())},
        silent=tuple(sorted(silent)),
        frames_unknown={minion: printable(text) for minion, text in sorted((frames_unknown or {}).items())},
    )


def _runs(
    minion: str, history: Sequence[Mapping[str, Any]], frames: Mapping[str, str | None], zone: tzinfo | None
) -> list[Run]:
    """Newest first, as the history is."""
    newest: dict[str, str] = {}
    found = []
    for entry in history:
        key, status = printable(entry["tuple"]), printable(entry["status"])
        later = newest.get(key)
        newest.setdefault(key, status)
        finished = _time(entry["finished"], zone)
        found.append(
            Run(
                master=minion,
                tuple=key,
                run=int(entry["run"]),
                kind=statuses.kind(status, finished is not None),
                status=status,
                later=later,
                asked=_time(entry["asked"], zone),
                asked_by=printable(entry["asked_by"]),
                finished=finished,
                messages=tuple(printable(one) for one in entry["messages"]),
                vioses=tuple(_vios(name, one, frames.get(name), zone) for name, one in entry["vios"].items()),
            )
        )
    return found


def _vios(name: str, entry: Mapping[str, Any], frame: str | None, zone: tzinfo | None) -> Vios:
    status, started, finished = _text(entry["status"]), _time(entry["started"], zone), _time(entry["finished"], zone)
    return Vios(
        vios=printable(name),
        frame=_text(frame),
        kind=statuses.kind(status, started is None or finished is not None),
        status=status,
        level_old=_text(entry["level"]["old"]),
        level_new=_text(entry["level"]["new"]),
        started=started,
        finished=finished,
        duration=None if entry["duration"] is None else float(entry["duration"]),
        cmd=_text(entry["cmd"]),
        failure=_failure(entry["failure"], zone),
    )


def _failure(told: Mapping[str, Any] | None, zone: tzinfo | None) -> Failure | None:
    if told is None:
        return None
    return Failure(
        expected=printable(told["expected"]),
        seen={printable(name): printable(text) for name, text in told["seen"].items()},
        since=_time(told["since"], zone),
        output=printable(told["output"]),
        next=printable(told["next"]),
    )


def lanes(report: Report) -> list[Lane]:
    """By NIM master and frame, ``frame2`` before ``frame10``."""
    found: dict[tuple[str, str], list[tuple[Run, Vios]]] = {}
    for run in report.runs:
        for one in run.vioses:
            if one.kind is not Kind.NOT_STARTED:
                found.setdefault((run.master, one.frame or run.tuple), []).append((run, one))
    return [
        Lane(master, name, tuple(found[master, name]))
        for master, name in sorted(found, key=lambda lane: (natural(lane[0]), natural(lane[1])))
    ]


def show(at: datetime | None) -> str:
    """For people, with the zone."""
    return "" if at is None else f"{at:%Y-%m-%d %H:%M} {at.isoformat()[-6:]}"


def natural(text: str) -> list[tuple[int, str]]:
    """A key that sorts numbers within names by their value."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", text)]


def _text(value: Any) -> str | None:
    return None if value is None else printable(value)


def _time(value: Any, zone: tzinfo | None) -> datetime | None:
    return None if value is None else timestamps.read(value).astimezone(zone)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamps.write(value)
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value
