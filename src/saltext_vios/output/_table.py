"""Tables for a terminal: as wide as their content, shortened where the terminal is narrower."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from saltext_vios.nim.text import printable

GAP = "  "
NARROWEST = 6
CUT = ".."


class Cell(NamedTuple):
    """A text and the name of its colour, if any."""

    text: str
    colour: str = ""


Paint = Callable[[str, str], str]


def cell(value: object) -> Cell:
    """What a value is shown as; nothing for None."""
    if isinstance(value, Cell):
        return Cell(_flat(value.text), value.colour)
    return Cell("" if value is None else _flat(str(value)))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], paint: Paint, width: int | None) -> list[str]:
    """The lines of a table; a column in which nothing stands is left out.

    :param width: columns of the terminal; None shortens nothing.
    """
    cells = [[cell(value) for value in row] for row in rows]
    used = [n for n in range(len(heads)) if any(row[n].text for row in cells)]
    columns = [[Cell(heads[n], "bold"), *(row[n] for row in cells)] for n in used]
    widths = _fit([max(len(one.text) for one in column) for column in columns], width)
    lines = []
    for row in zip(*columns):
        shown = [Cell(_cut(one.text, room), one.colour) for one, room in zip(row, widths)]
        padded = [one.text.ljust(room) for one, room in zip(shown, widths)]
        # The last column ends where its text ends.
        padded[-1] = shown[-1].text
        lines.append(GAP.join(paint(text, one.colour) for text, one in zip(padded, shown)).rstrip())
    return lines


def _fit(widths: list[int], width: int | None) -> list[int]:
    """Take from the widest column until the table fits, or nothing more can be taken."""
    if width is None:
        return widths
    surplus = sum(widths) + len(GAP) * (len(widths) - 1) - width
    for _ in range(max(0, surplus)):
        widest = max(range(len(widths)), key=widths.__getitem__)
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - len(CUT)] + CUT


def _flat(text: str) -> str:
    """One line, without anything that a terminal would obey."""
    return " ".join(printable(text).split())
