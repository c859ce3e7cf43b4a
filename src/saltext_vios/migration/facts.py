"""What the core is told: frozen facts, read elsewhere from NIM, from the VIOS and from the ``nim`` command."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass

from saltext_vios.migration.levels import Level


class Outcome(enum.Enum):
    """What ``Cstate_result`` says, when it says something known."""

    SUCCESS = "success"
    FAILURE = "failure"
    RESET = "reset"


@dataclass(frozen=True)
class View:
    """One VIOS as one ``lsnim`` showed it. Every text may be missing."""

    cstate: str | None = None
    mstate: str | None = None
    prev_state: str | None = None
    result: str | None = None
    info: str | None = None
    err_info: str | None = None
    ready: bool = False
    outcome: Outcome | None = None
    running: bool | None = None
    follows_operation: bool = False  # prev_state is a word of an operation
    phase: str = "unknown"
    percent: int | None = None

    @property
    def busy(self) -> bool:
        """A state is shown and it is not the ready one; a missing Cstate is neither."""
        return self.cstate is not None and not self.ready

    def progress(self, mstates: Collection[str] = ()) -> tuple[str | None, ...]:
        """All that counts as progress when it changes.

        :param mstates: those that were seen already; they come and go with pings and reboots.
        """
        pinged = (None if text in mstates else text for text in (self.mstate, self.prev_state))
        return (self.cstate, self.result, self.info, self.err_info, *pinged)

    def left(self, baseline: View, mstates: Collection[str] = ()) -> bool:
        """Whether NIM shows what only an operation can have caused, and did not show it at the baseline.

        Only a value that is there counts: a listing cut short loses values, it makes none.
        """
        return (
            self.busy
            or (self.result is not None and self.result != baseline.result)
            or (self.err_info is not None and self.err_info != baseline.err_info)
            or self.left_operation(baseline, mstates)
        )

    def left_operation(self, baseline: View, mstates: Collection[str] = ()) -> bool:
        """Whether prev_state, which keeps the former Mstate too, has become a word of an operation.

        :param mstates: every Mstate that was seen since the baseline; whatever its text, it is no operation.
        """
        now = self.prev_state
        return self.follows_operation and now is not None and now != baseline.prev_state and now not in mstates


class CommandState(enum.Enum):
    """What is known of a ``nim`` command whose intent was recorded."""

    ABSENT = "absent"  # proven never to have run
    RUNNING = "running"
    RETURNED = "returned"
    LOST = "lost"  # it ran, it runs no more, its exit status is not known
    TOO_LATE = "too late"  # the launcher found the time limit reached and did not run it


@dataclass(frozen=True)
class Command:
    state: CommandState
    rc: int | None = None
    pid: int | None = None


@dataclass(frozen=True)
class LevelAnswer:
    """What a VIOS answered when asked for its ioslevel; ``level`` is None when it did not answer."""

    level: Level | None
    error: str = ""
