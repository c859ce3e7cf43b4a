"""The core under any order of facts: the promises it keeps whatever NIM and the VIOSes say."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from saltext_vios.methods.migvios import read
from saltext_vios.migration.checks import Checked, Finding, Severity
from saltext_vios.migration.facts import Command, CommandState, LevelAnswer, Outcome, View
from saltext_vios.migration.levels import parse
from saltext_vios.migration.machine import Facts, Limits, Migration, follow, move, start
from saltext_vios.migration.start import Moment, Situation, decide, steps
from saltext_vios.migration.transitions import Event, State
from saltext_vios.migration.tuples import Run, Terms, admit, with_migration

OLD, NEW = parse("3.1.2.21"), parse("3.1.4.31")
LIMIT = 5000.0
TEXTS = st.sampled_from([None, "a", "b", "something unknown"])
MSTATES = st.sampled_from([None, "running", "not running", "something unknown", "an operation"])
PREVIOUS = st.sampled_from([None, "running", "not running", "something unknown", "an operation", "another operation"])
OUTCOMES = {"success": Outcome.SUCCESS, "failure": Outcome.FAILURE, "reset": Outcome.RESET}
FRAMES = {"vios1": "f1", "vios2": "f1", "vios3": "f2", "vios4": "f2"}


@st.composite
def views(draw):
    cstate = draw(st.sampled_from([None, "ready", "installing", "odd"]))
    result = draw(st.sampled_from([None, "success", "failure", "reset", "odd"]))
    prev_state = draw(PREVIOUS)
    return View(
        cstate=cstate,
        mstate=draw(MSTATES),
        prev_state=prev_state,
        follows_operation="operation" in (prev_state or ""),
        result=result,
        info=draw(TEXTS),
        err_info=draw(st.sampled_from([None, None, None, "0042-175"])),
        ready=cstate == "ready",
        outcome=OUTCOMES.get(result),
        running=draw(st.sampled_from([None, True, False])),
    )


@st.composite
def idle_views(draw):
    """What NIM may show of a VIOS on which nothing runs; a success of before stands there more often than not."""
    result = draw(st.sampled_from(["success", "success", "success", "failure", "reset", None]))
    info = draw(st.sampled_from([None, None, "a"]))
    return replace(draw(views()), cstate="ready", ready=True, result=result, outcome=OUTCOMES.get(result), info=info)


COMMANDS = st.one_of(
    st.just(Command(CommandState.RUNNING, pid=1)),
    st.just(Command(CommandState.LOST)),
    st.just(Command(CommandState.TOO_LATE)),
    st.builds(lambda rc: Command(CommandState.RETURNED, rc=rc), st.sampled_from([0, 1])),
)
LEVELS = st.sampled_from([None, OLD, NEW, parse("4.1.0.10")]).map(LevelAnswer)
READY = View(
    cstate="ready",
    mstate="running",
    prev_state="an operation",
    follows_operation=True,
    result="success",
    ready=True,
    outcome=Outcome.SUCCESS,
)
INSTALLING = replace(READY, cstate="installing", ready=False)
# An operation that goes well, goes badly, or says something half true.
PLAUSIBLE = [
    READY,
    INSTALLING,
    READY,
    replace(READY, err_info="0042-175"),
    replace(READY, result=None, outcome=None),
    replace(READY, prev_state=None),
    replace(READY, result="failure", outcome=Outcome.FAILURE),
]
KEYS = ("vios1-vios2", "vios3-vios4", "vios1", "vios4")


class Promises(RuleBasedStateMachine):
    @initialize(verify=st.booleans())
    def begin(self, verify):
        self.now = 0.0
        self.verify = verify
        terms = Terms(time_limit=LIMIT, limits=Limits(100, 1000, 3, verify))
        self.runs = {}
        for number, key in enumerate(KEYS):
            migrations = tuple(Migration(name, n) for n, name in enumerate(key.split("-"), 1))
            self.runs[number] = Run(number, 1, key, migrations, terms)
        self.starts = []
        self.shown = {}

    def _take(self, run, migration):
        self.runs[run.id] = with_migration(run, migration)

    @rule(seconds=st.sampled_from([1, 30, 400, 1200]))
    def time_passes(self, seconds):
        self.now += seconds

    @rule()
    def a_turn_comes(self):
        active = [run for run in self.runs.values() if run.admitted]
        waiting = [run for run in self.runs.values() if not run.over and not run.admitted]
        turns = admit(waiting, active, FRAMES) + [run for run in active if run.current.state is State.WAITING]
        for run in turns:
            self._take(run, move(run.current, Event.ADMITTED).migration)

    @rule(data=st.data(), held=st.sampled_from([None, None, "held"]))
    def the_checks_come_in(self, data, held):
        for run in [run for run in self.runs.values() if run.current and run.current.state is State.CHECKING]:
            now = Situation(run, self.now, held=held, checked=self._checked(data, run))
            for step in steps(now, decide(now, Moment.START), self.now):
                if step.event is Event.CLEARED:
                    self.starts.append((step.migration.vios, self.now))
                    self.shown[run.id, step.migration.n] = {"views": [], "levels": []}
                self._take(self.runs[run.id], step.migration)

    def _flying(self):
        return [run for run in self.runs.values() if run.current and run.current.in_flight]

    def _tell(self, run, **facts):
        """Facts for the current VIOS of a run; what was shown is kept, to hold the outcome against it."""
        shown, known, command = self.shown[run.id, run.current.n], run.current.command, facts.get("command")
        if known and known.state is not CommandState.RUNNING and command and command.state is CommandState.RUNNING:
            facts["command"] = known  # what has ended runs no more
        if facts.get("view") is not None:
            shown["views"].append(facts["view"])
            facts["view"] = read(facts["view"])
        if facts.get("level") is not None:
            shown["levels"].append(facts["level"].level)
        self._take(run, follow(run.current, Facts(self.now, **facts), run.terms.limits).migration)

    @rule(view=st.sampled_from(PLAUSIBLE))
    def nim_shows_how_operations_go(self, view):
        for run in self._flying():
            self._tell(run, view=view)

    @rule(rc=st.sampled_from([0, 0, 0, 1]))
    def nim_comes_back(self, rc):
        for run in self._flying():
            if run.current.state is State.STARTING:
                self._tell(run, command=Command(CommandState.RETURNED, rc=rc))

    @rule()
    def the_vioses_answer_as_before(self):
        for run in self._flying():
            self._tell(run, level=LevelAnswer(run.current.level_old))

    @rule(level=st.sampled_from([NEW, NEW, OLD, None]))
    def the_vioses_answer(self, level):
        for run in self._flying():
            self._tell(run, level=LevelAnswer(level))

    def _checked(self, data, run):
        return {
            name: Checked(
                read(data.draw(st.sampled_from([READY, READY, replace(READY, err_info="0042-175")]) | views())),
                data.draw(st.sampled_from([OLD, OLD, NEW, None])),
                data.draw(st.sampled_from([NEW, NEW, None])),
                data.draw(st.sampled_from([(), (), (Finding(Severity.ERROR, name, "control", "x"),)])),
            )
            for name in run.vioses
        }

    @precondition(lambda self: self._flying())
    @rule(
        data=st.data(),
        view=st.none() | views(),
        command=st.none() | COMMANDS,
        level=st.none() | LEVELS,
        failed=st.integers(0, 5),
    )
    def facts_come_in(self, data, view, command, level, failed):
        run = data.draw(st.sampled_from(self._flying()))
        self._tell(run, view=view, command=command, level=level, failed_queries=failed)

    @invariant()
    def never_two_vioses_of_a_frame_at_once(self):
        flying = [m.vios for run in self.runs.values() for m in run.migrations if m.in_flight and not run.over]
        frames = [FRAMES[name] for name in flying]
        assert len(frames) == len(set(frames)), flying

    @invariant()
    def the_second_never_goes_before_the_first_is_done(self):
        for run in self.runs.values():
            first, *rest = run.migrations
            if any(m.in_flight or m.state is State.DONE for m in rest):
                assert first.state in (State.DONE, State.CURRENT)

    @invariant()
    def nothing_starts_at_or_after_the_limit(self):
        assert all(at < LIMIT for _, at in self.starts)

    @invariant()
    def done_means_nim_said_so_and_the_vios_proved_it(self):
        for run in self.runs.values():
            for m in run.migrations:
                if m.state is not State.DONE:
                    continue
                shown = self.shown[run.id, m.n]
                last = shown["views"][-1]
                assert last.ready
                assert last.outcome is Outcome.SUCCESS
                assert last.err_info in (None, m.baseline.complaint)
                if self.verify or not m.seen_busy:
                    assert m.level_new in shown["levels"]
                    assert m.wanted is None or m.level_new in (NEW, parse("4.1.0.10"))
                if last.err_info is not None:
                    assert m.level_new != m.level_old

    @invariant()
    def never_a_success_without_an_operation(self):
        """Only a busy Cstate, or another level than before, is what nothing but an operation brings about."""
        for run in self.runs.values():
            for m in run.migrations:
                if m.state is State.DONE and not any(view.busy for view in self.shown[run.id, m.n]["views"]):
                    assert m.level_new in self.shown[run.id, m.n]["levels"]
                    assert m.level_old is not None
                    assert m.level_new != m.level_old

    @invariant()
    def nothing_ends_well_while_nim_runs_and_nothing_was_seen_to_run(self):
        for run in self.runs.values():
            for m in run.migrations:
                running = m.command is not None and m.command.state is CommandState.RUNNING
                if m.state in (State.INSTALLING, State.VERIFYING, State.DONE) and running:
                    assert m.seen_busy

    @invariant()
    def a_vios_is_started_once_in_its_run(self):
        for run in self.runs.values():
            for m in run.migrations:
                assert (m.started is not None) == ((run.id, m.n) in self.shown)
                assert not m.in_flight or m.started is not None


class Adversary(RuleBasedStateMachine):
    """Pings, reboots, `nim -o check` and other hands write into NIM's database, and nothing ever runs on the VIOS."""

    @initialize(
        baseline=idle_views(), has=st.sampled_from([OLD, NEW]), asked=st.booleans(), wanted=st.sampled_from([None, NEW])
    )
    def begin(self, baseline, has, asked, wanted):
        self.now, self.has = 0.0, LevelAnswer(has)
        waiting = Migration("vios1", 1, wanted=wanted, level_old=has if asked else None)
        checking = move(waiting, Event.ADMITTED).migration
        self.migration = start(checking, read(baseline), self.now).migration

    def _tell(self, **facts):
        self.now += 30
        if not self.migration.final:
            self.migration = follow(self.migration, Facts(self.now, **facts), self.limits).migration

    @initialize(verify=st.booleans())
    def verified_or_not(self, verify):
        self.limits = Limits(1000, 3000, 3, verify)

    @rule(view=idle_views(), times=st.integers(1, 3), answers=st.sampled_from([True, True, False]))
    def every_attribute_changes_by_itself(self, view, times, answers):
        """Looks that show the same, and after each the VIOS is asked, as the driver does."""
        for _ in range(times):
            self._tell(view=read(view))
            if self.migration.wants_proof:
                self._tell(level=self.has if answers else LevelAnswer(None))

    @rule()
    def nim_is_at_work(self):
        if self.migration.command is None:
            self._tell(command=Command(CommandState.RUNNING, pid=1))

    @rule(command=st.sampled_from([Command(CommandState.RETURNED, rc=0)] * 3 + [Command(CommandState.LOST)]) | COMMANDS)
    def nim_ends(self, command):
        if self.migration.command is None or self.migration.command.state is CommandState.RUNNING:
            self._tell(command=command)

    @invariant()
    def never_a_success(self):
        assert self.migration.state is not State.DONE

    @invariant()
    def a_nim_that_refused_never_becomes_an_operation(self):
        command = self.migration.command
        if command is not None and command.rc:
            assert self.migration.state in (State.STARTING, State.FAILED)
            assert self.migration.status in (None, "FAILURE-UPGR1-INIT", "FAILURE-UPGR1-WAIT")

    @invariant()
    def nothing_is_over_while_nim_runs(self):
        if self.migration.command is not None and self.migration.command.state is CommandState.RUNNING:
            assert self.migration.state in (State.STARTING, State.FAILED)


Adversary.TestCase.settings = settings(max_examples=200, stateful_step_count=8, deadline=None)
TestAdversary = Adversary.TestCase

Promises.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestPromises = Promises.TestCase


def test_the_machine_can_reach_a_migrated_pair():
    """So that the invariants above are not kept by standing still."""
    run = Run(1, 1, "vios1-vios2", (Migration("vios1", 1), Migration("vios2", 2)), Terms())
    for _ in range(2):
        run = with_migration(run, move(run.current, Event.ADMITTED).migration)
        now = Situation(run, 0, checked={name: Checked(read(READY), OLD, NEW) for name in run.vioses})
        run = with_migration(run, steps(now, decide(now, Moment.START), 0)[-1].migration)
        for facts in (
            Facts(1, command=Command(CommandState.RETURNED, rc=0)),
            Facts(2, view=read(INSTALLING)),
            Facts(3, view=read(READY)),
            Facts(4, level=LevelAnswer(NEW)),
        ):
            run = with_migration(run, follow(run.current, facts, Limits()).migration)
    assert run.over
    assert run.status == "SUCCESS-UPGR2"
