"""What the core is given: frozen facts, read elsewhere from NIM, the VIOS and the command that migrates it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from saltext_vios.migration.levels import Level
from saltext_vios.migration.paths import Serving


class Outcome(enum.Enum):
    """How an operation ended, by the word of the tool that carries it out."""

    SUCCESS = "success"
    FAILURE = "failure"
    RESET = "reset"  # somebody took it away


@dataclass(frozen=True)
class View:
    """One NIM object of a VIOS as one ``lsnim`` showed it, for the checks. Every text may be missing."""

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


@dataclass(frozen=True)
class Disk:
    """One disk as its VIOS shows it. ``pvid`` and ``vg`` are None where it has none, ``size`` where it is unknown."""

    name: str
    pvid: str | None = None
    vg: str | None = None
    size: int | None = None  # megabytes
    identifier: str | None = None  # of the disk itself: the same on every VIOS that sees it
    active: bool = False  # its volume group is varied on


@dataclass(frozen=True)
class Disks:
    """What a VIOS answered when asked for its disks; ``error`` when it did not.

    ``served`` counts those that it gives to clients; None where that could not be read, or was not ``counted``.
    """

    known: tuple[Disk, ...] = ()
    error: str = ""
    served: int | None = None
    counted: bool = True
    boot: tuple[str, ...] = ()  # from which it would boot; none where it was not asked

    def of(self, vg: str) -> tuple[str, ...]:
        return tuple(disk.name for disk in self.known if disk.vg == vg)


@dataclass(frozen=True)
class Look:
    """One look at a VIOS: what NIM shows of it, and what it answers itself where a method has it asked."""

    view: View
    disks: Disks | None = None


class Whom(enum.Enum):
    """Whom a question of a task's is put to."""

    VIOS = "the VIOS, through c_rsh: the text of a command"
    OBJECT = "NIM: the name of an object"
    MASTER = "the NIM master: a command line of nim"
    FILE = "the NIM master: the path of a file"


@dataclass(frozen=True)
class Query:
    """One question, asked before a task starts, for its checks, and again when it looks done, for its proof.

    ``after``: only then, since before the start there is nothing to ask about.
    """

    name: str
    whom: Whom
    what: str | tuple[str, ...]
    after: bool = False


@dataclass(frozen=True)
class Told:
    """The answer to one. ``error``: there is none. ``missing``: there is no such object, or no such file."""

    text: str = ""  # what a command printed
    rc: int | None = None
    shown: Mapping[str, str] = field(default_factory=dict)  # the attributes of an object
    size: int | None = None  # of a file, in bytes
    changed: float | None = None  # a file was changed at, in seconds since the epoch
    free: int | None = None  # bytes that are free where it lies, or would lie
    missing: bool = False
    error: str = ""


@dataclass(frozen=True)
class Evidence:
    """What is known when a task looks done: what its VIOS answers, and what its queries were answered with."""

    level: LevelAnswer
    disks: Disks
    told: Mapping[str, Told] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """``done``: True is proven, False is what the answers speak against, None is not known yet.

    ``keeps`` stays in the journal, for those that build on it later. ``serves`` is what the VIOS gives to its clients,
    where that was asked too.
    """

    done: bool | None
    text: str
    level: Level | None = None
    keeps: Mapping[str, str] = field(default_factory=dict)
    serves: Serving | None = None


@dataclass(frozen=True)
class Preparation:
    """What is set on a VIOS before the command of a task runs, and read back: nothing runs unless it is as wanted.

    Setting it twice is the same as once: a new driver does it again.

    :param wrong: what is wrong with what was read back; empty if nothing is.
    """

    sets: str
    reads: str
    wrong: Callable[[str], str]


@dataclass(frozen=True)
class Ground:
    """What a command line depends on next to the options. None is what nobody knows."""

    host: str | None = None  # by which NIM knows the VIOS
    master: tuple[int, ...] | None = None  # the AIX level of the NIM master: 7200, 5, 3
    in_cluster: bool | None = None
    disks: Disks = Disks()


@dataclass(frozen=True)
class Progress:
    """One look at the operation on one VIOS, in no tool's own words; a method reads it. Every part may be missing.

    What a look from before the start showed already says nothing of ours: result, complaint and trace are held against
    that one. Only a value that is there counts: a look that is cut short loses values, it makes none.
    """

    idle: bool | None = None  # None: this look does not show it
    outcome: Outcome | None = None
    result: str | None = None  # the outcome as the tool spells it
    complaint: str | None = None  # what speaks against a success
    trace: str | None = None  # what only an operation leaves behind
    passing: tuple[str, ...] = ()  # comes and goes without an operation: news the first time only, and never a trace
    serving: bool | None = None  # whether the VIOS serves its clients; None where it is not known
    served: int | None = None  # how much it gives to clients; less than before is no success yet
    aside: bool = False  # the image goes onto another disk, and the system that runs is the one of before
    installed: bool = False  # it is there whole, and whoever started it has to reboot the VIOS
    phase: str = "unknown"
    percent: int | None = None
    info: str | None = None
    mark: tuple[str | None, ...] = ()  # compared, never read: any change is progress
    said: str = ""  # what it says against itself, for people
    seen: str = ""  # what it shows in short, for people
    advice: str = ""  # what to type if it stays like this
    shown: Mapping[str, str] = field(default_factory=dict)  # the tools' own names and words

    @property
    def busy(self) -> bool:
        return self.idle is False

    def news(self, passing: Collection[str]) -> tuple[str | None, ...]:
        """The mark without what comes and goes, as far as it was seen already."""
        return tuple(None if text in passing else text for text in self.mark)

    def left(self, baseline: Progress, passing: Collection[str] = ()) -> bool:
        """Whether it shows what only an operation can have caused, and did not show it at the baseline."""
        return (
            self.busy
            or (self.result is not None and self.result != baseline.result)
            or (self.complaint is not None and self.complaint != baseline.complaint)
            or self.left_trace(baseline, passing)
        )

    def left_trace(self, baseline: Progress, passing: Collection[str] = ()) -> bool:
        """:param passing: every such text seen since the baseline; whatever it says, it is no operation's."""
        return self.trace is not None and self.trace != baseline.trace and self.trace not in passing


class CommandState(enum.Enum):
    """What is known of a command whose intent was recorded."""

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
    tool: str = "nim"
    question: str = ""  # it printed one, and there is nobody to answer
    complaint: str = ""  # what it printed when it failed


@dataclass(frozen=True)
class LevelAnswer:
    """What a VIOS answered when asked for its ioslevel; ``level`` is None when it did not answer.

    ``serves`` is what it gives to its clients, where that was asked too.
    """

    level: Level | None
    error: str = ""
    serves: Serving | None = None
