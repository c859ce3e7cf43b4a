"""The outputter as Salt loads it, with what the execution module really returns."""

import pytest
import salt.loader
import salt.output

from saltext_vios.modules import vios as module


@pytest.fixture
def show(minion_opts, monkeypatch):
    """What ``--out vios`` prints."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(data, **opts):
        return salt.output.out_format(data, "vios", {**minion_opts, "color": False, **opts})

    return run


def test_every_return_that_names_the_outputter_is_a_table(vios, show, options):
    shown = [module.__func_alias__.get(name, name) for name in module.__outputter__]
    assert {"list", "check", "migrate", "status", "progress", "history", "overview", "options", "clients"} <= set(shown)
    vios.migrate("vios1,vios2", **options)
    vios.migrate("vios5,vios6", wait=False, **options)
    pair = ["vios1,vios2"]
    words = {name: (pair, {}) for name in ("wait", "clients", "cancel")}
    words.update(backup=(["vios1"], {"test": True}), clone=(["vios3"], {"disk": "hdisk1", "test": True}))
    words.update(rollback=(["vios1"], {"test": True}), cleanup=(["vios1"], {"test": True}))
    words.update(check=(pair, options), command=(pair, options), migrate=(["vios3,vios4"], options))
    for name in shown:
        args, more = words.get(name, ([], {}))
        text = show({"nim-master": getattr(vios, name)(*args, **more)})
        assert text.startswith("nim-master:\n"), name
        assert "----------" not in text, name


def test_what_is_empty_says_so(vios, show):
    for name in ("progress", "history", "status"):
        said, what_next = show({"nim-master": getattr(vios, name)()}).splitlines()[1:]
        assert said.startswith("nothing to show: none is under way"), name
        assert "vios.history" in what_next, name


def test_a_migration_is_shown_with_its_statuses_and_levels(vios, show, options):
    preview = show({"nim-master": vios.migrate("vios1,vios2", test=True, **options)})
    assert "test: 1 of 1 tuples would be migrated" in preview
    done = show({"nim-master": vios.migrate("vios1,vios2", **options)})
    assert "SUCCESS-UPGR2" in done
    assert "3.1.2.21 -> 3.1.4.31" in done
    standing = show({"nim-master": vios.overview()}).splitlines()
    assert standing[1].split() == ["tuple", "status", "since", "level"]
    assert standing[2].split()[:2] == ["vios1-vios2", "SUCCESS-UPGR2"]
    assert standing[2].endswith("  3.1.4.31")


def test_a_vios_that_failed_is_shown_with_the_next_step(vios, simulator, show, options):
    simulator.fault("fails", "vios1")
    text = show({"nim-master": vios.migrate("vios1,vios2", **options)})
    assert "FAILURE-UPGR1" in text
    assert "next, on the NIM master: salt-call vios.log vios1" in text


@pytest.mark.parametrize("value", [True, "ERROR: no", {"a": {"b": [1]}}, {"Error": "closed"}])
def test_anything_else_is_shown_as_nested_shows_it(minion_opts, show, value):
    data = {"nim-master": value}
    assert show(data) == salt.output.out_format(data, "nested", {**minion_opts, "color": False})


def test_colour_is_left_out_where_nobody_wants_it(show):
    data = {"nim-master": {"vios1": "FAILURE-UPGR1"}}
    assert "\x1b" not in show(data)
    assert "\x1b" in show(data, color=True)


def test_on_a_terminal_lines_are_no_wider_than_it_is(vios, show, monkeypatch):
    listed = {"nim-master": vios.list()}
    monkeypatch.setenv("COLUMNS", "60")
    assert max(len(line) for line in show(listed).splitlines()) == 60
    monkeypatch.delenv("COLUMNS")
    assert max(len(line) for line in show(listed).splitlines()) > 60


def test_into_a_file_nothing_is_shortened(vios, show, monkeypatch, tmp_path):
    listed = {"nim-master": vios.list()}
    monkeypatch.setenv("COLUMNS", "60")
    assert show(listed, output_file=str(tmp_path / "out")) != show(listed)


def test_a_minion_that_failed_spoils_no_table_of_the_others(show):
    status = {"vios1": "SUCCESS-UPGR1"}
    text = show({"nim-a": status, "nim-b": "The minion function caused an exception", "nim-c": status})
    assert text.startswith("NIM master  tuple  status\n")
    assert "2 SUCCESS-UPGR1" in text
    assert text.endswith("nim-b:\n    The minion function caused an exception")


def test_no_terminal_is_told_to_do_anything_by_a_minion(show):
    text = show({"nim-a": {"at": None, "held": {"by": "x", "reason": "\x1b[2J"}, "driver": False, "tuples": {}}})
    assert "\x1b" not in text
    assert "\\x1b[2J" in text


def test_only_the_outputter_itself_is_loaded(minion_opts):
    assert not {name for name in salt.loader.outputters(minion_opts) if name.startswith("_")}


def test_what_a_runner_returns_is_no_map_of_minions(show):
    fleet = {"masters": {}, "failed": {}, "silent": ["nim-a"], "counts": {}}
    assert show(fleet) == "no tuple is known\nnim-a: no answer"
