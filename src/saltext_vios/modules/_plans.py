"""What a call returns that asks NIM and the VIOSes, or has something done: from a plan, or from what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from saltext_vios import methods, returns
from saltext_vios.asked import Options
from saltext_vios.driver import inquiry, reports
from saltext_vios.driver import plan as planning
from saltext_vios.driver.request import Request
from saltext_vios.migration import backups as known_backups
from saltext_vios.migration import checks, paths, statuses, targets, timestamps
from saltext_vios.migration.facts import Ground
from saltext_vios.nim import commands, objects
from saltext_vios.nim.backups import CONFIGURATION
from saltext_vios.nim.client import Attributes
from saltext_vios.nim.snapshot import Snapshot


def clients(found: Mapping[str, Iterable[paths.Path]], ignored: Collection[str]) -> returns.Clients:
    """The return of ``vios.clients``: what each VIOS serves, and what would become of it."""
    shown = {vios: [_path(path, ignored) for path in each] for vios, each in found.items()}
    lost = [one for each in shown.values() for one in each if one["verdict"] == paths.Verdict.LOST.value]
    return {"result": all(one["ignored"] for one in lost), "vios": shown, "not_checked": list(paths.NOT_CHECKED)}


def _path(path: paths.Path, ignored: Collection[str]) -> returns.ClientPath:
    return {
        "client": path.client,
        "name": path.name,
        "kind": path.kind.value,
        "what": path.what,
        "verdict": path.verdict.value,
        "why": path.why,
        "unanswered": path.unanswered,
        "ignored": paths.may_be_lost(path, ignored),
    }


def backups(known: Mapping[str, known_backups.Known], names: Iterable[str]) -> returns.Backups:
    """The return of ``vios.backups``: what there is of each VIOS, the newest first."""
    listed: dict[str, list[returns.Backup]] = {}
    without = []
    for name in names:
        own = [(each.at, one) for each in known.values() for one in each.of(name)]
        own.sort(key=lambda item: item[1].made or 0, reverse=True)
        listed[name] = [_backup(one, at) for at, one in own]
        if not any(one["proven"] and one["kind"] == CONFIGURATION for one in listed[name]):
            without.append(name)
    return {
        "backups": listed,
        "without": without,
        "unanswered": {kind: each.error for kind, each in known.items() if each.error},
    }


def _backup(one: known_backups.Backup, at: float) -> returns.Backup:
    return {
        "name": one.name,
        "kind": one.kind,
        "made": timestamps.text(one.made),
        "age": None if one.made is None else max(0, round(at - one.made)),
        "level": reports.as_text(one.level),
        "ready": one.ready,
        "location": one.location,
        "size": one.file.size,
        "proven": not one.flaw,
        "flaw": one.flaw,
    }


def commands_of(nim: Snapshot, asked: Request) -> dict[str, returns.Command]:
    """The return of ``vios.command``; NIM and the VIOSes are asked only what the command line depends on."""
    listing = nim.vioses() if methods.of(asked.options).asks else {}
    grounds = {name: inquiry.ground(nim, listing, name) if listing else Ground() for name in asked.names}
    return {name: command(name, asked.options, ground) for name, ground in grounds.items()}


def command(name: str, options: Options, ground: Ground) -> returns.Command:
    argv = methods.of(options).argv(name, targets.own(options, name), ground)
    return {"argv": argv, "line": commands.copy_and_paste(argv)}


def check(plans: Sequence[planning.TuplePlan], asked: Request, max_parallel: int | None) -> returns.Check:
    findings = [finding for one in plans for finding in one.findings]
    verdict = checks.verdict(findings)
    return {
        "result": verdict is not checks.Severity.ERROR,
        "verdict": verdict.value,
        "findings": [_finding(finding) for finding in findings],
        "tuples": {one.key: _tuple(one, asked.options) for one in plans},
        "max_parallel": asked.options["max_parallel"] or max_parallel,
        "tuple_order": asked.options["tuple_order"],
        "method": asked.options["method"],
        "left_alone": dict(asked.left_alone),
    }


def nothing_selected(asked: Request) -> returns.Migrate:
    """The return of ``vios.migrate`` with ``targets='*'`` that means no VIOS."""
    return {**outcome([], False, {}, asked.left_alone), "msg": "no tuple selected; see left_alone and vios.list"}


def preview(plans: Sequence[planning.TuplePlan], asked: Request, max_parallel: int) -> returns.MigratePreview:
    """The return of ``vios.migrate`` with ``test=True``: the same keys, and what would be done."""
    failing = [one.key for one in plans if statuses.is_failure(one.would)]
    moving = [one.key for one in plans if one.would in (planning.MIGRATE, planning.ATTACH)]
    return {
        "result": not failing,
        "changed": False,
        "msg": f"test: {len(moving)} of {len(plans)} tuples would be migrated; only queries were run",
        "targets": [list(names) for names in asked.tuples],
        "status": {one.key: one.would for one in plans if one.would not in (planning.MIGRATE, planning.ATTACH)},
        "plan": check(plans, asked, max_parallel),
        "left_alone": dict(asked.left_alone),
    }


def task_preview(task: str, plans: Sequence[planning.TuplePlan], asked: Request) -> returns.TaskPreview:
    """The return of a task with ``test=True``."""
    failing = [one.key for one in plans if statuses.is_failure(one.would)]
    doing = [one for one in plans if one.would in (planning.MIGRATE, planning.ATTACH)]
    told = check(plans, asked, None)
    return {
        "result": not failing,
        "changed": False,
        "msg": f"test: {task} would run on {len(doing)} of {len(plans)} VIOSes; nothing was run but queries",
        "status": {one.names[0]: one.would for one in plans if one not in doing},
        "vios": {
            name: {
                "would": task if one in doing else one.would,
                "why": one.why,
                "level": reports.as_text(checked.level),
                "cmd": command(name, asked.options, checked.ground)["line"],
            }
            for one in plans
            for name, checked in one.checked.items()
        },
        "findings": told["findings"],
    }


def task_outcome(task: str, found: Sequence[returns.TupleReport], changed: bool) -> returns.Task:
    """The return of a task, from the reports of its runs: each is on one VIOS."""
    failing = [name for one in found if reports.failed(one) or one["unreadable"] for name in one["vios"]]
    waiting = [one["key"] for one in found if not one["finished"]]
    msg = f"{task} completed"
    if failing:
        msg = f"{task} failed for {', '.join(failing)}; see vios for details"
    elif waiting:
        msg = f"in progress: {', '.join(waiting)}; see vios.progress, or wait: vios.wait"
    return {
        "result": not failing,
        "changed": changed,
        "msg": msg,
        "status": {name: one["status"] for one in found if one["status"] for name in one["vios"]},
        "vios": {
            name: {**report, "messages": one["messages"], "run": one["run"], "finished_run": one["finished"]}
            for one in found
            for name, report in one["vios"].items()
        },
    }


def outcome(
    found: Sequence[returns.TupleReport],
    changed: bool,
    listing: Mapping[str, Attributes],
    left_alone: Mapping[str, str],
) -> returns.Migrate:
    """The return of ``vios.migrate`` and ``vios.wait`` from the reports of their runs."""
    status = {one["key"]: one["status"] for one in found if one["status"]}
    names = [name for one in found for name in one["vios"]]
    failing = [one["key"] for one in found if reports.failed(one) or one["unreadable"]]
    return {
        "result": not failing,
        "changed": changed,
        "msg": _message(found, failing),
        "targets": [list(one["vios"]) for one in found],
        "status": status,
        "nim_node": {
            "vios": {
                name: {**listing[name], "hostname": objects.hostname(listing[name])}
                for name in names
                if name in listing
            }
        },
        "meta": {
            "messages": [],
            **{one["key"]: {"messages": one["messages"], **one["vios"]} for one in found},
        },
        "runs": {one["key"]: {"run": one["run"], "finished": one["finished"], "waits": one["waits"]} for one in found},
        "left_alone": dict(left_alone),
    }


def _message(found: Sequence[returns.TupleReport], failing: Sequence[str]) -> str:
    if not found:
        return "nothing is under way"
    if failing:
        return f"migration failed for {', '.join(failing)}; see status and meta for details"
    waiting = [one["key"] for one in found if not one["finished"]]
    if waiting:
        return f"in progress: {', '.join(waiting)}; see vios.progress, or wait: vios.wait"
    skipped = [one["key"] for one in found if not statuses.is_success(one["status"])]
    if skipped:
        return f"nothing failed; skipped or stopped early: {', '.join(skipped)}; see status and meta for details"
    return "migration completed; see status and meta for details"


def _tuple(one: planning.TuplePlan, options: Options) -> returns.TuplePlan:
    return {
        "would": one.would,
        "why": one.why,
        "objection": one.objection,
        "to_migrate": list(one.to_migrate),
        "vios": {
            name: {
                "level": reports.as_text(checked.level),
                "wanted": reports.as_text(checked.wanted),
                "at_level": checks.at_level(checked, force=False),
                "frame": one.frames[name],
                "cluster": one.clusters.get(name),
                "expected": _rounded(one.expected[name]),
                "cmd": command(name, options, checked.ground)["line"],
            }
            for name, checked in one.checked.items()
        },
    }


def _finding(finding: checks.Finding) -> returns.Finding:
    return {
        "result": finding.severity.value,
        "vios": finding.vios,
        "check": finding.check,
        "seen": finding.seen,
        "advice": finding.advice,
    }


def _rounded(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
