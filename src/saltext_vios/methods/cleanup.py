"""Removes what an earlier upgrade or a clone left, and what blocks the next one: ``altinst_rootvg`` and ``old_rootvg``.

The one that is the way back of a VIOS whose migration was not verified stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from saltext_vios.asked import Options
from saltext_vios.errors import Refused
from saltext_vios.methods import booting, migvios
from saltext_vios.migration import statuses
from saltext_vios.migration.checks import SERVING_CHECKS, CheckContext, Finding, VIOSFacts, error, ok, warning
from saltext_vios.migration.disks import ALT, FORMER
from saltext_vios.migration.facts import Disks, Evidence, Ground, Look, Outcome, Progress, Proof
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.method import Method, Task
from saltext_vios.nim import commands

NAME = "cleanup"
GROUPS = (ALT, FORMER)


def refuse(tuples: Sequence[Sequence[str]], options: Options) -> None:
    if options["vg"] not in (None, *GROUPS):
        raise Refused(f"vg is {options['vg']!r}, expected {' or '.join(GROUPS)}")


def left(disks: Disks, options: Options) -> dict[str, tuple[str, ...]]:
    """Volume group -> its disks, of those that are to go."""
    wanted = [vg for vg in GROUPS if options["vg"] in (None, vg)]
    return {vg: disks.of(vg) for vg in wanted if disks.of(vg)}


def argv(vios: str, options: Options, ground: Ground) -> list[str]:
    return commands.remote(ground.host or vios, commands.remove_systems(left(ground.disks, options)))


def read(look: Look, options: Options) -> Progress:
    """NIM has no part in it."""
    nim, disks = migvios.read(look.view), look.disks
    quiet = replace(nim, outcome=None, result=None, complaint=None, trace=None)
    if disks is None or disks.error:
        return quiet
    seen = ", ".join(f"{vg} on {' '.join(names)}" for vg, names in left(disks, options).items()) or "nothing is left"
    return replace(quiet, outcome=Outcome.SUCCESS, mark=(seen,), seen=seen)


def prove(m: Migration, evidence: Evidence, options: Options) -> Proof:
    if evidence.disks.error:
        return Proof(None, f"the VIOS does not show its disks: {evidence.disks.error}")
    still = left(evidence.disks, options)
    if still:
        return Proof(None, f"the VIOS still shows {', '.join(still)}")
    listed = booting.disks(evidence.told)
    if not listed:
        return Proof(None, "the VIOS does not show its boot list")
    return Proof(True, f"nothing is left, the boot list is {listed}", evidence.level.level)


# its own checks


def _leftovers(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    if facts.readiness is None or facts.readiness.disks.error:
        yield error(facts, "disks", "the VIOS does not show its disks", "see `lspv` on the VIOS")
        return
    for vg, names in left(facts.readiness.disks, context.options).items():
        yield warning(facts, vg, f"on {' '.join(names)}, would be removed", "it blocks the next clone and upgrade")


def _verified(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """Never the only way back of a VIOS whose migration is not verified."""
    disks = facts.readiness.disks if facts.readiness is not None else Disks()
    if not left(disks, context.options):
        return
    if facts.last is not None:
        verified = statuses.is_proven(facts.last.status)
        if verified:
            yield ok(facts, "verified", f"its last migration ended {facts.last.status}")
        elif _never_left(facts, disks, context):
            seen = f"its last migration ended {facts.last.status} and left {ALT}; the VIOS runs its former system"
            yield warning(facts, "verified", seen)
        else:
            seen = f"its last migration ended {facts.last.status or 'not yet'}: this is its way back"
            yield error(facts, "verified", seen, f"vios.rollback {facts.name}, or have it migrated and verified")
    elif FORMER in left(disks, context.options):
        level = facts.level.level if facts.level else None
        if context.level is not None and context.level == level:
            yield ok(facts, "verified", f"answers with ioslevel {level}, as level= says")
        else:
            seen = f"the journal has no migration of it, and it answers with ioslevel {level or 'unknown'}"
            yield error(facts, "verified", seen, "give level=, the one that the VIOS is to stay at")


def _never_left(facts: VIOSFacts, disks: Disks, context: CheckContext) -> bool:
    """Whether what would go is the image of a migration that failed before the VIOS booted it, and no clone."""
    last, level = facts.last, facts.level.level if facts.level else None
    if last is None or not statuses.is_failure(last.status) or set(left(disks, context.options)) != {ALT}:
        return False
    cloned = facts.cloned.disks if facts.cloned is not None else {}
    images = [disk for disk in disks.known if disk.vg == ALT]
    a_clone = any(disk.name in cloned or disk.pvid in cloned.values() for disk in images)
    written = statuses.may_still_run(last.status) and any(disk.active for disk in images)
    return level is not None and level == last.level_old and not a_clone and not written


def _not_booted(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    disks = facts.readiness.disks if facts.readiness is not None else Disks()
    going = {name for names in left(disks, context.options).values() for name in names}
    listed = booting.disks(facts.told).split()
    if listed and listed[0] in going:
        keep = " ".join(disks.of("rootvg")) or "DISK"
        yield error(facts, "boot list", f"begins with {listed[0]}, which would go", f"bootlist -m normal {keep}")


METHOD = Method(
    name=NAME,
    program="c_rsh",
    argv=argv,
    read=read,
    checks=(_leftovers, _verified, booting.check, _not_booted),
    refuse=refuse,
    same=("vg",),
    asks=True,
    common=SERVING_CHECKS,
    takes_down=False,
    wanted=lambda facts, level: None,
    task=Task(
        verb="clean up",
        prove=prove,
        queries=lambda vios, options: (booting.QUERY,),
        done=lambda facts, context: (
            ""
            if facts.readiness is None or facts.readiness.disks.error or left(facts.readiness.disks, context.options)
            else "nothing is left of an earlier upgrade or clone"
        ),
    ),
)
