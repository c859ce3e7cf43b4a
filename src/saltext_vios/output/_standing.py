"""How things stand, and what was done: statuses, what is under way, migrations, history, the driver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from saltext_vios.migration import statuses
from saltext_vios.nim.commands import UPGRADE_STATE
from saltext_vios.output._checks import check
from saltext_vios.output._lists import commands
from saltext_vios.output._table import Cell, Paint, paragraph, table
from saltext_vios.output._words import (
    CYAN,
    GREEN,
    RED,
    YELLOW,
    Lines,
    at,
    coloured,
    ended,
    failure,
    in_colour,
    left_alone,
    levels,
    listed,
    reasons,
    span,
    standing,
    unanswered,
)

STANDING = ("NIM master", "tuple", "status", "VIOS", "phase", "%", "since", "level")


def status(value: Mapping[str, str], paint: Paint, width: int | None) -> Lines:
    rows = [(key, in_colour(word)) for key, word in sorted(value.items())]
    return table(("tuple", "status"), rows, paint, width)


def together(returns: Iterable[tuple[str, Mapping[str, str]]], paint: Paint, width: int | None) -> Lines:
    """``vios.status`` of several minions: one table, and how many of each status."""
    rows = [(minion, key, in_colour(word)) for minion, value in returns for key, word in sorted(value.items())]
    found = _counts(Counter(word.text for _, _, word in rows), paint)
    return [*table(("NIM master", "tuple", "status"), rows, paint, width), "", found]


def fleet_status(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.status`` of the runner."""
    known = any(value["masters"].values())
    lines = together(value["masters"].items(), paint, width) if known else ["no tuple is known"]
    return lines + unanswered(value, paint, width)


def _counts(counts: Mapping[str, int], paint: Paint) -> str:
    return ", ".join(paint(f"{number} {word}", in_colour(word).colour) for word, number in sorted(counts.items()))


def migrate(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.migrate`` and ``vios.wait``, with ``test=True`` too."""
    lines = ended(value, paint, width)
    if "plan" in value:
        return [*lines, "", *check(value["plan"], paint, width)]
    vioses = [
        (key, name, one)
        for key, meta in value["meta"].items()
        if isinstance(meta, Mapping)
        for name, one in meta.items()
        if isinstance(one, Mapping)
    ]
    rows = [
        (
            key,
            in_colour(value["status"].get(key)),
            name,
            in_colour(one["status"]) if one["status"] else "not started",
            levels(one["level"]["old"], one["level"]["new"]),
            span(one["duration"]),
        )
        for key, name, one in vioses
    ]
    if rows:
        lines += ["", *table(("tuple", "status", "VIOS", "its own", "level", "took"), rows, paint, width)]
    runs = value.get("runs", {})
    waits = {key: one["waits"] for key, one in runs.items() if one.get("waits")}
    why = [(key, f"waits: {reason}") for key, reason in waits.items()]
    why += [
        (key, value["meta"][key]["messages"][-1])
        for key, word in value["status"].items()
        if key not in waits and not statuses.is_success(word) and value["meta"][key]["messages"]
    ]
    why += [
        (name, f"lacks what it served before: {'; '.join(one['missing'])}")
        for _, name, one in vioses
        if one.get("missing") and not one["failure"]
    ]
    lines += reasons(why, width)
    for _, name, one in vioses:
        if one["failure"]:
            lines += ["", *failure(name, one["failure"], width)]
    return lines + left_alone(value["left_alone"], paint, width)


def progress(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.progress``: a line for each VIOS that something is done with, or one for a tuple that waits."""
    heads = ("tuple", "VIOS", "state", "%", "since", "for", "before", "info")
    rows, reports = [], []
    for key, entry in value.items():
        moving = {name: one for name, one in entry["vios"].items() if one["state"] != "waiting"}
        for name, one in (moving or {listed(entry["vios"]): {"state": "waiting", "status": None}}).items():
            word = one.get("phase") or one["status"] or one["state"]
            colour = in_colour(one["status"]).colour if one["status"] and not one.get("phase") else CYAN
            times = (at(one.get("since")), span(one.get("elapsed")), span(one.get("took_before")))
            rows.append((key, name, Cell(word, colour), one.get("percent"), *times, one.get("info")))
            if said := one.get("shown", {}).get(UPGRADE_STATE):
                reports.append((name, f"{UPGRADE_STATE} says: {said}"))
    lines = [*table(heads, rows, paint, width), *reasons(reports, width)]
    return lines + reasons(((key, f"waits: {one['waits']}") for key, one in value.items() if one.get("waits")), width)


def history(value: Sequence[Mapping[str, Any]], paint: Paint, width: int | None) -> Lines:
    heads = ("run", "tuple", "status", "finished", "took", "level")
    rows = [
        (
            one["run"],
            one["tuple"],
            standing(one),
            at(one["finished"]),
            span(one["duration"]),
            listed(levels(*(vios["level"][word] for word in ("old", "new"))) or "?" for vios in one["vios"].values()),
        )
        for one in value
    ]
    lines = table(heads, rows, paint, width)
    lines += reasons(((f"run {one['run']}", f"waits: {one['waits']}") for one in value if one.get("waits")), width)
    return lines + [line for one in value if "messages" in one for line in _in_detail(one, paint, width)]


def _in_detail(run: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    head = f"run {run['run']}, {run['tuple']}, requested by {run['asked_by']} at {at(run['asked'])}"
    lines = ["", *paragraph(head, width)]
    lines += [line for text in run["messages"] for line in paragraph(text, width, "  ")]
    own = [
        (
            name,
            in_colour(one["status"]) if one["status"] else "not started",
            levels(one["level"]["old"], one["level"]["new"]),
            span(one["duration"]),
        )
        for name, one in run["vios"].items()
    ]
    lines += ["", *table(("VIOS", "its own", "level", "took"), own, paint, width)]
    phases = [
        (name, one["phase"], at(one["since"]), at(one["until"]), span(one["took"]))
        for name, vios in run["vios"].items()
        for one in vios["phases"]
    ]
    if phases:
        lines += ["", *table(("VIOS", "phase", "since", "until", "took"), phases, paint, width)]
    lines += commands(((name, one["cmd"]) for name, one in run["vios"].items() if one["cmd"]), width)
    for name, one in run["vios"].items():
        if one["failure"]:
            lines += ["", *failure(name, one["failure"], width)]
    return lines


def overview(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    return _standing({"": value}, paint, width)


def fleet(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.overview`` of the runner: all NIM masters in one table, and how many of each status."""
    lines = _standing(value["masters"], paint, width)
    return lines + (["", _counts(value["counts"], paint)] if value["counts"] else []) + unanswered(value, paint, width)


def counted(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.watch`` of the runner when it is over, and ``vios.report``."""
    lines = [f"the report is in {value['out']}"] if "out" in value else []
    runs = [
        (
            one["master"],
            one["run"],
            one["tuple"],
            in_colour(one["status"]),
            at(one["finished"]),
            listed(levels(vios["level_old"], vios["level_new"]) or "?" for vios in one["vioses"]),
        )
        for one in value.get("runs", ())
    ]
    if runs:
        lines += [*table(("NIM master", "run", "tuple", "status", "finished", "level"), runs, paint, width), ""]
    return [*lines, _counts(value["counts"], paint) or "no tuple is known", *unanswered(value, paint, width)]


def _standing(masters: Mapping[str, Mapping[str, Any]], paint: Paint, width: int | None) -> Lines:
    rows = []
    for minion, one in masters.items():
        for key, entry in one["tuples"].items():
            moving = [(name, vios) for name, vios in entry["vios"].items() if vios["phase"]]
            name, now = moving[0] if moving else ("", {})
            known = [vios["level"]["new"] or vios["level"]["old"] or "?" for vios in entry["vios"].values()]
            since = at(now.get("since") or entry["finished"] or entry["asked"])
            word = standing(entry)
            rows.append((minion, key, word, name, now.get("phase"), now.get("percent"), since, listed(known)))
    held = [
        line
        for minion, one in masters.items()
        if one["held"]
        for line in coloured(
            f"{minion or 'this NIM master'} is held by {one['held']['by']}: {one['held']['reason']}",
            YELLOW,
            paint,
            width,
        )
    ]
    why = [
        (f"{minion} {key}".strip(), f"waits: {entry['waits']}")
        for minion, one in masters.items()
        for key, entry in one["tuples"].items()
        if entry.get("waits")
    ]
    trouble = [
        line
        for minion, one in masters.items()
        if one.get("trouble")
        for line in coloured(f"{minion}: {one['trouble']}" if minion else one["trouble"], RED, paint, width)
    ]
    shown = table(STANDING, rows, paint, width) if rows else ["no tuple is known"]
    return trouble + held + shown + reasons(why, width)


def driver(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.driver``"""
    if value["running"]:
        lines = [paint(f"running since {at(value['since'])}", GREEN) + f" (pid {value['pid']}, {value['version']})"]
        last = at(value["last_look"])
        lines.append(f"NIM last answered it at {last}" if last else "NIM has not answered it yet")
    elif value["stopped"]:
        stopped = f"stopped by {value['stopped']['by']} at {at(value['stopped']['at'])}; resume: vios.wait"
        lines = coloured(stopped, YELLOW, paint, width)
    elif value["doing"]:
        keys = ", ".join(value["doing"])
        lines = coloured(f"does not run, though this is under way: {keys}; start it: vios.resume", RED, paint, width)
    else:
        lines = ["does not run; it is started when there is something to do"]
    if value["trouble"]:
        lines += coloured(value["trouble"], RED, paint, width)
    lines += [f"Python: {value['python']}"] if value["python"] else []
    lines.append(f"log: {value['log']}")
    rows = [(key, name, word) for key, one in value["doing"].items() for name, word in one.items()]
    return lines + (["", *table(("tuple", "VIOS", "state"), rows, paint, width)] if rows else [])


def cancelled(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.cancel``"""
    return [line for one in value["tuples"].values() for line in paragraph(one["msg"], width)]


def resumed(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.resume``"""
    return [
        *paragraph(value["msg"], width),
        *commands([("after each start of AIX, without Salt", value["inittab"])], width),
    ]


def refused(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """What the runner could not do."""
    return coloured(value["Error"], RED, paint, width)
