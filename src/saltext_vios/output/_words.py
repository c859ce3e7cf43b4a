"""What stands in every table: statuses in their colours, times, durations, reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from saltext_vios.migration import statuses, timestamps
from saltext_vios.output._table import Cell, Paint, paragraph, table

GREEN, RED, YELLOW, CYAN = "green", "red", "yellow", "cyan"
IN_PROGRESS = "in progress"
ACTIVE = ("migrate", "attach", IN_PROGRESS)

Lines = list[str]
View = Callable[[Any, Paint, "int | None"], Lines]


def in_colour(word: str | None) -> Cell:
    """A status, or what a tuple would come to."""
    text = word or IN_PROGRESS
    if statuses.is_failure(word):
        return Cell(text, RED)
    if text in ACTIVE or statuses.initiated(word):
        return Cell(text, CYAN)
    return Cell(text, GREEN if statuses.is_success(word) else YELLOW)


def standing(entry: Mapping[str, Any]) -> Cell:
    """Of a tuple: between its two VIOSes its status is a success, but it is not over."""
    return in_colour(entry["status"]) if entry["finished"] else Cell(entry["status"] or IN_PROGRESS, CYAN)


def listed(values: Iterable[str]) -> str:
    """Each once, in their order."""
    return ", ".join(dict.fromkeys(values))


def levels(old: str | None, new: str | None) -> str:
    return " -> ".join(dict.fromkeys(level for level in (old, new) if level))


def at(text: str | None) -> str:
    """A time as the clock shows it where one looks, to the minute."""
    return timestamps.read(text).astimezone().strftime("%Y-%m-%d %H:%M") if text else ""


def span(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def reasons(found: Iterable[tuple[str, str]], width: int | None) -> Lines:
    """Why tuples stand as they do; tuples with one reason together."""
    keys: dict[str, list[str]] = {}
    for key, why in found:
        keys.setdefault(why, []).append(key)
    return [line for why, same in keys.items() for line in ("", *paragraph(f"{', '.join(same)}: {why}", width))]


def failure(name: str, found: Mapping[str, Any], width: int | None) -> Lines:
    seen = ", ".join(f"{attribute} {text!r}" for attribute, text in found["seen"].items()) or "nothing"
    return [
        *paragraph(f"{name}: expected {found['expected']}", width),
        *paragraph(f"NIM showed {seen} since {at(found['since'])}", width, "  "),
        *paragraph(f"output: {found['output']}", width, "  "),
        *paragraph(f"next, on the NIM master: {found['next']}", width, "  "),
    ]


def coloured(text: str, colour: str, paint: Paint, width: int | None) -> Lines:
    """A text in lines of that width, all of one colour."""
    return [paint(line, colour) for line in paragraph(text, width)]


def ended(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """How a call ended; the keys that its message names are in the return, and not in a table."""
    text = value["msg"].partition("; see ")[0] if value["msg"].endswith(" for details") else value["msg"]
    return coloured(text, GREEN if value["result"] else RED, paint, width)


def unanswered(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """The NIM masters that could not answer, and those that did not."""
    texts = [f"{minion}: {text}" for minion, text in value["failed"].items()]
    texts += [f"{minion}: no answer" for minion in value["silent"]]
    return [line for text in texts for line in coloured(text, RED, paint, width)]


def left_alone(left: Mapping[str, str], paint: Paint, width: int | None, minion: str = "") -> Lines:
    rows = [(minion, Cell(name, YELLOW), why) for name, why in left.items()]
    return ["", *table(("NIM master", "left alone", "why"), rows, paint, width)] if rows else []
