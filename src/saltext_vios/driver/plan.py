"""What a call would do, found out by asking only: the checks, and what each tuple would come to."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from saltext_vios import methods
from saltext_vios.driver import inquiry, records, reports
from saltext_vios.driver.commands import running_commands
from saltext_vios.driver.inquiry import Answers
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.request import Request
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import JournalError
from saltext_vios.migration import checks, clusters, start, statuses, targets
from saltext_vios.migration.checks import Checked, Finding, Severity
from saltext_vios.migration.durations import History
from saltext_vios.migration.facts import Progress
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.recalled import CloneBefore, CloneState
from saltext_vios.migration.start import (
    Adopt,
    Attach,
    Clone,
    Decision,
    Settled,
    Situation,
    Stop,
)
from saltext_vios.migration.tuples import Run
from saltext_vios.nim import objects
from saltext_vios.nim.client import Attributes
from saltext_vios.nim.snapshot import Snapshot
from saltext_vios.nim.text import printable

log = logging.getLogger(__name__)

MIGRATE, ATTACH = "migrate", "attach"
AT_ONCE = 8  # tuples asked about side by side


@dataclass(frozen=True)
class TuplePlan:
    """One tuple. ``would`` is the status it would end with at once, or ``migrate``, or ``attach``."""

    key: str
    names: tuple[str, ...]
    would: str
    why: str
    objection: bool  # the previous status lets nothing start
    checked: Mapping[str, Checked]
    to_migrate: tuple[str, ...]
    expected: Mapping[str, float | None]  # seconds by VIOS; None where nothing is known
    frames: Mapping[str, str | None]
    clusters: Mapping[str, str]

    @property
    def findings(self) -> list[Finding]:
        return [finding for one in self.checked.values() for finding in one.findings]


@dataclass(frozen=True)
class _Known:
    """What is the same for all tuples of a call."""

    running: Mapping[str, int]
    out: Mapping[str, str]
    held: str | None
    history: History
    recent: Collection[str]


def plan(journal: Journal, settings: Settings, nim: Snapshot, request: Request, wall: float) -> list[TuplePlan]:
    """Ask what a start would ask, for all tuples side by side, and say what would become of each."""
    listing = nim.vioses()
    recent = journal.migrated_since(wall - (request.options["stall_timeout"] or settings.stall_timeout))
    known = _Known(
        reports.under_way(journal),
        running_commands(journal),
        journal.held_by(),
        journal.durations(),
        recent,
    )
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(inquiry.ask, nim, listing, names, request.options) for names in request.tuples]
    found = []
    for names, answers in zip(request.tuples, asked):
        try:
            found.append(_plan(journal, settings, listing, request, names, answers.result(), known, wall))
        except JournalError:
            raise
        except Exception as error:  # an error of ours is that tuple's business, as it is with the driver
            log.exception("internal error in the plan of %s", ",".join(names))
            found.append(_broken(names, error))
    return found


def _plan(
    journal: Journal,
    settings: Settings,
    listing: Mapping[str, Attributes],
    request: Request,
    names: Sequence[str],
    answers: Answers,
    known: _Known,
    wall: float,
) -> TuplePlan:
    key = targets.key(names, request.options.get("task", ""))
    run = _run(journal, settings, request, key, names)
    read = inquiry.reader(request.options)
    facts = inquiry.facts(listing, names, answers, known.out, read, known.recent, run.terms.previous)
    if request.options.get("task") or request.options["clone"]:
        facts = inquiry.facts_with_history(facts, journal.recall(names, wall))
    facts = inquiry.with_doubts(facts, journal.unproven())
    number = known.running.get(key)
    if number is not None:
        facts = [replace(one, under_way=f"run {number} is under way") for one in facts]
    checked = checks.check_tuple(facts, inquiry.asked(request.options))
    now = Situation(
        run=run,
        wall=wall,
        objection=journal.objection(key, request.options["vios_status"]),
        under_way="" if number is None else f"already under way (run {number})",
        held=known.held,
        history=known.history,
        views={name: read(name, listing[name], None) for name in names if name in listing},
        checked=checked,
        clone=CloneBefore(CloneState.MISSING) if request.options["clone"] else None,
    )
    task = methods.of(request.options).task
    would, why = _would(now, start.foresee(now), task.verb if task is not None else "migrate")
    return TuplePlan(
        key,
        tuple(names),
        would,
        why,
        now.objection is not None,
        checked,
        tuple(m.vios for m in now.left),
        {name: known.history.expected(name) for name in names},
        {name: objects.frame(listing.get(name, {})) for name in names},
        {name: cluster.name for name, cluster in clusters.known(answers.clusters).items()},
    )


def _broken(names: Sequence[str], error: Exception) -> TuplePlan:
    """The plan of a tuple at which this program itself failed."""
    seen = f"{type(error).__name__}: {printable(str(error))[:300]}"
    advice = "an error of this program, see the log; the other tuples are not touched by it"
    checked = {
        name: Checked(Progress(), None, None, (Finding(Severity.ERROR, name, "internal error", seen, advice),))
        for name in names
    }
    nothing = dict.fromkeys(names)
    return TuplePlan(
        targets.key(names), tuple(names), statuses.CHECK, seen, False, checked, tuple(names), nothing, nothing, {}
    )


def _run(journal: Journal, settings: Settings, request: Request, key: str, names: Sequence[str]) -> Run:
    """The run that the request would become."""
    options = request.options
    previous = journal.came_with(key, options["vios_status"])
    terms = records.terms(options, settings, options["time_limit"], options["time_limit_text"], previous)
    return Run(0, 0, key, tuple(Migration(name, n, task=terms.task) for n, name in enumerate(names, 1)), terms)


def _would(now: Situation, decision: Decision, verb: str) -> tuple[str, str]:
    answer = decision.answer
    if isinstance(answer, Stop):
        return start.status_of(answer, now.run) or statuses.CHECK, answer.why
    if isinstance(answer, Attach):
        return ATTACH, answer.why
    if isinstance(answer, Adopt):
        rest = [m.vios for m in now.left if m != answer.migration]
        return ATTACH, answer.why + (f", then {rest[0]} would be migrated" if rest else "")
    if isinstance(answer, Clone):
        return MIGRATE, f"would clone {answer.migration.vios} first, then migrate " + ", then ".join(
            m.vios for m in now.left
        )
    if isinstance(answer, Settled):
        return statuses.CURRENT, answer.why
    return MIGRATE, f"would {verb} " + ", then ".join(m.vios for m in now.left)
