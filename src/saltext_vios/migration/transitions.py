"""The table of states: what may happen to the migration of one VIOS in each of them, and where that leads.

When an event is seen to have happened is decided in ``saltext_vios.migration.machine``.
"""

from __future__ import annotations

import enum

from saltext_vios.migration import statuses


class State(enum.Enum):
    WAITING = "waiting"  # its turn has not come
    CHECKING = "checking"  # what stands in the way is being asked
    STARTING = "starting"  # the intent is on disk; the command may or may not have run
    STARTED = "started"  # the command is back; nothing of the operation is seen yet
    INSTALLING = "installing"  # it was seen to leave the baseline
    INSTALLED = "installed"  # its image is on another disk; it serves, and waits for its turn to reboot
    REBOOTING = "rebooting"  # the intent to reboot is on disk; that command may or may not have run
    VERIFYING = "verifying"  # said to be done; the VIOS is asked
    DONE = "done"
    CURRENT = "current"
    FAILED = "failed"
    SKIPPED = "skipped"


class Event(enum.Enum):
    ADMITTED = "it has a place"
    HELD = "held by an operator"
    PAST_LIMIT = "the time limit is reached"
    AT_LEVEL = "already at the level"
    CHECK_FAILED = "a check found an error"
    CLUSTER_DEGRADED = "another node of its cluster is not OK"
    REQUEUED = "back to the queue: its frame or cluster is in use"
    NO_TRACE = "started earlier, no trace of it"
    NOT_LAUNCHED = "its command could not be launched"
    FAULTY = "saltext-vios itself failed at it"
    ADOPTED = "started elsewhere, and seen"
    CLEARED = "nothing stands in the way"
    WITHDRAWN = "its command was proven not to have run"
    ACCEPTED = "its command returned"
    REFUSED = "its command refused"
    NOT_BACK = "its command did not return and nothing began"
    BEGAN = "it left the baseline"
    INSTALLED = "its image is on another disk, only its reboot is missing"
    REBOOT = "nothing stands in the way of its reboot"
    NOT_VERIFIED = "the VIOS before it was not verified"
    SAID_FAILED = "the tool reports a failure"
    SAID_DONE = "the tool reports success"
    FINISHED = "the tool reports success, and verify is off"
    BUSY_AGAIN = "it is busy again"
    PROVEN = "the VIOS answers with the level wanted"
    PATHS_LOST = "what it served before is still missing"
    OLD_LEVEL = "the VIOS answers with another level"
    DISPROVEN = "the answers speak against it"
    STALLED = "nothing changed for too long"
    UNREADABLE = "lsnim failed for too long"


S, E = State, Event

# state -> event -> (next state, status of the VIOS; None keeps the one it has)
TRANSITIONS: dict[State, dict[Event, tuple[State, str | None]]] = {
    S.WAITING: {
        E.ADMITTED: (S.CHECKING, None),
        E.HELD: (S.SKIPPED, statuses.HELD),
        E.PAST_LIMIT: (S.SKIPPED, statuses.TIMEOUT),
        E.UNREADABLE: (S.FAILED, statuses.CHECK),
        E.FAULTY: (S.FAILED, statuses.CHECK),
    },
    S.CHECKING: {
        E.HELD: (S.SKIPPED, statuses.HELD),
        E.PAST_LIMIT: (S.SKIPPED, statuses.TIMEOUT),
        E.AT_LEVEL: (S.CURRENT, statuses.CURRENT),
        E.CHECK_FAILED: (S.FAILED, statuses.CHECK),
        E.CLUSTER_DEGRADED: (S.FAILED, statuses.CLUSTER),
        E.REQUEUED: (S.WAITING, None),
        E.NO_TRACE: (S.FAILED, statuses.UNFINISHED),
        E.ADOPTED: (S.INSTALLING, statuses.INITIATED),
        E.CLEARED: (S.STARTING, None),
        E.NOT_LAUNCHED: (S.FAILED, statuses.REFUSED),
        E.UNREADABLE: (S.FAILED, statuses.CHECK),
        E.FAULTY: (S.FAILED, statuses.CHECK),
    },
    S.STARTING: {
        E.WITHDRAWN: (S.WAITING, None),
        E.PAST_LIMIT: (S.SKIPPED, statuses.TIMEOUT),
        E.ACCEPTED: (S.STARTED, statuses.INITIATED),
        E.BEGAN: (S.INSTALLING, statuses.INITIATED),
        E.REFUSED: (S.FAILED, statuses.REFUSED),
        E.NOT_BACK: (S.FAILED, statuses.REFUSED),
        E.STALLED: (S.FAILED, statuses.UNFINISHED),
        E.UNREADABLE: (S.FAILED, statuses.UNFINISHED),
        E.FAULTY: (S.FAILED, statuses.UNFINISHED),
    },
    S.STARTED: {
        E.BEGAN: (S.INSTALLING, None),
        E.PROVEN: (S.DONE, statuses.DONE),
        E.DISPROVEN: (S.FAILED, statuses.FAILED),
        E.PATHS_LOST: (S.FAILED, statuses.PATHS),
        E.STALLED: (S.FAILED, statuses.UNFINISHED),
        E.UNREADABLE: (S.FAILED, statuses.UNFINISHED),
        E.FAULTY: (S.FAILED, statuses.UNFINISHED),
    },
    S.INSTALLING: {
        E.SAID_FAILED: (S.FAILED, statuses.FAILED),
        E.SAID_DONE: (S.VERIFYING, None),
        E.INSTALLED: (S.INSTALLED, None),
        E.FINISHED: (S.DONE, statuses.DONE),
        E.STALLED: (S.FAILED, statuses.UNFINISHED),
        E.UNREADABLE: (S.FAILED, statuses.UNFINISHED),
        E.FAULTY: (S.FAILED, statuses.UNFINISHED),
    },
    S.INSTALLED: {
        E.REBOOT: (S.REBOOTING, None),
        E.HELD: (S.SKIPPED, statuses.HELD),
        E.PAST_LIMIT: (S.SKIPPED, statuses.TIMEOUT),
        E.NOT_VERIFIED: (S.SKIPPED, statuses.HELD),
        E.NOT_LAUNCHED: (S.FAILED, statuses.UNFINISHED),
        E.SAID_FAILED: (S.FAILED, statuses.FAILED),
        E.BUSY_AGAIN: (S.INSTALLING, None),
        E.STALLED: (S.FAILED, statuses.UNFINISHED),
        E.UNREADABLE: (S.FAILED, statuses.UNFINISHED),
        E.FAULTY: (S.FAILED, statuses.UNFINISHED),
    },
    S.REBOOTING: {
        E.WITHDRAWN: (S.INSTALLED, None),
        E.PAST_LIMIT: (S.SKIPPED, statuses.TIMEOUT),
        E.REFUSED: (S.FAILED, statuses.UNFINISHED),
        E.SAID_FAILED: (S.FAILED, statuses.FAILED),
        E.SAID_DONE: (S.VERIFYING, None),
        E.FINISHED: (S.DONE, statuses.DONE),
        E.STALLED: (S.FAILED, statuses.UNFINISHED),
        E.UNREADABLE: (S.FAILED, statuses.UNFINISHED),
        E.FAULTY: (S.FAILED, statuses.UNFINISHED),
    },
    S.VERIFYING: {
        E.PROVEN: (S.DONE, statuses.DONE),
        E.PATHS_LOST: (S.FAILED, statuses.PATHS),
        E.OLD_LEVEL: (S.FAILED, statuses.FAILED),
        E.DISPROVEN: (S.FAILED, statuses.FAILED),
        E.SAID_FAILED: (S.FAILED, statuses.FAILED),
        E.BUSY_AGAIN: (S.INSTALLING, None),
        E.STALLED: (S.FAILED, statuses.UNFINISHED),
        E.UNREADABLE: (S.FAILED, statuses.UNFINISHED),
        E.FAULTY: (S.FAILED, statuses.UNFINISHED),
    },
}

FINAL = frozenset({S.DONE, S.CURRENT, S.FAILED, S.SKIPPED})
# The VIOS may be down because of us, or about to be.
IN_FLIGHT = frozenset({S.STARTING, S.STARTED, S.INSTALLING, S.INSTALLED, S.REBOOTING, S.VERIFYING})


class First(enum.Enum):
    """What a new driver does first with a VIOS that the one before left in a state."""

    ASK = "every question before a start is asked again"
    TAKE_BACK = "proven that its command never ran: the start is withdrawn; else it is followed"
    FOLLOW = "the operation and its command are followed, whatever the driver before knew"
    NOTHING = "it is over"


RESTART: dict[State, First] = {
    S.WAITING: First.ASK,
    S.CHECKING: First.ASK,
    S.STARTING: First.TAKE_BACK,
    S.STARTED: First.FOLLOW,
    S.INSTALLING: First.FOLLOW,
    S.INSTALLED: First.FOLLOW,
    S.REBOOTING: First.TAKE_BACK,
    S.VERIFYING: First.FOLLOW,
    **dict.fromkeys(FINAL, First.NOTHING),
}
