"""What these tests see of a NIM master from the side, without a call to it."""

import contextlib
from pathlib import Path

import psutil

from saltext_vios.driver import reports
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from tests.conftest import until

PAIR = "vios1-vios2"
# A call over ssh takes its seconds, on a busy machine many.
LONG = 300


def phase(target, vios):
    """The phase in which a VIOS is, by the journal, or ``verifying``; None when it is in none."""
    if not Home(target.state_dir).journal.exists():
        return None
    with Journal(Home(target.state_dir), look_only=True) as journal:
        for one in reports.progress(journal).values():
            if vios in one["vios"]:
                found = one["vios"][vios]
                return "verifying" if found["state"] == "verifying" else found.get("phase")
    return None


def reached(target, vios, wanted):
    until(lambda: phase(target, vios) == wanted, LONG, what=f"{vios} is {wanted}")


def statuses(target):
    with Journal(Home(target.state_dir), look_only=True) as journal:
        return reports.status(journal)


def done(target, status="SUCCESS-UPGR2"):
    """Return when the pair has come to its end, without anybody who waits for it."""
    until(lambda: statuses(target) == {PAIR: status}, LONG, what=f"the end of {PAIR}: {statuses(target)}")


def followers(sshd, target):
    """Processes below the ssh sessions that have the journal open, and so follow it."""
    return [one for one in sshd.below() if _has_open(one, target.state_dir / "journal.db")]


def _has_open(process, path):
    with contextlib.suppress(psutil.Error, OSError):
        return any(Path(found).resolve() == path.resolve() for found in _open_files(process))
    return False


def _open_files(process):
    return [one.path for one in process.open_files()]


def follows(sshd, target):
    """Return when a call over ssh follows the journal."""
    until(lambda: followers(sshd, target), LONG, what="a call that follows the journal")


def migrated_once(simulator, *names):
    """Each VIOS was migrated by one start, in order, and no promise was broken."""
    assert [one["vios"] for one in simulator.starts()] == list(names or ("vios1", "vios2"))
    assert simulator.audit()["violations"] == []


def ended_well(call, simulator):
    """A call that came to the pair's end, or later; each VIOS was migrated by one start."""
    assert call.returncode == 0, call
    assert call.data["status"][PAIR] in ("SUCCESS-UPGR2", "SUCCESS-CURRENT"), call
    migrated_once(simulator)
