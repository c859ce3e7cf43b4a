"""How a watched fleet is shown: bars on a terminal where rich is installed, else a line for every change."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TextIO

from saltext_vios.fleet.watching import Picture
from saltext_vios.nim.text import printable

ROOM = 4  # lines of a terminal that no bar of a tuple takes


class Lines:
    """One line for every change; for logs, pipes, and terminals without rich."""

    shows_percent = False

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def say(self, at: datetime, master: str, key: str, text: str) -> None:
        print(_line(at, master, key, text), file=self.out, flush=True)

    def show(self, picture: Picture, now: datetime) -> None:
        """Nothing: what changed was said."""


class Bars:
    """A bar for every tuple under way, as many as the terminal has lines, and one for the fleet."""

    shows_percent = True

    def __init__(self, out: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self.console = Console(file=out)
        self.progress = Progress(
            TextColumn("{task.fields[place]}", markup=False),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[state]}", markup=False),
            console=self.console,
            refresh_per_second=4,
        )
        self.fleet = self.progress.add_task("", place="fleet", state="", total=1)
        self.tasks: dict[tuple[str, str], Any] = {}

    def __enter__(self) -> Bars:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def say(self, at: datetime, master: str, key: str, text: str) -> None:
        self.progress.print(_line(at, master, key, text), markup=False, highlight=False)

    def show(self, picture: Picture, now: datetime) -> None:
        lines = picture.in_flight()
        moving = [line for line in lines if not line.waits]
        shown = {(line.master, line.key): line for line in moving[: max(1, self.console.height - ROOM)]}
        for place in [place for place in self.tasks if place not in shown]:
            self.progress.remove_task(self.tasks.pop(place))
        for place, line in shown.items():
            if place not in self.tasks:
                self.tasks[place] = self.progress.add_task(
                    "", place=_plain(picture.name_of(line.master)), state="", total=None
                )
            self.progress.update(
                self.tasks[place],
                description=_plain(line.key),
                state="  ".join(_plain(part) for part in line.state.split("  ")),
                # Without an expected length the bar only shows that it moves.
                total=None if line.share is None else 1.0,
                completed=line.share or 0.0,
            )
        over, total = picture.over()
        parts = [f"{over} of {total} ended"]
        if len(moving) < len(lines):
            parts.append(f"{len(lines) - len(moving)} waiting")
        if len(shown) < len(moving):
            parts.append(f"{len(moving) - len(shown)} not shown")
        if lines:
            end = picture.end(now)
            parts.append(f"expected end {end.astimezone():%H:%M}" if end else "end unknown")
        self.progress.update(self.fleet, completed=over, total=max(total, 1), state=", ".join(parts))


def _line(at: datetime, master: str, key: str, text: str) -> str:
    parts = [at.strftime("%H:%M:%S"), *(_plain(one) for one in (master, key, text))]
    return "  ".join(part for part in parts if part)


def _plain(text: str) -> str:
    """On one line, without anything that a terminal would obey."""
    return " ".join(printable(text).split())


def screen(out: TextIO) -> Bars | Lines:
    """Bars on a terminal where rich is installed, else lines."""
    if not out.isatty():
        return Lines(out)
    try:
        return Bars(out)
    except ImportError:
        return Lines(out)
