"""Back to the system of before: the boot list is set to its disk and read back, then the VIOS is rebooted by NIM.

It is an outage like a migration, and only the VIOS itself proves it: it must answer with the level of before, and run
from that disk. ``nim -o reboot`` may take some minutes to show (seen).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from saltext_vios.asked import Options
from saltext_vios.errors import Refused
from saltext_vios.methods import booting, migvios
from saltext_vios.migration.checks import OUTAGE_CHECKS, CheckContext, Finding, VIOSFacts, error, ok, warning
from saltext_vios.migration.disks import ALT, FORMER, ROOT
from saltext_vios.migration.facts import Evidence, Look, Outcome, Preparation, Progress, Proof
from saltext_vios.migration.levels import Level
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.method import Method, Task
from saltext_vios.nim import commands, on_vios

NAME = "rollback"
TO = "to"
QUIET = 900  # guess: a reboot by NIM comes some minutes later (seen); until then an old answer says nothing
POOLS_CHANGED = Level("4.0")  # from here on a cluster finishes its own upgrade, an IBM Japan page


def refuse(tuples: Sequence[Sequence[str]], options: Options) -> None:
    names = [name for one in tuples for name in one]
    if len(names) > 1:
        raise Refused(f"targets are {', '.join(names)}; one VIOS is rolled back by one call")


def way_back(facts: VIOSFacts, options: Options) -> tuple[str, ...]:
    """The disks with the system of before; none where there is none, or it is not on those that the caller named."""
    if facts.readiness is None:
        return ()
    disks, named = facts.readiness.disks, set(commands.disk_names(options["disk"]))
    known = [disks.of(FORMER), disks.of(ALT), _clone(facts)]
    return next((names for names in known if names and (not named or set(names) == named)), ())


def _clone(facts: VIOSFacts) -> tuple[str, ...]:
    """A network install knows nothing of the clone on another disk (guess): the journal does, by its PVID."""
    if facts.cloned is None or facts.readiness is None:
        return ()
    pvids = {pvid for pvid in facts.cloned.disks.values() if pvid}
    free = tuple(disk.name for disk in facts.readiness.disks.known if disk.vg is None and disk.pvid in pvids)
    return free if len(free) == len(facts.cloned.disks) else ()


def wanted(facts: VIOSFacts, level: Level | None) -> Level | None:
    """The level of before, as the caller or the journal has it."""
    known = facts.readiness.disks if facts.readiness is not None else None
    from_clone = facts.cloned if known is not None and not known.of(FORMER) and not known.of(ALT) else None
    if level is not None:
        return level
    if from_clone is not None and from_clone.level is not None:
        return from_clone.level
    return facts.last.level_old if facts.last is not None else None


def done(facts: VIOSFacts, context: CheckContext) -> str:
    level, before = facts.level.level if facts.level else None, wanted(facts, context.level)
    return f"already at ioslevel {level}, its former level" if level is not None and level == before else ""


def read(look: Look, options: Options) -> Progress:
    """NIM has no part in it but the reboot: whether the VIOS answers, and from which disk, is all there is to see."""
    nim, disks = migvios.read(look.view), look.disks
    quiet = replace(nim, outcome=None, result=None, complaint=None, trace=None, passing=())
    if disks is None:
        return quiet
    if disks.error:
        advice = "see its console on the HMC; in the SMS menu it can be booted from either disk"
        silent = replace(quiet, idle=False, serving=False, phase="rebooting", advice=advice)
        shown = {**nim.shown, "c_rsh": "does not answer"}
        return replace(silent, mark=("silent",), seen="it does not answer", shown=shown)
    where = f"rootvg on {' '.join(disks.of(ROOT))}"
    return replace(
        quiet,
        outcome=Outcome.SUCCESS,
        trace=where,
        serving=True,
        mark=(where,),
        seen=f"it answers with {where}",
        shown={**nim.shown, ROOT: where},
    )


def prepares(m: Migration, options: Options) -> Preparation:
    names = m.kept[TO].split()

    def wrong(text: str) -> str:
        found = on_vios.boot_list(text)
        if found == names:
            return ""
        reads = "cannot be read" if found is None else f"reads {' '.join(found)}"
        return f"the boot list was set to {' '.join(names)} and {reads}"

    return Preparation(commands.set_boot_list(names), on_vios.BOOT_LIST, wrong)


def prove(m: Migration, evidence: Evidence, options: Options) -> Proof:
    level, disks = evidence.level.level, evidence.disks
    if level is None or disks.error:
        return Proof(None, f"no answer: {evidence.level.error or disks.error}")
    root, names = disks.of(ROOT), m.kept[TO].split()
    if set(root) <= set(names) and root and level == m.wanted:
        return Proof(True, f"rolled back, the VIOS answers with ioslevel {level} from {' '.join(root)}", level)
    text = f"the VIOS answers with ioslevel {level} from {' '.join(root)}, expected {m.wanted} from {m.kept[TO]}"
    listed = booting.disks(evidence.told) or "unknown"
    return Proof(False, f"{text}; its boot list is {listed}", level)


# its own checks


def _has_way_back(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    names, level = way_back(facts, context.options), wanted(facts, context.level)
    if facts.readiness is None or facts.readiness.disks.error:
        yield error(facts, "way back", "the VIOS does not show its disks", "see `lspv` on the VIOS")
    elif not names:
        on = f" on {context.options['disk']}" if context.options["disk"] else ""
        advice = "an install over the present rootvg leaves none; what is left is a mksysb"
        yield error(facts, "way back", f"there is none: no old_rootvg, no altinst_rootvg, no clone{on}", advice)
    elif level is None:
        advice = "give level=, with which the VIOS must answer after the reboot"
        yield error(facts, "way back", "the journal has no earlier level", advice)
    else:
        yield ok(facts, "way back", f"would boot from {' '.join(names)} with ioslevel {level}")


def _has_partner(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    if facts.partners:
        return
    if context.options["alone"]:
        yield warning(facts, "partner", "NIM shows no other VIOS on its frame", "its clients have no other path")
    else:
        advice = "its clients would have no other path; to do it all the same: alone=True"
        yield error(facts, "partner", "NIM shows no other VIOS on its frame", advice)


def _pool(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """Once a cluster has finished its upgrade a node with the former system probably cannot join again (guess)."""
    cluster, before = facts.cluster.cluster, wanted(facts, context.level)
    level = facts.level.level if facts.level else None
    if cluster is None or level is None or before is None or not before < POOLS_CHANGED <= level:
        return
    seen = f"in {cluster.name}, which may have finished its upgrade: a node at {before} may not join it again"
    if context.options["may_lose_cluster"]:
        yield warning(facts, "pool level", seen)
    else:
        yield error(facts, "pool level", seen, "see `cluster -status`; to do it all the same: may_lose_cluster=True")


METHOD = Method(
    name=NAME,
    program="nim",
    argv=lambda vios, options, ground: commands.reboot(vios),
    read=read,
    checks=(_has_way_back, _has_partner, _pool, booting.check),
    refuse=refuse,
    same=("level", "disk"),
    asks=True,
    quiet=QUIET,
    common=OUTAGE_CHECKS,
    wanted=wanted,
    task=Task(
        verb="roll back",
        prove=prove,
        queries=lambda vios, options: (booting.QUERY,),
        done=done,
        keeps=lambda facts, context: {
            TO: " ".join(way_back(facts, context.options)),
            booting.BOOT_LIST: booting.disks(facts.told),
        },
        prepares=prepares,
    ),
)
