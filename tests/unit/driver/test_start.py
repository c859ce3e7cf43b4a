"""How a driver is started: from which modules, and where."""

import ast
import resource
import subprocess
import sys

import pytest

from saltext_vios import __version__
from saltext_vios.driver import standalone
from saltext_vios.driver.client import Caller, start_driver
from saltext_vios.driver.home import prepare
from tests.conftest import until

# Ours, and what Python itself looks up first.
HOSTILE = ["saltext_vios", "runpy", "logging", "sqlite3", "json", "sitecustomize", "usercustomize"]


@pytest.fixture
def hostile(tmp_path):
    """A directory whose modules say that they were imported."""
    directory = tmp_path / "hostile"
    directory.mkdir()
    for name in HOSTILE:
        (directory / f"{name}.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'a').write({name!r} + '\\n')\n")
    return directory


@pytest.fixture
def driven(tmp_path):
    """A state directory, and what its driver wrote once it has come to its end."""
    home = prepare(str(tmp_path / "state"))

    def log():
        start_driver(home, Caller("a test"))
        return until(lambda: "driver exits:" in home.driver_log.read_text() and home.driver_log.read_text())

    return log


def test_nothing_is_imported_from_the_callers_directory(hostile, driven, tmp_path, monkeypatch):
    monkeypatch.chdir(hostile)
    assert "driver starts:" in driven()
    assert not (tmp_path / "imported").exists()


@pytest.mark.parametrize("entry", ["", ".", "../hostile"])
def test_nothing_is_imported_from_a_relative_path(hostile, driven, tmp_path, monkeypatch, entry):
    monkeypatch.chdir(hostile)
    monkeypatch.setattr(sys, "path", [entry, *sys.path])
    assert "driver starts:" in driven()
    assert not (tmp_path / "imported").exists()


def test_nothing_is_imported_from_where_the_environment_says(hostile, driven, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(hostile))
    monkeypatch.setenv("PYTHONSTARTUP", str(hostile / "json.py"))
    assert "driver starts:" in driven()
    assert not (tmp_path / "imported").exists()


def test_nothing_is_imported_from_the_callers_path(hostile, driven, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(hostile), *sys.path])
    assert "driver starts:" in driven()
    assert not (tmp_path / "imported").exists()


def test_a_driver_has_its_copy_and_the_standard_library(driven, tmp_path, monkeypatch):
    told = f"import sys; open({str(tmp_path / 'path')!r}, 'w').write(repr(sys.path))\n"
    monkeypatch.setattr(standalone, "MAIN", told + standalone.MAIN)
    driven()
    first, *others = ast.literal_eval((tmp_path / "path").read_text())
    assert first.startswith(f"{tmp_path}/state/code/{__version__}-")
    assert others
    for path in others:
        assert not {"site-packages", "dist-packages"} & set(path.split("/")), path


@pytest.mark.parametrize(("soft", "left"), [(8192, 4096), (4096, 4096), (1024, 1024)])
def test_a_driver_could_have_few_files_open_since_python_may_close_each_before_a_command(soft, left):
    code = (
        "import resource, sys; from saltext_vios.driver.__main__ import limit_descriptors; limit_descriptors();"
        "print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def limited():
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, hard), hard))

    env = {"PYTHONPATH": ":".join(sys.path)}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env, preexec_fn=limited)
    assert told.stdout.split() == [b"%d" % min(left, hard), b"%d" % hard]
