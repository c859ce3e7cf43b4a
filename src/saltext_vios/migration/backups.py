"""Which backup of a VIOS counts, and how old the newest one is. Facts in, words out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from saltext_vios.migration.durations import MINUTE, span
from saltext_vios.migration.levels import Level


@dataclass(frozen=True)
class File:
    """The file of a backup on the NIM master; ``error`` where it could not be looked at."""

    size: int | None = None
    changed: float | None = None
    error: str = ""


@dataclass(frozen=True)
class Backup:
    """One backup that NIM knows. None is what nobody knows."""

    kind: str
    name: str
    vios: str | None = None
    ready: bool | None = None
    rstate: str | None = None
    location: str | None = None
    created: float | None = None
    level: Level | None = None
    file: File = File()
    in_use: bool = False
    doubt: str = ""  # why this program itself does not trust it

    @property
    def made(self) -> float | None:
        """The older of what NIM and the file show: a copy has a younger file, and an object can be defined late."""
        return min((at for at in (self.created, self.file.changed) if at is not None), default=None)

    @property
    def flaw(self) -> str:
        """Why it counts for nothing; empty for one that can be built on."""
        if self.doubt:
            return self.doubt
        if self.vios is None:
            return "NIM does not show whose it is (source_image)"
        if self.ready is not True:
            return "NIM shows no Rstate" if self.rstate is None else f"Rstate is {self.rstate!r}"
        if self.location is None:
            return "NIM shows no location"
        if self.file.error:
            return self.file.error
        if not self.file.size:
            return f"{self.location} is empty"
        return "" if self.made is not None else "unknown when it was made"


@dataclass(frozen=True)
class Known:
    """The backups of one kind that NIM shows, and when it was asked; ``error`` where it did not answer."""

    at: float
    all: tuple[Backup, ...] = ()
    error: str = ""

    def doubted(self, doubts: Mapping[str, str]) -> Known:
        """The same; ``doubts`` says of some why they are not trusted."""
        return replace(self, all=tuple(replace(one, doubt=doubts.get(one.name, one.doubt)) for one in self.all))

    def of(self, vios: str) -> list[Backup]:
        """Those of a VIOS, the newest first; what shows no time comes last."""
        return newest_first(one for one in self.all if one.vios == vios)


def newest_first(found: Iterable[Backup]) -> list[Backup]:
    return sorted(found, key=lambda one: (one.made is None, -(one.made or 0), one.name))


def proven(found: Sequence[Backup]) -> Backup | None:
    """The newest one that can be built on."""
    return next((one for one in newest_first(found) if not one.flaw), None)


def stale(backup: Backup, at: float, limit: float, level: Level | None) -> str:
    """Why a proven one does not count for a VIOS that is at this level now; empty when it does."""
    made = backup.made or 0
    if made > at + MINUTE:
        return f"is from the future by the clock of this NIM master ({span(made - at)} ahead)"
    if at - made > limit:
        return f"is {span(at - made)} old, expected at most {span(limit)}"
    if level is not None and backup.level is not None and backup.level != level:
        return f"is of level {backup.level}, the VIOS is at {level}"
    return ""
