"""Why each tuple waits, as the driver sees it: a file next to the journal, for people only.

It says what is so at this moment and decides nothing, so it is no part of the journal. Without a driver it is void.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from saltext_vios.driver import files, presence
from saltext_vios.driver.home import Home

log = logging.getLogger(__name__)

MOST = 8 * 1024 * 1024  # bytes


def say(home: Home, reasons: Mapping[int, str]) -> None:
    """Put it where callers look. A disk that is full must not keep the driver from its work."""
    try:
        files.put(home.waiting, json.dumps({str(run): why for run, why in reasons.items()}).encode())
    except OSError as error:
        log.warning("the reasons why tuples wait cannot be written to %s: %s", home.waiting, error)


def reasons(home: Home) -> dict[int, str]:
    """By the number of a run why it waits; what a driver left behind that is gone says nothing."""
    if presence.running(home) is None:
        return {}
    try:
        with home.waiting.open("rb") as file:
            found = json.loads(file.read(MOST))
        return {int(run): str(why) for run, why in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}
