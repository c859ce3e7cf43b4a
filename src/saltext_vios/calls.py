"""What a call of ``vios.migrate`` wants, checked as far as that goes without asking anybody.

A call on a NIM master and a fleet file on the Salt master are held against the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from saltext_vios import methods, task_options
from saltext_vios import options as table
from saltext_vios.asked import Options, as_options
from saltext_vios.errors import Refused
from saltext_vios.kinds import AUTO
from saltext_vios.migration import durations, levels, paths, previous, targets, timelimit
from saltext_vios.migration.selection import ALL, SELECTING


def options_for(targets: object, given: Mapping[str, Any], defaults: Mapping[str, Any], now: datetime) -> Options:
    """Every option with its value; times as seconds since the epoch.

    :param targets: as the caller gave them: some options mean something with ``*`` only.
    :param now: an aware time, for durations and for the local zone.
    :raises Refused: naming the value and what is expected.
    """
    options = table.checked(given, defaults)
    for name in ("level", "level_below"):
        if options[name] is not None:
            levels.parse(options[name], name)
    if targets != ALL:
        surplus = [name for name in SELECTING if given.get(name)]
        if surplus:
            raise Refused(f"{surplus[0]} selects among targets='*'; targets are {targets!r}, so leave it out")
    options = _with_limit(options, now)
    if options["time_margin"] not in (None, durations.AUTO):
        margin = timelimit.duration(options["time_margin"])
        options["time_margin"] = margin and margin.total_seconds()
    return as_options(options)


def options_for_task(
    task: str, names: Sequence[str], given: Mapping[str, Any], now: datetime, directory: str = ""
) -> Options:
    """The same for a task on these VIOSes.

    :param directory: below which backups lie on this NIM master.

    :raises Refused: naming the value and what is expected.
    """
    options = _with_limit(task_options.checked(task, given), now)
    kind = options.get("kind")
    options.update(stamp=now.strftime("%y%m%d%H%M%S"), directory=f"{directory}/{kind}" if kind else "")
    if options["level"] is not None:
        levels.parse(options["level"], "level")
    targets.refuse_incomplete([names], options)
    found = as_options(options)
    methods.of(found).refuse([names], found)
    return found


def _with_limit(options: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    limit = options["time_limit"]
    parsed = None if limit is None else timelimit.parse(limit, now)
    text = "" if parsed is None else timelimit.show(parsed)
    return {**options, "time_limit": None if parsed is None else parsed.timestamp(), "time_limit_text": text}


def fitted(tuples: Sequence[Sequence[str]], options: Options) -> Options:
    """The options of these very tuples, with the keys of ``vios_status`` as ours.

    :param options: as ``options_for`` returned them.
    :raises Refused: when they cannot be meant for these tuples, or make a name that NIM cannot have.
    """
    found = as_options({**options})
    earlier = found["vios_status"]
    if not isinstance(earlier, str):
        found["vios_status"] = previous.normalise(earlier, tuples)
    if found["method"] == AUTO:
        return found  # the NIM master says which it is
    if found["paths"] == paths.REQUIRE and not found["verify"]:
        raise Refused("paths is 'require' and verify is no; what a VIOS serves is verified with its level; drop one")
    targets.refuse_incomplete(tuples, found)
    method = methods.of(found)
    method.refuse(tuples, found)
    for names in tuples:
        for name in names:
            method.resources(name, found)
    return found
