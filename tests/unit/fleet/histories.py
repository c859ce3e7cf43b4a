"""What NIM masters answer to ``vios.history`` and ``vios.list``, for reports."""

from datetime import datetime, timedelta, timezone

from saltext_vios.fleet.report import make

AT = datetime(2026, 11, 29, 6, 0, tzinfo=timezone(timedelta(hours=1), "CET"))


def at(hour, minute=0, zone=AT.tzinfo):
    return datetime(2026, 11, 29, hour, minute, tzinfo=zone).isoformat()


def vios(status=None, started=None, finished=None, **more):
    duration = None
    if started and finished:
        duration = (datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds()
    return {
        "status": status,
        "cmd": f"nim -Fo migvios {status}" if started else None,
        "started": started,
        "finished": finished,
        "duration": duration,
        "level": {"old": "3.1.2.21", "new": "3.1.4.31" if finished and status.startswith("SUCCESS") else None},
        "phases": [],
        "failure": None,
        **more,
    }


def failure(name, **more):
    return {
        "vios": name,
        "expected": "Cstate_result success",
        "seen": {"Cstate_result": "failure", "err_info": "0042-175"},
        "since": at(2),
        "output": "/var/commands/2-1-1",
        "next": f"salt-call vios.log {name}",
        **more,
    }


def run(number, key, status, finished, vioses, **more):
    return {
        "run": number,
        "tuple": key,
        "status": status,
        "asked_by": "root (pid 4711)",
        "asked": at(0, number),
        "finished": finished,
        "duration": None,
        "messages": [f"message of run {number}"],
        "vios": vioses,
        **more,
    }


def migrated(number=1, a="vios1", b="vios2"):
    vioses = {a: vios("SUCCESS-UPGR1", at(1), at(2)), b: vios("SUCCESS-UPGR2", at(2), at(4))}
    return run(number, f"{a}-{b}", "SUCCESS-UPGR2", at(4), vioses)


def failed(number=2, a="vios3", b="vios4", **more):
    vioses = {a: vios("FAILURE-UPGR1", at(1), at(2), failure=failure(a, **more)), b: vios()}
    return run(number, f"{a}-{b}", "FAILURE-UPGR1", at(2), vioses)


def held(number=3, a="vios5", b="vios6"):
    return run(number, f"{a}-{b}", "SKIPPED-HELD", at(3), {a: vios("SKIPPED-HELD"), b: vios()})


def under_way(number=4, a="vios7", b="vios8"):
    return run(number, f"{a}-{b}", "SUCCESS-UPGR1-INIT", None, {a: vios("SUCCESS-UPGR1-INIT", at(5)), b: vios()})


def report(histories=None, inventories=None, **more):
    """Of one NIM master with a tuple of each sort, unless others are given."""
    told = {"nim-a": [under_way(), held(), failed(), migrated()]} if histories is None else histories
    if inventories is None:
        inventories = {"nim-a": {f"vios{n}": {"frame": f"frame{(n + 1) // 2}"} for n in range(1, 9)}}
    return make(told, inventories, **{"at": AT, "target": "nim-*", **more})
