"""Which view shows which return of the module and the runner ``vios``. Each return is known by its shape."""

from __future__ import annotations

from collections.abc import Mapping

from saltext_vios.migration import statuses
from saltext_vios.output import _checks as checks
from saltext_vios.output import _lists as lists
from saltext_vios.output import _standing as standing
from saltext_vios.output import _tasks as tasks
from saltext_vios.output._table import Paint
from saltext_vios.output._words import Lines, View

_BY_KEYS: tuple[tuple[frozenset[str], View], ...] = (
    (frozenset({"waves", "late", "blocked", "window", "left_alone"}), checks.plan),
    (frozenset({"masters", "silent", "counts"}), standing.fleet),
    (frozenset({"masters", "silent", "failed"}), standing.fleet_status),
    (frozenset({"tuples", "held", "driver"}), standing.overview),
    (frozenset({"msg", "status", "targets", "left_alone"}), standing.migrate),
    (frozenset({"verdict", "findings", "tuples"}), checks.check),
    (frozenset({"msg", "status", "vios"}), tasks.task),
    (frozenset({"vios", "not_checked"}), lists.clients),
    (frozenset({"backups", "without", "unanswered"}), lists.backups),
    (frozenset({"running", "doing", "log"}), standing.driver),
    (frozenset({"counts", "failed", "silent"}), standing.counted),
    (frozenset({"result", "changed", "tuples"}), standing.cancelled),
    (frozenset({"started", "under_way", "inittab"}), standing.resumed),
    (frozenset({"Error", "retcode"}), standing.refused),
)
# The same of returns by the name of a VIOS, an option or a tuple, and of lists: what each entry has.
_BY_ENTRY: tuple[tuple[frozenset[str], View], ...] = (
    (frozenset({"frame", "hostname", "Cstate"}), lists.inventory),
    (frozenset({"argv", "line"}), lists.argv),
    (frozenset({"type", "default", "meaning"}), lists.options),
    (frozenset({"run", "status", "vios"}), standing.progress),
)
_HISTORY = frozenset({"run", "tuple", "asked_by", "vios"})


def view_of(value: object) -> View | None:
    """How a return is shown; None for one of another function."""
    if isinstance(value, (list, Mapping)) and not value:
        return _empty
    if isinstance(value, list):
        return standing.history if _each_has(value, _HISTORY) else None
    if not isinstance(value, Mapping):
        return None
    for keys, view in _BY_KEYS:
        if keys <= set(value):
            return view
    entries = list(value.values())
    if all(isinstance(one, str) and statuses.is_one(one) for one in entries):
        return standing.status
    return next((view for keys, view in _BY_ENTRY if _each_has(entries, keys)), None)


def _empty(value: object, paint: Paint, width: int | None) -> Lines:
    # Which function it is of, nobody says.
    return [
        "nothing to show: none is under way, none is recorded, or NIM knows none",
        "What was done: vios.history. Which VIOSes there are: vios.list",
    ]


def _each_has(entries: list[object], keys: frozenset[str]) -> bool:
    return all(isinstance(one, Mapping) and keys <= set(one) for one in entries)
