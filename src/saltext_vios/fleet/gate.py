"""Whether the next wave of a fleet may start, by what the journals say of the waves before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from saltext_vios.migration import statuses, timestamps
from saltext_vios.migration.start import out_of_failures


@dataclass(frozen=True)
class Verdict:
    """``is_open`` is None while something of the waves before is under way; ``may_pass``: another look may differ."""

    is_open: bool | None
    why: str
    failed: tuple[str, ...] = ()
    may_pass: bool = False


def judge(
    overviews: Mapping[str, Mapping[str, Any]],
    wanted: Mapping[str, Sequence[str]],
    max_failures: str,
    since: datetime | None = None,
    over_ssh: Collection[str] = (),
) -> Verdict:
    """Held, late or out of failures: closed.

    :param overviews: minion -> what ``vios.overview`` returned; one that is missing did not answer.
    :param wanted: minion -> the tuple keys of the waves so far.
    :param max_failures: a count or a share of these tuples, such as ``10%``.
    :param since: what was over before does not count; a tuple that was not tried since then failed.
    :param over_ssh: those without a minion.
    """
    silent = [minion for minion in wanted if minion not in overviews]
    if silent:
        return Verdict(False, f"no answer from {', '.join(silent)}; see: salt-run vios.overview", may_pass=True)
    found = {f"{minion} {key}": overviews[minion]["tuples"].get(key) for minion, keys in wanted.items() for key in keys}
    running = [name for name, one in found.items() if one is not None and one["finished"] is None]
    # Without a driver nothing would ever end it.
    alone = [
        minion
        for minion, keys in wanted.items()
        if not overviews[minion]["driver"] and any(f"{minion} {key}" in running for key in keys)
    ]
    if alone:
        salt = "salt-ssh" if alone[0] in over_ssh else "salt"
        why = f"no driver follows the migrations on {alone[0]}; type: {salt} {alone[0]} vios.wait, then run this again"
        return Verdict(False, why, may_pass=True)
    if running:
        return Verdict(None, f"under way: {', '.join(running)}")
    status = {name: one["status"] for name, one in found.items() if one is not None and not _before(one, since)}
    failed = tuple(name for name in found if name not in status or statuses.is_failure(status[name]))
    held = [minion for minion in wanted if overviews[minion]["held"]]
    if held:
        reason = overviews[held[0]]["held"]["reason"]
        why = f"{held[0]} is held: {reason}; to continue: salt-run vios.release, then run this again"
        return Verdict(False, why, failed)
    late = [name for name, one in status.items() if one == statuses.TIMEOUT]
    if late:
        return Verdict(False, f"the window has closed: {', '.join(late)} skipped", failed)
    count = f"{len(failed)} of {len(found)} tuples failed"
    if out_of_failures(max_failures, len(failed), len(found)):
        return Verdict(False, f"{count}: {', '.join(failed)}; max_failures is {max_failures}", failed)
    return Verdict(True, f"{count}, max_failures is {max_failures}", failed)


def _before(run: Mapping[str, Any], since: datetime | None) -> bool:
    return since is not None and timestamps.read(run["finished"]) < since
