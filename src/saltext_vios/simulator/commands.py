"""The commands of the simulated NIM master: what their calls print and return.

Started as a script by the files in ``DIR/bin``, so it imports little and starts quickly.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saltext_vios.simulator.store import Store

NAMES = ("nim", "lsnim", "c_rsh", "viosupgrade", "oslevel", "lslpp")


def main(directory: str, command: str, argv: list[str]) -> int:
    from saltext_vios.simulator.store import Store

    store = Store(directory)
    try:
        return answer(store, command, argv)
    except BrokenPipeError:
        return 1
    finally:
        store.close()


def answer(store: Store, command: str, argv: list[str]) -> int:
    """What a command prints, on standard output and standard error; its exit status."""
    from saltext_vios.simulator.failure import Failure
    from saltext_vios.simulator.operations import settle

    run: Callable[..., int] = importlib.import_module(f"saltext_vios.simulator.{command}").run
    with store.transaction():
        call = store.log(command, argv)
        settle(store)
    note: dict[str, object] = {"call": call}
    try:
        rc = run(store, argv, note)
    except Failure as failure:
        sys.stderr.write(failure.text + "\n")
        rc = failure.rc
    sys.stdout.flush()
    with store.transaction():
        store.logged(call, rc, **note)
    return rc


def hang(store: object, seconds: Any, still: Callable[[], bool]) -> None:
    """Real seconds, or until the fault is cleared."""
    end = time.monotonic() + float(seconds) if seconds is not None else None
    while still() and (end is None or time.monotonic() < end):
        time.sleep(0.02)


if __name__ == "__main__":
    sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
