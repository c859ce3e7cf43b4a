"""Asks NIM masters through their minions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import salt.client
import salt.utils.minions

from saltext_vios.fleet.answers import Answers, sort_out

TIMEOUT = 30  # seconds; a job that a minion still works on has longer, as with Salt


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
    """
    expected = matching(opts, tgt, tgt_type)
    with salt.client.get_local_client(opts["conf_file"]) as client:
        came = client.cmd(tgt, fun, tgt_type=tgt_type, timeout=timeout or TIMEOUT, kwarg=kwargs, full_return=True)
    return sort_out(came, expected, fun)


def matching(opts: Mapping[str, Any], tgt: str | list[str], tgt_type: str) -> list[str]:
    """The minions that a target means, whether they are there or not."""
    return sorted(salt.utils.minions.CkMinions(dict(opts)).check_minions(tgt, tgt_type)["minions"])
