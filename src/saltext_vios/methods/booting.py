"""The boot list of a VIOS, as tasks ask for it: a check, and what it is held against later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from saltext_vios.migration.checks import CheckContext, Finding, VIOSFacts, error, ok
from saltext_vios.migration.facts import Query, Told, Whom
from saltext_vios.nim import on_vios

BOOT_LIST = "boot list"
QUERY = Query(BOOT_LIST, Whom.VIOS, on_vios.BOOT_LIST)


def disks(told: Mapping[str, Told]) -> str:
    """The disks that it boots from, in their order; empty when the VIOS does not answer with any."""
    answer = told.get(BOOT_LIST)
    return "" if answer is None or answer.error else " ".join(on_vios.boot_list(answer.text) or ())


def check(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """Without what it was before nobody can prove what became of it."""
    found = disks(facts.told)
    if found:
        yield ok(facts, BOOT_LIST, found)
    else:
        yield error(facts, BOOT_LIST, "cannot be read", "see `bootlist -m normal -o` on the VIOS")
