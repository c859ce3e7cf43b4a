"""Watches a fleet until all of it is over: events as they come, the journals when it matters."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, Protocol

from saltext_vios.fleet.minions import Answers
from saltext_vios.fleet.watching import Picture

LISTEN = 1.0  # seconds to wait for an event
PAUSE = 2.0  # seconds between two questions to the journals


class Bus(Protocol):
    def get_event(self, wait: float, tag: str, full: bool, no_block: bool = False) -> Mapping[str, Any] | None: ...


class Screen(Protocol):
    def say(self, at: datetime, master: str, key: str, text: str) -> None: ...

    def show(self, picture: Picture, now: datetime) -> None: ...


def watch(
    picture: Picture, ask: Callable[[list[str] | None], Answers], bus: Bus, screen: Screen, ask_every: float
) -> Answers:
    """Return when nothing is in flight on any NIM master that answers; the last answers of all.

    :param ask: asks the journals of some NIM masters, or of all.
    """
    answers = Answers()
    asked = whole = float("-inf")
    while True:
        now = time.monotonic()
        if now >= whole + ask_every:
            answers = _ask(picture, ask, screen, None)
            asked = whole = time.monotonic()
        elif picture.stale and now >= asked + PAUSE:
            _ask(picture, ask, screen, sorted(picture.stale))
            asked = time.monotonic()
        screen.show(picture, datetime.now(timezone.utc))
        if not picture.stale and not picture.in_flight():
            return answers
        _listen(picture, bus, screen)


def _ask(
    picture: Picture, ask: Callable[[list[str] | None], Answers], screen: Screen, masters: list[str] | None
) -> Answers:
    answers = ask(masters)
    now = datetime.now(timezone.utc).astimezone()
    for master, overview in answers.returns.items():
        for key, text in picture.asked(master, overview):
            screen.say(now, master, key, text)
    for master, text in [*answers.failed.items(), *((master, "no answer") for master in answers.silent)]:
        picture.stale.discard(master)
        screen.say(now, master, "", text)
    return answers


def _listen(picture: Picture, bus: Bus, screen: Screen) -> None:
    """Wait for an event, then take in all that are there."""
    event = bus.get_event(wait=LISTEN, tag="vios/", full=True)
    while event is not None:
        data = event["data"]
        if "id" in data and "data" in data:
            text = picture.told(data["id"], event["tag"], data["data"])
            if text:
                at = datetime.fromtimestamp(data["data"]["at"], timezone.utc).astimezone()
                screen.say(at, data["id"], event["tag"].split("/")[1], text)
        # With a wait of 0 alone Salt waits without an end.
        event = bus.get_event(wait=0, tag="vios/", full=True, no_block=True)
