"""Keeps apart who answered, who failed, and who is silent, whatever the way an answer came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from saltext_vios.fleet import shapes
from saltext_vios.nim.text import printable

SAID = 2000  # characters of a failure that are shown


@dataclass(frozen=True)
class Answers:
    """By NIM master what a function returned, or why it failed. ``silent``: no return came.

    ``lost``: those that failed because the connection ended; what was asked may be done there.
    """

    returns: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def add(self, other: Answers) -> None:
        self.returns.update(other.returns)
        self.failed.update(other.failed)
        self.silent.extend(other.silent)
        self.lost.extend(other.lost)


def sort_out(
    came: Mapping[str, Mapping[str, Any] | bool], expected: Iterable[str], fun: str, salt: str = "salt"
) -> Answers:
    """Sort full returns; ``expected`` are all that the target matches.

    What is among the returns has the form that the rest of the fleet relies on.

    :param salt: the command that reaches them, for what to type next.
    """
    # For a minion that is silent Salt 3006 and 3007 put False, 3008 a return that says so.
    there = {
        name: answer
        for name, answer in sorted(came.items())
        if isinstance(answer, Mapping) and answer.get("out") != "no_return"
    }
    answers = Answers(silent=sorted({*expected, *came} - set(there)))
    for name, answer in there.items():
        value, retcode = answer.get("ret"), answer.get("retcode", 0)
        if isinstance(value, str) and value.startswith((f"'{fun}' ", "'vios' ")):
            if not _is_no_nim_master(value, salt):
                answers.failed[name] = said(value)
        elif isinstance(value, str) and (retcode or "Traceback" in value or value.startswith("ERROR")):
            answers.failed[name] = said(value)
        elif misfit := shapes.misfit(fun, value):
            answers.failed[name] = said(
                f"its answer has another form: {misfit}; compare the versions of saltext-vios: {salt} {name} pip.list"
            )
        else:
            answers.returns[name] = value
    return answers


def _is_no_nim_master(value: str, salt: str) -> bool:
    """By Salt's words for a module that is not loaded there: "is not available", or why __virtual__ refused.

    Over ssh the module is sent along, so it is not just missing there.
    """
    return "this minion is no NIM master" in value or (salt == "salt" and "is not available" in value)


def said(text: str) -> str:
    return printable(text.strip())[:SAID]
