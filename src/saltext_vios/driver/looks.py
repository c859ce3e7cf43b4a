"""What NIM showed of some VIOSes, look by look: only what changed is kept, with the times between which it stood."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from saltext_vios.nim import objects
from saltext_vios.nim.client import Attributes
from saltext_vios.nim.stanza import first

MOST = 4 * 1024 * 1024  # characters of all that is kept


class Looks:
    """``of``: the VIOSes to follow; without any, each from its last idle look before it is seen busy."""

    def __init__(self, every: float, of: Collection[str] = ()) -> None:
        self.every, self.of = every, set(of)
        self.count, self.size, self.begun, self.ended = 0, 0, False, ""
        self.failed: list[dict[str, Any]] = []
        self.vioses: dict[str, list[dict[str, Any]]] = {}
        self._before: dict[str, Attributes] = {}
        self._last: dict[str, dict[str, Any]] = {}
        self._at = 0.0

    @property
    def full(self) -> bool:
        return self.size > MOST

    def wanted(self, listing: Mapping[str, Attributes], ours: Collection[str] = ()) -> list[str]:
        """Whom to look at more closely: who was named, who is busy, and ``ours`` that are in flight."""
        if self.of:
            return sorted(name for name in self.of if name in listing)
        return sorted({*self.vioses, *ours, *busy(listing)} & set(listing))

    def add(self, at: float, listing: Mapping[str, Attributes], more: Mapping[str, Mapping[str, Any]]) -> bool:
        """One look, ``at`` seconds after the begin; whether it shows anything new."""
        self.count += 1
        before, self._before = self._before, dict(listing)
        self.begun = self.begun or bool(set(busy(listing)) & set(more))
        news = [self._add(at, name, listing[name], {**extra}, before.get(name)) for name, extra in more.items()]
        self._at = at
        return any(news)

    def _add(
        self, at: float, name: str, attributes: Attributes, extra: dict[str, Any], before: Attributes | None
    ) -> bool:
        entries = self.vioses.setdefault(name, [])
        shown: dict[str, Any] = {**attributes, **extra}
        if not entries and before is not None and before != attributes:
            self._keep(entries, {"after": self._at, "until": self._at, "shows": dict(before)})
            self._last[name] = dict(before)
        last = self._last.get(name, {})
        if entries and shown == last:
            entries[-1]["until"] = at
            return False
        changed = {key: value for key, value in shown.items() if last.get(key) != value}
        gone = {key: None for key in last if key not in shown}
        self._keep(entries, {"after": at, "until": at, "shows": {**changed, **gone}})
        self._last[name] = shown
        return True

    def fail(self, at: float, why: str) -> None:
        self.count += 1
        entry = {"after": at, "error": why}
        if not self.failed or self.failed[-1]["error"] != why:
            self._keep(self.failed, entry)

    def _keep(self, entries: list[dict[str, Any]], entry: dict[str, Any]) -> None:
        self.size += len(str(entry))
        entries.append(entry)

    def data(self) -> dict[str, Any]:
        return {
            "every": self.every,
            "count": self.count,
            "ended": self.ended,
            "failed": self.failed,
            "vioses": self.vioses,
        }


def busy(listing: Mapping[str, Attributes]) -> list[str]:
    """The VIOSes that NIM shows in an operation."""
    states = {name: first(attributes, "Cstate") for name, attributes in listing.items()}
    return [name for name, state in states.items() if state is not None and not objects.is_ready(state)]
