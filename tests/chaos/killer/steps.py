"""Counts the steps of driver and launcher over all their processes, and kills at one of them.

Stands alone: the launcher runs without site-packages. The directory in ``VIOS_STEPS`` holds ``trace``, a line per
step taken (part, number, pid, who, what), and ``kills``: lines of ``whom|point``, taken out when they strike. A point
is a part and a number, ``first 37``, or the words of a step. A part ends when the first VIOS is migrated, so that
numbers in the second are not shifted by how often NIM was looked at in the first.
"""

import contextlib
import fcntl
import os
import signal
from pathlib import Path


class Steps:
    def __init__(self, directory, who):
        self.directory, self.who = Path(directory), who

    def take(self, what):
        """One step; does not come back if it is the one to be killed at."""
        with open(self.directory / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lines = (self.directory / "trace").read_text().splitlines()
            part = "second" if any("migrated vios1 after" in line for line in lines) else "first"
            number = 1 + sum(line.startswith(part) for line in lines)
            with open(self.directory / "trace", "a") as trace:
                trace.write(f"{part} {number} {os.getpid()} {self.who} {what}\n")
            whom = self._strikes((f"{part} {number}", f"{self.who} {what}"), what)
            # Still under the lock: nobody is killed between a step and the question whether it is a point.
            if whom is not None:
                self._kill(whom)

    def around(self, what, function):
        def stepped(*args, **kwargs):
            self.take(f"{what} before")
            found = function(*args, **kwargs)
            self.take(f"{what} after")
            return found

        return stepped

    def _strikes(self, names, what):
        """Whom to kill now, if this step is one of the points."""
        kills = (self.directory / "kills").read_text().splitlines()
        for one in kills:
            whom, point = one.split("|")
            if point in names:
                (self.directory / "kills").write_text("".join(f"{other}\n" for other in kills if other != one))
                with open(self.directory / "struck", "a") as struck:
                    struck.write(f"{os.getpid()} {self.who} {what}\n")
                return whom
        return None

    def _kill(self, whom):
        if whom in ("follower", "all"):
            kill(int((self.directory / "follower").read_text()))
        if whom in ("driver", "all"):
            # Before one has begun, it is this process that would.
            kill(int((self.directory / "driver").read_text() or os.getpid()))
        if whom in ("launcher", "all"):
            for name in os.listdir(self.directory / "launchers"):
                if int(name) != os.getpid():
                    kill(int(name))
        if whom == "session":
            # Twice: one of them may just have started another.
            for _ in range(2):
                for pid in below(int((self.directory / "session").read_text())):
                    kill(pid)
        if whom in ("self", "all"):
            os.kill(os.getpid(), signal.SIGKILL)


def below(pid):
    """All that descends from a process and was not re-parented; the tests run on Linux."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # One that ended meanwhile is below nobody.
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
