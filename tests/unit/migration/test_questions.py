"""Every question before a start: what stands in the way of the first VIOS, what of the second, and in which order."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saltext_vios.methods.migvios import read
from saltext_vios.migration.checks import Checked, Finding, Severity
from saltext_vios.migration.durations import AUTO, History
from saltext_vios.migration.facts import View
from saltext_vios.migration.levels import parse
from saltext_vios.migration.machine import Migration, move
from saltext_vios.migration.previous import Objection
from saltext_vios.migration.recalled import CloneBefore, CloneState
from saltext_vios.migration.start import (
    GO,
    QUESTIONS,
    Adopt,
    Attach,
    Clone,
    Moment,
    Settled,
    Situation,
    Stop,
    Wait,
    decide,
    foresee,
    out_of_failures,
    status_of,
    steps,
    stop_step,
)
from saltext_vios.migration.transitions import Event, State
from saltext_vios.migration.tuples import Run, Terms, with_migration
from tests.unit.migration.runs import pair, with_states

OLD, NEW = parse("3.1.2.21"), parse("3.1.4.31")
BUSY = read(View(cstate="BOS installation has been enabled"))
READY = read(View(cstate="ready for a NIM operation", ready=True))
LIMIT = {"time_limit": 1000.0, "time_limit_text": "11/30/2026 04:00"}


def found(level=OLD, wanted=NEW, view=READY, error=None):
    findings = (Finding(Severity.ERROR, "x", error, "seen"),) if error else ()
    return Checked(view, level, wanted, findings)


def situation(run, wall=0.0, **more):
    """With the answers of these VIOSes; one that is not named is below the level and well."""
    known = {name: more.pop(name, found()) for name in run.vioses}
    return Situation(run, wall, checked=known, views={name: one.progress for name, one in known.items()}, **more)


def answer(run, moment=Moment.START, **more):
    return decide(situation(run, **more), moment).answer


def recorded(run, **more):
    """The run after the steps of a START are taken."""
    now = situation(run, **more)
    for step in steps(now, decide(now, Moment.START), steady=0):
        run = with_migration(run, step.migration)
    return run


def last(run, **more):
    now = situation(run, **more)
    return steps(now, decide(now, Moment.START), steady=0)[-1]


@pytest.mark.parametrize("moment", [Moment.TURN, Moment.START])
def test_nothing_starts_at_the_time_limit(moment):
    assert answer(pair(**LIMIT), moment, wall=999.9) is None
    stop = answer(pair(**LIMIT), moment, wall=1000.0)
    assert (stop.event, stop.why) == (Event.PAST_LIMIT, "Time limit 11/30/2026 04:00 reached, no further operation")


def test_a_first_vios_that_was_done_keeps_its_status_when_the_limit_stops_the_second():
    run = recorded(with_states(pair(**LIMIT), State.DONE), wall=2000.0)
    assert [m.status for m in run.migrations] == ["SUCCESS-UPGR1", "SKIPPED-TIMEOUT"]
    assert run.status == "SKIPPED-TIMEOUT"


def test_the_limit_is_asked_before_the_hold():
    assert answer(pair(**LIMIT), Moment.TURN, wall=2000.0, held="maintenance").event is Event.PAST_LIMIT


def test_a_hold_stops_the_second_vios_too():
    run = recorded(with_states(pair(), State.DONE), held="maintenance")
    assert [m.status for m in run.migrations] == ["SUCCESS-UPGR1", "SKIPPED-HELD"]
    assert run.status == "SKIPPED-HELD"


@pytest.mark.parametrize("state", [State.STARTING, State.STARTED, State.INSTALLING, State.VERIFYING])
@pytest.mark.parametrize("moment", [Moment.TURN, Moment.START])
def test_the_second_vios_waits_while_the_first_is_in_flight(state, moment):
    run = with_states(pair(**LIMIT), state)
    assert isinstance(answer(run, moment, wall=2000.0, held="maintenance"), Wait)


def test_a_tuple_whose_first_vios_failed_starts_nothing_more():
    assert isinstance(answer(with_states(pair(), State.FAILED)), Wait)


def test_a_tuple_at_the_level_is_not_touched():
    run = recorded(pair(), vios1=found(NEW), vios2=found(parse("4.1.0.10")))
    assert [m.status for m in run.migrations] == ["SUCCESS-CURRENT", "SUCCESS-CURRENT"]


def test_in_a_pair_only_the_one_below_the_level_is_migrated():
    run = recorded(pair(), vios1=found(NEW))
    assert (run.current.vios, run.current.state) == ("vios2", State.STARTING)
    done = with_migration(run, replace(run.current, state=State.DONE, status="SUCCESS-UPGR2"))
    assert done.status == "SUCCESS-UPGR2"
    assert done.migrations[0].status == "SUCCESS-CURRENT"


def test_when_only_the_first_needed_it_the_tuple_has_its_status():
    run = recorded(pair(), vios2=found(NEW))
    done = with_migration(run, replace(run.migrations[0], state=State.DONE, status="SUCCESS-UPGR1"))
    assert done.over
    assert done.status == "SUCCESS-UPGR1"


def test_a_task_with_nothing_to_do_says_why_and_not_that_it_is_at_the_level():
    done = replace(found(), done="nothing is left of an earlier upgrade or clone")
    said = answer(pair("vios1", task="cleanup"), vios1=done)
    assert said == Settled("nothing is left of an earlier upgrade or clone")


@pytest.mark.parametrize(
    "more",
    [
        {"cancelled": "cancelled by a person at noon"},
        {"held": "maintenance"},
        {"wall": 2000.0},
        {"failures": (1, 5)},
    ],
    ids=["cancelled", "held", "past its limit", "out of failures"],
)
def test_what_is_found_at_the_level_is_current_whatever_would_stop_a_start(more):
    run = recorded(pair(max_failures="1", margin=3600.0, **LIMIT), vios1=found(NEW), vios2=found(NEW), **more)
    assert [m.status for m in run.migrations] == ["SUCCESS-CURRENT", "SUCCESS-CURRENT"]


def test_one_at_the_level_says_at_which_and_which_was_wanted():
    step = last(pair("vios1"), vios1=found(NEW))
    assert step.message == "vios1: already at ioslevel 3.1.4.31 (wanted 3.1.4.31); not touched"
    assert (step.migration.level_old, step.migration.level_new) == (NEW, NEW)


def test_an_answer_of_before_says_nothing_of_the_level_that_it_comes_to():
    m = replace(pair().migrations[0], level_new=NEW)
    assert last(with_migration(pair(), m)).migration.level_new is None


def test_a_task_is_proven_by_what_was_seen_of_it_before_its_start():
    known = replace(found(), kept={"size": "17"})
    assert last(pair("vios1", task="backup"), vios1=known).migration.kept == {"size": "17"}


def test_force_migrates_what_is_at_the_level():
    assert last(pair(force=True), vios1=found(NEW), vios2=found(NEW)).event is Event.CLEARED


def test_with_no_level_known_it_is_migrated():
    assert last(pair(), vios1=found(wanted=None), vios2=found(wanted=None)).event is Event.CLEARED


@pytest.mark.parametrize("broken", ["vios1", "vios2"])
def test_an_error_of_either_vios_stops_the_tuple_before_the_first_starts(broken):
    step = last(pair(), **{broken: found(error="control")})
    assert step.migration.status == "FAILURE-CHECK"
    assert "control" in step.message


def test_an_error_on_a_vios_at_the_level_does_not_matter():
    assert last(pair(), vios1=found(NEW, error="allocated")).event is Event.CLEARED


def test_a_start_keeps_what_nim_showed_before_it():
    migration = last(pair()).migration
    assert migration.baseline == READY
    assert (migration.level_old, migration.wanted) == (OLD, NEW)


def test_a_start_says_what_worried_the_checks():
    worried = replace(
        found(),
        findings=(
            Finding(Severity.WARNING, "vios1", "bosinst_data", "none named"),
            Finding(Severity.OK, "vios1", "resources", "as wanted"),
            Finding(Severity.OK, "vios1", "backup", "of today", kept=True),
        ),
    )
    assert last(pair(), vios1=worried).message == (
        "vios1: migration starts from ioslevel 3.1.2.21 to 3.1.4.31; backup: of today"
        "; warning: bosinst_data: none named"
    )


INIT1, INIT2 = {"previous": "SUCCESS-UPGR1-INIT"}, {"previous": "SUCCESS-UPGR2-INIT"}


def test_started_earlier_and_idle_at_the_old_level_is_not_started_again():
    step = last(pair(**INIT1))
    assert step.migration.status == "FAILURE-UPGR1-WAIT"
    assert "no trace of it: NIM is idle, the VIOS answers with ioslevel 3.1.2.21" in step.message
    silent = last(pair(**INIT1), vios1=found(level=None))
    assert "no trace of it: NIM is idle, the VIOS does not answer" in silent.message


def test_the_callers_word_for_one_vios_says_nothing_of_the_other():
    step = last(with_states(pair(**INIT1), State.CURRENT))
    assert (step.event, step.migration.vios) == (Event.CLEARED, "vios2")


@pytest.mark.parametrize("more", [{"cancelled": "cancelled by a person at noon"}, {"held": "maintenance"}])
def test_what_the_caller_says_runs_elsewhere_is_looked_for_before_anything_ends_it(more):
    doubt = "lsnim does not list vios9"
    assert answer(pair(**INIT1), Moment.TURN, doubt=doubt, **more) == Wait(doubt)
    assert isinstance(answer(pair(), Moment.TURN, doubt=doubt, **more), Stop)
    assert isinstance(answer(with_states(pair(**INIT1), State.DONE), Moment.TURN, doubt=doubt, **more), Stop)


def test_started_earlier_and_now_at_the_level_continues_with_the_second():
    step = last(pair(**INIT1), vios1=found(NEW))
    assert (step.event, step.migration.vios) == (Event.CLEARED, "vios2")


def test_the_second_started_earlier_is_looked_at():
    assert last(pair(**INIT2), vios1=found(NEW)).migration.status == "FAILURE-UPGR2-WAIT"


def test_started_elsewhere_and_busy_is_followed_and_not_started():
    step = last(pair(**INIT1), vios1=found(level=None, view=BUSY))
    assert (step.event, step.migration.state, step.migration.status) == (
        Event.ADOPTED,
        State.INSTALLING,
        "SUCCESS-UPGR1-INIT",
    )
    m = step.migration
    assert (m.begun, m.seen_busy, m.baseline) == (True, True, BUSY)
    assert (m.started, m.changed, m.progressed) == (0, 0, 0)


def test_what_runs_elsewhere_is_followed_though_it_answers_with_its_new_level_already():
    assert last(pair(**INIT1), vios1=found(NEW, view=BUSY)).event is Event.ADOPTED


def test_the_second_started_elsewhere_is_followed_when_the_first_is_at_the_level():
    run = recorded(pair(**INIT2), vios1=found(NEW), vios2=found(level=None, view=BUSY))
    assert [m.status for m in run.migrations] == ["SUCCESS-CURRENT", "SUCCESS-UPGR2-INIT"]


def test_the_second_started_elsewhere_before_the_first_is_no_order_of_ours():
    busy = found(level=None, view=BUSY)
    step = last(pair(**INIT2), vios1=found(error="partner vios2"), vios2=busy)
    assert step.migration.status == "FAILURE-CHECK"


@pytest.mark.parametrize("moment", [Moment.TURN, Moment.START])
def test_what_runs_elsewhere_is_followed_past_the_limit_and_under_a_hold(moment):
    run = pair(**INIT1, **LIMIT)
    busy = found(level=None, view=BUSY)
    assert isinstance(answer(run, moment, vios1=busy, wall=2000.0, held="x", place=False), Adopt)


def test_a_busy_vios_without_the_callers_word_is_an_operation_of_somebody_else():
    assert last(pair(), vios1=found(view=BUSY, error="Cstate")).migration.status == "FAILURE-CHECK"


def test_another_node_down_fails_the_tuple_with_ibms_word():
    assert last(pair(), vios1=found(error="cluster")).migration.status == "FAILURE-CLUSTER"


def test_trouble_next_to_the_cluster_is_a_failed_check():
    both = (Finding(Severity.ERROR, "x", "cluster", "seen"), Finding(Severity.ERROR, "x", "Cstate", "seen"))
    assert last(pair(), vios1=replace(found(), findings=both)).migration.status == "FAILURE-CHECK"


def test_a_node_that_was_migrated_is_waited_for_before_the_next_starts():
    run = with_states(pair(), State.DONE)
    waits = answer(run, vios1=found(NEW), vios2=replace(found(), waits_for="vios1 is DOWN"))
    assert isinstance(waits, Wait)
    assert "vios1 is DOWN" in waits.why


def test_what_is_cancelled_before_its_start_is_skipped_with_the_reason():
    stop = answer(pair(), Moment.TURN, cancelled="cancelled by a person at noon")
    assert (stop.event, stop.why) == (Event.HELD, "cancelled by a person at noon")


def test_a_tuple_cancelled_in_flight_keeps_what_its_first_vios_came_to():
    run = recorded(with_states(pair(), State.DONE), cancelled="cancelled by a person at noon")
    assert [m.status for m in run.migrations] == ["SUCCESS-UPGR1", "SKIPPED-HELD"]


@pytest.mark.parametrize("moment", [Moment.TURN, Moment.START])
def test_a_request_that_is_out_of_failures_starts_no_new_tuple(moment):
    assert answer(pair(max_failures="2"), moment, failures=(1, 5)) is None
    assert answer(pair(max_failures="2"), moment, failures=(2, 5)).event is Event.HELD


def test_a_tuple_that_is_half_done_continues_when_others_used_up_the_failures():
    assert answer(with_states(pair(max_failures="1"), State.DONE), failures=(1, 5)) is None


def test_without_a_place_it_waits_at_its_turn():
    assert isinstance(answer(pair(), Moment.TURN, place=False), Wait)
    assert answer(pair(), Moment.TURN, place=None) is None


@pytest.mark.parametrize("moment", [Moment.TURN, Moment.START])
def test_one_with_a_place_waits_while_its_frame_or_cluster_is_in_use(moment):
    checking = with_states(pair(), State.CHECKING)
    assert isinstance(answer(checking, moment, in_use=True), Wait)


def test_one_without_a_place_is_kept_out_by_the_places_and_not_by_its_frame():
    assert answer(pair(), Moment.TURN, in_use=True) is None


CLONED = {state: CloneBefore(state) for state in (CloneState.MISSING, CloneState.UNDER_WAY, CloneState.PROVEN)}
NOT_CLONED = CloneBefore(CloneState.FAILED, "FAILURE-CLONE")


def test_with_a_clone_wanted_the_clone_comes_first():
    asked = answer(pair(), clone=CLONED[CloneState.MISSING])
    assert isinstance(asked, Clone)
    assert asked.migration.vios == "vios1"
    assert answer(pair(), Moment.TURN, clone=CLONED[CloneState.MISSING]) is None


@pytest.mark.parametrize("moment", [Moment.TURN, Moment.START])
def test_it_waits_while_its_clone_is_made_and_starts_when_it_stands(moment):
    assert isinstance(answer(pair(), moment, clone=CLONED[CloneState.UNDER_WAY]), Wait)
    assert answer(pair(), moment, clone=CLONED[CloneState.PROVEN]) is None


def test_it_does_not_start_when_its_clone_failed():
    step = last(pair(), clone=NOT_CLONED)
    assert (step.event, step.migration.status) == (Event.CHECK_FAILED, "FAILURE-CHECK")
    assert "not started, its clone ended FAILURE-CLONE; vios.history clone:vios1 detail=True shows why" in step.message
    assert answer(pair(), Moment.TURN, clone=NOT_CLONED) is None


def test_the_second_is_cloned_like_the_first():
    asked = answer(with_states(pair(), State.DONE), clone=CLONED[CloneState.MISSING])
    assert asked.migration.vios == "vios2"


def test_nothing_is_recorded_while_it_waits():
    now = situation(pair(), vios1=found(NEW), doubt="lsnim does not list vios9")
    assert steps(now, decide(now, Moment.START), steady=0) == []


def test_the_status_of_a_stop_names_the_vios_that_it_is_about():
    run = with_states(pair(), State.DONE)
    assert status_of(Stop("gone", Event.NOT_LAUNCHED), run) == "FAILURE-UPGR2-INIT"
    assert status_of(Stop("gone", Event.NOT_LAUNCHED, run.migrations[0]), run) == "FAILURE-UPGR1-INIT"


def test_nothing_starts_by_a_listing_that_lacks_a_vios():
    assert isinstance(answer(pair(), doubt="lsnim does not list vios9"), Wait)


def test_a_launcher_that_never_came_up_is_given_up_at_the_third_time():
    assert answer(pair(), launches=2) is None
    step = last(pair(), launches=3)
    assert (step.event, step.migration.status) == (Event.NOT_LAUNCHED, "FAILURE-UPGR1-INIT")


SLOW_FIRST = History({"vios1": [7200.0], "vios2": [3600.0]})
SLOW_SECOND = History({"vios1": [3600.0], "vios2": [10800.0]})


def margin(hours, **more):
    return answer(pair(time_limit=hours * 3600.0, margin=AUTO), **more)


def test_the_margin_is_asked_for_the_vios_that_would_start():
    assert margin(2, history=SLOW_SECOND, vios1=found(NEW)).event is Event.PAST_LIMIT
    assert "vios2 is expected to take 3 h" in margin(2, history=SLOW_SECOND, vios1=found(NEW)).why


def test_a_slow_vios_at_the_level_does_not_stop_its_quick_partner():
    assert margin(1.4, history=SLOW_FIRST, vios1=found(NEW)) is None


def test_what_would_not_be_done_in_time_is_not_started():
    assert answer(pair(time_limit=3600.0, margin=1800.0), wall=1801.0).event is Event.PAST_LIMIT
    assert answer(pair(time_limit=3600.0, margin=1800.0), wall=1800.0) is None
    assert margin(1, history=History()) is None


def test_an_earlier_status_is_passed_through():
    now = situation(pair(), objection=Objection("FAILURE-UPGR1", "skipped"))
    stop = foresee(now).answer
    assert (status_of(stop, now.run), stop.why) == ("FAILURE-UPGR1", "skipped")


def test_a_call_attaches_to_what_is_under_way_unless_an_earlier_status_objects():
    assert isinstance(foresee(situation(pair(), under_way="run 3")).answer, Attach)
    objection = Objection("FAILURE-UPGR1", "skipped")
    assert isinstance(foresee(situation(pair(), under_way="run 3", objection=objection)).answer, Stop)


def test_every_question_is_asked_at_a_start_unless_it_is_about_the_request_a_place_or_a_reboot():
    apart = {"earlier status", "under way already", "place", "other VIOS verified or serving", "partners serve"}
    assert {question.name for question in QUESTIONS if Moment.START not in question.moments} == apart


# What stands in the way of the first VIOS by each question, in the order in which they are asked.
STOPS = {
    "cancelled": {"cancelled": "by a person at noon"},
    "time limit": {"wall": 2000.0, "time_limit": 1000.0},
    "margin": {"time_limit": 1000.0, "margin": 1800.0},
    "hold": {"held": "maintenance"},
    "failure budget": {"max_failures": "1", "failures": (1, 5)},
    "listing complete": {"doubt": "lsnim does not list vios9"},
    "place": {"place": False},
    "frame and cluster": {"in_use": True},
    "findings": {"vios1": found(error="control")},
    "cluster comes back": {"vios1": replace(found(), waits_for="vios9 is DOWN")},
    "partners serve": {"vios1": found(error="partner vios2")},
    "launches": {"launches": 3},
    "clone": {"clone": CLONED[CloneState.UNDER_WAY]},
}


@pytest.mark.parametrize("moment", [Moment.TURN, Moment.START, Moment.REBOOT])
def test_of_several_that_stand_in_the_way_the_first_of_the_table_decides(moment):
    asked = [question.name for question in QUESTIONS if moment in question.moments and question.name in STOPS]
    assert asked == [name for name in STOPS if name in asked]
    for n, name in enumerate(asked):
        given = {key: value for one in reversed(asked[n:]) for key, value in STOPS[one].items()}
        terms = {key: given.pop(key) for key in list(given) if key in Terms.__dataclass_fields__}
        run = with_states(pair(**terms), State.CHECKING)
        if moment is Moment.REBOOT:
            waits = replace(run.migrations[0], state=State.INSTALLED, view=replace(READY, aside=True, serving=True))
            run, given = with_migration(run, waits), {**given, "rebooting": waits}
        assert decide(situation(run, **given), moment).question == name


@pytest.mark.parametrize("moment", [Moment.TURN, Moment.START, Moment.REBOOT])
@pytest.mark.parametrize("name", ["cancelled", "time limit", "hold", "listing complete", "frame and cluster"])
def test_what_may_come_up_at_any_time_is_asked_at_every_moment(name, moment):
    assert moment in next(question.moments for question in QUESTIONS if question.name == name)


def test_one_of_which_there_is_no_trace_says_that_first():
    now = situation(pair(**INIT1), vios1=found(error="control"))
    assert decide(now, Moment.START).question == "trace of an earlier start"


@pytest.mark.parametrize(
    ("allowed", "failed", "total", "over"),
    [
        (None, 9, 10, False),
        ("2", 1, 10, False),
        ("2", 2, 10, True),
        ("0%", 0, 10, False),
        ("0%", 1, 1000, True),
        ("10%", 1, 20, False),
        ("10%", 2, 20, True),
    ],
)
def test_max_failures_is_a_count_or_a_share(allowed, failed, total, over):
    assert out_of_failures(allowed, failed, total) is over


VIEWS = st.sampled_from([READY, BUSY, read(View()), read(View(cstate="odd", err_info="0042-175"))])
CHECKED = st.builds(
    found,
    st.sampled_from([None, OLD, NEW, parse("4.1.0.10")]),
    st.sampled_from([None, NEW]),
    VIEWS,
    st.sampled_from([None, None, "control", "cluster"]),
)


@st.composite
def situations(draw):
    terms = Terms(
        time_limit=draw(st.none() | st.floats(0, 20000)),
        force=draw(st.booleans()),
        previous=draw(st.sampled_from([None, "SUCCESS-UPGR1-INIT", "SUCCESS-UPGR2-INIT", "SUCCESS-UPGR1"])),
        max_failures=draw(st.sampled_from([None, "1", "50%"])),
        margin=draw(st.sampled_from([None, AUTO, 3600.0])),
    )
    names = draw(st.sampled_from([("vios1",), ("vios1", "vios2"), ("vios2", "vios1")]))
    run = Run(1, 1, "-".join(sorted(names)), tuple(Migration(name, n) for n, name in enumerate(names, 1)), terms)
    checked = {name: draw(CHECKED) for name in names}
    return Situation(
        run,
        draw(st.floats(0, 20000)),
        cancelled=draw(st.sampled_from(["", "", "cancelled"])),
        held=draw(st.sampled_from([None, None, "", "maintenance"])),
        failures=draw(st.sampled_from([(0, 3), (1, 3)])),
        history=draw(st.sampled_from([History(), SLOW_FIRST, SLOW_SECOND])),
        views={name: one.progress for name, one in checked.items()},
        doubt=draw(st.sampled_from(["", "", "lacks vios9"])),
        place=draw(st.sampled_from([None, True, False])),
        in_use=draw(st.booleans()),
        launches=draw(st.integers(0, 3)),
        checked=checked,
    )


def driven(now):
    """What the driver comes to when these facts stay: asked at its turn, then, in CHECKING, before its start."""
    decision = decide(now, Moment.TURN)
    # What it waits for comes about some time, and then it is asked about again.
    now = replace(now, place=True, in_use=False, doubt="")
    if isinstance(decision.answer, Wait):
        decision = decide(now, Moment.TURN)
    if isinstance(decision.answer, Stop):
        return now.run.current.n, stop_step(replace(now, checked=None), decision.answer).migration.status
    now = replace(now, run=with_migration(now.run, move(now.run.current, Event.ADMITTED).migration))
    moves = steps(now, decide(now, Moment.START), steady=0.0)
    if not moves:
        return None
    return moves[-1].migration.n, moves[-1].event if moves[-1].event is Event.CLEARED else moves[-1].migration.status


@settings(max_examples=500)
@given(situations())
def test_what_the_preview_says_is_what_the_driver_does_with_the_same_facts(now):
    said, done = foresee(now), driven(now)
    if said == GO:
        assert done is None or done[1] is Event.CLEARED
    elif isinstance(said.answer, Stop):
        assert done[1] == status_of(said.answer, now.run)
    elif isinstance(said.answer, Adopt):
        assert done == (said.answer.migration.n, f"SUCCESS-UPGR{said.answer.migration.n}-INIT")
    else:
        assert isinstance(said.answer, Settled)
        assert done[1] == "SUCCESS-CURRENT"


@given(situations(), st.sampled_from([Moment.TURN, Moment.START]))
def test_nothing_goes_past_its_limit_or_under_a_hold(now, moment):
    limit = now.run.terms.time_limit
    if decide(now, moment) == GO:
        assert limit is None or now.wall < limit
        assert now.held is None
        assert not now.cancelled
