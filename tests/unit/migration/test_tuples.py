"""When a tuple may start its first VIOS, when its second, and with which status it ends."""

from dataclasses import replace

import pytest

from saltext_vios.migration.checks import Checked, Finding, Severity
from saltext_vios.migration.facts import View
from saltext_vios.migration.levels import parse
from saltext_vios.migration.machine import Event, Migration, State, move
from saltext_vios.migration.tuples import (
    Run,
    Terms,
    admit,
    clashes,
    gate,
    give_way,
    judge,
    out_of_failures,
    with_migration,
)

OLD, NEW = parse("3.1.2.21"), parse("3.1.4.31")
BUSY = View(cstate="BOS installation has been enabled")
READY = View(cstate="ready for a NIM operation", ready=True)


def pair(*names, number=1, **terms):
    names = names or ("vios1", "vios2")
    migrations = tuple(Migration(name, n) for n, name in enumerate(names, 1))
    return Run(number, 1, "-".join(sorted(names)), migrations, Terms(**terms))


def with_states(run, *states):
    """The run with its VIOSes in these states, and the statuses such a VIOS has."""
    statuses = {
        State.DONE: "SUCCESS-UPGR{}",
        State.CURRENT: "SUCCESS-CURRENT",
        State.FAILED: "FAILURE-UPGR{}",
    }
    for m, state in zip(run.migrations, states):
        run = with_migration(run, replace(m, state=state, status=statuses.get(state, "").format(m.n) or None))
    return run


def found(level=OLD, wanted=NEW, view=READY, error=None):
    findings = (Finding(Severity.ERROR, "x", error, "seen"),) if error else ()
    return Checked(view, level, wanted, findings)


def last(run, **checked):
    return judge(run, checked, now=0)[-1]


def test_the_second_vios_has_no_turn_before_the_first_is_verified():
    for state in State:
        run = with_states(pair(), state)
        second_has_turn = run.current is not None and run.current.n == 2
        assert second_has_turn == (state in (State.DONE, State.CURRENT)), state


def test_a_failed_first_vios_ends_the_tuple():
    run = with_states(pair(), State.FAILED)
    assert run.over
    assert run.status == "FAILURE-UPGR1"
    assert run.migrations[1].state is State.WAITING


@pytest.mark.parametrize("state", [State.WAITING, State.CHECKING])
def test_nothing_starts_at_the_time_limit(state):
    run = with_states(pair(time_limit=1000.0, time_limit_text="11/30/2026 04:00"), state)
    assert gate(run, wall=999.9, held=None) is None
    step = gate(run, wall=1000.0, held=None)
    assert (step.migration.state, step.migration.status) == (State.SKIPPED, "SKIPPED-TIMEOUT")
    assert step.message == "Time limit 11/30/2026 04:00 reached, no further operation"


def test_a_first_vios_that_was_done_keeps_its_status_when_the_limit_stops_the_second():
    run = with_states(pair(time_limit=1000.0), State.DONE)
    run = with_migration(run, gate(run, wall=2000.0, held=None).migration)
    assert [m.status for m in run.migrations] == ["SUCCESS-UPGR1", "SKIPPED-TIMEOUT"]
    assert run.status == "SKIPPED-TIMEOUT"


def test_the_limit_is_asked_before_the_hold():
    assert gate(pair(time_limit=1.0), wall=2.0, held="maintenance").event is Event.PAST_LIMIT


def test_a_hold_stops_the_second_vios_too():
    run = with_states(pair(), State.DONE)
    run = with_migration(run, gate(run, wall=0, held="maintenance").migration)
    assert [m.status for m in run.migrations] == ["SUCCESS-UPGR1", "SKIPPED-HELD"]
    assert run.status == "SKIPPED-HELD"


@pytest.mark.parametrize("state", [State.STARTING, State.STARTED, State.INSTALLING, State.VERIFYING])
def test_neither_limit_nor_hold_touches_what_is_installing(state):
    run = with_states(pair(time_limit=1.0), state)
    assert gate(run, wall=2.0, held="maintenance") is None


def test_a_tuple_at_the_level_is_not_touched():
    steps = judge(pair(), {"vios1": found(NEW), "vios2": found(parse("4.1.0.10"))}, now=0)
    assert [step.migration.status for step in steps] == ["SUCCESS-CURRENT", "SUCCESS-CURRENT"]


def test_in_a_pair_only_the_one_below_the_level_is_migrated():
    run = pair()
    for step in judge(run, {"vios1": found(NEW), "vios2": found()}, now=0):
        run = with_migration(run, step.migration)
    assert run.current.vios == "vios2"
    assert run.current.state is State.STARTING
    done = with_migration(run, replace(run.current, state=State.DONE, status="SUCCESS-UPGR2"))
    assert done.status == "SUCCESS-UPGR2"
    assert done.migrations[0].status == "SUCCESS-CURRENT"


def test_when_only_the_first_needed_it_the_tuple_has_its_status():
    run = pair()
    for step in judge(run, {"vios1": found(), "vios2": found(NEW)}, now=0):
        run = with_migration(run, step.migration)
    done = with_migration(run, replace(run.migrations[0], state=State.DONE, status="SUCCESS-UPGR1"))
    assert done.over
    assert done.status == "SUCCESS-UPGR1"


def test_force_migrates_what_is_at_the_level():
    assert last(pair(force=True), vios1=found(NEW), vios2=found(NEW)).event is Event.CLEARED


def test_with_no_level_known_it_is_migrated():
    assert last(pair(), vios1=found(wanted=None), vios2=found(wanted=None)).event is Event.CLEARED


@pytest.mark.parametrize("broken", ["vios1", "vios2"])
def test_an_error_of_either_vios_stops_the_tuple_before_the_first_starts(broken):
    checked = {"vios1": found(), "vios2": found()}
    checked[broken] = found(error="control")
    step = last(pair(), **checked)
    assert step.migration.status == "FAILURE-CHECK"
    assert "control" in step.message


def test_an_error_on_a_vios_at_the_level_does_not_matter():
    assert last(pair(), vios1=found(NEW, error="allocated"), vios2=found()).event is Event.CLEARED


def test_a_start_keeps_what_nim_showed_before_it():
    migration = last(pair(), vios1=found(), vios2=found()).migration
    assert migration.baseline == READY
    assert (migration.level_old, migration.wanted) == (OLD, NEW)


def test_a_start_says_what_worried_the_checks():
    worried = replace(found(), findings=(Finding(Severity.WARNING, "vios1", "bosinst_data", "none named"),))
    assert "warning: bosinst_data: none named" in last(pair(), vios1=worried, vios2=found()).message


def test_started_earlier_and_idle_at_the_old_level_is_not_started_again():
    step = last(pair(previous="SUCCESS-UPGR1-INIT"), vios1=found(), vios2=found())
    assert step.migration.status == "FAILURE-UPGR1-WAIT"
    assert "no trace of it" in step.message


def test_started_earlier_and_now_at_the_level_goes_on_with_the_second():
    step = last(pair(previous="SUCCESS-UPGR1-INIT"), vios1=found(NEW), vios2=found())
    assert step.event is Event.CLEARED
    assert step.migration.vios == "vios2"


def test_the_second_started_earlier_is_looked_at():
    step = last(pair(previous="SUCCESS-UPGR2-INIT"), vios1=found(NEW), vios2=found())
    assert step.migration.status == "FAILURE-UPGR2-WAIT"


def test_started_earlier_and_busy_is_an_operation_of_somebody_else():
    busy = found(view=BUSY, error="Cstate")
    assert last(pair(previous="SUCCESS-UPGR1-INIT"), vios1=busy, vios2=found()).migration.status == "FAILURE-CHECK"


FRAMES = {"vios1": "a", "vios2": "a", "vios3": "b", "vios4": "b", "vios5": "c"}


def active(run):
    return with_migration(run, move(run.migrations[0], Event.TURN).migration)


def test_tuples_on_different_frames_go_side_by_side():
    runs = [pair("vios1", "vios2"), pair("vios3", "vios4", number=2)]
    assert admit(runs, [], FRAMES) == runs


def test_a_frame_in_use_is_waited_for():
    assert admit([pair("vios2", number=2)], [active(pair("vios1"))], FRAMES) == []


def test_two_waiting_tuples_on_one_frame_take_turns():
    first, second = pair("vios1"), pair("vios2", number=2)
    assert admit([first, second], [], FRAMES) == [first]


def test_right_before_a_start_another_vios_of_the_frame_must_not_be_in_flight():
    first, second = pair("vios1"), active(pair("vios2", number=2))
    flying = with_states(first, State.STARTING)
    assert clashes(second, [flying, second], FRAMES)
    assert not clashes(second, [active(first), second], FRAMES)
    assert not clashes(active(pair("vios3", number=3)), [flying], FRAMES)
    assert not clashes(flying, [flying], FRAMES)


CLUSTERS = {"vios1": "ssp", "vios2": "ssp", "vios3": "ssp", "vios5": "other"}


def test_a_cluster_in_use_is_waited_for():
    running = active(pair("vios1", "vios2"))
    assert admit([pair("vios3", "vios4", number=2)], [running], FRAMES, CLUSTERS) == []
    apart = pair("vios5", number=3)
    assert admit([apart], [running], FRAMES, CLUSTERS) == [apart]


def test_right_before_a_start_no_other_node_of_the_cluster_must_be_in_flight():
    flying = with_states(pair("vios1", "vios2"), State.STARTING)
    assert clashes(active(pair("vios3", number=2)), [flying], FRAMES, CLUSTERS)
    assert not clashes(active(pair("vios5", number=2)), [flying], FRAMES, CLUSTERS)


def test_a_tuple_that_finds_its_cluster_in_use_leaves_its_place_to_others():
    step = give_way(active(pair()))
    assert step.migration.state is State.WAITING
    assert not with_migration(active(pair()), step.migration).admitted


def test_a_tuple_keeps_its_place_between_its_two_vioses():
    run = with_states(pair(), State.DONE)
    assert give_way(with_migration(run, move(run.migrations[1], Event.TURN).migration)) is None
    assert give_way(run) is None


def test_another_node_down_fails_the_tuple_with_ibms_word():
    assert last(pair(), vios1=found(error="cluster"), vios2=found()).migration.status == "FAILURE-CLUSTER"


def test_trouble_beside_the_cluster_is_a_failed_check():
    both = (Finding(Severity.ERROR, "x", "cluster", "seen"), Finding(Severity.ERROR, "x", "Cstate", "seen"))
    broken = replace(found(), findings=both)
    assert last(pair(), vios1=broken, vios2=found()).migration.status == "FAILURE-CHECK"


def test_a_node_that_was_migrated_is_waited_for_before_the_next_starts():
    run = with_states(pair(), State.DONE)
    run = with_migration(run, move(run.migrations[1], Event.TURN).migration)
    step = last(run, vios1=found(NEW), vios2=replace(found(), waits_for="vios1 is DOWN"))
    assert step.event is None
    assert step.migration == run.migrations[1]
    assert "vios1 is DOWN" in step.message


def test_a_vios_of_unknown_frame_in_use_is_waited_for():
    assert admit([pair("x", "y", number=2)], [active(pair("x"))], {}) == []


def test_a_vios_may_be_called_like_another_frame():
    run = pair("a", number=2)
    assert admit([run], [active(pair("vios1"))], FRAMES) == [run]


def test_no_more_tuples_than_max_parallel():
    runs = [pair(f"vios{n}", number=n, max_parallel=2) for n in (1, 3, 5)]
    assert admit(runs, [], FRAMES) == runs[:2]
    assert admit([runs[2]], [active(runs[0]), active(runs[1])], FRAMES) == []


@pytest.mark.parametrize(
    ("allowed", "failed", "total", "over"),
    [
        (None, 9, 10, False),
        ("2", 1, 10, False),
        ("2", 2, 10, True),
        ("10%", 1, 20, False),
        ("10%", 2, 20, True),
    ],
)
def test_max_failures_is_a_count_or_a_share(allowed, failed, total, over):
    assert out_of_failures(Terms(max_failures=allowed), failed, total) is over
