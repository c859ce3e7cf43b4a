"""The data file of all that is assumed about NIM, without the marks of how sure it is."""

import functools
import json
import os
from typing import Any


@functools.cache
def table() -> dict[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), "assumptions.json")) as file:
        found: dict[str, Any] = json.load(file)
    return found


def assumed(section: str, name: str) -> Any:
    """One text, number or switch."""
    return table()[section][name][0]


def message(which: str, /, **words: object) -> str:
    return str(assumed("message", which)).format(**words)
