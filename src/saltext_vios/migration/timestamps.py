"""Moments as they stand in what is returned, written and read: ISO 8601, local time with its zone, to the second."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import overload

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(?:(Z)|([+-])(\d{2}):?(\d{2}))?)?",
    re.ASCII,
)


@overload
def text(at: float) -> str: ...
@overload
def text(at: None) -> None: ...
@overload
def text(at: float | None) -> str | None: ...
def text(at: float | None) -> str | None:
    """A moment in seconds since the epoch, in the zone of this machine; None where there is none."""
    return None if at is None else write(datetime.fromtimestamp(at, timezone.utc).astimezone())


def write(at: datetime) -> str:
    """In the zone that it has."""
    return at.isoformat(timespec="seconds")


def read(written: str) -> datetime:
    """What was written here, or by whoever writes ISO 8601 with hyphens and colons; without a zone where it has none.

    :raises ValueError: for what is none.
    """
    found = find(written)
    if found is None:
        raise ValueError(f"{written!r} is no time, expected one such as 2026-11-30T04:00:00+01:00")
    return found


def find(written: str) -> datetime | None:
    """The same; None for a text of another form. Python 3.9 itself reads fewer forms.

    :raises ValueError: for a time of this form that cannot be.
    """
    groups = _ISO.fullmatch(written)
    if groups is None:
        return None
    *numbers, fraction, utc, sign, hours, minutes = groups.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    found = datetime(year, month, day, hour, minute, second, int(f"{fraction or 0:0<6}"[:6]))
    if utc:
        return found.replace(tzinfo=timezone.utc)
    if not sign:
        return found
    if int(minutes) > 59:
        raise ValueError("minutes of the offset must be in 0..59")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return found.replace(tzinfo=timezone(-offset if sign == "-" else offset))
