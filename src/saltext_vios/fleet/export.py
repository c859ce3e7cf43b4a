"""A report as a file: a page, JSON or CSV, by the ending of its name."""

from __future__ import annotations

import csv
import io
import json
import os
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
# What spreadsheets take for the begin of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(report: Report) -> str:
    return json.dumps(report.data(), indent=2) + "\n"


def as_csv(report: Report) -> str:
    """A line per VIOS and run. A text that a spreadsheet would run as a formula gets a ``'`` before it."""
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, COLUMNS, extrasaction="ignore")
    lines.writeheader()
    for run in report.data()["runs"]:
        for one in run["vioses"]:
            line = {
                **run,
                "tuple_status": run["status"],
                "messages": "; ".join(run["messages"]),
                **one,
                **_failure(one["failure"]),
            }
            lines.writerow({name: _cell(value) for name, value in line.items()})
    return text.getvalue()


def _failure(told: dict[str, Any] | None) -> dict[str, Any]:
    if told is None:
        return {}
    return {**told, "seen": "; ".join(f"{name}: {text}" for name, text in told["seen"].items())}


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


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
    """Whole or not at all; what stood there is replaced.

    :raises OSError: when it cannot be written; nothing is left behind.
    """
    made = path.with_name(f".{uuid.uuid4()}.new")
    try:
        with open(made, "x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
        os.replace(made, path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
