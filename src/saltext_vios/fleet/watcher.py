"""Watches a fleet until all of it is over: events as they come, the journals when it matters."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, Protocol

from salt.exceptions import SaltException

from saltext_vios.fleet import hints
from saltext_vios.fleet.answers import Answers
from saltext_vios.fleet.hints import Hint
from saltext_vios.fleet.rounds import Rounds
from saltext_vios.fleet.watching import Picture

LISTEN = 1.0  # seconds to wait for an event
PAUSE = 2.0  # seconds between two questions to the journals
AT_ONCE = 200  # events that are taken in before anything else is done


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
    is_stopped: Callable[[], bool] = lambda: False,
    rounds: Rounds | None = None,
) -> Answers:
    """Return when nothing is in flight on any NIM master that answers; the last answers of all.

    :param ask: asks the journals of some NIM masters, or of all.
    :param linger: seconds to go on when nothing is in flight: more may begin.
    :param rounds: asks the journals of those without events, and waits for none of them.
    :raises SaltException: when the first question cannot be asked; later ones are asked again.
    """
    answers = Answers()
    asked = whole = float("-inf")
    pause, over = PAUSE, None
    while not is_stopped():
        now = time.monotonic()
        if now >= whole + ask_every:
            answers = _ask(picture, ask, bus, screen, None)
            asked = whole = time.monotonic()
        elif picture.stale and now >= asked + pause:
            known = _known(picture)
            _ask(picture, ask, bus, screen, sorted(picture.stale))
            asked = time.monotonic()
            # Hints that no journal bears out are asked about ever more seldom.
            pause = PAUSE if _known(picture) != known else min(2 * pause, max(PAUSE, ask_every))
        if rounds is not None:
            _take_over(picture, screen, rounds.turn())
        if is_stopped():
            break
        screen.show(picture, datetime.now(timezone.utc))
        if picture.in_flight() or not (rounds is None or rounds.is_complete):
            over = None
        elif over is None:
            over = time.monotonic()
        # A hint of more is asked about once before the end, and cannot put it off for ever.
        if over is not None and time.monotonic() >= over + linger and (asked > over or not picture.stale):
            break
        _listen(picture, bus, screen, LISTEN)
    if rounds is not None:
        answers.add(rounds.last)
    return answers


def _known(picture: Picture) -> dict[str, int]:
    return {master: overview["event"] for master, overview in picture.overviews.items()}


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
    news = _news(picture, answers)
    for hint in [hint for master in answers.returns for hint in picture.proven(master)]:
        _take_in(picture, screen, hint)
    if not begins:
        _listen(picture, bus, screen, 0)
    _say(picture, screen, news)
    return answers


def _take_over(picture: Picture, screen: Screen, answers: Answers) -> None:
    """What journals say of NIM masters that send no events."""
    _say(picture, screen, _news(picture, answers))


def _news(picture: Picture, answers: Answers) -> list[tuple[str, str, str]]:
    """By NIM master and tuple what is new, and who did not answer."""
    told = [(master, *one) for master, overview in answers.returns.items() for one in picture.asked(master, overview)]
    told += [(master, "", text) for master, text in answers.failed.items()]
    told += [(master, "", "no answer") for master in answers.silent]
    picture.stale.difference_update(answers.failed, answers.silent)
    return told


def _say(picture: Picture, screen: Screen, news: list[tuple[str, str, str]]) -> None:
    now = datetime.now(timezone.utc).astimezone()
    for master, key, text in news:
        screen.say(now, picture.name_of(master), key, text)


def _listen(picture: Picture, bus: Bus, screen: Screen, wait: float) -> None:
    """Wait some seconds for an event, then take in those that are there, as many as leave time for the rest."""
    event = bus.get_event(wait=wait, tag="vios/", full=True, no_block=not wait)
    for _ in range(AT_ONCE):
        if event is None:
            return
        hint = hints.read(event)
        if hint is not None:
            _take_in(picture, screen, hint)
        # With a wait of 0 alone Salt waits without an end.
        event = bus.get_event(wait=0, tag="vios/", full=True, no_block=True)


def _take_in(picture: Picture, screen: Screen, hint: Hint) -> None:
    text = picture.reported(hint)
    if text and not (screen.shows_percent and hint.what == "percent"):
        screen.say(shown_at(hint), hint.master, hint.key, text)


def shown_at(hint: Hint) -> datetime:
    """When it is said to have happened, or now."""
    return datetime.fromtimestamp(hint.at or time.time(), timezone.utc).astimezone()
