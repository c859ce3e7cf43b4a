"""``flock`` built on record locks, as AIX has it: imported by tests, their drivers and launchers.

Such a lock belongs to a process: a fork does not pass it on, and any close of the file ends it.
"""

import errno
import fcntl
import sys
from pathlib import Path


def flock(fd, operation):
    try:
        fcntl.lockf(fd, operation)
    except BlockingIOError:
        # The other answer that is allowed.
        raise PermissionError(errno.EACCES, "Permission denied") from None


fcntl.flock = flock
PRELUDE = f"import sys; sys.path.append({str(Path(__file__).parents[1])!r}); import tests.record_locks; "

# What runs from a copy, a launcher for one, has all it needs.
if not sys.argv[0].endswith(".pyz"):
    from saltext_vios.driver import standalone

    standalone.MAIN = PRELUDE + standalone.MAIN
