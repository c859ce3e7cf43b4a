"""A report as a file: a page, JSON or CSV, by the ending of its name."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from saltext_vios.errors import Refused
from saltext_vios.fleet.page import as_html
from saltext_vios.fleet.report import Report

COLUMNS = (
    *("master", "frame", "tuple", "tuple_status", "run", "vios", "status", "level_old", "level_new"),
    *("started", "finished", "duration", "asked", "asked_by", "cmd", "messages"),
    *("expected", "seen", "since", "output", "next"),
)
# What a spreadsheet takes for the begin of a formula: in a cell, and where it cuts one at its own separator.
FORMULA = re.compile(r"(\A|[;,|\t\r\n])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
JOIN = " | "


def as_json(report: Report) -> str:
    return json.dumps(report.data(), indent=2) + "\n"


def as_csv(report: Report) -> str:
    """A line per VIOS and run. A text that a spreadsheet would run as a formula gets a ``'`` before it."""
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, COLUMNS, extrasaction="ignore", quoting=csv.QUOTE_ALL)
    lines.writeheader()
    for run in report.data()["runs"]:
        for one in run["vioses"]:
            line = {
                **run,
                "tuple_status": run["status"],
                "messages": JOIN.join(run["messages"]),
                **one,
                **_failure(one["failure"]),
            }
            lines.writerow({name: _cell(value) for name, value in line.items()})
    return text.getvalue()


def _failure(told: dict[str, Any] | None) -> dict[str, Any]:
    if told is None:
        return {}
    return {**told, "seen": JOIN.join(f"{name}: {text}" for name, text in told["seen"].items())}


def _cell(value: Any) -> Any:
    return FORMULA.sub(r"\1\2'", value) if isinstance(value, str) else value


FORMS: dict[str, Callable[[Report], str]] = {".html": as_html, ".htm": as_html, ".json": as_json, ".csv": as_csv}


def form_of(path: str) -> Callable[[Report], str]:
    """What makes the text of a file of this name.

    :raises Refused: for any other ending.
    """
    form = FORMS.get(Path(path).suffix.lower())
    if form is None:
        raise Refused(f"out is {path!r}, expected a path that ends in {', '.join(FORMS)}")
    return form


def write(path: Path, text: str) -> None:
    """Whole or not at all. An earlier report that stands there is replaced, and nothing else is.

    :raises Refused: when something else stands there.
    :raises OSError: when it cannot be written; nothing is left behind.
    """
    if not _may_be_replaced(path):
        raise Refused(f"out is {str(path)!r}, which exists and is not a report of vios.report; choose another name")
    made = path.with_name(f".{uuid.uuid4()}.new")
    try:
        with open(made, "x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
        os.replace(made, path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


# How each form begins.
_PAGE = b'<meta name="generator" content="saltext-vios '
_DATA = b'{\n  "made_by": "saltext-vios '
_TABLE = ",".join(f'"{name}"' for name in COLUMNS).encode()


def _may_be_replaced(path: Path) -> bool:
    """Whether nothing is there, or a report of ours; judged by what it holds, since a name proves nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return not path.is_symlink()
    except OSError:
        return False
    try:
        head = os.read(descriptor, 4096) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    finally:
        os.close(descriptor)
    return _PAGE in head or head.startswith((_DATA, _TABLE))
