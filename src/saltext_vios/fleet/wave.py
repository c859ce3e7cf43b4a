"""What one NIM master without a minion does in a wave: asked for once, then followed by short questions.

Each question is a connection of its own, and any of them may be lost. Whether something was asked for stands in the
journal: as a run that is under way, or one that was not there before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from salt.exceptions import CommandExecutionError

from saltext_vios.fleet import gate
from saltext_vios.fleet.answers import Answers
from saltext_vios.migration import targets

OVERVIEW, MIGRATE, RESUME = "vios.overview", "vios.migrate", "vios.resume"


@dataclass
class Line:
    """The way to one NIM master: ``ask`` a function of its module; it may be silent ``patience`` times in a row."""

    ask: Callable[..., Answers]
    master: str
    patience: float
    rest: Callable[[], None]
    silences: int = 0

    def must_answer(self) -> Mapping[str, Any]:
        """Its overview, however often the connection is lost before."""
        while True:
            answers = self.ask(OVERVIEW)
            if self.master in answers.returns:
                self.silences = 0
                overview: Mapping[str, Any] = answers.returns[self.master]
                return overview
            self.silences += 1
            if self.silences >= self.patience:
                why = answers.failed.get(self.master, "no answer")
                raise CommandExecutionError(
                    f"{self.master}: {why}. Migrations there continue; to continue here, run this again"
                )
            self.rest()


def carry_out(
    ask: Callable[..., Answers],
    master: str,
    wanted: object,
    options: Mapping[str, Any],
    patience: float,
    rest: Callable[[], None],
) -> dict[str, Any]:
    """Have tuples migrated, and wait for their end.

    :param ask: asks the NIM master for a function with its keyword arguments.
    :param rest: waits between two questions.
    :raises CommandExecutionError: when it refuses, is silent for too long, or anything failed or was skipped.
    """
    line = Line(ask, master, patience, rest)
    tuples = {targets.key(names): list(names) for names in targets.read(wanted)}
    before = _over(line.must_answer())
    is_answered = _request(line, tuples, options)
    losses = alone = 0
    while True:
        overview = line.must_answer()
        missing = {key: names for key, names in tuples.items() if not _is_asked(overview, key, before)}
        if missing:
            losses += 1
            if is_answered or losses >= patience:
                lost = f"{master} accepted the request, but its journal has no run of: {', '.join(missing)}"
                raise CommandExecutionError(f"{lost}; see vios.history there")
            rest()
            is_answered = _request(line, missing, options)
            continue
        found = gate.judge({master: overview}, {master: list(tuples)}, "1", over_ssh=[master])
        if found.is_open:
            return {"why": found.why}
        if found.may_pass:
            # What a minion's job would do that follows: see to the driver.
            alone += 1
            ask(RESUME)
        if found.is_open is False and (not found.may_pass or alone >= patience):
            raise CommandExecutionError(found.why)
        rest()


def _request(line: Line, tuples: Mapping[str, list[str]], options: Mapping[str, Any]) -> bool:
    """Ask for tuples; whether it was answered. If not, only the journal knows what became of it.

    :raises CommandExecutionError: when the NIM master refuses.
    """
    answers = line.ask(MIGRATE, targets=list(tuples.values()), **{**options, "wait": False, "test": False})
    if line.master in answers.failed and line.master not in answers.lost:
        raise CommandExecutionError(f"{line.master}: {answers.failed[line.master]}")
    return line.master in answers.returns


def _over(overview: Mapping[str, Any]) -> dict[str, int]:
    """By tuple the newest run that is over: no answer to what is asked now."""
    return {key: one["run"] - (one["finished"] is None) for key, one in overview["tuples"].items()}


def _is_asked(overview: Mapping[str, Any], key: str, before: Mapping[str, int]) -> bool:
    one = overview["tuples"].get(key)
    return one is not None and one["run"] > before.get(key, -1)
