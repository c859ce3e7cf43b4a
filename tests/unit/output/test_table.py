"""Tables: as wide as their content, wrapped where the terminal is narrower, nothing that a terminal would obey."""

from saltext_vios.output._table import Cell, paragraph, readable, table

HEADS = ("VIOS", "seen")


def plain(text, colour):
    return text


def marked(text, colour):
    return f"<{colour}>{text}</>" if colour else text


def test_columns_are_as_wide_as_their_content():
    assert table(HEADS, [("vios1", "ready"), ("v", "x")], plain, None) == ["VIOS   seen", "vios1  ready", "v      x"]


def test_a_column_in_which_nothing_stands_is_left_out():
    assert table(HEADS, [("vios1", None), ("vios2", "")], plain, None) == ["VIOS", "vios1", "vios2"]


def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost():
    told = "left by an earlier operation: vios.reset vios1 confirm=True releases it"
    lines = table(HEADS, [("vios1", told), ("vios2", "ready")], plain, 30)
    assert lines == [
        "VIOS   seen",
        "vios1  left by an earlier",
        "       operation: vios.reset",
        "       vios1 confirm=True",
        "       releases it",
        "vios2  ready",
    ]


def test_the_widest_column_gives_first():
    lines = table(HEADS, [("a VIOS", "one two three four")], plain, 20)
    assert lines == ["VIOS    seen", "a VIOS  one two", "        three four"]


def test_a_column_that_may_be_cut_is_cut_and_not_wrapped():
    assert table(HEADS, [("vios1", "ready for a NIM operation")], plain, 20, cut=("seen",)) == [
        "VIOS   seen",
        "vios1  ready for a..",
    ]


def test_a_path_that_is_wider_than_its_column_continues_on_the_next_line():
    lines = table(HEADS, [("vios1", "580 bytes in /export/nim/ios_backup/vios1_iosb")], plain, 26)
    assert lines == [
        "VIOS   seen",
        "vios1  580 bytes in",
        "       /export/nim/",
        "       ios_backup/",
        "       vios1_iosb",
    ]


def test_a_word_that_can_be_broken_nowhere_is_broken_at_the_edge():
    lines = table(HEADS, [("vios1", "x" * 40)], plain, 40)
    assert lines == ["VIOS   seen", "vios1  " + "x" * 33, "       " + "x" * 7]


def test_a_terminal_that_is_far_too_narrow_still_shows_a_part_of_each_column():
    assert table(HEADS, [("vios-of-frame-1", "customizing")], plain, 3)[1:] == [
        "vios-   custom",
        "of-     izing",
        "frame-",
        "1",
    ]


def test_without_a_terminal_nothing_is_shortened():
    assert "x" * 500 in table(HEADS, [("vios1", "x" * 500)], plain, None)[1]


def test_colour_does_not_count_as_width():
    lines = table(HEADS, [(Cell("vios1", "red"), "a"), ("v", Cell("b", "green"))], marked, None)
    assert lines == ["<bold>VIOS </>  <bold>seen</>", "<red>vios1</>  a", "v      <green>b</>"]


def test_what_a_terminal_would_obey_is_shown_as_an_escape_wherever_it_stands():
    told = {"vios\x1b[2J": ["a\x9bb\nc", {"level": None, "percent": 4}]}
    assert readable(told) == {"vios\\x1b[2J": ["a\\x9bb c", {"level": None, "percent": 4}]}


def test_a_paragraph_is_set_in_from_its_second_line_on():
    assert paragraph("vios1: no answer since noon", 24) == ["vios1: no answer since", "    noon"]


def test_without_a_terminal_a_paragraph_is_one_line():
    assert paragraph("x " * 200, None) == ["x " * 200]
