"""What goes into the journal: the lines of a run, its commands, and the core's dataclasses as JSON and back."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from enum import Enum
from typing import Any

from saltext_vios import __version__, task_options
from saltext_vios.asked import Options, as_options
from saltext_vios.driver import settings as configuration
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import UnreadableRow, ViosError
from saltext_vios.migration import levels
from saltext_vios.migration.facts import Command, CommandState, Outcome, Progress, View
from saltext_vios.migration.machine import Limits, Migration
from saltext_vios.migration.paths import REQUIRE, VNIC, Disk, Fibre, Kind, Network, Serving
from saltext_vios.migration.transitions import State
from saltext_vios.migration.tuples import Terms
from saltext_vios.nim.text import printable
from saltext_vios.options import BY_NAME, checked

DEFAULTS = checked({})
# What a checked request holds besides the options of the table.
_MADE = ("time_limit_text", "task", *task_options.NAMES)


@dataclass(frozen=True)
class Note:
    """One line of the journal's log of a run, and one Salt event."""

    what: str
    vios: str
    message: str
    phase: str = ""
    percent: int | None = None
    status: str | None = None
    elapsed: int = 0


@dataclass(frozen=True)
class CommandRecord:
    """What is recorded of a command besides the state of its migration.

    ``aside``: it is not the one that migrates, which keeps its place and what it printed.
    """

    attempt: int
    argv: Sequence[str]
    out: bool
    rc: int | None = None
    stdout: str | None = None
    stderr: str | None = None
    aside: bool = False


_LEVELS = ("wanted", "level_old", "level_new")


def dump(migration: Migration) -> str:
    known = {name: str(level) for name in _LEVELS if (level := getattr(migration, name)) is not None}
    served = None if migration.served is None else _packed(migration.served)
    return json.dumps({**asdict(replace(migration, served=None)), **known, "served": served}, default=_plain)


def load(text: str) -> Migration:
    """:raises UnreadableRow: for what another version wrote, or a hand."""
    with _explained("its state"):
        return _migration(json.loads(text))


def mapping(text: str, what: str) -> dict[str, Any]:
    """A column that holds a map. :raises UnreadableRow: when it does not."""
    with _explained(what):
        return dict(json.loads(text).items())


def options(text: str) -> Options:
    """Those a request came with; what an older version did not know has its default.

    :raises UnreadableRow: when they hold one that this version does not know.
    """
    told = mapping(text, "its options")
    unknown = [name for name, value in told.items() if name not in DEFAULTS and name not in _MADE and value is not None]
    if unknown:
        raise UnreadableRow(f"its option {unknown[0]!r} is not known to version {__version__}")
    with _explained("its options"):
        # What steers this program; what becomes the command line is read by whoever builds it.
        own = {name: told[name] for name in told if name in BY_NAME and BY_NAME[name].attribute is None}
        margin, limit = (own.pop(name, None) for name in ("time_margin", "time_limit"))
        checked(own)
        if not isinstance(limit, (int, float, type(None))) or not (margin == "auto" or margin is None or margin > 0):
            raise ValueError(f"time_limit {limit!r}, time_margin {margin!r}")
    return as_options({**DEFAULTS, "time_limit_text": "", "task": "", **told})


def settings(text: str) -> Settings:
    """Those a request came with; what only a newer version knows means nothing here.

    :raises UnreadableRow: when they are none.
    """
    told = mapping(text, "its settings")
    with _explained("its settings"):
        return configuration.stored(told)


def terms(
    options: Options, settings: Settings, time_limit: float | None, limit_text: str, previous: str | None
) -> Terms:
    """What the core must know of a request.

    :param options: checked options.
    :param previous: the earlier status of the tuple, where the request came with one.
    """
    from saltext_vios import methods

    method = methods.of(options)
    at_once = method.task.at_once(options) if method.task is not None else None
    return Terms(
        time_limit=time_limit,
        time_limit_text=limit_text,
        force=options["force"],
        previous=previous,
        max_parallel=options["max_parallel"] or at_once or settings.max_parallel,
        max_failures=options["max_failures"],
        margin=options["time_margin"],
        longest_first=options["tuple_order"] == "longest",
        overlap=options["overlap"],
        limits=Limits(
            start_timeout=settings.start_timeout,
            stall_timeout=options["stall_timeout"] or settings.stall_timeout,
            query_retries=settings.query_retries,
            verify=options["verify"],
            require_paths=options["paths"] == REQUIRE,
            paths_timeout=options["paths_timeout"],
            late_is_unknown=method.late_is_unknown,
            quiet=method.quiet,
            synchronous=method.task is not None and method.task.synchronous,
        ),
        task=options.get("task", ""),
        takes_down=method.takes_down,
    )


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, ViosError) as error:
        text = f"{type(error).__name__}: {error}"
        raise UnreadableRow(f"{what} cannot be read by version {__version__} ({printable(text)[:200]})") from error


def _migration(values: dict[str, Any]) -> Migration:
    values["state"] = State(values["state"])
    for name in ("baseline", "view"):
        if values[name] is not None:
            values[name] = _progress(values[name])
    # Until there were other methods it was named as what it is in NIM.
    values["passing"] = tuple(values.pop("mstates", values.get("passing", ())))
    values.setdefault("progressed", values["changed"])  # each change was progress once
    values["sights"] = tuple(values.get("sights", ()))
    values["kept"] = {str(name): str(text) for name, text in dict(values.get("kept") or {}).items()}
    if values["command"] is not None:
        values["command"] = Command(**{**values["command"], "state": CommandState(values["command"]["state"])})
    values["lacks"] = tuple(values.get("lacks", ()))
    values["served"] = _served(values["served"]) if values.get("served") else None
    values.update({name: levels.parse(values[name], name) for name in _LEVELS if values[name] is not None})
    return Migration(**values)


# Rows of values: a VIOS may have a thousand disks, and each transition writes them.
_ROWS = {"disks": Disk, "fibres": Fibre, "vnics": VNIC, "networks": Network}


def _packed(served: Serving) -> dict[str, Any]:
    return {**vars(served), **{name: [astuple(row) for row in getattr(served, name)] for name in _ROWS}}


def _served(values: Mapping[str, Any]) -> Serving:
    rows = {name: tuple(kind(*row) for row in values.get(name, ())) for name, kind in _ROWS.items()}
    unanswered = tuple((Kind(kind), why) for kind, why in values["unanswered"])
    return Serving(**{**values, **rows, "adapters": tuple(values["adapters"]), "unanswered": unanswered})


def _progress(values: dict[str, Any]) -> Progress:
    values["outcome"] = Outcome(values["outcome"]) if values["outcome"] else None
    if "cstate" in values:  # written when NIM's own words were kept
        from saltext_vios.methods import migvios

        return migvios.read(View(**values))
    return Progress(**{**values, "mark": tuple(values["mark"]), "passing": tuple(values["passing"])})


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} does not belong in the journal")
