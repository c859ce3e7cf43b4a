"""``viosupgrade -q``: what it says of an upgrade, which is not always true.

IBM's public code reads stanzas with Cstate and Cstate_result; no output was published.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence

from saltext_vios.simulator.assumptions import assumed
from saltext_vios.simulator.lsnim import stanza
from saltext_vios.simulator.store import Store


def _hangs(store: Store, vios: str) -> bool:
    return store.fault("status_hangs", vios) is not None


def run(store: Store, vioses: Sequence[str], note: dict[str, object]) -> int:
    from saltext_vios.simulator.commands import hang

    note.update(operation="viosupgrade -q", name=" ".join(vioses))
    for vios in vioses:
        hanging = store.fault("status_hangs", vios)
        if hanging is not None:
            hang(store, hanging.get("seconds"), functools.partial(_hangs, store, vios))
        shown = _told(store, vios)
        if shown is not None and store.fault("status_line", vios) is not None:
            sys.stdout.write(_line(vios, shown))
        elif shown is not None:
            sys.stdout.write(stanza(vios, shown, padded=False))
    return 0


def _told(store: Store, vios: str) -> dict[str, str] | None:
    ready, busy = assumed("cstate", "ready"), assumed("cstate", "foreign")
    if store.fault("status_empty", vios) is not None:
        return None
    if store.fault("status_stale", vios) is not None:
        return {"Cstate": ready, "Cstate_result": "success"}
    wrong = store.fault("status_wrong", vios)
    if wrong is not None:
        return {"Cstate": ready, "Cstate_result": str(wrong.get("result", "failure"))}
    late = store.fault("status_late", vios)
    if late is not None and _ended_since(store, vios, store.now() - float(late.get("seconds", 600))):
        return {"Cstate": busy}
    attributes = store.get(vios) or {}
    return {name: attributes[name] for name in ("Cstate", "Cstate_result") if attributes.get(name)}


def _line(vios: str, shown: dict[str, str]) -> str:
    """What IBM's code for the form on the VIOS looks for."""
    word = "COMPLETED" if shown.get("Cstate_result") == "success" else "FAILED"
    return f"{vios}: viosupgrade {word if shown.get('Cstate') == assumed('cstate', 'ready') else 'in progress'}\n"


def _ended_since(store: Store, vios: str, at: float) -> bool:
    return bool(store.rows("SELECT 1 FROM operation WHERE vios = ? AND ended > ?", vios, at))
