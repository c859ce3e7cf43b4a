"""What earlier migrations say of the next one, and what becomes of a tuple that would not be done in time."""

import pytest

from saltext_vios.migration.checks import Checked
from saltext_vios.migration.durations import AUTO, History, span
from saltext_vios.migration.facts import Progress
from saltext_vios.migration.levels import parse
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.start import Moment, Situation, decide
from saltext_vios.migration.transitions import Event
from saltext_vios.migration.tuples import Run, Terms, in_order

HOUR = 3600.0
HISTORY = History({"slow": [4 * HOUR, 5 * HOUR, 3 * HOUR], "quick": [HOUR]})


def run(*names, number=1, request=1, **terms):
    migrations = tuple(Migration(name, n) for n, name in enumerate(names, 1))
    return Run(number, request, "-".join(sorted(names)), migrations, Terms(**terms))


def stop(one, wall, history=HISTORY):
    """What stands in the way of a VIOS that is below the level, and well."""
    below = {name: Checked(Progress(), parse("3.1.2.21"), parse("3.1.4.31")) for name in one.vioses}
    return decide(Situation(one, wall, history=history, checked=below), Moment.START).answer


def test_a_vios_takes_the_median_of_its_own():
    assert HISTORY.expected("slow") == 4 * HOUR


def test_a_vios_without_a_history_takes_the_median_of_all():
    assert HISTORY.expected("new") == 3.5 * HOUR


def test_without_any_history_nothing_is_expected():
    assert History().expected("new") is None


@pytest.mark.parametrize(
    ("margin", "vios", "left", "starts"),
    [
        (None, "slow", 0.1, True),
        (2 * HOUR, "quick", 2, True),
        (2 * HOUR, "quick", 1.9, False),
        (AUTO, "slow", 4, True),
        (AUTO, "slow", 3.9, False),
        (AUTO, "quick", 1, True),
        (AUTO, "new", 3.4, False),
        (None, "quick", 0, False),
    ],
)
def test_nothing_starts_that_would_not_be_done_by_the_limit(margin, vios, left, starts):
    terms = {"time_limit": 10 * HOUR, "time_limit_text": "11/30/2026 04:00", "margin": margin}
    found = stop(run(vios, **terms), (10 - left) * HOUR)
    assert (found is None) is starts
    if found is not None:
        assert found.event is Event.PAST_LIMIT
        assert "ime limit 11/30/2026 04:00" in found.why


def test_it_says_how_long_it_takes_and_what_is_left():
    terms = {"time_limit": 10 * HOUR, "time_limit_text": "x", "margin": AUTO}
    assert "slow is expected to take 4 h, 2 h left" in stop(run("slow", **terms), 8 * HOUR).why


def test_auto_without_a_history_goes_by_the_limit_alone():
    assert stop(run("new", time_limit=10.0, margin=AUTO), 9.0, History()) is None


def test_tuples_go_in_the_order_given():
    first, second = run("quick", number=1), run("slow", number=2)
    assert in_order([first, second], HISTORY) == [first, second]


def test_those_that_took_longest_go_first_where_that_is_asked_for():
    runs = [run(name, number=n, longest_first=True) for n, name in enumerate(["quick", "new", "slow"])]
    assert [one.key for one in in_order(runs, HISTORY)] == ["slow", "new", "quick"]
    assert in_order(runs, History()) == runs


def test_a_pair_takes_what_its_vioses_take():
    pair, single = run("quick", "quick2", longest_first=True), run("slow", number=2, longest_first=True)
    assert in_order([single, pair], HISTORY) == [pair, single]


def test_an_earlier_request_goes_before_a_longer_one():
    early, late = run("quick", longest_first=True), run("slow", number=2, request=2, longest_first=True)
    assert in_order([late, early], HISTORY) == [early, late]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (90000, "1 d 1 h"), (86400 * 8 + 60, "8 d 1 min")],
)
def test_a_length_of_time_is_written_in_two_units(seconds, words):
    assert span(seconds) == words
