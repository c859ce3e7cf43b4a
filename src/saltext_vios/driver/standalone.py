"""The driver's own copy of the code: one file in the state directory, which needs Python and nothing else.

Salt's installation may be upgraded or removed while VIOSes install, and what ``salt-ssh`` unpacks is thrown away: so
the driver, and the launcher of ``nim``, run from a copy. It is a zip of the parts that they need, its name holds
version and hash, it is written whole or not at all, and looked at before each use. A driver keeps it in memory, and
makes it again where it was deleted or garbled.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import logging
import os
import re
import sys
import time
import zipfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from saltext_vios.driver import files, place
from saltext_vios.driver.home import Home
from saltext_vios.errors import DriverError

PACKAGE = "saltext_vios"
# What only Salt loads, or only runs on the Salt master, or only in tests.
LEFT_OUT = {"modules", "states", "runners", "engines", "output", "fleet", "orch", "simulator"}
SUFFIX = ".pyz"
YOUNG = 3600  # seconds that a copy stays though no driver runs from it: somebody may be about to start one
MAIN = f"""import sys
if sys.version_info < (3, 9):
    sys.exit("this is Python %s, expected 3.9 or newer" % sys.version.split()[0])
from {PACKAGE}.driver.entry import main
main()
"""

log = logging.getLogger(__name__)


def command(home: Home, *words: str) -> list[str]:
    """The words that run the copy, see ``saltext_vios.driver.entry``: on this Python, with its standard library alone.

    :raises DriverError: when there is no copy and none can be made.
    """
    return [python(), "-I", "-S", str(ready(home)), *words]


def python() -> str:
    """Without the links to it: a virtual environment may be removed, the Python it was made with stays."""
    return os.path.realpath(sys.executable)


def obstacle() -> str:
    """Why this process can start no other any more; empty when it can."""
    if os.access(python(), os.X_OK):
        return ""
    return f"the Python that this driver runs on is gone ({python()}), so it starts nothing more; type: vios.resume"


def ready(home: Home) -> Path:
    """The copy of the code that this process runs, whole; made where there is none.

    :raises DriverError: when there is none and none can be made.
    """
    try:
        name, content = _code()
    except FileNotFoundError as error:
        return _left(home, error)
    path = home.code / name
    try:
        there = path.read_bytes() if path.exists() else None
        if there != content:
            if there is not None:
                log.error("%s was changed after it was made (a disk error, or somebody wrote to it); made again", path)
            # Somebody may have deleted it all while a driver ran; it is to come back with its own mode.
            place.make(home.path)
            place.make_inside(home.code)
            files.put(path, content)
        os.utime(path)
    except OSError as error:
        raise DriverError(f"the driver did not start: its code cannot be written to {home.code}: {error}") from error
    return path


def prune(home: Home, keep: Path) -> None:
    """Throw away copies that no driver runs from; a launcher needs its own only while it starts."""
    for path in home.code.iterdir():
        with contextlib.suppress(OSError):
            if path != keep and path.stat().st_mtime < time.time() - YOUNG:
                path.unlink()


def is_whole(name: str, content: bytes) -> bool:
    """Whether a copy is what its name says."""
    return name.endswith(f"-{_hash(content)}{SUFFIX}")


def _code() -> tuple[str, bytes]:
    """Name and content of the copy. :raises FileNotFoundError: when the package is no longer there."""
    archive = Path(str(getattr(globals().get("__loader__"), "archive", "")))
    # Salt may run from a zip as well.
    return _own(archive) if re.fullmatch(rf".+-[0-9a-f]{{16}}{re.escape(SUFFIX)}", archive.name) else _built()


@functools.lru_cache(maxsize=1)
def _own(archive: Path) -> tuple[str, bytes]:
    """The copy that this process runs from, as it was at first."""
    content = archive.read_bytes()
    if not is_whole(archive.name, content):
        raise DriverError(damaged(archive))
    return archive.name, content


def damaged(path: Path) -> str:
    return (
        f"{path} was changed after it was made (a disk error, or somebody wrote to it), so it was not run; "
        "a call through Salt makes it again: vios.resume"
    )


def _built() -> tuple[str, bytes]:
    package = resources.files(PACKAGE)
    try:
        sources = dict(_sources(package, PACKAGE))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"the package is no longer in {package}") from error
    init = sources.get(f"{PACKAGE}/__init__.py")
    if init is None:
        raise DriverError(
            f"the package in {package} has compiled files only; the driver runs from a copy that is made of the "
            "sources: install saltext-vios with its sources"
        )
    for module in _loaded():
        if module not in sources:
            raise FileNotFoundError(f"{module} is no longer in {package}")
    version = re.search(rb'^__version__ = "([^"]+)"', init, re.MULTILINE)
    content = _zip({"__main__.py": MAIN.encode(), **sources})
    # Of the files: the package may have been replaced since this process began.
    return f"{version[1].decode() if version else '0'}-{_hash(content)}{SUFFIX}", content


def _sources(directory: Any, name: str) -> Iterator[tuple[str, bytes]]:
    for one in directory.iterdir():
        inner = f"{name}/{one.name}"
        if one.is_dir():
            if one.name != "__pycache__" and not (name == PACKAGE and one.name in LEFT_OUT):
                yield from _sources(one, inner)
        elif not one.name.endswith((".pyc", ".pyo")):
            yield inner, one.read_bytes()


def _loaded() -> Iterator[str]:
    """The files of what this process has imported: a package that lacks some is being removed."""
    for name, module in list(sys.modules.items()):
        parts = name.split(".")
        if parts[0] == PACKAGE and len(parts) > 1 and parts[1] not in LEFT_OUT:
            yield "/".join(parts) + ("/__init__.py" if hasattr(module, "__path__") else ".py")


def _zip(sources: dict[str, bytes]) -> bytes:
    """The same bytes for the same files: neither times nor a compression that differs from machine to machine."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(sources):
            archive.writestr(zipfile.ZipInfo(name), sources[name])
    return made.getvalue()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _left(home: Home, why: FileNotFoundError) -> Path:
    """The copy that ran last, where the package itself is gone."""
    with contextlib.suppress(OSError):
        for path in sorted(home.code.glob(f"*{SUFFIX}"), key=lambda one: one.stat().st_mtime, reverse=True):
            if is_whole(path.name, path.read_bytes()):
                log.warning("%s; the driver starts from its copy %s", why, path)
                return path
    raise DriverError(f"{why}, and {home.code} holds no copy of it: install saltext-vios again")
