"""A wave over connections that are lost: asked for once, waited for, whatever becomes of a question."""

import pytest
from salt.exceptions import CommandExecutionError

from saltext_vios.fleet.answers import Answers
from saltext_vios.fleet.wave import carry_out

KEY, PAIR = "vios1-vios2", [["vios1", "vios2"]]
AT = "2026-11-28T22:00:00+00:00"
LOST = object()


def overview(run=None, status=None, driver=True, held=None):
    over = None if status is None else AT
    tuples = {} if run is None else {KEY: {"run": run, "status": status, "asked": AT, "finished": over}}
    return {"driver": driver, "held": held, "tuples": tuples}


class Target:
    """A NIM master over ssh that answers with what is next; a function is done and answered, LOST is done neither."""

    def __init__(self, *script):
        self.script, self.asked, self.rests = list(script), [], 0

    def ask(self, fun, **kwargs):
        self.asked.append((fun, kwargs))
        answer = self.script.pop(0)
        if answer is LOST:
            return Answers(failed={"c": "the connection was lost"}, lost=["c"])
        if answer is None:
            return Answers(silent=["c"])
        if isinstance(answer, str):
            return Answers(failed={"c": answer})
        return Answers({"c": answer})

    def rest(self):
        self.rests += 1

    @property
    def requests(self):
        return [kwargs for fun, kwargs in self.asked if fun == "vios.migrate"]

    def carry_out(self, patience=3, **options):
        return carry_out(self.ask, "c", PAIR, options, patience, self.rest)


TAKEN = {"result": True}


def test_it_is_asked_for_once_and_waited_for():
    target = Target(overview(), TAKEN, overview(1), overview(1), overview(1, "SUCCESS-UPGR2"))
    assert target.carry_out(level="3.1.4.31") == {"why": "0 of 1 tuples failed, max_failures is 1"}
    assert target.requests == [{"targets": PAIR, "level": "3.1.4.31", "wait": False, "test": False}]
    assert target.rests == 2


def test_a_request_whose_answer_was_lost_is_not_made_again():
    target = Target(overview(), LOST, overview(1), overview(1, "SUCCESS-UPGR2"))
    target.carry_out()
    assert len(target.requests) == 1


def test_nor_when_what_it_asked_for_is_over_by_then():
    target = Target(overview(1, "SUCCESS-UPGR1"), LOST, overview(2, "FAILURE-UPGR1"))
    with pytest.raises(CommandExecutionError, match="1 of 1 tuples failed"):
        target.carry_out()
    assert len(target.requests) == 1


def test_a_request_that_never_came_there_is_made_again():
    target = Target(
        overview(1, "FAILURE-UPGR1"), LOST, overview(1, "FAILURE-UPGR1"), TAKEN, overview(2, "SUCCESS-UPGR2")
    )
    target.carry_out()
    assert (len(target.requests), target.rests) == (2, 1)


def test_what_is_under_way_is_attached_to():
    target = Target(overview(7), LOST, overview(7), overview(7, "SUCCESS-UPGR2"))
    target.carry_out()
    assert len(target.requests) == 1


def test_lost_questions_cost_nothing_while_it_answers_now_and_then():
    script = [LOST, overview(), TAKEN, *(one for _ in range(20) for one in (LOST, None, overview(1)))]
    target = Target(*script, overview(1, "SUCCESS-UPGR2"))
    target.carry_out()
    assert len(target.requests) == 1
    assert target.rests == 1 + 3 * 20  # one before each question but the first and the request


def test_a_request_that_was_accepted_and_is_not_in_the_journal_fails_at_once():
    target = Target(overview(), TAKEN, overview())
    with pytest.raises(CommandExecutionError, match="c accepted the request, but its journal has no run of: vios1-"):
        target.carry_out()
    assert len(target.requests) == 1


def test_one_that_stays_silent_fails_and_continues():
    target = Target(overview(), TAKEN, overview(1), LOST, None, LOST)
    lost = r"c: the connection was lost.*continue; to continue here, run this again"
    with pytest.raises(CommandExecutionError, match=lost):
        target.carry_out()


def test_a_refusal_is_reported_at_once():
    target = Target(overview(), "ERROR: NIM knows no object named 'vios1'")
    with pytest.raises(CommandExecutionError, match="c: ERROR: NIM knows no object"):
        target.carry_out()


def test_requests_that_never_arrive_come_to_an_end():
    target = Target(*(one for _ in range(10) for one in (overview(), LOST)))
    with pytest.raises(CommandExecutionError, match="its journal has no run of: vios1-vios2"):
        target.carry_out()
    assert len(target.requests) == 3


def test_a_driver_that_is_gone_is_seen_to():
    gone = overview(1, driver=False)
    target = Target(overview(), TAKEN, gone, {}, overview(1), overview(1, "SUCCESS-UPGR2"))
    target.carry_out()
    assert ("vios.resume", {}) in target.asked


def test_one_that_nobody_can_start_again_fails():
    gone = overview(1, driver=False)
    target = Target(overview(), TAKEN, gone, "ERROR", gone, "ERROR", gone, "ERROR")
    with pytest.raises(
        CommandExecutionError, match=r"no driver follows the migrations on c; type: salt-ssh c vios\.wait"
    ):
        target.carry_out()


def test_a_hold_fails_it():
    held = {"reason": "storage", "by": "root", "since": AT}
    target = Target(overview(), TAKEN, overview(1, "SKIPPED-HELD", held=held))
    with pytest.raises(CommandExecutionError, match="c is held: storage"):
        target.carry_out()
