"""The core's dataclasses as JSON and back, for the journal."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import Enum
from typing import Any

from saltext_vios.migration.facts import Command, CommandState, Outcome, View
from saltext_vios.migration.machine import Migration, State


def dump(migration: Migration) -> str:
    return json.dumps(asdict(migration), default=_plain)


def load(text: str) -> Migration:
    values: dict[str, Any] = json.loads(text)
    values["state"] = State(values["state"])
    for name in ("baseline", "view"):
        if values[name] is not None:
            values[name] = _view(values[name])
    if values["command"] is not None:
        values["command"] = Command(**{**values["command"], "state": CommandState(values["command"]["state"])})
    return Migration(**values)


def _view(values: dict[str, Any]) -> View:
    outcome = values["outcome"]
    return View(**{**values, "outcome": Outcome(outcome) if outcome else None})


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} does not belong in the journal")
