"""What the minion's configuration and pillar say, and where the commands of NIM are."""

from __future__ import annotations

import math
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from saltext_vios.driver import place
from saltext_vios.errors import Refused
from saltext_vios.migration.machine import Limits
from saltext_vios.nim.client import QUERY_TIMEOUT

NIM_BIN_DIR = "/usr/sbin"
C_RSH = "/usr/lpp/bos.sysmgt/nim/methods/c_rsh"


@dataclass(frozen=True)
class Settings:
    """One field per leaf of ``vios:`` in the minion's configuration or pillar; times in seconds."""

    state_dir: str
    nim_bin_dir: str = NIM_BIN_DIR
    c_rsh: str = C_RSH
    poll_interval: float = 30
    stall_timeout: float = Limits.stall_timeout
    start_timeout: float = Limits.start_timeout
    query_timeout: float = QUERY_TIMEOUT
    query_retries: int = Limits.query_retries
    max_parallel: int = 8
    backup_dir: str = "/export/nim"
    environment: Mapping[str, str] = field(default_factory=dict)

    def program(self, name: str) -> str:
        """The path of ``nim`` or ``lsnim``; ``find`` says where it was looked for."""
        if name == "c_rsh":
            return self.c_rsh
        return find(name, self.nim_bin_dir) or os.path.join(self.nim_bin_dir, name)


def find(name: str, nim_bin_dir: str) -> str | None:
    """``nim_bin_dir`` first, then PATH."""
    return shutil.which(name, path=nim_bin_dir) or shutil.which(name)


def read(opts: Mapping[str, Any]) -> Settings:
    """What holds for this minion.

    :param opts: Salt's ``__opts__``.
    :raises Refused: naming the setting and what is expected.
    :raises JournalError: when there is a journal where an earlier version kept it.
    """
    values = {"state_dir": place.STATE_DIR, **_checked(lambda name: told(opts, name))}
    place.refuse_thrown_away(values["state_dir"], opts)
    if told(opts, "state_dir") is None:
        place.refuse_a_former_one(opts)
    return Settings(**values)


def stored(values: Mapping[str, Any]) -> Settings:
    """Those that a request came with; what only a newer version knows means nothing here.

    :raises Refused: for a value that cannot be.
    """
    return Settings(**_checked(values.get))


def _checked(find_value: Callable[[str], Any]) -> dict[str, Any]:
    values = {one.name: find_value(one.name) for one in fields(Settings)}
    return {name: _READ.get(name, _number)(name, value) for name, value in values.items() if value is not None}


def nim_bin_dir(opts: Mapping[str, Any]) -> str:
    """:raises Refused: when it is no absolute path."""
    value = told(opts, "nim_bin_dir")
    return NIM_BIN_DIR if value is None else _path("nim_bin_dir", value)


def capture_dir(opts: Mapping[str, Any]) -> str:
    """The directory below which whoever sends a job may have a capture written.

    :raises Refused: when it is no absolute path.
    """
    value = told(opts, "capture_dir")
    return os.path.join(read(opts).state_dir, "captures") if value is None else _path("capture_dir", value)


def defaults(opts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of ``vios.migrate`` that hold where a call gives none."""
    value = told(opts, "defaults")
    if value is not None and not isinstance(value, Mapping):
        raise Refused(f"vios:defaults is a {_kind(value)}, expected a map of options; see vios.options")
    return value or {}


def told(opts: Mapping[str, Any], name: str) -> Any:
    """One leaf: the minion's configuration, then pillar, so that either may hold some of them; None where none does.

    Never grains, as ``config.get`` would: whoever may set grains would say which commands run here.
    """
    return next((vios[name] for vios in _sources(opts) if vios.get(name) is not None), None)


def _sources(opts: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for where, source in (("the minion's configuration", opts), ("pillar", opts.get("pillar"))):
        vios = source.get("vios") if isinstance(source, Mapping) else None
        if vios is None:
            continue
        if not isinstance(vios, Mapping):
            raise Refused(f"vios in {where} is a {_kind(vios)}, expected a map of settings such as 'poll_interval: 30'")
        yield vios


def _path(name: str, value: Any) -> str:
    if not isinstance(value, str) or not os.path.isabs(value) or "\0" in value:
        raise Refused(f"vios:{name} is {value!r}, expected an absolute path")
    return value


def _directory(name: str, value: Any) -> str:
    """Its words go into a command line of NIM."""
    if not isinstance(value, str) or not re.fullmatch(r"(/[A-Za-z0-9_.+-]+)+", value):
        raise Refused(f"vios:{name} is {value!r}, expected an absolute path of letters, digits, '_', '.', '+' and '-'")
    return value


def _environment(name: str, value: Any) -> dict[str, str]:
    """What NIM's commands get besides the fixed names."""
    if not isinstance(value, Mapping):
        raise Refused(f"vios:{name} is a {_kind(value)}, expected a map of names to texts")
    for variable, text in value.items():
        if not isinstance(variable, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
            raise Refused(f"vios:environment holds the name {variable!r}, expected letters, digits and '_'")
        if variable == "LANG" or variable.startswith("LC_"):
            raise Refused(f"vios:environment holds {variable}, which stays C: what NIM prints is read in English")
        if not isinstance(text, str) or not text.isprintable():
            raise Refused(f"vios:environment holds {variable}: {text!r}, expected a text on one line, quoted in YAML")
    return dict(value)


def _number(name: str, value: Any) -> float:
    kind = int if name in ("query_retries", "max_parallel") else float
    try:
        number = kind(value)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if isinstance(value, bool) or not 0 <= number < math.inf or (number == 0 and name != "query_retries"):
        raise Refused(f"vios:{name} is {value!r}, expected a positive number")
    return number


def _kind(value: Any) -> str:
    return {str: "text", list: "list", bool: "yes or no"}.get(type(value), "number")


_READ = {
    "state_dir": _path,
    "nim_bin_dir": _path,
    "c_rsh": _path,
    "backup_dir": _directory,
    "environment": _environment,
}
