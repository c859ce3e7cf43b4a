"""What goes into the journal: the lines of a run, its commands, and the core's dataclasses as JSON and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from saltext_vios.migration import levels
from saltext_vios.migration.facts import Command, CommandState, Outcome, View
from saltext_vios.migration.machine import Migration, State


@dataclass(frozen=True)
class Note:
    """One line of the journal's log of a run, and one Salt event."""

    what: str
    vios: str
    message: str
    phase: str = ""
    percent: int | None = None
    status: str | None = None
    elapsed: int = 0


@dataclass(frozen=True)
class CommandRecord:
    """What is recorded of a ``nim`` command beside the state of its migration."""

    attempt: int
    argv: Sequence[str]
    out: bool
    rc: int | None = None
    stdout: str | None = None
    stderr: str | None = None


_LEVELS = ("wanted", "level_old", "level_new")


def dump(migration: Migration) -> str:
    known = {name: str(level) for name in _LEVELS if (level := getattr(migration, name)) is not None}
    return json.dumps({**asdict(migration), **known}, default=_plain)


def load(text: str) -> Migration:
    values: dict[str, Any] = json.loads(text)
    values["state"] = State(values["state"])
    for name in ("baseline", "view"):
        if values[name] is not None:
            values[name] = _view(values[name])
    values["mstates"] = tuple(values.get("mstates", ()))
    if values["command"] is not None:
        values["command"] = Command(**{**values["command"], "state": CommandState(values["command"]["state"])})
    values.update({name: levels.parse(values[name], name) for name in _LEVELS if values[name] is not None})
    return Migration(**values)


def _view(values: dict[str, Any]) -> View:
    outcome = values["outcome"]
    return View(**{**values, "outcome": Outcome(outcome) if outcome else None})


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} does not belong in the journal")
