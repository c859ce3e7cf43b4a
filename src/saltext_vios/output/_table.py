"""Tables for a terminal: as wide as their content; where the terminal is narrower, wrapped."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from saltext_vios.nim.text import printable

GAP = "  "
NARROWEST = 6
CUT = ".."


class Cell(NamedTuple):
    """A text and the name of its colour, if any."""

    text: str
    colour: str = ""


Paint = Callable[[str, str], str]


def readable(value: Any) -> Any:
    """A return with all its texts on one line each, without anything that a terminal would obey."""
    if isinstance(value, str):
        return " ".join(printable(value).split())
    if isinstance(value, Mapping):
        return {readable(key): readable(one) for key, one in value.items()}
    return [readable(one) for one in value] if isinstance(value, (list, tuple)) else value


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    paint: Paint,
    width: int | None,
    cut: Collection[str] = (),
) -> list[str]:
    """The lines of a table; a column in which nothing stands is left out.

    :param width: columns of the terminal; None for a table as wide as its content.
    :param cut: heads of the columns whose texts are cut where there is no room; all others are wrapped first.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    used = [n for n in range(len(heads)) if any(row[n].text for row in cells)]
    columns = [[Cell(heads[n], "bold"), *(row[n] for row in cells)] for n in used]
    widths = [max(len(one.text) for one in column) for column in columns]
    if width is not None:
        words = [NARROWEST if heads[n] in cut else _longest_word(column) for n, column in zip(used, columns)]
        widths = _fit(_fit(widths, words, width), [NARROWEST] * len(used), width)
    lines = []
    for row in zip(*columns):
        parts = [_parts(one.text, room, heads[n] in cut) for n, one, room in zip(used, row, widths)]
        for texts in zip_longest(*parts, fillvalue=""):
            # The last column ends where its text ends.
            padded = [*(text.ljust(room) for text, room in zip(texts[:-1], widths)), texts[-1]]
            lines.append(GAP.join(paint(text, one.colour) for text, one in zip(padded, row)).rstrip())
    return lines


def paragraph(text: str, width: int | None, indent: str = "") -> list[str]:
    """A text in lines of that width, the second and later ones set in; one line where nobody looks."""
    if width is None:
        return [indent + text]
    return textwrap.wrap(
        text,
        max(width, 4 * NARROWEST),
        initial_indent=indent,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _cell(value: object) -> Cell:
    if isinstance(value, Cell):
        return value
    return Cell("" if value is None else str(value))


def _longest_word(column: Iterable[Cell]) -> int:
    return max([NARROWEST, *(len(word) for one in column for word in one.text.split())])


def _fit(widths: Sequence[int], least: Sequence[int], width: int) -> list[int]:
    """Take from the widest column that can give until the table fits, or none can give any more."""
    found = list(widths)
    for _ in range(sum(found) + len(GAP) * (len(found) - 1) - width):
        giving = [n for n in range(len(found)) if found[n] > least[n]]
        if not giving:
            break
        found[max(giving, key=found.__getitem__)] -= 1
    return found


def _parts(text: str, room: int, cut: bool) -> list[str]:
    if len(text) <= room:
        return [text]
    if cut:
        return [text[: room - len(CUT)] + CUT]
    lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)
    return [part for line in lines for part in _broken(line, room)]


def _broken(word: str, room: int) -> Iterator[str]:
    """A word that is longer than its column, broken where a path or a status can be."""
    while len(word) > room:
        end = max(word.rfind(sign, 1, room) for sign in "/-") + 1 or room
        yield word[:end]
        word = word[end:]
    yield word
