"""Which names a NIM object can have."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.errors import Refused
from saltext_vios.nim.names import check_name, check_part

LETTERS = string.ascii_letters + string.digits + "!_"


@given(st.text(LETTERS, min_size=1, max_size=1), st.text(LETTERS + "-", max_size=38))
def test_letters_digits_hyphens_exclamation_marks_and_underscores_make_a_name(head, tail):
    assert check_name(head + tail) == head + tail


@given(st.characters(blacklist_characters=LETTERS + "-"))
def test_no_other_character_does(character):
    for name in (character, f"vios{character}", f"vi{character}os"):
        with pytest.raises(Refused):
            check_name(name)


def test_a_name_has_at_most_39_characters():
    assert check_name("v" * 39) == "v" * 39
    with pytest.raises(Refused, match="1 to 39"):
        check_name("v" * 40)


def test_an_empty_name_is_refused():
    with pytest.raises(Refused, match="''"):
        check_name("")


def test_a_leading_hyphen_would_read_as_a_flag():
    with pytest.raises(Refused, match="not beginning with '-'"):
        check_name("-a")


@pytest.mark.parametrize("value", [5, 3.1, None, True, ["vios1"], b"vios1"])
def test_what_is_no_text_is_refused_with_the_hint_to_quote_it(value):
    with pytest.raises(Refused, match="quote it in YAML"):
        check_name(value)


def test_a_refusal_names_the_value_and_what_it_was_for():
    with pytest.raises(Refused, match=r"spot_name is 'a\.b', expected"):
        check_name("a.b", "spot_name")


@pytest.mark.parametrize("part", ["", "_sysb", "-x", "v" * 39])
def test_a_part_of_a_name_may_be_empty_or_begin_with_a_hyphen(part):
    assert check_part(part, "mksysb_postfix") == part


@pytest.mark.parametrize("part", ["a b", "a.b", "é", "v" * 40, 5, None])
def test_a_part_has_the_characters_of_a_name(part):
    with pytest.raises(Refused, match="mksysb_postfix is"):
        check_part(part, "mksysb_postfix")
