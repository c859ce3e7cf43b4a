"""What the functions of the execution module return, key by key. Texts of time are ISO 8601 with their zone.

The execution module and the driver's reports make these; the states, the outputter, the runner and the report read
them, in part from NIM masters of another version: ``saltext_vios.fleet.shapes`` says what the fleet insists on.
"""

from typing import Any, Optional, TypedDict, Union

MOST_RUNS = 100_000  # in one answer of vios.history


class Levels(TypedDict):
    old: Optional[str]
    new: Optional[str]


class LevelsWanted(Levels):
    wanted: Optional[str]


class Failure(TypedDict):
    """``since``: of what was seen last; ``output``: a directory of the NIM master; ``next``: what to type."""

    vios: str
    expected: str
    seen: dict[str, str]
    since: Optional[str]
    output: str
    next: str


# One VIOS of a run


class Times(TypedDict):
    """``duration`` in seconds."""

    status: Optional[str]
    started: Optional[str]
    finished: Optional[str]
    duration: Optional[float]


class Ran(Times):
    """What ran for a VIOS."""

    method: Optional[str]
    cmd: Optional[str]
    stdout: str
    stderr: str
    rc: Optional[int]
    level: Levels


class VIOSReport(Ran):
    """``missing``: what it served before its start and does not serve since."""

    missing: list[str]
    failure: Optional[Failure]


class TupleReport(TypedDict):
    """One run. ``waits``: why nothing is done for it; ``unreadable``: why this version cannot read it, or empty."""

    key: str
    run: int
    status: Optional[str]
    finished: bool
    waits: Optional[str]
    unreadable: str
    messages: list[str]
    vios: dict[str, VIOSReport]


# vios.progress, vios.overview


class InPhase(TypedDict, total=False):
    """Of a VIOS in flight; ``elapsed`` and ``took_before`` in seconds; ``shown`` by the tools' own names and words."""

    phase: str
    percent: Optional[int]
    info: Optional[str]
    since: Optional[str]
    elapsed: Optional[int]
    took_before: Optional[int]
    shown: dict[str, str]


class VIOSProgress(InPhase):
    state: str
    status: Optional[str]


class TupleProgress(TypedDict):
    run: int
    waits: Optional[str]
    status: Optional[str]
    vios: dict[str, VIOSProgress]


class Standing(Times):
    """``expected``: seconds that its migration may take, by earlier ones."""

    state: str
    level: LevelsWanted
    phase: Optional[str]
    percent: Optional[int]
    info: Optional[str]
    since: Optional[str]
    elapsed: Optional[int]
    expected: Optional[int]


class TupleStanding(TypedDict):
    run: int
    status: Optional[str]
    asked: Optional[str]
    finished: Optional[str]
    waits: Optional[str]
    vios: dict[str, Standing]


class Hold(TypedDict):
    reason: str
    by: str
    since: Optional[str]


class Overview(TypedDict):
    """``event``: the number of the newest in the journal; ``trouble``: what keeps the driver from its work."""

    at: Optional[str]
    event: int
    held: Optional[Hold]
    driver: bool
    trouble: str
    tuples: dict[str, TupleStanding]


# vios.history


class Phase(TypedDict):
    phase: str
    since: Optional[str]
    until: Optional[str]
    took: Optional[float]


class HistoryDetail(TypedDict, total=False):
    """With ``detail``. ``shown`` by the last look, by the tools' own names and words."""

    phases: list[Phase]
    shown: dict[str, str]
    missing: list[str]
    failure: Optional[Failure]


class VIOSHistory(HistoryDetail):
    status: Optional[str]
    method: Optional[str]
    cmd: Optional[str]
    started: Optional[str]
    finished: Optional[str]
    duration: Optional[float]
    level: Levels


class HistoryMessages(TypedDict, total=False):
    """With ``detail``."""

    messages: list[str]


class HistoryEntry(HistoryMessages):
    """``task``: None of a migration."""

    run: int
    tuple: str
    task: Optional[str]
    status: str
    asked_by: str
    asked: Optional[str]
    finished: Optional[str]
    duration: Optional[float]
    waits: Optional[str]
    vios: dict[str, VIOSHistory]


# vios.check, vios.command


class Command(TypedDict):
    argv: list[str]
    line: str


class Finding(TypedDict):
    """``result``: ok, warning or error."""

    result: str
    vios: str
    check: str
    seen: str
    advice: str


class VIOSPlan(TypedDict):
    level: Optional[str]
    wanted: Optional[str]
    at_level: bool
    frame: Optional[str]
    cluster: Optional[str]
    expected: Optional[int]
    cmd: str


class TuplePlan(TypedDict):
    """``would``: migrate, attach or the status it would end with at once."""

    would: str
    why: str
    objection: bool
    to_migrate: list[str]
    vios: dict[str, VIOSPlan]


class Check(TypedDict):
    result: bool
    verdict: str
    findings: list[Finding]
    tuples: dict[str, TuplePlan]
    max_parallel: Optional[int]
    tuple_order: Optional[str]
    method: str
    left_alone: dict[str, str]


# vios.migrate, vios.wait


class NIMNode(TypedDict):
    vios: dict[str, dict[str, Any]]


class RunOfTuple(TypedDict):
    run: int
    finished: bool
    waits: Optional[str]


class Migrate(TypedDict):
    """``meta``: ``messages``, and by tuple key its ``messages`` with a ``VIOSReport`` by VIOS."""

    result: bool
    changed: bool
    msg: str
    targets: list[list[str]]
    status: dict[str, str]
    nim_node: NIMNode
    meta: dict[str, Any]
    runs: dict[str, RunOfTuple]
    left_alone: dict[str, str]


class MigratePreview(TypedDict):
    result: bool
    changed: bool
    msg: str
    targets: list[list[str]]
    status: dict[str, str]
    plan: Check
    left_alone: dict[str, str]


# vios.clone, vios.backup, vios.rollback, vios.cleanup


class VIOSTask(VIOSReport):
    messages: list[str]
    run: int
    finished_run: bool


class Pruned(TypedDict, total=False):
    """Of a backup with ``keep``: by VIOS the names of the backups that were removed."""

    pruned: dict[str, list[str]]


class Task(Pruned):
    result: bool
    changed: bool
    msg: str
    status: dict[str, str]
    vios: dict[str, VIOSTask]


class VIOSTaskPreview(TypedDict):
    would: str
    why: str
    level: Optional[str]
    cmd: str


class TaskPreview(TypedDict):
    result: bool
    changed: bool
    msg: str
    status: dict[str, str]
    vios: dict[str, VIOSTaskPreview]
    findings: list[Finding]


# what is asked of NIM and the VIOSes


class InventoryLevel(TypedDict, total=False):
    """With ``levels``."""

    ioslevel: Optional[str]


class Inventory(InventoryLevel):
    frame: Optional[str]
    hostname: Optional[str]
    Cstate: Optional[str]
    Mstate: Optional[str]
    Cstate_result: Optional[str]
    in_flight: bool


class ClientPath(TypedDict):
    """``client``: None means all of them."""

    client: Optional[int]
    name: str
    kind: str
    what: str
    verdict: str
    why: str
    unanswered: bool
    ignored: bool


class Clients(TypedDict):
    result: bool
    vios: dict[str, list[ClientPath]]
    not_checked: list[str]


class BackupViewed(TypedDict, total=False):
    """With ``view``, of the newest that is proven."""

    viewed: dict[str, Any]


class Backup(BackupViewed):
    name: str
    kind: str
    made: Optional[str]
    age: Optional[int]
    level: Optional[str]
    ready: Optional[bool]
    location: Optional[str]
    size: Optional[int]
    proven: bool
    flaw: str


class Backups(TypedDict):
    backups: dict[str, list[Backup]]
    without: list[str]
    unanswered: dict[str, str]


# the operator


class Stopped(TypedDict):
    by: str
    at: Optional[str]


class Driver(TypedDict):
    running: bool
    pid: Optional[int]
    since: Optional[str]
    version: Optional[str]
    python: Optional[str]
    last_look: Optional[str]
    trouble: str
    doing: dict[str, dict[str, str]]
    stopped: Optional[Stopped]
    log: str


class Resumed(TypedDict):
    result: bool
    changed: bool
    started: list[str]
    under_way: list[str]
    msg: str
    inittab: str


class TupleCancelled(TypedDict):
    changed: bool
    status: Optional[str]
    goes_on: list[str]
    msg: str


class Cancelled(TypedDict):
    result: bool
    changed: bool
    tuples: dict[str, TupleCancelled]


Status = dict[str, str]
# By function of the execution module; a plain dict is by name of a VIOS or by tuple key.
BY_FUNCTION: dict[str, Any] = {
    "list": dict[str, Inventory],
    "clients": Clients,
    "backups": Backups,
    "command": dict[str, Command],
    "check": Check,
    "migrate": Union[Migrate, MigratePreview],
    "wait": Migrate,
    "clone": Union[Task, TaskPreview],
    "backup": Union[Task, TaskPreview],
    "rollback": Union[Task, TaskPreview],
    "cleanup": Union[Task, TaskPreview],
    "status": Status,
    "progress": dict[str, TupleProgress],
    "overview": Overview,
    "history": list[HistoryEntry],
    "driver": Driver,
    "resume": Resumed,
    "cancel": Cancelled,
}
