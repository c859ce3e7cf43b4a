"""The house around the package: one version, what pages and workflows name is there, each public function is shown."""

import ast
import importlib.util
import os
import re
import subprocess
import sys

import pytest
import yaml

import saltext_vios
from tests.conftest import ROOT

VERSION = saltext_vios.__version__
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PAGES = ["CONTRIBUTING.md", "RELEASING.md", "README.md", "changelog/README.md"]


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def sessions():
    """The names of nox's sessions, from the noxfile as it stands."""
    tree = ast.parse((ROOT / "noxfile.py").read_text())
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any("nox.session" in ast.unparse(one) for one in node.decorator_list)
    }


def named(text):
    """The sessions of nox that a text has run."""
    calls = re.findall(r'nox (?:-\S+ )*-s ((?:"[^"]+"|[a-z]+)(?: [a-z]+)*)', text)
    return {word.strip('"').partition("(")[0] for call in calls for word in call.split(" ") if not word.startswith("-")}


def test_every_public_function_shows_its_call_and_its_version_and_fits_a_terminal():
    assert list(module(ROOT / "tools" / "check_docstrings.py").lacking()) == []


def test_what_lacks_its_call_or_its_version_or_is_too_wide_is_found(tmp_path):
    for name in ("modules", "runners", "states", "engines", "output"):
        (tmp_path / name).mkdir()
    (tmp_path / "__init__.py").write_text('__version__ = "1.2.0"\n')
    (tmp_path / "modules" / "a.py").write_text('"""A."""\ndef f():\n    """F."""\ndef _g():\n    pass\n')
    newer = '"""A.\n\n.. versionadded:: 1.2.0\n"""\ndef f():\n    """CLI Example:\n\n    .. versionadded:: 1.10.0"""\n'
    (tmp_path / "runners" / "a.py").write_text(newer)
    wide = f'"""A.\n\n.. versionadded:: 1.2.0\n{"x" * 77}\n"""\ndef f():\n    """F.\n{"y" * 77}\n"""\n'
    (tmp_path / "output" / "a.py").write_text(wide)
    found = [line.partition(": ")[2] for line in module(ROOT / "tools" / "check_docstrings.py").lacking(tmp_path)]
    assert found == [
        "its docstring has no versionadded",
        "f: no 'CLI Example:' in its docstring",
        "f: versionadded 1.10.0 is newer than this package",
        f"wider than 76 columns: {'x' * 77}",
        f"f: wider than 76 columns: {'y' * 77}",
    ]


def test_the_newest_section_of_the_changelog_is_this_version():
    newest = re.search(r"^## (\S+) \((.+)\)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    fragments = [one for one in (ROOT / "changelog").iterdir() if one.name != "README.md"]
    # Between two releases there are fragments of the next one, and the version is still the last one's or the next.
    assert newest[1] == VERSION or fragments
    if os.environ.get("RELEASE"):
        assert newest[1] == VERSION
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", newest[2]), "the newest section has no date yet"
        assert not fragments


def test_the_tag_is_this_version():
    asked = ["git", "tag", "--points-at", "HEAD"]
    found = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    tags = [*found, *filter(None, [os.environ.get("RELEASE")])]
    assert {tag for tag in tags if tag.startswith("v")} <= {f"v{VERSION}"}


def test_the_version_stands_in_one_place():
    project = (ROOT / "pyproject.toml").read_text()
    assert 'version = {attr = "saltext_vios.__version__"}' in project
    assert not re.search(rf'^version = "{re.escape(VERSION)}"', project, re.MULTILINE)
    assert VERSION not in (ROOT / "docs" / "conf.py").read_text()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_only_what_is_there(name):
    text = (ROOT / name).read_text()
    assert named(text) <= sessions()
    targets = set(re.findall(r"\bmake ([a-z]+)$", text, re.MULTILINE))
    made = re.findall(r"^([a-z][a-z0-9 -]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets <= set(" ".join(made).split())
    paths = re.findall(r"`((?:docs|tests|tools|driver|migration|changelog|\.github)/[\w./-]+\.\w+)`", text)
    there = [ROOT, ROOT / "src" / "saltext_vios"]
    lacking = [path for path in paths if "_N." not in path and not any((one / path).exists() for one in there)]
    assert lacking == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_sessions_that_everybody_can_run(path):
    jobs = yaml.safe_load(path.read_text())["jobs"]
    for job in jobs.values():
        matrix = job.get("strategy", {}).get("matrix", {})
        assert set(matrix.get("session", [])) <= sessions()
        for step in job["steps"]:
            assert named(step.get("run", "").replace('"$SESSION"', "lint")) <= sessions()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_takes_actions_by_their_commit_and_has_few_rights(path):
    text = path.read_text()
    used = re.findall(r"uses: (\S+)", text)
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one) for one in used)
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}


def test_no_command_of_the_simulator_is_installed():
    assert "[project.scripts]" not in (ROOT / "pyproject.toml").read_text()


def test_links_of_the_readme_are_absolute_where_the_repository_is_known():
    setup = module(ROOT / "setup.py")
    text = setup.described("https://git.example.com/vios")
    assert "](https://git.example.com/vios/blob/HEAD/docs/fleet.md)" in text
    assert not re.search(r"\]\((?!#|https?:)", text)
    assert setup.described("") == (ROOT / "README.md").read_text()
    assert setup.addresses("") == {}


def test_the_classifiers_name_the_pythons_of_the_corners():
    listed = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    corners = ast.literal_eval(re.search(r"^PYTHONS = (\[.*\])$", (ROOT / "noxfile.py").read_text(), re.MULTILINE)[1])
    assert listed == corners
    assert f"{sys.version_info[0]}.{sys.version_info[1]}" in listed
