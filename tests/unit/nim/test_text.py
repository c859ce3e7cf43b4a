"""What a terminal would obey never reaches one."""

from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.nim.text import printable


def test_escape_sequences_are_shown_not_obeyed():
    assert printable("a\x1b[2Jb\r\x07\x9b") == "a\\x1b[2Jb\\r\\x07\\x9b"


def test_the_line_ends_of_a_terminal_are_line_ends():
    assert printable("3.1.4.31\r\n") == "3.1.4.31\n"


def test_lines_and_tabs_stay():
    assert printable("one\n\ttwo\n") == "one\n\ttwo\n"


@given(st.text())
def test_nothing_that_moves_a_cursor_is_left(text):
    assert all(char in "\n\t" or char.isprintable() or char > "\x9f" for char in printable(text))
