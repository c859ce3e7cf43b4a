"""The process that hands events to a minion: the one part of the driver's copy that imports Salt.

On its standard input come, a line of JSON each, where Salt is and the minion's configuration, and then lists of events.
For each list it answers with the number of the last event that went out, or 0. It ends when the driver does.
"""

from __future__ import annotations

import json
import logging
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

log = logging.getLogger("saltext_vios.driver.sender")  # its own name is __main__

ANSWER = 60  # seconds that the master has for one event

Fire = Callable[[str, Any], bool]


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s [%(process)d] %(levelname)s %(message)s")
    paths, config = json.loads(sys.stdin.readline())
    # The driver's copy is left behind: what is imported from here on is Salt's.
    sys.path[:] = paths
    # Salt may print; what is read there are answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    is_heard, fire = _of_salt(config)
    for line in sys.stdin:
        print(_sent(is_heard, fire, json.loads(line)), file=answers, flush=True)


def _of_salt(config: str) -> tuple[Callable[[], bool], Fire]:
    """Whether the master answers, and how an event goes there."""
    import salt.config
    import salt.utils.event

    opts = salt.config.minion_config(config)
    master = _one_master(opts)

    def fire(tag: str, data: Any) -> bool:
        load = {"id": opts["id"], "tag": tag, "data": data, "pretag": None}
        with salt.utils.event.MinionEvent(opts, listen=master is not None) as bus:
            if master is None:
                return bool(bus.fire_event({**load, "events": None}, "fire_master"))
            return _acknowledged(bus, {**load, "cmd": "_minion_event"}, master)

    def is_heard() -> bool:
        # What a master that is away was sent may all reach it later. Of Salt's own ping nobody minds a second one.
        return master is None or fire("minion_ping", "ping")

    return is_heard, fire


def _one_master(opts: Mapping[str, Any]) -> str | None:
    """The master as the minion itself names it; None where there may be several, or this Salt passes on no answers."""
    import salt.minion

    if opts["master_type"] != "str" or not isinstance(opts["master"], str):
        return None
    if not hasattr(salt.minion.Minion, "_send_req_async_main"):
        return None
    name = salt.minion.prep_ip_port(opts)["master"]
    return name if isinstance(name, str) else None


def _acknowledged(bus: Any, load: dict[str, Any], master: str) -> bool:
    """Through the minion's own connection, as its jobs send what they return, and the master's answer comes back.

    What is put on the bus as ``fire_master`` is dropped without a word by a minion that is not connected yet.
    """
    request = uuid.uuid4().hex
    if not bus.fire_event(load, f"__master_req_channel_payload/{request}/{master}"):
        return False
    answer = bus.get_event(tag=f"__master_req_channel_return/{request}", wait=ANSWER)
    return isinstance(answer, dict) and "error" not in answer


def _sent(is_heard: Callable[[], bool], fire: Fire, events: Sequence[Any]) -> int:
    sent = 0
    try:
        if not is_heard():
            return 0
        for number, tag, data in events:
            if not fire(tag, data):
                break
            sent = number
    except Exception:  # Salt raises what its transport raises
        log.exception("sending an event failed")
    return sent
