"""All text of this project that people read: what the code says, and what the pages say."""

import ast
import re

from tests.conftest import ROOT

SOURCES = sorted((ROOT / "src").rglob("*.py"))
# The list of changes is history: it quotes what was said then.
PAGES = sorted(
    path
    for where in ("*.md", "docs/*.md", "docs/ref/*.rst", "examples/**/*.sls", "src/**/*.jinja")
    for path in ROOT.glob(where)
    if path.name != "CHANGELOG.md"
)
CODE = re.compile(r"```.*?```|\{[%{#].*?[%}#]\}", re.DOTALL)  # also what Jinja evaluates


def said(source: str) -> list[tuple[int, str]]:
    """The texts in a module with their lines, docstrings too: a message in one piece, its values as ``{...}``."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append((node.lineno, "".join(map(_part, node.values))))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            found.append((node.lineno, node.value))
    return sorted((line, text) for line, text in found if " " in text)


def _part(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "{...}"


def comments(source: str) -> list[tuple[int, str]]:
    return [(n, line.partition("# ")[2]) for n, line in enumerate(source.splitlines(), 1) if "# " in line]


def prose(page: str) -> str:
    """What a page says, without what it shows of code; as many lines as before."""
    return CODE.sub(lambda match: "\n" * match[0].count("\n"), page)
