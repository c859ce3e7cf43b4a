"""Sends the journal's events to the Salt master, through the minion that runs beside the driver.

Events are never decisive: what cannot be handed to the minion stays unsent in the journal and is tried again later,
by this driver or by one that the engine starts.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

log = logging.getLogger(__name__)


class Sender:
    """Loads the minion's configuration once; used by one thread only."""

    def __init__(self, minion_config: str | None) -> None:
        self._minion_config = minion_config
        self._opts: dict[str, Any] | None = None

    def send(self, events: Sequence[tuple[int, str, str]]) -> int:
        """Send ``(id, tag, JSON data)`` in order; the id of the last one that went out, or 0."""
        sent = 0
        for number, tag, data in events:
            # Its number lets a listener tell an event that came twice, as after a crash.
            if not self.fire(tag, {**json.loads(data), "event": number}):
                break
            sent = number
        return sent

    def fire(self, tag: str, data: dict[str, Any]) -> bool:
        try:
            return self._fire(tag, data)
        except Exception:  # Salt raises what its transport raises; nothing of it may reach a migration
            log.exception("sending an event failed")
            return False

    def _fire(self, tag: str, data: dict[str, Any]) -> bool:
        # Imported here: only this thread needs Salt, and only when there is somebody to send to.
        import salt.config
        import salt.utils.event

        if self._minion_config is None:
            return False
        if self._opts is None:
            self._opts = salt.config.minion_config(self._minion_config)
        with salt.utils.event.MinionEvent(self._opts, listen=False) as bus:
            load = {"id": self._opts["id"], "tag": tag, "data": data, "events": None, "pretag": None}
            return bool(bus.fire_event(load, "fire_master"))
