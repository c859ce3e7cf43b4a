"""When the journals are asked, and when the watching is over."""

import itertools
import time
from types import SimpleNamespace

import pytest
from salt.exceptions import SaltReqTimeoutError

from saltext_vios.fleet import watcher
from saltext_vios.fleet.answers import Answers
from saltext_vios.fleet.watching import Picture
from tests.unit.fleet.test_watching import AT, entry, iso, moving, overview, vios

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
    """Gives out events, then none; more and more of them if one is a function."""

    def __init__(self, *events):
        self.events = list(events)

    def get_event(self, wait, tag, full, no_block=False):
        if self.events and callable(self.events[0]):
            return self.events[0]()
        return self.events.pop(0) if self.events else None


def a_clock_that_goes_on(monkeypatch, step):
    """By so many seconds with every look; for the watcher alone, since other threads have clocks to wait by."""
    clock = itertools.count(0, step)
    monkeypatch.setattr(watcher, "time", SimpleNamespace(monotonic=lambda: next(clock), time=time.time))


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


def bus_event(what, number=1, key="a", master="nim-a", **words):
    told = {"vios": "vios1", "phase": "customizing", "percent": None, "status": None, "message": "news", "run": 1}
    at = AT.timestamp() + 60
    data = {**told, "event": number, "at": at, **words}
    return {"tag": f"vios/{key}/{what}", "data": {"id": master, "data": data}}


def test_nothing_under_way_ends_it_at_once():
    asked, said, last = watched([Answers({"nim-a": OVER}, silent=["nim-b"])])
    assert asked == [None]
    assert said == [("nim-b", "", "no answer")]
    assert last.silent == ["nim-b"]


def test_it_continues_until_the_journal_says_that_all_is_over():
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


def test_a_driver_in_trouble_is_reported():
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
    a_clock_that_goes_on(monkeypatch, 10)
    answers = [Answers({"nim-a": overview()}), Answers({"nim-a": BUSY}), *[Answers({"nim-a": OVER})] * 9]
    _, said, _ = watched(answers, linger=60)
    assert said == [("nim-a", "a", "over: SUCCESS-UPGR1")]


def test_it_ends_when_it_is_told_to():
    screen, asked = Screen(), []

    def ask(masters):
        asked.append(masters)
        return Answers({"nim-a": BUSY})

    watcher.watch(Picture(), ask, Bus(), screen, 0, is_stopped=lambda: len(asked) == 3)
    assert len(asked) == 3


def test_what_was_sent_of_a_run_is_said_once_the_journal_told_of_it(monkeypatch):
    monkeypatch.setattr(watcher, "PAUSE", 0)
    began = overview(event=3, a=entry(vios1=moving()), b=entry(b=moving()))
    answers = [Answers({"nim-a": one}) for one in (BUSY, began, OVER)]
    asked, said, _ = watched(answers, bus_event("starting", key="b"), bus_event("failed", 4, key="b"), ask_every=999)
    assert asked == [None, ["nim-a"], ["nim-a"]]
    assert said[:3] == [FIRST, ("nim-a", "b", "news"), ("nim-a", "b", "news")]


@pytest.fixture
def seconds(monkeypatch):
    """A clock that goes on a second with every look at it."""
    a_clock_that_goes_on(monkeypatch, 1)


@pytest.mark.parametrize("forged", [bus_event("failed"), bus_event("starting", key="b"), bus_event("phase", run=2)])
def test_a_flood_of_forged_events_neither_ends_nor_blinds_the_watching(seconds, forged):
    asked, screen, numbers = [], Screen(), itertools.count(1)

    def flood():
        data = forged["data"]
        return {**forged, "data": {**data, "data": {**data["data"], "event": next(numbers)}}}

    def ask(masters):
        asked.append(masters)
        return Answers({"nim-a": BUSY if len(asked) < 9 else OVER})

    watcher.watch(Picture(), ask, Bus(flood), screen, 60)
    assert ("nim-a", "a", "over: SUCCESS-UPGR1") in screen.said
    # What no journal bears out is asked about ever more seldom.
    assert next(numbers) > 10 * watcher.AT_ONCE


def test_forged_events_do_not_keep_the_watching_from_its_end(seconds):
    numbers = itertools.count(1)
    asked = []

    def ask(masters):
        asked.append(masters)
        return Answers({"nim-a": OVER})

    watcher.watch(Picture(), ask, Bus(lambda: bus_event("starting", next(numbers), "b")), Screen(), 60)
    assert len(asked) < 4


class Rounds:
    """Those over ssh, which answer turn by turn; None where nothing came."""

    def __init__(self, *answers):
        self.answers, self.last = list(answers), Answers()

    @property
    def is_complete(self):
        return bool(self.last.returns or self.last.failed)

    def turn(self):
        came = self.answers.pop(0) or Answers()
        if came.returns or came.failed:
            self.last = came
        return came


def watched_over_ssh(minions, rounds, *events, ask_every=999):
    picture, screen = Picture(without_events={"nim-c"}), Screen()
    last = watcher.watch(picture, lambda masters: minions, Bus(*events), screen, ask_every, rounds=rounds)
    return screen.said, last


def test_those_over_ssh_are_waited_for_and_distinguished():
    rounds = Rounds(None, None, Answers({"nim-c": BUSY}), None, Answers({"nim-c": OVER}))
    said, _ = watched_over_ssh(Answers({"nim-a": OVER}), rounds)
    assert said == [("nim-c (ssh)", *FIRST[1:]), ("nim-c (ssh)", "a", "over: SUCCESS-UPGR1")]
    assert rounds.answers == []


def test_one_over_ssh_that_fails_keeps_nobody_waiting():
    rounds = Rounds(Answers(failed={"nim-c": "its ssh daemon cannot be reached"}))
    said, last = watched_over_ssh(Answers({"nim-a": OVER}), rounds)
    assert said == [("nim-c (ssh)", "", "its ssh daemon cannot be reached")]
    assert last.failed == {"nim-c": "its ssh daemon cannot be reached"}


def test_an_event_in_the_name_of_one_over_ssh_is_not_its_own():
    rounds = Rounds(Answers({"nim-c": BUSY}), None, Answers({"nim-c": OVER}))
    said, _ = watched_over_ssh(Answers(), rounds, bus_event("failed", master="nim-c"))
    assert [text for *_, text in said] == [FIRST[2], "over: SUCCESS-UPGR1"]
