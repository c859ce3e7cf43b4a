"""Make a simulated NIM master, disturb it, and audit what was done to it."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from saltext_vios.simulator import audit, capture, compare, faults, listing, scenario
from saltext_vios.simulator.api import Simulator


def main() -> None:
    sys.exit(_run(_parser().parse_args()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m saltext_vios.simulator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, words: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=words)
        one.add_argument("dir", help="the directory of the simulated NIM master")
        return one

    init = add("init", "make a simulated NIM master; its commands are in DIR/bin")
    init.add_argument("--scenario", help="a YAML file; three frames of two VIOSes unless given")
    init.add_argument("--speed", type=float, default=1, help="simulated seconds per second")
    load = add("load", "take a real NIM master: what vios.capture wrote, or the listing of `lsnim -l`")
    load.add_argument("file")
    load.add_argument("--ioslevel", help="the level of every VIOS for which the file has none")
    fault = add("fault", "set a fault, or end faults")
    fault.add_argument("name", nargs="?")
    fault.add_argument("words", nargs="*", help="the object it is about, and its words as key=value")
    fault.add_argument("--clear", action="store_true")
    add("boot", "boot a VIOS from the network by hand").add_argument("vios")
    speed = add("speed", "change the speed")
    speed.add_argument("factor", type=float)
    advance = add("advance", "jump forward")
    advance.add_argument("seconds", type=float)
    checked = add("audit", "find every breach of the promises; exit 1 if there is one")
    checked.add_argument("--time-limit", help="ISO 8601, or seconds since the epoch")
    checked.add_argument("--paths", action="store_true", help="no client may lose its last path")
    checked.add_argument("--overlap", action="store_true", help="alternate disks of a frame may be installed at once")
    checked.add_argument("--json", action="store_true")
    add("log", "print every call of a command")
    add("show", "print what every VIOS is doing")
    commands.add_parser("faults", help="list the faults")
    compared = commands.add_parser("compare", help="find where a capture differs from assumptions.json; exit 1 if so")
    compared.add_argument("file", metavar="CAPTURE")
    compared.add_argument("--all", action="store_true", help="what agrees, and what the capture does not show, too")
    compared.add_argument("--json", action="store_true", help="the entries of assumptions.json as they were seen")
    return parser


def _run(given: argparse.Namespace) -> int:
    if given.command == "faults":
        for name, meaning in sorted(faults.meanings().items()):
            print(_entry(name, meaning))
        return 0
    if given.command == "compare":
        return _compare(given)
    if given.command == "init":
        wanted = scenario.read(given.scenario) if given.scenario else None
        made = Simulator.create(given.dir, wanted, given.speed)
        print(f"a simulated NIM master is in {given.dir}; its commands are in {made.bin}")
        return 0
    simulator = Simulator(given.dir)
    return {
        "load": _load,
        "fault": _fault,
        "boot": lambda one, words: one.boot(words.vios),
        "speed": lambda one, words: one.speed(words.factor),
        "advance": lambda one, words: one.advance(words.seconds),
        "audit": _audit,
        "log": _log,
        "show": _show,
    }[given.command](simulator, given) or 0


def _entry(name: str, meaning: str) -> str:
    """One of a list, as wide as the terminal."""
    indent = " " * 23
    return textwrap.fill(f"{name:22} {meaning}", shutil.get_terminal_size().columns, subsequent_indent=indent)


def _load(simulator: Simulator, given: argparse.Namespace) -> None:
    text = _text(given.file)
    captured = capture.read(text)
    told: list[str] = []
    if captured is None:
        count = listing.load(simulator.store, text, given.ioslevel or scenario.OLD)
    else:
        with _whole(given.file):
            count, told = capture.load(simulator.store, captured, given.ioslevel)
    print(f"{count} object{' is' if count == 1 else 's are'} in {given.dir} now")
    for line in told:
        print(line)


def _compare(given: argparse.Namespace) -> int:
    captured = capture.read(_text(given.file))
    if captured is None:
        raise SystemExit(f"{given.file} is no capture; expected what vios.capture wrote")
    with _whole(given.file):
        lines = compare.compare(captured)
    if given.json:
        print(json.dumps(compare.changes(lines), indent=2))
    else:
        for line in lines:
            if given.all or line.verdict in (compare.DIFFERS, compare.NEW):
                print(line)
        print(compare.summary(lines))
    return 1 if any(line.verdict in (compare.DIFFERS, compare.NEW) for line in lines) else 0


@contextlib.contextmanager
def _whole(path: str) -> Iterator[None]:
    """A capture is for people to read, and some take things out."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise SystemExit(f"{path} lacks what every capture has ({error!r}); take out whole parts only") from None


def _text(path: str) -> str:
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError as error:
        raise SystemExit(f"{path} cannot be read: {error.strerror}") from None


def _fault(simulator: Simulator, given: argparse.Namespace) -> None:
    targets = [word for word in given.words if "=" not in word]
    words = {key: _value(value) for key, _, value in (word.partition("=") for word in given.words if "=" in word)}
    target = targets[0] if targets else None
    if given.clear:
        simulator.clear(given.name, target)
    elif given.name is None:
        raise SystemExit("name a fault; see: python3 -m saltext_vios.simulator faults")
    else:
        simulator.fault(given.name, target, **words)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _audit(simulator: Simulator, given: argparse.Namespace) -> int:
    limit = None
    if given.time_limit is not None:
        try:
            limit = float(given.time_limit)
        except ValueError:
            limit = datetime.fromisoformat(given.time_limit).astimezone().timestamp()
    found = audit.audit(simulator.store, limit, given.overlap, given.paths)
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        for violation in found["violations"]:
            print(violation)
        started = ", ".join(one["vios"] for one in found["starts"] if one["accepted"]) or "none"
        print(f"started: {started}")
        count = len(found["violations"])
        print(f"{count} violation{'' if count == 1 else 's'}")
    return 1 if found["violations"] else 0


def _log(simulator: Simulator, given: argparse.Namespace) -> None:
    for row in simulator.store.rows("SELECT * FROM call ORDER BY id"):
        at = datetime.fromtimestamp(row["real"]).isoformat(" ", "milliseconds")
        print(f"{at} {row['at']:10.1f} s  rc={row['rc']}  {row['command']} {' '.join(json.loads(row['argv']))}")


def _show(simulator: Simulator, given: argparse.Namespace) -> None:
    print(f"simulated time: {simulator.now():.0f} s")
    for row in simulator.store.rows("SELECT name FROM vios ORDER BY rowid"):
        attributes = simulator.get(row["name"])
        level = simulator.level(row["name"])
        groups = ", ".join(f"{vg} on {disk}" for disk, vg in simulator.disks(row["name"]).items())
        print(f"{row['name']:12} {level:10} {attributes.get('Cstate')} {attributes.get('info', '')}")
        print(f"{'':23} {groups}")
    for row in simulator.store.rows("SELECT * FROM fault"):
        print(f"fault: {row['name']} {row['target'] or ''} {row['words']}")


if __name__ == "__main__":
    main()
