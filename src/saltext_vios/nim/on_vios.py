"""What a VIOS is asked, and how its answer reads: the text of each question next to its reader.

Whom it serves is in ``saltext_vios.nim.mappings``. c_rsh hides the exit status, so the VIOS prints it. Nothing here
raises on a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LEVEL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,4}")
_DISK = re.compile(r"[a-z][a-z0-9_]*[0-9]+")
_NO_CLUSTER = "Cluster does not exist"  # code

IOSLEVEL = "( LC_ALL=C /usr/ios/cli/ioscli ioslevel ); echo rc=$?"


def ioslevel(output: str) -> str | None:
    """The one line that is a level; None when there is none, or when two differ."""
    found = {line.strip() for line in output.splitlines() if _LEVEL.fullmatch(line.strip())}
    return found.pop() if len(found) == 1 else None


CLUSTER_STATUS = "( LC_ALL=C /usr/ios/cli/ioscli cluster -status -fmt : ); echo rc=$?"


@dataclass(frozen=True)
class ClusterNode:
    """One line of ``cluster -status -fmt :`` (seen): seven fields."""

    cluster: str
    cluster_state: str
    node: str
    system: str
    partition: str
    node_state: str
    pool_state: str


def cluster_status(text: str) -> list[ClusterNode]:
    """The nodes in ``cluster -status -fmt :`` (seen); a line with other than seven fields is left out."""
    lines = (line.split(":") for line in text.splitlines())
    return [ClusterNode(*fields) for fields in lines if len(fields) == 7]


def is_in_no_cluster(text: str) -> bool:
    """Whether ``cluster`` says so; a node that is down says the same (code)."""
    return _NO_CLUSTER in text


# Without a heading that matters: name, PVID, volume group, state.
DISKS = "( LC_ALL=C /usr/ios/cli/ioscli lspv ); echo rc=$?"


@dataclass(frozen=True)
class PhysicalVolume:
    """One line of ``lspv`` (seen); None where it says ``none`` or ``None``."""

    name: str
    pvid: str | None
    vg: str | None
    active: bool = False  # the group is varied on


def disks(text: str) -> list[PhysicalVolume] | None:
    """The disks in ``ioscli lspv``, with its heading or without; None when a line is not understood."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if not words or words[:2] == ["NAME", "PVID"]:
            continue
        if len(words) not in (3, 4) or not _DISK.fullmatch(words[0]):
            return None
        found.append(PhysicalVolume(words[0], _told(words[1]), _told(words[2]), words[3:] == ["active"]))
    return found


def _told(word: str) -> str | None:
    return None if word.lower() == "none" else word


DISK_SIZES = "( LC_ALL=C /usr/ios/cli/ioscli lspv -size ); echo rc=$?"


def disk_sizes(text: str) -> dict[str, int]:
    """Megabytes in ``ioscli lspv -size``: name, PVID, size (doc); a line that is something else is left out."""
    lines = (line.split() for line in text.splitlines())
    return {words[0]: int(words[-1]) for words in lines if len(words) == 3 and words[-1].isdecimal()}


# From which disk it would boot: `hdisk2 blv=hd5 pathid=0` (seen).
BOOT_LIST = "( LC_ALL=C bootlist -m normal -o ); echo rc=$?"


def boot_list(text: str) -> list[str] | None:
    """The disks in ``bootlist -m normal -o`` (seen): ``hdisk2 blv=hd5 pathid=0``, one line for each path.

    None when a line is not understood: an adapter for a network boot stands there too.
    """
    words = [line.split()[0] for line in text.splitlines() if line.split()]
    return list(dict.fromkeys(words)) if words and all(_DISK.fullmatch(word) for word in words) else None


ROOT_COPIES = "( LC_ALL=C lsvg -M rootvg ); echo rc=$?"


def mirrored(text: str) -> bool | None:
    """Whether ``lsvg -M rootvg`` shows second copies: ``hdisk1:17 hd4:3:2`` (doc); None when it shows no copies."""
    found = re.findall(r"^[a-z]+[0-9]+:[0-9]+\s+\S+?:[0-9]+(?::([0-9]+))?\b", text, re.MULTILINE)
    return any(copy not in ("", "1") for copy in found) if found else None
