"""What is known of a fleet while one watches it: the journals are the truth, events say it sooner.

An event only ever refines the picture: its VIOS, phase and percentage. That something ended is asked of the journal,
so a lost, doubled, late or forged event can neither end a tuple nor move it back, nor keep another from being shown.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from saltext_vios.fleet.hints import DRIVER, Hint
from saltext_vios.migration import timestamps

IN_PROGRESS, UNREADABLE = "in progress", "unreadable"
# After these the journal is asked: the tuple may be over, or its second VIOS begins.
TURNS = ("starting", "migrated", "current", "stalled", "failed", "skipped")
REMEMBERED = 10_000  # hints, so that one which comes twice is shown once
UNPROVEN = 1000  # hints of runs that no journal has shown yet


@dataclass(frozen=True)
class Line:
    """A tuple that is not over, as it is shown. ``share`` is between 0 and 1, None where nobody knows."""

    master: str
    key: str
    status: str
    vios: str = ""
    phase: str = ""
    percent: int | None = None
    share: float | None = None
    left: float | None = None  # seconds that it is expected to take yet
    waits: bool = False  # its turn has not come

    @property
    def state(self) -> str:
        percent = "" if self.percent is None else f"{self.percent} %"
        moves = " ".join(word for word in (self.vios, self.phase, percent) if word)
        return f"{moves}  {self.status}".strip()


@dataclass
class Picture:
    """By NIM master what its journal said last, and the newest hint of each tuple since.

    ``since`` is when a journal was asked first; ``heard`` are the last hints, which all differ; ``unproven`` those of
    runs that the journal has to show first. What is said in the name of one ``without_events`` is not its own.
    """

    overviews: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    hints: dict[tuple[str, str], Hint] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    since: dict[str, float] = field(default_factory=dict)
    heard: dict[Hint, None] = field(default_factory=dict)
    unproven: deque[Hint] = field(default_factory=lambda: deque(maxlen=UNPROVEN))
    watched: set[tuple[str, str]] = field(default_factory=set)  # tuples that were in flight at any time
    without_events: set[str] = field(default_factory=set)  # NIM masters that are asked over ssh

    def name_of(self, master: str) -> str:
        """As it is shown: with the way to it."""
        return f"{master} (ssh)" if master in self.without_events else master

    def asked(self, master: str, overview: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Take over what a journal says, which includes what events said before.

        :returns: the tuples in flight and how they stand when it is asked for the first time, then those that are over.
        """
        first = master not in self.overviews
        before = self.overviews.get(master, {"tuples": {}})["tuples"]
        self.overviews[master] = overview
        self.since.setdefault(master, timestamps.read(overview["at"]).timestamp())
        self.hints = {place: one for place, one in self.hints.items() if place[0] != master}
        self.stale.discard(master)
        self.watched.update((master, key) for key, entry in overview["tuples"].items() if entry["finished"] is None)
        if first:
            return [(line.key, line.state) for line in self._lines(master)]
        return [
            (key, f"over: {entry['status']}")
            for key, entry in overview["tuples"].items()
            if entry["finished"] is not None and (key not in before or _was_open(before[key], entry))
        ]

    def reported(self, hint: Hint) -> str:
        """Take in one hint; the line to show, empty if it says nothing new."""
        if hint.master not in self.overviews or hint.master in self.without_events or hint in self.heard:
            return ""
        if hint.key == DRIVER:
            self._hear(hint)
            return hint.message
        overview = self.overviews[hint.master]
        entry = overview["tuples"].get(hint.key)
        if entry is None or hint.run > entry["run"]:
            self.unproven.append(hint)
            self.stale.add(hint.master)
            return ""
        if hint.run < entry["run"] or hint.at < self.since[hint.master]:
            return ""
        self._hear(hint)
        # What the journal had written when it was asked is in its answer.
        if hint.number > overview["event"]:
            self.hints[hint.master, hint.key] = hint
            if hint.what in TURNS:
                self.stale.add(hint.master)
        return hint.message

    def proven(self, master: str) -> list[Hint]:
        """The hints that came before this journal, of runs that it knows; the others are forgotten."""
        waited = [hint for hint in self.unproven if hint.master == master]
        self.unproven = deque((hint for hint in self.unproven if hint.master != master), UNPROVEN)
        known = self.overviews[master]["tuples"]
        return [hint for hint in waited if hint.key in known and hint.run <= known[hint.key]["run"]]

    def _hear(self, hint: Hint) -> None:
        self.heard[hint] = None
        if len(self.heard) > REMEMBERED:
            del self.heard[next(iter(self.heard))]

    def in_flight(self) -> list[Line]:
        """The tuples that are not over, those whose turn has not come last."""
        lines = [line for master in sorted(self.overviews) for line in self._lines(master)]
        return sorted(lines, key=lambda line: line.waits)

    def _lines(self, master: str) -> Iterator[Line]:
        now = timestamps.read(self.overviews[master]["at"])
        for key, entry in self.overviews[master]["tuples"].items():
            if _is_followed(entry):
                yield self._line(master, key, entry, now)

    def _line(self, master: str, key: str, entry: Mapping[str, Any], now: datetime) -> Line:
        waits = all(one["state"] == "waiting" for one in entry["vios"].values())
        status, left, share = entry["status"] or IN_PROGRESS, _left(entry, now), _share(entry, now)
        line = Line(master, key, status, left=left, share=share, waits=waits)
        for name, one in entry["vios"].items():
            if one["phase"]:
                line = replace(line, vios=name, phase=one["phase"], percent=one["percent"])
        hint = self.hints.get((master, key))
        if hint is not None and hint.run == entry["run"] and hint.vios in entry["vios"]:
            return replace(line, vios=hint.vios, phase=hint.phase or line.phase, percent=hint.percent)
        return line

    def counts(self) -> dict[str, int]:
        """How many tuples have each status, or are in progress without one."""
        return count(self.overviews.values())

    def over(self) -> tuple[int, int]:
        """How many tuples are over, of how many that were in flight while this was watched."""
        entries = [self.overviews[master]["tuples"].get(key) for master, key in self.watched]
        return sum(entry is None or entry["finished"] is not None for entry in entries), len(entries)

    def end(self, now: datetime) -> datetime | None:
        """When all in flight may be over; None where no history knows a duration.

        On each NIM master no sooner than its longest tuple, and no sooner than all of them by those that move now.
        """
        ends = []
        for master in self.overviews:
            lines = list(self._lines(master))
            known = [line.left for line in lines if line.left is not None]
            if len(known) < len(lines):
                return None
            moving = max(1, sum(not line.waits for line in lines))
            ends.append(max([*known, sum(known) / moving], default=0.0))
        return now + timedelta(seconds=max(ends)) if any(ends) else None


def _is_followed(entry: Mapping[str, Any]) -> bool:
    """Whether it may end by itself: a driver that cannot read a tuple leaves it alone."""
    return entry["finished"] is None and all(one["state"] != UNREADABLE for one in entry["vios"].values())


def _was_open(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return before["finished"] is None or before["run"] != now["run"]


def count(overviews: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many tuples have each status, or are in progress without one."""
    found = Counter(entry["status"] or IN_PROGRESS for overview in overviews for entry in overview["tuples"].values())
    return dict(sorted(found.items()))


def _seconds(entry: Mapping[str, Any], now: datetime) -> list[tuple[float, float] | None]:
    """Of every VIOS the seconds that it took so far, and that it is expected to take in all."""
    found: list[tuple[float, float] | None] = []
    for one in entry["vios"].values():
        if one["finished"] is not None or one["state"] == "current":
            took = one["duration"] or 0.0
            found.append((took, took))
        elif one["expected"] is None:
            found.append(None)
        else:
            took = (now - timestamps.read(one["started"])).total_seconds() if one["started"] else 0.0
            found.append((took, max(took, float(one["expected"]))))
    return found


def _left(entry: Mapping[str, Any], now: datetime) -> float | None:
    known = [one for one in _seconds(entry, now) if one is not None]
    return sum(whole - took for took, whole in known) if len(known) == len(entry["vios"]) else None


def _share(entry: Mapping[str, Any], now: datetime) -> float | None:
    known = [one for one in _seconds(entry, now) if one is not None]
    whole = sum(whole for _, whole in known)
    return sum(took for took, _ in known) / whole if whole and len(known) == len(entry["vios"]) else None
