"""What the returns of the module and the runner ``vios`` look like as tables. Each is known by its shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dateutil import parser

from saltext_vios.migration import statuses
from saltext_vios.output._table import Cell, Paint, paragraph, table

GREEN, RED, YELLOW, CYAN = "green", "red", "yellow", "cyan"
IN_PROGRESS = "in progress"
ACTIVE = ("migrate", "attach", IN_PROGRESS)
RESULTS = {"ok": GREEN, "warning": YELLOW, "error": RED}
# Words of a status; anything else that is a map of texts is not ours.
KNOWN = ("SUCCESS-", "FAILURE-", "SKIPPED-")
STANDING = ("NIM master", "tuple", "status", "VIOS", "phase", "%", "since", "level")

Lines = list[str]
View = Callable[[Any, Paint, "int | None"], Lines]


def view_of(value: object) -> View | None:
    """How a return is shown; None for one of another function."""
    if not isinstance(value, Mapping) or not value:
        return None
    for keys, view in _BY_KEYS:
        if keys <= set(value):
            return view
    entries = list(value.values())
    if all(isinstance(one, str) and one.startswith(KNOWN) for one in entries):
        return status
    if all(isinstance(one, Mapping) and {"frame", "hostname", "Cstate"} <= set(one) for one in entries):
        return inventory
    return None


def in_colour(word: str | None) -> Cell:
    """A status, or what a tuple would come to."""
    text = word or IN_PROGRESS
    if statuses.is_failure(word):
        return Cell(text, RED)
    if text in ACTIVE or statuses.initiated(word):
        return Cell(text, CYAN)
    return Cell(text, GREEN if statuses.is_success(word) else YELLOW)


def status(value: Mapping[str, str], paint: Paint, width: int | None) -> Lines:
    rows = [(key, in_colour(word)) for key, word in sorted(value.items())]
    return table(("tuple", "status"), rows, paint, width)


def inventory(value: Mapping[str, Mapping[str, Any]], paint: Paint, width: int | None) -> Lines:
    """``vios.list``, frame by frame."""
    heads = ("VIOS", "frame", "hostname", "ioslevel", "Cstate", "Mstate", "result", "")
    rows = [
        (
            name,
            one["frame"],
            one["hostname"],
            one.get("ioslevel"),
            one["Cstate"],
            one["Mstate"],
            Cell(one["Cstate_result"] or "", RED if one["Cstate_result"] == "failure" else ""),
            Cell("in flight", CYAN) if one["in_flight"] else "",
        )
        for name, one in sorted(value.items(), key=lambda item: (item[1]["frame"] or "", item[0]))
    ]
    return table(heads, rows, paint, width, cut=("Cstate", "Mstate"))


def check(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    found = Counter(one["result"] for one in value["findings"])
    counts = ", ".join(f"{found[word]} {word}" for word in RESULTS)
    lines = [f"verdict: {paint(value['verdict'], RESULTS.get(value['verdict'], ''))} ({counts})"]
    worries = [
        (one["vios"], one["check"], Cell(word, RESULTS[word]), one["seen"], one["advice"])
        for word in ("error", "warning")
        for one in value["findings"]
        if one["result"] == word
    ]
    if worries:
        lines += ["", *table(("VIOS", "check", "result", "seen", "advice"), worries, paint, width)]
    rows = [
        (
            key,
            in_colour(one["would"]),
            name,
            vios["level"] if vios["at_level"] else f"{vios['level'] or 'unknown'} -> {vios['wanted'] or 'unknown'}",
            _span(vios["expected"]),
        )
        for key, one in value["tuples"].items()
        for name, vios in one["vios"].items()
    ]
    lines += ["", *table(("tuple", "would", "VIOS", "level", "expected"), rows, paint, width)]
    # Why a check fails stands among the findings above.
    why = [
        (key, one["why"])
        for key, one in value["tuples"].items()
        if one["objection"] or one["would"] not in ("migrate", statuses.CURRENT, statuses.CHECK, statuses.CLUSTER)
    ]
    return lines + _reasons(why, width) + _left_alone(value["left_alone"], paint, width)


def migrate(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.migrate`` and ``vios.wait``, with ``test=True`` too."""
    lines = [paint(value["msg"], GREEN if value["result"] else RED)]
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
            " -> ".join(dict.fromkeys(level for level in (one["level"]["old"], one["level"]["new"]) if level)),
            _span(one["duration"]),
        )
        for key, name, one in vioses
    ]
    if rows:
        lines += ["", *table(("tuple", "status", "VIOS", "its own", "level", "took"), rows, paint, width)]
    why = [
        (key, value["meta"][key]["messages"][-1])
        for key, word in value["status"].items()
        if not statuses.is_success(word) and value["meta"][key]["messages"]
    ]
    lines += _reasons(why, width)
    for _, name, one in vioses:
        if one["failure"]:
            lines += ["", *_failure(name, one["failure"], width)]
    return lines + _left_alone(value["left_alone"], paint, width)


def _reasons(told: Iterable[tuple[str, str]], width: int | None) -> Lines:
    """Why tuples stand as they do; tuples with one reason together."""
    keys: dict[str, list[str]] = {}
    for key, why in told:
        keys.setdefault(why, []).append(key)
    return [line for why, same in keys.items() for line in ("", *paragraph(f"{', '.join(same)}: {why}", width))]


def _failure(name: str, failure: Mapping[str, Any], width: int | None) -> Lines:
    seen = ", ".join(f"{attribute} {text!r}" for attribute, text in failure["seen"].items()) or "nothing"
    return [
        *paragraph(f"{name}: expected was {failure['expected']}", width),
        *paragraph(f"NIM showed {seen} since {_at(failure['since'])}", width, "  "),
        *paragraph(f"output: {failure['output']}", width, "  "),
        *paragraph(f"next: {failure['next']}", width, "  "),
    ]


def overview(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    return _standing({"": value}, paint, width)


def fleet(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.overview`` of the runner: all NIM masters in one table, and how many of each status."""
    lines = _standing(value["masters"], paint, width)
    counts = [paint(f"{number} {word}", in_colour(word).colour) for word, number in sorted(value["counts"].items())]
    lines += ["", ", ".join(counts)] if counts else []
    lines += [paint(f"{minion}: {text}", RED) for minion, text in value["failed"].items()]
    return lines + [paint(f"{minion}: no answer", RED) for minion in value["silent"]]


def _standing(masters: Mapping[str, Mapping[str, Any]], paint: Paint, width: int | None) -> Lines:
    rows = []
    for minion, one in masters.items():
        for key, entry in one["tuples"].items():
            moving = [(name, vios) for name, vios in entry["vios"].items() if vios["phase"]]
            name, now = moving[0] if moving else ("", {})
            levels = [vios["level"]["new"] or vios["level"]["old"] or "?" for vios in entry["vios"].values()]
            since = _at(now.get("since") or entry["finished"] or entry["asked"])
            percent = now.get("percent")
            # Between its two VIOSes a tuple's status is a success, but it is not over.
            word = in_colour(entry["status"]) if entry["finished"] else Cell(entry["status"] or IN_PROGRESS, CYAN)
            rows.append((minion, key, word, name, now.get("phase"), percent, since, _list(levels)))
    held = [
        paint(f"{minion or 'this NIM master'} is held by {one['held']['by']}: {one['held']['reason']}", YELLOW)
        for minion, one in masters.items()
        if one["held"]
    ]
    return held + (table(STANDING, rows, paint, width) if rows else ["no tuple is known"])


def plan(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    window = value["window"]
    lines = [f"window: {_at(window['start']) or 'now'} to {_at(window['end']) or 'open end'}"]
    if value["early"]:
        lines.append(paint(value["early"], YELLOW))
    heads = ("NIM master", "tuple", "would", "start", "end", "level", "")
    for wave in value["waves"]:
        rows = [
            (
                minion,
                one["tuple"],
                in_colour(one["would"]),
                _at(one["start"]),
                _at(one["end"]),
                _list(level or "?" for level in one["level"].values()),
                Cell("late", RED) if one["fits"] is False else "",
            )
            for minion, part in wave["masters"].items()
            for one in part["tuples"]
        ]
        times = f", {_at(wave['start']) or 'unknown'} to {_at(wave['end']) or 'unknown'}" if rows else ", nothing to do"
        lines += ["", paint(wave["name"], "bold") + times, *(table(heads, rows, paint, width) if rows else [])]
    for name, colour in (("late", RED), ("blocked", RED)):
        if value[name]:
            rows = [(Cell(name, colour), one["master"], one["tuple"], one["why"]) for one in value[name]]
            lines += ["", *table(("", "NIM master", "tuple", "why"), rows, paint, width)]
    if value["nothing_to_do"]:
        lines += ["", paint(f"already at the level: {len(value['nothing_to_do'])}", GREEN)]
    for minion, left in value["left_alone"].items():
        lines += _left_alone(left, paint, width, minion)
    lines += [paint(f"{minion}: {text}", RED) for minion, text in value["failed"].items()]
    return lines + [paint(f"{minion}: no answer", RED) for minion in value["silent"]]


def _left_alone(left: Mapping[str, str], paint: Paint, width: int | None, minion: str = "") -> Lines:
    rows = [(minion, Cell(name, YELLOW), why) for name, why in left.items()]
    return ["", *table(("NIM master", "left alone", "why"), rows, paint, width)] if rows else []


def _list(values: Iterable[str]) -> str:
    """Each once, in their order."""
    return ", ".join(dict.fromkeys(values))


def _at(text: str | None) -> str:
    """A time as the clock shows it where one looks, to the minute."""
    return parser.isoparse(text).astimezone().strftime("%Y-%m-%d %H:%M") if text else ""


def _span(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def together(returns: Iterable[tuple[str, Mapping[str, str]]], paint: Paint, width: int | None) -> Lines:
    """``vios.status`` of several minions: one table, and how many of each status."""
    rows = [(minion, key, in_colour(word)) for minion, value in returns for key, word in sorted(value.items())]
    counts = Counter(word.text for _, _, word in rows)
    summary = ", ".join(paint(f"{number} {word}", in_colour(word).colour) for word, number in sorted(counts.items()))
    return [*table(("NIM master", "tuple", "status"), rows, paint, width), "", summary]


_BY_KEYS: tuple[tuple[frozenset[str], View], ...] = (
    (frozenset({"waves", "late", "blocked", "window", "left_alone"}), plan),
    (frozenset({"masters", "silent", "counts"}), fleet),
    (frozenset({"tuples", "held", "driver"}), overview),
    (frozenset({"msg", "status", "targets", "left_alone"}), migrate),
    (frozenset({"verdict", "findings", "tuples"}), check),
)
