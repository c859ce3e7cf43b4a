"""Reads what a caller wants: targets and options, refused here if they cannot be, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from saltext_vios import calls
from saltext_vios.asked import Options, as_options
from saltext_vios.errors import Refused
from saltext_vios.kinds import AUTO, MIGVIOS
from saltext_vios.migration import targets
from saltext_vios.migration.selection import ALL, Selection
from saltext_vios.nim import objects
from saltext_vios.nim.client import Attributes
from saltext_vios.nim.names import check_name
from saltext_vios.nim.snapshot import Snapshot
from saltext_vios.nim.stanza import first
from saltext_vios.options import by_method


@dataclass(frozen=True)
class Request:
    """Tuples in the caller's order, and every option with its value; ready for the journal."""

    tuples: tuple[tuple[str, ...], ...]
    options: Options
    left_alone: Mapping[str, str]  # by VIOS why a selection has it in no tuple
    any_method: bool = False  # nobody named one: what is under way by another is what is meant

    @property
    def names(self) -> list[str]:
        return [name for names in self.tuples for name in names]


def read_targets(value: object) -> tuple[tuple[str, ...], ...]:
    return targets.read(value, check=check_name)


def read(
    value: object,
    given: Mapping[str, Any],
    defaults: Mapping[str, Any],
    now: datetime,
    select: Callable[[Options], Selection],
    offered: Callable[[Options, str], str] = lambda options, vios: MIGVIOS,
) -> Request:
    """Check all that can be checked without asking NIM, but for what ``*`` and ``method: auto`` mean.

    :param value: the targets, in any of the forms of ``saltext_vios.migration.targets``, or ``*``.
    :param now: an aware time, for durations and for the local zone.
    :param select: finds the tuples that ``*`` means.
    :param offered: finds the method that ``auto`` means for these options and a VIOS.
    :raises Refused: naming the value and what is expected.
    """
    options = calls.options_for(value, given, defaults, now)
    chosen = select(options) if value == ALL else Selection(read_targets(value))
    if options["method"] == AUTO and chosen.tuples:
        options = as_options(by_method(options, offered(options, chosen.tuples[0][0])))
    any_method = given.get("method") in (None, AUTO)
    return Request(chosen.tuples, calls.fitted(chosen.tuples, options), chosen.left_alone, any_method)


def read_task(task: str, value: object, given: Mapping[str, Any], now: datetime, directory: str = "") -> Request:
    """The same for a task: each VIOS that is named is one by itself.

    :raises Refused: naming the value and what is expected.
    """
    names = [name for one in read_targets(value) for name in one]
    return Request(tuple((name,) for name in names), calls.options_for_task(task, names, given, now, directory), {})


def must_be_vioses(nim: Snapshot, names: Sequence[str]) -> None:
    """Refuse a name that NIM does not know, and an object that is no VIOS.

    :raises Refused: naming it and what it is.
    :raises NIMUnavailable: when NIM cannot be asked.
    """
    listing = nim.vioses()
    for name in names:
        if name in listing:
            continue
        other: Attributes | None = nim.show(name) or nim.client.show(name)
        if other is None:
            known = ", ".join(sorted(listing)) or "none"
            raise Refused(f"NIM knows no object named {name!r}; expected a VIOS; NIM knows: {known}")
        kind = first(other, "type")
        # A listing may lose an object for a while; the driver waits for it.
        if kind != objects.VIOS:
            raise Refused(f"{name!r} is a NIM object of type {kind}, expected one of type vios")
