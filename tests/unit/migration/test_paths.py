"""Who would lose its last path if a VIOS went down."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.migration.paths import (
    VNIC,
    Disk,
    Fibre,
    Kind,
    Network,
    Serving,
    Verdict,
    by_client,
    lacking,
    may_be_lost,
    without,
)

OK, UNKNOWN, LOST = Verdict.OK, Verdict.UNKNOWN, Verdict.LOST
NO_ANSWER = "c_rsh vios2 returned 6: Connection refused"


def verdict(going, staying):
    """Of the one path that goes."""
    (path,) = without(Serving("vios1", **going), Serving("vios2", **staying))
    return path.verdict


def disk(**more):
    return {"disks": (Disk(**{"client": 3, "name": "lpar3_root", "backing": "hdisk4", "identifier": "A", **more}),)}


def fibre(**more):
    return {"fibres": (Fibre(**{"client": 3, "adapter": "vfchost0", "name": "lpar3", "logged_in": True, **more}),)}


def vnic(**more):
    given = {"client": 3, "adapter": "vnicserver0", "name": "lpar3", "place": "U1-V3-C6", "available": True}
    return {"vnics": (VNIC(**{**given, **more}),)}


def sea(*states):
    return {"networks": tuple(Network(f"ent{n}", state) for n, state in enumerate(states, 5))}


def silent(kind):
    return {"unanswered": ((kind, NO_ANSWER),)}


@pytest.mark.parametrize(
    ("staying", "expected"),
    [
        (disk(name="other", backing="hdisk9"), OK),
        (disk(available=True), OK),
        (disk(available=False), LOST),
        (disk(identifier="B"), LOST),
        (disk(client=4), LOST),
        (disk(identifier=None), UNKNOWN),
        (disk(client=4, identifier=None), LOST),
        ({}, LOST),
        (silent(Kind.STORAGE), UNKNOWN),
        (silent(Kind.FIBRE), LOST),
    ],
)
def test_a_disk_is_the_same_by_its_identifier_and_client_and_never_by_its_name(staying, expected):
    assert verdict(disk(), staying) is expected


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        ("no_reserve", "no_reserve", OK),
        ("no_reserve", None, OK),
        ("single_path", "no_reserve", UNKNOWN),
        ("no_reserve", "single_path", UNKNOWN),
        (None, "single_path", UNKNOWN),
    ],
)
def test_a_disk_that_one_vios_at_a_time_can_use_is_no_second_path_for_sure(mine, other, expected):
    assert verdict(disk(policy=mine), disk(policy=other)) is expected


@pytest.mark.parametrize(("mine", "other", "where"), [("single_path", None, "vios1"), (None, "single_path", "vios2")])
def test_the_disk_with_that_policy_is_named(mine, other, where):
    going, staying = disk(policy=mine), disk(policy=other, backing="hdisk9")
    (path,) = without(Serving("vios1", **going), Serving("vios2", **staying))
    named = "hdisk4" if where == "vios1" else "hdisk9"
    assert path.why.startswith(f"reserve_policy of {named} on {where} is single_path")


def test_a_disk_that_is_not_available_on_the_other_side_is_lost_whatever_its_policy():
    assert verdict(disk(policy="single_path"), disk(available=False)) is LOST


def test_a_disk_without_an_identifier_cannot_be_compared():
    assert verdict(disk(identifier=None, backing="lv_root"), disk(identifier=None, backing="lv_root")) is UNKNOWN


@pytest.mark.parametrize(
    ("mine", "staying", "expected"),
    [
        (True, fibre(), OK),
        (True, fibre(logged_in=False), LOST),
        (True, fibre(logged_in=None), UNKNOWN),
        (True, fibre(client=4), LOST),
        (True, {}, LOST),
        (True, silent(Kind.FIBRE), UNKNOWN),
        (False, fibre(), OK),
        (False, fibre(logged_in=False), UNKNOWN),
        (False, {}, UNKNOWN),
        (None, {}, LOST),
    ],
)
def test_a_fibre_channel_client_needs_a_login_on_the_other_side(mine, staying, expected):
    assert verdict(fibre(logged_in=mine), staying) is expected


@pytest.mark.parametrize(
    ("mine", "staying", "expected"),
    [
        ({}, vnic(adapter="vnicserver9"), OK),
        ({}, vnic(available=None), OK),
        ({}, vnic(available=False), LOST),
        ({}, {}, LOST),
        ({}, vnic(client=4), LOST),
        ({}, vnic(place="U1-V3-C7"), UNKNOWN),
        ({}, vnic(place=""), UNKNOWN),
        ({"place": ""}, vnic(place=""), UNKNOWN),
        ({"place": ""}, {}, LOST),
        ({}, silent(Kind.VNIC), UNKNOWN),
    ],
)
def test_a_virtual_nic_fails_over_where_the_other_vios_backs_the_same_adapter_of_the_client(mine, staying, expected):
    assert verdict(vnic(**mine), staying) is expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("BACKUP",), OK),
        (("PRIMARY",), OK),
        (("PRIMARY", "BACKUP"), OK),
        (("LIMBO",), LOST),
        (("UNHEALTHY",), LOST),
        (("BACKUP", "LIMBO"), LOST),
        (("STANDBY",), UNKNOWN),
        (("LEVITATING",), UNKNOWN),
        ((None,), UNKNOWN),
        ((), LOST),
    ],
)
def test_the_network_needs_a_shared_adapter_that_takes_over(states, expected):
    assert verdict(sea("PRIMARY"), sea(*states)) is expected


def test_of_several_partners_one_with_the_path_is_enough_for_a_client():
    (path,) = without(Serving("vios1", **disk()), Serving("vios2"), Serving("vios3", **disk()))
    assert path.verdict is OK
    assert "vios3" in path.why


def test_of_several_partners_each_must_take_over_the_network():
    (path,) = without(Serving("vios1", **sea("PRIMARY")), Serving("vios2", **sea("BACKUP")), Serving("vios3"))
    assert path.verdict is LOST


def test_without_a_partner_everything_would_be_lost():
    paths = without(Serving("vios1", **disk(identifier=None), **fibre(logged_in=False), **sea("PRIMARY")))
    assert {path.verdict for path in paths} == {LOST}
    assert {path.why for path in paths} == {"NIM knows no other VIOS of this frame"}


def test_without_a_partner_what_is_not_told_stays_unknown():
    (path,) = without(Serving("vios1", **silent(Kind.FIBRE)))
    assert (path.verdict, path.unanswered) == (UNKNOWN, True)


@pytest.mark.parametrize(
    ("going", "kind"), [(disk(), Kind.STORAGE), (fibre(), Kind.FIBRE), (sea("BACKUP"), Kind.NETWORK)]
)
def test_what_is_not_known_for_want_of_an_answer_is_marked(going, kind):
    (path,) = without(Serving("vios1", **going), Serving("vios2", **silent(kind)))
    assert path.unanswered
    assert NO_ANSWER in path.why


def test_what_both_answered_and_nobody_can_compare_is_not_marked():
    (path,) = without(Serving("vios1", **disk(identifier=None)), Serving("vios2", **disk(identifier=None)))
    assert (path.verdict, path.unanswered) == (UNKNOWN, False)


def test_the_paths_of_a_client_are_reported_under_its_number_and_name():
    paths = without(Serving("vios1", **disk(), **fibre(), **sea("PRIMARY")), Serving("vios2"))
    assert {name: len(each) for name, each in by_client(paths).items()} == {"client 3 (lpar3)": 2, "all clients": 1}


@pytest.mark.parametrize("kind", [Kind.STORAGE, Kind.FIBRE, Kind.VNIC, Kind.NETWORK])
def test_what_the_vios_that_goes_down_does_not_tell_is_reported_as_that(kind):
    assert verdict(silent(kind), {}) is UNKNOWN


def test_a_client_is_called_by_its_name_where_a_vios_shows_it():
    paths = without(Serving("vios1", **disk(), **fibre()), Serving("vios2"))
    assert {path.name for path in paths} == {"lpar3"}


@pytest.mark.parametrize("ignored", [["lpar3"], ["3"]])
def test_a_client_may_be_left_out_by_name_or_number(ignored):
    paths = without(Serving("vios1", **disk(), **fibre(), **sea("PRIMARY")), Serving("vios2"))
    assert [path.kind for path in paths if not may_be_lost(path, ignored)] == [Kind.NETWORK]


def some(vios):
    clients = st.integers(1, 3)
    identifiers = st.sampled_from(["A", "B", None])
    maybe = st.sampled_from([True, False, None])
    places = st.sampled_from(["U1-V1-C6", "U1-V2-C6", ""])
    states = st.sampled_from(["PRIMARY", "LIMBO", None])
    return st.builds(
        Serving,
        st.just(vios),
        st.lists(st.builds(Disk, clients, st.just("d"), st.just("hdisk1"), identifiers, maybe), max_size=3).map(tuple),
        st.lists(st.builds(Fibre, clients, st.just("f"), st.just(""), maybe), max_size=3).map(tuple),
        st.lists(st.builds(VNIC, clients, st.just("v"), st.just(""), places, maybe), max_size=3).map(tuple),
        st.lists(st.builds(Network, st.just("ent5"), states), max_size=2).map(tuple),
        st.lists(st.sampled_from(["U1-P1-C2-T1", "U1-P1-C3-T1"]), max_size=2).map(tuple),
        st.sampled_from(["", "ssp1", "ssp2"]),
        st.lists(st.tuples(st.sampled_from(Kind), st.just(NO_ANSWER)), max_size=2).map(tuple),
    )


@given(some("vios1"), some("vios2"))
def test_ok_is_said_only_of_a_path_that_the_other_vios_shows(going, staying):
    for path in without(going, staying):
        if path.verdict is not OK:
            continue
        if path.kind is Kind.STORAGE:
            assert any(d.client == path.client and d.identifier and d.available is not False for d in staying.disks)
        elif path.kind is Kind.FIBRE:
            assert any(f.client == path.client and f.logged_in for f in staying.fibres)
        elif path.kind is Kind.VNIC:
            assert any(v.client == path.client and v.place and v.available is not False for v in staying.vnics)
        else:
            assert {n.state for n in staying.networks} == {"PRIMARY"}


BEFORE = Serving(
    "vios1",
    **disk(policy="no_reserve"),
    **fibre(),
    **vnic(),
    **sea("PRIMARY"),
    adapters=("U1-P1-C2-T1",),
    cluster="ssp1",
)


def test_what_is_as_before_lacks_nothing():
    assert lacking(BEFORE, BEFORE) == ()


@pytest.mark.parametrize(
    "now",
    [
        disk(backing="hdisk9", name="other"),
        disk(identifier=None),
        disk(available=True),
        sea("BACKUP"),
        {"networks": (Network("ent9", "BACKUP"),)},
        fibre(adapter="vfchost7", name=""),
        vnic(adapter="vnicserver7", place="", available=None),
    ],
)
def test_other_names_and_the_other_role_are_no_loss(now):
    assert lacking(BEFORE, replace(BEFORE, **now)) == ()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"disks": ()}, "client 3 (lpar3): vSCSI disk lpar3_root"),
        (disk(identifier="B"), "client 3 (lpar3): vSCSI disk lpar3_root"),
        (disk(identifier=None, name="other"), "client 3 (lpar3): vSCSI disk lpar3_root"),
        (disk(available=False), "client 3 (lpar3): vSCSI disk lpar3_root, which is not available"),
        (
            disk(policy="single_path"),
            "client 3 (lpar3): vSCSI disk lpar3_root, of which reserve_policy is single_path and was no_reserve",
        ),
        ({"fibres": ()}, "client 3 (lpar3): 0 of 1 NPIV mappings are there"),
        (fibre(logged_in=False), "client 3 (lpar3): 0 of 1 NPIV adapters are logged in"),
        ({"vnics": ()}, "client 3 (lpar3): 0 of 1 virtual NICs are backed"),
        (vnic(available=False), "client 3 (lpar3): 0 of 1 virtual NICs have an available backing device"),
        (sea("LIMBO"), "0 of 1 Shared Ethernet Adapters are PRIMARY or BACKUP (ent5 is LIMBO)"),
        (sea(), "0 of 1 Shared Ethernet Adapters are PRIMARY or BACKUP (there is none)"),
        ({"adapters": ()}, "adapter at U1-P1-C2-T1"),
        ({"cluster": ""}, "node of the cluster ssp1"),
        ({"cluster": "ssp2"}, "node of the cluster ssp1"),
    ],
)
def test_what_is_gone_is_named(now, expected):
    assert lacking(BEFORE, replace(BEFORE, **now)) == (expected,)


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        ({"disks": ()}, Kind.STORAGE),
        (sea(), Kind.NETWORK),
        ({"adapters": ()}, Kind.ADAPTERS),
        ({"cluster": ""}, Kind.CLUSTER),
    ],
)
def test_what_was_not_answered_is_not_known_and_is_not_called_gone(now, kind):
    (said,) = lacking(BEFORE, replace(BEFORE, **now, **silent(kind)))
    assert said == f"unknown for {kind.value}: {NO_ANSWER}"


def test_a_shared_adapter_that_never_took_over_may_stay_as_it_was_but_not_vanish():
    odd = Serving("vios1", **sea("PRIMARY", "STANDBY"))
    assert lacking(odd, Serving("vios1", **sea("BACKUP", "STANDBY"))) == ()
    assert lacking(odd, Serving("vios1", **sea("BACKUP"))) == ("1 of 2 Shared Ethernet Adapters are there",)


@pytest.mark.parametrize("ignored", ["3", "lpar3"])
def test_a_client_that_is_ignored_is_not_missed_afterwards(ignored):
    before = Serving("vios1", **disk(), **fibre(), **vnic()).without_clients([ignored])
    assert lacking(before, Serving("vios1")) == ()


@pytest.mark.parametrize(
    ("one", "missing"),
    [(fibre, "0 of 1 NPIV mappings are there"), (vnic, "0 of 1 virtual NICs are backed")],
    ids=["NPIV", "vNIC"],
)
def test_what_one_client_gained_does_not_make_up_for_what_another_lost(one, missing):
    (kind,) = one()
    before = Serving("vios1", **{kind: (*one()[kind], *one(client=4, name="lpar4")[kind])})
    now = Serving("vios1", **{kind: one(client=4, name="lpar4")[kind] * 2})
    assert lacking(before, now) == (f"client 3 (lpar3): {missing}",)
    assert lacking(before.without_clients(["3"]), now) == ()


@pytest.mark.parametrize("was", [None, "single_path"])
def test_a_policy_that_was_not_known_or_the_same_is_no_loss(was):
    before = Serving("vios1", **disk(policy=was))
    assert lacking(before, Serving("vios1", **disk(policy="single_path"))) == ()


def test_a_disk_that_was_not_available_before_may_stay_so():
    before = Serving("vios1", **disk(available=False))
    assert lacking(before, before) == ()


@given(some("vios1"))
def test_nothing_is_lacking_against_itself(serving):
    assert lacking(serving, serving) == ()


@given(some("vios1"), some("vios1"))
def test_a_vios_that_serves_more_lacks_nothing_where_everything_is_answered(before, more):
    before = replace(before, unanswered=())
    now = replace(
        before,
        disks=(*more.disks, *before.disks),
        fibres=(*more.fibres, *before.fibres),
        vnics=(*more.vnics, *before.vnics),
        networks=(*before.networks, *more.networks),
    )
    assert lacking(before, now) == ()


@given(some("vios1"), some("vios1"), st.sampled_from(["disks", "fibres", "vnics", "networks"]))
def test_whatever_is_answered_only_what_was_there_before_is_missed(before, now, kind):
    emptied = replace(before, **{kind: ()}, unanswered=())
    told = lacking(emptied, replace(now, unanswered=()))
    words = {"disks": "vSCSI", "fibres": "NPIV", "vnics": "virtual NIC", "networks": "Shared Ethernet"}[kind]
    assert not any(words in one for one in told)
