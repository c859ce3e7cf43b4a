"""What ``targets='*'`` means: the pairs that NIM shows. What is no pair is reported, and left alone unless asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from saltext_vios.migration.levels import Level

ALL = "*"
SELECTING = ("frame", "level_below", "unpaired")  # options that mean something with it only
Tuples = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Selection:
    """Tuples in the order of their names; by VIOS why it is in none."""

    tuples: Tuples
    left_alone: Mapping[str, str] = field(default_factory=dict)


def by_frame(frames: Mapping[str, str | None], unpaired: bool, running: Sequence[tuple[str, ...]] = ()) -> Selection:
    """Two VIOSes with one frame are a pair.

    :param frames: VIOS name -> frame, None where NIM shows none.
    :param unpaired: make tuples of one of the VIOSes that have a frame but no pair.
    :param running: tuples under way; they stay what they are.
    """
    busy = {name for names in running for name in names}
    found = [tuple(names) for names in running if set(names) <= set(frames)]
    left_alone = {}
    members = defaultdict(list)
    for name, frame in sorted(frames.items()):
        if frame is not None:
            members[frame].append(name)
        elif name not in busy:
            left_alone[name] = "no managed system in mgmt_profile1, so its partner is not known; name the tuple"
    for frame, names in members.items():
        if len(names) == 2 and not busy & set(names):
            found.append(tuple(names))
            continue
        others = f"{frame} has {len(names)} VIOSes, and NIM does not show which two serve the same clients"
        why = f"the only VIOS of {frame}" if len(names) == 1 else others
        for name in sorted(set(names) - busy):
            if unpaired:
                found.append((name,))
            else:
                left_alone[name] = f"{why}; name the tuple, or unpaired=True"
    return Selection(tuple(sorted(found)), left_alone)


def below(
    chosen: Selection, known: Mapping[str, Level | None], limit: Level, running: Collection[tuple[str, ...]] = ()
) -> Selection:
    """Of the tuples those with a VIOS below a level; one under way stays, since it cannot answer.

    :param known: VIOS name -> ioslevel, None where it did not answer.
    """
    kept, left_alone = [], dict(chosen.left_alone)
    for names in chosen.tuples:
        silent = [name for name in names if known.get(name) is None]
        if names in running or any(level < limit for name in names if (level := known.get(name))):
            kept.append(names)
        elif silent:
            left_alone.update(dict.fromkeys(silent, "does not answer, so its level is not known; name the tuple"))
    return Selection(tuple(kept), left_alone)


def in_cluster(chosen: Selection, known: Mapping[str, str], cluster: str) -> Selection:
    """Of the tuples those with a node of a cluster.

    :param known: VIOS name -> SSP cluster.
    """
    kept = tuple(names for names in chosen.tuples if any(known.get(name) == cluster for name in names))
    return Selection(kept, chosen.left_alone)
