"""Levels are compared number by number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.errors import Refused
from saltext_vios.migration.levels import parse, reached

LEVELS = st.lists(st.integers(0, 999), min_size=2, max_size=5).map(lambda numbers: ".".join(map(str, numbers)))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("3.1", (3, 1)), ("3.1.4.31", (3, 1, 4, 31)), ("4.1.0.00", (4, 1, 0, 0)), ("1.2.3.4.5", (1, 2, 3, 4, 5))],
)
def test_a_level_is_two_to_five_numbers(text, numbers):
    assert parse(text) == numbers


@pytest.mark.parametrize(
    "text", ["", "3", "1.2.3.4.5.6", "3.", ".3", "3..1", "3.x", "v3.1", "3.1 ", "3.1\n", "-3.1", "\u0663.\u0661"]
)
def test_another_text_is_refused_by_its_value(text):
    with pytest.raises(Refused, match=r"expected dotted numbers such as '3\.1\.4\.31'"):
        parse(text)


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
    assert reached(have, wanted)


@pytest.mark.parametrize(
    ("have", "wanted"), [("3.1.4.30", "3.1.4.31"), ("3.1.9.0", "3.1.10.0"), ("2.2.6.65", "3.1"), ("3.1.4", "3.1.4.31")]
)
def test_a_level_below_has_not(have, wanted):
    assert not reached(have, wanted)


@given(LEVELS, LEVELS)
def test_of_two_levels_one_has_reached_the_other_and_both_only_if_equal(one, other):
    assert reached(one, other) or reached(other, one)
    equal = [*parse(one), 0, 0, 0][:5] == [*parse(other), 0, 0, 0][:5]
    assert (reached(one, other) and reached(other, one)) == equal


@given(LEVELS, LEVELS, LEVELS)
def test_what_has_reached_a_higher_level_has_reached_every_lower_one(one, two, three):
    low, middle, high = sorted((one, two, three), key=lambda level: [*parse(level), 0, 0, 0][:5])
    assert reached(middle, low)
    assert reached(high, middle)
    assert reached(high, low)
