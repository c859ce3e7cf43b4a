"""Earlier results: may a tuple be started, judging by how it ended before?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from saltext_vios.errors import Refused
from saltext_vios.migration import statuses, targets


def normalise(vios_status: Mapping[str, str | None] | None, tuples: Sequence[Sequence[str]]) -> dict[str, str] | None:
    """The map with the keys of these tuples; other entries are left out, null and empty ones count as none.

    :param vios_status: keys in any order of the names; None when no map was given.
    :raises Refused: when two keys of one tuple have different values.
    """
    if vios_status is None:
        return None
    given: dict[str, dict[str, str | None]] = {}
    for key, status in vios_status.items():
        given.setdefault(_plain(key), {})[key] = status
    found: dict[str, str] = {}
    for names in tuples:
        entries: dict[str, str | None] = {}
        for order in permutations(names):
            entries.update(given.get("-".join(order), {}))
        told = {status for status in entries.values() if status}
        if len(told) > 1:
            raise Refused(f"vios_status holds {entries} for one tuple; give it one status")
        if told:
            found[targets.key(names)] = told.pop()
    return found


def _plain(key: str) -> str:
    """``(vios1, vios2)`` is ``vios1-vios2``."""
    return "-".join(word for word in re.split(r"[\s,()\[\]]+", key) if word not in ("", "-"))


RECORDED = "recorded"  # the word that asks for the journal's own map
CLEARED = "CLEARED"  # a recorded failure that an operator's reset has done away with


@dataclass(frozen=True)
class Objection:
    """Why the previous status of a tuple lets nothing start, and the status that is passed on."""

    status: str
    message: str


def objection(key: str, entry: str | None, recorded: str | None, is_recorded: bool) -> Objection | None:
    """Whether a tuple's previous status stands in the way.

    :param entry: its entry in the map; None when the map has none.
    :param recorded: what the journal knows of the tuple.
    :param is_recorded: the map is the journal's own; there, what stands for nothing done is no objection.
    """
    if entry is None:
        return Objection(statuses.NO_PREVIOUS, f"{key}: skipped (no previous status found)")
    if is_recorded and (entry == CLEARED or statuses.nothing_done(entry)):
        return None
    if not statuses.is_success(entry):
        return Objection(entry, f"{key}: skipped (vios_status: {entry})")
    if statuses.initiated(entry) and statuses.is_failure(recorded) and not statuses.nothing_done(recorded or ""):
        return Objection(recorded or "", f"{key}: skipped ({entry} was given, but it ended with {recorded})")
    return None


def last_that_counts(newest_first: Iterable[str | None]) -> str | None:
    """What the journal's own map holds for a tuple: the newest status of something tried, else the newest at all.

    A skip says nothing about an earlier failure, and a tuple skipped for want of a status still has none.
    """
    newest = None
    for status in newest_first:
        if status is None or status == statuses.NO_PREVIOUS:
            continue
        if status == CLEARED or not statuses.nothing_done(status):
            return status
        newest = newest or status
    return newest
