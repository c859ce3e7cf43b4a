"""What a call would do, found out by asking only: the checks, and what each tuple would come to."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from saltext_vios.driver import inquiry, reports
from saltext_vios.driver.commands import still_out
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.request import Request
from saltext_vios.driver.settings import Settings
from saltext_vios.migration import checks, clusters, statuses, targets, tuples
from saltext_vios.migration.checks import Checked, Finding
from saltext_vios.migration.durations import History
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
        facts = inquiry.facts(listing, names, known, out, recent)
        if key in running:
            facts = [replace(one, under_way=f"run {running[key]} is under way") for one in facts]
        checked = checks.check_tuple(facts, inquiry.asked(request.options))
        to_migrate = tuple(name for name in names if not checks.at_level(checked[name], request.options["force"]))
        objection = journal.objection(key, request.options["vios_status"])
        if objection is not None:
            would, why = objection.status, objection.message
        elif key in running:
            would, why = ATTACH, f"already under way (run {running[key]})"
        else:
            would, why = _would(request, checked, to_migrate, wall, held, history)
        expected = {name: history.expected(name) for name in names}
        frames = {name: objects.frame(listing.get(name, {})) for name in names}
        where = {name: cluster.name for name, cluster in clusters.known(known.clusters).items()}
        found.append(
            TuplePlan(key, names, would, why, objection is not None, checked, to_migrate, expected, frames, where)
        )
    return found


def _would(
    request: Request,
    checked: Mapping[str, Checked],
    to_migrate: tuple[str, ...],
    wall: float,
    held: Mapping[str, str] | None,
    history: History,
) -> tuple[str, str]:
    """In the order of the questions that ``saltext_vios.migration.tuples`` asks."""
    options = request.options
    terms = tuples.Terms(options["time_limit"], options["time_limit_text"], margin=options["time_margin"])
    first = next(iter(to_migrate or checked))
    late = tuples.too_late(terms, first, wall, history)
    if late:
        return statuses.TIMEOUT, late
    if held is not None:
        return statuses.HELD, f"held: {held['reason']}"
    if not to_migrate:
        return statuses.CURRENT, "every VIOS is at the level"
    bad = [checked[name] for name in to_migrate if checked[name].errors]
    if bad:
        status = statuses.CLUSTER if bad[0].cluster_unfit else statuses.CHECK
        return status, "; ".join(str(error) for one in bad for error in one.errors)
    return MIGRATE, "would migrate " + ", then ".join(to_migrate)
