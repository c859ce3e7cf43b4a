"""Tables: as wide as their content, shortened where the terminal is narrower, nothing that a terminal would obey."""

from saltext_vios.output._table import Cell, table

HEADS = ("VIOS", "seen")


def plain(text, colour):
    return text


def marked(text, colour):
    return f"<{colour}>{text}</>" if colour else text


def test_columns_are_as_wide_as_their_content():
    assert table(HEADS, [("vios1", "ready"), ("v", "x")], plain, None) == ["VIOS   seen", "vios1  ready", "v      x"]


def test_a_column_in_which_nothing_stands_is_left_out():
    assert table(HEADS, [("vios1", None), ("vios2", "")], plain, None) == ["VIOS", "vios1", "vios2"]


def test_no_line_is_wider_than_the_terminal_and_the_widest_column_gives():
    lines = table(HEADS, [("vios1", "x" * 100)], plain, 40)
    assert [len(line) for line in lines] == [11, 40]
    assert lines[1].startswith("vios1  xxx")
    assert lines[1].endswith("x..")


def test_a_terminal_that_is_far_too_narrow_still_shows_a_part_of_each_column():
    assert table(HEADS, [("vios-of-frame-1", "customizing")], plain, 3)[1] == "vios..  cust.."


def test_without_a_terminal_nothing_is_shortened():
    assert "x" * 500 in table(HEADS, [("vios1", "x" * 500)], plain, None)[1]


def test_colour_does_not_count_as_width():
    lines = table(HEADS, [(Cell("vios1", "red"), "a"), ("v", Cell("b", "green"))], marked, None)
    assert lines == ["<bold>VIOS </>  <bold>seen</>", "<red>vios1</>  a", "v      <green>b</>"]


def test_what_a_terminal_would_obey_is_shown_as_an_escape():
    assert table(HEADS, [("vios1", "a\x1b[2Jb\nc")], plain, None)[1] == "vios1  a\\x1b[2Jb c"
