"""Takes the text of a real ``lsnim -l`` listing, to rehearse on a copy of a real NIM database."""

from __future__ import annotations

import re
from typing import Any

from saltext_vios.simulator.scenario import add_vios
from saltext_vios.simulator.store import Store

_ATTRIBUTE = re.compile(r"^\s+(\S+)\s+=(?:\s+(.*))?$")


def load(store: Store, text: str, level: str) -> int:
    """Replace all objects by those of a listing; what it shows of attributes is kept and shown again."""
    objects = _read(text)
    if not objects:
        raise SystemExit("the file holds no stanza; expected the output of: lsnim -l")
    with store.transaction():
        for table in ("object", "vios", "allocation", "cluster"):
            store.db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        for name, attributes in objects.items():
            store.put(name, attributes)
            if attributes.get("type") == "vios":
                add_vios(store, name, level, {})
    return len(objects)


def _read(text: str) -> dict[str, dict[str, Any]]:
    objects: dict[str, dict[str, Any]] = {}
    current: dict[str, Any] = {}
    for line in text.splitlines():
        if re.fullmatch(r"\S+:\s*", line):
            current = objects.setdefault(line.strip()[:-1], {})
            continue
        match = _ATTRIBUTE.match(line)
        if match:
            name, value = match[1], match[2] or ""
            if name in current:
                current[name] = [*(current[name] if isinstance(current[name], list) else [current[name]]), value]
            else:
                current[name] = value
    return objects
