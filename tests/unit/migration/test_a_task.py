"""A task on one VIOS, a backup or a clone: what proves it, what speaks against it, and when either is believed."""

from dataclasses import replace

import pytest

from saltext_vios.migration.facts import Command, CommandState, Outcome, Progress, Proof
from saltext_vios.migration.levels import parse
from saltext_vios.migration.machine import Limits, Migration, move, start
from saltext_vios.migration.paths import Disk, Serving
from saltext_vios.migration.transitions import Event, State
from tests.unit.migration.runs import last_step

LEVEL = parse("3.1.2.21")
BEFORE = Progress(idle=True, serving=True, outcome=Outcome.SUCCESS, mark=("ready",))
WRITES = Progress(idle=False, serving=True, mark=("writing",), seen="altinst_rootvg on hdisk1")
WRITTEN = replace(BEFORE, mark=("written",), seen="altinst_rootvg on hdisk1")
RETURNED = Command(CommandState.RETURNED, rc=0)
PROVEN = Proof(True, "the clone is on hdisk1", LEVEL, keeps={"hdisk1": "0b"})
DISPROVEN = Proof(False, "there is no clone on hdisk1")
UNKNOWN = Proof(None, "no answer")
LIMITS = Limits(quiet=60, stall_timeout=1000)


def started(served=None):
    checking = move(Migration("vios1", 1, level_old=LEVEL, task="clone"), Event.ADMITTED).migration
    return start(checking, BEFORE, 0, served).migration


def told(m, *facts, limits=LIMITS):
    return last_step(m, facts, limits)


def verifying(m=None):
    return told(m or started(), {"command": RETURNED}, {"view": WRITES}, {"view": WRITTEN}).migration


def test_what_was_seen_to_run_and_is_done_is_asked_for_its_proof():
    step = told(started(), {"command": RETURNED}, {"view": WRITES}, {"view": WRITTEN})
    assert (step.event, step.migration.state) == (Event.SAID_DONE, State.VERIFYING)
    assert step.message == "vios1: altinst_rootvg on hdisk1; verifying"
    assert step.migration.wants_proof


def test_its_proof_ends_it_and_what_the_proof_keeps_is_kept():
    step = told(verifying(), {"proof": PROVEN})
    assert (step.event, step.migration.status) == (Event.PROVEN, "SUCCESS-CLONE")
    assert step.message == "vios1: the clone is on hdisk1"
    assert (step.migration.kept, step.migration.level_new) == ({"hdisk1": "0b"}, LEVEL)


@pytest.mark.parametrize("proof", [UNKNOWN, DISPROVEN], ids=["not known", "against it, once"])
def test_less_than_a_proof_is_asked_again(proof):
    step = told(verifying(), {"now": 100.0, "proof": proof})
    assert step.migration.state is State.VERIFYING
    assert told(step.migration, {"now": 110.0, "proof": PROVEN}).event is Event.PROVEN


def test_two_answers_against_it_fail_it_with_what_they_said():
    step = told(verifying(), {"now": 100.0, "proof": DISPROVEN}, {"now": 110.0, "proof": DISPROVEN})
    assert (step.event, step.migration.status) == (Event.DISPROVEN, "FAILURE-CLONE")
    assert step.message == "vios1: there is no clone on hdisk1"


def test_answers_against_it_must_follow_one_another():
    again = [DISPROVEN, UNKNOWN, DISPROVEN]
    assert told(verifying(), *({"now": 100.0, "proof": proof} for proof in again)).migration.state is State.VERIFYING


def test_what_its_command_began_may_show_itself_late_and_nothing_is_held_against_it_before():
    early = [{"now": 40.0, "proof": DISPROVEN}, {"now": 59.0, "proof": DISPROVEN}]
    step = told(verifying(), *early)
    assert step.migration.state is State.VERIFYING
    assert told(step.migration, {"now": 61.0, "proof": DISPROVEN}).event is Event.DISPROVEN


def test_nothing_counts_while_it_runs_again():
    again = told(verifying(), {"view": WRITES})
    assert (again.event, again.migration.state) == (Event.BUSY_AGAIN, State.INSTALLING)
    assert told(again.migration, {"proof": PROVEN}).migration.state is State.INSTALLING


def test_nothing_counts_while_it_is_not_shown_as_done():
    unclear = told(verifying(), {"view": replace(WRITTEN, idle=None, mark=("?",))})
    assert unclear.migration.state is State.VERIFYING
    assert told(unclear.migration, {"proof": PROVEN}).migration.state is State.VERIFYING


def test_a_proof_of_what_no_look_showed_counts_when_its_command_has_returned():
    m = told(started(), {"view": BEFORE}).migration
    returned = told(m, {"command": RETURNED})
    assert told(returned.migration, {"proof": PROVEN}).migration.state is State.STARTED
    looked = told(returned.migration, {"view": BEFORE})
    assert looked.migration.wants_proof
    assert told(looked.migration, {"proof": PROVEN}).event is Event.PROVEN


def test_of_a_command_that_returns_when_all_is_done_two_answers_against_it_are_enough():
    at_once = replace(LIMITS, synchronous=True)
    m = told(started(), {"command": RETURNED}, {"view": BEFORE}).migration
    answers = [{"proof": DISPROVEN}, {"proof": DISPROVEN}]
    assert told(m, *answers[:1], limits=at_once).migration.state is State.STARTED
    assert told(m, *answers, limits=at_once).event is Event.DISPROVEN
    assert told(m, *answers).migration.state is State.STARTED


def test_without_an_answer_it_stalls_and_says_what_was_not_proven():
    step = told(verifying(), {"proof": UNKNOWN}, {"now": 2000.0, "view": WRITTEN})
    assert (step.event, step.migration.status) == (Event.STALLED, "FAILURE-CLONE-WAIT")
    assert "it is not proven (no answer)" in step.message


def test_a_rollback_that_is_proven_has_its_time_for_what_it_served():
    served = Serving("vios1", disks=(Disk(3, "lpar3_root", "hdisk4", "A"),))
    m = verifying(started(served))
    waits = told(m, {"proof": replace(PROVEN, serves=Serving("vios1"))})
    assert waits.migration.state is State.VERIFYING
    assert waits.migration.lacks
    assert told(waits.migration, {"proof": replace(PROVEN, serves=served)}).event is Event.PROVEN
