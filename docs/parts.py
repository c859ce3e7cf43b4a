"""The parts of the package and what each imports, as its files say."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "saltext_vios"
PARTS = sorted(path.stem for path in PACKAGE.iterdir() if (path / "__init__.py").exists() or path.suffix == ".py")
PARTS.remove("__init__")


def uses(part):
    """The other parts that one imports, without those that it reaches through another of them."""
    paths = [PACKAGE / f"{part}.py", *(PACKAGE / part).rglob("*.py")]
    found = set()
    for node in (node for path in paths if path.exists() for node in ast.walk(ast.parse(path.read_text()))):
        names = [node.module] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom) and node.module == "saltext_vios":
            names = [f"saltext_vios.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name and name.startswith("saltext_vios.")}
    return found & set(PARTS) - {part}


def arrows():
    """Part -> what it imports directly; an arrow that a way over others says already is left out."""
    direct = {part: uses(part) for part in PARTS}

    def reached(part):
        return set().union(*({one} | reached(one) for one in direct[part])) if direct[part] else set()

    return {
        part: {one for one in found if not any(one in reached(other) for other in found - {one})}
        for part, found in direct.items()
    }


def rows(found):
    """The parts from the top down, each below all that import it."""

    def height(part):
        return 1 + max(map(height, found[part]), default=-1)

    heights = {part: height(part) for part in found}
    return [[part for part in PARTS if heights[part] == n] for n in range(max(heights.values()), -1, -1)]
