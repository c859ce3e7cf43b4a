"""What all flights share: the journal, the clocks, the helpers that may block, and what NIM showed last."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from saltext_vios.driver import inquiry, standalone
from saltext_vios.driver.clock import Clock
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.settings import Settings
from saltext_vios.migration.durations import History
from saltext_vios.migration.trust import Trust
from saltext_vios.migration.tuples import Run
from saltext_vios.nim.client import Attributes

log = logging.getLogger(__name__)
T = TypeVar("T")

QUESTIONS = 16  # to NIM and VIOSes at once
REPORTS = 4  # tools that are asked at once how they get on: only people read that, so it may take its time


@dataclass(frozen=True)
class Workers:
    """Threads for what may block. A c_rsh that hangs must not hold up the look at NIM, nor ``reports`` anything."""

    listing: Executor
    questions: Executor
    reports: Executor

    @classmethod
    def started(cls) -> Workers:
        return cls(ThreadPoolExecutor(1), ThreadPoolExecutor(QUESTIONS), ThreadPoolExecutor(REPORTS))


@dataclass
class Desk:
    journal: Journal
    clock: Clock
    workers: Workers
    may_start: Callable[[Settings], None]
    history: History
    listing: dict[str, Attributes] | None = None
    trust: Trust = field(default_factory=Trust)
    clusters: dict[str, str] = field(default_factory=dict)
    runs: Callable[[], Collection[Run]] = tuple
    news: threading.Event = field(default_factory=threading.Event)
    held: str | None = None
    obstacle: str = ""  # why this driver can start nothing
    leave_reboot: set[str] = field(default_factory=set)  # programs that were seen here to leave a reboot to others
    _asked_journal: bool = False
    _frames: dict[str, str] | None = None

    def refresh(self) -> None:
        """Before a start is asked about: what is the same for all, and may have changed."""
        self.held = self.journal.held_by()
        obstacle = standalone.obstacle()
        if obstacle != self.obstacle:
            log.error("%s", obstacle or "the Python of this driver is there again")
        self.obstacle = obstacle
        self._frames = None

    def ask(self, workers: Executor, question: Callable[..., T], *about: Any) -> Future[T]:
        """Have something asked that may block; the answer ends the driver's sleep."""
        future = workers.submit(question, *about)
        future.add_done_callback(lambda _: self.news.set())
        return future

    def leaves_reboot(self, program: str) -> bool:
        """Whether a VIOS was ever seen to wait on this NIM master for the reboot after an install."""
        if not self._asked_journal:
            self._asked_journal = True
            self.leave_reboot |= self.journal.left_reboots()
        return program in self.leave_reboot

    def frames(self) -> dict[str, str]:
        if self._frames is None:
            self._frames = inquiry.frames(self.listing or {}, [run.vioses for run in self.runs()])
        return self._frames

    @property
    def doubt(self) -> str:
        """Why nothing may be started now, least of all on the last listing; empty when it may."""
        if self.obstacle:
            return self.obstacle
        if self.listing is None:
            return "lsnim has not answered this driver yet"
        return "" if self.trust.trusted else self.trust.doubt
