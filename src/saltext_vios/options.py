"""The options of a migration, described once: the checking, the signatures and the reference come from this table.

IBM's names and defaults are those of ``_nim_upgradeios``; the meanings are in our words. Options whose meaning IBM
never published say so. An option that only one method has says which; where IBM's ``nim_viosupgrade`` has another
name for one, that is taken too. How they become a command line is in ``saltext_vios.nim.commands``.
"""

from __future__ import annotations

import difflib
import inspect
import re
import shlex
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from saltext_vios.errors import Refused
from saltext_vios.kinds import AUTO, METHODS, MIGVIOS, TOOL, VIOSUPGRADE, Kind, literal, read
from saltext_vios.migration import paths
from saltext_vios.migration.machine import PATHS_TIMEOUT
from saltext_vios.nim.commands import ATTRIBUTES, FLAGS, POSTFIXES


@dataclass(frozen=True)
class Option:
    """``also`` is another name that IBM has for it."""

    name: str
    kind: Kind
    meaning: str
    default: Any = None
    ibm: bool = True
    methods: tuple[str, ...] = METHODS
    also: str | None = None

    @property
    def attribute(self) -> str | None:
        """The NIM attribute of migvios that it becomes, or has a part in."""
        return ATTRIBUTES.get(re.sub("_(prefix|postfix)$", "_name", self.name)) if self.ibm else None

    @property
    def flag(self) -> str | None:
        """The flag of viosupgrade that it becomes."""
        return " or ".join(flag for flag, names in FLAGS.items() if self.name in names) or None


def _ours(name: str, kind: Kind, meaning: str, default: Any = None) -> Option:
    return Option(name, kind, meaning, default, ibm=False)


def _migvios(name: str, kind: Kind, meaning: str, default: Any = None, ibm: bool = True) -> Option:
    return Option(name, kind, meaning, default, ibm, methods=(MIGVIOS,))


def _viosupgrade(name: str, kind: Kind, meaning: str, default: Any = None, also: str | None = None) -> Option:
    ibm = also is not None or name == "resources"
    return Option(name, kind, meaning, default, ibm, (VIOSUPGRADE,), also)


OPTIONS: tuple[Option, ...] = (
    _ours(
        "level",
        Kind.LEVEL,
        "The level wanted, such as '3.1.4.31'; a VIOS at or above it is not touched. "
        "Defaults to the ioslevel of the ios_mksysb resource.",
    ),
    Option(
        "mksysb_name",
        Kind.NAME,
        "The ios_mksysb resource: the image that is installed.",
        None,
        also="ios_mksysb",
    ),
    Option("mksysb_prefix", Kind.PART, "Used without mksysb_name: <prefix><vios><postfix>.", None),
    Option("mksysb_postfix", Kind.PART, f"The same; {POSTFIXES['mksysb']!r} unless given.", None),
    Option(
        "backup_name",
        Kind.NAME,
        "The ios_backup resource of the one VIOS in the call.",
        None,
        also="backup_file_resource",
    ),
    Option("backup_prefix", Kind.PART, "Used without backup_name: <prefix><vios><postfix>.", None),
    Option("backup_postfix", Kind.PART, f"The same; {POSTFIXES['backup']!r} unless given.", None),
    _migvios("group", Kind.NAME, "A NIM group that holds the resources.", None),
    Option(
        "spot_name",
        Kind.NAME,
        "The SPOT for the network boot. No SPOT is named unless asked for; viosupgrade needs one for type=bosinst.",
        None,
        also="spotname",
    ),
    Option("spot_prefix", Kind.PART, "Used without spot_name: <prefix><vios><postfix>.", None),
    Option("spot_postfix", Kind.PART, f"The same; {POSTFIXES['spot']!r} when a prefix is given.", None),
    _migvios("lpp_source", Kind.NAME, "The lpp_source resource with support images.", None),
    _migvios(
        "bosinst_data",
        Kind.NAME,
        "The answers for an unattended install; without it the install may stop at the console.",
        None,
    ),
    _migvios("resolv_conf", Kind.NAME, "The resolv_conf resource with name servers.", None),
    _migvios("image_data", Kind.NAME, "Disks and file systems of rootvg.", None),
    _migvios("log", Kind.NAME, "A log resource. IBM never published its use.", None),
    _migvios("file_resource", Kind.NAME, "A file_res resource. IBM never published its use.", None),
    Option(
        "disk",
        Kind.DISKS_EACH,
        "The disk that gets the new image, such as hdisk1, or of each VIOS its own: {vios1: hdisk1, vios2: hdisk2}. "
        "Installing on the wrong one destroys its data. With type=altdisk it is named always; with type=bosinst it is "
        "installed instead of the present rootvg.",
        None,
        also="rootvg_install_disk",
    ),
    Option("cluster", Kind.WORD, "The SSP cluster the VIOS is in.", None),
    _migvios("current_database", Kind.WORD, "The VIOS's current database name.", None),
    _migvios("command_flags", Kind.FLAGS, "More flags for the command.", None),
    _migvios("viosbr_flags", Kind.FLAGS, "More flags for viosbr.", None),
    _migvios(
        "mk_image",
        Kind.YES_NO,
        "Make the image and its resource first; nim takes long then.",
        False,
    ),
    _migvios(
        "clone",
        Kind.YES_NO,
        "Before a VIOS starts, copy its rootvg onto clone_to, as vios.clone does; no clone, no start. With viosupgrade "
        "see clone_disk.",
        False,
        ibm=False,
    ),
    _migvios(
        "clone_to",
        Kind.DISKS_EACH,
        "With clone: the disk that gets the copy, or of each VIOS its own. What is on it is lost.",
        None,
        ibm=False,
    ),
    _migvios("boot_client", Kind.YES_NO, "Boot the VIOS afterwards; otherwise you have to.", False),
    _migvios("set_boot_list", Kind.YES_NO, "Set the VIOS's boot list.", False),
    _migvios(
        "concurrent",
        Kind.YES_NO,
        "Send concurrent=yes. Its use is doubtful: leave it out.",
        False,
    ),
    Option(
        "manage_cluster",
        Kind.YES_NO,
        "Let NIM manage the SSP cluster (skipcluster=no). viosupgrade gets -c for a node, which cannot do without.",
        True,
    ),
    _migvios("debug", Kind.YES_NO, "Have NIM say more.", False),
    Option(
        "time_limit",
        Kind.TIME,
        "Nothing is started at or after it: mm/dd/yyyy hh:mm, ISO 8601, or a duration from now such as 4h. "
        "What is already installing is finished.",
    ),
    _ours(
        "time_margin",
        Kind.MARGIN,
        "How long one VIOS takes, such as 3h: nothing is started that would not be done by the time limit. With auto "
        "it is the median of its earlier migrations in the journal, or of all where it has none.",
    ),
    Option(
        "vios_status",
        Kind.STATUS_MAP,
        "Results of an earlier operation by tuple key: without an entry, or with one that is no success, nothing is "
        "started. The word recorded takes the journal's own map.",
    ),
    Option("nim_node", Kind.MAP, "Accepted from IBM's playbooks and not used: NIM is asked again."),
    _ours(
        "force",
        Kind.YES_NO,
        "Migrate although at the level; with level, a VIOS that does not answer too.",
        False,
    ),
    _migvios("nim_force", Kind.YES_NO, "Run nim with -F, as the reference does.", True, ibm=False),
    _ours(
        "method",
        Kind.METHOD,
        "How a VIOS is migrated; auto is viosupgrade where type is given and the NIM master has it, else migvios.",
        MIGVIOS,
    ),
    _viosupgrade(
        "type",
        Kind.TYPE,
        "With altdisk the image goes onto another disk while the VIOS serves, and the present rootvg stays as the way "
        "back; with bosinst the VIOS is installed over the network.",
    ),
    _viosupgrade(
        "clone_disk",
        Kind.DISKS_EACH,
        "With type=bosinst: the disk, or of each VIOS its own, to which the present rootvg is cloned before it is "
        "reinstalled. IBM's module has the disk that gets the image here for altdisk; that is taken too.",
        also="rootvg_clone_disk",
    ),
    _viosupgrade(
        "overwrite",
        Kind.YES_NO,
        "With type=bosinst: install over the present rootvg without a clone. There is no way back then.",
        False,
        also="skip_rootvg_cloning",
    ),
    _viosupgrade(
        "resources",
        Kind.RESOURCES,
        "More resources for the new system, separated by colons: resolv_conf, script, fb_script, file_res, "
        "image_data, log.",
    ),
    _viosupgrade(
        "copy_files",
        Kind.PATH,
        "A file on the NIM master that lists, one a line, the files to be carried into the new rootvg. AIX 7.3, "
        "type=altdisk.",
    ),
    _viosupgrade("pre_restore_script", Kind.PATH, "A script that runs before the restore. AIX 7.3, type=altdisk."),
    _viosupgrade("post_install_script", Kind.PATH, "A script that runs after the install. AIX 7.3, type=altdisk."),
    _viosupgrade(
        "validate",
        Kind.YES_NO,
        "Have viosupgrade -v look before the start; nothing starts when it fails. It replaces no check of ours.",
        False,
    ),
    _ours(
        "backup",
        Kind.DEMAND,
        "What becomes of a VIOS without an ios_backup of its own that is ready, has a file and is younger than "
        "backup_max_age: with require it is not migrated, with warn it is a finding, with ignore nobody looks.",
        paths.WARN,
    ),
    _ours("backup_max_age", Kind.DURATION, "How old the newest backup may be, such as 7d or 12h.", "7d"),
    _viosupgrade(
        "reboot",
        Kind.REBOOT,
        "With type=altdisk: who reboots the VIOS from its new disk. By tool, viosupgrade itself, at any time, which is "
        "what is taken for granted; with driver it is known to leave that to others, and the VIOS is rebooted when it "
        "has its image, its partner serves, and the time limit is not reached.",
        TOOL,
    ),
    _viosupgrade(
        "overlap",
        Kind.YES_NO,
        "With type=altdisk and reboot=driver: the second VIOS of a tuple gets its image while the first one waits for "
        "its reboot. They are never both rebooted.",
        False,
    ),
    _ours("max_parallel", Kind.COUNT, "Tuples in flight at once. Defaults to vios:max_parallel."),
    _ours(
        "tuple_order",
        Kind.ORDER,
        "Which of the tuples that wait goes first: the one that took longest before, by the journal, and as given "
        "where nothing is known; or as given in any case.",
        "longest",
    ),
    _ours("max_failures", Kind.SHARE, "Start no new tuple of this call after so many failures: 2, or 10%."),
    _ours("frame", Kind.NAMES, "With targets='*': only the VIOSes of these frames."),
    _ours(
        "level_below",
        Kind.LEVEL,
        "With targets='*': only tuples of which a VIOS answers with a lower level. With it, cluster selects the "
        "tuples with a node of that cluster.",
    ),
    _ours(
        "unpaired",
        Kind.YES_NO,
        "With targets='*': migrate VIOSes of which NIM shows no partner too, each as a tuple of its own.",
        False,
    ),
    _ours("wait", Kind.YES_NO, "Wait for the end; else return when the driver has taken it up.", True),
    _ours(
        "paths",
        Kind.DEMAND,
        "Whether the clients keep a path through the partner, asked before each VIOS goes down: with require nothing "
        "starts that would cost a client its last path; warn reports it; with ignore nobody is asked.",
        paths.WARN,
    ),
    _ours(
        "ignore_clients",
        Kind.CLIENTS,
        "Client partitions that may lose their paths, by name or number: a list, or a text with commas.",
    ),
    _ours(
        "paths_timeout",
        Kind.SECONDS,
        "Seconds that a VIOS has, once it answers again, to serve what it served before: mappings, logins, Shared "
        "Ethernet Adapters. What is missing then is a warning, with paths=require FAILURE-UPGRn-PATHS, or of a "
        "rollback FAILURE-ROLLBACK-PATHS.",
        PATHS_TIMEOUT,
    ),
    _ours("verify", Kind.YES_NO, "Ask the VIOS itself for its level at the end.", True),
    _ours("poll_interval", Kind.SECONDS, "Seconds between two looks at NIM. Defaults to vios:poll_interval."),
    _ours(
        "stall_timeout",
        Kind.SECONDS,
        "Seconds without any change before the wait fails. Defaults to vios:stall_timeout.",
    ),
    _ours("allow_unknown_frame", Kind.YES_NO, "Migrate a single VIOS whose frame NIM does not show.", False),
)
BY_NAME = {option.name: option for option in OPTIONS}

# IBM's other names, taken too.
ALSO = {option.also: option.name for option in OPTIONS if option.also}
_OF_ATTRIBUTE = {option.attribute: option.name for option in reversed(OPTIONS) if option.attribute}


def checked(given: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Every option with its value: the given one, else that of ``defaults``, else the table's. None is not given.

    :raises Refused: for an unknown name, naming the closest, and for a value that cannot be.
    """
    defaults = defaults or {}
    if not isinstance(defaults, Mapping):
        raise Refused(f"vios:defaults is {defaults!r}, expected a map of options")
    given, defaults = _by_our_names(given, "option"), _by_our_names(defaults, "option in vios:defaults")
    values = {}
    for option in OPTIONS:
        own, configured = given.get(option.name), defaults.get(option.name)
        if own is not None:
            values[option.name] = value(option, own)
        elif configured is not None:
            values[option.name] = _configured(option, configured)
        else:
            values[option.name] = option.default
    if values["method"] == AUTO:
        return values
    for option in OPTIONS:
        if values["method"] not in option.methods and given.get(option.name) not in (None, option.default):
            raise Refused(
                f"{option.name} is an option of method={option.methods[0]}, and method is {values['method']!r}; "
                f"{_advice(option, given)}"
            )
    return by_method(values, values["method"])


def _advice(option: Option, given: Mapping[str, Any]) -> str:
    """What to type instead of an option of the other method."""
    if option.name in ("clone", "clone_to"):
        disk = literal(given.get("clone_to") or "hdisk1")
        return (
            "viosupgrade refuses to run where the altinst_rootvg of a clone stands, and has its own way back: with "
            f"type=bosinst say clone_disk={disk} instead, with type=altdisk the former rootvg stays as it is"
        )
    return "leave one of them out" if given.get("method") else f"say method={option.methods[0]}, or leave it out"


# What steers a call, and means nothing to what is looked for before a start.
_OF_THE_CALL = (
    *("time_limit", "time_margin", "vios_status", "nim_node", "max_parallel", "tuple_order", "max_failures"),
    *("frame", "level_below", "unpaired", "wait", "poll_interval", "stall_timeout", "paths_timeout"),
)


def typed(values: Mapping[str, Any]) -> str:
    """Options as an administrator types them for ``vios.check``, without those that have their default."""
    return " ".join(
        f"{name}={shlex.quote(literal(values[name]))}"
        for name, option in BY_NAME.items()
        if name not in _OF_THE_CALL and values.get(name) is not None and values[name] != option.default
    )


def by_method(values: Mapping[str, Any], method: str) -> dict[str, Any]:
    """The options with what belongs to the other method as if nobody had named it."""
    own = {option.name for option in OPTIONS if method in option.methods}
    left_out = {option.name: option.default for option in OPTIONS if option.name not in own}
    return {**values, **left_out, "method": method}


def _by_our_names(given: Mapping[str, Any], what: str) -> dict[str, Any]:
    """:raises Refused: for a name that is none, and for an option under both of its names."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        ours = ALSO.get(name, name)
        if ours not in BY_NAME:
            raise Refused(f"unknown {what} {name!r}{_hint(str(name))}")
        if ours in found and found[ours] is not None and value is not None:
            raise Refused(f"{what} {ours!r} is given twice: {name!r} is IBM's name for it")
        found[ours] = value if found.get(ours) is None else found[ours]
    return found


def _hint(name: str) -> str:
    if name == "action":
        return "; what IBM's module takes as action is a function here: vios.migrate"
    if name == "preview":
        return "; what IBM's module takes as preview is vios.check with validate=True here"
    close = _OF_ATTRIBUTE.get(name) or next(iter(difflib.get_close_matches(name, BY_NAME, 1)), None)
    return f", did you mean {close!r}?" if close else f"; known are: {', '.join(BY_NAME)}"


def _configured(option: Option, given: Any) -> Any:
    try:
        return value(option, given)
    except Refused as error:
        raise Refused(f"in vios:defaults, {error}") from None


def value(option: Option, given: Any) -> Any:
    """A given value as it is used. :raises Refused: for one that cannot be."""
    return read(option.kind, option.name, given)


F = TypeVar("F", bound=Callable[..., Any])


def documented(function: F) -> F:
    """Append the names of all options to a docstring; their meanings would bury Salt's error messages."""
    known = textwrap.fill(", ".join(BY_NAME), 76, initial_indent="    ", subsequent_indent="    ")
    more = f"options\n{known}.\n    ``vios.options`` lists types, defaults and meanings."
    function.__doc__ = inspect.cleandoc(function.__doc__ or "") + f"\n\n{more}\n"
    return function


def described() -> dict[str, dict[str, Any]]:
    """Every option as a plain map, for people."""
    return {
        option.name: {
            "type": option.kind.value,
            "default": option.default,
            "attribute": option.attribute,
            "flag": option.flag,
            "also": option.also,
            "methods": list(option.methods),
            "meaning": option.meaning,
            "from": "IBM's module" if option.ibm else "this module",
        }
        for option in OPTIONS
    }
