"""The ways of migrating a VIOS, by name; what each of them answers is told by ``saltext_vios.migration.method``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext_vios.methods import migvios
from saltext_vios.migration.method import Method

METHODS: Mapping[str, Method] = {one.name: one for one in (migvios.METHOD,)}


def of(options: Mapping[str, Any]) -> Method:
    """The method of a request; one that an earlier version recorded had no other."""
    return METHODS[options.get("method") or migvios.METHOD.name]
