"""The times in what is returned: written in one way, and read back as what they were."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.migration import timestamps

AT = 1_795_917_600  # 2026-11-29 02:00:00 UTC


@pytest.fixture
def set_zone(monkeypatch):
    def set_it(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_it
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"])
def test_a_time_is_read_as_it_was_written(set_zone, zone):
    set_zone(zone)
    assert timestamps.read(timestamps.text(AT)).timestamp() == AT


def test_a_time_has_its_zone_and_no_fractions(set_zone):
    set_zone("UTC")
    assert timestamps.text(AT + 0.5) == "2026-11-29T02:00:00+00:00"
    assert timestamps.text(None) is None


@given(st.datetimes(datetime(1970, 1, 2), datetime(9998, 1, 1)), st.integers(-23 * 60, 23 * 60))
def test_what_is_written_in_any_zone_is_read_as_that_moment(moment, minutes):
    written = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert timestamps.read(timestamps.write(written)) == written


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-11-29T", "2026-13-01T00:00:00+00:00", "20261129T020000Z", "x" * 99]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"expected|must be"):
        timestamps.read(text)


def test_a_time_without_a_zone_has_none():
    assert timestamps.read("2026-11-29T02:00").tzinfo is None
