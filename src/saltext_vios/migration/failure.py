"""What a person needs when a VIOS failed: what was expected, what NIM showed, since when, and what to type next."""

from __future__ import annotations

from dataclasses import dataclass

from saltext_vios.migration import statuses
from saltext_vios.migration.facts import CommandState
from saltext_vios.migration.machine import Migration, few


@dataclass(frozen=True)
class Failure:
    """``seen`` is what the last look showed, by the tools' own names; ``idle`` the seconds since it changed."""

    vios: str
    expected: str
    seen: dict[str, str]
    idle: float | None
    next: str


def explain(m: Migration, key: str, now: float | None, asked: str = "") -> Failure | None:
    """The failure of one VIOS of a tuple; None when it did not fail.

    :param now: steady seconds at which it was given up; None when it was never started.
    :param asked: the options of its request as they are typed, for a look at the same.
    """
    if not statuses.is_failure(m.status):
        return None
    expected, advice = _case(m, key)
    looks = "vios.check" in advice or advice.endswith("test=True")
    if looks and asked:
        advice = f"{advice} {asked}"
    idle = None if now is None or m.progressed is None else now - m.progressed
    seen = {**(m.view.shown if m.view else {}), **({"missing": few(m.lacks)} if m.lacks else {})}
    return Failure(m.vios, expected, seen, idle, advice)


def _case(m: Migration, key: str) -> tuple[str, str]:
    if m.status == statuses.PATHS.format(word=m.word):
        return "the VIOS to serve what it served before its start", f"salt-call vios.clients {_targets(m, key)}"
    return _of_a_task(m, key) if m.task else _of_a_migration(m, key)


def _of_a_task(m: Migration, key: str) -> tuple[str, str]:
    """What was seen stands in the messages of its run."""
    if m.status == statuses.CHECK:
        return "no error among the findings of the checks", f"salt-call vios.{m.task} {m.vios} test=True"
    if m.command is not None and m.command.state is CommandState.RUNNING:
        return f"{m.command.tool} to return from the {m.task}", f"ps -fp {m.command.pid}"
    return f"the {m.task} to be proven", f"salt-call vios.history {key} limit=1 detail=True"


def _of_a_migration(m: Migration, key: str) -> tuple[str, str]:
    status = (m.status or "").replace(m.word, "{word}", 1)
    level = f"ioslevel {m.wanted}" if m.wanted else "an ioslevel"
    if m.status == statuses.CHECK:
        return "no error among the findings of the checks", f"salt-call vios.check {_targets(m, key)}"
    if m.status == statuses.CLUSTER:
        return "every other node of its cluster OK", f"salt-call vios.check {_targets(m, key)}"
    if status == statuses.REFUSED:
        if m.command is not None and m.command.state is CommandState.RUNNING:
            return f"{m.command.tool} to return", f"ps -fp {m.command.pid}"
        tool = m.command.tool if m.command is not None else "its command"
        return f"{tool} to return 0, or NIM to show the operation", f"salt-call vios.history {_targets(m, key)} limit=1"
    if status == statuses.UNFINISHED:
        if m.view is not None and m.view.installed:
            return "the VIOS to boot from the disk with its image", f"salt-call vios.check {_targets(m, key)}"
        if m.begun and m.view is not None and m.view.idle:
            return f"the VIOS to answer with {level}", "salt-call vios.list levels=True"
        if m.begun:
            return "NIM to show progress until ready and success", f"salt-call vios.log {m.vios}"
        return "NIM to leave the state from before the start", f"salt-call vios.show {m.vios}"
    return f"Cstate_result success, and the VIOS to answer with {level}", f"salt-call vios.log {m.vios}"


def _targets(m: Migration, key: str) -> str:
    """The tuple as it is typed; only a pair's key names its other VIOS."""
    if key.startswith(f"{m.vios}-"):
        return f"{m.vios},{key[len(m.vios) + 1 :]}"
    if key.endswith(f"-{m.vios}"):
        return f"{key[: -len(m.vios) - 1]},{m.vios}"
    return m.vios
