"""What is known of a fleet that is watched: journals decide, events refine, time is an argument."""

from datetime import datetime, timedelta, timezone

import pytest

from saltext_vios.fleet.hints import Hint
from saltext_vios.fleet.watching import REMEMBERED, UNPROVEN, Line, Picture, count

AT = datetime(2026, 11, 29, 1, 0, tzinfo=timezone.utc)
HOUR = 3600


def iso(minutes=0):
    return (AT + timedelta(minutes=minutes)).isoformat()


def vios(state="waiting", expected=HOUR, **words):
    entry = dict.fromkeys(("phase", "percent", "since", "started", "finished", "duration"))
    return {**entry, "state": state, "expected": expected, **words}


def moving(minutes=30, **words):
    return vios("installing", phase="installing", percent=40, started=iso(-minutes), **words)


def entry(status=None, finished=None, run=1, **vioses):
    return {"run": run, "status": status, "asked": iso(-60), "finished": finished, "vios": vioses}


def overview(at=AT, event=0, **tuples):
    return {"at": at.isoformat(), "event": event, "held": None, "driver": True, "tuples": tuples}


def picture(**tuples):
    made = Picture()
    made.asked("nim-a", overview(**tuples))
    return made


def hint(key="a", what="phase", number=1, minutes=1, run=1, **words):
    told = {"master": "nim-a", "vios": "vios1", "phase": "customizing", "message": "news"}
    at = (AT + timedelta(minutes=minutes)).timestamp()
    return Hint(**{**told, "key": key, "what": what, "run": run, "number": number, "at": at, **words})


def test_what_is_under_way_is_shown_with_what_moves_first():
    made = picture(b=entry(b=vios()), a=entry("SUCCESS-UPGR1-INIT", vios1=moving(), vios2=vios()), c=entry("x", iso()))
    first, second = made.in_flight()
    assert first == Line("nim-a", "a", "SUCCESS-UPGR1-INIT", "vios1", "installing", 40, 0.25, 1.5 * HOUR)
    assert (second.key, second.status, second.vios) == ("b", "in progress", "")
    assert (first.waits, second.waits) == (False, True)


def test_what_waits_still_waits_when_an_event_shows_why():
    made = picture(b=entry(b=vios()))
    made.reported(hint("b", "waiting", vios="b", phase=""))
    assert made.in_flight()[0].waits
    assert made.in_flight()[0].state == "b  in progress"


def test_the_first_answer_shows_how_all_in_flight_stand():
    told = Picture().asked(
        "nim-a", overview(a=entry(vios1=moving()), old=entry("SUCCESS-UPGR2", iso(), o=vios("done")))
    )
    assert told == [("a", "vios1 installing 40 %  in progress")]


def test_an_event_refines_the_picture():
    made = picture(a=entry(vios1=moving()))
    assert made.reported(hint()) == "news"
    assert (made.in_flight()[0].phase, made.in_flight()[0].percent) == ("customizing", None)
    assert made.stale == set()


@pytest.mark.parametrize("what", ["starting", "migrated", "failed", "skipped", "current", "stalled"])
def test_that_something_ended_is_asked_of_the_journal(what):
    made = picture(a=entry(vios1=moving()))
    made.reported(hint("a", what))
    assert made.stale == {"nim-a"}
    assert len(made.in_flight()) == 1


def test_of_a_run_that_no_journal_knows_nothing_is_reported_until_it_was_asked():
    made = picture(a=entry(vios1=moving()))
    for one in (hint("new"), hint("a", run=2, message="again")):
        assert made.reported(one) == ""
    assert made.stale == {"nim-a"}
    assert made.in_flight()[0].phase == "installing"
    made.asked("nim-a", overview(event=5, new=entry(v=moving()), a=entry(run=2, vios1=moving())))
    assert [made.reported(one) for one in made.proven("nim-a")] == ["news", "again"]
    assert made.proven("nim-a") == []


def test_a_run_that_no_journal_ever_knew_is_forgotten():
    made = picture(a=entry(vios1=moving()))
    made.reported(hint("new"))
    made.reported(hint("a", run=10**15))
    made.asked("nim-a", overview(a=entry(vios1=moving())))
    assert made.proven("nim-a") == []
    assert made.stale == set()


def test_the_same_event_twice_shows_nothing():
    made = picture(a=entry(vios1=moving()))
    assert made.reported(hint(number=5)) == "news"
    assert made.reported(hint(number=5)) == ""


def test_an_event_with_the_highest_number_keeps_no_other_from_being_told():
    made = picture(a=entry(vios1=moving()))
    made.reported(hint(number=2**53, phase="forged"))
    assert made.reported(hint(number=1)) == "news"
    assert made.in_flight()[0].phase == "customizing"


def test_what_the_journal_knew_already_is_reported_and_moves_nothing():
    made = picture(a=entry(vios1=moving()))
    made.asked("nim-a", overview(AT + timedelta(minutes=5), 1, a=entry(vios1=moving())))
    assert made.reported(hint("a", "migrated")) == "news"
    assert made.reported(hint("a", "migrated")) == ""
    assert (made.in_flight()[0].phase, made.stale) == ("installing", set())


def test_what_happened_before_the_watching_shows_nothing():
    assert picture(a=entry(vios1=moving())).reported(hint(minutes=-1)) == ""


def test_an_event_of_an_earlier_run_shows_nothing():
    assert picture(a=entry(run=2, vios1=moving())).reported(hint(run=1)) == ""


def test_what_is_not_watched_shows_nothing():
    made = picture(a=entry(vios1=moving()))
    assert made.reported(hint(master="nim-z")) == ""
    assert (made.stale, made.heard) == (set(), {})


def test_a_vios_of_another_tuple_is_not_shown():
    made = picture(a=entry(vios1=moving()))
    made.reported(hint(vios="vios9"))
    assert made.in_flight()[0].vios == "vios1"


def test_what_befell_the_driver_is_reported_and_moves_nothing():
    made = picture(a=entry(vios1=moving()))
    before = made.in_flight()
    assert made.reported(Hint("nim-a", "driver", "trouble", "no space")) == "no space"
    assert made.reported(Hint("nim-a", "driver", "recovered", "")) == ""
    assert (made.in_flight(), made.stale) == (before, set())


def test_what_is_remembered_of_events_has_its_bounds():
    made = picture(a=entry(vios1=moving()))
    for number in range(REMEMBERED + 10):
        made.reported(hint(number=number))
    for number in range(UNPROVEN + 10):
        made.reported(hint("new", number=number))
    assert (len(made.heard), len(made.unproven)) == (REMEMBERED, UNPROVEN)


def test_the_journal_overrules_what_events_told():
    made = picture(a=entry(vios1=moving()))
    made.reported(hint("a", "failed"))
    made.asked("nim-a", overview(a=entry(vios1=moving())))
    assert made.in_flight()[0].phase == "installing"
    assert made.stale == set()


def test_a_tuple_that_is_over_is_reported_once():
    made = picture(a=entry(vios1=moving()), b=entry("SUCCESS-UPGR1", iso(-5), b=vios("done")))
    over = overview(
        a=entry("SUCCESS-UPGR1", iso(), vios1=vios("done")), b=entry("SUCCESS-UPGR1", iso(-5), b=vios("done"))
    )
    assert made.asked("nim-a", over) == [("a", "over: SUCCESS-UPGR1")]
    assert made.asked("nim-a", over) == []


def test_a_run_that_came_and_went_between_two_questions_is_reported():
    made = picture(a=entry("FAILURE-UPGR1", iso(-5), run=1, a=vios("failed")))
    found = made.asked("nim-a", overview(a=entry("SUCCESS-UPGR1", iso(), run=2, a=vios("done"))))
    assert found == [("a", "over: SUCCESS-UPGR1")]


def test_a_tuple_that_came_and_went_between_two_questions_is_reported():
    made = picture(a=entry(a=moving()))
    found = made.asked("nim-a", overview(a=entry(a=moving()), b=entry("SUCCESS-CURRENT", iso(), b=vios("current"))))
    assert found == [("b", "over: SUCCESS-CURRENT")]


def test_only_what_was_in_flight_counts_for_the_fleet():
    made = picture(a=entry(a=moving()), b=entry(b=moving()), old=entry("SUCCESS-UPGR2", iso(-999), o=vios("done")))
    assert made.over() == (0, 2)
    made.asked("nim-a", overview(a=entry("SUCCESS-UPGR1", iso(), a=vios("done")), b=entry(b=moving())))
    assert made.over() == (1, 2)


def test_the_end_is_that_of_the_longest():
    made = picture(a=entry(vios1=moving(), vios2=vios()), b=entry(b=moving()))
    assert made.end(AT) == AT + timedelta(hours=1.5)


def test_what_waits_for_a_place_makes_the_end_later():
    waiting = {name: entry(x=vios()) for name in "cdef"}
    made = picture(a=entry(a=moving()), b=entry(b=moving()), **waiting)
    assert made.end(AT) == AT + timedelta(hours=(0.5 + 0.5 + 4) / 2)


def test_one_that_takes_longer_than_expected_may_end_any_time():
    made = picture(a=entry(a=moving(90)))
    assert made.in_flight()[0].left == 0
    assert made.end(AT) is None


def test_without_history_no_end_is_reported():
    made = picture(a=entry(a=moving(expected=None)))
    assert (made.end(AT), made.in_flight()[0].share) == (None, None)


def test_a_fleet_that_is_over_has_no_end():
    assert picture(a=entry("SUCCESS-UPGR2", iso(), a=vios("done"))).end(AT) is None


def test_counts_are_by_status():
    made = overview(a=entry("SUCCESS-UPGR2", iso()), b=entry("SUCCESS-UPGR2", iso()), c=entry())
    assert count([made]) == {"SUCCESS-UPGR2": 2, "in progress": 1}


def test_what_no_driver_can_read_is_not_waited_for():
    made = picture(a=entry(vios1=vios("unreadable")), b=entry(b=moving()))
    assert [line.key for line in made.in_flight()] == ["b"]
