"""``targets='*'`` through Salt: what is selected, what is left alone, and that it is said."""

import json

import pytest
from salt.exceptions import SaltInvocationError

from saltext_vios.simulator.api import Simulator
from tests.conftest import SPEED, until
from tests.functional.conftest import result_of

PAIRS = [["vios1", "vios2"], ["vios3", "vios4"]]


@pytest.fixture
def simulator(tmp_path):
    """Two pairs, the second in a cluster, and a VIOS alone."""
    made = Simulator.create(
        tmp_path / "nim",
        {
            "frames": {"f1": ["vios1", "vios2"], "f2": ["vios3", "vios4"], "f3": ["vios5"]},
            "clusters": {"ssp": ["vios3", "vios4"]},
        },
        speed=SPEED,
    )
    yield made
    made.close()


def selected(vios, options, **words):
    return vios.migrate("*", test=True, **words, **options)


def test_every_pair_is_migrated_and_who_is_alone_is_reported(vios, simulator, options):
    ret = vios.migrate("*", **options)
    assert ret["targets"] == PAIRS
    assert set(ret["status"].values()) == {"SUCCESS-UPGR2"}
    assert "the only VIOS of f3" in ret["left_alone"]["vios5"]
    assert simulator.audit()["violations"] == []


def test_a_preview_selects_the_same_and_starts_nothing(vios, simulator, options):
    ret = selected(vios, options)
    assert ret["targets"] == PAIRS
    assert list(ret["left_alone"]) == ["vios5"]
    assert simulator.starts() == []


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        ({"frame": "f2"}, [["vios3", "vios4"]]),
        ({"frame": ["f1", "f2"]}, PAIRS),
        ({"frame": "f1,f3", "unpaired": True}, [["vios1", "vios2"], ["vios5"]]),
        ({"cluster": "ssp"}, [["vios3", "vios4"]]),
        ({"level_below": "3.1.4.31"}, PAIRS),
    ],
)
def test_words_select_among_them(vios, simulator, options, words, targets):
    assert selected(vios, options, **words)["targets"] == targets


def test_what_is_at_the_level_is_not_selected(vios, simulator, options):
    for name in ("vios1", "vios2"):
        simulator.set(name, level="3.1.4.31")
    assert selected(vios, options, level_below="3.1.4.31")["targets"] == [["vios3", "vios4"]]


def test_nothing_selected_is_no_failure(vios, simulator, options):
    ret = vios.migrate("*", level_below="3.0", **options)
    assert ret["result"] is True
    assert ret["changed"] is False
    assert ret["targets"] == []
    assert "no tuple selected" in ret["msg"]


def test_an_unknown_frame_is_refused_with_those_that_are_known(vios, options):
    with pytest.raises(SaltInvocationError, match=r"knows no VIOS of that frame.*f1, f2, f3"):
        vios.migrate("*", frame="f9", **options)


@pytest.mark.parametrize("words", [{"frame": "f1"}, {"level_below": "3.1.4"}, {"unpaired": True}])
def test_words_that_select_are_refused_next_to_named_targets(vios, options, words):
    with pytest.raises(SaltInvocationError, match="leave it out"):
        vios.migrate("vios1,vios2", **words, **options)


def test_what_is_under_way_is_attached_to(vios, simulator, options):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios2,vios1", wait=False, **options)
    until(lambda: simulator.starts("vios2"), what="the start of the first")
    ret = selected(vios, options, level_below="3.1.4.31")
    assert ret["targets"] == [["vios2", "vios1"], ["vios3", "vios4"]]
    assert ret["plan"]["tuples"]["vios1-vios2"]["would"] == "attach"


def test_the_state_migrates_what_is_selected_and_is_done_the_second_time(apply, options):
    words = {"targets": "*", "level_below": "3.1.4.31", "level": "3.1.4.31", **options}
    sls = json.dumps({"all": {"vios.migrated": [{name: value} for name, value in words.items()]}})
    first = result_of(apply(sls), "all")
    assert first["result"] is True
    assert set(first["changes"]) == {"vios1", "vios2", "vios3", "vios4"}
    assert "vios5 is in no tuple" in first["comment"]
    again = result_of(apply(sls), "all")
    assert (again["result"], again["changes"]) == (True, {})
    assert "no tuple selected" in again["comment"]
