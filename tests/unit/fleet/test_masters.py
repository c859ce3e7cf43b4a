"""NIM masters by two ways: the same judgement of what they answer, and one name for one NIM master."""

import pytest
from salt.exceptions import CommandExecutionError

from saltext_vios.errors import Refused
from saltext_vios.fleet import minions
from saltext_vios.fleet.answers import Answers
from saltext_vios.fleet.masters import Masters, Question
from saltext_vios.fleet.roster import TRIES, Came
from saltext_vios.fleet.ssh_answers import Reading


class Asker:
    """The roster's side: what each target answers; None for one that is silent."""

    def __init__(self, **answers):
        self.answers, self.asked, self.came, self.is_closed = answers, [], [], False

    def matching(self, tgt, tgt_type):
        return sorted(self.answers)

    def put(self, name, fun, kwargs, timeout, tries):
        self.asked.append((name, fun, kwargs, tries))
        self.came.append(Came(name, self.answers[name], 1.0))

    def take(self, wait):
        found, self.came = self.came, []
        return found

    @property
    def is_asking(self):
        return bool(self.came)

    def close(self):
        self.is_closed = True


@pytest.fixture
def of_minions(monkeypatch):
    """Minions that hold, and what they were asked."""
    asked = []

    def ask(opts, tgt, fun, tgt_type="glob", timeout=None, **kwargs):
        asked.append((tgt, tgt_type, fun, kwargs))
        return Answers({"nim-a": {"held": True}})

    monkeypatch.setattr(minions, "ask", ask)
    monkeypatch.setattr(minions, "matching", lambda opts, tgt, tgt_type: ["nim-a"])
    return asked


HELD = Reading({"held": True})


def hold(ssh, asker):
    with Masters({}, ssh, asker) as masters:
        return masters.ask("nim-*", "vios.hold", reason="x")


def test_one_call_reaches_both(of_minions):
    asker = Asker(c=HELD, d=None)
    found = hold("both", asker)
    assert found == Answers({"nim-a": {"held": True}, "c": {"held": True}}, silent=["d"])
    assert of_minions == [("nim-*", "glob", "vios.hold", {"reason": "x"})]
    assert [one[:3] for one in asker.asked] == [(name, "vios.hold", {"reason": "x"}) for name in "cd"]
    assert asker.is_closed


def test_one_way_asks_nobody_of_the_other(of_minions):
    asker = Asker(c=HELD)
    assert hold(True, asker).returns == {"c": {"held": True}}
    assert of_minions == []
    assert hold(False, asker).returns == {"nim-a": {"held": True}}
    assert len(asker.asked) == 1


def test_what_comes_over_ssh_is_held_against_its_form(of_minions):
    no_nim_master = "'vios' __virtual__ returned False: this minion is no NIM master: lsnim is neither in /usr/sbin"
    found = hold(
        True,
        Asker(
            a=Reading({"held": "yes"}),
            b=Reading(no_nim_master, 255),
            c=Reading("'vios.hold' is not available.", 255),
            d=Reading("the connection was lost", 255, is_lost=True),
        ),
    )
    assert found.returns == {}
    assert found.failed["a"].startswith("its answer has another form: held: expected true or false")
    assert "salt-ssh a pip.list" in found.failed["a"]
    assert sorted(found.failed) == ["a", "c", "d"]
    assert found.lost == ["d"]


def test_a_name_of_both_is_refused(of_minions):
    with pytest.raises(Refused, match="both a minion and a target of the roster have this name"):
        hold("both", Asker(**{"nim-a": HELD}))


@pytest.mark.parametrize("ssh", ["yes", 2, None, [True]])
def test_another_way_is_refused(ssh):
    with pytest.raises(Refused, match="expected true"):
        Masters({}, ssh, Asker())


def test_a_target_that_nobody_is_is_an_error(monkeypatch):
    monkeypatch.setattr(minions, "matching", lambda opts, tgt, tgt_type: [])
    with pytest.raises(CommandExecutionError, match="no minion; see: salt-key -L and no target of the roster"):
        hold("both", Asker())


def test_only_what_can_be_asked_twice_is_asked_again(of_minions):
    asker = Asker(c=Reading({"result": True}))
    with Masters({}, True, asker) as masters:
        for fun in ("vios.migrate", "vios.overview"):
            masters.ask_each(fun, [Question(["c"], {}, ssh=True)])
    assert {fun: tries for _, fun, _, tries in asker.asked} == {"vios.migrate": 1, "vios.overview": TRIES}
