"""The state directory: made for its owner alone, and where nobody else can put another in its place."""

import os
import stat

import pytest

from saltext_vios.driver import place
from saltext_vios.driver.home import prepare
from saltext_vios.errors import JournalError

NOBODY = 65534
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="gives files to somebody else")


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_parents_are_made_for_all_to_read_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        home = prepare(str(tmp_path / "var/adm/state"))
    finally:
        os.umask(before)
    assert [mode(tmp_path / path) for path in ("var", "var/adm", "var/adm/state")] == [0o755, 0o755, 0o700]
    assert mode(home.commands) == 0o700


def test_the_one_there_is_is_taken(tmp_path):
    prepare(str(tmp_path / "state"))
    assert prepare(str(tmp_path / "state")).path == tmp_path / "state"


def test_what_it_holds_does_not_bring_it_back(tmp_path):
    with pytest.raises(FileNotFoundError):
        place.make_inside(tmp_path / "state" / "code")
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("where", ["state", "state/commands"])
def test_a_link_in_its_place_is_refused(tmp_path, where):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    if where != "state":
        (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / where).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JournalError, match=f"{where} is a link; set vios:state_dir"):
        prepare(str(tmp_path / "state"))


def test_a_file_in_its_place_is_refused(tmp_path):
    (tmp_path / "state").touch()
    with pytest.raises(JournalError, match="not a directory"):
        prepare(str(tmp_path / "state"))


def test_one_that_others_may_enter_is_refused(tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(0o750)
    with pytest.raises(JournalError, match="chmod 700"):
        prepare(str(tmp_path / "state"))


@pytest.mark.parametrize("below", ["state", "a/b/state"])
def test_a_parent_that_everybody_may_write_is_refused(tmp_path, below):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(JournalError, match="open, which has mode 0777"):
        prepare(str(tmp_path / "open" / below))
    assert list((tmp_path / "open").iterdir()) == []


def test_a_sticky_parent_is_allowed(tmp_path):
    (tmp_path / "sticky").mkdir()
    (tmp_path / "sticky").chmod(0o1777)
    prepare(str(tmp_path / "sticky" / "state"))


def test_a_parent_that_its_group_may_write_is_allowed(tmp_path):
    (tmp_path / "adm").mkdir()
    (tmp_path / "adm").chmod(0o775)
    prepare(str(tmp_path / "adm" / "state"))


def test_a_link_above_it_is_followed_and_looked_at_too(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    prepare(str(tmp_path / "link" / "state"))
    (tmp_path / "real").chmod(0o777)
    with pytest.raises(JournalError, match="real, which has mode 0777"):
        prepare(str(tmp_path / "link" / "state"))


def test_links_in_a_circle_end(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(JournalError, match="vios:state_dir"):
        prepare(str(tmp_path / "a" / "state"))


@only_root
@pytest.mark.parametrize("what", ["directory", "link"])
def test_a_parent_of_somebody_else_is_refused(tmp_path, what):
    """A link of somebody else in a sticky directory can be turned after it was looked at."""
    sticky, real = tmp_path / "sticky", tmp_path / "real"
    sticky.mkdir()
    sticky.chmod(0o1777)
    real.mkdir()
    theirs = sticky / "theirs"
    theirs.mkdir() if what == "directory" else theirs.symlink_to(real)
    os.chown(theirs, NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(JournalError, match=f"theirs, which belongs to uid {NOBODY}"):
        prepare(str(theirs / "state"))


@only_root
def test_one_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "state").mkdir(mode=0o700)
    os.chown(tmp_path / "state", NOBODY, NOBODY)
    with pytest.raises(JournalError, match=f"belongs to uid {NOBODY}, expected 0"):
        prepare(str(tmp_path / "state"))


@only_root
def test_the_systems_own_directories_belong_to_bin_on_aix(tmp_path, monkeypatch):
    (tmp_path / "var").mkdir()
    os.chown(tmp_path / "var", 2, 2)
    with pytest.raises(JournalError, match="belongs to uid 2"):
        prepare(str(tmp_path / "var/state"))
    monkeypatch.setattr(place, "SYSTEM", {0, 2})
    prepare(str(tmp_path / "var/state"))
