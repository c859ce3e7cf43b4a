"""Reads events of NIM masters as hints: any minion can send one in another's name, so nothing rests on them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from saltext_vios.nim.names import is_key, is_name

if TYPE_CHECKING:
    from typing import TypeGuard

MOST = 2**53  # of a number that JSON keeps
LATEST = 10**11  # seconds since the epoch: every zone has a time for it
LONGEST = 1000  # characters of a message
DRIVER = "driver"  # in the place of a tuple: what befell the driver itself


@dataclass(frozen=True)
class Hint:
    """What a NIM master is said to have sent. ``number`` is the event's in its journal; both are 0 for a driver's."""

    master: str
    key: str
    what: str
    message: str
    at: float = 0.0
    vios: str = ""
    phase: str = ""
    percent: int | None = None
    run: int = 0
    number: int = 0


def read(event: Mapping[str, Any]) -> Hint | None:
    """An event of the bus; None for one that is not of ours, or not as ours are."""
    data = event.get("data")
    parts = str(event.get("tag")).split("/")
    if not isinstance(data, Mapping) or len(parts) != 3 or parts[0] != "vios":
        return None
    master, told, (_, key, what) = data.get("id"), data.get("data"), parts
    if not isinstance(master, str) or not isinstance(told, Mapping) or not is_key(key):
        return None
    message = told.get("message", "")
    if not isinstance(message, str):
        return None
    if key == DRIVER and "run" not in told:
        at = told.get("at", 0)
        return Hint(master, key, what, message[:LONGEST], at) if _is_time(at) else None
    return _of_tuple(master, key, what, message[:LONGEST], told)


def _of_tuple(master: str, key: str, what: str, message: str, told: Mapping[str, Any]) -> Hint | None:
    at, run, number = told.get("at"), told.get("run"), told.get("event")
    vios, phase, percent = told.get("vios"), told.get("phase", ""), told.get("percent")
    if not _is_time(at) or not _is_number(run) or not _is_number(number):
        return None
    if not isinstance(vios, str) or (vios and not is_name(vios)):
        return None
    if phase is not None and not isinstance(phase, str):
        return None
    if percent is not None and not (_is_number(percent) and percent <= 100):
        return None
    return Hint(master, key, what, message, at, vios, (phase or "")[:LONGEST], percent, run, number)


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def _is_time(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and 0 <= value <= LATEST
