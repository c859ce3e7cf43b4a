"""What became of a task on each of its VIOSes: a backup, a clone; or what it would come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext_vios.migration import statuses
from saltext_vios.output._lists import commands
from saltext_vios.output._table import Cell, Paint, table
from saltext_vios.output._words import ACTIVE, CYAN, RED, YELLOW, Lines, at, ended, failure, in_colour, span

RESULTS = {"warning": YELLOW, "error": RED}


def task(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """One line for each VIOS, with the last that is said of it; more where something failed."""
    lines = [*ended(value, paint, width), ""]
    if "findings" in value:
        return lines + _preview(value, paint, width)
    rows = [
        (
            name,
            in_colour(one["status"] or value["status"].get(name)),
            at(one["started"]),
            span(one["duration"]),
            one["messages"][-1].partition(f"{name}: ")[2] if one["messages"] else "",
        )
        for name, one in value["vios"].items()
    ]
    lines += table(("VIOS", "status", "started", "took", ""), rows, paint, width)
    for name, names in value.get("pruned", {}).items():
        lines += [f"{name}: removed {old}" for old in names]
    for name, one in value["vios"].items():
        if one["failure"]:
            lines += ["", *failure(name, one["failure"], width)]
    return lines


def _preview(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    rows = [
        # Why a check failed stands among the findings below.
        (name, _would(one["would"]), one["level"], "" if statuses.is_from_findings(one["would"]) else one["why"])
        for name, one in value["vios"].items()
    ]
    lines = table(("VIOS", "would", "level", ""), rows, paint, width)
    worries = [
        (one["vios"], one["check"], Cell(word, RESULTS[word]), one["seen"], one["advice"])
        for word in ("error", "warning")
        for one in value["findings"]
        if one["result"] == word
    ]
    if worries:
        lines += ["", *table(("VIOS", "check", "result", "seen", "advice"), worries, paint, width)]
    # Of a rollback that a check stops, it is a reboot, to copy and paste.
    typed = [(name, one["cmd"]) for name, one in value["vios"].items() if not statuses.is_one(one["would"])]
    return lines + commands(typed, width)


def _would(word: str) -> Cell:
    known = word in ACTIVE or statuses.is_one(word)
    return in_colour(word) if known else Cell(word, CYAN)
