"""``viosupgrade`` on the NIM master, in both dialects: with ``-b`` on AIX 7.2, without it and with more on AIX 7.3.

The options are documented. What it prints, its exit status and when it returns are not: those are switches.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from saltext_vios.simulator import c_rsh, operations, oslevel, upgrade_checks, upgrade_status
from saltext_vios.simulator.assumptions import assumed, message
from saltext_vios.simulator.failure import Failure
from saltext_vios.simulator.store import Store

WITH_VALUE = {
    "-t", "-n", "-m", "-p", "-a", "-r", "-b", "-e", "-F", "-f", "-I", "-w", "-x", "-y", "-g", "-P", "-k", "-X",
    "-noprompt",
}  # fmt: skip
WITHOUT = {"-s", "-c", "-v", "-q", "-S", "-u", "-bg", "-h"}
ONLY_7_2 = {"-b"}
# With altdisk only, too.
ONLY_7_3 = {"-g", "-P", "-k", "-X", "-u", "-bg", "-noprompt"}
KINDS = ("bosinst", "altdisk")


class Request(NamedTuple):
    """One call, for one VIOS."""

    kind: str
    vios: str
    given: Mapping[str, str]

    @property
    def clone(self) -> list[str]:
        return names(self.given.get("-a", "")) if self.kind == "bosinst" else []

    @property
    def target(self) -> list[str]:
        """The disks that it has to install on; none when it is to take those of rootvg."""
        return names(self.given.get("-r" if self.kind == "bosinst" else "-a", ""))


def names(text: str) -> list[str]:
    return text.replace(":", " ").replace(",", " ").split()


def run(store: Store, argv: list[str], note: dict[str, object]) -> int:
    if not _is_there(store):
        raise Failure(message("no_tool"), 127)
    given = _read(store, argv)
    if "-h" in given:
        sys.stdout.write(usage(store) + "\n")
        return 0
    if "-q" in given:
        return upgrade_status.run(store, [_vios(store, host) for host in _hosts(given)], note)
    if "-I" in given:
        raise _refused("not_simulated", option="-I")
    if "-f" in given:
        return _file(store, given)
    return start(store, given, note)


def start(store: Store, given: dict[str, str], note: dict[str, object]) -> int:
    """Check, and start unless only the check was asked for (``-v``)."""
    if "-n" not in given or given.get("-t") not in KINDS:
        raise Failure(usage(store), 1)
    if _dialect(store) == "7.3" and given["-t"] == "bosinst" and ONLY_7_3 & set(given):
        raise Failure(message("bad_option", option=min(ONLY_7_3 & set(given))) + "\n" + usage(store), 1)
    request = Request(given["-t"], _vios(store, given["-n"]), given)
    note.update(operation="viosupgrade", name=request.vios, type=request.kind)
    if "-v" in given:
        note["operation"] = "viosupgrade -v"
        return upgrade_checks.validate(store, request)
    sys.stdout.write(message("upgrade_welcome") + "\n")
    with store.transaction():
        refuses = store.consume("nim_refuses", request.vios)
        does_nothing = store.consume("nim_does_nothing", request.vios)
        fails = store.consume("nim_fails_but_begins", request.vios)
        perl = store.consume("perl_error", request.vios)
        warns = store.consume("perl_warning", request.vios)
    hangs = store.fault("nim_hangs", request.vios)
    if hangs is not None and not hangs.get("begins"):
        _hang(store, request.vios, hangs)
    upgrade_checks.asked(store, request)
    resources = upgrade_checks.accepted(store, request)
    if refuses is not None:
        raise _refused("upgrade_refused", name=request.vios)
    if perl is not None:
        note["accepted"] = False
        raise Failure(message("perl_error"), int(perl.get("rc", 1)))
    if warns is not None:
        sys.stderr.write(message("perl_warning") + "\n")
    if does_nothing is not None:
        note["accepted"] = False
        return 0
    _begin(store, request, resources, note)
    if hangs is not None and hangs.get("begins"):
        _hang(store, request.vios, hangs)
    _returns(store, request.vios)
    if fails is not None:
        raise _refused("upgrade_refused", name=request.vios)
    return 0


def _begin(store: Store, request: Request, resources: Sequence[str], note: dict[str, object]) -> None:
    target, named = upgrade_checks.where(store, request)
    words: dict[str, Any] = {"target": target, "named": named, "clone": request.clone}
    with store.transaction():
        lag = store.fault("cstate_lags", request.vios)
        note["began"] = operations.begin(
            store,
            request.vios,
            resources,
            request.given["-m"],
            lag=float((lag or {}).get("seconds", 0)),
            kind=request.kind,
            words=words,
        )
        # With the operation itself: the command may be killed before it returns.
        note["accepted"] = True
        store.logged(int(str(note["call"])), None, **note)


def still_runs(store: Store, vios: str) -> bool:
    """Whether the command that began the last upgrade of a VIOS has not returned yet."""
    rows = store.rows("SELECT * FROM operation WHERE vios = ? ORDER BY id DESC LIMIT 1", vios)
    if not rows or rows[0]["kind"] not in KINDS:
        return False
    when = assumed("behaviour", "viosupgrade_returns")
    for fault in ("returns_after_backup", "returns_at_end"):
        if store.fault(fault, vios) is not None:
            when = fault
    if when == "returns_after_backup":
        return bool(store.now() < rows[0]["started"] + operations.phases(store, vios)["backup"])
    return when == "returns_at_end" and rows[0]["ended"] is None


def _returns(store: Store, vios: str) -> None:
    """At once, after the backup of the configuration, or when all is over."""
    from saltext_vios.simulator.commands import hang

    def waits() -> bool:
        with store.transaction():
            operations.settle(store)
        return still_runs(store, vios)

    if waits():
        hang(store, None, waits)


def _hang(store: Store, vios: str, words: Mapping[str, Any]) -> None:
    from saltext_vios.simulator.commands import hang

    hang(store, words.get("seconds"), lambda: store.fault("nim_hangs", vios) is not None)


def _file(store: Store, given: dict[str, str]) -> int:
    """``-f``: every node of the file at once, which is why nobody should; each is logged as a call of its own."""
    with open(given["-f"]) as file:
        lines = [line.split(",") for line in file.read().splitlines() if line.strip() and not line.startswith("#")]
    most = assumed("master", "most_nodes")
    if not 0 < len(lines) <= most:
        raise _refused("too_many_nodes", count=len(lines), most=most)
    worst = 0
    for host, image, *rest in lines:
        words = {"-t": given.get("-t", ""), "-n": host.strip(), "-m": image.strip()}
        words.update(zip(("-p", "-a", "-r"), (word.strip() for word in rest)))
        words = {key: value for key, value in words.items() if value}
        argv = [word for pair in words.items() for word in pair]
        with store.transaction():
            note: dict[str, object] = {"call": store.log("viosupgrade", argv)}
        rc = 0
        try:
            start(store, {**words, **{flag: "" for flag in ("-v", "-c", "-s") if flag in given}}, note)
        except Failure as failure:
            sys.stderr.write(failure.text + "\n")
            rc = failure.rc
        worst = max(worst, rc)
        with store.transaction():
            store.logged(int(str(note["call"])), rc, **note)
    return worst


def _hosts(given: Mapping[str, str]) -> list[str]:
    if "-n" in given:
        return [given["-n"]]
    if "-f" not in given:
        raise _refused("missing_option", option="-n")
    with open(given["-f"]) as file:
        return [line.split(",")[0].strip() for line in file if line.strip() and not line.startswith("#")]


def _read(store: Store, argv: Sequence[str]) -> dict[str, str]:
    """The options of a call; what this dialect does not know is refused."""
    unknown = ONLY_7_3 if _dialect(store) == "7.2" else ONLY_7_2
    found: dict[str, str] = {}
    words = iter(argv)
    for word in words:
        if word in unknown or word not in WITH_VALUE | WITHOUT:
            raise Failure(message("bad_option", option=word) + "\n" + usage(store), 1)
        found[word] = next(words, "") if word in WITH_VALUE else ""
    return found


def usage(store: Store) -> str:
    return str(assumed("message", "usage_7_2" if _dialect(store) == "7.2" else "usage_7_3"))


def _dialect(store: Store) -> str:
    level = oslevel.technology_level(oslevel.of_master(store))
    return "7.3" if level >= tuple(assumed("master", "dialect_7_3_from")) else "7.2"


def _is_there(store: Store) -> bool:
    old = oslevel.technology_level(oslevel.of_master(store)) < tuple(assumed("master", "viosupgrade_from"))
    return not old and store.fault("no_viosupgrade") is None


def _vios(store: Store, host: str) -> str:
    """The target by its host name, or by its NIM name."""
    found = c_rsh.find(store, host)
    if found is None and assumed("behaviour", "viosupgrade_takes_nim_name"):
        found = host if (store.get(host) or {}).get("type") == "vios" else None
    if found is None:
        raise _refused("no_such_node", host=host)
    return found


def _refused(which: str, **words: object) -> Failure:
    return Failure(message(which, **words), 1)
