"""When the journals are asked, and when the watching is over."""

import itertools

import pytest
from salt.exceptions import SaltReqTimeoutError

from saltext_vios.fleet import watcher
from saltext_vios.fleet.minions import Answers
from saltext_vios.fleet.watching import Picture
from tests.unit.fleet.test_watching import AT, entry, event, iso, moving, overview, vios

BUSY = overview(a=entry(vios1=moving()))
FIRST = ("nim-a", "a", "vios1 installing 40 %  in progress")
OVER = overview(a=entry("SUCCESS-UPGR1", iso(), vios1=vios("done")))


class Screen:
    def __init__(self, shows_percent=False):
        self.said, self.shows_percent = [], shows_percent

    def say(self, at, master, key, text):
        self.said.append((master, key, text))

    def show(self, picture, now):
        pass


class Bus:
    """Gives out events, then none."""

    def __init__(self, *events):
        self.events = list(events)

    def get_event(self, wait, tag, full, no_block=False):
        return self.events.pop(0) if self.events else None


def watched(answers, *events, ask_every=0, linger=0, shows_percent=False):
    asked, screen = [], Screen(shows_percent)

    def ask(masters):
        asked.append(masters)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    last = watcher.watch(Picture(), ask, Bus(*events), screen, ask_every, linger)
    return asked, screen.said, last


def bus_event(what, number=1):
    return {"tag": f"vios/a/{what}", "data": {"id": "nim-a", "data": event(number)}}


def test_nothing_under_way_ends_it_at_once():
    asked, said, last = watched([Answers({"nim-a": OVER}, silent=["nim-b"])])
    assert asked == [None]
    assert said == [("nim-b", "", "no answer")]
    assert last.silent == ["nim-b"]


def test_it_goes_on_until_the_journal_says_that_all_is_over():
    asked, said, _ = watched([Answers({"nim-a": BUSY}), Answers({"nim-a": BUSY}), Answers({"nim-a": OVER})])
    assert asked == [None] * 3
    assert said == [FIRST, ("nim-a", "a", "over: SUCCESS-UPGR1")]


def test_an_event_that_ends_something_has_its_master_asked(monkeypatch):
    monkeypatch.setattr(watcher, "PAUSE", 0)
    asked, said, _ = watched([Answers({"nim-a": BUSY}), Answers({"nim-a": OVER})], bus_event("migrated"), ask_every=999)
    assert asked == [None, ["nim-a"]]
    assert said == [FIRST, ("nim-a", "a", "news"), ("nim-a", "a", "over: SUCCESS-UPGR1")]


def test_what_was_sent_while_the_journal_was_asked_is_said_before_that_it_is_over():
    class LateBus(Bus):
        def get_event(self, wait, tag, full, no_block=False):
            return super().get_event(wait, tag, full) if no_block else None

    screen, answers = Screen(), [Answers({"nim-a": one}) for one in (BUSY, OVER, OVER)]
    watcher.watch(Picture(), lambda masters: answers.pop(0), LateBus(bus_event("migrated")), screen, 0)
    assert screen.said == [FIRST, ("nim-a", "a", "news"), ("nim-a", "a", "over: SUCCESS-UPGR1")]


@pytest.mark.parametrize(
    ("tag", "data"),
    [
        ("vios/a/phase", {"_stamp": str(AT)}),
        ("vios/a/phase", {"id": "nim-a", "data": "x"}),
        ("vios/a/phase", {"id": "nim-a", "data": {"message": "x"}}),
        ("vios/x", {"id": "nim-a", "data": {"message": "x"}}),
    ],
)
def test_other_events_below_the_same_tag_are_none_of_its_business(tag, data):
    _, said, _ = watched([Answers({"nim-a": BUSY}), Answers({"nim-a": OVER})], {"tag": tag, "data": data})
    assert said == [FIRST, ("nim-a", "a", "over: SUCCESS-UPGR1")]


def test_a_percentage_is_said_unless_the_screen_shows_it():
    percent = bus_event("percent")
    _, said, _ = watched([Answers({"nim-a": BUSY}), Answers({"nim-a": OVER})], percent)
    assert ("nim-a", "a", "news") in said
    _, said, _ = watched([Answers({"nim-a": BUSY}), Answers({"nim-a": OVER})], percent, shows_percent=True)
    assert said == [FIRST, ("nim-a", "a", "over: SUCCESS-UPGR1")]


def test_a_driver_in_trouble_is_told():
    trouble = {"tag": "vios/driver/trouble", "data": {"id": "nim-a", "data": {"message": "no space", "at": 0}}}
    _, said, _ = watched([Answers({"nim-a": BUSY}), Answers({"nim-a": OVER})], trouble)
    assert ("nim-a", "driver", "no space") in said


def test_a_salt_master_that_is_away_is_asked_again():
    away = SaltReqTimeoutError("no reply")
    asked, said, last = watched([Answers({"nim-a": BUSY}), away, Answers({"nim-a": OVER})])
    assert asked == [None] * 3
    assert said == [FIRST, ("nim-a", "", "cannot be asked: no reply"), ("nim-a", "a", "over: SUCCESS-UPGR1")]
    assert last.failed == {}


def test_a_first_question_that_cannot_be_asked_is_an_error():
    with pytest.raises(SaltReqTimeoutError):
        watched([SaltReqTimeoutError("no reply")])


def test_it_lingers_for_what_begins_later(monkeypatch):
    clock = itertools.count(0, 10)
    monkeypatch.setattr(watcher.time, "monotonic", lambda: next(clock))
    answers = [Answers({"nim-a": overview()}), Answers({"nim-a": BUSY}), *[Answers({"nim-a": OVER})] * 9]
    _, said, _ = watched(answers, linger=60)
    assert said == [("nim-a", "a", "over: SUCCESS-UPGR1")]
