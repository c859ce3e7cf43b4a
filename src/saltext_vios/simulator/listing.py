"""Takes the text of a real ``lsnim -l`` listing, to rehearse on a copy of a real NIM database."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from saltext_vios.simulator.scenario import add_vios
from saltext_vios.simulator.store import Store

_OBJECT = re.compile(r"[^\s:]+:\s*")
_ATTRIBUTE = re.compile(r"\s+([^\s=]+)\s+=(?:\s+(.*))?")


def load(
    store: Store,
    text: str,
    level: str,
    levels: Mapping[str, str] | None = None,
    phases: Callable[[str], Mapping[str, float]] = lambda name: {},
) -> int:
    """Replace all objects by those of a listing; what it shows of attributes is kept and shown again.

    :param level: of every VIOS that ``levels`` has none for.
    """
    objects = read(text)
    if not objects:
        raise SystemExit("the file holds no stanza; expected the output of: lsnim -l")
    empty = [name for name, attributes in objects.items() if not attributes]
    if empty:
        raise SystemExit(
            f"{empty[0]} has no attributes; expected them indented below its name, as `lsnim -l` prints them: white "
            "space that was lost on the way here must be put back"
        )
    with store.transaction():
        for table in ("object", "vios", "disk", "allocation", "cluster"):
            store.db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        for name, attributes in objects.items():
            store.put(name, attributes)
            if attributes.get("type") == "vios":
                add_vios(store, name, (levels or {}).get(name, level), phases(name))
    return len(objects)


def read(text: str) -> dict[str, dict[str, Any]]:
    """Objects by name; an attribute that is repeated is a list, a value of several lines has them as they stand."""
    objects: dict[str, dict[str, list[str]]] = {}
    values: list[str] = []  # of the attribute above
    current: dict[str, list[str]] = {}
    for line in text.split("\n"):
        match = _ATTRIBUTE.fullmatch(line)
        if _OBJECT.fullmatch(line):
            current, values = objects.setdefault(line.rstrip()[:-1], {}), []
        elif match:
            values = current.setdefault(match[1], [])
            values.append((match[2] or "").rstrip())
        elif values and line.strip() and not line.startswith("warning:"):
            values[-1] += "\n" + line.rstrip()
    return {name: {key: _one_or_all(found) for key, found in one.items()} for name, one in objects.items()}


def _one_or_all(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values
