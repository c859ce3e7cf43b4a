"""What somebody sees who watches: bars on a terminal, lines elsewhere."""

import builtins
import io
from datetime import timezone

import pytest

from saltext_vios.fleet.screen import Bars, Lines, screen
from saltext_vios.fleet.watching import Picture
from tests.unit.fleet.test_watching import AT, entry, iso, moving, overview, picture, vios


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def without_rich(monkeypatch):
    known = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("rich"):
            raise ImportError(name)
        return known(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.fixture
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")


def drawn(made):
    out = Terminal()
    with Bars(out) as bars:
        bars.say(AT, "nim-a", "a", "began [x]")
        bars.show(made, AT)
    return out.getvalue()


def test_a_terminal_has_bars(wide):
    text = drawn(picture(a=entry("SUCCESS-UPGR1-INIT", vios1=moving(), vios2=vios()), b=entry(b=vios())))
    assert "vios1 installing 40 %  SUCCESS-UPGR1-INIT" in text
    assert "0 of 2 ended, 1 waiting, expected end" in text
    assert "01:00:00  nim-a  a  began [x]" in text


def test_without_history_it_is_said_that_no_end_is_known(wide):
    assert "0 of 1 ended, end unknown" in drawn(picture(a=entry(vios1=moving(expected=None))))


def test_there_are_no_more_bars_than_the_terminal_has_lines(wide, monkeypatch):
    monkeypatch.setenv("LINES", "10")
    made = picture(**{f"v{n:03}": entry(a=moving()) for n in range(300)})
    bars = Bars(Terminal())
    bars.show(made, AT)
    assert len(bars.tasks) == 6
    assert "0 of 300 ended, 294 not shown, expected end" in bars.progress.tasks[0].fields["state"]


def test_what_waits_has_no_bar(wide):
    bars = Bars(Terminal())
    bars.show(picture(a=entry(a=moving()), b=entry(b=vios())), AT)
    assert list(bars.tasks) == [("nim-a", "a")]


def test_a_tuple_that_is_over_loses_its_bar(wide):
    made = picture(a=entry(vios1=moving()))
    bars = Bars(Terminal())
    bars.show(made, AT)
    assert list(bars.tasks) == [("nim-a", "a")]
    made.asked("nim-a", overview(a=entry("SUCCESS-UPGR1", iso(), vios1=vios("done"))))
    bars.show(made, AT)
    assert bars.tasks == {}


def test_what_is_no_terminal_has_a_line_for_every_change():
    out = io.StringIO()
    with screen(out) as lines:
        assert isinstance(lines, Lines)
        lines.say(AT.astimezone(timezone.utc), "nim-a", "a", "over:\x1b[2J SUCCESS-UPGR2")
        lines.show(picture(), AT)
    assert out.getvalue() == "01:00:00  nim-a  a  over:\\x1b[2J SUCCESS-UPGR2\n"


def test_nothing_of_a_minion_is_obeyed_by_a_terminal(wide):
    evil = "\x1b]0;pwned\x07\x1b[2J"
    out = io.StringIO()
    Lines(out).say(AT, evil, evil, evil)
    made = Picture()
    made.asked(evil, overview(**{evil: entry(evil, **{evil: {**moving(), "phase": evil}})}))
    terminal = Terminal()
    with Bars(terminal) as bars:
        bars.say(AT, evil, evil, evil)
        bars.show(made, AT)
    for text in (out.getvalue(), terminal.getvalue()):
        assert "\x1b]0" not in text
        assert "\x1b[2J" not in text
        assert "\x07" not in text


def test_a_terminal_without_rich_has_lines(without_rich):
    assert isinstance(screen(Terminal()), Lines)


def test_a_terminal_with_rich_has_bars():
    assert isinstance(screen(Terminal()), Bars)
