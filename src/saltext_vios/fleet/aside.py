"""Runs a work of Salt's aside, so that Ctrl-C always meets code that does not swallow it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

GOODBYE = 2.0  # seconds for the work to end by itself
T = TypeVar("T")


class Interrupted(Exception):
    """Somebody pressed Ctrl-C, or asked the process to end."""


def run(work: Callable[[Callable[[], bool]], T]) -> T:
    """What the work returns, or its error.

    Python gives a signal to the main thread, wherever it is, and what Salt makes of one is an exception; much of Salt,
    a finalizer for one, drops an exception. So the work has a thread of its own, and this one only waits.

    :param work: is given a function that says whether it shall end.
    :raises Interrupted: when the process was asked to end meanwhile; the work may still be at something.
    """
    stop, done = threading.Event(), threading.Event()
    outcome: dict[str, Any] = {}

    def carry_out() -> None:
        try:
            outcome["value"] = work(stop.is_set)
        except Exception as error:
            outcome["error"] = error
        except BaseException as error:
            outcome["error"] = RuntimeError(f"ended by {error!r}")
        finally:
            done.set()

    try:
        threading.Thread(target=carry_out, name="aside", daemon=True).start()
        while not done.wait(1):
            pass
    except (KeyboardInterrupt, SystemExit):
        stop.set()
        done.wait(GOODBYE)
        raise Interrupted from None
    if "error" in outcome:
        raise outcome["error"]
    value: T = outcome["value"]
    return value
