"""What is listed: VIOSes, their clients, options, command lines."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from saltext_vios.output._table import Cell, Paint, paragraph, table
from saltext_vios.output._words import CYAN, GREEN, RED, YELLOW, Lines, at, coloured

GOES_ON = " \\"
VERDICTS = {"ok": GREEN, "unknown": YELLOW, "would be lost": RED}


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


def clients(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.clients``: paths that are safe are counted, the others shown."""
    lines: Lines = []
    rows = []
    for name, paths in value["vios"].items():
        counts = Counter(one["verdict"] for one in paths)
        told = ", ".join(paint(f"{number} {verdict}", VERDICTS.get(verdict, "")) for verdict, number in counts.items())
        lines.append(f"{name}, paths of clients: {told or 'none'}")
        rows += [(name, *_path(one)) for one in paths if one["verdict"] != "ok"]
    if rows:
        lines += ["", *table(("VIOS", "client", "kind", "what", "verdict", "why"), rows, paint, width)]
    return [*lines, "", *paragraph(f"not checked: {'; '.join(value['not_checked'])}", width)]


def _path(one: Mapping[str, Any]) -> tuple[object, ...]:
    client = " ".join(str(word) for word in (one["client"], one["name"]) if word not in (None, ""))
    verdict = one["verdict"] + (" (ignored)" if one["ignored"] else "")
    return client, one["kind"], one["what"], Cell(verdict, VERDICTS.get(one["verdict"], "")), one["why"]


def backups(value: Mapping[str, Any], paint: Paint, width: int | None) -> Lines:
    """``vios.backups``: the newest first, VIOS by VIOS."""
    rows = [
        (name, one["name"], one["kind"], at(one["made"]), one["level"], one["size"], _proven(one))
        for name, own in value["backups"].items()
        for one in own
    ]
    lines = table(("VIOS", "backup", "kind", "made", "level", "bytes", "proven"), rows, paint, width) if rows else []
    if value["without"]:
        lines += ["", *paragraph(f"without an ios_backup to build on: {', '.join(value['without'])}", width)]
    unanswered = [f"{kind}: {error}" for kind, error in value["unanswered"].items()]
    return lines + [line for text in unanswered for line in coloured(text, RED, paint, width)]


def _proven(one: Mapping[str, Any]) -> Cell:
    viewed = one.get("viewed")
    if viewed and not viewed["read"]:
        return Cell(viewed["said"], RED)
    if one["flaw"]:
        return Cell(one["flaw"], YELLOW)
    if viewed:
        return Cell("viosbr reads it" if viewed["known"] else "viosbr prints what is not known", GREEN)
    return Cell("yes", GREEN)


def options(value: Mapping[str, Mapping[str, Any]], paint: Paint, width: int | None) -> Lines:
    lines: Lines = []
    for name, one in value.items():
        default = "" if one["default"] is None else f", default {one['default']}"
        lines += [f"{paint(name, 'bold')}  ({one['type']}{default})", *paragraph(one["meaning"], width, "    ")]
    return lines


def commands(lines: Iterable[tuple[str, str]], width: int | None) -> Lines:
    """Command lines, to copy and paste; where the terminal is narrower, in parts that a shell puts together again."""
    return [part for name, line in lines for part in ("", f"{name}:", *_typed(line, width))]


def argv(value: Mapping[str, Mapping[str, Any]], paint: Paint, width: int | None) -> Lines:
    """``vios.command``"""
    return commands(((name, one["line"]) for name, one in value.items()), width)[1:]


def _typed(line: str, width: int | None) -> Lines:
    indent = "  "
    if width is None or len(indent + line) <= width:
        return [indent + line]
    parts = [indent]
    for words in _together(line):
        if parts[-1].strip() and len(f"{parts[-1]} {words}{GOES_ON}") > width:
            parts[-1] += GOES_ON
            parts.append(2 * indent)
        parts[-1] += f" {words}" if parts[-1].strip() else words
    return parts


def _together(line: str) -> Lines:
    """The words of a command line, each flag with its value."""
    found: Lines = []
    for word in map(shlex.quote, shlex.split(line)):
        if found and found[-1].startswith("-") and " " not in found[-1] and not word.startswith("-"):
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found
