"""A copy of the running system on another disk, while the VIOS serves: ``nim -o alt_disk_install -a source=rootvg``.

IBM documents it for standalone machines; its Ansible modules use it on a VIOS, and users report that NIM refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from saltext_vios import task_options
from saltext_vios.asked import Options, as_options
from saltext_vios.errors import Refused
from saltext_vios.methods import booting, migvios
from saltext_vios.methods.booting import BOOT_LIST
from saltext_vios.migration import timelimit
from saltext_vios.migration.checks import SERVING_CHECKS, CheckContext, Finding, VIOSFacts, error, ok, warning
from saltext_vios.migration.disks import ALT, ROOT, leftovers, writable
from saltext_vios.migration.durations import span
from saltext_vios.migration.facts import Evidence, Look, Outcome, Progress, Proof, Query, Whom
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.method import Method, Task
from saltext_vios.nim import commands, on_vios

NAME = "clone"
OPERATION = "alt_disk_install"
COPIES = "copies of rootvg"
COUNTS = "7d"  # a clone that stands already and is no older is one, where it goes before a migration


def asked_by(options: Options) -> Options:
    """The options of the clone that goes before a migration."""
    return as_options(task_options.checked(NAME, {"disk": options["clone_to"], "max_age": COUNTS, "wait": False}))


def refuse(tuples: Sequence[Sequence[str]], options: Options) -> None:
    if not options["disk"]:
        raise Refused("disk is not given; name the disk that gets the copy, such as disk=hdisk1: what is on it is lost")


def queries(vios: str, options: Options) -> tuple[Query, ...]:
    return (
        booting.QUERY,
        Query(COPIES, Whom.VIOS, on_vios.ROOT_COPIES),
    )


def done(facts: VIOSFacts, context: CheckContext) -> str:
    """A clone that is young enough, by the journal, and still stands."""
    told, last = context.options["max_age"], facts.cloned
    limit = timelimit.duration(told) if told else None
    if limit is None or last is None or last.age > limit.total_seconds() or facts.readiness is None:
        return ""
    standing = {disk.name: disk.pvid or "" for disk in facts.readiness.disks.known if disk.vg == ALT}
    level = facts.level.level if facts.level else None
    named = set(commands.disk_names(context.options["disk"]))
    same = set(standing) == named and standing == dict(last.disks) and level is not None and level == last.level
    return f"its clone on {' '.join(standing)} is {span(last.age)} old, max_age is {told}" if same else ""


def read(look: Look, options: Options) -> Progress:
    """NIM's states. A group on the disk that is varied on is still being written, whatever NIM shows (guess)."""
    nim, disks = migvios.read(look.view), look.disks
    if disks is None or disks.error:
        return replace(nim, outcome=None) if nim.outcome is Outcome.SUCCESS else nim
    alt = [disk for disk in disks.known if disk.vg == ALT]
    if not alt:
        return nim
    where = f"altinst_rootvg on {' '.join(disk.name for disk in alt)}"
    writing = any(disk.active for disk in alt)
    return replace(
        nim,
        idle=False if writing else nim.idle,
        trace=where,
        mark=(*nim.mark, where, str(writing)),
        seen=f"{nim.seen}, {where}",
        shown={**nim.shown, ALT: f"on {' '.join(disk.name for disk in alt)}{', varied on' if writing else ''}"},
    )


def prove(m: Migration, evidence: Evidence, options: Options) -> Proof:
    """The copy stands on the disk that was named, and the VIOS boots from where it did."""
    disks, named = evidence.disks, commands.disk_names(options["disk"])
    if disks.error:
        return Proof(None, f"the VIOS does not show its disks: {disks.error}")
    alt = {disk.name: disk for disk in disks.known if disk.vg == ALT}
    if set(alt) != set(named):
        where = f"altinst_rootvg on {' '.join(alt)}" if alt else "no altinst_rootvg"
        return Proof(False, f"NIM says done, but the VIOS shows {where}, expected it on {' '.join(named)}")
    before, now = m.kept.get(BOOT_LIST, ""), booting.disks(evidence.told)
    if not now:
        return Proof(None, "the VIOS does not show its boot list")
    if now != before:
        changed = f"the copy is on {' '.join(named)}, but the boot list is now {now}, before it was {before}"
        return Proof(False, f"{changed}; set it back on the VIOS: bootlist -m normal {before}")
    keeps = {"clone": " ".join(f"{disk.name}={disk.pvid or ''}" for disk in alt.values())}
    return Proof(True, f"cloned to {' '.join(named)}, the boot list is {now} as before", m.level_old, keeps)


# its own checks


def _offered(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    if facts.operations is None:
        yield warning(facts, OPERATION, "NIM did not answer `lsnim -O`")
    elif OPERATION not in facts.operations:
        yield warning(facts, OPERATION, "`lsnim -O` does not list it for this VIOS", "NIM may refuse it")
    else:
        yield ok(facts, OPERATION, "offered by this NIM master")


def _room(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    if not done(facts, context):
        yield from leftovers(facts, OPERATION)
        yield from writable(facts, commands.disk_names(context.options["disk"]))


def _one_copy(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """The tool does not copy a mirror (code): it is broken up first, by hand."""
    disks = facts.readiness.disks.of(ROOT) if facts.readiness is not None else ()
    answer = facts.told.get(COPIES)
    copies = None if answer is None or answer.error else on_vios.mirrored(answer.text)
    if copies:
        *_, last = disks or ("DISK",)
        advice = f"on the VIOS as padmin: unmirrorios {last}, then as root: reducevg rootvg {last}"
        yield error(facts, ROOT, f"is mirrored on {' '.join(disks)}", advice)
    elif copies is None and len(disks) > 1:
        advice = "see `lsvg -M rootvg` on the VIOS"
        yield error(facts, ROOT, f"is on {' '.join(disks)}, and whether it is mirrored is not known", advice)


def before(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """All that keeps a VIOS from being cloned, of one that is to be cloned before its migration."""
    if facts.readiness is not None and context.goes_down:
        own = replace(context, options=asked_by(context.options))
        yield from (finding for check in METHOD.checks for finding in check(facts, own))


METHOD = Method(
    name=NAME,
    program="nim",
    argv=lambda vios, options, ground: commands.clone(vios, options["disk"]),
    read=read,
    checks=(_offered, _one_copy, booting.check, _room),
    refuse=refuse,
    same=("disk",),
    asks=True,
    common=SERVING_CHECKS,
    takes_down=False,
    wanted=lambda facts, level: None,
    task=Task(
        verb="clone",
        prove=prove,
        queries=queries,
        done=done,
        keeps=lambda facts, context: {BOOT_LIST: booting.disks(facts.told)},
    ),
)
