"""The command lines of NIM, as argv lists. No shell ever sees one of these.

``migvios`` is undocumented; its attributes and their order are those of IBM's ``_nim_upgradeios`` (code).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from saltext_vios.errors import Refused
from saltext_vios.nim.names import check_name

ALTDISK, BOSINST = "altdisk", "bosinst"
UPGRADE_STATE = "viosupgrade -q"  # and how the question is called for people
ROOT = "rootvg"

# The remote side is constant text, too: c_rsh hides the exit status, so the VIOS prints it.
# Whom it serves; what each prints is read in saltext_vios.nim.mappings.
SCSI_MAPPINGS = "( LC_ALL=C /usr/ios/cli/ioscli lsmap -all -fmt : ); echo rc=$?"
FC_MAPPINGS = "( LC_ALL=C /usr/ios/cli/ioscli lsmap -all -npiv -fmt : ); echo rc=$?"
VNIC_MAPPINGS = "( LC_ALL=C /usr/ios/cli/ioscli lsmap -all -vnic -fmt : ); echo rc=$?"
NETWORK_MAPPINGS = "( LC_ALL=C /usr/ios/cli/ioscli lsmap -all -net -fmt : ); echo rc=$?"
# The interfaces of the VIOS itself, with their addresses (doc).
INTERFACES = "( LC_ALL=C /usr/ios/cli/ioscli lstcpip -interfaces ); echo rc=$?"
_ADAPTERS = "lsdev -type adapter -state available -field name physloc -fmt :"
ADAPTERS = f"( LC_ALL=C /usr/ios/cli/ioscli {_ADAPTERS} ); echo rc=$?"
DISK_IDENTIFIERS = "( LC_ALL=C /usr/ios/cli/ioscli chkdev -fmt : -field name identifier ); echo rc=$?"

# Option -> attribute of migvios, in the order of the reference (code).
ATTRIBUTES = {
    "mksysb_name": "ios_mksysb",
    "backup_name": "ios_backup",
    "group": "group",
    "spot_name": "spot",
    "lpp_source": "lpp_source",
    "bosinst_data": "bosinst_data",
    "resolv_conf": "resolv_conf",
    "image_data": "image_data",
    "log": "log",
    "file_resource": "file_res",
    "disk": "disk",
    "cluster": "cluster",
    "current_database": "current_db",
    "command_flags": "cmd_flags",
    "viosbr_flags": "viosbr_flags",
    "mk_image": "mk_image",
    "boot_client": "boot_client",
    "set_boot_list": "set_bootlist",
    "concurrent": "concurrent",
    "manage_cluster": "skipcluster",
    "debug": "debug",
}
# Flag of viosupgrade -> the options that become it, in the order of IBM's ``nim_viosupgrade`` (code): -a is the disk
# that gets the image with type=altdisk, and the one that gets the clone with type=bosinst.
FLAGS = {
    "-t": ("type",),
    "-n": (),
    "-m": ("mksysb_name",),
    "-p": ("spot_name",),
    "-a": ("disk", "clone_disk"),
    "-s": ("overwrite",),
    "-r": ("disk",),
    "-b": ("backup_name",),
    "-e": ("resources",),
    "-c": ("manage_cluster",),
    "-g": ("copy_files",),
    "-k": ("pre_restore_script",),
    "-P": ("post_install_script",),
    "-v": ("validate",),
}
# The end of a resource's name where no other is given (code).
POSTFIXES = {"mksysb": "_sysb", "backup": "_iosb", "spot": "_spot"}
# Options that name resources as they are.
_RESOURCES = ("lpp_source", "bosinst_data", "resolv_conf", "image_data", "log", "file_resource")


def migvios(vios: str, options: Mapping[str, Any]) -> list[str]:
    """The command that migrates one VIOS.

    :param options: checked options, every one of them present.
    :raises Refused: when a name built from prefix, VIOS and postfix cannot be one of NIM's.
    """
    made: dict[str, str | None] = {
        "mksysb_name": _named(vios, options, "mksysb"),
        "backup_name": _named(vios, options, "backup"),
        "spot_name": _spot(vios, options),
        # `concurrent=no` makes NIM complain of time_limit (a comment in IBM's code): sent only when wanted.
        "concurrent": "yes" if options["concurrent"] else None,
        "manage_cluster": _yes_no(not options["manage_cluster"]),
        **{name: _yes_no(options[name]) for name in ("mk_image", "boot_client", "set_boot_list", "debug")},
    }
    argv = ["nim", "-Fo" if options["nim_force"] else "-o", "migvios"]
    for name, attribute in ATTRIBUTES.items():
        value = made[name] if name in made else options[name]
        if value:
            argv += ["-a", f"{attribute}={value}"]
    return [*argv, vios]


def resource_names(vios: str, options: Mapping[str, Any]) -> dict[str, str]:
    """NIM attribute -> name, of every resource that the command line of a VIOS names.

    :raises Refused: when a name built from prefix, VIOS and postfix cannot be one of NIM's.
    """
    found: dict[str, str | None] = {
        "ios_mksysb": _named(vios, options, "mksysb"),
        "ios_backup": _named(vios, options, "backup"),
        "spot": _spot(vios, options),
        "group": options["group"],
        **{ATTRIBUTES[name]: options[name] for name in _RESOURCES},
    }
    return {attribute: check_name(name, attribute) for attribute, name in found.items() if name}


def viosupgrade(
    vios: str, options: Mapping[str, Any], host: str, in_cluster: bool, validate: bool = False
) -> list[str]:
    """The command that upgrades one VIOS.

    Never ``-f``, which starts several at once (doc), nor ``-F skipclusterstate``.

    :param host: the full host name; a short one may fit several NIM objects, and then it asks which (code).
    :param in_cluster: ``-c`` is mandatory for a node of an SSP cluster (doc).
    :param validate: ``-v``, which only looks (doc).
    """
    altdisk = options["type"] == ALTDISK
    image = upgrade_disks(options)
    clone = None if altdisk else _colons(options["clone_disk"])
    made: dict[str, str | bool | None] = {
        "-n": host,
        "-m": _named(vios, options, "mksysb"),
        "-p": None if altdisk else _spot(vios, options),
        "-a": image if altdisk else clone,
        "-r": None if altdisk else image,
        "-b": _backup(vios, options),
        "-e": ":".join(options["resources"] or ()),
        "-c": in_cluster,
        "-v": validate,
    }
    argv = ["viosupgrade"]
    for flag, names in FLAGS.items():
        value = made[flag] if flag in made else options[names[0]]
        if value:
            argv += [flag] if value is True else [flag, value]
    return argv


def upgrade_disks(options: Mapping[str, Any]) -> str:
    """The disks that get the new image, with colons; for altdisk IBM's module has them as rootvg_clone_disk."""
    clone = options["clone_disk"] if options["type"] == ALTDISK else None
    return _colons(options["disk"] or clone)


def named_disks(options: Mapping[str, Any]) -> list[str]:
    """Every disk that is to be written."""
    return disk_names(f"{options['disk'] or ''} {options['clone_disk'] or ''}")


def upgrade_resources(vios: str, options: Mapping[str, Any]) -> dict[str, str]:
    """NIM attribute -> name, of the resources of one ``viosupgrade`` whose type its flag says."""
    found = {
        "ios_mksysb": _named(vios, options, "mksysb"),
        "spot": None if options["type"] == ALTDISK else _spot(vios, options),
        "ios_backup": _backup(vios, options),
    }
    return {attribute: check_name(name, attribute) for attribute, name in found.items() if name}


def _backup(vios: str, options: Mapping[str, Any]) -> str | None:
    """Without one viosupgrade makes its own (doc)."""
    if not (options["backup_name"] or options["backup_prefix"] or options["backup_postfix"]):
        return None
    return _named(vios, options, "backup")


def _colons(disks: str | None) -> str:
    return ":".join(disk_names(disks))


def disk_names(disks: str | None) -> list[str]:
    """The disks that an option names."""
    return re.findall(r"hdisk[0-9]+", disks or "")


def clone(vios: str, disks: str) -> list[str]:
    """A copy of the running rootvg on other disks (doc; for a VIOS: code).

    The boot list is set unless an option says no (seen).
    """
    named = disk_names(disks)
    settings = [f"source={ROOT}", f"disk={' '.join(named)}", "set_bootlist=no", "boot_client=no"]
    return ["nim", "-o", "alt_disk_install", *(word for one in settings for word in ("-a", one)), vios]


def set_boot_list(disks: Sequence[str]) -> str:
    """From which disks the VIOS boots next (doc)."""
    return f"( LC_ALL=C bootlist -m normal {' '.join(map(_disk, disks))} ); echo rc=$?"


def remove_systems(groups: Mapping[str, Sequence[str]]) -> str:
    """Forget alternate root volume groups, and clear the boot records of their disks (code)."""
    steps = [
        step
        for vg, disks in groups.items()
        for step in (f"alt_rootvg_op -X {vg}", *(f"chpv -C {_disk(disk)}" for disk in disks))
    ]
    return f"( {' && '.join(f'LC_ALL=C {step}' for step in steps)} ); echo rc=$?"


def _disk(name: str) -> str:
    """:raises Refused: for what is no disk's name, since it comes from a VIOS and goes to a shell there."""
    if not re.fullmatch(r"hdisk[0-9]{1,5}", name):
        raise Refused(f"{name!r} is no name of a disk, expected one such as hdisk1")
    return name


def master_level() -> list[str]:
    return ["oslevel", "-s"]


def copy_and_paste(argv: Sequence[str]) -> str:
    return shlex.join(argv)


def list_vioses() -> list[str]:
    return ["lsnim", "-t", "vios", "-l"]


def list_everything() -> list[str]:
    return ["lsnim", "-l"]


def show(name: str) -> list[str]:
    return ["lsnim", "-l", name]


def resources_of(vios: str) -> list[str]:
    return ["lsnim", "-c", "resources", vios]


def operations_of(name: str) -> list[str]:
    return ["lsnim", "-O", name]


def attributes_of(operation: str, name: str) -> list[str]:
    """Which attributes an operation takes (doc: ``lsnim -q``)."""
    return ["lsnim", "-q", operation, name]


def upgrade_usage() -> list[str]:
    """Which dialect ``viosupgrade`` of this NIM master has; the text is not published."""
    return ["viosupgrade", "-h"]


def upgrade_state(host: str) -> list[str]:
    """What ``viosupgrade`` says of a run (doc: ``-q -n``); it starts nothing."""
    return [*UPGRADE_STATE.split(), "-n", host]


def master_fileset() -> list[str]:
    """The level of NIM itself (doc: ``lslpp -L``, with ``-q`` no header, with ``-c`` colons between the fields)."""
    return ["lslpp", "-Lqc", "bos.sysmgt.nim.master"]


def reset(vios: str) -> list[str]:
    return ["nim", "-Fo", "reset", vios]


def reboot(vios: str) -> list[str]:
    """Forced, and by an ``at`` job: it takes effect minutes later (seen)."""
    return ["nim", "-o", "reboot", vios]


def deallocate(vios: str) -> list[str]:
    """A reset does not release resources (documented), so this goes with it."""
    return ["nim", "-Fo", "deallocate", "-a", "subclass=all", vios]


def showlog(vios: str) -> list[str]:
    return ["nim", "-o", "showlog", "-a", "full_log=yes", "-a", "log_type=script", vios]


def adapter_statistics(adapter: str) -> str:
    """The state of a Shared Ethernet Adapter stands among them.

    :raises Refused: for what is no adapter's name, since it comes from a VIOS and goes to a shell there.
    """
    if not re.fullmatch(r"ent[0-9]{1,4}", adapter):
        raise Refused(f"{adapter!r} is no name of an Ethernet adapter, expected one such as ent5")
    return f"( LC_ALL=C entstat -d {adapter} ); echo rc=$?"


def reserve_policies(disks: Sequence[str]) -> str:
    """The reserve policy of each disk, under a line with its name.

    :raises Refused: for what is no disk's name, since it comes from a VIOS and goes to a shell there.
    """
    return _of_each(disks, "reserve_policy")


def algorithms(disks: Sequence[str]) -> str:
    """By which algorithm the paths of each disk are used. :raises Refused: as for the policies."""
    return _of_each(disks, "algorithm")


def _of_each(disks: Sequence[str], attribute: str) -> str:
    """An attribute of each disk; a disk at a time could be hundreds of connections."""
    wrong = next((disk for disk in disks if not re.fullmatch(r"hdisk[0-9]{1,6}", disk)), None)
    if wrong is not None:
        raise Refused(f"{wrong!r} is no name of a disk, expected one such as hdisk4")
    ask = "echo disk=$disk; LC_ALL=C /usr/ios/cli/ioscli lsdev -dev $disk -attr "
    return f"( for disk in {' '.join(disks)}; do {ask}{attribute}; done ); echo rc=$?"


def remote(host: str, command: str) -> list[str]:
    return ["c_rsh", host, command]


def _named(vios: str, options: Mapping[str, Any], kind: str) -> str:
    if options[f"{kind}_name"]:
        return str(options[f"{kind}_name"])
    end = options[f"{kind}_postfix"]
    name = f"{options[f'{kind}_prefix'] or ''}{vios}{POSTFIXES[kind] if end is None else end}"
    return check_name(name, f"the {kind} name of {vios}, made of {kind}_prefix, its name and {kind}_postfix,")


def _spot(vios: str, options: Mapping[str, Any]) -> str | None:
    if not (options["spot_name"] or options["spot_prefix"] or options["spot_postfix"]):
        return None
    return _named(vios, options, "spot")


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
