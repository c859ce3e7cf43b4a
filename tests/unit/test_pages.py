"""What the pages and examples tell an administrator to type."""

import re

import pytest

from tests.conftest import ROOT

PAGES = [path for where in ("*.md", "docs/*.md", "examples/**/*.*") for path in ROOT.glob(where)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_is_told_to_run_what_lies_at_a_known_place_in_tmp(page):
    assert re.findall(r"/tmp/\w\S*", page.read_text(errors="replace")) == []
