"""``viosupgrade`` on the NIM master: documented by IBM. What it prints, and when it returns, is published nowhere.

So nothing that it prints is believed: the VIOS's own level and its own disks show what became of it. With ``bosinst``
the VIOS is installed over the network, and NIM's states are followed. With ``altdisk`` the image goes onto another disk
while the VIOS serves; NIM may show little of that, so what the VIOS says of its disks is followed as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from saltext_vios.asked import Options, given
from saltext_vios.errors import Refused
from saltext_vios.kinds import DRIVER
from saltext_vios.methods import migvios
from saltext_vios.migration.checks import CheckContext, Finding, VIOSFacts, error, ok, wanted_level, warning
from saltext_vios.migration.disks import ALT, FORMER, ROOT, leftovers, writable
from saltext_vios.migration.facts import Disks, Ground, Look, Outcome, Progress
from saltext_vios.migration.levels import Level
from saltext_vios.migration.method import Method
from saltext_vios.nim import commands, objects
from saltext_vios.nim.commands import ALTDISK

NAME = "viosupgrade"

# Before it a bosinst could take the wrong disk (APAR IJ15716, doc); viosupgrade itself came one level earlier (doc).
RIGHT_DISK, EXISTS = (7200, 4), (7200, 3)
DIALECT_73 = (7300,)
SOURCE, IMAGE = Level("2.2.6.30"), Level("3.1.0.0")  # doc
POOLS_FROM, POOLS_TO = Level("3.1.4.50"), Level("4.1.1.0")  # an IBM Japan page
ONLY_73 = ("copy_files", "pre_restore_script", "post_install_script")
QUIET = 900  # guess: it backs up the configuration first, and NIM may show nothing of that


def refuse(tuples: Sequence[Sequence[str]], options: Options) -> None:
    if options["type"] is None:
        raise Refused("type is not given, expected type=altdisk or type=bosinst with method=viosupgrade")
    _altdisk_options(options) if options["type"] == ALTDISK else _bosinst_options(options)
    if options["overlap"] and not reboots(options):
        raise Refused(
            "overlap is yes, and reboot is 'tool': viosupgrade may then reboot both VIOSes of a frame at once; if "
            "yours is known to leave the reboot to others, give reboot=driver"
        )
    migvios.refuse_one_backup_for_several([name for one in tuples for name in one], options)


def _altdisk_options(options: Options) -> None:
    if options["disk"] and options["clone_disk"]:
        raise Refused("disk and clone_disk are both given; with type=altdisk only disk gets the image")
    if not (options["disk"] or options["clone_disk"]):
        raise Refused("disk is not given; with type=altdisk name the disk that gets the image, such as disk=hdisk1")
    for name in ("overwrite", "spot_name", "spot_prefix", "spot_postfix"):
        if options[name]:
            raise Refused(f"{name} belongs to type=bosinst, and type is 'altdisk'; leave it out")


def _bosinst_options(options: Options) -> None:
    named = given(options, ("disk", "clone_disk", "overwrite"))
    if len(named) != 1:
        raise Refused(
            f"{' and '.join(named) or 'none of disk, clone_disk and overwrite'} given; type=bosinst takes exactly one: "
            "clone_disk (a copy of the present rootvg), disk (install there instead) or overwrite (no way back)"
        )
    for name in given(options, ONLY_73):
        raise Refused(f"{name} belongs to type=altdisk, and type is 'bosinst'; leave it out")
    for name, is_wanted in (("overlap", options["overlap"]), ("reboot", reboots(options))):
        if is_wanted:
            raise Refused(f"{name} belongs to type=altdisk, and type is 'bosinst': its install is the outage")
    if not (options["spot_name"] or options["spot_prefix"] or options["spot_postfix"]):
        raise Refused("spot_name is not given; type=bosinst boots the VIOS from a SPOT made of the image")


def argv(vios: str, options: Options, ground: Ground, validate: bool = False) -> list[str]:
    return commands.viosupgrade(vios, options, ground.host or vios, bool(ground.in_cluster), validate)


def needed(options: Options) -> tuple[int, int]:
    """The AIX level of the NIM master from which on it may be used."""
    return EXISTS if options["type"] == ALTDISK else RIGHT_DISK


def reboots(options: Options) -> bool:
    """Whether the VIOS is rebooted by this program when its image is on the other disk, not by the tool."""
    return bool(options["reboot"] == DRIVER)


def target(options: Options) -> tuple[str, ...]:
    return tuple(commands.upgrade_disks(options).split(":")) if commands.upgrade_disks(options) else ()


# how a look reads


def read(look: Look, options: Options) -> Progress:
    """NIM's states, and what the VIOS says of its disks, where it was asked and answers."""
    nim, disks = migvios.read(look.view), look.disks
    if disks is None:
        return replace(nim, outcome=None) if options["type"] == ALTDISK else nim
    where = {vg: " ".join(disks.of(vg)) for vg in (ROOT, ALT, FORMER)}
    answers = "does not answer" if disks.error else "answers"
    shown = {vg: f"on {names}" for vg, names in where.items() if names}
    seen = replace(
        nim,
        serving=not disks.error,
        served=disks.served,
        # That it answers comes and goes; where its systems are does not.
        passing=(*nim.passing, answers),
        mark=(*nim.mark, answers, *where.values(), None if disks.served is None else str(disks.served)),
        shown={**nim.shown, "c_rsh": answers, **shown},
    )
    found = _altdisk(look, seen, options) if options["type"] == ALTDISK else _bosinst(look, seen, options)
    early = found.outcome is Outcome.SUCCESS and not disks.counted
    return replace(found, outcome=None) if early else found


def _altdisk(look: Look, nim: Progress, options: Options) -> Progress:
    """NIM ready says nothing of an altdisk, nor does its success: only rootvg on the disk named does.

    Nor is an altinst_rootvg a whole one; the tools of AIX set the boot list when theirs is (doc: alt_disk_mksysb).
    """
    disks, wanted = look.disks or Disks(), target(options)
    alt, root, former = disks.of(ALT), disks.of(ROOT), disks.of(FORMER)
    if root and set(root) <= set(wanted) and former:
        seen = f"rootvg on {' '.join(root)}, old_rootvg on {' '.join(former)}"
        done = replace(nim, outcome=Outcome.SUCCESS, trace=seen) if nim.idle else replace(nim, trace=seen)
        return replace(done, seen=f"{nim.seen}, {seen}")
    failed = nim.outcome if nim.outcome is not Outcome.SUCCESS else None
    if alt:
        seen = f"altinst_rootvg on {' '.join(alt)}"
        advice = f"if it is complete, the VIOS waits for its reboot from {' '.join(alt)}: shutdown -restart on the VIOS"
        whole = bool(nim.idle) and failed is None and disks.boot[:1] == alt[:1] and set(alt) == set(wanted)
        installed = whole and reboots(options)
        known = replace(
            nim,
            idle=False,
            outcome=failed,
            trace=seen,
            phase="installed" if installed else "installing",
            advice=advice,
            aside=not set(root) & set(wanted),
            installed=installed,
            mark=(*nim.mark, *disks.boot),
        )
        return replace(known, seen=seen if nim.idle else f"{nim.seen}, {seen}")
    # What stood there before the start stays: without a disk that changed it is no word on ours.
    return replace(nim, idle=False if nim.busy else None, outcome=failed, trace=None)


def _bosinst(look: Look, nim: Progress, options: Options) -> Progress:
    """NIM is ready between the clone and the install, too, and an install elsewhere than was asked is no success."""
    if objects.is_cloning(look.view.cstate):
        nim = replace(nim, phase="cloning")
    if nim.outcome is not Outcome.SUCCESS:
        return nim
    disks, wanted = look.disks or Disks(), target(options)
    cloned = bool(options["clone_disk"]) and objects.is_cloning(look.view.prev_state)
    elsewhere = bool(wanted) and not set(disks.of(ROOT)) <= set(wanted)
    return replace(nim, outcome=None) if disks.error or cloned or elsewhere else nim


# its own checks


def _tool(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    if facts.readiness is not None and not facts.readiness.tool:
        advice = "it comes with bos.sysmgt.nim.master of AIX 7.2 TL 3"
        yield error(facts, NAME, "this NIM master has no viosupgrade", advice)


def _master(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """The wrong disk is the worst failure: where the level is not known, a bosinst does not start."""
    level, altdisk = facts.ground.master, context.options["type"] == ALTDISK
    if level is None:
        told = warning if altdisk else error
        yield told(facts, "master level", "oslevel -s does not show it", "see `oslevel -s` on the NIM master")
    elif level[:2] < needed(context.options):
        wrong_disk = "below that, a bosinst may install on the wrong disk (IJ15716)"
        why = "viosupgrade does not exist below that" if altdisk else wrong_disk
        seen = f"AIX {_aix(level)}, expected {_aix(needed(context.options))} or later"
        yield error(facts, "master level", seen, why)
    else:
        yield ok(facts, "master level", f"AIX {_aix(level)}")


def _dialect(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """What its viosupgrade lacks is refused before anything runs, and never sent to find out."""
    level = facts.ground.master
    new = level is not None and level >= DIALECT_73
    for_73 = given(context.options, ONLY_73)
    if for_73 and not new:
        yield error(facts, "dialect", f"{for_73[0]} needs viosupgrade of AIX 7.3", "leave it out")
    backup = given(context.options, ("backup_name", "backup_prefix", "backup_postfix"))
    if backup and (new or level is None):
        advice = "leave it out: it makes a backup of its own"
        yield error(facts, "dialect", f"{backup[0]} needs viosupgrade of AIX 7.2", advice)


def _source(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    level = facts.level.level if facts.level else None
    if level is not None and level < SOURCE:
        yield error(facts, "source level", f"{level}, expected {SOURCE} or later", "update it within 2.2 first")
    wanted = wanted_level(facts, context.level)
    if wanted is not None and wanted < IMAGE:
        yield error(facts, "image level", f"{wanted}, expected {IMAGE} or later", "name another image")
    if facts.cluster.cluster is not None and wanted is not None and wanted >= Level("4.0"):
        if wanted < POOLS_TO:
            yield error(facts, "pool level", f"wanted {wanted}, expected {POOLS_TO} or later", "it is in a cluster")
        if level is not None and level < POOLS_FROM:
            advice = "bring every node of its cluster to that level first"
            yield error(facts, "pool level", f"{level}, expected {POOLS_FROM} or later before 4.1", advice)


def _node(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """``-c`` is mandatory for a node (doc); it is set by what the VIOS says."""
    if facts.ground.in_cluster is None:
        yield error(facts, "-c", "unknown whether it is in a cluster", "see `cluster -status` on the VIOS")
    elif facts.ground.in_cluster and not context.options["manage_cluster"]:
        yield error(facts, "-c", "manage_cluster is no, and it is in a cluster", "leave manage_cluster out")


def _leftovers(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    yield from leftovers(facts, NAME)


def _target_disks(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    options = context.options
    if options["overwrite"] and facts.readiness is not None:
        where = " ".join(facts.readiness.disks.of(ROOT)) or "unknown disks"
        yield warning(facts, "overwrite", f"rootvg on {where} is overwritten", "the only way back is a mksysb")
    clone = tuple(commands.upgrade_disks({**options, "disk": options["clone_disk"]}).split(":"))
    yield from writable(facts, target(options) or (clone if clone != ("",) else ()))


def _may_not_boot(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """Known of one step, 4.1.1 to 4.1.2 (a page of IBM Japan): a warning."""
    for disk in facts.readiness.may_not_boot if facts.readiness is not None else ():
        seen = "reserve_policy is single_path and algorithm is fail_over: a new system may not boot from it"
        advice = f"as padmin on the VIOS: chdev -dev {disk} -attr algorithm=shortest_queue reserve_policy=no_reserve"
        yield warning(facts, f"disk {disk}", seen, advice)


def _own_address(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """IBM's Ansible module for it refused this, and does not say why (code): a warning."""
    found = facts.readiness.on_sea if facts.readiness is not None else ()
    if found is None:
        seen = "unknown whether the VIOS has its own address on a Shared Ethernet Adapter"
        yield warning(facts, "own address", seen, "see `lstcpip -interfaces` and `lsmap -all -net` on the VIOS")
    for one in found or ():
        seen = f"{one}, a Shared Ethernet Adapter: IBM's Ansible module refuses an altdisk there, its reason is unknown"
        yield warning(facts, "own address", seen, "keep its console on the HMC open, or use type=bosinst")


def _validated(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    found = facts.readiness.validated if facts.readiness is not None else None
    if found is not None:
        good, text = found
        told = ok(facts, "viosupgrade -v", text) if good else error(facts, "viosupgrade -v", text, "see what it says")
        yield replace(told, kept=good)


def _aix(level: tuple[int, ...]) -> str:
    return f"{level[0] // 1000}.{level[0] // 100 % 10} TL {level[1]}" if len(level) > 1 else f"{level[0]}"


METHOD = Method(
    name=NAME,
    refuse=refuse,
    resources=commands.upgrade_resources,
    named_by={
        "ios_mksysb": ("mksysb_name", "mksysb_prefix", "mksysb_postfix"),
        "ios_backup": ("backup_name", "backup_prefix", "backup_postfix"),
        "spot": ("spot_name", "spot_prefix", "spot_postfix"),
    },
    same=("level", "type", "disk", "clone_disk", "overwrite"),
    program=NAME,
    argv=argv,
    read=read,
    checks=(
        _tool,
        _master,
        _dialect,
        _source,
        _node,
        _leftovers,
        _target_disks,
        _may_not_boot,
        _own_address,
        _validated,
    ),
    asks=True,
    late_is_unknown=True,
    quiet=QUIET,
    reboot=lambda vios, options: commands.reboot(vios) if reboots(options) else None,
    validation=lambda vios, options, ground: argv(vios, options, ground, validate=True),
    report=commands.upgrade_state,
)
