"""Whether a listing of NIM may be built on: one that lacks a VIOS may hide the partner that keeps a frame alive."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Trust:
    """``known`` are the VIOSes of the last listing that was trusted, ``missing`` those that the last one lacked."""

    known: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    looks: int = 0
    trusted: bool = False
    patience: int = 0

    @property
    def doubt(self) -> str:
        names, most = ", ".join(sorted(self.missing)), self.patience + 1
        return f"lsnim does not list {names}: nothing new starts until it does, or until {most} polls in a row lack it"

    def looked(self, names: Collection[str], wanted: Collection[str], patience: int) -> Trust:
        """One listing came in.

        :param wanted: VIOSes that it should have, whether it was seen to have them or not.
        :param patience: so many listings in a row that lack one are waited through; then it is gone.
        """
        missing = (self.known | frozenset(wanted)) - frozenset(names)
        looks = self.looks + 1 if missing else 0
        trusted = looks == 0 or looks > patience
        return Trust(frozenset(names) if trusted else self.known, missing, looks, trusted, patience)
