"""What the minion's configuration says, and where the commands of NIM are."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, fields
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
    for field in fields(Settings):
        default = field.default if field.name != "state_dir" else os.path.join(root_dir, "var/lib/saltext-vios")
        value = config_get(f"vios:{field.name}", default)
        values[field.name] = value if isinstance(default, str) else _number(field.name, value)
    for name in ("state_dir", "nim_bin_dir", "c_rsh"):
        if not isinstance(values[name], str) or not os.path.isabs(values[name]):
            raise Refused(f"vios:{name} is {values[name]!r}, expected an absolute path")
    return Settings(**values)


def _number(name: str, value: Any) -> float:
    kind = int if name in ("query_retries", "max_parallel") else float
    try:
        number = kind(value)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if isinstance(value, bool) or not 0 <= number < math.inf or (number == 0 and name != "query_retries"):
        raise Refused(f"vios:{name} is {value!r}, expected a positive number")
    return number
