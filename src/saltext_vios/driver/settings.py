"""What the minion's configuration says, and where the commands of NIM are."""

from __future__ import annotations

import math
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from saltext_vios.errors import Refused

NIM_BIN_DIR = "/usr/sbin"
C_RSH = "/usr/lpp/bos.sysmgt/nim/methods/c_rsh"


@dataclass(frozen=True)
class Settings:
    """One field per leaf of ``vios:`` in the minion's configuration or pillar; times in seconds."""

    state_dir: str
    nim_bin_dir: str = NIM_BIN_DIR
    c_rsh: str = C_RSH
    poll_interval: float = 30
    stall_timeout: float = 10800
    start_timeout: float = 7200
    query_timeout: float = 300
    query_retries: int = 5
    max_parallel: int = 8
    environment: Mapping[str, str] = field(default_factory=dict)

    def program(self, name: str) -> str:
        """The path of ``nim`` or ``lsnim``; ``find`` says where it was looked for."""
        return find(name, self.nim_bin_dir) or os.path.join(self.nim_bin_dir, name)


def find(name: str, nim_bin_dir: str) -> str | None:
    """``nim_bin_dir`` first, then PATH."""
    return shutil.which(name, path=nim_bin_dir) or shutil.which(name)


def read(config_get: Callable[..., Any], root_dir: str) -> Settings:
    """Read leaf by leaf: ``config.get`` does not merge a minion's ``vios:`` with the pillar's.

    :raises Refused: for a number that is none or not positive.
    """
    values: dict[str, Any] = {}
    for one in fields(Settings):
        if one.name == "environment":
            continue
        default = one.default if one.name != "state_dir" else os.path.join(root_dir, "var/lib/saltext-vios")
        value = config_get(f"vios:{one.name}", default)
        values[one.name] = value if isinstance(default, str) else _number(one.name, value)
    values["environment"] = _environment(config_get("vios:environment", {}))
    for name in ("state_dir", "nim_bin_dir", "c_rsh"):
        if not isinstance(values[name], str) or not os.path.isabs(values[name]):
            raise Refused(f"vios:{name} is {values[name]!r}, expected an absolute path")
    return Settings(**values)


def _environment(value: Any) -> dict[str, str]:
    """What NIM's commands get beside the fixed names."""
    if not isinstance(value, Mapping):
        raise Refused(f"vios:environment is {value!r}, expected a map of names to texts")
    for name, text in value.items():
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise Refused(f"vios:environment holds the name {name!r}, expected letters, digits and '_'")
        if name == "LANG" or name.startswith("LC_"):
            raise Refused(f"vios:environment holds {name}, which stays C: what NIM prints is read in English")
        if not isinstance(text, str) or not text.isprintable():
            raise Refused(f"vios:environment holds {name}: {text!r}, expected a text on one line (quote it in YAML)")
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
