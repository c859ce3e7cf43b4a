"""Disks of a VIOS: which of them may be written over, and what stands in the way there. One rule for all who write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from saltext_vios.migration.checks import Finding, Partner, VIOSFacts, error, ok, warning
from saltext_vios.migration.facts import Disk

# The system that runs; one that was made on another disk; the one that ran before a boot from there.
ROOT, ALT, FORMER = "rootvg", "altinst_rootvg", "old_rootvg"
SMALLEST = 30 * 1024  # megabytes: doc


def leftovers(facts: VIOSFacts, tool: str) -> Iterator[Finding]:
    for vg in (ALT, FORMER):
        names = facts.readiness.disks.of(vg) if facts.readiness is not None else ()
        if names:
            advice = f"{tool} refuses to run; vios.cleanup {facts.name} checks whether it may go, and removes it"
            yield error(facts, vg, f"left by an earlier operation on {' '.join(names)}", advice)


def writable(facts: VIOSFacts, names: Sequence[str]) -> Iterator[Finding]:
    """Each disk is there, free, nobody else's, and they are large enough together."""
    if facts.readiness is None:
        return
    if facts.readiness.disks.error:
        yield error(facts, "disks", f"no answer: {facts.readiness.disks.error}", "the wrong disk would lose its data")
        return
    known = {disk.name: disk for disk in facts.readiness.disks.known}
    for name in names:
        yield from _one(facts, name, known.get(name))
    sizes = [known[name].size if name in known else None for name in names]
    if names and None not in sizes and sum(size or 0 for size in sizes) < SMALLEST:
        total = sum(size or 0 for size in sizes)
        yield error(facts, "disk", f"{' '.join(names)}: {total} MB, expected {SMALLEST} or more", "name a larger one")


def _one(facts: VIOSFacts, name: str, disk: Disk | None) -> Iterator[Finding]:
    readiness = facts.readiness
    check, advice = f"disk {name}", "see `lspv -free` on the VIOS"
    if readiness is None or disk is None:
        yield error(facts, check, "the VIOS has no disk of this name", advice)
    elif disk.vg is not None:
        yield error(facts, check, f"is in {disk.vg}", advice)
    elif readiness.mapped is None:
        yield error(facts, check, "unknown whether a client uses it", "see `lsmap -all` on the VIOS")
    elif name in readiness.mapped:
        yield error(facts, check, "is mapped to a client", advice)
    elif holders := [f"{use} of {one.name}" for one in facts.partners if (use := _use(one, disk))]:
        yield error(facts, check, f"is {holders[0]}", "both see it; name one that only this VIOS uses")
    elif blind := [one.name for one in facts.partners if one.disks is None or one.disks.error or one.mapped is None]:
        advice = "start it, or name a disk that it cannot see"
        yield warning(facts, check, f"unknown whether {blind[0]} uses it", advice)
    elif disk.size is None:
        yield warning(facts, check, "is free; its size is not known", f"expected {SMALLEST} MB or more")
    else:
        yield ok(facts, check, f"is free, {disk.size} MB")


def _use(partner: Partner, disk: Disk) -> str:
    """What another VIOS has the same disk for, by its PVID or its identifier; empty when it has it for nothing."""
    for other in partner.disks.known if partner.disks is not None else ():
        same = (other.pvid, disk.pvid), (other.identifier, disk.identifier)
        if any(one is not None and one == ours for one, ours in same):
            if other.vg is not None:
                return f"a disk in {other.vg}"
            if partner.mapped is not None and other.name in partner.mapped:
                return "a disk of a client"
    return ""
