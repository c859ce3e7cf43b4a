"""What starts a driver for what is under way and needs no Salt: for cron, ``/etc/inittab``, and by hand."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from saltext_vios.driver import client, files, presence, standalone
from saltext_vios.driver.home import Home, prepare
from saltext_vios.errors import ViosError
from saltext_vios.migration import timestamps

# Not above the commands of a shell that is 30 years old: it runs before anybody looks.
SCRIPT = """#!/bin/sh
# Made by saltext-vios; each driver rewrites it.
# Starts a driver if migrations of VIOSes are under way here; needs no Salt.
python={python}
code={code}
state={state}
for needed in "$python" "$code"
do
    if [ ! -f "$needed" ]
    then
        echo "vios: $needed is gone. NIM continues what it installs, but nothing follows it." >&2
        echo "vios: with Salt: vios.resume. With any Python 3.9 or newer: PYTHON -I -S $code resume $state" >&2
        exit 1
    fi
done
exec "$python" -I -S "$code" resume "$state"
"""


def leave(home: Home) -> None:
    """Leave the script in the state directory; it runs the copy of the code that this process would run.

    :raises DriverError: when there is no copy and none can be made.
    """
    words = {"python": standalone.python(), "code": str(standalone.ready(home)), "state": os.path.abspath(home.path)}
    script = SCRIPT.format(**{name: shlex.quote(word) for name, word in words.items()}).encode()
    if not home.resume.exists() or home.resume.read_bytes() != script:
        files.put(home.resume, script, 0o700)


def inittab(home: Home) -> str:
    """The line that has AIX run it after each start of the machine; IBM asks for all three redirections."""
    return f'mkitab "vios:2:once:{home.resume} </dev/null >/dev/console 2>&1"'


def outcome(home: Home, found: Sequence[str]) -> str:
    """What came of it, in a sentence.

    :param found: what ``client.ensure_driver_if_needed`` started a driver for.
    """
    stopped = presence.stopped(home)
    if found:
        return f"driver started for {', '.join(found)}"
    if stopped is not None:
        return f"the driver was stopped by {stopped.by} at {timestamps.text(stopped.at)}; to continue: vios.wait"
    if presence.running(home) is not None:
        return "a driver is already running"
    return "nothing is under way"


def main(state_dir: str) -> int:
    """Of the copy. What it prints goes to the console, or to who typed it."""
    home = Home(Path(state_dir))
    try:
        copy = Path(sys.argv[0])
        if not standalone.is_whole(copy.name, copy.read_bytes()):
            print(f"vios: {standalone.damaged(copy)}", file=sys.stderr)
            return 1
        if not home.path.is_dir():
            print(f"vios: there is no state directory {home.path}", file=sys.stderr)
            return 1
        prepare(str(home.path))
        found = client.ensure_driver_if_needed(home, client.Caller("resume"))
    except (ViosError, OSError) as error:
        print(f"vios: {error}", file=sys.stderr)
        return 1
    print(f"vios: {outcome(home, found)}")
    return 0
