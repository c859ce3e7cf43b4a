"""The status words, spelled as IBM's ``_nim_upgradeios`` spells them, and ours next to them.

``word`` is ``UPGR1`` or ``UPGR2``: which VIOS of the tuple; or a task, such as ``CLONE``. A status is a success when it
contains ``SUCCESS``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

CURRENT = "SUCCESS-CURRENT"
CHECK = "FAILURE-CHECK"
CLUSTER = "FAILURE-CLUSTER"
HELD = "SKIPPED-HELD"
TIMEOUT = "SKIPPED-TIMEOUT"
NO_PREVIOUS = "SKIPPED-NO-PREV-STATUS"

INITIATED = "SUCCESS-{word}-INIT"
DONE = "SUCCESS-{word}"
REFUSED = "FAILURE-{word}-INIT"
UNFINISHED = "FAILURE-{word}-WAIT"
FAILED = "FAILURE-{word}"
PATHS = "FAILURE-{word}-PATHS"


def word(n: int, task: str = "") -> str:
    """What a status is about: a VIOS of a tuple, or a task."""
    return task.upper() or f"UPGR{n}"


def is_success(status: str | None) -> bool:
    return "SUCCESS" in (status or "")


def is_failure(status: str | None) -> bool:
    return "FAILURE" in (status or "")


def initiated(status: str | None) -> int | None:
    """Which VIOS a ``SUCCESS-UPGRn-INIT`` says was started, else None."""
    match = re.fullmatch(r"SUCCESS-UPGR([12])-INIT", status or "")
    return int(match.group(1)) if match else None


def nothing_done(status: str) -> bool:
    """Whether a recorded status stands for a tuple on which nothing was tried."""
    return status in (CHECK, CLUSTER) or status.startswith("SKIPPED-")


def of_tuple(own: Iterable[str | None]) -> str | None:
    """The status of a tuple from those of its VIOSes, in their order.

    What ended it counts first, then how far it came; ``SUCCESS-CURRENT`` only if nothing else happened.
    """
    known = [status for status in own if status]
    for status in known:
        if not is_success(status):
            return status
    moved = [status for status in known if status != CURRENT]
    if moved:
        return next((status for status in moved if initiated(status)), moved[-1])
    return CURRENT if known else None
