"""The process that hands events to a minion: the one part of the driver's copy that imports Salt.

On its standard input come, a line of JSON each, where Salt is and the minion's configuration, and then lists of events.
For each list it answers with the number of the last event that went out, or 0. It ends when the driver does.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any

Fire = Callable[[str, Any], bool]


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s [%(process)d] %(levelname)s %(message)s")
    paths, config = json.loads(sys.stdin.readline())
    # The driver's copy is left behind: what is imported from here on is Salt's.
    sys.path[:] = paths
    # Salt may print; what is read there are answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    fire = _of_salt(config)
    for line in sys.stdin:
        print(_sent(fire, json.loads(line)), file=answers, flush=True)


def _of_salt(config: str) -> Fire:
    import salt.config
    import salt.utils.event

    opts = salt.config.minion_config(config)

    def fire(tag: str, data: Any) -> bool:
        with salt.utils.event.MinionEvent(opts, listen=False) as bus:
            load = {"id": opts["id"], "tag": tag, "data": data, "events": None, "pretag": None}
            return bool(bus.fire_event(load, "fire_master"))

    return fire


def _sent(fire: Fire, events: Sequence[Any]) -> int:
    sent = 0
    for number, tag, data in events:
        try:
            if not fire(tag, data):
                break
        except Exception:  # Salt raises what its transport raises
            logging.exception("sending an event failed")
            break
        sent = number
    return sent
