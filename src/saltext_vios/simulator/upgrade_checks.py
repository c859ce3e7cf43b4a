"""What ``viosupgrade`` looks at before it starts, what it asks, and which disks it then takes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from saltext_vios.simulator import disks, oslevel
from saltext_vios.simulator.assumptions import assumed, message
from saltext_vios.simulator.failure import Failure
from saltext_vios.simulator.store import Store

if TYPE_CHECKING:
    from saltext_vios.simulator.viosupgrade import Request

RESOURCES = {"-m": "ios_mksysb", "-p": "spot", "-b": "ios_backup"}
OF_E = ("resolv_conf", "script", "fb_script", "file_res", "image_data", "log")


def validate(store: Store, request: Request) -> int:
    """``-v``: only looks."""
    with store.transaction():
        fails = store.consume("validation_fails", request.vios)
        silent = store.consume("validation_silent", request.vios)
    if silent is not None:
        return 0
    if fails is not None:
        raise Failure(str(fails.get("text", message("validation_failed", name=request.vios))), 1)
    accepted(store, request)
    sys.stdout.write(message("validated", name=request.vios) + "\n")
    return 0


def accepted(store: Store, request: Request) -> list[str]:
    """The resources to be allocated, when nothing speaks against the upgrade."""
    for text in _complaints(store, request):
        raise Failure(text, 1)
    given = request.given
    return [given[flag] for flag in RESOURCES if flag in given] + given.get("-e", "").replace(":", " ").split()


def asked(store: Store, request: Request) -> None:
    """The questions; without an answer the tool gives up."""
    if "." not in request.given["-n"] and store.fault("asks_name", request.vios) is not None:
        _question(message("asks_name", host=request.given["-n"]))
    if store.fault("asks_mpio", request.vios) is not None and "-noprompt" not in request.given:
        _question(message("asks_mpio"))


def _question(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
    try:
        answer = sys.stdin.readline() if sys.stdin is not None else ""
    except (OSError, ValueError):
        answer = ""  # nobody is there
    if answer.strip().lower() not in ("y", "1"):
        sys.stdout.write("\n")
        raise Failure(message("no_answer"), 1)


def where(store: Store, request: Request) -> tuple[list[str], bool]:
    """The disks that are installed on, and whether they are the ones it was given (APAR IJ15716: bosinst may err)."""
    wanted = request.target or disks.of_group(store, request.vios, disks.ROOT)
    old = oslevel.technology_level(oslevel.of_master(store)) < tuple(assumed("master", "right_disk_from"))
    if request.kind == "bosinst" and old:
        others = [one.name for one in disks.of(store, request.vios) if one.mapped]
        return others[:1] or wanted, not others
    return wanted, True


def _complaints(store: Store, request: Request) -> Iterator[str]:
    yield from _of_the_command_line(request)
    yield from _of_resources(store, request)
    yield from _of_the_vios(store, request)
    yield from _of_disks(store, request)


def _of_the_command_line(request: Request) -> Iterator[str]:
    given = request.given
    for option in ("-m", "-p") if request.kind == "bosinst" else ("-m", "-a"):
        if not given.get(option):
            yield message("missing_option", option=option)
    if request.kind == "bosinst" and sum(option in given for option in ("-a", "-r", "-s")) != 1:
        yield message("one_of_three")
    if request.kind == "altdisk" and {"-p", "-r", "-s"} & set(given):
        yield message("bad_option", option=min({"-p", "-r", "-s"} & set(given)))


def _of_resources(store: Store, request: Request) -> Iterator[str]:
    for flag, kind in RESOURCES.items():
        if request.given.get(flag):
            yield from _of_resource(store, request.given[flag], (kind,))
    for name in request.given.get("-e", "").replace(":", " ").split():
        yield from _of_resource(store, name, OF_E)


def _of_resource(store: Store, name: str, kinds: tuple[str, ...]) -> Iterator[str]:
    found: dict[str, Any] | None = store.get(name)
    if found is None:
        yield message("missing_object", command="viosupgrade", name=name)
    elif found.get("type") not in kinds:
        yield message("upgrade_wrong_type", name=name, type=found.get("type"))
    elif found.get("Rstate") != assumed("rstate", "ready"):
        yield message("upgrade_not_ready", name=name, state=found.get("Rstate"))


def _of_the_vios(store: Store, request: Request) -> Iterator[str]:
    vios, given = request.vios, request.given
    cstate = (store.get(vios) or {}).get("Cstate")
    if cstate != assumed("cstate", "ready") or store.rows(
        "SELECT 1 FROM operation WHERE vios = ? AND ended IS NULL", vios
    ):
        yield message("upgrade_not_ready", name=vios, state=cstate)
    row = store.rows("SELECT * FROM vios WHERE name = ?", vios)[0]
    if (not row["up"] or row["answers_from"] > store.now()) and not ("-b" in given and request.kind == "bosinst"):
        yield message("refused")
    if request.kind == "bosinst" and _level(row["level"]) < _level(assumed("master", "source_level_from")):
        yield message("source_level", name=vios, level=row["level"])
    image = str((store.get(given.get("-m", "")) or {}).get("ioslevel", ""))
    if image and _level(image) < _level(assumed("master", "image_level_from")):
        yield message("image_level", name=given["-m"], level=image)
    in_cluster = bool(store.rows("SELECT 1 FROM cluster WHERE vios = ?", vios))
    if in_cluster != ("-c" in given):
        yield message("needs_c" if in_cluster else "no_c", name=vios)


def _of_disks(store: Store, request: Request) -> Iterator[str]:
    vios = request.vios
    for vg in (disks.ALT, disks.OLD):
        if disks.of_group(store, vios, vg):
            yield message("vg_exists", vg=vg, name=vios)
    found = []
    for name in [*request.clone, *request.target]:
        one = disks.find(store, vios, name)
        if one is None:
            yield message("no_such_disk", disk=name, name=vios)
        elif one.vg is not None or one.mapped:
            yield message("disk_in_use", disk=name, name=vios)
        else:
            found.append(one)
    if found and sum(one.size for one in found) < assumed("disk", "smallest_mb"):
        yield message("disk_too_small", disks=" ".join(one.name for one in found))


def _level(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(".") if word.isdigit())
