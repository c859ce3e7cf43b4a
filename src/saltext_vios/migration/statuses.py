"""The status words, spelled as IBM's ``_nim_upgradeios`` spells them, and ours next to them.

``word`` is ``UPGR1`` or ``UPGR2``: which VIOS of the tuple; or a task, such as ``CLONE``. A status is a success when it
contains ``SUCCESS``. What a status comes to is asked here and nowhere else.
"""

from __future__ import annotations

import enum
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

# What the page of statuses shows, in its order.
MEANINGS = {
    INITIATED: "`nim` accepted the operation; it is under way",
    DONE: "migrated; the VIOS answers with the target level",
    CURRENT: "already at the level; not touched",
    CHECK: "a check found an error, or this program failed at the tuple; nothing was started on that VIOS",
    REFUSED: "`nim` refused, or did not return, and nothing began",
    UNFINISHED: "the end was not seen within the limits; look before you do anything",
    PATHS: "with [`paths: require`](paths.md): the VIOS has its new level, but does not serve what it served before; "
    "the second VIOS is not started",
    FAILED: "the operation ended badly, or the VIOS still has its old level",
    CLUSTER: "another node of its SSP cluster is not OK; nothing was started on that VIOS",
    NO_PREVIOUS: "`vios_status` was given and has no entry for the tuple",
    TIMEOUT: "the time limit was reached before a start, or before a reboot by the driver (`reboot: driver`)",
    HELD: "an operator called `vios.hold` or `vios.cancel`, or `max_failures` was reached; with `overlap` also: the "
    "first VIOS failed, so the second was not rebooted",
}
# Where a task has a meaning of its own.
MEANINGS_OF_A_TASK = {
    INITIATED: "its command was accepted; it is under way",
    DONE: "made, and proven by the VIOS",
    REFUSED: "its command refused, or did not return, and nothing began; of a rollback: the boot list could not be "
    "set, so nothing was rebooted",
    UNFINISHED: "the end was not seen within the limits",
    PATHS: "of a rollback with [`paths: require`](paths.md): the VIOS has its former level, but does not serve what "
    "it served before",
    FAILED: "it ended badly, or what the VIOS shows contradicts a success",
}
# For LIKE of SQL: the same as ``is_failure``, and a migration that is proven.
ANY_FAILURE, MIGRATED = "%FAILURE%", "SUCCESS-UPGR_"


class Kind(enum.Enum):
    """What a status comes to, of a tuple or of one VIOS."""

    MIGRATED = "migrated"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNDER_WAY = "under way"
    CURRENT = "at the level"
    NOT_STARTED = "not started"


def word(n: int, task: str = "") -> str:
    """What a status is about: a VIOS of a tuple, or a task."""
    return task.upper() or f"UPGR{n}"


def is_success(status: str | None) -> bool:
    return "SUCCESS" in (status or "")


def is_failure(status: str | None) -> bool:
    return "FAILURE" in (status or "")


def is_proven(status: str | None) -> bool:
    """Whether it is a success that is over, not one of an operation under way."""
    return is_success(status) and not (status or "").endswith("-INIT")


def is_from_findings(status: str | None) -> bool:
    """Whether the findings of the checks say why it came to that."""
    return status in (CHECK, CLUSTER)


def may_still_run(status: str | None) -> bool:
    """Whether the end was not seen."""
    return is_failure(status) and (status or "").endswith("-WAIT")


def is_one(text: str) -> bool:
    """Whether a text is a status at all."""
    return text.startswith(("SUCCESS-", "FAILURE-", "SKIPPED-"))


def kind(status: str | None, is_over: bool) -> Kind:
    if status is None:
        return Kind.NOT_STARTED
    if is_failure(status):
        return Kind.FAILED
    if not is_success(status):
        return Kind.SKIPPED
    if not is_over:
        return Kind.UNDER_WAY
    return Kind.CURRENT if status == CURRENT else Kind.MIGRATED


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
