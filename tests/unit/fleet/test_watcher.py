"""When the journals are asked, and when the watching is over."""

from saltext_vios.fleet import watcher
from saltext_vios.fleet.minions import Answers
from saltext_vios.fleet.watching import Picture
from tests.unit.fleet.test_watching import AT, entry, event, iso, moving, overview, vios

BUSY = overview(a=entry(vios1=moving()))
FIRST = ("nim-a", "a", "vios1 installing 40 %  in progress")
OVER = overview(a=entry("SUCCESS-UPGR1", iso(), vios1=vios("done")))


class Screen:
    def __init__(self):
        self.said = []

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


def watched(answers, *events, ask_every=0):
    asked, screen = [], Screen()

    def ask(masters):
        asked.append(masters)
        return answers.pop(0)

    last = watcher.watch(Picture(), ask, Bus(*events), screen, ask_every)
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


def test_other_events_below_the_same_tag_are_none_of_its_business():
    strange = {"tag": "vios/a/phase", "data": {"_stamp": str(AT)}}
    _, said, _ = watched([Answers({"nim-a": BUSY}), Answers({"nim-a": OVER})], strange)
    assert said == [FIRST, ("nim-a", "a", "over: SUCCESS-UPGR1")]
