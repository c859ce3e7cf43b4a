"""Asks both VIOSes of a frame whom they serve, and compares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from saltext_vios.driver import inquiry, serving
from saltext_vios.migration.paths import Path, without
from saltext_vios.nim.client import Attributes


def of(nim: serving.NIM, listing: Mapping[str, Attributes], tuples: Iterable[Sequence[str]]) -> dict[str, list[Path]]:
    """VIOS -> its paths, each compared with the others of its tuple, or of its frame where it is alone."""
    others = {name: each for names in tuples for name, each in inquiry.stand_ins(listing, names).items()}
    known = serving.ask_all(nim, listing, sorted({*others, *(name for each in others.values() for name in each)}))
    return {name: without(known[name], *(known[other] for other in each)) for name, each in others.items()}
