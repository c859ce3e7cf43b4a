"""What the pages and examples tell an administrator to type."""

import re

import pytest

from tests.conftest import ROOT

PAGES = [path for where in ("*.md", "docs/*.md", "examples/**/*.*") for path in ROOT.glob(where)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_is_told_to_run_what_lies_at_a_known_place_in_tmp(page):
    assert re.findall(r"/tmp/\w\S*", page.read_text(errors="replace")) == []


def test_each_word_of_the_glossary_has_its_meaning_below_it():
    """Sphinx takes a line that is not indented for one more word."""
    block = re.search(r"```\{glossary\}\n(.*?)```", (ROOT / "docs" / "glossary.md").read_text(), re.DOTALL)[1]
    entries = [entry.splitlines() for entry in block.strip().split("\n\n")]
    alone = [word for word, *meaning in entries if not meaning or not all(line.startswith("    ") for line in meaning)]
    assert alone == []


# Characters that a page shows in a browser before a block needs a scroll bar.
WIDE = 86


def commands(page):
    """The lines of blocks to type, which are indented by four or stand in a fence without a language."""
    text = re.sub(r"^```\{?\w.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return [line.strip() for line in text.splitlines() if re.match(r" {4,}(salt|nim|python3|c_rsh|lsnim)\S* ", line)]


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_a_command_to_type_is_as_wide_as_a_page(page):
    assert [line for line in commands(page) if len(line) > WIDE] == []


def test_what_a_page_sets_apart_with_colons_is_set_apart():
    """Without the extension a warning is a paragraph that begins with its own markup."""
    used = [page.name for page in PAGES if re.search("^:::", page.read_text(errors="replace"), re.MULTILINE)]
    assert not used or '"colon_fence"' in (ROOT / "docs" / "conf.py").read_text()
