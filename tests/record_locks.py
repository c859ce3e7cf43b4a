"""``flock`` built on record locks, as AIX has it: imported by tests and their drivers, run in place of the launcher.

Such a lock belongs to a process: a fork does not pass it on, and any close of the file ends it.
"""

import errno
import fcntl
import runpy
from pathlib import Path

LAUNCHER = Path(__file__).parent.parent / "src/saltext_vios/driver/launcher.py"


def flock(fd, operation):
    try:
        fcntl.lockf(fd, operation)
    except BlockingIOError:
        # The other answer that is allowed.
        raise PermissionError(errno.EACCES, "Permission denied") from None


fcntl.flock = flock
PRELUDE = f"import sys; sys.path.append({str(LAUNCHER.parents[3])!r}); import tests.record_locks; "

if __name__ == "__main__":
    runpy.run_path(str(LAUNCHER), run_name="__main__")
else:
    from saltext_vios.driver import client, launcher

    launcher.__file__ = __file__
    client.MAIN = PRELUDE + client.MAIN
