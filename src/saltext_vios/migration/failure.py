"""What a person needs when a VIOS failed: what was expected, what NIM showed, since when, and what to type next."""

from __future__ import annotations

from dataclasses import dataclass

from saltext_vios.migration import statuses
from saltext_vios.migration.facts import CommandState, View
from saltext_vios.migration.machine import Migration


@dataclass(frozen=True)
class Failure:
    """``seen`` are NIM's attributes as the last look showed them; ``idle`` the seconds since they changed."""

    vios: str
    expected: str
    seen: dict[str, str]
    idle: float | None
    next: str


def explain(m: Migration, key: str, now: float | None) -> Failure | None:
    """The failure of one VIOS of a tuple; None when it did not fail.

    :param now: steady seconds at which it was given up; None when it was never started.
    """
    if not statuses.is_failure(m.status):
        return None
    expected, advice = _case(m, key)
    idle = None if now is None or m.changed is None else now - m.changed
    return Failure(m.vios, expected, _attributes(m.view), idle, advice)


def _case(m: Migration, key: str) -> tuple[str, str]:
    status = (m.status or "").replace(str(m.n), "{n}", 1)
    level = f"ioslevel {m.wanted}" if m.wanted else "an ioslevel"
    if m.status == statuses.CHECK:
        return "no error among the findings of the checks", f"salt-call vios.check {_targets(m, key)}"
    if m.status == statuses.CLUSTER:
        return "every other node of its cluster OK", f"salt-call vios.check {_targets(m, key)}"
    if status == statuses.REFUSED:
        if m.command is not None and m.command.state is CommandState.RUNNING:
            return "nim to return", f"ps -fp {m.command.pid}"
        return "nim to return 0, or NIM to show the operation", f"salt-call vios.history {_targets(m, key)} limit=1"
    if status == statuses.UNFINISHED:
        if m.begun and m.view is not None and m.view.ready:
            return f"the VIOS to answer with {level}", "salt-call vios.list levels=True"
        if m.begun:
            return "NIM to show progress until ready and success", f"salt-call vios.log {m.vios}"
        return "NIM to leave the state from before the start", f"salt-call vios.show {m.vios}"
    return f"Cstate_result success, and the VIOS to answer with {level}", f"salt-call vios.log {m.vios}"


def _targets(m: Migration, key: str) -> str:
    """The tuple as it is typed; only a pair's key tells its other VIOS."""
    if key.startswith(f"{m.vios}-"):
        return f"{m.vios},{key[len(m.vios) + 1 :]}"
    if key.endswith(f"-{m.vios}"):
        return f"{key[: -len(m.vios) - 1]},{m.vios}"
    return m.vios


def _attributes(view: View | None) -> dict[str, str]:
    """By NIM's own names, without those that it did not show."""
    if view is None:
        return {}
    shown = {
        "Cstate": view.cstate,
        "Mstate": view.mstate,
        "prev_state": view.prev_state,
        "Cstate_result": view.result,
        "info": view.info,
        "err_info": view.err_info,
    }
    return {name: value for name, value in shown.items() if value is not None}
