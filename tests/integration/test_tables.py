"""A person gets tables, from every way in; a program that asks for JSON gets the data."""

import pytest

from tests.conftest import HUNG
from tests.integration.conftest import OPTIONS, PAIR


@pytest.fixture
def typed(forks):
    """What a command line prints when nobody names a form."""

    def run(cli, *words, **more):
        argv = [word for word in cli.cmdline(*words, **more) if not word.startswith("--out")]
        return forks.run(cli, argv).stdout

    return run


@pytest.fixture
def salt_cli(master, minions):
    return master.salt_cli(timeout=HUNG)


def test_salt_shows_tables(typed, salt_cli, site):
    checked = typed(salt_cli, "vios.check", "vios1,vios2", *OPTIONS, minion_tgt="nim-master")
    assert checked.startswith("nim-master:\nverdict: ")
    assert "checks passed" in checked
    assert "VIOS   frame" in typed(salt_cli, "vios.list", minion_tgt="nim-master")
    assert typed(salt_cli, "vios.options", minion_tgt="nim-master").startswith("nim-master:\nlevel  (level)\n")


def test_what_failed_is_shown_as_salt_shows_it(typed, salt_cli, site):
    text = typed(salt_cli, "vios.check", "vios1,nobody", minion_tgt="nim-master")
    assert "nobody" in text
    assert "Traceback" not in text


def test_salt_run_shows_tables_and_returns_the_same(typed, master, salt_run_, salt_, simulator):
    salt_("vios.migrate", "vios1,vios2", *OPTIONS)
    cli = master.salt_run_cli(timeout=HUNG)
    lines = typed(cli, "vios.overview").splitlines()
    assert lines[0].split()[:3] == ["NIM", "master", "tuple"]
    assert lines[1].split()[:3] == ["nim-master", PAIR, "SUCCESS-UPGR2"]
    assert salt_run_("vios.overview", "nim-master").data["counts"] == {"SUCCESS-UPGR2": 1}


def test_a_minion_shows_its_own_tables(typed, minions, site):
    cli = minions["nim-master"].salt_call_cli(timeout=HUNG)
    assert "VIOS   frame" in typed(cli, "--local", "vios.list")
