"""What a way of migrating a VIOS has to answer: the seam between the core and the tools. No I/O, no Salt.

A method is a value of plain functions. ``saltext_vios.methods`` holds one file for each; nothing else knows which tool
carries out a migration, what its command line is, or what its progress looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from saltext_vios.migration.checks import Check
from saltext_vios.migration.facts import Ground, Look, Progress

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Method:
    """One way of migrating a VIOS. Options are checked ones, every one of them present.

    :param refuse: raises ``Refused`` for options that these tuples cannot have.
    :param resources: NIM attribute -> name, of every resource that the command of a VIOS names; raises ``Refused``
        for a name that cannot be one.
    :param named_by: NIM attribute -> the options that name its resource, of those that make one migration another.
    :param same: options that make one migration another.
    :param program: what migrates a VIOS, as ``Settings.program`` finds it.
    :param argv: its command line for one VIOS.
    :param read: how one look at a VIOS reads as progress.
    :param checks: behind the common ones.
    :param asks: whether each VIOS is asked for its disks, before the start and with each look; else NIM alone is.
    :param late_is_unknown: a command that is not back in time and of which nothing is seen may have begun all the same.
    :param quiet: seconds for which nothing may be seen of what a command began that failed.
    :param validation: the command line by which its program looks and changes nothing, if it has one.
    """

    name: str
    refuse: Callable[[Sequence[Sequence[str]], Options], None]
    resources: Callable[[str, Options], dict[str, str]]
    named_by: Mapping[str, tuple[str, ...]]
    same: tuple[str, ...]
    program: str
    argv: Callable[[str, Options, Ground], list[str]]
    read: Callable[[Look, Options], Progress]
    checks: tuple[Check, ...]
    asks: bool = False
    late_is_unknown: bool = False
    quiet: float = 0
    validation: Callable[[str, Options, Ground], list[str]] | None = None
