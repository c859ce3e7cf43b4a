"""Fills a journal with migrations that are over: the core and the journal at work, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.site import Site
from saltext_vios.driver import one_vios
from saltext_vios.driver.clock import Mark
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.records import CommandRecord, Note
from saltext_vios.methods import migvios
from saltext_vios.migration import machine
from saltext_vios.migration.facts import Command, CommandState, LevelAnswer
from saltext_vios.migration.machine import Facts, Limits, Migration, Step
from saltext_vios.migration.transitions import Event
from saltext_vios.migration.tuples import Run, with_migration
from saltext_vios.nim import commands, objects

LEVEL = "3.1.4.31"
READY = {"Cstate": objects.READY, "Mstate": "currently running"}
DONE = {**READY, "Cstate_result": objects.SUCCESS}


def finished(site: Site, tuples: Sequence[Sequence[str]], takes: Mapping[str, float], at: float) -> None:
    """Every VIOS migrated once, from a time on, in seconds of each as ``takes`` says."""
    site.ask(tuples, at)
    with Journal(site.home) as journal:
        # What is measured is read; how long its writing takes is of no interest.
        journal.db.execute("PRAGMA synchronous = OFF")
        for run in journal.unfinished():
            options, _ = journal.terms_of(run.request)
            argv = {name: commands.migvios(name, options) for name in run.vioses}
            begin = at
            for name in run.vioses:
                run = _migrated(journal, run, name, argv[name], begin, takes[name])
                begin += takes[name]


def _migrated(journal: Journal, run: Run, name: str, argv: list[str], begin: float, takes: float) -> Run:
    migration = next(m for m in run.migrations if m.vios == name)
    for share, step, notes in _steps(migration, begin, takes):
        run = with_migration(run, step.migration)
        now = begin + share * takes
        told = [Note(step.event.name.lower(), name, step.message, status=step.migration.status)] if step.event else []
        back = step.event is Event.ACCEPTED
        command = CommandRecord(1, argv, out=False, rc=0, stdout="", stderr="") if back else None
        journal.record(run, step.migration, told + notes, Mark(now, now, now), command)
    return run


def _steps(migration: Migration, begin: float, takes: float) -> Iterator[tuple[float, Step, list[Note]]]:
    """As share of the duration, what happened, and what else was logged."""
    step = machine.start(machine.move(migration, Event.ADMITTED).migration, migvios.read(one_vios.view(READY)), begin)
    yield 0.0, step, []
    for share, facts in _facts(begin, takes):
        step = machine.follow(step.migration, facts, Limits())
        installing = facts.view is not None and facts.view.phase == "installing"
        yield share, step, [_percent(migration.vios, n) for n in range(0, 100, 5)] if installing else []


def _facts(begin: float, takes: float) -> Iterator[tuple[float, Facts]]:
    yield 0.0, Facts(begin, command=Command(CommandState.RETURNED, rc=0))
    for share, shown in (
        (0.01, {"Cstate": objects.ENABLED}),
        (0.2, {"Cstate": objects.INSTALLING}),
        (0.8, {"Cstate": objects.CUSTOMIZING}),
        (1.0, DONE),
    ):
        yield share, Facts(begin + share * takes, view=migvios.read(one_vios.view(shown)))
    yield 1.0, Facts(begin + takes, level=LevelAnswer(LEVEL))


def _percent(vios: str, percent: int) -> Note:
    return Note("percent", vios, f"{vios}: installing (BOS install {percent}% complete)", percent=percent)
