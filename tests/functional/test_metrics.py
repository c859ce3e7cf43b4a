"""How everything stands as numbers, read by the format's own parser."""

import os
import stat

import pytest
import salt.loader

from saltext_vios.driver import metrics
from saltext_vios.driver.home import Home
from saltext_vios.errors import ViosError

parser = pytest.importorskip("prometheus_client.parser")


def read(text):
    """Metric name -> list of labels and value."""
    families = list(parser.text_string_to_metric_families(text))
    assert all(family.type == "gauge" and family.documentation for family in families)
    return {family.name: [(sample.labels, sample.value) for sample in family.samples] for family in families}


def value(found, name):
    ((labels, number),) = found[name]
    assert labels == {}
    return number


@pytest.fixture
def told(vios):
    return lambda: read(vios.metrics())


@pytest.fixture
def engine(minion_opts, salt_functions, night):
    utils = salt.loader.utils(minion_opts)
    functions = salt.loader.minion_mods(minion_opts, utils=utils)
    return salt.loader.engines(minion_opts, functions, {}, utils)


def test_a_nim_master_on_which_nothing_was_done_has_numbers_too(told):
    found = told()
    assert value(found, "vios_journal_readable") == 1
    assert value(found, "vios_tuples_under_way") == 0
    assert value(found, "vios_driver_running") == 0
    assert found["vios_tuples"] == found["vios_phase_age_seconds"] == []


def test_tuples_are_counted_by_their_status(vios, simulator, options, told):
    simulator.fault("nim_refuses", "vios3")
    vios.migrate(["vios1,vios2", "vios3"], **options)
    assert {labels["status"]: number for labels, number in told()["vios_tuples"]} == {
        "SUCCESS-UPGR2": 1,
        "FAILURE-UPGR1-INIT": 1,
    }


def test_what_is_under_way_shows_the_age_of_its_phase(under_way, told):
    found = told()
    assert value(found, "vios_tuples_under_way") == 1
    assert value(found, "vios_driver_running") == 1
    ((labels, age),) = found["vios_phase_age_seconds"]
    assert (labels["tuple"], labels["vios"]) == ("vios1-vios2", "vios1")
    assert age >= 0
    assert value(found, "vios_last_look_timestamp_seconds") > 0
    assert value(found, "vios_journal_bytes") > 0


def test_a_hold_and_a_stop_are_numbers(vios, under_way, told):
    vios.hold("storage")
    vios.stop(confirm=True)
    found = told()
    assert value(found, "vios_held") == value(found, "vios_driver_stopped") == 1


def test_events_that_wait_to_be_sent_are_counted(under_way, told):
    assert value(told(), "vios_events_unsent") >= 1


def test_a_journal_that_cannot_be_read_is_a_number(vios, options, state_dir):
    vios.hold("once")
    (state_dir / "journal.db").write_bytes(b"no journal at all" * 100)
    found = read(metrics.text(Home(state_dir)))
    assert value(found, "vios_journal_readable") == 0
    assert "vios_tuples" not in found


@pytest.mark.parametrize("odd", ['a"b', "a\\b", "a\nb", "\\", '"'])
def test_odd_texts_come_through(odd):
    one = metrics.Metric("vios_x", "What.").add(1, status=odd)
    assert read("\n".join([*one.lines(), ""])) == {"vios_x": [({"status": odd}, 1.0)]}


def test_the_engine_writes_them_whole_and_for_everybody(engine, vios, told, tmp_path):
    old = os.umask(0o077)
    try:
        engine["vios.measure"](str(tmp_path))
    finally:
        os.umask(old)
    path = tmp_path / "vios.prom"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert read(path.read_text()).keys() == told().keys()
    assert [one for one in os.listdir(tmp_path) if one.endswith("new")] == []


def test_the_engine_writes_none_unless_a_directory_is_named(engine, tmp_path):
    engine["vios.measure"](None)
    assert not (tmp_path / "vios.prom").exists()


def test_a_link_that_waits_at_the_place_is_replaced_and_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_text("mine")
    for name in ("vios.prom", ".vios.prom.new"):
        (tmp_path / name).symlink_to(other)
    metrics.write(tmp_path, "x 1\n")
    assert other.read_text() == "mine"
    assert (tmp_path / "vios.prom").read_text() == "x 1\n"


@pytest.mark.parametrize("directory", ["metrics", 7, "/dev/null/metrics"])
def test_a_directory_that_cannot_be_is_reported(engine, directory):
    with pytest.raises(ViosError, match="metrics"):
        engine["vios.measure"](directory)
