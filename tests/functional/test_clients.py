"""Who would lose its last path: both VIOSes of a pair asked through c_rsh, and compared."""

import pytest
from salt.exceptions import SaltInvocationError

OK, UNKNOWN, LOST = "ok", "unknown", "would be lost"


def verdicts(ret, name="vios1"):
    """Of the paths through one VIOS: what each is, and its verdict."""
    return {(path["client"], path["kind"], path["verdict"]) for path in ret["vios"][name]}


def test_a_pair_that_serves_the_same_clients_loses_nobody(vios):
    ret = vios.clients("vios1,vios2")
    assert ret["result"]
    every = {(3, "vSCSI", OK), (3, "NPIV", OK), (4, "vSCSI", OK), (4, "vNIC", OK), (None, "network", OK)}
    assert verdicts(ret, "vios1") == verdicts(ret, "vios2") == every
    assert {path["name"] for path in ret["vios"]["vios1"] if path["client"] == 3} == {"lpar3"}


def test_one_vios_is_compared_with_the_others_of_its_frame(vios):
    ret = vios.clients("vios1")
    assert list(ret["vios"]) == ["vios1"]
    assert ret["result"]


@pytest.mark.parametrize(
    ("fault", "words", "lost"),
    [
        ("path_missing", {"client": 3}, {(3, "vSCSI", LOST), (3, "NPIV", LOST)}),
        ("npiv_logged_out", {}, {(3, "NPIV", LOST)}),
        ("path_missing", {"client": 4}, {(4, "vSCSI", LOST), (4, "vNIC", LOST)}),
        ("vnic_missing", {}, {(4, "vNIC", LOST)}),
        ("vnic_unknown", {}, {(4, "vNIC", LOST)}),
        ("sea_limbo", {}, {(None, "network", LOST)}),
    ],
)
def test_what_the_partner_lacks_would_be_lost(vios, simulator, fault, words, lost):
    simulator.fault(fault, "vios2", **words)
    ret = vios.clients("vios1,vios2")
    assert ret["result"] is False
    assert {found for found in verdicts(ret) if found[2] == LOST} == lost


def test_a_client_that_is_switched_off_is_not_known(vios, simulator):
    simulator.fault("client_off")
    ret = vios.clients("vios1,vios2")
    assert ret["result"]
    assert {(3, "NPIV", UNKNOWN), (4, "vNIC", UNKNOWN)} <= verdicts(ret)


def test_vioses_of_a_level_without_virtual_nics_lack_none(vios, simulator):
    simulator.fault("vnic_unknown")
    ret = vios.clients("vios1,vios2")
    assert ret["result"]
    assert "vNIC" not in {kind for _, kind, _ in verdicts(ret)}


def test_a_partner_that_does_not_answer_leaves_everything_unknown(vios, simulator):
    simulator.fault("c_rsh_refused", "vios2")
    ret = vios.clients("vios1")
    assert {verdict for _, _, verdict in verdicts(ret)} == {UNKNOWN}
    assert "Connection refused" in ret["vios"]["vios1"][0]["why"]


@pytest.mark.parametrize("ignored", ["lpar3", "9,3", [3], ["lpar3"]])
def test_a_client_may_be_left_out_by_name_or_number(vios, simulator, ignored):
    simulator.fault("path_missing", "vios2", client=3)
    ret = vios.clients("vios1,vios2", ignore_clients=ignored)
    assert ret["result"]
    assert all(path["ignored"] for path in ret["vios"]["vios1"] if path["verdict"] == LOST)


@pytest.mark.parametrize("wrong", [{"lpar3": 1}, [True], [["lpar3"]]])
def test_clients_that_are_none_are_refused(vios, wrong):
    with pytest.raises(SaltInvocationError, match="ignore_clients"):
        vios.clients("vios1,vios2", ignore_clients=wrong)


def test_what_nobody_can_tell_from_here_is_said_each_time(vios):
    assert "the state of paths inside the clients" in vios.clients("vios1")["not_checked"]


def test_an_unknown_vios_is_refused(vios):
    with pytest.raises(SaltInvocationError, match="nobody"):
        vios.clients("nobody")


def test_nothing_is_changed_by_asking(vios, simulator):
    vios.clients("vios1,vios2")
    assert simulator.calls("nim") == 0
