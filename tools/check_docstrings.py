"""Every public function that Salt loads shows how it is called, since which version it is there, and fits a terminal.

``python tools/check_docstrings.py`` prints what lacks it and fails; a test and the hooks of pre-commit run the same.
A function is as old as its module says, unless it has a ``versionadded`` of its own.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "saltext_vios"
LOADED = ("modules", "runners", "states", "engines", "output")
TYPED = ("modules", "runners")  # by a person, on a command line
# A terminal of 80 columns, of which salt-call's sys.doc leaves four free.
WIDTH = 76
SINCE = re.compile(r"^\s*\.\. versionadded:: (\d+\.\d+\.\d+)$", re.MULTILINE)


def lacking(package: Path = PACKAGE) -> Iterator[str]:
    """What is missing, a line for each."""
    current = _version(package)
    for kind in LOADED:
        for path in sorted((package / kind).glob("[!_]*.py")):
            tree = ast.parse(path.read_text())
            about = ast.get_docstring(tree) or ""
            if not SINCE.search(about):
                yield f"{path}: its docstring has no versionadded"
            yield from (f"{path}: {one}" for one in _too_wide(tree))
            for function in _public(tree):
                what = [*_of(function, kind, current)]
                if kind == "states" and f"vios.{function.name}" not in about:
                    what.append("the docstring of its file does not name it")
                yield from (f"{path}:{function.lineno}: {function.name}: {one}" for one in what)


def _public(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def _of(function: ast.FunctionDef, kind: str, current: tuple[int, ...]) -> Iterator[str]:
    text = ast.get_docstring(function) or ""
    if not text:
        yield "no docstring"
    elif kind in TYPED and "CLI Example:" not in text:
        yield "no 'CLI Example:' in its docstring"
    yield from _too_wide(function)
    for found in SINCE.findall(text):
        if _numbers(found) > current:
            yield f"versionadded {found} is newer than this package"


def _too_wide(node: ast.Module | ast.FunctionDef) -> Iterator[str]:
    for line in (ast.get_docstring(node, clean=False) or "").splitlines():
        if len(line) > WIDTH:
            yield f"wider than {WIDTH} columns: {line.strip()}"


def _version(package: Path) -> tuple[int, ...]:
    return _numbers(re.findall(r'^__version__ = "([\d.]+)"', (package / "__init__.py").read_text(), re.MULTILINE)[0])


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


if __name__ == "__main__":
    found = list(lacking())
    print("\n".join(found), end="\n" if found else "")
    sys.exit(bool(found))
