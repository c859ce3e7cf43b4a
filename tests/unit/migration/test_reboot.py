"""A VIOS whose image is on another disk: when its install is taken for whole, when it reboots, what runs beside it."""

from dataclasses import replace

import pytest

from saltext_vios.methods.migvios import read
from saltext_vios.migration.checks import Checked, Finding, Severity
from saltext_vios.migration.facts import Command, CommandState, Outcome, Progress, View
from saltext_vios.migration.levels import parse
from saltext_vios.migration.machine import Limits, reboot, start
from saltext_vios.migration.start import GO, Moment, Situation, Stop, Wait, decide, reboot_step, stop_step
from saltext_vios.migration.transitions import Event, State
from saltext_vios.migration.tuples import with_migration
from tests.unit.migration.runs import last_step, pair, with_states

OLD, NEW = parse("3.1.2.21"), parse("3.1.4.31")
READY = read(View(cstate="ready for a NIM operation", ready=True))
WRITES = Progress(idle=False, serving=True, aside=True, trace="altinst_rootvg on hdisk1", mark=("busy",))
WAITS = replace(WRITES, installed=True, mark=("ready",), advice="shutdown -restart on the VIOS")
NEW_SYSTEM = Progress(
    idle=True, serving=True, outcome=Outcome.SUCCESS, trace="rootvg on hdisk1", mark=("done",), seen="rootvg on hdisk1"
)
RETURNED, REFUSED = Command(CommandState.RETURNED, rc=0), Command(CommandState.RETURNED, rc=1)
RUNNING = Command(CommandState.RUNNING, pid=1)
LIMITS = Limits(quiet=900, stall_timeout=5000)


def told(m, *facts):
    return last_step(m, facts, LIMITS)


def installing(m):
    m = start(replace(m, state=State.CHECKING, level_old=OLD, wanted=NEW), READY, 0).migration
    return told(m, {"now": 10, "command": RETURNED}, {"now": 20, "view": WRITES}, {"now": 30, "view": WRITES}).migration


def installed(m):
    return told(installing(m), *({"now": at, "view": WAITS} for at in (100, 600, 1100))).migration


def run(first=None, second=None, **terms):
    found = pair(**{"overlap": True, **terms})
    for m, state in zip(found.migrations, (first, second)):
        if state is not None:
            found = with_migration(found, state(m) if callable(state) else replace(m, state=state))
    return found


def at_reboot(found, n=1, **more):
    m = found.migrations[n - 1]
    return decide(Situation(found, more.pop("wall", 0.0), rebooting=m, **more), Moment.REBOOT).answer


def test_an_image_is_taken_for_whole_when_nothing_changed_for_a_while():
    m = installing(run().migrations[0])
    quick = told(m, {"now": 100, "view": WAITS}, {"now": 130, "view": WAITS})
    assert quick.migration.state is State.INSTALLING
    assert told(quick.migration, {"now": 1100, "view": WAITS}).event is Event.INSTALLED


def test_any_change_gives_a_tool_that_may_have_more_to_do_its_time_again():
    m = installing(run().migrations[0])
    other = replace(WAITS, info="configuring", mark=("ready", "configuring"))
    looks = [{"now": 100, "view": WAITS}, {"now": 600, "view": other}, {"now": 1100, "view": other}]
    step = told(m, *looks)
    assert step.migration.state is State.INSTALLING
    assert told(step.migration, {"now": 1500, "view": other}).event is Event.INSTALLED


def test_an_image_that_is_still_written_is_not_whole_however_long_nothing_changes():
    m = installing(run().migrations[0])
    assert told(m, {"now": 100, "view": WRITES}, {"now": 2000, "view": WRITES}).migration.state is State.INSTALLING


def test_one_that_was_rebooted_already_does_not_wait_for_a_reboot_again():
    m = replace(installing(run().migrations[0]), reboots=1)
    assert told(m, {"now": 100, "view": WAITS}, {"now": 2000, "view": WAITS}).migration.state is State.INSTALLING


def test_a_failure_that_shows_while_it_waits_for_its_reboot_fails_it():
    failed = replace(WAITS, complaint="0042-175", said="err_info 0042-175", mark=("failed",))
    step = told(installed(run().migrations[0]), {"now": 1200, "view": failed})
    assert (step.event, step.migration.status) == (Event.SAID_FAILED, "FAILURE-UPGR1")


def test_under_a_tool_that_still_works_nothing_is_rebooted():
    m = replace(installing(run().migrations[0]), command=RUNNING)
    assert told(m, {"now": 100, "view": WAITS}, {"now": 1100, "view": WAITS}).migration.state is State.INSTALLING


def test_one_that_somebody_else_rebooted_is_followed_and_not_rebooted():
    m = installed(run().migrations[0])
    step = told(m, {"now": 1200, "view": NEW_SYSTEM})
    assert (step.event, step.migration.state) == (Event.BUSY_AGAIN, State.INSTALLING)
    assert told(step.migration, {"now": 1300, "view": NEW_SYSTEM}).event is Event.SAID_DONE


def test_one_that_does_not_answer_waits_until_it_does():
    silent = replace(WAITS, serving=False, aside=False, installed=False, mark=("silent",))
    assert told(installed(run().migrations[0]), {"now": 1200, "view": silent}).migration.state is State.INSTALLED


def test_a_reboot_that_was_seen_to_work_is_verified():
    m = reboot(installed(run().migrations[0]), 1200).migration
    step = told(m, {"now": 1210, "command": RETURNED}, {"now": 1300, "view": NEW_SYSTEM})
    assert (step.event, step.migration.state) == (Event.SAID_DONE, State.VERIFYING)


def test_a_command_that_refused_to_reboot_says_what_to_type_and_is_not_given_twice():
    m = reboot(installed(run().migrations[0]), 1200).migration
    step = told(m, {"now": 1210, "command": REFUSED}, *({"now": at, "view": WAITS} for at in (1300, 1600, 2300)))
    assert (step.event, step.migration.status) == (Event.REFUSED, "FAILURE-UPGR1-WAIT")
    assert "shutdown -restart" in step.message


def test_a_command_that_refused_is_believed_when_a_look_after_it_shows_the_image_waiting():
    m = reboot(installed(run().migrations[0]), 1200).migration
    assert told(m, {"now": 1210, "command": REFUSED}, {"now": 3000}).migration.state is State.REBOOTING
    silent = replace(WAITS, serving=False, aside=False, installed=False, mark=("silent",))
    looks = [{"now": at, "view": silent} for at in (1300, 1600, 2300)]
    assert told(m, {"now": 1210, "command": REFUSED}, *looks).migration.state is State.REBOOTING


def test_a_launcher_that_found_the_time_limit_reached_did_not_reboot_it():
    m = reboot(installed(run().migrations[0]), 1200).migration
    step = told(m, {"now": 1210, "command": Command(CommandState.TOO_LATE)})
    assert (step.event, step.migration.status) == (Event.PAST_LIMIT, "SKIPPED-TIMEOUT")
    assert "it was not rebooted" in step.message


def test_after_a_reboot_that_came_to_nothing_there_is_no_second_one():
    m = reboot(installed(run().migrations[0]), 1200).migration
    looks = [{"now": at, "view": WAITS} for at in range(1300, 7000, 100)]
    step = told(m, {"now": 1210, "command": RETURNED}, *looks[:30])
    assert step.migration.state is State.REBOOTING
    assert told(m, {"now": 1210, "command": RETURNED}, looks[0], looks[-1]).event is Event.STALLED


def test_the_time_of_one_that_waits_for_the_other_stands_still():
    m = installed(run().migrations[0])
    later = [{"now": at, "view": WAITS, "in_turn": False} for at in (5000, 10000, 90000)]
    waited = told(m, *later).migration
    assert waited.state is State.INSTALLED
    assert told(waited, {"now": 90100, "view": WAITS}, {"now": 94000, "view": WAITS}).event is None
    assert told(waited, {"now": 90100, "view": WAITS}, {"now": 96000, "view": WAITS}).event is Event.STALLED


@pytest.mark.parametrize("known", [True, False])
def test_next_to_one_that_is_installed_another_starts_when_the_tool_is_known_to_leave_the_reboot(known):
    now = Situation(run(installing), 0.0, leaves_reboot=known)
    assert (decide(now, Moment.TURN).answer is None) is known


def test_one_that_waits_for_its_reboot_is_proof_enough():
    assert decide(Situation(run(installed), 0.0), Moment.TURN).answer is None


def test_nothing_starts_next_to_another_unless_it_was_asked_for():
    found = run(installed, overlap=False)
    assert isinstance(decide(Situation(found, 0.0, leaves_reboot=True), Moment.TURN).answer, Wait)


@pytest.mark.parametrize("state", [State.STARTING, State.STARTED, State.REBOOTING, State.VERIFYING])
def test_nothing_starts_next_to_one_that_may_be_down(state):
    found = run(lambda m: replace(installed(m), state=state))
    assert isinstance(decide(Situation(found, 0.0, leaves_reboot=True), Moment.START).answer, Wait)


def test_nothing_starts_next_to_one_that_does_not_answer():
    found = run(lambda m: replace(installed(m), view=replace(WAITS, serving=False)))
    assert isinstance(decide(Situation(found, 0.0, leaves_reboot=True), Moment.START).answer, Wait)


def test_nothing_starts_next_to_one_that_is_installed_on_the_disk_it_runs_from():
    found = run(lambda m: replace(installing(m), view=replace(WRITES, aside=False)))
    assert isinstance(decide(Situation(found, 0.0, leaves_reboot=True), Moment.START).answer, Wait)


def test_nothing_starts_next_to_one_whose_tool_still_works():
    found = run(lambda m: replace(installing(m), command=RUNNING))
    assert isinstance(decide(Situation(found, 0.0, leaves_reboot=True), Moment.START).answer, Wait)


@pytest.mark.parametrize("state", [State.STARTING, State.STARTED, State.REBOOTING, State.VERIFYING])
def test_the_first_is_not_rebooted_while_the_second_may_be_down(state):
    assert isinstance(at_reboot(run(installed, lambda m: replace(installed(m), state=state))), Wait)


@pytest.mark.parametrize("second", [None, installing, installed, State.CURRENT])
def test_the_first_is_rebooted_while_the_second_serves(second):
    assert at_reboot(run(installed, second)) is None


@pytest.mark.parametrize("first", [installing, installed, State.REBOOTING, State.VERIFYING])
def test_the_second_is_not_rebooted_before_the_first_was_verified(first):
    assert isinstance(at_reboot(run(first, installed), 2), Wait)


def test_the_second_is_rebooted_when_the_first_was_verified():
    assert at_reboot(with_states(run(None, installed), State.DONE), 2) is None


def test_when_the_first_failed_the_second_keeps_its_image_and_is_not_rebooted():
    found = run(lambda m: replace(installed(m), state=State.FAILED, status="FAILURE-UPGR1"), installed)
    assert not found.over
    now = Situation(found, 0.0, rebooting=found.migrations[1])
    over = with_migration(found, stop_step(now, decide(now, Moment.REBOOT).answer).migration)
    assert [m.status for m in over.migrations] == ["FAILURE-UPGR1", "SKIPPED-HELD"]
    assert (over.over, over.status) == (True, "FAILURE-UPGR1")


@pytest.mark.parametrize(
    ("more", "terms", "event"),
    [
        ({"held": "weekend"}, {}, Event.HELD),
        ({"cancelled": "cancelled by joe"}, {}, Event.HELD),
        ({"wall": 1000.0}, {"time_limit": 1000.0}, Event.PAST_LIMIT),
    ],
)
def test_a_reboot_is_an_outage_that_a_window_a_hold_and_a_cancel_keep_from_beginning(more, terms, event):
    found = run(installed, **terms)
    stop = at_reboot(found, **more)
    assert isinstance(stop, Stop)
    step = stop_step(Situation(found, 0.0, rebooting=found.migrations[0]), stop)
    assert step.event is event
    assert "vios1 was not rebooted. shutdown -restart" in step.message


def test_a_partner_that_does_not_serve_is_waited_for():
    found = run(installed)
    error = Finding(Severity.ERROR, "vios1", "partner vios2", "does not answer")
    checked = {name: Checked(WAITS, OLD, NEW, (error,)) for name in found.vioses}
    answer = at_reboot(found, checked=checked)
    assert isinstance(answer, Wait)
    assert "vios1 is not rebooted: vios1: partner vios2: does not answer" in answer.why


def test_it_is_rebooted_when_its_partner_was_asked_and_serves():
    found = run(installed)
    checked = {name: Checked(WAITS, OLD, NEW) for name in found.vioses}
    now = Situation(found, 0.0, rebooting=found.migrations[0], checked=checked)
    assert decide(now, Moment.REBOOT) == GO
    step = reboot_step(now, 1200)
    assert (step.event, step.migration.vios, step.migration.state) == (Event.REBOOT, "vios1", State.REBOOTING)


def test_what_was_counted_and_seen_before_a_reboot_says_nothing_of_it():
    m = installed(run().migrations[0])
    before = replace(m, command=RETURNED, views_since_return=2, old_answers=2, sights=("INSTALLED",) * 3)
    after = reboot(before, 1200).migration
    assert (after.command, after.views_since_return, after.old_answers, after.sights) == (None, 0, 0, ())
    assert (after.changed, after.progressed, after.reboots) == (1200, 1200, m.reboots + 1)


def test_launchers_that_come_to_nothing_end_it():
    assert at_reboot(run(installed), launches=3).event is Event.NOT_LAUNCHED


def test_how_far_a_tuple_came_is_reported_by_the_vios_that_is_not_done():
    found = run(installed, installing)
    assert found.status == "SUCCESS-UPGR1-INIT"
