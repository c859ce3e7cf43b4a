"""When those without events are asked while somebody watches."""

import pytest

from saltext_vios.fleet.roster import Came
from saltext_vios.fleet.rounds import Rounds
from saltext_vios.fleet.ssh_answers import Reading
from tests.unit.fleet.test_watcher import BUSY


class Asker:
    """Answers with the next turn; ``took`` are the seconds of each target, None for one that is silent."""

    def __init__(self, took):
        self.took, self.asked, self.held = took, [], []

    def put(self, name, fun, kwargs, timeout):
        self.asked.append(name)
        self.held.append(name)

    def take(self, wait):
        came = [self.came(name) for name in self.held]
        self.held.clear()
        return came

    def came(self, name):
        took = self.took[name]
        return Came(name, None, 60.0) if took is None else Came(name, Reading(BUSY), took)


def asked_within(seconds, ask_every, **took):
    """How often each is asked, with a turn every second."""
    asker, now = Asker(took), [0.0]
    rounds = Rounds(asker, list(took), ask_every, lambda: now[0])
    while now[0] < seconds:
        rounds.turn()
        now[0] += 1
    return {name: asker.asked.count(name) for name in took}


def test_each_is_asked_as_often_as_was_said():
    assert asked_within(100, 10, a=0.5, b=1.0) == {"a": 10, "b": 10}


def test_one_that_takes_long_rests_ten_times_as_long():
    assert asked_within(200, 10, a=0.5, b=5.0) == {"a": 20, "b": 4}


def test_one_that_is_silent_is_asked_again_after_its_limit():
    assert asked_within(200, 10, a=0.5, b=None) == {"a": 20, "b": 4}


def test_nobody_is_asked_twice_at_a_time():
    asker = Asker({"a": 1.0})
    asker.take = lambda wait: []
    rounds = Rounds(asker, ["a"], 0, lambda: 0.0)
    for _ in range(5):
        rounds.turn()
    assert asker.asked == ["a"]
    assert not rounds.is_complete


@pytest.mark.parametrize("took", [1.0, None])
def test_it_is_complete_when_each_has_answered_or_not(took):
    rounds = Rounds(Asker({"a": took, "b": 1.0}), ["a", "b"], 10, lambda: 0.0)
    assert not rounds.is_complete
    rounds.turn()
    assert rounds.is_complete
    assert rounds.last.silent == ([] if took else ["a"])
