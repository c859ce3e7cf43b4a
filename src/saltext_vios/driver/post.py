"""The driver's outgoing mail: the journal's events, and what it says when the journal itself fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

from saltext_vios.driver.clock import Clock
from saltext_vios.driver.events import Sender
from saltext_vios.driver.journal import Journal

log = logging.getLogger(__name__)

RETRY_EVENTS = 60  # seconds without a try after events could not be sent
KEPT = 10_000  # events that wait for somebody to take them
LAST_WORDS = 10  # seconds

States = Mapping[str, str]


class Post:
    """Sends in a thread of its own: a master that is away must hold nothing up."""

    def __init__(
        self, journal: Journal, sender: Sender, clock: Clock, say: Callable[[str], object] = lambda trouble: None
    ) -> None:
        self.journal, self.sender, self.clock, self.say = journal, sender, clock, say
        self._thread = ThreadPoolExecutor(1)
        self._sending: Future[int] | None = None
        self._send_again = 0.0
        self._trouble = ""

    @property
    def idle(self) -> bool:
        return self._sending is None

    def deliver(self) -> None:
        """Send what waits in the journal, in its order."""
        if self._sending is not None and self._sending.done():
            sent, self._sending = self._sending.result(), None
            if sent:
                self.journal.mark_sent(sent)
            else:
                self._send_again = self.clock.steady() + RETRY_EVENTS
                self.journal.forget_unsent(KEPT)
        if self._sending is None and self.clock.steady() >= self._send_again:
            events = [(row["id"], row["tag"], row["data"]) for row in self.journal.unsent()]
            if events:
                self._sending = self._thread.submit(self.sender.send, events)

    def trouble(self, message: str, states: States) -> None:
        """The journal cannot be written; reported once, until ``recovered``."""
        if not self._trouble:
            log.error("%s", message)
            self.say(message)
            self._fire("trouble", message, states)
        self._trouble = message

    def recovered(self, states: States) -> None:
        if self._trouble:
            log.info("the journal can be written again")
            self.say("")
            self._fire("recovered", "", states)
        self._trouble = ""

    def last_words(self, message: str, states: States) -> None:
        """The journal is lost to this driver: what it alone knows is reported before it exits."""
        log.error("%s", message)
        for vios, state in states.items():
            log.error("last known state of %s: %s", vios, state)
        wait([self._fire("trouble", message, states)], timeout=LAST_WORDS)

    def _fire(self, what: str, message: str, states: States) -> Future[bool]:
        data = {"message": message, "vios": dict(states), "at": self.clock.wall()}
        return self._thread.submit(self.sender.fire, f"vios/driver/{what}", data)
