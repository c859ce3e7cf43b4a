"""Asks the minions of NIM masters, and keeps apart who answered, who failed, and who is silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import salt.client
import salt.utils.minions
from salt.exceptions import CommandExecutionError

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
    expected = salt.utils.minions.CkMinions(dict(opts)).check_minions(tgt, tgt_type)["minions"]
    if not expected:
        raise CommandExecutionError(f"the target {tgt!r} ({tgt_type}) matches no minion; see: salt-key -L")
    with salt.client.get_local_client(opts["conf_file"]) as client:
        came = client.cmd(tgt, fun, tgt_type=tgt_type, timeout=timeout or TIMEOUT, kwarg=kwargs, full_return=True)
    return sort_out(came, expected, fun)


def sort_out(came: Mapping[str, Mapping[str, Any]], expected: list[str], fun: str) -> Answers:
    """Sort full returns of minions; ``expected`` are all that the target matches."""
    answers = Answers(silent=sorted(set(expected) - set(came)))
    for minion, answer in sorted(came.items()):
        value, retcode = answer.get("ret"), answer.get("retcode", 0)
        if isinstance(value, str) and value.startswith(f"'{fun}' "):
            # Salt's words for a module that is not loaded there: "is not available", or why __virtual__ refused.
            if "this minion is no NIM master" not in value and "is not available" not in value:
                answers.failed[minion] = value
        elif isinstance(value, str) and (retcode or "Traceback" in value or value.startswith("ERROR")):
            answers.failed[minion] = value.strip()
        else:
            answers.returns[minion] = value
    return answers
