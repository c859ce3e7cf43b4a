"""The ways of migrating a VIOS, and the tasks; what each answers is described in ``saltext_vios.migration.method``.

With what they need they are half of what there is to load. A call that only shows what is recorded does without them:
what such a call loads too imports them in the function that needs one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from saltext_vios.asked import Options, given
from saltext_vios.errors import Refused
from saltext_vios.methods import backup, cleanup, clone, migvios, rollback, viosupgrade
from saltext_vios.migration import targets
from saltext_vios.migration.checks import Check
from saltext_vios.migration.method import Method

METHODS: Mapping[str, Method] = {one.name: one for one in (migvios.METHOD, viosupgrade.METHOD)}
TASKS: Mapping[str, Method] = {one.name: one for one in (backup.METHOD, clone.METHOD, rollback.METHOD, cleanup.METHOD)}


def named_by(argv: Sequence[str]) -> str | None:
    """The method that a recorded command line belongs to."""
    return next((one.name for one in METHODS.values() if argv and one.program == argv[0]), None)


def automatic(options: Options, operations: Collection[str], tool: bool, master: tuple[int, ...] | None) -> str:
    """Which method ``auto`` means on a NIM master.

    :param operations: what ``lsnim -O`` lists.
    :param tool: whether viosupgrade is there.
    :raises Refused: when it offers neither.
    """
    if options["type"] and tool and master is not None and master[:2] >= viosupgrade.needed(options):
        return viosupgrade.NAME
    if migvios.NAME in operations:
        return migvios.NAME
    why = "type is not given for viosupgrade" if options["type"] is None else "there is no viosupgrade new enough"
    raise Refused(f"method is 'auto', and this NIM master offers neither: `lsnim -O` lists no migvios, and {why}")


def checks_of(options: Options) -> tuple[Check, ...]:
    """The own checks of a request's method, with those of the clone that goes before a migration."""
    own = of(options).checks
    return (*own, clone.before) if options["clone"] else own


def of(options: Options) -> Method:
    """The method of a request, or its task; one that an earlier version recorded had no other."""
    if options.get("task"):
        return TASKS[options["task"]]
    return METHODS[options.get("method") or migvios.METHOD.name]


def contradictions(vios: str, running: Options, asked: Options, any_method: bool = False) -> list[str]:
    """What is asked for otherwise than what is under way: another method, another level, another image, another disk.

    Both are checked options. What a request leaves out contradicts nothing.

    :param any_method: the request names no method, so the one under way is meant; a resource that it has no place for
        contradicts nothing then.
    """
    method, other = of(running), of(asked)
    if method != other and not any_method:
        return [f"method {other.name} instead of {method.name}"]
    running, asked = targets.own(running, vios), targets.own(asked, vios)
    values: Mapping[str, Any] = running
    others: Mapping[str, Any] = asked
    differing = [
        f"{name} {others[name]} instead of {values[name]}"
        for name in method.same
        if others[name] and values[name] and others[name] != values[name]
    ]
    now, wanted = method.resources(vios, running), method.resources(vios, asked)
    for attribute, words in method.named_by.items():
        has_place = method == other or attribute in now
        if has_place and given(asked, words) and wanted[attribute] != now.get(attribute):
            differing.append(f"{attribute} {wanted[attribute]} instead of {now.get(attribute, 'none')}")
    return differing
