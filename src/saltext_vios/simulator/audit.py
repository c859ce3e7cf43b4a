"""Replays the log of all calls and finds every breach of what the extension promises.

1. Never more than one VIOS of a frame, and never two nodes of a cluster, are down because of us.
2. The second VIOS starts only after the first was verified, by the VIOS itself.
3. No operation is issued twice for the same VIOS without a reason.
4. Nothing is started at or after the time limit.

Down is who does not serve its clients: an install onto an alternate disk is an outage from its reboot on, and a reboot
of any kind is one. Besides the promises: no disk is written over that was in use, or that nobody named; a VIOS is not
backed up twice at once, nor while an operation on it is under way.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from saltext_vios.simulator.operations import settle
from saltext_vios.simulator.store import Store

STARTS = ("migvios", "viosupgrade")


def audit(store: Store, time_limit: float | None = None, overlap: bool = False, paths: bool = False) -> dict[str, Any]:
    """``violations`` (texts), ``starts`` (each accepted or not) and ``calls`` (how often each command ran).

    :param time_limit: real seconds since the epoch.
    :param paths: no client may lose its last path, as where paths are required.
    :param overlap: two VIOSes of a frame may be installed onto their alternate disks at once, while both serve.
    """
    with store.transaction():
        settle(store)
    replay = _Replay(store, overlap)
    violations = replay.down_together() + replay.written() + replay.backed_up_beside()
    violations += replay.cloned_beside() + replay.rebooted_again()
    if paths:
        violations += [
            f"paths: {row['client']} had no {row['what']} left when {row['vios']} went down"
            for row in store.rows("SELECT * FROM cut_off ORDER BY at")
        ]
    for reboot in replay.reboots:
        violations += replay.partners(reboot)
    for start in replay.starts:
        if time_limit is not None and start["real"] >= time_limit:
            late = start["real"] - time_limit
            violations.append(f"promise 4: {start['vios']} was started {late:.0f} s after the time limit")
        if start["accepted"]:
            violations += replay.started_again(start) + replay.partners(start)
    return {"violations": violations, "starts": replay.starts, "calls": dict(replay.counted)}


def _start(call: dict[str, Any]) -> dict[str, Any]:
    note = call["note"]
    return {
        "vios": note["name"],
        "at": call["at"],
        "real": call["real"],
        "rc": call["rc"],
        "accepted": bool(note.get("accepted")),
        "argv": [call["command"], *call["argv"]],
        "call": call["id"],
        "kind": note.get("type", "migvios"),
        "verb": "started",
        "began": note.get("began"),
    }


def _by_vios(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row["vios"]].append(row)
    return found


class _Replay:
    """What happened, read once and sorted by VIOS: a night of a thousand VIOSes is replayed in seconds."""

    def __init__(self, store: Store, overlap: bool) -> None:
        self.now = store.now()
        self.overlap = overlap
        self.disks = store.rows("SELECT * FROM written ORDER BY at")
        self.frames: dict[str, list[str]] = defaultdict(list)
        self.frame_of: dict[str, str] = {}
        for name in store.names():
            words = str((store.get(name) or {}).get("mgmt_profile1", "")).split()
            if len(words) > 2:
                self.frame_of[name] = words[2]
                self.frames[words[2]].append(name)
        self.clusters: dict[str, list[str]] = defaultdict(list)
        for row in store.rows("SELECT name, vios FROM cluster"):
            self.clusters[row["name"]].append(row["vios"])
        self.outages = _by_vios(store.rows("SELECT * FROM outage ORDER BY since"))
        self.operations = _by_vios(store.rows("SELECT * FROM operation ORDER BY id"))
        self.backups = _by_vios(store.rows("SELECT * FROM backup ORDER BY id"))
        self.starts: list[dict[str, Any]] = []
        self.reboots: list[dict[str, Any]] = []
        self.counted: Counter[str] = Counter()
        self.levels: dict[str, list[float]] = defaultdict(list)
        for row in store.rows("SELECT * FROM call ORDER BY id"):
            self.counted[row["command"]] += 1
            note = json.loads(row["note"])
            if note.get("operation") in STARTS:
                self.starts.append(_start({**dict(row), "argv": json.loads(row["argv"]), "note": note}))
            elif note.get("rebooted"):
                self.reboots.append(
                    {"vios": note["rebooted"], "at": row["at"], "call": row["id"], "kind": "reboot", "verb": "rebooted"}
                )
            elif note.get("level") is not None:
                self.levels[note.get("vios")].append(row["at"])
        self.accepted = _by_vios(start for start in self.starts if start["accepted"])

    def down_together(self) -> list[str]:
        """Promise 1: times in which two VIOSes of a frame, or two nodes of a cluster, were down."""
        found = {}
        for kind, groups in (("cluster", self.clusters), ("frame", self.frames)):
            for names in groups.values():
                for first, second, seconds in self._overlaps(names):
                    # What shares a frame and a cluster is reported once, as of one frame.
                    minutes = f"{seconds / 60:.1f} minutes"
                    found[first, second] = (
                        f"promise 1: {first} and {second} of one {kind} were down together for {minutes}"
                    )
        return list(found.values())

    def _overlaps(self, names: Iterable[str]) -> Iterator[tuple[str, str, float]]:
        outages = sorted((one for name in names for one in self.outages[name]), key=lambda one: one["since"])
        for place, first in enumerate(outages):
            for second in outages[place + 1 :]:
                overlap = min(first["until"] or self.now, second["until"] or self.now) - second["since"]
                if first["vios"] != second["vios"] and overlap > 0:
                    yield first["vios"], second["vios"], overlap

    def started_again(self, start: dict[str, Any]) -> list[str]:
        """Promise 3: what became of the operation before."""
        vios = start["vios"]
        before = self._operation_before(vios, start)
        if before is None:
            return []
        if before["ended"] is None or before["ended"] > start["at"] or before["outcome"] == "overrun":
            return [f"promise 3: {vios} was started over a running operation"]
        if before["outcome"] == "success":
            return [f"promise 3: {vios} was started again after an operation that ended with success"]
        return []

    def partners(self, start: dict[str, Any]) -> list[str]:
        """Promises 1 and 2: how the others of its frame stood when a VIOS was started."""
        others = self.frames.get(self.frame_of.get(start["vios"], ""), [])
        return [text for other in others if other != start["vios"] for text in self._partner(start, other)]

    def _partner(self, start: dict[str, Any], partner: str) -> list[str]:
        vios, at, verb = start["vios"], start["at"], start["verb"]
        if any(one["since"] <= at and (one["until"] is None or one["until"] > at) for one in self.outages[partner]):
            return [f"promise 1: {vios} was {verb} while its partner {partner} was down"]
        before = self._operation_before(partner, start)
        if before is None:
            return []
        if before["ended"] is None or before["ended"] > at:
            if self._is_beside(start, before):
                return []
            return [f"promise 1: {vios} was {verb} while its partner {partner} was in an operation"]
        if any(before["ended"] <= asked <= at for asked in self.levels[partner]):
            return []
        return [f"promise 2: {vios} was {verb} though its partner {partner} was not verified"]

    def _is_beside(self, start: dict[str, Any], before: Any) -> bool:
        """Whether the partner serves while it is installed on another disk, and that is no matter here."""
        other_disk = before["kind"] == "altdisk"
        went_down = any(before["started"] <= one["since"] <= start["at"] for one in self.outages[before["vios"]])
        allowed = start["kind"] == "reboot" or (start["kind"] == "altdisk" and self.overlap)
        return other_disk and not went_down and allowed

    def written(self) -> list[str]:
        """Disks that were written over though somebody used them, or though nobody had named them."""
        found = []
        for row in self.disks:
            if row["was"] not in ("free", "rootvg"):
                found.append(f"data: {row['disk']} of {row['vios']} was written over; it was {row['was']}")
            elif not row["named"]:
                found.append(f"data: {row['disk']} of {row['vios']} was written over; nobody had named it")
        return found

    def backed_up_beside(self) -> list[str]:
        """Backups of a VIOS together with something else that is under way on it."""
        found = []
        for vios, rows in self.backups.items():
            spans = [("backup", row["started"], row["ended"]) for row in rows]
            spans += [(row["kind"], row["started"], row["ended"]) for row in self.operations[vios]]
            spans.sort(key=lambda span: span[1])
            for (kind, _, ended), (other, since, _) in zip(spans, spans[1:]):
                if "backup" in (kind, other) and (ended is None or ended > since):
                    found.append(f"a {other} of {vios} was started while a {kind} of it was under way")
        return found

    def rebooted_again(self) -> list[str]:
        """Two reboots of a VIOS between which nobody asked it for its level."""
        before: dict[str, float] = {}
        found = []
        for one in self.reboots:
            last = before.get(one["vios"])
            if last is not None and not any(last <= asked <= one["at"] for asked in self.levels[one["vios"]]):
                found.append(f"promise 3: {one['vios']} was rebooted again, and nobody knew what became of the first")
            before[one["vios"]] = one["at"]
        return found

    def cloned_beside(self) -> list[str]:
        """Clones that were made while a VIOS of the same frame was migrated."""
        found = []
        for vios, own in self.operations.items():
            around = self.frames.get(self.frame_of.get(vios, ""), [vios])
            others = [one for name in around for one in self.operations.get(name, []) if one["kind"] != "clone"]
            for clone in (one for one in own if one["kind"] == "clone"):
                for other in others:
                    ends = (clone["ended"] or self.now), (other["ended"] or self.now)
                    if clone["started"] < ends[1] and other["started"] < ends[0]:
                        found.append(f"{vios} was cloned while {other['vios']} was migrated")
        return found

    def _operation_before(self, vios: str, start: dict[str, Any]) -> Any:
        """The operation that the last accepted start of a VIOS before this call began."""
        earlier = [one for one in self.accepted[vios] if one["call"] < start["call"]]
        if not earlier:
            return None
        return next((one for one in self.operations[vios] if one["id"] == earlier[-1]["began"]), None)
