"""What two files would have to say alike is said in one of them."""

import ast
import re
from dataclasses import fields

import pytest

from saltext_vios.driver.settings import Settings
from saltext_vios.nim.commands import ATTRIBUTES, FLAGS, POSTFIXES
from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "saltext_vios"
TREES = {
    str(path.relative_to(PACKAGE)): ast.parse(path.read_text())
    for path in PACKAGE.rglob("*.py")
    if "simulator" not in path.parts
}
LIMITS = {"start_timeout", "stall_timeout", "query_retries", "query_timeout", "paths_timeout"}


def files_with(wanted):
    return {name for name, tree in TREES.items() if any(wanted(node) for node in ast.walk(tree))}


def is_default_of_a_limit(node):
    named = isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in LIMITS
    return named and isinstance(node.value, ast.Constant)


def test_how_the_names_of_resources_end():
    found = files_with(lambda node: isinstance(node, ast.Constant) and node.value in POSTFIXES.values())
    assert found == {"nim/commands.py"}


@pytest.mark.parametrize("attribute", sorted(set(ATTRIBUTES.values()) - set(ATTRIBUTES) - {"spot"}))
def test_which_attribute_an_option_becomes(attribute):
    pairs = {(name, ATTRIBUTES[name]) for name in ATTRIBUTES if ATTRIBUTES[name] == attribute}

    def says_it(node):
        words = [part.value for part in ast.iter_child_nodes(node) if isinstance(part, ast.Constant)]
        return isinstance(node, (ast.Tuple, ast.Call)) and any(set(pair) <= set(words) for pair in pairs)

    assert files_with(says_it) - {"options.py"} == set()


def test_which_flag_of_viosupgrade_an_option_becomes():
    words = {flag for flag in FLAGS if FLAGS[flag]}
    found = files_with(lambda node: isinstance(node, ast.Constant) and str(node.value) in words)
    assert "options.py" not in found


def test_how_a_time_is_written_and_read():
    def says_it(node):
        called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        return called in ("isoparse", "fromisoformat") or (
            called == "isoformat" and any(word.arg == "timespec" for word in node.keywords)
        )

    assert files_with(says_it) == {"migration/timestamps.py"}


def test_how_long_is_waited_unless_somebody_says_otherwise():
    assert files_with(is_default_of_a_limit) == {"migration/machine.py"}


def test_the_page_of_the_configuration_has_the_defaults_that_hold():
    page = dict(
        re.findall(r"^\| `vios:(\w+)` \| ([\d.]+) \|", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE)
    )
    held = {one.name: one.default for one in fields(Settings) if one.name in page}
    assert {name: float(text) for name, text in page.items()} == held
    assert page.keys() >= LIMITS - {"paths_timeout"}
