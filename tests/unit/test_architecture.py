"""The page for people who change this project names files and names that are there."""

import importlib
import re

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "saltext_vios"
PAGE = (ROOT / "docs" / "architecture.md").read_text()
# `migration/checks.py: CHECKS`, or a file alone.
NAMED = sorted(set(re.findall(r"`([\w/]+\.(?:py|md))(?:: (\w+))?`", PAGE)))


def place(path):
    return ROOT / path if path.startswith(("docs/", "tests/")) else PACKAGE / path


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda value: value.replace("/", "."))
def test_what_an_addition_touches_is_there(path, name):
    text = place(path).read_text()
    assert not name or re.search(rf"^\s*(?:def |class |)({name})\b", text, re.MULTILINE)


@pytest.mark.parametrize(("addition", "most"), [("check", 7), ("status", 6)])
def test_a_common_addition_touches_few_files(addition, most):
    """Of a status, the last two are one or the other: a failure, or none."""
    (row,) = re.findall(rf"^\| {addition} \|.*", PAGE, re.MULTILINE)
    assert len(set(re.findall(r"`([\w/]+\.(?:py|md))", row))) <= most


def test_every_part_is_in_the_table():
    parts = {path.stem for path in PACKAGE.iterdir() if (path / "__init__.py").exists() or path.suffix == ".py"}
    table = PAGE[PAGE.index("| part |") : PAGE.index("Imports go one way")]
    assert parts - {"__init__"} == set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|[^|]*\|", table, re.MULTILINE))))


def test_the_picture_goes_down_only(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    parts = importlib.import_module("parts")
    found = parts.arrows()
    height = {part: n for n, row in enumerate(parts.rows(found)) for part in row}
    assert set(height) == set(parts.PARTS)
    assert all(height[part] < height[other] for part, others in found.items() for other in others)
