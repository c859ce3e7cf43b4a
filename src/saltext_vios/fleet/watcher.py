"""Watches a fleet until all of it is over: events as they come, the journals when it matters."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, Protocol

from salt.exceptions import SaltException

from saltext_vios.fleet.minions import Answers
from saltext_vios.fleet.watching import Picture

LISTEN = 1.0  # seconds to wait for an event
PAUSE = 2.0  # seconds between two questions to the journals


class Bus(Protocol):
    def get_event(self, wait: float, tag: str, full: bool, no_block: bool = False) -> Mapping[str, Any] | None: ...


class Screen(Protocol):
    shows_percent: bool

    def say(self, at: datetime, master: str, key: str, text: str) -> None: ...

    def show(self, picture: Picture, now: datetime) -> None: ...


def watch(
    picture: Picture,
    ask: Callable[[list[str] | None], Answers],
    bus: Bus,
    screen: Screen,
    ask_every: float,
    linger: float = 0,
) -> Answers:
    """Return when nothing is in flight on any NIM master that answers; the last answers of all.

    :param ask: asks the journals of some NIM masters, or of all.
    :param linger: seconds to go on when nothing is in flight: more may begin.
    :raises SaltException: when the first question cannot be asked; later ones are asked again.
    """
    answers = Answers()
    asked = whole = float("-inf")
    busy = time.monotonic()
    while True:
        now = time.monotonic()
        if now >= whole + ask_every:
            answers = _ask(picture, ask, bus, screen, None)
            asked = whole = time.monotonic()
        elif picture.stale and now >= asked + PAUSE:
            _ask(picture, ask, bus, screen, sorted(picture.stale))
            asked = time.monotonic()
        screen.show(picture, datetime.now(timezone.utc))
        if picture.stale or picture.in_flight():
            busy = time.monotonic()
        elif now >= busy + linger:
            return answers
        _listen(picture, bus, screen, LISTEN)


def _ask(
    picture: Picture, ask: Callable[[list[str] | None], Answers], bus: Bus, screen: Screen, masters: list[str] | None
) -> Answers:
    """Ask journals; what is over is said after all that was sent before."""
    begins = not picture.overviews
    try:
        answers = ask(masters)
    except SaltException as error:
        if begins:
            raise
        answers = Answers(failed=dict.fromkeys(masters or picture.overviews, f"cannot be asked: {error}"))
    now = datetime.now(timezone.utc).astimezone()
    news = [(master, *one) for master, overview in answers.returns.items() for one in picture.asked(master, overview)]
    if not begins:
        _listen(picture, bus, screen, 0)
    for master, key, text in news:
        screen.say(now, master, key, text)
    for master, text in [*answers.failed.items(), *((master, "no answer") for master in answers.silent)]:
        picture.stale.discard(master)
        screen.say(now, master, "", text)
    return answers


def _listen(picture: Picture, bus: Bus, screen: Screen, wait: float) -> None:
    """Wait some seconds for an event, then take in all that are there."""
    event = bus.get_event(wait=wait, tag="vios/", full=True, no_block=not wait)
    while event is not None:
        tag, data = event["tag"], event["data"]
        if "id" in data and isinstance(data.get("data"), Mapping):
            text = picture.told(data["id"], tag, data["data"])
            if text and not (screen.shows_percent and tag.endswith("/percent")):
                at = datetime.fromtimestamp(data["data"].get("at", time.time()), timezone.utc).astimezone()
                screen.say(at, data["id"], tag.split("/")[1], text)
        # With a wait of 0 alone Salt waits without an end.
        event = bus.get_event(wait=0, tag="vios/", full=True, no_block=True)
