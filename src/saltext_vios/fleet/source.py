"""Where a fleet is read from: a YAML file on the Salt master, its pillar, or the call itself.

A runner works with the rights of the Salt master, and may be asked by somebody who has far less. Whatever is read here
may be anybody's secret until ``saltext_vios.fleet.definition`` has found a fleet in it: no message shows a part of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import salt.utils.yaml
import yaml

from saltext_vios.errors import Refused
from saltext_vios.fleet.caller import real

ENDINGS = (".yaml", ".yml")
SIZE = 1024 * 1024  # bytes of a file; characters of a fleet with all its aliases written out
DEPTH = 40


def from_file(name: str, below: Iterable[Path] | None) -> Any:
    """What a YAML file holds.

    :param below: the directories it must lie in, when not everybody may have any file read.
    :raises Refused: naming the file and what is expected.
    """
    path = real(Path(name))
    if path.suffix not in ENDINGS:
        raise Refused(f"the fleet is read from {name!r}, expected a file that ends in {' or '.join(ENDINGS)}")
    allowed = None if below is None else [real(one) for one in below]
    if allowed is not None and not any(one in path.parents for one in allowed):
        places = ", ".join(map(str, allowed)) or "no directory"
        raise Refused(f"the fleet {name} is not below {places} (vios:fleet_dirs of the Salt master's configuration)")
    try:
        text = _text(path)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise Refused(f"the fleet {name} cannot be read: {why}") from None
    return _parsed(name, text)


def _text(path: Path) -> str:
    # Neither the link nor the pipe that took the file's place in the meantime.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is no regular file")
    with open(descriptor, "rb") as file:
        content = file.read(SIZE + 1)
    if len(content) > SIZE:
        raise OSError(0, f"it has more than {SIZE // 1024} KiB")
    return content.decode()


def _parsed(name: str, text: str) -> Any:
    try:
        _not_too_deep(text)
        return salt.utils.yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = f"line {mark.line + 1}" if mark else "a character that YAML does not know"
    except ValueError:
        place = "a number or a date that is none"
    raise Refused(f"the fleet {name} is no YAML that can be read: see {place}")


def _not_too_deep(text: str) -> None:
    """The C loader follows its nesting on the stack, and a file that is nested deep enough ends the process."""
    depth = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:
            raise yaml.MarkedYAMLError(problem_mark=event.start_mark)  # type: ignore[arg-type]  # of either loader


def bounded(value: Any) -> Any:
    """The value itself.

    :raises Refused: when it is larger than a fleet can be; with aliases, a small file may be endless.
    """
    room, left = SIZE, [value]
    while left:
        one = left.pop()
        if isinstance(one, Mapping):
            left.extend(part for item in one.items() for part in item)
        elif isinstance(one, (list, tuple)):
            left.extend(one)
        room -= 1 + (len(one) if isinstance(one, str) else 0)
        if room < 0 or len(left) > SIZE:
            raise Refused(f"the fleet has more than {SIZE // 1024} Ki characters, with its aliases written out")
    return value
