"""Which moment a time limit means."""

from datetime import date, datetime, timedelta, timezone

import pytest
from dateutil import tz
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.errors import Refused
from saltext_vios.migration.timelimit import parse, show

UTC = timezone.utc
NEW_YORK = tz.gettz("America/New_York")
NOW = datetime(2026, 11, 29, 22, 0, tzinfo=NEW_YORK)
SPRING = datetime(2026, 3, 7, 12, 0, tzinfo=NEW_YORK)  # the night after it has 23 hours
AUTUMN = datetime(2026, 10, 31, 12, 0, tzinfo=NEW_YORK)  # and the night after this one 25


def utc(*numbers):
    return datetime(*numbers, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "11/30/2026 04:00",
        "11/30/2026  4:00",
        " 11/30/2026 04:00 ",
        "2026-11-30T04:00",
        "2026-11-30 04:00",
        "2026-11-30T04:00:00",
        datetime(2026, 11, 30, 4, 0),
    ],
)
def test_a_time_without_a_zone_is_local(value):
    assert parse(value, NOW, NEW_YORK) == utc(2026, 11, 30, 9, 0)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-30T04:00Z",
        "2026-11-30T05:00+01:00",
        "2026-11-30T05:00+0100",
        "2026-11-30 05:00 +01:00",
        "2026-11-29T23:00:00-05:00",
        datetime(2026, 11, 30, 4, 0, tzinfo=UTC),
    ],
)
def test_a_time_with_a_zone_is_of_that_zone(value):
    assert parse(value, NOW, NEW_YORK) == utc(2026, 11, 30, 4, 0)


@pytest.mark.parametrize("value", ["2026-11-30", date(2026, 11, 30)])
def test_a_day_means_its_begin(value):
    assert parse(value, NOW, NEW_YORK) == utc(2026, 11, 30, 5, 0)


@pytest.mark.parametrize(
    ("value", "hours", "offset"),
    [
        ("07/01/2026 04:00", 8, "summer"),
        ("01/15/2026 04:00", 9, "winter"),
        ("03/08/2026 04:00", 8, "the day of the change"),
    ],
)
def test_a_local_time_has_the_offset_of_its_own_day_not_of_today(value, hours, offset):
    assert parse(value, NOW, NEW_YORK).astimezone(UTC).hour == hours, offset


def test_of_a_local_time_that_comes_twice_the_earlier_one_is_meant():
    assert parse("11/01/2026 01:30", NOW, NEW_YORK).timestamp() == utc(2026, 11, 1, 5, 30).timestamp()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("4h", 14400),
        ("90m", 5400),
        ("+2h30m", 9000),
        ("2h30m", 9000),
        ("1d", 86400),
        ("45s", 45),
        ("1d2h3m4s", 93784),
        ("4H", 14400),
        ("0h", 0),
    ],
)
def test_a_duration_counts_from_now(value, seconds):
    assert parse(value, NOW, NEW_YORK).timestamp() - NOW.timestamp() == seconds


@pytest.mark.parametrize("now", [SPRING, AUTUMN])
def test_a_duration_keeps_its_length_over_a_change_of_the_clocks(now):
    assert parse("24h", now, NEW_YORK).timestamp() - now.timestamp() == 24 * 3600


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    st.integers(0, 30),
    st.integers(0, 99),
    st.integers(0, 99),
    st.integers(0, 99),
)
def test_every_duration_has_the_length_it_says(now, days, hours, minutes, seconds):
    now = now.replace(tzinfo=UTC).astimezone(NEW_YORK)
    limit = parse(f"{days}d{hours}h{minutes}m{seconds}s", now, NEW_YORK)
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
    assert limit.timestamp() - now.timestamp() == pytest.approx(length, abs=1e-3)


@given(st.datetimes(datetime(1971, 1, 1), datetime(9990, 1, 1)))
def test_ibms_form_and_iso_8601_mean_the_same_moment(moment):
    moment = moment.replace(second=0, microsecond=0)
    ibm = parse(f"{moment:%m/%d}/{moment.year} {moment:%H:%M}", NOW, UTC)
    assert ibm == parse(moment.isoformat(), NOW, UTC) == moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "13/01/2026 04:00",
        "00/10/2026 04:00",
        "02/30/2026 04:00",
        "11/30/2026 24:00",
        "11/30/2026 04:60",
        "2026-13-01",
        "2026-02-30T04:00",
        "2026-11-30T24:00",
        "2026-11-30T04:00+01:60",
        "2026-11-30T04:00+24:00",
    ],
)
def test_a_day_or_hour_that_is_none_is_refused(value):
    with pytest.raises(Refused) as refusal:
        parse(value, NOW, NEW_YORK)
    assert repr(value) in str(refusal.value)
    assert "%" not in str(refusal.value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "tomorrow",
        "4",
        "4x",
        "4 h",
        "-4h",
        "+",
        "h",
        "1h30",
        "4h tomorrow",
        "11/30/26 04:00",
        "11/30/2026",
        "30.11.2026 04:00",
        "\u0664h",
    ],
)
def test_another_form_is_refused_naming_the_three_that_are_read(value):
    with pytest.raises(Refused) as refusal:
        parse(value, NOW, NEW_YORK)
    assert repr(value) in str(refusal.value)
    for form in ("mm/dd/yyyy hh:mm", "ISO 8601", "4h"):
        assert form in str(refusal.value)


@pytest.mark.parametrize("value", [750, 12.5, True, None, ["4h"]])
def test_a_number_is_refused_with_the_hint_to_quote_it(value):
    with pytest.raises(Refused, match="quote it in YAML, which reads 12:30 as 750"):
        parse(value, NOW, NEW_YORK)


@pytest.mark.parametrize("value", ["99999999999d", "3000000d", "01/01/1000 00:00", "12/31/9999 23:59", "0001-01-01"])
def test_a_moment_beyond_all_calendars_is_refused(value):
    with pytest.raises(Refused, match="too far away"):
        parse(value, NOW, NEW_YORK)


def test_a_limit_that_is_past_is_not_refused():
    assert parse("01/01/2020 00:00", NOW, NEW_YORK) < NOW


def test_without_a_zone_the_machines_own_is_taken():
    naive = datetime(2026, 11, 30, 4, 0)
    assert parse("11/30/2026 04:00", NOW).timestamp() == naive.timestamp()


@given(st.one_of(st.text(), st.text("0123456789/-:T +Zdhms", max_size=20), st.datetimes(), st.dates(), st.floats()))
def test_any_value_becomes_a_time_with_a_zone_or_is_refused(value):
    try:
        limit = parse(value, NOW, NEW_YORK)
    except Refused:
        return
    assert limit.tzinfo is not None
    assert show(limit, NEW_YORK)
    limit.timestamp()


def test_a_limit_is_shown_as_ibms_module_writes_it_in_local_time():
    assert show(utc(2026, 11, 30, 9, 0), NEW_YORK) == "11/30/2026 04:00"
