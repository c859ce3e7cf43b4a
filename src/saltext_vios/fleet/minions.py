"""Asks the minions of NIM masters, and keeps apart who answered, who failed, and who is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import salt.client
import salt.utils.minions
from salt.exceptions import CommandExecutionError

from saltext_vios.fleet import shapes
from saltext_vios.nim.text import printable

AT_ONCE = 8  # targets asked side by side
SAID = 2000  # characters of a failure that are told
TIMEOUT = 30  # seconds; a job that a minion still works on is waited for longer, as Salt does


@dataclass(frozen=True)
class Answers:
    """By minion what a function returned, or why it failed. ``silent``: no return came."""

    returns: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)


def ask(
    opts: Mapping[str, Any],
    tgt: str | list[str],
    fun: str,
    tgt_type: str = "glob",
    timeout: float | None = None,
    **kwargs: Any,
) -> Answers:
    """Call a function of the execution module ``vios``; minions that are no NIM masters are left out.

    :param opts: the Salt master's configuration.
    :param timeout: seconds until Salt asks who is still at work.
    :raises CommandExecutionError: when the target matches no minion.
    """
    expected = matching(opts, tgt, tgt_type)
    if not expected:
        raise CommandExecutionError(f"the target {tgt!r} ({tgt_type}) matches no minion; see: salt-key -L")
    with salt.client.get_local_client(opts["conf_file"]) as client:
        came = client.cmd(tgt, fun, tgt_type=tgt_type, timeout=timeout or TIMEOUT, kwarg=kwargs, full_return=True)
    return sort_out(came, expected, fun)


def matching(opts: Mapping[str, Any], tgt: str | list[str], tgt_type: str) -> list[str]:
    """The minions that a target means, whether they are there or not."""
    return sorted(salt.utils.minions.CkMinions(dict(opts)).check_minions(tgt, tgt_type)["minions"])


def ask_each(opts: Mapping[str, Any], fun: str, questions: Sequence[tuple[list[str], dict[str, Any]]]) -> Answers:
    """The same function with other words for other minions, side by side.

    :param questions: minions, and the keyword arguments for them.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(ask, opts, names, fun, "list", **kwargs) for names, kwargs in questions]
    found = Answers()
    for one in (future.result() for future in asked):
        found.returns.update(one.returns)
        found.failed.update(one.failed)
        found.silent.extend(one.silent)
    return found


def sort_out(came: Mapping[str, Mapping[str, Any] | bool], expected: list[str], fun: str) -> Answers:
    """Sort full returns of minions; ``expected`` are all that the target matches.

    What is among the returns has the form that the rest of the fleet relies on.
    """
    # For a minion that is silent Salt 3006 and 3007 put False, 3008 a return that says so.
    there = {
        minion: answer
        for minion, answer in sorted(came.items())
        if isinstance(answer, Mapping) and answer.get("out") != "no_return"
    }
    answers = Answers(silent=sorted({*expected, *came} - set(there)))
    for minion, answer in there.items():
        value, retcode = answer.get("ret"), answer.get("retcode", 0)
        if isinstance(value, str) and value.startswith(f"'{fun}' "):
            # Salt's words for a module that is not loaded there: "is not available", or why __virtual__ refused.
            if "this minion is no NIM master" not in value and "is not available" not in value:
                answers.failed[minion] = _said(value)
        elif isinstance(value, str) and (retcode or "Traceback" in value or value.startswith("ERROR")):
            answers.failed[minion] = _said(value)
        elif misfit := shapes.misfit(fun, value):
            answers.failed[minion] = _said(
                f"its answer has another form: {misfit}; compare the versions of saltext-vios: salt {minion} pip.list"
            )
        else:
            answers.returns[minion] = value
    return answers


def _said(text: str) -> str:
    return printable(text.strip())[:SAID]
