"""When one VIOS's migration begins, goes on and ends: the table, and the facts that move it."""

from dataclasses import replace

import pytest

from saltext_vios.methods.migvios import read
from saltext_vios.migration.facts import Command, CommandState, LevelAnswer, Outcome, View
from saltext_vios.migration.levels import parse
from saltext_vios.migration.machine import Facts, Limits, Migration, follow, move, start
from saltext_vios.migration.paths import Disk, Network, Serving
from saltext_vios.migration.transitions import FINAL, RESTART, TRANSITIONS, Event, First, State
from tests.unit.migration.runs import last_step

OLD, NEW = parse("3.1.2.21"), parse("3.1.4.31")
READY = View(
    cstate="ready for a NIM operation",
    mstate="currently running",
    prev_state="customization is being performed",
    result="success",
    ready=True,
    outcome=Outcome.SUCCESS,
    running=True,
    follows_operation=True,
    phase="ready",
)
INSTALLING = replace(
    READY,
    cstate="Base Operating System installation is being performed",
    info="BOS install 10% complete",
    ready=False,
    outcome=None,
    result=None,
    follows_operation=False,
    phase="installing",
    percent=10,
)
# Somebody's pings or reboot: NIM notes another Mstate, and what it was before under prev_state.
PINGED = replace(READY, mstate="not running", running=False, prev_state="currently running", follows_operation=False)
PINGED_AGAIN = replace(READY, prev_state="not running", follows_operation=False)
RETURNED = Command(CommandState.RETURNED, rc=0, pid=4711)
REFUSED = Command(CommandState.RETURNED, rc=1, pid=4711)
RUNNING = Command(CommandState.RUNNING, pid=4711)
LIMITS = Limits(start_timeout=100, stall_timeout=1000, query_retries=5)


def started(baseline=READY, **changes):
    waiting = Migration("vios1", 1, wanted=NEW, level_old=OLD, **changes)
    checking = move(waiting, Event.ADMITTED).migration
    return start(checking, read(baseline), now=0).migration


def told(migration, *facts, limits=LIMITS):
    """The last step after these facts, with a view as ``migvios`` reads it."""
    known = [{**one, "view": read(one["view"])} if one.get("view") else one for one in facts]
    return last_step(migration, known, limits)


def test_every_state_that_is_not_final_has_transitions_and_no_final_one_has():
    assert set(TRANSITIONS) == set(State) - FINAL


def test_every_state_leads_to_an_end():
    for state in TRANSITIONS:
        reached, todo = set(), [state]
        while todo:
            one = todo.pop()
            for following, _ in TRANSITIONS.get(one, {}).values():
                if following not in reached:
                    reached.add(following)
                    todo.append(following)
        assert reached & FINAL, state


def test_a_waiting_vios_cannot_start_without_being_checked():
    assert State.STARTING not in {state for state, _ in TRANSITIONS[State.WAITING].values()}


def test_a_start_that_was_withdrawn_leaves_nothing_behind_for_the_next_one():
    checking = move(Migration("vios1", 1, wanted=NEW, level_old=OLD), Event.ADMITTED).migration
    served = Serving("vios1")
    left = {
        "begun": True,
        "seen_busy": True,
        "passing": ("an earlier error",),
        "same_views": 2,
        "old_answers": 2,
        "command": REFUSED,
        "views_since_return": 2,
        "unanswered": "no answer",
        "served": Serving("vios1", cluster="ssp"),
        "lacks": ("cluster ssp",),
        "proven": 5.0,
        "started": 5.0,
        "changed": 5.0,
        "progressed": 5.0,
        "sights": ("INSTALLING",) * 3,
        "reboots": 1,
        "baseline": read(INSTALLING),
        "view": read(INSTALLING),
    }
    again = start(replace(checking, **left), read(READY), 100, served).migration
    assert again == start(checking, read(READY), 100, served).migration
    assert (again.served, again.started, again.changed, again.progressed) == (served, 100, 100, 100)


@pytest.mark.parametrize(
    ("task", "wanted", "said"),
    [
        ("", NEW, "vios1: migration starts from ioslevel 3.1.2.21 to 3.1.4.31"),
        ("", None, "vios1: migration starts from ioslevel 3.1.2.21, target level unknown"),
        ("backup", None, "vios1: backup starts at ioslevel 3.1.2.21"),
        ("rollback", NEW, "vios1: rollback starts from ioslevel 3.1.2.21 to 3.1.4.31"),
    ],
)
def test_a_start_says_from_where_to_where(task, wanted, said):
    checking = move(Migration("vios1", 1, wanted=wanted, level_old=OLD, task=task), Event.ADMITTED).migration
    assert start(checking, read(READY), 0).message == said


def test_a_success_of_an_earlier_operation_is_not_ours():
    step = told(started(), {"command": RETURNED}, *[{"view": READY}] * 20)
    assert step.migration.state is State.STARTED
    assert step.migration.status == "SUCCESS-UPGR1-INIT"


def test_an_operation_that_nim_shows_has_begun():
    step = told(started(), {"command": RETURNED}, {"view": INSTALLING})
    assert (step.event, step.migration.state) == (Event.BEGAN, State.INSTALLING)
    assert "although" not in step.message


def test_an_attribute_that_is_missing_is_no_sign_of_a_beginning():
    step = told(started(), {"command": RETURNED}, {"view": replace(READY, result=None, prev_state=None)})
    assert step.migration.state is State.STARTED


def test_a_whole_operation_between_two_looks_is_seen_by_what_it_left():
    step = told(
        started(replace(READY, prev_state="currently running", follows_operation=False)),
        {"command": RETURNED},
        {"view": READY},
        {"view": READY},
    )
    assert (step.event, step.migration.state) == (Event.SAID_DONE, State.VERIFYING)


class TestMstateIsNoBeginning:
    """NIM's prev_state keeps the former Mstate too, so pings and reboots change it; an old success stands there."""

    @pytest.mark.parametrize("wanted", [None, NEW])
    def test_a_nim_that_refused_stays_refused(self, wanted):
        migration = replace(started(), wanted=wanted)
        step = told(
            migration, {"command": REFUSED}, {"view": PINGED}, {"view": PINGED_AGAIN}, {"level": LevelAnswer(OLD)}
        )
        assert step.migration.status == "FAILURE-UPGR1-INIT"

    @pytest.mark.parametrize("answer", [RETURNED, REFUSED])
    def test_nothing_is_done_by_nims_word_that_never_began(self, answer):
        step = told(
            started(),
            {"command": answer},
            *[{"view": PINGED}, {"view": PINGED_AGAIN}] * 5,
            limits=replace(LIMITS, verify=False),
        )
        assert step.migration.state is not State.DONE
        assert not step.migration.begun

    @pytest.mark.parametrize("wanted", [None, NEW])
    def test_nothing_ends_while_nim_makes_an_image(self, wanted):
        migration = replace(started(), wanted=wanted)
        old = {"level": LevelAnswer(OLD)}
        step = told(migration, {"command": RUNNING}, *[{"view": PINGED}, {"view": PINGED_AGAIN}, old] * 2)
        assert step.migration.state is State.STARTING

    @pytest.mark.parametrize("began", [[], [{"view": INSTALLING}]], ids=["nothing began", "it installs"])
    def test_a_wait_is_not_kept_alive_by_pings(self, began):
        """A Mstate that was seen before is nobody's progress, however often it comes and goes."""
        last = began[0]["view"] if began else READY
        pinged = replace(last, mstate="not running", running=False, prev_state="currently running")
        again = replace(last, prev_state="not running")
        looks = [{"now": 100.0 * n, "view": pinged if n % 2 else again} for n in range(1, 20)]
        step = told(started(), {"command": RETURNED}, *began, *looks)
        assert step.event is Event.STALLED

    def test_a_word_of_another_mstate_is_none_of_an_operation(self):
        """Whatever text it is: it was seen as Mstate since the start."""
        odd = replace(READY, mstate="customized is being performed", running=None)
        after = replace(READY, prev_state="customized is being performed")
        step = told(started(), {"command": RETURNED}, {"view": odd}, {"view": after}, {"view": after})
        assert not step.migration.begun


class TestWithoutALevelWanted:
    def test_an_answer_as_before_is_no_success(self):
        migration = replace(verifying(), wanted=None)
        old = {"level": LevelAnswer(OLD)}
        step = told(migration, old, {"view": READY}, old)
        assert step.migration.status == "FAILURE-UPGR1"
        assert "give level=" in step.message

    def test_an_answer_as_before_proves_nothing_of_what_was_never_seen_busy(self):
        other = replace(READY, result="failure", outcome=Outcome.FAILURE)
        migration = replace(started(other), wanted=None)
        old = {"level": LevelAnswer(OLD)}
        step = told(migration, {"command": RETURNED}, *[{"view": READY}, old] * 4)
        assert step.migration.state is State.VERIFYING
        assert told(step.migration, {"level": LevelAnswer(NEW)}).migration.state is State.DONE


def test_nims_word_alone_needs_a_cstate_that_was_seen_busy():
    other = replace(READY, result="failure", outcome=Outcome.FAILURE)
    step = told(started(other), {"command": RETURNED}, *[{"view": READY}] * 9, limits=replace(LIMITS, verify=False))
    assert step.migration.begun
    assert step.migration.state is State.INSTALLING


def test_a_level_that_it_had_before_proves_nothing_of_what_was_never_seen_busy():
    """A forced migration to the level that the VIOS has: only a busy Cstate tells that anything ran."""
    other = replace(READY, result="failure", outcome=Outcome.FAILURE)
    migration = replace(started(other), level_old=NEW)
    same = {"level": LevelAnswer(NEW)}
    assert told(migration, {"command": RETURNED}, *[{"view": READY}, same] * 4).migration.state is State.VERIFYING
    seen = told(migration, {"command": RETURNED}, {"view": INSTALLING}, {"view": READY}, same)
    assert seen.migration.state is State.DONE


def test_a_nim_that_was_too_late_ran_nothing_whatever_is_under_way():
    step = told(started(), {"view": INSTALLING, "command": Command(CommandState.TOO_LATE)})
    assert step.event is Event.PAST_LIMIT


@pytest.mark.parametrize("result", [None, "success"], ids=["cleared at the start", "left over"])
def test_a_result_of_before_may_be_cleared_or_stay_while_it_runs(result):
    running = replace(INSTALLING, result=result, outcome=Outcome(result) if result else None)
    step = told(started(), {"command": RETURNED}, *[{"view": running}] * 5)
    assert step.migration.state is State.INSTALLING
    step = told(step.migration, {"view": READY}, {"level": LevelAnswer(NEW)})
    assert step.migration.state is State.DONE


def verifying(baseline=READY):
    return told(started(baseline), {"command": RETURNED}, {"view": INSTALLING}, {"view": READY}).migration


def test_ready_and_success_after_a_beginning_is_verified_by_the_vios():
    migration = verifying()
    assert migration.state is State.VERIFYING
    assert migration.wants_proof


def test_the_new_level_ends_it_as_success():
    step = told(verifying(), {"level": LevelAnswer(NEW)})
    assert (step.migration.state, step.migration.status) == (State.DONE, "SUCCESS-UPGR1")
    assert step.migration.level_new == NEW


def test_the_second_vios_has_statuses_of_its_own():
    migration = replace(verifying(), n=2)
    assert told(migration, {"level": LevelAnswer(NEW)}).migration.status == "SUCCESS-UPGR2"


def test_an_old_level_after_success_fails_and_says_so():
    old = {"level": LevelAnswer(OLD)}
    step = told(verifying(), {"view": READY}, old, {"view": READY}, old)
    assert step.migration.status == "FAILURE-UPGR1"
    assert str(OLD) in step.message
    assert str(NEW) in step.message


def test_one_answer_with_the_old_level_is_asked_again():
    assert told(verifying(), {"level": LevelAnswer(OLD)}).migration.state is State.VERIFYING


def test_a_vios_that_does_not_answer_yet_is_asked_again_until_the_stall_limit():
    silent = {"level": LevelAnswer(None, "Connection refused")}
    assert told(verifying(), silent, {"now": 900.0, **silent}).migration.state is State.VERIFYING
    step = told(verifying(), silent, {"now": 1200.0, **silent})
    assert step.migration.status == "FAILURE-UPGR1-WAIT"
    assert "Connection refused" in step.message


SERVED = Serving("vios1", disks=(Disk(3, "lpar3_root", "hdisk4", "A"),), networks=(Network("ent5", "PRIMARY"),))
LESS = replace(SERVED, disks=())
WHOLE, LACKING = {"level": LevelAnswer(NEW, serves=SERVED)}, {"level": LevelAnswer(NEW, serves=LESS)}
REQUIRED = replace(LIMITS, require_paths=True, paths_timeout=300)
WARNED = replace(REQUIRED, require_paths=False)


class TestWhatItServedBefore:
    def test_what_serves_as_before_is_done_at_once(self):
        step = told(replace(verifying(), served=SERVED), WHOLE, limits=REQUIRED)
        assert step.event is Event.PROVEN
        assert step.migration.lacks == ()

    def test_what_comes_back_late_is_waited_for(self):
        step = told(replace(verifying(), served=SERVED), LACKING, {"now": 200.0, **LACKING}, limits=REQUIRED)
        assert step.migration.state is State.VERIFYING
        assert step.migration.lacks == ("client 3: vSCSI disk lpar3_root",)
        assert told(step.migration, {"now": 250.0, **WHOLE}, limits=REQUIRED).event is Event.PROVEN

    def test_what_stays_missing_is_a_failure_of_its_own_where_it_is_required(self):
        step = told(replace(verifying(), served=SERVED), LACKING, {"now": 310.0, **LACKING}, limits=REQUIRED)
        assert (step.event, step.migration.status) == (Event.PATHS_LOST, "FAILURE-UPGR1-PATHS")
        assert "client 3: vSCSI disk lpar3_root" in step.message

    def test_else_it_is_a_success_with_a_warning(self):
        step = told(replace(verifying(), served=SERVED), LACKING, {"now": 310.0, **LACKING}, limits=WARNED)
        assert (step.event, step.migration.status) == (Event.PROVEN, "SUCCESS-UPGR1")
        assert "warning: 5 min after the migration still missing" in step.message
        assert step.migration.lacks == ("client 3: vSCSI disk lpar3_root",)

    def test_it_has_its_own_time_however_long_the_install_took(self):
        late = {"now": 5000.0, **LACKING}
        step = told(replace(verifying(), served=SERVED), late, {"now": 5200.0, "view": READY}, limits=REQUIRED)
        assert step.migration.state is State.VERIFYING

    def test_a_vios_that_answers_no_more_stalls_in_the_end(self):
        silent = {"level": LevelAnswer(None, "Connection refused")}
        step = told(replace(verifying(), served=SERVED), LACKING, {"now": 1500.0, **silent}, limits=REQUIRED)
        assert step.event is Event.STALLED
        assert "Connection refused" in step.message

    def test_an_answer_that_says_nothing_leaves_it_the_time_that_it_has(self):
        silent = {"now": 200.0, "level": LevelAnswer(None, "Connection refused")}
        late = {"now": 310.0, **LACKING}
        assert told(replace(verifying(), served=SERVED), LACKING, silent, late, limits=WARNED).event is Event.PROVEN

    def test_another_operation_gives_it_its_time_again(self):
        step = told(replace(verifying(), served=SERVED), LACKING, {"view": INSTALLING}, limits=REQUIRED)
        assert step.migration.proven is None

    def test_what_nobody_asked_about_is_not_missing(self):
        assert told(verifying(), LACKING, limits=REQUIRED).event is Event.PROVEN

    def test_a_level_that_proves_nothing_does_not_count_as_an_answer_of_a_migrated_vios(self):
        old = {"level": LevelAnswer(OLD, serves=LESS)}
        step = told(replace(verifying(), served=SERVED), old, limits=REQUIRED)
        assert (step.migration.proven, step.migration.lacks) == (None, ())

    def test_what_nim_never_showed_is_held_against_it_too(self):
        migration = replace(started(replace(READY, prev_state=None, result=None)), served=SERVED)
        migration = told(migration, {"command": RETURNED}, *[{"view": READY}] * 2).migration
        step = told(migration, LACKING, {"now": 400.0, **LACKING}, limits=REQUIRED)
        assert step.event is Event.PATHS_LOST


def test_a_new_operation_during_the_verification_is_waited_for():
    step = told(verifying(), {"view": INSTALLING})
    assert (step.event, step.migration.state) == (Event.BUSY_AGAIN, State.INSTALLING)


@pytest.mark.parametrize("outcome", [Outcome.FAILURE, Outcome.RESET])
def test_a_result_that_is_no_success_fails_it(outcome):
    ended = replace(READY, result=outcome.value, outcome=outcome)
    step = told(started(), {"command": RETURNED}, {"view": INSTALLING}, {"view": ended})
    assert step.migration.status == "FAILURE-UPGR1"
    assert outcome.value in step.message


def test_an_old_failure_does_not_count_while_the_operation_runs():
    stale = {"result": "failure", "outcome": Outcome.FAILURE}
    step = told(started(replace(READY, **stale)), {"command": RETURNED}, *[{"view": replace(INSTALLING, **stale)}] * 3)
    assert step.migration.state is State.INSTALLING


def test_an_old_failure_counts_when_nim_is_ready_again():
    stale = {"result": "failure", "outcome": Outcome.FAILURE}
    step = told(
        started(replace(READY, **stale)),
        {"command": RETURNED},
        {"view": replace(INSTALLING, **stale)},
        {"view": replace(READY, **stale)},
    )
    assert step.migration.status == "FAILURE-UPGR1"


def test_a_new_err_info_fails_it():
    step = told(
        started(),
        {"command": RETURNED},
        {"view": INSTALLING},
        {"view": replace(INSTALLING, err_info="0042-175 c_script")},
    )
    assert step.migration.status == "FAILURE-UPGR1"
    assert "0042-175" in step.message


class TestErrInfoOfBefore:
    LEFT = replace(READY, err_info="left over")

    def after(self, **changes):
        running = replace(INSTALLING, err_info="left over")
        migration = replace(started(self.LEFT), **changes)
        return told(migration, {"command": RETURNED}, {"view": running}, {"view": self.LEFT})

    def test_it_does_not_stop_a_success_that_the_vios_proves(self):
        step = told(self.after().migration, {"level": LevelAnswer(NEW)})
        assert step.migration.status == "SUCCESS-UPGR1"

    def test_a_level_that_did_not_change_is_no_proof_against_it(self):
        same = {"level": LevelAnswer(NEW)}
        migration = self.after(level_old=NEW).migration
        assert told(migration, same, {"view": self.LEFT}, same).migration.state is State.VERIFYING
        step = told(migration, {"now": 1500.0, **same})
        assert step.migration.status == "FAILURE-UPGR1-WAIT"
        assert "err_info is still that of an earlier operation" in step.message

    def test_nims_word_alone_must_be_without_it(self):
        running = {"view": replace(INSTALLING, err_info="left over")}
        unverified = replace(LIMITS, verify=False)
        step = told(started(self.LEFT), {"command": RETURNED}, running, *[{"view": self.LEFT}] * 3, limits=unverified)
        assert step.migration.state is State.INSTALLING


def test_the_reason_of_a_failure_may_be_in_info_only():
    ended = replace(READY, result="failure", outcome=Outcome.FAILURE, info="0505-126 alt_disk_install- target disk")
    step = told(started(), {"command": RETURNED}, {"view": INSTALLING}, {"view": ended})
    assert step.migration.status == "FAILURE-UPGR1"
    assert "0505-126" in step.message


def test_an_unknown_state_text_is_waited_through():
    unknown = replace(INSTALLING, cstate="something IBM never told us")
    step = told(started(), {"command": RETURNED}, {"view": unknown}, {"view": unknown})
    assert step.migration.state is State.INSTALLING


def test_a_missing_cstate_is_neither_busy_nor_ready():
    step = told(started(), {"command": RETURNED}, {"view": View()}, {"view": View()})
    assert step.migration.state is State.STARTED


def test_the_vios_itself_can_prove_an_operation_that_nim_never_showed():
    step = told(started(), {"command": RETURNED}, {"view": READY}, {"level": LevelAnswer(NEW)})
    assert (step.event, step.migration.status) == (Event.PROVEN, "SUCCESS-UPGR1")


def test_a_look_from_before_its_command_came_back_says_nothing_of_what_came_of_it():
    early = told(started(), {"command": RUNNING}, {"view": READY}, {"command": RETURNED}, {"level": LevelAnswer(NEW)})
    assert early.migration.state is State.STARTED
    assert told(early.migration, {"view": READY}, {"level": LevelAnswer(NEW)}).event is Event.PROVEN


def test_a_new_level_alone_does_not_end_it_while_nim_does_not_show_it_ready():
    silent = replace(READY, cstate=None, ready=False)
    step = told(started(), {"command": RETURNED}, {"view": silent}, {"level": LevelAnswer(NEW)})
    assert step.migration.state is State.STARTED


def test_an_end_whose_beginning_was_not_seen_shows_in_two_looks():
    migration = started(replace(READY, prev_state="currently running", follows_operation=False))
    once = told(migration, {"command": RETURNED}, {"view": READY})
    assert once.migration.state is State.INSTALLING
    another = told(once.migration, {"view": replace(READY, info="customizing")})
    assert another.migration.state is State.INSTALLING
    assert told(once.migration, {"view": READY}).event is Event.SAID_DONE


def test_one_that_left_a_trace_and_answers_twice_with_its_old_level_has_failed():
    migration = started(replace(READY, prev_state="currently running", follows_operation=False))
    step = told(migration, {"command": RETURNED}, *[{"view": READY}] * 2, *[{"level": LevelAnswer(OLD)}] * 2)
    assert (step.event, step.migration.status) == (Event.OLD_LEVEL, "FAILURE-UPGR1")


def test_of_one_whose_level_was_not_known_the_level_wanted_proves_only_what_was_seen_busy():
    migration = replace(started(), level_old=None)
    new = {"level": LevelAnswer(NEW)}
    assert told(migration, {"command": RETURNED}, *[{"view": READY}, new] * 3).migration.state is State.STARTED
    seen = told(migration, {"command": RETURNED}, {"view": INSTALLING}, {"view": READY}, new)
    assert seen.migration.state is State.DONE


def test_ready_without_the_word_success_is_no_end():
    silent = replace(READY, result=None, outcome=None)
    step = told(started(), {"command": RETURNED}, {"view": INSTALLING}, *[{"view": silent}] * 3)
    assert step.migration.state is State.INSTALLING


def test_a_new_failure_counts_at_once_though_nim_is_still_busy():
    failed = replace(INSTALLING, result="failure", outcome=Outcome.FAILURE)
    step = told(started(), {"command": RETURNED}, {"view": INSTALLING}, {"view": failed})
    assert (step.event, step.migration.status) == (Event.SAID_FAILED, "FAILURE-UPGR1")


def test_a_vios_is_asked_for_its_level_when_nim_shows_it_done_and_not_before():
    accepted = told(started(), {"command": RETURNED}, {"view": replace(READY, ready=False, cstate=None)}).migration
    assert not accepted.wants_proof
    assert told(accepted, {"view": READY}).migration.wants_proof
    assert not told(accepted, {"view": INSTALLING}, {"view": INSTALLING}).migration.wants_proof


def test_a_level_that_did_not_change_proves_nothing():
    migration = replace(started(), level_old=NEW)
    step = told(migration, {"command": RETURNED}, {"view": READY}, {"level": LevelAnswer(NEW)})
    assert step.migration.state is State.STARTED


def test_nothing_that_ever_begins_ends_in_a_failed_wait():
    step = told(started(), {"command": RETURNED}, {"view": READY}, {"now": 1500.0, "view": READY})
    assert step.migration.status == "FAILURE-UPGR1-WAIT"
    assert "nothing began" in step.message


def test_a_stall_names_the_time():
    step = told(
        started(),
        {"command": RETURNED},
        {"view": INSTALLING},
        {"now": 10820.0, "view": INSTALLING},
        limits=replace(LIMITS, stall_timeout=10800),
    )
    assert step.migration.status == "FAILURE-UPGR1-WAIT"
    assert step.message == (
        "vios1: no change of NIM state for 3 h; Cstate 'Base Operating System installation is being performed', "
        "Mstate 'currently running', prev_state 'customization is being performed', info 'BOS install 10% complete'"
    )


def test_a_failure_that_shows_while_the_vios_is_asked_fails_it():
    step = told(verifying(), {"view": replace(READY, err_info="0042-175")})
    assert (step.event, step.migration.status) == (Event.SAID_FAILED, "FAILURE-UPGR1")


def test_the_answer_of_a_vios_that_nim_no_longer_shows_as_done_does_not_end_it():
    unclear = told(verifying(), {"view": replace(READY, cstate=None, ready=False)})
    assert told(unclear.migration, {"level": LevelAnswer(NEW)}).migration.state is State.VERIFYING


def test_an_end_counts_however_late_it_is_seen():
    """A driver that was away, or a VIOS that took its time: what ends it now is no stall."""
    step = told(verifying(), {"now": 9000.0, "level": LevelAnswer(NEW)})
    assert step.event is Event.PROVEN
    busy = told(started(), {"command": RETURNED}, {"view": INSTALLING}).migration
    assert told(busy, {"now": 9000.0, "view": READY}).event is Event.SAID_DONE


def test_to_hear_again_that_its_command_returned_is_no_progress():
    again = [{"now": float(now), "command": RETURNED} for now in (400, 800)]
    step = told(started(), {"now": 10.0, "command": RETURNED}, *again, {"now": 1011.0, "view": READY})
    assert step.event is Event.STALLED


@pytest.mark.parametrize(
    "looks", [[INSTALLING, replace(INSTALLING, info="prompt")], [READY, INSTALLING]], ids=["info", "a success"]
)
def test_what_nim_shows_again_and_again_is_waited_for_no_longer_than_for_a_stall(looks):
    facts = [{"now": 100.0 * number, "view": view} for number, view in enumerate(looks * 20)]
    step = told(started(), {"command": RETURNED}, *facts)
    assert step.migration.status == "FAILURE-UPGR1-WAIT"


def test_a_second_pass_that_shows_the_same_as_the_first_is_progress():
    passes = [replace(INSTALLING, info=f"BOS install {percent}% complete") for percent in (10, 50, 90)] * 2
    looks = [{"now": 800.0 * number, "view": view} for number, view in enumerate(passes)]
    assert told(started(), {"command": RETURNED}, *looks).migration.state is State.INSTALLING


@pytest.mark.parametrize("field", ["cstate", "mstate", "prev_state", "result", "info"])
def test_any_change_of_a_nim_state_is_progress(field):
    changed = replace(INSTALLING, **{field: "changed"})
    step = told(
        started(),
        {"command": RETURNED},
        {"view": INSTALLING},
        {"now": 900.0, "view": changed},
        {"now": 1100.0, "view": changed},
    )
    assert step.migration.state is State.INSTALLING


def test_a_refusal_needs_two_looks_because_nim_may_lag():
    failed = {"command": Command(CommandState.RETURNED, rc=1)}
    assert told(started(), failed, {"view": READY}).migration.state is State.STARTING
    step = told(started(), failed, {"view": READY}, {"view": READY})
    assert step.migration.status == "FAILURE-UPGR1-INIT"
    assert "returned 1" in step.message


def test_an_error_of_nim_does_not_count_when_the_operation_began():
    failed = {"command": Command(CommandState.RETURNED, rc=1)}
    step = told(started(), failed, {"view": INSTALLING})
    assert step.migration.state is State.INSTALLING
    assert "returned 1" in step.message


def test_a_nim_that_does_not_come_back_is_left_alone():
    step = told(started(), {"command": RUNNING}, {"now": 99.0, "view": READY}, {"now": 101.0, "view": READY})
    assert step.migration.status == "FAILURE-UPGR1-INIT"
    assert "4711" in step.message


def test_a_nim_that_does_not_come_back_is_waited_for_when_the_operation_began():
    step = told(started(), {"command": RUNNING}, {"view": INSTALLING}, {"now": 500.0, "view": INSTALLING})
    assert step.migration.state is State.INSTALLING


def test_a_nim_that_makes_an_image_first_is_no_stall():
    step = told(
        started(),
        {"command": RUNNING},
        {"view": INSTALLING},
        {"now": 1900.0, "view": INSTALLING},
        limits=replace(LIMITS, start_timeout=2000),
    )
    assert step.migration.state is State.INSTALLING


def test_a_lost_exit_status_is_not_a_failure():
    step = told(started(), {"command": Command(CommandState.LOST)}, {"view": READY})
    assert step.migration.state is State.STARTED


def test_failed_queries_are_waited_through_up_to_their_limit():
    migration = told(started(), {"command": RETURNED}, {"view": INSTALLING}).migration
    assert told(migration, {"failed_queries": 5}).migration.state is State.INSTALLING
    step = told(migration, {"failed_queries": 6})
    assert step.migration.status == "FAILURE-UPGR1-WAIT"


def test_without_verification_a_seen_transition_is_enough():
    step = told(
        started(),
        {"command": RETURNED},
        {"view": INSTALLING},
        {"view": READY},
        limits=replace(LIMITS, verify=False),
    )
    assert step.migration.status == "SUCCESS-UPGR1"


@pytest.mark.parametrize(
    "shown", [{"mstate": "not running", "running": False}, {"info": "customizing"}], ids=["not running", "info"]
)
def test_without_verification_no_success_while_the_vios_is_not_running_or_nim_says_what_it_does(shown):
    step = told(
        started(),
        {"command": RETURNED},
        {"view": INSTALLING},
        {"view": replace(READY, **shown)},
        limits=replace(LIMITS, verify=False),
    )
    assert step.migration.state is State.INSTALLING


def test_with_no_level_known_any_answer_of_the_vios_will_do():
    migration = replace(verifying(), wanted=None)
    assert told(migration, {"level": LevelAnswer(parse("3.1.0.10"))}).migration.status == "SUCCESS-UPGR1"


def test_a_forced_step_down_is_not_proven_by_the_higher_old_level():
    migration = replace(verifying(), level_old=parse("4.1.0.10"))
    assert told(migration, {"level": LevelAnswer(parse("4.1.0.10"))}).migration.state is State.VERIFYING
    assert told(migration, {"level": LevelAnswer(NEW)}).migration.state is State.DONE


def test_a_new_driver_knows_what_to_do_first_with_every_state():
    assert set(RESTART) == set(State)
    assert {state for state, first in RESTART.items() if first is First.NOTHING} == FINAL
    assert {state for state, first in RESTART.items() if first is First.ASK} == {State.WAITING, State.CHECKING}


class TestACommandOfWhichLittleIsKnown:
    """A method may say that its command's word is worth less: limits of its own, and a question nobody answers."""

    SLOW = replace(LIMITS, late_is_unknown=True, quiet=300)

    def test_one_that_has_not_returned_in_time_is_unknown_and_never_failed(self):
        step = told(started(), {"command": RUNNING}, {"now": 101.0, "view": READY}, limits=self.SLOW)
        assert (step.event, step.migration.state) == (Event.ACCEPTED, State.STARTED)
        assert "it may have begun all the same" in step.message
        assert told(step.migration, {"now": 1200.0, "view": READY}, limits=self.SLOW).migration.status.endswith("-WAIT")

    def test_one_that_failed_may_show_only_later_what_it_began(self):
        quiet = [{"now": float(n), "view": READY} for n in (20, 100, 200, 300)]
        assert told(started(), {"command": REFUSED}, *quiet, limits=self.SLOW).migration.state is State.STARTING
        later = {"now": 310.0, "view": INSTALLING}
        assert told(started(), {"command": REFUSED}, *quiet, later, limits=self.SLOW).event is Event.BEGAN
        later = {"now": 311.0, "view": READY}
        assert told(started(), {"command": REFUSED}, *quiet, later, limits=self.SLOW).event is Event.REFUSED

    def test_one_that_failed_is_reported_with_what_it_printed(self):
        failed = replace(RETURNED, rc=1, complaint="0042-053 lsnim: there is no NIM object named img")
        step = told(started(), {"command": failed}, {"view": READY}, {"view": READY}, {"now": 400.0, "view": READY})
        assert "nim returned 1 and NIM shows no operation; it printed '0042-053 lsnim:" in step.message

    @pytest.mark.parametrize("rc", [0, 1])
    def test_one_that_asked_a_question_has_failed_by_that_name(self, rc):
        asked = replace(RETURNED, rc=rc, tool="viosupgrade", question="Choice[Y/N]:")
        step = told(started(), {"command": asked}, {"view": READY}, {"view": READY})
        assert step.event is Event.REFUSED
        assert "viosupgrade returned" in step.message
        assert "waiting for an answer to 'Choice[Y/N]:'" in step.message

    def test_clients_that_get_less_than_before_are_waited_for(self):
        served = [replace(read(view), served=count) for view, count in ((READY, 3), (INSTALLING, None), (READY, 2))]
        checking = move(Migration("vios1", 1, wanted=NEW, level_old=OLD), Event.ADMITTED).migration
        migration = start(checking, served[0], now=0).migration
        for now, facts in enumerate([{"command": RETURNED}, *({"view": view} for view in served[1:])], 1):
            migration = follow(migration, Facts(float(now), **facts), LIMITS).migration
        assert migration.state is State.INSTALLING
        whole = follow(migration, Facts(9.0, view=replace(served[2], served=3)), LIMITS)
        assert whole.event is Event.SAID_DONE
        stalled = follow(migration, Facts(2000.0, view=served[2]), LIMITS)
        assert "it serves 2 disks to its clients, 3 before the start" in stalled.message
