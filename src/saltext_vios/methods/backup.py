"""A backup of a VIOS as a resource of NIM, while the VIOS serves: ``nim -o define`` with ``mk_image=yes``.

Known from IBM's ``nim_backup`` (code), which believes the exit status. Nothing is believed here: a backup is made when
NIM has its object, of this VIOS and ready, when its file has something in it and is from after the start, and when
viosbr reads it. An image (``ios_mksysb``) cannot be read without installing it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from saltext_vios.asked import Options
from saltext_vios.errors import Refused
from saltext_vios.migration import timelimit
from saltext_vios.migration.backups import Known, proven, stale
from saltext_vios.migration.checks import SERVING_CHECKS, CheckContext, Finding, VIOSFacts, error, ok, warning
from saltext_vios.migration.durations import span
from saltext_vios.migration.facts import Evidence, Ground, Look, Outcome, Progress, Proof, Query, Told, Whom
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.method import Method, Task
from saltext_vios.nim import backups
from saltext_vios.nim.backups import CONFIGURATION, IMAGE
from saltext_vios.nim.names import check_name

NAME = "backup"
OBJECT, FILE, DIRECTORY, VIEW, SPACE = "name", "file", "directory", "view", "space"
ASKED = "asked at"
KNOWN = "backup"
ENDS = {CONFIGURATION: "iosb", IMAGE: "sysb"}
ONE_IMAGE = 1  # an image is gigabytes over the network of the NIM master
MIB = 1024 * 1024
SMALLEST = {CONFIGURATION: 16 * MIB, IMAGE: 4096 * MIB}  # guess: what must be free where nothing else is known
EARLIER = 2  # seconds by which a file system may be coarse


def refuse(tuples: Sequence[Sequence[str]], options: Options) -> None:
    names = [name for one in tuples for name in one]
    if options["backup_name"] and len(names) > 1:
        several = f"backup_name is {options['backup_name']!r} for {', '.join(names)}"
        raise Refused(f"{several}: each backup has a name of its own; leave it out")
    if options["flags"] and options["kind"] != IMAGE:
        raise Refused(f"flags are those of backupios, which makes kind={IMAGE}; leave them out")
    for name in names:
        resource(name, options)


def resource(vios: str, options: Options) -> str:
    """The name of the backup: of what, and from when it was asked for."""
    if options["backup_name"]:
        return check_name(options["backup_name"], "backup_name")
    made = f"{vios}_{ENDS[options['kind']]}_{options['stamp']}"
    return check_name(made, f"the name of a backup of {vios} (give a shorter one as backup_name=)")


def is_ours(name: str, vios: str, kind: str) -> bool:
    """Whether a name is one that this program makes up for the backups of a VIOS."""
    return re.fullmatch(rf"{re.escape(vios)}_{ENDS[kind]}_[0-9]{{12}}", name) is not None


def place(vios: str, options: Options) -> str:
    return f"{options['directory']}/{resource(vios, options)}"


def argv(vios: str, options: Options, ground: Ground) -> list[str]:
    return backups.make(options["kind"], resource(vios, options), vios, place(vios, options), options["flags"])


def queries(vios: str, options: Options) -> tuple[Query, ...]:
    name = resource(vios, options)
    asked = (
        Query(OBJECT, Whom.OBJECT, name),
        Query(FILE, Whom.FILE, place(vios, options)),
        Query(DIRECTORY, Whom.FILE, options["directory"]),
    )
    if options["kind"] == IMAGE:
        return asked
    return (*asked, Query(VIEW, Whom.MASTER, tuple(backups.view(name, vios)), after=True))


def read(look: Look, options: Options) -> Progress:
    """Whether NIM shows anything of it is not known: the command is back when it is made, and then it is proven."""
    shown = {} if look.view.cstate is None else {"Cstate": look.view.cstate}
    return Progress(idle=True, outcome=Outcome.SUCCESS, phase="backing up", seen="nim has returned", shown=shown)


def done(facts: VIOSFacts, context: CheckContext) -> str:
    """The newest one that can be built on is young enough."""
    told, known = context.options["max_age"], facts.backups
    limit = timelimit.duration(told) if told else None
    newest = proven(known.of(facts.name)) if known is not None else None
    if not limit or known is None or newest is None:
        return ""
    level = facts.level.level if facts.level else None
    if stale(newest, known.at, limit.total_seconds(), level):
        return ""
    return f"its backup {newest.name} is {span(known.at - (newest.made or 0))} old, max_age is {told}"


def keeps(facts: VIOSFacts, context: CheckContext) -> Mapping[str, str]:
    return {ASKED: repr(facts.backups.at)} if facts.backups is not None else {}


def prove(m: Migration, evidence: Evidence, options: Options) -> Proof:
    """Object, file, view, in this order; the first that speaks against it is the answer."""
    name, path, told = resource(m.vios, options), place(m.vios, options), evidence.told
    for part in (_object(m.vios, name, path, told), _file(m, path, told), _view(name, told)):
        if part is not None:
            return part
    size = told[FILE].size or 0
    text = f"backup {name} made, {size} bytes in {path}"
    if VIEW in told:
        seen = _viewed(told)
        text += f", viosbr reads it ({seen.lines} lines{'' if seen.known else ' of a form that is not known'})"
    return Proof(True, text, m.level_old, {KNOWN: name})


def _object(vios: str, name: str, path: str, told: Mapping[str, Told]) -> Proof | None:
    answer = told.get(OBJECT, Told(error="not asked"))
    if answer.error:
        return Proof(None, f"NIM does not show {name}: {answer.error}")
    if answer.missing:
        left = "" if told.get(FILE, Told(missing=True)).missing else f"; what it left in {path} is no backup: rm {path}"
        return Proof(False, f"nim returned, but NIM knows no object {name}{left}")
    shown = backups.read(name, answer.shown)
    if shown.ready is not True:
        return Proof(False, f"{name} is not ready: Rstate {shown.rstate!r}; see `nim -o check {name}`")
    if shown.vios != vios:
        return Proof(False, f"{name} belongs to {shown.vios or 'no VIOS'} (source_image), expected {vios}")
    return None


def _file(m: Migration, path: str, told: Mapping[str, Told]) -> Proof | None:
    answer = told.get(FILE, Told(error="not asked"))
    if answer.error:
        return Proof(None, f"{path} cannot be looked at: {answer.error}")
    if answer.missing:
        return Proof(False, f"NIM shows the backup, and {path} is not there; nothing can be restored from it")
    if not answer.size:
        return Proof(False, f"NIM shows the backup, and {path} is empty; nothing can be restored from it")
    asked = float(m.kept.get(ASKED, "0"))
    if answer.changed is not None and answer.changed < asked - EARLIER:
        early = span(asked - answer.changed)
        return Proof(False, f"{path} is {early} older than the start, so it is not ours (or the clock was set)")
    return None


def _view(name: str, told: Mapping[str, Told]) -> Proof | None:
    answer = told.get(VIEW)
    if answer is None:
        return None
    if answer.error:
        return Proof(None, f"viosbr did not answer about {name}: {answer.error}")
    complaint = _viewed(told).complaint
    return Proof(False, f"{name} cannot be read: {complaint}") if complaint else None


def _viewed(told: Mapping[str, Told]) -> backups.Viewed:
    answer = told[VIEW]
    return backups.viewed(answer.rc or 0, answer.text, "")


def surplus(known: Known, vios: str, kind: str, keep: int, used: Collection[str]) -> list[str]:
    """Which older backups may go: of our own naming and proven, beyond the newest ``keep``; never the newest of all."""
    counted = [one for one in known.of(vios) if not one.flaw]
    older = [one for one in counted if is_ours(one.name, vios, kind)][keep:]
    return [one.name for one in older if one != counted[0] and one.name not in used and not one.in_use]


# its own checks


def _new(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """What is there already is somebody's backup, and is never written over."""
    name, path = resource(facts.name, context.options), place(facts.name, context.options)
    known, file, directory = (facts.told.get(one, Told(error="not asked")) for one in (OBJECT, FILE, DIRECTORY))
    if known.error:
        yield error(facts, OBJECT, f"NIM did not answer whether there is a {name}: {known.error}")
    elif not known.missing:
        yield error(facts, OBJECT, f"NIM has an object {name} already", "give another backup_name=")
    else:
        yield ok(facts, OBJECT, name)
    if directory.error or directory.missing:
        seen = f"{context.options['directory']} {directory.error or 'is not there'}"
        yield error(facts, DIRECTORY, seen, f"mkdir -p {context.options['directory']}, or set vios:backup_dir")
    elif file.error or not file.missing:
        yield error(facts, FILE, file.error or f"{path} is there already", "it would be overwritten; move it away")


def _space(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """As much as the last one of this VIOS took, and a tenth more."""
    kind, directory = context.options["kind"], context.options["directory"]
    free = facts.told.get(FILE, Told()).free
    own = facts.backups.of(facts.name) if facts.backups is not None else []
    last = next((one.file.size for one in own if one.file.size), None)
    wanted = max(SMALLEST[kind] if last is None else last + last // 10, MIB)
    if free is None:
        yield warning(facts, SPACE, f"unknown how much is free in {directory}", f"see `df -g {directory}`")
    elif free < wanted:
        known = "the last one" if last is not None else f"an {kind} needs about"
        seen = f"{_mb(free)} free in {directory}, expected {_mb(wanted)} ({known}{f' has {_mb(last)}' if last else ''})"
        yield error(facts, SPACE, seen, "make room, or prune old backups with keep=")
    elif last is None and kind == IMAGE:
        yield warning(facts, SPACE, f"{_mb(free)} free in {directory}; unknown how large the image will be")
    else:
        yield ok(facts, SPACE, f"{_mb(free)} free in {directory}")


def _mb(size: int) -> str:
    return f"{size // MIB} MB"


def _of_the_cluster(facts: VIOSFacts, context: CheckContext) -> Iterator[Finding]:
    """What NIM backs up is the node; no form through NIM is published for the pool."""
    cluster = facts.cluster.cluster
    if cluster is not None and context.options["kind"] == CONFIGURATION:
        seen = f"a node of {cluster.name}: unknown whether it holds the cluster's own configuration"
        advice = f"on one node as padmin: viosbr -backup -clustername {cluster.name} -file FILE"
        yield warning(facts, "cluster backup", seen, advice)


METHOD = Method(
    name=NAME,
    program="nim",
    argv=argv,
    read=read,
    checks=(_new, _space, _of_the_cluster),
    refuse=refuse,
    same=("kind", "backup_name"),
    late_is_unknown=True,
    common=SERVING_CHECKS,
    takes_down=False,
    wanted=lambda facts, level: None,
    task=Task(
        verb="back up",
        prove=prove,
        queries=queries,
        done=done,
        keeps=keeps,
        at_once=lambda options: ONE_IMAGE if options["kind"] == IMAGE else None,
        synchronous=True,
    ),
)
