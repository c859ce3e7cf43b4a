"""Finds the tuples that ``targets='*'`` means, by asking NIM and, where it matters, the VIOSes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from saltext_vios.asked import Options
from saltext_vios.driver import one_vios
from saltext_vios.errors import Refused
from saltext_vios.migration import clusters, levels, selection
from saltext_vios.migration.selection import Selection
from saltext_vios.nim import objects
from saltext_vios.nim.snapshot import Snapshot

AT_ONCE = 8  # VIOSes asked side by side


def select(nim: Snapshot, options: Options, running: Sequence[tuple[str, ...]]) -> Selection:
    """The tuples of the frames, below the level and in the cluster that the options name.

    :param options: checked options.
    :param running: the tuples that are under way.
    :raises Refused: for a frame that no VIOS is on.
    :raises NIMUnavailable: when NIM cannot be asked.
    """
    listing = nim.vioses()
    frames = {name: objects.frame(attributes) for name, attributes in listing.items()}
    wanted = options["frame"]
    if wanted:
        unknown = [frame for frame in wanted if frame not in frames.values()]
        if unknown:
            known = ", ".join(sorted({frame for frame in frames.values() if frame})) or "none"
            raise Refused(f"frame is {unknown[0]!r}, but NIM knows no VIOS of that frame; it knows VIOSes of: {known}")
        frames = {name: frame for name, frame in frames.items() if frame in wanted}
    chosen = selection.by_frame(frames, options["unpaired"], running)
    names = [name for one in chosen.tuples for name in one]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        if options["level_below"]:
            answers = pool.map(lambda name: one_vios.level(nim, listing[name]).level, names)
            chosen = selection.below(chosen, dict(zip(names, answers)), levels.parse(options["level_below"]), running)
        if options["cluster"]:
            told = dict(zip(names, pool.map(lambda name: one_vios.cluster(nim, listing, name), names)))
            where = {name: cluster.name for name, cluster in clusters.known(told).items()}
            chosen = selection.in_cluster(chosen, where, options["cluster"])
    return chosen
