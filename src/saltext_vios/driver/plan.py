"""What a call would do, found out by asking only: the checks, and what each tuple would come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from saltext_vios.driver import inquiry, records, reports
from saltext_vios.driver.commands import still_out
from saltext_vios.driver.inquiry import Answers
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.request import Request
from saltext_vios.driver.settings import Settings
from saltext_vios.migration import checks, clusters, start, statuses, targets
from saltext_vios.migration.checks import Checked, Finding
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.start import Adopt, Attach, Decision, Settled, Situation, Stop
from saltext_vios.migration.tuples import Run
from saltext_vios.nim import objects
from saltext_vios.nim.snapshot import Snapshot

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


def plan(journal: Journal, settings: Settings, nim: Snapshot, request: Request, wall: float) -> list[TuplePlan]:
    """Ask what a start would ask, for all tuples side by side, and say what would become of each."""
    listing = nim.vioses()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda names: inquiry.ask(nim, listing, names, request.options), request.tuples))
    running, out = reports.under_way(journal), still_out(journal)
    held, history = journal.held(), journal.durations()
    recent = journal.migrated_since(wall - (request.options["stall_timeout"] or settings.stall_timeout))
    found = []
    for names, known in zip(request.tuples, answers):
        key = targets.key(names)
        run = _run(journal, settings, request, key, names)
        facts = inquiry.facts(listing, names, known, out, recent, run.terms.previous)
        if key in running:
            facts = [replace(one, under_way=f"run {running[key]} is under way") for one in facts]
        checked = checks.check_tuple(facts, inquiry.asked(request.options))
        now = Situation(
            run=run,
            wall=wall,
            objection=journal.objection(key, request.options["vios_status"]),
            under_way=f"already under way (run {running[key]})" if key in running else "",
            held=held["reason"] if held else None,
            history=history,
            views={name: inquiry.view(listing[name]) for name in names if name in listing},
            checked=checked,
        )
        to_migrate = tuple(m.vios for m in now.left)
        would, why = _would(now, start.foresee(now))
        found.append(
            TuplePlan(
                key,
                names,
                would,
                why,
                now.objection is not None,
                checked,
                to_migrate,
                {name: history.expected(name) for name in names},
                {name: objects.frame(listing.get(name, {})) for name in names},
                _clusters(known),
            )
        )
    return found


def _run(journal: Journal, settings: Settings, request: Request, key: str, names: Sequence[str]) -> Run:
    """The run that the request would become."""
    options = request.options
    previous = journal.came_with(key, options["vios_status"])
    terms = records.terms(options, settings, options["time_limit"], options["time_limit_text"], previous)
    return Run(0, 0, key, tuple(Migration(name, n) for n, name in enumerate(names, 1)), terms)


def _would(now: Situation, decision: Decision) -> tuple[str, str]:
    answer = decision.answer
    if isinstance(answer, Stop):
        return start.status_of(answer, now.run) or statuses.CHECK, answer.why
    if isinstance(answer, Attach):
        return ATTACH, answer.why
    if isinstance(answer, Adopt):
        rest = [m.vios for m in now.left if m != answer.migration]
        return ATTACH, answer.why + (f", then {rest[0]} would be migrated" if rest else "")
    if isinstance(answer, Settled):
        return statuses.CURRENT, answer.why
    return MIGRATE, "would migrate " + ", then ".join(m.vios for m in now.left)


def _clusters(answers: Answers) -> dict[str, str]:
    return {name: cluster.name for name, cluster in clusters.known(answers.clusters).items()}
