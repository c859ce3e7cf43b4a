"""What would be done: ``vios.check``, the preview of ``vios.migrate``, and the plan of a fleet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from saltext_vios.migration import statuses
from saltext_vios.output._lists import commands
from saltext_vios.output._table import Cell, Paint, paragraph, table
from saltext_vios.output._words import (
    GREEN,
    RED,
    YELLOW,
    Lines,
    at,
    coloured,
    in_colour,
    left_alone,
    listed,
    reasons,
    span,
    unanswered,
)

RESULTS = {"ok": GREEN, "warning": YELLOW, "error": RED}
WORRIES = ("error", "warning")


def check(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    found = Counter(one["result"] for one in value["findings"])
    counts = ", ".join([f"{found['ok']} ok", *(_number(found[word], word) for word in reversed(WORRIES))])
    lines = [f"verdict: {paint(value['verdict'], RESULTS.get(value['verdict'], ''))} ({counts})"]
    lines += _counted(value["findings"], paint)
    lines += _worries(value["findings"], paint, width)
    rows = [
        (
            key,
            in_colour(one["would"]),
            name,
            vios["level"] if vios["at_level"] else f"{vios['level'] or 'unknown'} -> {vios['wanted'] or 'unknown'}",
            span(vios["expected"]),
        )
        for key, one in value["tuples"].items()
        for name, vios in one["vios"].items()
    ]
    lines += ["", *table(("tuple", "would", "VIOS", "level", "expected"), rows, paint, width)]
    # Why a check failed stands among the findings above.
    why = [
        (key, one["why"])
        for key, one in value["tuples"].items()
        if one["objection"]
        or not (one["would"] in ("migrate", statuses.CURRENT) or statuses.is_from_findings(one["would"]))
    ]
    lines += reasons(why, width)
    typed = [
        (name, one["vios"][name]["cmd"])
        for one in value["tuples"].values()
        if one["would"] == "migrate"
        for name in one["to_migrate"]
    ]
    return lines + commands(typed, width) + left_alone(value["left_alone"], paint, width)


def _counted(findings: list[Mapping[str, Any]], paint: Paint) -> Lines:
    """One line a VIOS: what is fine is only counted."""
    counts: dict[str, Counter[str]] = {}
    for one in findings:
        counts.setdefault(one["vios"], Counter())[one["result"]] += 1
    lines = [""] if counts else []
    for name, found in counts.items():
        parts = [f"{_number(found['ok'], 'check')} passed"]
        parts += [paint(_number(found[word], word), RESULTS[word]) for word in WORRIES if found[word]]
        lines.append(f"{name}: {', '.join(parts)}")
    return lines


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _worries(findings: list[Mapping[str, Any]], paint: Paint, width: int | None) -> Lines:
    """Errors, then warnings; what is the same of several VIOSes once."""
    same: dict[tuple[str, ...], list[str]] = {}
    for word in WORRIES:
        for one in findings:
            if one["result"] == word:
                same.setdefault((word, one["check"], one["seen"], one["advice"]), []).append(one["vios"])
    lines: Lines = []
    for (word, name, seen, advice), vioses in same.items():
        first, *more = paragraph(f"{word} {', '.join(vioses)}: {name}: {seen}", width)
        lines += ["", paint(word, RESULTS[word]) + first[len(word) :], *more]
        lines += paragraph(advice, width, "    ") if advice else []
    return lines


def plan(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    window = value["window"]
    lines = [f"window: {at(window['start']) or 'now'} to {at(window['end']) or 'open end'}"]
    if value["early"]:
        lines += coloured("nothing is started before the window opens", YELLOW, paint, width)
    heads = ("NIM master", "tuple", "would", "start", "end", "level", "")
    for wave in value["waves"]:
        rows = [
            (
                minion,
                one["tuple"],
                in_colour(one["would"]),
                at(one["start"]),
                at(one["end"]),
                listed(level or "?" for level in one["level"].values()),
                Cell("late", RED) if one["fits"] is False else "",
            )
            for minion, part in wave["masters"].items()
            for one in part["tuples"]
        ]
        times = f", {at(wave['start']) or 'unknown'} to {at(wave['end']) or 'unknown'}" if rows else ", nothing to do"
        lines += ["", paint(wave["name"], "bold") + times, *(table(heads, rows, paint, width) if rows else [])]
    for name, colour in (("late", RED), ("blocked", RED)):
        if value[name]:
            reasons = [(Cell(name, colour), one["master"], one["tuple"], one["why"]) for one in value[name]]
            lines += ["", *table(("", "NIM master", "tuple", "why"), reasons, paint, width)]
    if value["nothing_to_do"]:
        lines += ["", paint(f"already at the level: {_number(len(value['nothing_to_do']), 'tuple')}", GREEN)]
    for minion, left in value["left_alone"].items():
        lines += left_alone(left, paint, width, minion)
    return lines + unanswered(value, paint, width)
