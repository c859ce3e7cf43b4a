"""What a way of migrating a VIOS has to answer, or a task: the seam between the core and the tools. No I/O, no Salt.

A method is a value of plain functions. ``saltext_vios.methods`` holds one file for each; nothing else knows which tool
carries out a migration, what its command line is, or what its progress looks like.

A task is work on one VIOS that is no migration: a clone, a rollback. It is carried out by the same machine, loop and
journal, and so has its intent on disk, its limits, its resume. To write one:

* a file in ``saltext_vios.methods`` with a ``Method`` whose ``task`` is set, named in ``methods.TASKS``; its options in
  ``saltext_vios.options.TASKS``;
* ``queries``: what must be known of the VIOS, of NIM or of a file. They are asked before the start (``VIOSFacts.told``,
  for ``checks`` and ``done``) and again when it looks done (``Evidence.told``, for ``prove``);
* ``read`` says when it looks done: idle, outcome SUCCESS. Where NIM has no part in it that is whenever NIM is idle;
* ``prove`` says whether it is done. Without its ``True`` nothing is, and its ``False`` must come twice;
* ``takes_down`` is False for what leaves the VIOS serving: it takes no place of its frame, and waits for nobody but
  what works on the same VIOS, and for a migration of its frame.

Its statuses are ``SUCCESS-<TASK>``, ``SUCCESS-<TASK>-INIT`` and so on; its key in the journal is ``<task>:<vios>``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from saltext_vios.asked import Options
from saltext_vios.migration.checks import CHECKS, Check, CheckContext, VIOSFacts, wanted_level
from saltext_vios.migration.facts import Evidence, Ground, Look, Preparation, Progress, Proof, Query
from saltext_vios.migration.levels import Level
from saltext_vios.migration.machine import Migration


def _nothing(tuples: Sequence[Sequence[str]], options: Options) -> None:
    """No option speaks against another."""


def _no_resources(vios: str, options: Options) -> dict[str, str]:
    return {}


@dataclass(frozen=True)
class Task:
    """What a method has to answer besides the rest when it is a task.

    :param verb: what it does to a VIOS, as in "would roll back vios1".
    :param prove: whether it is done, by what is known when it looks so; ``Migration.kept`` holds what was before.
    :param queries: for one VIOS.
    :param done: why there is nothing to do before it starts; empty where there is.
    :param keeps: what of the facts before the start stays in the journal, for ``prove``.
    :param prepares: what is set on the VIOS, and read back, between the intent and the command.
    :param synchronous: its command returns when all is done, so that what speaks against it then counts.
    :param at_once: how many of them go side by side on a NIM master; None: as many as migrations.
    """

    verb: str
    prove: Callable[[Migration, Evidence, Options], Proof]
    queries: Callable[[str, Options], tuple[Query, ...]] = lambda vios, options: ()
    done: Callable[[VIOSFacts, CheckContext], str] = lambda facts, context: ""
    keeps: Callable[[VIOSFacts, CheckContext], Mapping[str, str]] = lambda facts, context: {}
    prepares: Callable[[Migration, Options], Preparation] | None = None
    synchronous: bool = False
    at_once: Callable[[Options], int | None] = lambda options: None


@dataclass(frozen=True)
class Method:
    """One way of migrating a VIOS, or a task. Options are checked ones, every one of them present.

    :param program: what is run, as ``Settings.program`` finds it.
    :param argv: its command line for one VIOS.
    :param read: how one look at a VIOS reads as progress.
    :param checks: behind the ``common`` ones.
    :param refuse: raises ``Refused`` for options that these tuples cannot have.
    :param resources: NIM attribute -> name, of every resource that the command of a VIOS names; raises ``Refused``
        for a name that cannot be one.
    :param named_by: NIM attribute -> the options that name its resource, of those that make one migration another.
    :param same: options that make one migration another.
    :param asks: whether each VIOS is asked for its disks, before the start and with each look; else NIM alone is.
    :param late_is_unknown: a command that does not return in time may have begun, even if nothing is seen of it.
    :param quiet: seconds for which nothing may be seen of what a command began that failed, or of what it brings about.
    :param reboot: the command line that reboots a VIOS whose image is on another disk; None where the tool does that.
    :param validation: the command line by which its program looks and changes nothing, if it has one.
    :param report: the command line by which its program reports how it gets on with a host. Only people read
        the answer: no method is given it.
    :param common: the checks that it shares with others.
    :param wanted: the level that the VIOS is to have at the end, if that is another.
    """

    name: str
    program: str
    argv: Callable[[str, Options, Ground], list[str]]
    read: Callable[[Look, Options], Progress]
    checks: tuple[Check, ...]
    refuse: Callable[[Sequence[Sequence[str]], Options], None] = _nothing
    resources: Callable[[str, Options], dict[str, str]] = _no_resources
    named_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    same: tuple[str, ...] = ()
    asks: bool = False
    late_is_unknown: bool = False
    quiet: float = 0
    reboot: Callable[[str, Options], list[str] | None] = lambda vios, options: None
    validation: Callable[[str, Options, Ground], list[str]] | None = None
    report: Callable[[str], list[str]] | None = None
    common: tuple[Check, ...] = CHECKS
    wanted: Callable[[VIOSFacts, Level | None], Level | None] = wanted_level
    takes_down: bool = True
    task: Task | None = None
