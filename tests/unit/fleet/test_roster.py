"""Words that Salt reads on the other side as the same values, and whom a roster means."""

import contextlib
import getpass

import pytest
import salt.utils.args
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.errors import Refused
from saltext_vios.fleet.roster import Asker, words

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=30)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text("abc", min_size=1), SCALARS, max_size=3)


def as_salt_reads(kwargs):
    return salt.utils.args.parse_input(words(kwargs), condition=False)[1]


@pytest.mark.parametrize(
    "value",
    [
        *("3.1.4.31", "3.10", "12:30", "yes", "null", "None", "5", "10%", "=x", "a=b", "[x", "{", "|", "!", ""),
        *('team: # "x"', "# no", "-", "---", "2026-11-29T04:00:00+01:00", "a\nb", "naïve 🙂", "1_000"),
        *(None, True, False, 0, 5, -1, 1.5),
        *([["vios1", "vios2"]], {"vios1-vios2": "SUCCESS-UPGR1"}, [], {}),
    ],
)
def test_a_value_arrives_as_it_is(value):
    found = as_salt_reads({"reason": value})["reason"]
    assert (found, type(found)) == (value, type(value))


@given(value=VALUES)
def test_any_value_arrives_or_is_refused(value):
    with contextlib.suppress(Refused):
        assert as_salt_reads({"reason": value}) == {"reason": value}


def test_what_no_word_means_is_refused():
    with pytest.raises(Refused, match="cannot be sent over ssh"):
        words({"reason": "\ud800"})


@pytest.fixture
def asker(tmp_path):
    """One that reads a roster of its own; nothing of it is ever connected to."""

    def make(roster):
        (tmp_path / "master").write_text(f"root_dir: {tmp_path}\nuser: {getpass.getuser()}\n")
        if roster is not None:
            (tmp_path / "roster").write_text(roster)
        made.append(Asker({"conf_file": str(tmp_path / "master")}))
        return made[-1]

    made = []
    yield make
    for one in made:
        one.close()


ROSTER = """
nim-c: {host: 127.0.0.1, port: 1, user: root, passwd: S3cret-Word}
nim-d: {host: 127.0.0.1, port: 1}
other: {host: 127.0.0.1, port: 1}
"""


def test_the_roster_is_read_as_salt_reads_it(asker):
    made = asker(ROSTER)
    assert made.matching("nim-*", "glob") == ["nim-c", "nim-d"]
    assert made.matching(["other", "nim-d", "nobody"], "list") == ["nim-d", "other"]
    assert made.matching("nobody", "glob") == []


def test_a_way_to_mean_targets_that_a_roster_does_not_know_is_refused(asker):
    with pytest.raises(Refused, match="tgt_type is 'grain', a roster knows: glob"):
        asker(ROSTER).matching("role:nim", "grain")


@pytest.mark.parametrize("roster", [None, "nim-c: {passwd: S3cret-Word", "{{ S3cret-Word }}"])
def test_a_roster_that_cannot_be_read_shows_nothing_of_itself(asker, roster, capfd):
    made = asker(roster)
    try:
        assert made.matching("nim-c", "glob") == []
    except Exception as error:
        told = str(error)
        assert "the roster cannot be read" in told
        assert "S3cret" not in told
        if roster is None:
            assert told.endswith("write one, or leave out what needs it: roster in the fleet file, ssh in the call")
    assert "S3cret" not in "".join(capfd.readouterr())
