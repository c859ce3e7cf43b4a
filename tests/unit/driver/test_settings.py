"""What the minion's configuration and pillar may say, and what is refused with its reason."""

import runpy
import sys

import pytest

from saltext_vios.driver import place, settings
from saltext_vios.errors import JournalError, Refused


@pytest.fixture
def opts(tmp_path):
    return {"root_dir": str(tmp_path / "root"), "vios": {"state_dir": str(tmp_path / "state")}, "pillar": {}}


def test_the_configuration_comes_before_pillar_leaf_by_leaf(opts):
    opts["vios"]["poll_interval"] = 5
    opts["pillar"] = {"vios": {"poll_interval": 6, "max_parallel": 2}}
    found = settings.read(opts)
    assert (found.poll_interval, found.max_parallel, found.query_retries) == (5, 2, 5)


def test_an_empty_leaf_counts_as_none(opts):
    opts["vios"]["nim_bin_dir"] = None
    opts["pillar"] = {"vios": None}
    assert settings.read(opts).nim_bin_dir == settings.NIM_BIN_DIR


def test_grains_say_nothing(opts):
    opts["grains"] = {"vios": {"nim_bin_dir": "/tmp", "c_rsh": "/tmp/c_rsh", "poll_interval": 1}}
    assert settings.read(opts) == settings.Settings(opts["vios"]["state_dir"])


@pytest.mark.parametrize("where", ["the minion's configuration", "pillar"])
@pytest.mark.parametrize("value", ["x", ["a"], 5, True])
def test_what_is_no_map_is_refused_naming_where_it_stands(opts, where, value):
    (opts if where != "pillar" else opts["pillar"])["vios"] = value
    for read in (settings.read, settings.nim_bin_dir, settings.defaults):
        with pytest.raises(Refused, match=f"vios in {where} is a .*expected a map"):
            read(opts)


@pytest.mark.parametrize("name", ["state_dir", "nim_bin_dir", "c_rsh"])
@pytest.mark.parametrize("value", [5, "", "state", "../state", ["/a"], True, "/a\0b"])
def test_what_is_no_absolute_path_is_refused(opts, name, value):
    opts["vios"][name] = value
    with pytest.raises(Refused, match=f"vios:{name} is .*expected an absolute path"):
        settings.read(opts)


@pytest.mark.parametrize("value", ["soon", [1], {}, -1, 0, True, float("nan"), float("inf"), 10**400])
def test_what_is_no_positive_number_is_refused(opts, value):
    opts["vios"]["poll_interval"] = value
    with pytest.raises(Refused, match=r"vios:poll_interval is .*expected a positive number"):
        settings.read(opts)


def test_defaults_are_a_map(opts):
    assert settings.defaults(opts) == {}
    opts["pillar"] = {"vios": {"defaults": {"boot_client": True}}}
    assert settings.defaults(opts) == {"boot_client": True}
    opts["vios"]["defaults"] = ["boot_client"]
    with pytest.raises(Refused, match="vios:defaults is a list"):
        settings.defaults(opts)


@pytest.mark.parametrize(
    ("platform", "expected"), [("aix", "/var/adm"), ("aix7", "/var/adm"), ("linux", "/var/lib"), ("darwin", "/var/lib")]
)
def test_the_state_directory_depends_on_the_platform_alone(monkeypatch, platform, expected):
    monkeypatch.setattr(sys, "platform", platform)
    assert runpy.run_path(place.__file__)["STATE_DIR"] == f"{expected}/saltext-vios"


class TestAFormerJournal:
    """An earlier version kept it below the minion's root_dir."""

    @pytest.fixture
    def opts(self, tmp_path, monkeypatch):
        monkeypatch.setattr(place, "STATE_DIR", str(tmp_path / "now"))
        (tmp_path / "root/var/lib/saltext-vios").mkdir(parents=True)
        return {"root_dir": str(tmp_path / "root")}

    def test_is_refused_with_what_to_do(self, opts, tmp_path):
        former = tmp_path / "root/var/lib/saltext-vios"
        (former / "journal.db").touch()
        with pytest.raises(JournalError) as refused:
            settings.read(opts)
        assert f"vios:state_dir: {former}" in str(refused.value)
        assert f"mv {former} {tmp_path / 'now'}" in str(refused.value)

    def test_is_used_by_whom_the_configuration_names_it(self, opts, tmp_path):
        former = tmp_path / "root/var/lib/saltext-vios"
        (former / "journal.db").touch()
        assert settings.read({**opts, "vios": {"state_dir": str(former)}}).state_dir == str(former)

    def test_that_is_none_hinders_nobody(self, opts, tmp_path):
        assert settings.read(opts).state_dir == str(tmp_path / "now")

    def test_that_is_the_same_by_a_link_hinders_nobody(self, opts, tmp_path):
        (tmp_path / "root/var/lib/saltext-vios/journal.db").touch()
        (tmp_path / "now").symlink_to(tmp_path / "root/var/lib/saltext-vios")
        assert settings.read(opts).state_dir == str(tmp_path / "now")


class TestWhatSaltThrowsAway:
    @pytest.mark.parametrize("name", ["cachedir", "extension_modules"])
    @pytest.mark.parametrize("below", ["", "/vios", "/a/../b/vios"])
    def test_is_refused(self, opts, tmp_path, name, below):
        opts[name] = str(tmp_path / "cache")
        opts["vios"]["state_dir"] = f"{tmp_path}/cache{below}"
        with pytest.raises(Refused, match=rf"\({name}\).*vios:state_dir: {place.STATE_DIR}"):
            settings.read(opts)

    def test_is_refused_behind_a_link_too(self, opts, tmp_path):
        (tmp_path / "cache").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "cache")
        opts["cachedir"] = str(tmp_path / "cache")
        opts["vios"]["state_dir"] = str(tmp_path / "link" / "vios")
        with pytest.raises(Refused, match="cachedir"):
            settings.read(opts)

    def test_where_salt_ssh_unpacks_itself_is_refused(self, opts, tmp_path):
        thin = tmp_path / ".root_0a1b2c_salt"
        opts["root_dir"] = str(thin / "running_data")
        for inside in (thin / "state", thin / "running_data/var/lib/saltext-vios"):
            opts["vios"]["state_dir"] = str(inside)
            with pytest.raises(Refused, match="salt-ssh"):
                settings.read(opts)

    def test_next_to_it_is_allowed(self, opts, tmp_path):
        opts["cachedir"] = str(tmp_path / "sta")
        opts["root_dir"] = str(tmp_path / "thin" / "running_data")
        assert settings.read(opts).state_dir == str(tmp_path / "state")
