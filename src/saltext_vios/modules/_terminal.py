"""Signs of life on a terminal while ``salt-call`` waits: the bars of ``salt-run vios.watch``, on standard error.

They are for a person who looks. What is returned, what a pipe gets and what a minion does are the same without them.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from saltext_vios.driver import place, reports
from saltext_vios.driver.journal import Journal
from saltext_vios.fleet import screen as screens
from saltext_vios.fleet.screen import Bars, Lines
from saltext_vios.fleet.watching import Picture
from saltext_vios.migration import timestamps

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between two pictures
HERE = ""  # there is one NIM master only, so it needs no name
LEFT = "\nNo longer shown. What is under way continues; to wait for it again: vios.wait"


@contextlib.contextmanager
def life(opts: Mapping[str, Any], runs: Sequence[int]) -> Iterator[_Show | None]:
    """What shows how these runs stand, given the journal again and again; ``None`` where nobody looks."""
    if not is_watched(opts):
        yield None
        return
    with screens.screen(sys.stderr) as screen:
        show = _Show(screen, runs, Picture())
        try:
            yield show
        except KeyboardInterrupt:
            print(LEFT, file=sys.stderr)
            raise


def is_watched(opts: Mapping[str, Any]) -> bool:
    """Whether a person sits before it; behind ``salt-ssh`` a terminal would be part of its connection."""
    return opts.get("__cli") == "salt-call" and not place.unpacked(opts) and sys.stderr.isatty()


class _Show:
    def __init__(self, screen: Bars | Lines, runs: Sequence[int], picture: Picture) -> None:
        self.screen, self.runs, self.picture = screen, list(runs), picture
        self.event: int | None = None
        self.next = 0.0

    def __call__(self, journal: Journal, last: bool = False) -> None:
        if not last and time.monotonic() < self.next:
            return
        self.next = time.monotonic() + EVERY
        try:
            self._show(journal)
        except Exception:
            # The waiting continues without a picture.
            log.exception("the progress of the migration could not be shown")
            self.next = float("inf")

    def _show(self, journal: Journal) -> None:
        newest, before = reports.newest_event(journal), self.event
        self.event = newest
        for at, key, what, message in reports.events_of(journal, self.runs, before, newest):
            if not (self.screen.shows_percent and what == "percent"):
                self._say(datetime.fromtimestamp(at).astimezone(), key, message)
        overview = {
            "at": timestamps.text(time.time()),
            "event": newest,
            "tuples": reports.overview(journal, self.runs),
        }
        now = datetime.now(timezone.utc)
        for key, text in self.picture.asked(HERE, overview):
            self._say(now.astimezone(), key, text)
        self.screen.show(self.picture, now)

    def _say(self, at: datetime, key: str, text: str) -> None:
        self.screen.say(at, HERE, key, text)
