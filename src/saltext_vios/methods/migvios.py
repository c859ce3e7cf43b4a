"""``nim -o migvios``: undocumented, deprecated by IBM for viosupgrade; known from IBM's public Ansible code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from saltext_vios.asked import Options
from saltext_vios.errors import Refused
from saltext_vios.migration.checks import CheckContext, Finding, VIOSFacts, ok, warning
from saltext_vios.migration.facts import Progress, View
from saltext_vios.migration.method import Method
from saltext_vios.nim import commands

NAME = "migvios"


def refuse_one_backup_for_several(names: Sequence[str], options: Options) -> None:
    if len(names) > 1 and options["backup_name"]:
        raise Refused(
            f"backup_name is {options['backup_name']!r} for {', '.join(names)}: a VIOS can only be restored from a "
            "backup of its own; use backup_prefix and backup_postfix"
        )


def refuse(tuples: Sequence[Sequence[str]], options: Options) -> None:
    """One name where every VIOS needs its own: one backup for two VIOSes, or one image that each would make."""
    names = [name for one in tuples for name in one]
    refuse_one_backup_for_several(names, options)
    if bool(options["clone"]) != bool(options["clone_to"]):
        given, other = ("clone", "clone_to") if options["clone"] else ("clone_to", "clone")
        raise Refused(f"{given} is given without {other}; a clone needs both: clone=True clone_to=hdisk1")
    if len(names) > 1 and options["mk_image"] and options["mksysb_name"]:
        raise Refused(
            f"mksysb_name is {options['mksysb_name']!r} for {', '.join(names)} with mk_image: each would make an "
            "image of that name; use mksysb_prefix and mksysb_postfix"
        )


def read(view: View) -> Progress:
    """NIM's states. prev_state keeps the former Mstate too, so only the word of an operation is a trace."""
    texts = {
        "Cstate": view.cstate,
        "Mstate": view.mstate,
        "prev_state": view.prev_state,
        "Cstate_result": view.result,
        "info": view.info,
        "err_info": view.err_info,
    }
    told = (("err_info", view.err_info), ("info", view.info))
    result = f", Cstate_result {view.result!r}" if view.ready else ""
    return Progress(
        idle=None if view.cstate is None else view.ready,
        outcome=view.outcome,
        result=None if view.result is None else f"Cstate_result {view.result!r}",
        complaint=view.err_info,
        trace=view.prev_state if view.follows_operation else None,
        passing=() if view.mstate is None else (view.mstate,),
        # Mstate is only as fresh as the last ping or boot: that it runs says little, that it does not says enough.
        serving=False if view.running is False else None,
        phase=view.phase,
        percent=view.percent,
        info=view.info,
        mark=(view.cstate, view.result, view.info, view.err_info, view.mstate, view.prev_state),
        said=", ".join(f"{name} {text!r}" for name, text in told if text),
        seen=f"Cstate {view.cstate!r}{result}",
        shown={name: text for name, text in texts.items() if text is not None},
    )


def _offered(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    if facts.operations is None:
        yield warning(facts, NAME, "NIM did not answer `lsnim -O`")
    elif NAME not in facts.operations:
        advice = "migvios is undocumented and may be hidden; IBM's documented way is method=viosupgrade"
        yield warning(facts, NAME, "`lsnim -O` does not list it", advice)
    else:
        yield ok(facts, NAME, "offered by this NIM master")


def _unattended(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    if not context.options["bosinst_data"]:
        yield warning(facts, "bosinst_data", "none named", "the install may stop and wait for an answer at the console")
    if not context.options["boot_client"]:
        yield warning(facts, "boot_client", "no", "boot the VIOS from the network yourself")


METHOD = Method(
    name=NAME,
    refuse=refuse,
    resources=commands.resource_names,
    named_by={
        "ios_mksysb": ("mksysb_name", "mksysb_prefix", "mksysb_postfix"),
        "ios_backup": ("backup_name", "backup_prefix", "backup_postfix"),
        "spot": ("spot_name", "spot_prefix", "spot_postfix"),
        "lpp_source": ("lpp_source",),
        "group": ("group",),
    },
    same=("level", "disk"),
    program="nim",
    argv=lambda vios, options, ground: commands.migvios(vios, options),
    read=lambda look, options: read(look.view),
    checks=(_offered, _unattended),
)
