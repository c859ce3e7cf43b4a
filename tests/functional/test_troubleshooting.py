"""Every entry of docs/troubleshooting.md that quotes a finding or a failure is brought about here."""

import re

import pytest

from saltext_vios.driver import client
from tests.conftest import ROOT
from tests.drive import PAIR, under_way

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()
HIGHER = {"level": "3.1.5.21"}

# finding, what it says -> (what is done to NIM, targets, more options)
FINDINGS = {
    ("object", "NIM knows no object of this name"): (None, "nosuch", {}),
    ("Cstate", "an operation not started by saltext-vios"): (("foreign_operation", "vios1"), "vios1", {}),
    ("err_info", "left by an earlier operation"): (("=", "vios1", {"err_info": "failed"}), "vios1", {}),
    ("info", "left by an earlier operation"): (("=", "vios1", {"info": "0505-126 alt_disk_install-"}), "vios1", {}),
    ("control", "NIM shows control"): (("control", "vios1"), "vios1", {}),
    ("control", "does not allow the NIM master to run commands"): (
        ("control", "vios1", {"by": "push_off"}),
        "vios1",
        {},
    ),
    ("host name", "no host name in NIM attribute if1"): (
        ("missing_attribute", "vios1", {"attribute": "if1"}),
        "vios1",
        {},
    ),
    ("frame", "the tuple is on two frames"): (None, "vios1,vios3", {}),
    ("frame", "no managed system in mgmt_profile1"): (("no_frame", "vios1"), "vios1", {}),
    ("ios_mksysb", "NIM knows no resource of this name"): (None, "vios1", {"mksysb_name": "nosuch"}),
    ("ios_mksysb", "is of type"): (None, "vios1", {"mksysb_name": "vios_31431_spot"}),
    ("ios_mksysb", "Rstate is"): (("resource_unavailable", "vios_31431"), "vios1", {}),
    ("ios_backup", "is the backup of"): (
        ("of_another_vios", "vios1_iosb", {"source_image": "vios2"}),
        "vios1",
        {},
    ),
    ("c_rsh", "no answer"): (("c_rsh_refused", "vios1"), "vios1", {}),
    ("level", "holds 3.1.4.31, wanted"): (None, "vios1", HIGHER),
    ("level", "expected one such as 3.1.4.31"): (("=", "vios_31431", {"ioslevel": "3.1.4.31 SP1"}), "vios1", {}),
    ("level", "target level unknown"): (("=", "vios_31431", {"ioslevel": None}), "vios1", {}),
    ("allocated", "left by an earlier operation:"): (
        ("left_allocated", "vios1", {"resource": "vios_31431_spot"}),
        "vios1",
        {},
    ),
    ("partner", "is in an operation"): (("foreign_operation", "vios2"), "vios1", {}),
    ("partner", "not running (Mstate"): (("partner_down", "vios2"), "vios1", {}),
    ("partner", "Mstate is 'not running'"): (("mstate_old", "vios2"), "vios1", {}),
    ("cluster", "node"): (("cluster", "vios3"), "vios1", {}),
    ("client", "would lose its last path"): (("path_missing", "vios2", {"client": 3}), "vios1", {}),
    ("client", "unknown whether it keeps a path"): (("client_off", None), "vios1", {}),
    ("all clients", "would lose its last path"): (("sea_limbo", "vios2"), "vios1", {}),
    ("migvios", "does not list it"): (("no_migvios", None), "vios1", {}),
    ("bosinst_data", "none named"): (None, "vios1", {"bosinst_data": None}),
    ("boot_client", "boot the VIOS from the network yourself"): (None, "vios1", {"boot_client": False}),
}
# Those that need more than that; each has a test of its own below.
FINDINGS_OF_THEIR_OWN = {
    ("nim", "still runs"),
    ("under way", "is under way"),
    ("allocated", "gave no readable answer"),
}

# status, what its message says -> (what is done to NIM before, once it installs, more options)
FAILURES = {
    ("FAILURE-UPGRn-INIT", "nim returned"): (("nim_refuses", "vios1"), None, {}),
    ("FAILURE-UPGRn-WAIT", "nothing began"): (("nim_does_nothing", "vios1"), None, {}),
    ("FAILURE-UPGRn-WAIT", "no change of NIM state"): (("install_hangs", "vios1"), None, {}),
    ("FAILURE-UPGRn-WAIT", "the VIOS has not confirmed its level"): (None, ("c_rsh_refused", "vios1"), {}),
    ("FAILURE-UPGRn-WAIT", "lsnim failed"): (None, ("lsnim_fails", None), {}),
    ("FAILURE-UPGRn-WAIT", "no trace of it"): (None, None, {"vios_status": {PAIR: "SUCCESS-UPGR1-INIT"}}),
    ("FAILURE-CLUSTER", "node"): (("cluster", "vios3"), None, {}),
    ("FAILURE-UPGRn-PATHS", "after the migration still missing"): (
        ("adapter_lost", "vios1"),
        None,
        {"paths": "require"},
    ),
    ("FAILURE-UPGRn", "NIM shows Cstate_result"): (("fails", "vios1", {"phase": "customize"}), None, {}),
    ("FAILURE-UPGRn", "still answers with ioslevel"): (("old_level", "vios1"), None, {}),
}
FAILURES_OF_THEIR_OWN = {
    ("FAILURE-CHECK", "not started, lsnim failed"),
    ("FAILURE-UPGRn-INIT", "still running after"),
    ("FAILURE-UPGRn-WAIT", "err_info is still that of an earlier operation"),
}


@pytest.fixture
def vios_config():
    return {"query_retries": 3}


def spoil(simulator, what):
    """A fault of the simulator; ``=``: an attribute of an object; ``cluster``: one with a node that is down."""
    if what:
        fault, target, *words = what
        how = words[0] if words else {}
        if fault == "=":
            simulator.set(target, **how)
        elif fault == "cluster":
            simulator.cluster("ssp", "vios1", target)
            simulator.fault("node_stays_down", target)
        else:
            simulator.fault(fault, target, **how)


def entries_of_findings():
    section = PAGE.split("## Findings of `vios.check`")[1].split("\n## ")[0]
    name = None
    for line in section.splitlines():
        if found := re.fullmatch(r"`([^`]+)`", line):
            name = found[1]
        elif found := re.match(r': "([^"]+)"', line):
            yield name, found[1]


def entries_of_failures():
    for status, text in re.findall(r"^## (FAILURE-[\w-]+)\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL):
        for quoted in re.findall(r'^\* "([^"]+)"', text, re.MULTILINE):
            yield status, quoted


def test_every_entry_is_brought_about_and_everything_brought_about_has_an_entry():
    assert set(entries_of_findings()) == set(FINDINGS) | FINDINGS_OF_THEIR_OWN
    assert set(entries_of_failures()) == set(FAILURES) | FAILURES_OF_THEIR_OWN


def findings(ret, name, text):
    """Findings of that check; the names of some have that of a resource or a VIOS behind it."""
    mine = [one for one in ret["findings"] if f"{one['check']} ".startswith(f"{name} ")]
    return [one for one in mine if text in one["seen"] + one["advice"]]


@pytest.mark.parametrize(("name", "text"), FINDINGS)
def test_a_finding_says_so_and_what_to_do(vios, simulator, options, name, text):
    what, target, more = FINDINGS[name, text]
    spoil(simulator, what)
    found = findings(vios.check(target, **{**options, **more}), name, text)
    assert found
    assert found[0]["result"] in ("error", "warning")
    assert found[0]["advice"]


def as_status(status):
    return re.sub(r"UPGR[12]", "UPGRn", status)


@pytest.mark.parametrize(("status", "text"), FAILURES)
def test_a_failure_says_all_that_is_needed(vios, simulator, options, status, text):
    before, later, more = FAILURES[status, text]
    spoil(simulator, before)
    if later:
        under_way(vios, simulator, options, **more)
        spoil(simulator, later)
        simulator.clear("install_hangs")
        ret = vios.wait()
    else:
        ret = vios.migrate("vios1,vios2", **options, **more)
    says_all(ret, status, text)


def says_all(ret, status, text):
    meta = ret["meta"][PAIR]
    assert as_status(ret["status"][PAIR]) == status, meta["messages"]
    assert any(text in message and message.startswith("vios1: ") for message in meta["messages"])
    failure = meta["vios1"]["failure"]
    assert failure["vios"] == "vios1"
    assert failure["expected"]
    assert failure["since"] <= meta["vios1"]["finished"] if meta["vios1"]["finished"] else failure["since"]
    assert failure["output"].startswith("/")
    assert failure["next"].startswith(("salt-call vios.", "ps -fp "))
    if "not started, lsnim failed" not in text:
        assert failure["seen"]["Cstate"]


def test_a_check_to_type_next_has_the_options_of_the_call(vios, simulator, options):
    simulator.fault("foreign_operation", "vios1")
    failure = vios.migrate("vios1,vios2", **options)["meta"][PAIR]["vios1"]["failure"]
    assert failure["next"].startswith("salt-call vios.check vios1,vios2 ")
    assert f"mksysb_name={options['mksysb_name']}" in failure["next"].split()


def test_a_refusal_is_reported_in_nims_words(vios, simulator, options):
    simulator.fault("nim_refuses")
    ret = vios.migrate("vios1,vios2", **options)
    complaint = " ".join(ret["meta"][PAIR]["vios1"]["stderr"].split())
    assert complaint
    assert any(f"it printed {complaint!r}" in message for message in ret["meta"][PAIR]["messages"])


def test_a_nim_that_stops_answering_before_the_start(vios, simulator, options, monkeypatch):
    ask_the_driver = client.request

    def request(*words):
        simulator.fault("lsnim_fails")
        return ask_the_driver(*words)

    monkeypatch.setattr(client, "request", request)
    says_all(vios.migrate("vios1,vios2", **options), "FAILURE-CHECK", "not started, lsnim failed")


def test_a_nim_that_has_not_returned_in_time(vios, simulator, options):
    simulator.fault("nim_hangs", "vios1")
    says_all(vios.migrate("vios1,vios2", **options), "FAILURE-UPGRn-INIT", "still running after")
    assert findings(vios.check("vios1", **options), "nim", "still runs")[0]["advice"]
    simulator.fault("nim_refuses", "vios1")
    simulator.clear("nim_hangs")


def test_an_err_info_that_nim_does_not_clear(vios, simulator, options):
    """And the VIOS had the level before, so that it proves nothing either."""
    simulator.set("vios1", level="3.1.4.31", err_info="0042-175 c_script: of last year")
    simulator.fault("keeps_old_result", "vios1")
    ret = vios.migrate("vios1,vios2", **options, force=True, level="3.1.4.31")
    says_all(ret, "FAILURE-UPGRn-WAIT", "err_info is still that of an earlier operation")


def test_an_answer_that_cannot_be_read_is_not_taken_for_nothing(vios, simulator, options):
    simulator.set("vios_31431_spot", alloc_count="1")
    simulator.fault("lsnim_warns")
    found = findings(vios.check("vios1", **options), "allocated", "gave no readable answer")
    assert found[0]["result"] == "warning"
    assert found[0]["advice"] == "see `lsnim -c resources vios1`"


def test_what_is_under_way_is_a_warning(vios, simulator, options):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **options)
    assert findings(vios.check("vios1,vios2", **options), "under way", "is under way")[0]["result"] == "warning"
