"""What the minion's configuration adds to the environment of NIM's commands."""

import pytest

from saltext_vios.driver.settings import read
from saltext_vios.errors import Refused


def environment_of(value):
    return read({"vios": {"state_dir": "/state", "environment": value}}).environment


def test_nothing_is_added_unless_configured():
    assert read({"vios": {"state_dir": "/state"}}).environment == {}


def test_names_and_texts_are_added():
    assert environment_of({"LDR_CNTRL": "MAXDATA=0x80000000"}) == {"LDR_CNTRL": "MAXDATA=0x80000000"}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("LDR_CNTRL=x", "vios:environment is a text, expected a map"),
        ([{"A": "b"}], "expected a map of names to texts"),
        ({"A=B": "c"}, "holds the name 'A=B', expected letters"),
        ({5: "c"}, "holds the name 5, expected letters"),
        ({"A": 5}, "holds A: 5, expected a text on one line"),
        ({"A": None}, "holds A: None, expected a text"),
        ({"A": "b\nc"}, "expected a text on one line"),
        ({"A": "b\0"}, "expected a text on one line"),
        ({"LC_ALL": "de_DE"}, "holds LC_ALL, which stays C"),
        ({"LANG": "de_DE"}, "holds LANG, which stays C"),
    ],
)
def test_anything_else_is_refused_with_what_is_expected(value, said):
    with pytest.raises(Refused, match=said):
        environment_of(value)
