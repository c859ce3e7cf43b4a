"""The driver's own copy of the code: whole, the same for the same code, made anew where it is not as it was made."""

import compileall
import os
import shutil
import stat
import subprocess
import sys
import time

import pytest

from saltext_vios import __version__
from saltext_vios.driver import standalone
from saltext_vios.driver.home import Home, prepare
from saltext_vios.errors import DriverError, JournalError
from tests.conftest import PRELUDE, ROOT


@pytest.fixture
def home(tmp_path):
    return prepare(str(tmp_path / "state"))


@pytest.fixture
def package(tmp_path, monkeypatch):
    """The package as it is installed, at a place where it may be changed."""
    unneeded = shutil.ignore_patterns("__pycache__", *standalone.LEFT_OUT)
    made = shutil.copytree(ROOT / "src" / "saltext_vios", tmp_path / "site" / "saltext_vios", ignore=unneeded)
    monkeypatch.setattr(standalone.resources, "files", lambda name: made)
    return made


def copies(home):
    return sorted(path.name for path in home.code.iterdir())


def test_a_copy_runs_where_nothing_is_installed(home, tmp_path):
    words = standalone.command(home, "resume", str(tmp_path / "nowhere"))
    told = subprocess.run(words, capture_output=True, text=True, cwd="/", env={})
    assert (told.returncode, told.stderr) == (1, f"vios: there is no state directory {tmp_path}/nowhere\n")


def test_who_runs_it_by_hand_gets_nothing_but_the_standard_library_either(home, tmp_path):
    (tmp_path / "json.py").write_text("raise ImportError('from where somebody happens to be')\n")
    words = [sys.executable, str(standalone.ready(home)), "resume", str(tmp_path / "nowhere")]
    told = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)})
    assert told.stderr == f"vios: there is no state directory {tmp_path}/nowhere\n"


def test_a_package_in_a_zip_makes_the_same_copy(home, tmp_path):
    """As of Salt in one file, whatever that is called."""
    one = shutil.make_archive(str(tmp_path / "salt"), "zip", ROOT / "src")
    os.rename(one, tmp_path / "salt.pyz")
    code = (
        "import sys; from saltext_vios.driver import standalone; from saltext_vios.driver.home import Home, Path;"
        "print(standalone.ready(Home(Path(sys.argv[1]))))"
    )
    words = [sys.executable, "-c", PRELUDE + code, str(home.path)]
    told = subprocess.run(words, capture_output=True, text=True, env={"PYTHONPATH": str(tmp_path / "salt.pyz")})
    assert told.stdout.strip() == str(standalone.ready(home)), told.stderr


def test_the_same_code_is_one_copy(home, package):
    first = standalone.ready(home)
    os.utime(package / "errors.py", (1, 1))
    assert standalone.ready(home) == first
    assert copies(home) == [first.name]
    assert first.name.startswith(f"{__version__}-")
    assert standalone.is_whole(first.name, first.read_bytes())


def test_other_code_is_another_copy_of_the_version_that_its_files_say(home, package):
    first = standalone.ready(home)
    (package / "__init__.py").write_text('__version__ = "9.9.9"\n')
    second = standalone.ready(home)
    assert second.name.startswith("9.9.9-")
    assert copies(home) == [first.name, second.name]


@pytest.mark.parametrize("content", [b"", b"garbled"])
def test_a_copy_that_was_changed_is_made_again_and_that_is_reported(home, caplog, content):
    path = standalone.ready(home)
    whole = path.read_bytes()
    path.write_bytes(content)
    assert standalone.ready(home).read_bytes() == whole
    assert f"{path} was changed after it was made" in caplog.text


def test_a_copy_that_is_gone_is_made_again(home):
    path = standalone.ready(home)
    shutil.rmtree(home.code)
    assert standalone.ready(home) == path
    assert path.exists()


def test_what_cannot_be_written_leaves_no_half_a_copy(home, monkeypatch):
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(DriverError, match=r"cannot be written to .*No space left"):
        standalone.ready(home)
    assert copies(home) == []


def test_a_directory_that_is_not_ours_alone_is_refused(home, tmp_path):
    home.code.mkdir(mode=0o755)
    with pytest.raises(JournalError, match="chmod 700"):
        standalone.ready(home)
    home.code.rmdir()
    home.code.symlink_to(tmp_path)
    with pytest.raises(JournalError, match="is a link"):
        standalone.ready(home)


def test_where_the_package_is_gone_the_copy_that_ran_last_is_taken(home, package):
    older = standalone.ready(home)
    (package / "__init__.py").write_text('__version__ = "9.9.9"\n')
    newer = standalone.ready(home)
    broken = home.code / f"9.9.9-{'0' * 16}.pyz"
    broken.write_bytes(b"half")
    os.utime(older, (1, 1))
    shutil.rmtree(package)
    assert standalone.ready(home) == newer


def test_a_package_of_which_some_is_gone_is_not_copied(home, package):
    whole = standalone.ready(home)
    (package / "driver" / "locks.py").unlink()
    assert standalone.ready(home) == whole


def test_where_nothing_is_left_it_says_what_to_do(home, package):
    shutil.rmtree(package)
    with pytest.raises(DriverError, match=r"is no longer in .*install saltext-vios again"):
        standalone.ready(home)


def test_a_package_without_its_sources_is_refused(home, package):
    compileall.compile_dir(package, quiet=2, legacy=True)
    for path in package.rglob("*.py"):
        path.unlink()
    with pytest.raises(DriverError, match=r"compiled files only.*install saltext-vios with its sources"):
        standalone.ready(home)


def test_copies_that_nobody_uses_are_thrown_away_unless_they_are_young(home, package):
    """Who is about to start a driver has just made one."""
    used = standalone.ready(home)
    for name, age in (("old.pyz", 2), ("left.new", 2), ("young.pyz", 0.5)):
        (home.code / name).write_bytes(b"")
        os.utime(home.code / name, (time.time() - age * standalone.YOUNG,) * 2)
    os.utime(used, (1, 1))
    standalone.prune(home, keep=used)
    assert copies(home) == [used.name, "young.pyz"]


def test_a_copy_made_where_the_state_directory_is_gone_leaves_it_to_its_owner_alone(tmp_path):
    standalone.ready(Home(tmp_path / "state"))
    assert stat.S_IMODE(os.stat(tmp_path / "state").st_mode) == 0o700
