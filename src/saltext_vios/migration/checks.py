"""What would stop a migration, or worry a careful administrator. Facts in, findings out.

Each check is one function over what is known of one VIOS; ``CHECKS`` is their order and their list, those that only
one method needs stand with it. A question
that NIM did not answer is a warning, never a pass and never an error, but for what the safety of the frame hangs on.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from saltext_vios.asked import Options, as_options
from saltext_vios.migration import backups, clusters, targets, timelimit
from saltext_vios.migration.durations import span
from saltext_vios.migration.facts import Disks, Ground, LevelAnswer, Progress, Told, View
from saltext_vios.migration.levels import Level
from saltext_vios.migration.paths import (
    ALL_CLIENTS,
    IGNORE,
    NOT_CHECKED,
    REQUIRE,
    Path,
    Serving,
    Verdict,
    by_client,
    may_be_lost,
)
from saltext_vios.migration.recalled import Cloned, Last

CLUSTER, BACKUP = "cluster", "backup"
SHOWN = 3  # paths of one client that a finding names
NO_CLUSTER = clusters.Answer()


class Severity(enum.Enum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    severity: Severity
    vios: str
    check: str
    seen: str
    advice: str = ""
    kept: bool = False  # stands in the journal with the start, though nothing is wrong

    def __str__(self) -> str:
        return f"{self.vios}: {self.check}: {self.seen}" + (f" ({self.advice})" if self.advice else "")


@dataclass(frozen=True)
class Resource:
    """One resource that the command line names.

    ``error`` is set when NIM could not be asked about it, ``no_level`` to an ioslevel that is none.
    """

    attribute: str
    name: str
    exists: bool = True
    type: str | None = None
    ready: bool | None = None
    rstate: str | None = None
    source_image: str | None = None
    ioslevel: Level | None = None
    no_level: str = ""
    error: str = ""


@dataclass(frozen=True)
class Partner:
    """Another VIOS on the same frame."""

    name: str
    view: View
    level: LevelAnswer | None = None
    disks: Disks | None = None
    mapped: frozenset[str] | None = None


@dataclass(frozen=True)
class Readiness:
    """What only a method that asks a VIOS for its disks must know of it."""

    tool: bool  # its program is there
    disks: Disks
    mapped: frozenset[str] | None = None  # the disks that its clients use; None where nobody knows
    validated: tuple[bool, str] | None = None  # what the tool's own look said, where it was asked
    may_not_boot: tuple[str, ...] = ()  # disks with reserve_policy single_path and algorithm fail_over
    on_sea: tuple[str, ...] | None = ()  # own addresses on Shared Ethernet Adapters; None where nobody knows


@dataclass(frozen=True)
class VIOSFacts:
    """All that is known of one VIOS before a start. None means that the question got no answer."""

    name: str
    exists: bool = True
    type: str | None = "vios"
    view: View = field(default_factory=View)
    progress: Progress = field(default_factory=Progress)
    control: str | None = None
    pushed_off: bool = False  # control says that the VIOS refuses the master
    hostname: str | None = None
    frame: str | None = None
    level: LevelAnswer | None = None
    allocated: tuple[str, ...] | None = None
    operations: frozenset[str] | None = None
    resources: tuple[Resource, ...] = ()
    partners: tuple[Partner, ...] = ()
    running_commands: tuple[str, ...] = ()
    under_way: str = ""
    ground: Ground = field(default_factory=Ground)
    readiness: Readiness | None = None
    cluster: clusters.Answer = NO_CLUSTER
    paths: tuple[Path, ...] | None = None  # of its clients; None where nobody asked
    serves: Serving | None = None  # as with its paths
    backups: backups.Known | None = None
    recent: frozenset[str] = frozenset()  # VIOSes that were migrated within the stall timeout
    settled: bool = False  # its tuple is at the level, so that no more than that was asked
    told: Mapping[str, Told] = field(default_factory=dict)  # answers to the queries of a task, by name
    last: Last | None = None
    cloned: Cloned | None = None


@dataclass(frozen=True)
class CheckOptions:
    """The options that the checks depend on."""

    level: Level | None = None
    force: bool = False
    mk_image: bool = False
    allow_unknown_frame: bool = False
    paths: str = IGNORE
    ignore_clients: tuple[str, ...] = ()
    options: Options = field(default_factory=lambda: as_options({}))  # for the method's own checks
    checks: tuple[Check, ...] = ()  # the method's own, behind the common ones
    common: tuple[Check, ...] = ()
    wanted: Callable[[VIOSFacts, Level | None], Level | None] | None = None  # of a method with a level of its own
    takes_down: bool = True
    done: Callable[[VIOSFacts, CheckContext], str] | None = None  # of a task
    keeps: Callable[[VIOSFacts, CheckContext], Mapping[str, str]] | None = None


@dataclass(frozen=True)
class CheckContext(CheckOptions):
    """The same for one VIOS of a tuple, with what the checks must know of the other."""

    frames: tuple[str | None, ...] = ()
    goes_down: bool = True  # it is to be migrated, as far as is known
    pending_before: frozenset[str] = frozenset()  # VIOSes of the tuple that are to be migrated before this one
    aside: frozenset[str] = frozenset()  # VIOSes of the tuple that serve while they are installed on another disk
    tuple: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """What was found out about one VIOS before a start."""

    progress: Progress
    level: Level | None
    wanted: Level | None
    findings: tuple[Finding, ...] = ()
    waits_for: str = ""
    serves: Serving | None = None
    ground: Ground = field(default_factory=Ground)
    done: str | None = None  # why a task has nothing to do; None of a migration, where the level decides
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    @property
    def cluster_unfit(self) -> bool:
        """Whether nothing but its cluster stands in the way."""
        return bool(self.errors) and all(error.check == CLUSTER for error in self.errors)


Found = Iterator[Finding]
Check = Callable[[VIOSFacts, CheckContext], Found]


def wanted_level(facts: VIOSFacts, level: Level | None) -> Level | None:
    """The level asked for, else the one of the image."""
    return level or next((r.ioslevel for r in facts.resources if r.attribute == "ios_mksysb" and r.ioslevel), None)


def at_level(checked: Checked, force: bool) -> bool:
    """Whether nothing is to be done: the VIOS answers with the level wanted or a higher one."""
    if checked.done is not None:
        return bool(checked.done) and not force
    if force or checked.level is None or checked.wanted is None:
        return False
    return checked.level >= checked.wanted


def check_tuple(
    facts: Sequence[VIOSFacts], asked: CheckOptions, finished: Collection[str] = (), aside: Collection[str] = ()
) -> dict[str, Checked]:
    """Check every VIOS of a tuple, in its order.

    :param finished: the VIOSes of the tuple that this run has already migrated or found at the level.
    :param aside: those that serve while they are installed on another disk, and need not be done before the next.
    """
    names = tuple(one.name for one in facts)
    frames = tuple(one.frame for one in facts)
    result: dict[str, Checked] = {}
    pending_before: set[str] = set()
    for one in facts:
        level = one.level.level if one.level else None
        wanted = (asked.wanted or wanted_level)(one, asked.level)
        waits_for = _waits_for(one) if asked.takes_down else ""
        serves = one.serves and one.serves.without_clients(asked.ignore_clients)
        found = Checked(one.progress, level, wanted, waits_for=waits_for, serves=serves, ground=one.ground)
        context = CheckContext(**vars(asked), tuple=names, frames=frames, pending_before=frozenset(pending_before))
        context = replace(context, options=targets.own(asked.options, one.name))
        if asked.done is not None:
            found = replace(found, done=asked.done(one, context) if one.exists else "")
        if asked.keeps is not None:
            found = replace(found, kept=asked.keeps(one, context))
        goes_down = one.name not in finished and not at_level(found, asked.force)
        context = replace(context, goes_down=goes_down, aside=frozenset(aside))
        result[one.name] = replace(found, findings=check(one, context))
        if goes_down and one.name not in aside:
            pending_before.add(one.name)
    return result


def check_reboot(facts: VIOSFacts, asked: CheckOptions, names: Sequence[str], aside: Collection[str]) -> Checked:
    """Whether the frame, the cluster and the clients of a VIOS can do without it while it reboots.

    :param names: its tuple.
    :param aside: those of it that serve while they are installed on another disk.
    """
    context = CheckContext(**vars(asked), tuple=tuple(names), aside=frozenset(aside))
    findings = tuple(finding for one in (_partners, _cluster, _paths) for finding in one(facts, context))
    return Checked(facts.progress, facts.level.level if facts.level else None, None, findings)


def check(facts: VIOSFacts, context: CheckContext) -> tuple[Finding, ...]:
    """Every finding for one VIOS, in the order of ``CHECKS`` and of the method's; a missing object ends it."""
    if not facts.exists or facts.type != "vios":
        return tuple(_object(facts, context))
    if facts.under_way:
        return (*_object(facts, context), warning(facts, "under way", facts.under_way, "a call attaches to it"))
    return tuple(finding for one in _all(facts, context) for finding in one(facts, context))


def _all(facts: VIOSFacts, context: CheckContext) -> tuple[Check, ...]:
    return BASIC_CHECKS if facts.settled else (*(context.common or CHECKS), *context.checks)


def verdict(findings: Iterable[Finding]) -> Severity:
    """The worst of them."""
    order = [Severity.OK, Severity.WARNING, Severity.ERROR]
    return max((f.severity for f in findings), key=order.index, default=Severity.OK)


def _finding(severity: Severity, facts: VIOSFacts, name: str, seen: str, advice: str = "") -> Finding:
    return Finding(severity, facts.name, name, seen, advice)


def ok(facts: VIOSFacts, name: str, seen: str) -> Finding:
    return _finding(Severity.OK, facts, name, seen)


def warning(facts: VIOSFacts, name: str, seen: str, advice: str = "") -> Finding:
    return _finding(Severity.WARNING, facts, name, seen, advice)


def error(facts: VIOSFacts, name: str, seen: str, advice: str = "") -> Finding:
    return _finding(Severity.ERROR, facts, name, seen, advice)


def _object(facts: VIOSFacts, context: CheckContext) -> Found:
    if not facts.exists:
        yield error(facts, "object", "NIM knows no object of this name", "see `lsnim -t vios`")
    elif facts.type != "vios":
        yield error(facts, "object", f"NIM object of type {facts.type}, not vios")
    else:
        yield ok(facts, "object", "NIM object of type vios")


def _cstate(facts: VIOSFacts, context: CheckContext) -> Found:
    if facts.view.ready:
        yield ok(facts, "Cstate", str(facts.view.cstate))
    elif facts.view.cstate is None:
        yield error(facts, "Cstate", "NIM shows no Cstate", "see `lsnim -l " + facts.name + "`")
    else:
        yield error(
            facts,
            "Cstate",
            f"{facts.view.cstate!r}, an operation not started by saltext-vios",
            f"wait until it ends; if it is dead: vios.reset {facts.name} confirm=True",
        )
    if facts.view.err_info:
        yield warning(
            facts, "err_info", f"left by an earlier operation: {facts.view.err_info!r}", f"see vios.log {facts.name}"
        )
    if facts.view.ready and facts.view.info:
        yield warning(facts, "info", f"left by an earlier operation: {facts.view.info!r}", f"see vios.log {facts.name}")


def _control(facts: VIOSFacts, context: CheckContext) -> Found:
    if facts.control:
        yield error(facts, "control", f"NIM shows control = {facts.control}", _control_advice(facts))
    else:
        yield ok(facts, "control", "free")


def _control_advice(facts: VIOSFacts) -> str:
    if facts.pushed_off:
        return "the VIOS does not allow the NIM master to run commands; as root on the VIOS: nimclient -p"
    if facts.view.ready and facts.allocated:
        return f"left by an earlier operation with its resources: vios.reset {facts.name} confirm=True releases them"
    return f"another operation holds the object; see vios.show {facts.name}"


def _hostname(facts: VIOSFacts, context: CheckContext) -> Found:
    if facts.hostname:
        yield ok(facts, "host name", facts.hostname)
    else:
        advice = "c_rsh cannot reach the VIOS; set if1 in NIM to: NETWORK HOSTNAME 0"
        yield error(facts, "host name", "no host name in NIM attribute if1", advice)


def _frame(facts: VIOSFacts, context: CheckContext) -> Found:
    known = {frame for frame in context.frames if frame}
    if len(context.tuple) > 1 and len(known) > 1:
        yield error(
            facts,
            "frame",
            f"the tuple is on two frames: {', '.join(sorted(known))}",
            "name two VIOSes of one frame; see vios.list",
        )
    elif facts.frame:
        yield ok(facts, "frame", facts.frame)
    elif len(context.tuple) > 1:
        yield warning(
            facts,
            "frame",
            "no managed system in mgmt_profile1",
            "assuming both VIOSes share a frame, as given in targets",
        )
    elif context.allow_unknown_frame:
        yield warning(facts, "frame", "no managed system in mgmt_profile1", "allowed by allow_unknown_frame")
    else:
        yield error(
            facts,
            "frame",
            "no managed system in mgmt_profile1, so its partner is not known",
            "name both VIOSes of the frame, or give allow_unknown_frame=True",
        )


def _resources(facts: VIOSFacts, context: CheckContext) -> Found:
    for resource in facts.resources:
        name = f"{resource.attribute} {resource.name}"
        made = context.mk_image and resource.attribute in ("ios_mksysb", "ios_backup")
        if resource.error:
            yield warning(facts, name, f"NIM did not answer: {resource.error}")
        elif not resource.exists:
            yield (
                ok(facts, name, "not there yet, mk_image creates it")
                if made
                else error(
                    facts,
                    name,
                    "NIM knows no resource of this name",
                    f"define it, see `lsnim -t {resource.attribute}`",
                )
            )
        elif resource.attribute not in ("group", "log", "file_res") and resource.type != resource.attribute:
            yield error(facts, name, f"is of type {resource.type}", f"expected type {resource.attribute}")
        elif resource.ready is False:
            yield error(facts, name, f"Rstate is {resource.rstate!r}", f"see `nim -o check {resource.name}`")
        elif resource.ready is None and resource.attribute != "group":
            yield warning(facts, name, "NIM shows no Rstate")
        else:
            yield ok(facts, name, "ready for use" if resource.ready else "exists")
        yield from _backup_owner(facts, resource)


def _backup_owner(facts: VIOSFacts, resource: Resource) -> Found:
    if resource.attribute == "ios_backup" and resource.source_image and resource.source_image != facts.name:
        yield error(
            facts,
            f"ios_backup {resource.name}",
            f"is the backup of {resource.source_image}",
            f"name the backup of {facts.name}",
        )


def _backup(facts: VIOSFacts, context: CheckContext) -> Found:
    """Without one that can be restored there is no way back from what an install loses."""
    known, demand = facts.backups, context.options.get("backup", IGNORE)
    if known is None or demand == IGNORE:
        return
    told = error if demand == REQUIRE else warning
    advice = f"make one: vios.backup {facts.name}"
    if known.error:
        yield told(facts, BACKUP, f"NIM did not answer: {known.error}", "see `lsnim -t ios_backup -l`")
        return
    own = known.of(facts.name)
    newest = backups.proven(own)
    if newest is None:
        seen = f"of {len(own)} none can be built on: {own[0].name}: {own[0].flaw}" if own else "NIM knows none of it"
        if context.mk_image:
            advice += "; the one that mk_image makes is made and used at once, nobody has proven it"
        yield told(facts, BACKUP, seen, advice)
        return
    level = facts.level.level if facts.level else None
    limit = timelimit.duration(context.options["backup_max_age"])
    if why := backups.stale(newest, known.at, limit.total_seconds() if limit else 0, level):
        yield told(facts, BACKUP, f"the newest one, {newest.name}, {why}", advice)
    else:
        yield ok(facts, BACKUP, f"{newest.name}, {span(known.at - (newest.made or 0))} old")


def _answer(facts: VIOSFacts, context: CheckContext) -> Found:
    if facts.level is not None and facts.level.level:
        yield ok(facts, "c_rsh", f"answers with ioslevel {facts.level.level}")
        return
    reason = facts.level.error if facts.level else "not asked"
    if context.done is not None:
        yield error(facts, "c_rsh", f"no answer: {reason}", "start it or repair nimsh, then call again")
        return
    others = [p for p in facts.partners if p.level is not None and p.level.level]
    if context.force and context.level and others and len(others) == len(facts.partners):
        yield warning(facts, "c_rsh", f"no answer: {reason}", "reinstalled all the same: force and level are given")
    else:
        yield error(
            facts,
            "c_rsh",
            f"no answer: {reason}",
            "start the VIOS or repair nimsh; to reinstall a broken VIOS: force=True level=...",
        )


def _levels(facts: VIOSFacts, context: CheckContext) -> Found:
    wanted = wanted_level(facts, context.level)
    for resource in facts.resources:
        if resource.no_level:
            yield warning(
                facts,
                "level",
                f"NIM shows ioslevel {resource.no_level!r} on {resource.name}, expected one such as 3.1.4.31",
                "give level=",
            )
    if wanted is None:
        yield warning(facts, "level", "target level unknown", "give level=, or an image with an ioslevel in NIM")
        return
    image = next((r for r in facts.resources if r.attribute == "ios_mksysb" and r.ioslevel), None)
    if image is not None and image.ioslevel and image.ioslevel < wanted:
        yield error(facts, "level", f"{image.name} holds {image.ioslevel}, wanted {wanted}", "name another image")
    elif facts.level is not None and facts.level.level:
        state = "at the level" if facts.level.level >= wanted else "below the level"
        yield ok(facts, "level", f"{facts.level.level}, {state} wanted ({wanted})")
    else:
        yield ok(facts, "level", f"wanted {wanted}")


def _allocated(facts: VIOSFacts, context: CheckContext) -> Found:
    advice = f"see `lsnim -c resources {facts.name}`"
    if facts.allocated is None:
        yield warning(facts, "allocated", "`lsnim -c resources` gave no readable answer", advice)
    elif facts.allocated:
        yield error(
            facts,
            "allocated",
            f"left by an earlier operation: {', '.join(facts.allocated)}",
            f"vios.reset {facts.name} confirm=True releases them",
        )
    else:
        yield ok(facts, "allocated", "nothing")


def _partners(facts: VIOSFacts, context: CheckContext) -> Found:
    in_tuple = set(context.tuple)
    alone = len(in_tuple) == 1
    for partner in facts.partners:
        name = f"partner {partner.name}"
        if partner.name in context.pending_before:
            continue  # it is migrated first, and verified before this one is asked about again
        if partner.view.busy and partner.name not in context.aside:
            yield error(
                facts,
                name,
                f"is in an operation: {partner.view.cstate!r}",
                "wait until it ends: two VIOSes of a frame must not be down at once",
            )
        elif partner.level is not None and partner.level.level:
            # Mstate is only as fresh as the last ping or boot; the VIOS itself has just answered.
            seen = f"runs, ioslevel {partner.level.level}"
            if partner.view.running is False:
                seen = f"answers with ioslevel {partner.level.level}, Mstate is {partner.view.mstate!r}"
                yield warning(facts, name, seen, f"Mstate is out of date; `nim -o check {partner.name}` refreshes it")
            else:
                yield ok(facts, name, seen)
        elif alone or partner.name in in_tuple:
            down, said = partner.view.running is False, partner.level.error if partner.level else ""
            seen = f"not running (Mstate {partner.view.mstate!r})" if down else "does not answer"
            advice = f"start it, or the frame has no VIOS left; then `nim -o check {partner.name}`"
            yield error(facts, name, f"{seen}: {said}" if said else seen, advice)
        else:
            yield warning(facts, name, "does not answer", "not in this tuple; check that its clients have another VIOS")


def _cluster(facts: VIOSFacts, context: CheckContext) -> Found:
    cluster = facts.cluster.cluster
    if cluster is None:
        if facts.cluster.error:
            advice = "check its SSP cluster yourself: two nodes must not be down at once"
            yield warning(facts, CLUSTER, f"no answer: {facts.cluster.error}", advice)
        else:
            yield ok(facts, CLUSTER, "in no SSP cluster")
    elif _waits_for(facts):
        yield warning(facts, CLUSTER, _waits_for(facts), "migrated just now; waiting for it to rejoin")
    elif unfit := clusters.unfit(cluster, facts.name):
        yield error(
            facts,
            CLUSTER,
            f"cluster {cluster.name}: {_states(unfit)}",
            f"repair {unfit[0].name} first: two nodes must not be down at once",
        )
    else:
        yield ok(facts, CLUSTER, f"cluster {cluster.name}: the other {len(cluster.nodes) - 1} nodes are OK")


def _waits_for(facts: VIOSFacts) -> str:
    """The nodes that are expected back, as a text; empty when there are none, or others are down too."""
    unfit = clusters.unfit(facts.cluster.cluster, facts.name) if facts.cluster.cluster else []
    return _states(unfit) if unfit and clusters.coming_back(unfit, facts.recent) else ""


def _states(nodes: Iterable[clusters.Node]) -> str:
    return ", ".join(f"node {node.name} is {node.state} (pool {node.pool or 'state not reported'})" for node in nodes)


def _paths(facts: VIOSFacts, context: CheckContext) -> Found:
    """Whether each client keeps a path while this VIOS is down."""
    if facts.paths is None or not context.goes_down:
        return
    keep = 0
    looked_at = [path for path in facts.paths if not may_be_lost(path, context.ignore_clients)]
    for client, each in by_client(looked_at).items():
        lost = [path for path in each if path.verdict is Verdict.LOST]
        untold = [path for path in each if path.verdict is Verdict.UNKNOWN]
        if lost:
            severity = error if context.paths == REQUIRE else warning
            yield severity(facts, client, f"would lose its last path: {_some(lost)}", _paths_advice(facts, context))
        elif untold:
            yield _untold(facts, context, client, untold)
        else:
            keep += client != ALL_CLIENTS
    yield ok(facts, "clients", f"{keep} keep a path; not checked: {', '.join(NOT_CHECKED)}")


def _untold(facts: VIOSFacts, context: CheckContext, client: str, untold: Sequence[Path]) -> Finding:
    """A question without an answer is an error where paths are required: nobody knows whom it would have named.

    Of a VIOS that does not answer at all nobody can lose a path; whether it may be reinstalled is asked elsewhere.
    """
    seen = f"unknown whether it keeps a path: {_some(untold)}"
    answers = facts.level is not None and facts.level.level is not None
    if context.paths == REQUIRE and answers and any(path.unanswered for path in untold):
        return error(facts, client, seen, _paths_advice(facts, context))
    return warning(facts, client, seen, _paths_advice(facts, context))


def _some(found: Sequence[Path]) -> str:
    told = [f"{path.kind.value} {path.what}: {path.why}" for path in found[:SHOWN]]
    return "; ".join(told) + (f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else "")


def _paths_advice(facts: VIOSFacts, context: CheckContext) -> str:
    more = f"`vios.clients {','.join(context.tuple)}` shows more"
    required = "; ignore_clients leaves a client out, paths=warn only reports it"
    return more + required if context.paths == REQUIRE else more


def _running_commands(facts: VIOSFacts, context: CheckContext) -> Found:
    for text in facts.running_commands:
        yield error(facts, "nim", text, "wait until it exits, or end it by hand")


CHECKS = (
    _object,
    _cstate,
    _control,
    _hostname,
    _frame,
    _resources,
    _backup,
    _answer,
    _levels,
    _allocated,
    _partners,
    _cluster,
    _paths,
    _running_commands,
)

# What a listing and the VIOS's level are enough for.
BASIC_CHECKS = (_object, _cstate, _control, _hostname, _frame, _answer, _levels)

# What matters to a task that leaves its VIOS serving; and to one that takes it down, but installs nothing.
SERVING_CHECKS = (_object, _cstate, _control, _hostname, _answer, _allocated, _running_commands)
OUTAGE_CHECKS = (*SERVING_CHECKS[:4], _frame, *SERVING_CHECKS[4:6], _partners, _cluster, _paths, _running_commands)
