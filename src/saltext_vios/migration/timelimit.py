"""Time limits: nothing is started at or after one."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo

from saltext_vios.errors import Refused
from saltext_vios.migration import timestamps

EXPECTED = (
    "expected mm/dd/yyyy hh:mm, ISO 8601 such as 2026-11-30T04:00+01:00, or a duration from now such as 4h or 2h30m"
)
_IBM = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\s+(\d{1,2}):(\d{2})", re.ASCII)
_DURATION = re.compile(r"\+?(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)


def parse(value: object, now: datetime, zone: tzinfo | None = None) -> datetime:
    """The moment that a limit means, with its zone. A limit that is past already is none of our business here.

    :param now: an aware time, for durations.
    :param zone: of times without one; the machine's own unless given.
    :raises Refused: naming the value and the forms it may have.
    """
    return _within_reach("time_limit", value, _moment("time_limit", value, now, zone))


def past(value: object, now: datetime, zone: tzinfo | None = None) -> datetime:
    """The moment since which somebody asks: the same forms, but a duration goes back from now.

    :raises Refused: as ``parse`` does.
    """
    found = _moment("since", value, now, zone)
    if isinstance(value, str) and duration(value.strip()) is not None:
        try:
            found = now - (found - now)
        except OverflowError:
            raise Refused(f"since is {value!r}, which is too far away; {EXPECTED}") from None
    return _within_reach("since", value, found)


def _within_reach(name: str, value: object, found: datetime) -> datetime:
    if not 1970 <= found.year < 9999:
        raise Refused(f"{name} is {value!r}, which is too far away; {EXPECTED}")
    return found


def _moment(name: str, value: object, now: datetime, zone: tzinfo | None) -> datetime:
    try:
        if isinstance(value, datetime):
            return _local(value, zone)
        if isinstance(value, date):
            return _local(datetime(value.year, value.month, value.day), zone)
        if not isinstance(value, str):
            raise Refused(f"{name} is {value!r}, {EXPECTED}; quote it in YAML, which reads 12:30 as 750")
        found = _written(value.strip(), now, zone)
    except OverflowError:
        raise Refused(f"{name} is {value!r}, which is too far away; {EXPECTED}") from None
    except Refused:
        raise
    except ValueError as error:
        raise Refused(f"{name} is {value!r}: {error}; {EXPECTED}") from error
    if found is None:
        raise Refused(f"{name} is {value!r}, {EXPECTED}")
    return found


def _written(text: str, now: datetime, zone: tzinfo | None) -> datetime | None:
    ibm = _IBM.fullmatch(text)
    if ibm:
        month, day, year, hour, minute = (int(part) for part in ibm.groups())
        return _local(datetime(year, month, day, hour, minute), zone)
    iso = timestamps.find(text)
    if iso is not None:
        return _local(iso, zone)
    length = duration(text)
    # Within a zone Python adds to the wall clock, which leaves out the hour of a DST change.
    return None if length is None else (now.astimezone(timezone.utc) + length).astimezone(zone)


def duration(text: str) -> timedelta | None:
    """What ``4h``, ``2h30m`` or ``+90m`` mean; None for a text that is no duration.

    :raises OverflowError: for one that is longer than Python can hold.
    """
    found = _DURATION.fullmatch(text.lower())
    if not found:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _local(found: datetime, zone: tzinfo | None) -> datetime:
    """A time without a zone is one of this zone, or of the machine's own."""
    if found.tzinfo:
        return found
    return found.replace(tzinfo=zone) if zone else found.astimezone()


def show(limit: datetime, zone: tzinfo | None = None) -> str:
    """As IBM's module writes it, in the machine's own zone."""
    return limit.astimezone(zone).strftime("%m/%d/%Y %H:%M")
