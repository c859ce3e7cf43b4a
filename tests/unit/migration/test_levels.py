"""Levels are compared number by number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.errors import Refused
from saltext_vios.migration.levels import parse, read

LEVELS = st.lists(st.integers(0, 999), min_size=2, max_size=5).map(lambda numbers: ".".join(map(str, numbers)))


@pytest.mark.parametrize("text", ["3.1", "3.1.4.31", "4.1.0.00", "1.2.3.4.5"])
def test_a_level_is_two_to_five_numbers_and_shown_as_it_was_written(text):
    assert str(parse(text)) == str(read(text)) == text


@pytest.mark.parametrize(
    "text", ["", "3", "1.2.3.4.5.6", "3.", ".3", "3..1", "3.x", "v3.1", "3.1 ", "3.1\n", "-3.1", "\u0663.\u0661"]
)
def test_another_text_is_refused_by_its_value(text):
    with pytest.raises(Refused, match=r"expected dotted numbers such as '3\.1\.4\.31'"):
        parse(text)


@pytest.mark.parametrize("text", ["", "3", "3.1.4.31 SP1", "3.1\n", None, ["3.1", "3.2"]])
def test_what_a_machine_printed_and_is_no_level_is_none(text):
    assert read(text) is None


@pytest.mark.parametrize("value", [3.1, 3, None, True])
def test_a_number_is_refused_with_the_hint_to_quote_it(value):
    with pytest.raises(Refused, match="quoted in YAML"):
        parse(value)


@pytest.mark.parametrize(
    ("have", "wanted"),
    [
        ("3.1.4.31", "3.1.4.31"),
        ("3.1.10.0", "3.1.9.0"),
        ("4.1.0.0", "3.1.4.31"),
        ("3.1", "3.1.0.0"),
        ("3.01.4", "3.1.4"),
    ],
)
def test_a_level_at_or_above_the_wanted_one_has_reached_it(have, wanted):
    assert parse(have) >= parse(wanted)


@pytest.mark.parametrize(
    ("have", "wanted"), [("3.1.4.30", "3.1.4.31"), ("3.1.9.0", "3.1.10.0"), ("2.2.6.65", "3.1"), ("3.1.4", "3.1.4.31")]
)
def test_a_level_below_has_not(have, wanted):
    assert parse(have) < parse(wanted)


def by_number(text):
    return [*map(int, text.split(".")), 0, 0, 0][:5]


@given(LEVELS, LEVELS)
def test_levels_are_ordered_as_their_numbers_are(one, other):
    left, right = parse(one), parse(other)
    assert (left < right, left == right) == (by_number(one) < by_number(other), by_number(one) == by_number(other))


@given(LEVELS)
def test_equal_levels_count_as_one(text):
    assert len({parse(text), parse(text.replace(".", ".0"))}) == 1
