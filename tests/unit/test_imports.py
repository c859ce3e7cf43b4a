"""Imports go one way: who decides knows nothing of who acts, and who acts nothing of who asks."""

import ast
import subprocess
import sys

import pytest

from saltext_vios.driver import standalone
from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "saltext_vios"
SOURCES = sorted(PACKAGE.rglob("*.py"))
# Each imports what stands below it, and nothing of its neighbours.
LAYERS = [
    ["states"],
    ["modules", "runners", "engines", "output"],
    ["driver", "fleet"],
    ["calls"],
    ["methods"],
    ["task_options"],
    ["options"],
    ["kinds"],
    ["migration", "nim"],
    ["asked", "errors", "returns", "__version__"],
]
ABOVE = {part: height for height, layer in enumerate(LAYERS) for part in layer}
# What the core would need to touch the world or to know the time.
WORLD = {"fcntl", "os", "pathlib", "salt", "shutil", "signal", "socket", "sqlite3", "subprocess", "threading", "time"}


def part_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path):
    """The full names of what a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts_used(path):
    """The parts of this package that a file imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("saltext_vios.")}


def test_every_part_has_its_place():
    assert {part_of(path) for path in SOURCES} - {"__init__"} == set(ABOVE) - {"__version__"} | {"simulator"}


@pytest.mark.parametrize("part", ABOVE)
def test_a_part_imports_only_what_stands_below_it(part):
    for path in SOURCES:
        if part_of(path) == part:
            used = parts_used(path) - {part}
            assert used <= {other for other in ABOVE if ABOVE[other] > ABOVE[part]}, path


def test_the_core_touches_no_world_and_knows_no_time():
    for path in (PACKAGE / "migration").glob("*.py"):
        assert not WORLD & {name.split(".")[0] for name in imports(path)}, path
        assert "datetime.now(" not in path.read_text(), path


def test_the_simulator_knows_nothing_of_what_it_tests():
    for path in (PACKAGE / "simulator").glob("*.py"):
        assert parts_used(path) <= {"simulator"}, path


def test_the_launcher_stands_alone():
    assert not any(name.startswith("saltext_vios") for name in imports(PACKAGE / "driver" / "launcher.py"))


@pytest.mark.skipif(sys.version_info < (3, 10), reason="this Python does not list its standard library")
def test_what_the_driver_needs_stands_alone():
    """It runs where Salt is gone, or never was; what hands its events over is a process of its own."""
    wanted = [path for path in SOURCES if part_of(path) not in standalone.LEFT_OUT]
    assert PACKAGE / "driver" / "__main__.py" in wanted
    for path in wanted:
        assert not parts_used(path) & standalone.LEFT_OUT, path
        others = {name.split(".")[0] for name in imports(path)} - {"saltext_vios", *sys.stdlib_module_names}
        assert others == ({"salt"} if path.name == "sender.py" else set()), path


def loaded_with(path, seen):
    """What a file of this package, and those that it ever loads, import of others; not within functions."""
    if path in seen:
        return
    seen.add(path)
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        names = [alias.name for alias in getattr(node, "names", [])] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            found = [file for part in (name, name.rpartition(".")[0]) for file in files_of(part)]
            if found:
                yield from loaded_with(found[0], seen)
            elif node in tree.body:
                yield path.name, name.split(".")[0]


def files_of(name):
    place = PACKAGE.parent.joinpath(*name.split("."))
    return [file for file in (place.with_suffix(".py"), place / "__init__.py") if file in SOURCES]


@pytest.mark.skipif(sys.version_info < (3, 10), reason="this Python does not list its standard library")
@pytest.mark.parametrize("part", ["modules", "states"])
def test_what_salt_ssh_loads_needs_only_salt(part):
    """Of what stands beside Salt on a Salt master, it sends along only what Salt itself loads at once: no dateutil."""
    others = {found for path in (PACKAGE / part).glob("*.py") for found in loaded_with(path, set())}
    known = {"salt", "saltext_vios", *sys.stdlib_module_names}
    assert [(file, name) for file, name in others if name not in known] == []


def test_a_call_that_only_shows_loads_no_method_and_no_check():
    """Each ``salt-call vios.status`` is a process of its own, and these are half of what there is to load."""
    shows = "import sys, saltext_vios.modules.vios; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", shows], capture_output=True, text=True, check=True).stdout.split()
    assert "saltext_vios.driver.reports" in loaded
    left_out = {f"saltext_vios.{part}" for part in ("methods", "migration.checks", "migration.start")}
    assert not left_out & set(loaded)
