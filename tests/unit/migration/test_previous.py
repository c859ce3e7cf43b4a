"""Earlier results: whose they are, and whether they let a tuple start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.errors import Refused
from saltext_vios.migration.previous import CLEARED, Objection, last_that_counts, normalise, objection

TUPLES = (("vios2", "vios1"), ("vios3",))
KEY = "vios1-vios2"
MIGRATED = "SUCCESS-UPGR2"
FAILED = "FAILURE-UPGR1"


def test_no_map_stays_no_map():
    assert normalise(None, TUPLES) is None


def test_an_empty_map_is_a_map():
    assert normalise({}, TUPLES) == {}


@pytest.mark.parametrize(
    "key",
    [
        "vios1-vios2",
        "vios2-vios1",
        "vios1,vios2",
        "vios2, vios1",
        "(vios1, vios2)",
        "[vios2,vios1]",
        "vios1 vios2",
        "vios1 - vios2",
    ],
)
def test_a_key_may_be_written_in_any_order_and_form(key):
    assert normalise({key: MIGRATED}, TUPLES) == {KEY: MIGRATED}


def test_a_single_vios_has_its_name_as_key():
    assert normalise({"vios3": MIGRATED}, TUPLES) == {"vios3": MIGRATED}
    assert normalise({"(vios3)": MIGRATED}, TUPLES) == {"vios3": MIGRATED}


def test_names_with_hyphens_find_their_entry():
    assert normalise({"b-c-a": MIGRATED}, (("a", "b-c"),)) == {"a-b-c": MIGRATED}


@pytest.mark.parametrize("key", ["vios4", "vios1", "vios1-vios3", "vios1vios2", "vios 3", "vios1-vios2-vios3"])
def test_entries_of_other_tuples_are_left_out(key):
    assert normalise({key: MIGRATED}, TUPLES) == {}


@pytest.mark.parametrize("status", [None, ""])
def test_an_empty_entry_counts_as_none(status):
    assert normalise({KEY: status}, TUPLES) == {}
    assert normalise({KEY: status, "vios2-vios1": MIGRATED}, TUPLES) == {KEY: MIGRATED}


def test_two_keys_of_one_tuple_may_say_the_same():
    assert normalise({"vios1-vios2": MIGRATED, "vios2-vios1": MIGRATED}, TUPLES) == {KEY: MIGRATED}


@pytest.mark.parametrize("other", ["vios2-vios1", "vios1,vios2"])
def test_two_keys_of_one_tuple_must_not_differ(other):
    with pytest.raises(Refused, match="for one tuple; give it one status"):
        normalise({KEY: MIGRATED, other: FAILED}, TUPLES)


@given(st.dictionaries(st.text(alphabet="vios123-, ()", max_size=14), st.one_of(st.none(), st.text(max_size=5))))
def test_no_status_is_invented(vios_status):
    try:
        found = normalise(vios_status, TUPLES)
    except Refused:
        return
    assert set(found) <= {KEY, "vios3"}
    assert all(status in vios_status.values() for status in found.values())


def refusal(entry, recorded=None, is_recorded=False):
    return objection(KEY, entry, recorded, is_recorded)


@pytest.mark.parametrize(
    "entry", ["SUCCESS-UPGR1", "SUCCESS-UPGR2", "SUCCESS-CURRENT", "SUCCESS-ALTDC", "SUCCESS-UPGR1-INIT"]
)
def test_an_earlier_success_lets_a_tuple_start(entry):
    assert refusal(entry) is None


def test_without_an_entry_nothing_starts():
    assert refusal(None).status == "SKIPPED-NO-PREV-STATUS"


@pytest.mark.parametrize(
    "entry", ["FAILURE-UPGR1", "FAILURE-CHECK", "SKIPPED-TIMEOUT", "SKIPPED-HELD", "FAILURE-HC", "whatever"]
)
def test_an_entry_that_is_no_success_is_passed_on_unchanged(entry):
    assert refusal(entry) == Objection(entry, f"{KEY}: skipped (vios_status: {entry})")


@pytest.mark.parametrize("entry", ["FAILURE-CHECK", "SKIPPED-TIMEOUT", "SKIPPED-HELD", CLEARED])
def test_what_the_journal_knows_as_nothing_done_is_no_objection(entry):
    assert refusal(entry, recorded=entry, is_recorded=True) is None


@pytest.mark.parametrize("entry", ["FAILURE-UPGR1", "FAILURE-UPGR2-WAIT", "FAILURE-UPGR1-INIT"])
def test_a_failure_in_the_journals_map_stands_in_the_way(entry):
    assert refusal(entry, recorded=entry, is_recorded=True).status == entry


def test_started_by_the_map_but_failed_by_the_journal_is_a_failure():
    assert refusal("SUCCESS-UPGR1-INIT", recorded=FAILED).status == FAILED


def test_done_by_the_map_is_the_callers_word_whatever_the_journal_knows():
    assert refusal("SUCCESS-UPGR1", recorded=FAILED) is None


@pytest.mark.parametrize("recorded", [None, "SUCCESS-UPGR1", "FAILURE-CHECK", "SKIPPED-TIMEOUT"])
def test_started_by_the_map_is_looked_at_where_the_journal_knows_no_failure(recorded):
    assert refusal("SUCCESS-UPGR1-INIT", recorded=recorded) is None


@pytest.mark.parametrize(
    ("newest_first", "counts"),
    [
        ([], None),
        ([None], None),
        (["SUCCESS-UPGR2", "FAILURE-UPGR1"], "SUCCESS-UPGR2"),
        (["SKIPPED-TIMEOUT", "FAILURE-UPGR1"], "FAILURE-UPGR1"),
        (["FAILURE-CHECK", "SKIPPED-HELD"], "FAILURE-CHECK"),
        ([None, "SKIPPED-NO-PREV-STATUS", "FAILURE-UPGR1"], "FAILURE-UPGR1"),
        (["SKIPPED-NO-PREV-STATUS"], None),
        ([CLEARED, "FAILURE-UPGR1"], CLEARED),
        (["SKIPPED-HELD", CLEARED, "FAILURE-UPGR1"], CLEARED),
    ],
)
def test_a_skip_does_not_hide_what_was_tried_before_it(newest_first, counts):
    assert last_that_counts(newest_first) == counts
