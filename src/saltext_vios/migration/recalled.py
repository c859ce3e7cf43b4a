"""What the journal recalls of a VIOS before it starts: its last migration, its last clone, the clone asked for now."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from saltext_vios.migration.levels import Level


@dataclass(frozen=True)
class Last:
    """The last migration of a VIOS that was started, by the journal; ``status`` is None while it runs."""

    status: str | None
    level_old: Level | None = None


@dataclass(frozen=True)
class Cloned:
    """The last clone of a VIOS that was proven, by the journal; ``age`` in seconds, ``disks`` with their PVIDs."""

    age: float
    disks: Mapping[str, str]
    level: Level | None = None


class CloneState(enum.Enum):
    MISSING = "none was asked for"
    UNDER_WAY = "it is made"
    FAILED = "it ended without success"
    PROVEN = "it stands"


@dataclass(frozen=True)
class CloneBefore:
    """How the clone stands that a VIOS is to have before it starts."""

    state: CloneState
    status: str | None = None
