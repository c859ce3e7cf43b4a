"""What an event of the bus must be before it counts as a hint at all."""

import math
import time

import hypothesis
import pytest
from hypothesis import strategies as st

from saltext_vios.fleet.hints import LATEST, LONGEST, Hint, read
from saltext_vios.fleet.screen import Lines
from saltext_vios.fleet.watcher import shown_at, watch
from saltext_vios.fleet.watching import Picture
from tests.unit.fleet.test_watcher import BUSY, OVER, Answers, Bus, bus_event

GOOD = bus_event("phase")


def changed(**words):
    return bus_event("phase", **words)


def test_an_event_of_ours_is_one():
    at = GOOD["data"]["data"]["at"]
    assert read(GOOD) == Hint("nim-a", "a", "phase", "news", at, "vios1", "customizing", None, 1, 1)


def test_of_a_driver_the_message_counts():
    data = {"id": "nim-a", "data": {"message": "no space", "vios": {}, "at": 5}}
    assert read({"tag": "vios/driver/trouble", "data": data}) == Hint("nim-a", "driver", "trouble", "no space", 5)


@pytest.mark.parametrize(
    "event",
    [
        changed(run="1"),
        changed(run=True),
        changed(run=-1),
        changed(number=10**30),
        changed(number=None),
        changed(at="x"),
        changed(at=1e300),
        changed(at=math.nan),
        changed(at=-1),
        changed(message={}),
        changed(vios="\x1b[2J"),
        changed(vios=None),
        changed(phase=5),
        changed(percent="40"),
        changed(percent=101),
        changed(key="\x1b]0;x\x07"),
        changed(key=""),
        changed(master=5),
        {"tag": "vios/a/phase", "data": "x"},
        {"tag": "vios/a/phase", "data": {"id": "nim-a", "data": "x"}},
        {"tag": "vios/a/phase", "data": {"id": "nim-a", "data": {"message": "x"}}},
        {"tag": "vios/a/phase", "data": {"_stamp": "x"}},
        {"tag": "vios/a", "data": GOOD["data"]},
        {"tag": "vios/a/b/c", "data": GOOD["data"]},
        {"tag": None, "data": GOOD["data"]},
        {"tag": "vios/driver/trouble", "data": {"id": "nim-a", "data": {"message": "x", "at": "y"}}},
        {},
    ],
)
def test_one_that_is_not_as_ours_are_is_none(event):
    assert read(event) is None


@pytest.mark.parametrize("at", [0, LATEST])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_first_and_the_last_time_can_be_shown_everywhere(monkeypatch, zone, at):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert shown_at(read(changed(at=at)))
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_long_message_is_cut():
    assert len(read(changed(message="x" * 10**6)).message) == LONGEST


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.sampled_from(["a", "nim-a"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["id", "data", "run", "at"]), inner),
    max_leaves=8,
)
FIELDS = ["vios", "phase", "percent", "message", "run", "event", "at", "status"]


@hypothesis.given(st.data())
def test_nothing_that_a_minion_sends_ends_a_watch(data):
    event = bus_event("failed")
    for name in data.draw(st.sets(st.sampled_from(FIELDS), min_size=1)):
        event["data"]["data"][name] = data.draw(ANYTHING)
    event["tag"] = data.draw(st.sampled_from(["vios/a/failed", "vios/driver/trouble", "vios/b/x"]) | st.text())
    answers = [Answers({"nim-a": one}) for one in (BUSY, BUSY, OVER)]
    with open("/dev/null", "w") as out:
        watch(Picture(), lambda masters: answers.pop(0), Bus(event, bus_event("phase")), Lines(out), 0)
    assert answers == []


@hypothesis.given(ANYTHING, ANYTHING)
def test_whatever_an_event_is_it_can_be_looked_at(tag, data):
    read({"tag": tag, "data": data})
