"""What a caller of the runner may have read and written on the Salt master.

On the command line it is somebody who may do it without us. Anybody else may have come through salt-api,
``peer_run``, a reactor or the schedule: they work within directories that the Salt master's configuration names.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from saltext_vios.errors import Refused

FLEETS = Path("/srv")


def is_command_line(opts: Mapping[str, Any]) -> bool:
    """Whether ``salt-run`` itself is at work, and an orchestration or runner that it carries out.

    Salt writes there what its own process was started as; what it runs for others runs in ``salt-master``.
    """
    return opts.get("__cli") == "salt-run"


def fleet_dirs(opts: Mapping[str, Any]) -> list[Path] | None:
    """The directories below which a fleet file must lie; None: anywhere."""
    if is_command_line(opts):
        return None
    named = _setting(opts, "fleet_dirs")
    if named is None:
        roots = [one for roots in opts.get("file_roots", {}).values() for one in roots]
        return [Path(one) for one in [*roots, FLEETS] if Path(one).is_absolute()]
    return _directories("fleet_dirs", named)


def report_path(opts: Mapping[str, Any], out: str) -> Path:
    """Where a report is written.

    :raises Refused: when it is not below the directory that the configuration names.
    """
    named = _setting(opts, "report_dir")
    directory = None if named is None else _directories("report_dir", [named])[0]
    if is_command_line(opts):
        return Path(out).absolute()
    if directory is None:
        raise Refused(
            f"out is {out!r}: only salt-run may name a file anywhere; for others, set vios:report_dir in the Salt "
            "master's configuration"
        )
    path = real((directory / out).parent) / Path(out).name
    if real(directory) not in path.parents:
        raise Refused(f"out is {out!r}, which is not below {directory} (vios:report_dir)")
    return path


def real(path: Path) -> Path:
    """The path without any link.

    :raises Refused: for one that cannot be.
    """
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise Refused(f"{str(path)!r} is no path: {error}") from None


def _setting(opts: Mapping[str, Any], name: str) -> Any:
    told = opts.get("vios") or {}
    if not isinstance(told, Mapping):
        raise Refused("vios in the Salt master's configuration is no map; expected fleet_dirs and report_dir")
    return told.get(name)


def _directories(name: str, value: Any) -> list[Path]:
    paths = [value] if isinstance(value, str) else value
    if not isinstance(paths, list) or not all(isinstance(one, str) and Path(one).is_absolute() for one in paths):
        raise Refused(f"vios:{name} in the Salt master's configuration is {value!r}, expected absolute paths")
    return [Path(one) for one in paths]
