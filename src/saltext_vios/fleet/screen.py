"""How a watched fleet is shown: bars on a terminal where rich is installed, else a line for every change."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TextIO

from saltext_vios.fleet.watching import Picture
from saltext_vios.nim.text import printable


class Lines:
    """One line for every change; for logs, pipes, and terminals without rich."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def say(self, at: datetime, master: str, key: str, text: str) -> None:
        parts = [at.strftime("%H:%M:%S"), master, key, " ".join(printable(text).split())]
        print("  ".join(part for part in parts if part), file=self.out, flush=True)

    def show(self, picture: Picture, now: datetime) -> None:
        """Nothing: what changed was said."""


class Bars:
    """A bar for every tuple in flight, and one for the fleet."""

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
        )
        self.fleet = self.progress.add_task("", place="fleet", state="", total=1)
        self.tasks: dict[tuple[str, str], Any] = {}

    def __enter__(self) -> Bars:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def say(self, at: datetime, master: str, key: str, text: str) -> None:
        words = "  ".join(part for part in (at.strftime("%H:%M:%S"), master, key, printable(text)) if part)
        self.progress.print(words, markup=False, highlight=False)

    def show(self, picture: Picture, now: datetime) -> None:
        lines = {(line.master, line.key): line for line in picture.in_flight()}
        for place in [place for place in self.tasks if place not in lines]:
            self.progress.remove_task(self.tasks.pop(place))
        for place, line in lines.items():
            if place not in self.tasks:
                self.tasks[place] = self.progress.add_task("", place=line.master, state="", total=None)
            self.progress.update(
                self.tasks[place],
                description=line.key,
                state=printable(line.state),
                # Without an expected length the bar only shows that it moves.
                total=None if line.share is None else 1.0,
                completed=line.share or 0.0,
            )
        over, total = picture.over()
        end = picture.end(now)
        expected = f", about until {end.astimezone():%H:%M}" if end else ""
        self.progress.update(
            self.fleet, completed=over, total=max(total, 1), state=f"{over} of {total} tuples over{expected}"
        )


def screen(out: TextIO) -> Bars | Lines:
    """Bars on a terminal where rich is installed, else lines."""
    if not out.isatty():
        return Lines(out)
    try:
        return Bars(out)
    except ImportError:
        return Lines(out)
