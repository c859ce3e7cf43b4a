"""What ``vios.capture`` wrote as the simulator takes it: objects, levels, times; and held against what is assumed."""

import json
import os
import sys
import time

import pytest

from saltext_vios.simulator import __main__ as command_line
from saltext_vios.simulator import capture, compare, lsnim
from saltext_vios.simulator.assumptions import assumed, table

ENABLED, INSTALLING = assumed("cstate", "enabled"), assumed("cstate", "installing")
CUSTOMIZING, READY = assumed("cstate", "customizing"), assumed("cstate", "ready")


def reply(*lines, rc=0):
    return {"command": ["x"], "took": 0.1, "rc": rc, "stdout": list(lines), "stderr": []}


def looks(*shown):
    """One look at each time; a text alone is a Cstate."""
    return [
        {"after": after, "until": after, "shows": {"Cstate": one} if isinstance(one, str) else one}
        for after, one in shown
    ]


COURSE = [(0, READY), (30, ENABLED), (1350, INSTALLING), (4950, CUSTOMIZING), (5850, READY)]


@pytest.fixture
def captured(simulator):
    """Of a NIM master as the default scenario, with a migration of vios1 that was followed."""
    listing = "".join(lsnim.stanza(name, one) for name, one in simulator.store.objects().items())
    return {
        "capture": 1,
        "master": {"oslevel": reply("7200-05-04-2220")},
        "listing": reply(*listing.splitlines()),
        "vioses": {
            "vios1": {"ioslevel": reply("3.1.4.31", "rc=0"), "cluster": reply("c1:OK:vios1:8286-42A:1:OK:OK", "rc=0")},
            "vios2": {"ioslevel": reply("3.1.1.10", "rc=0")},
        },
        "journal": [],
        "looks": {"vioses": {"vios1": looks(*COURSE)}},
    }


def run(tmp_path, captured, *words, monkeypatch=None):
    path = tmp_path / "capture.json"
    path.write_text(json.dumps(captured))
    monkeypatch.setattr(sys, "argv", ["simulator", *(str(path) if one == "CAPTURE" else one for one in words)])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    return ended.value.code


def found(lines, verdict):
    return {line.about.split(" ")[0]: line.seen for line in lines if line.verdict == verdict}


def test_objects_levels_and_the_cluster_are_taken(simulator, captured):
    before = simulator.store.objects()
    count, _ = capture.load(simulator.store, captured, None)
    assert count == len(before)
    assert simulator.store.objects() == before
    assert simulator.level("vios1") == "3.1.4.31"
    assert simulator.level("vios3") == "3.1.1.10"  # told of nobody: the lowest that is told
    assert [row["vios"] for row in simulator.store.rows("SELECT vios FROM cluster")] == ["vios1"]
    assert simulator.store.setting("master_level") == "7200-05-04-2220"


def test_a_backup_has_a_file_as_old_as_the_capture_says(simulator, captured):
    captured["listing"]["stdout"] += ["b1:", "   type = ios_backup", "   source_image = vios1"]
    captured["listing"]["stdout"] += ["   location = /path1/b1", "   creation_date = Mon Nov 2 03:04:05 2026"]
    capture.load(simulator.store, captured, None)
    location = simulator.store.get("b1")["location"]
    assert os.path.getsize(location)
    assert time.ctime(os.path.getmtime(location)) == "Mon Nov  2 03:04:05 2026"


def test_the_name_of_a_backup_leads_nowhere_else(simulator, captured, tmp_path):
    captured["listing"]["stdout"] += ["../../../../here:", "   type = ios_backup", "   source_image = vios1"]
    capture.load(simulator.store, captured, None)
    assert not list(tmp_path.glob("**/here"))


def test_a_frame_serves_the_clients_that_were_seen(simulator, captured):
    disk = "{}:Available:0x81:hdisk1:U1:false"
    captured["vioses"]["vios1"] |= {
        "scsi": reply(f"vhost0:U1-C10:0x7:{disk.format('a')}:{disk.format('b')}", "vhost1:U1-C11:0x0", "rc=0"),
        "npiv": reply("vfchost0:U1-C20:7:payroll:AIX:LOGGED_IN:fcs0:U1:1:a:fcs0:U1", "rc=0"),
        "vnic": reply("vnicserver0:U1-C32897:7:N/A:N/A:ent20:Available:U1:ent0:U1-V7-C6", "rc=0"),
    }
    capture.load(simulator.store, captured, None)
    rows = simulator.store.rows("SELECT frame, words FROM client")
    assert [row["frame"] for row in rows] == ["frame1"]
    assert json.loads(rows[0]["words"]) == {"id": 7, "name": "payroll", "disks": 2, "npiv": True, "vnic": True}


def test_a_migration_takes_as_long_as_the_one_that_was_seen(simulator, captured):
    capture.load(simulator.store, captured, None)
    for vios in ("vios1", "vios3"):
        row = simulator.store.rows("SELECT phases FROM vios WHERE name = ?", vios)[0]
        took = json.loads(row["phases"])
        assert took["accepted"] + took["boot"] == 1320
        assert (took["install"], took["customize"]) == (3600, 900)


def test_without_looks_the_journal_shows_how_long_it_takes(captured):
    phases = [{"phase": name, "took": 100.0} for name in ("starting", "enabled", "installing", "customizing")]
    one = {"status": "SUCCESS-UPGR1", "phases": phases}
    captured.update(looks={}, journal=[{"vios": {"vios2": one}}])
    took = capture.phases(captured)
    assert list(took) == ["vios2"]
    assert (took["vios2"]["install"], took["vios2"]["customize"]) == (100.0, 100.0)


def test_a_vios_that_was_busy_is_at_rest_here(simulator, captured):
    captured["listing"]["stdout"] = [
        line.replace(READY, INSTALLING) if "Cstate " in line else line for line in captured["listing"]["stdout"]
    ]
    _, told = capture.load(simulator.store, captured, None)
    assert simulator.get("vios1")["Cstate"] == READY
    assert any("vios1" in line and "here it is ready" in line for line in told)


@pytest.mark.parametrize("text", ['{"capture": 2}', '{"capture": 1', "[]", "{}"])
def test_what_is_no_capture_of_this_form_is_refused(text):
    if not text.startswith("{"):
        assert capture.read(text) is None
        return
    with pytest.raises(SystemExit, match="the capture"):
        capture.read(text)


def test_what_is_as_assumed_agrees(captured):
    shown = {"Cstate": READY, "Cstate_result": "success"}
    captured["looks"]["vioses"]["vios1"][0]["shows"] = shown
    captured["looks"]["vioses"]["vios1"][1]["shows"]["Cstate_result"] = None
    lines = compare.compare(captured)
    agrees = found(lines, compare.AGREES)
    assert agrees["behaviour.clears_result_at_start"] is True
    assert agrees["cstate.installing"] == INSTALLING
    assert found(lines, compare.DIFFERS).keys() == {"phases.accepted", "phases.boot", "phases.install"}


def test_a_result_that_stays_at_the_start_differs(captured):
    captured["looks"]["vioses"]["vios1"][0]["shows"]["Cstate_result"] = "success"
    lines = compare.compare(captured)
    assert found(lines, compare.DIFFERS)["behaviour.clears_result_at_start"] is False
    assert compare.changes(lines)["behaviour"]["clears_result_at_start"] == [False, "seen"]


def test_a_text_that_nobody_assumed_is_news(captured):
    captured["looks"]["vioses"]["vios1"][2]["shows"] = {"Cstate": "install under way", "info": "writing files: 7"}
    lines = compare.compare(captured)
    assert {line.seen for line in lines if line.verdict == compare.NEW} >= {"install under way", "writing files: 7"}
    assert "cstate.installing" in found(lines, compare.UNSEEN)


def test_what_the_master_offers_is_held_against_what_is_assumed(captured):
    captured["vioses"]["vios1"]["operations"] = reply("reset = reset an object")
    captured["vioses"]["vios1"]["migvios"] = reply("required:", " -a spot=<value>", "optional:", " -a new_one=<value>")
    lines = compare.compare(captured)
    differs = found(lines, compare.DIFFERS)
    assert differs["behaviour.offers_migvios"] is False
    assert differs["behaviour.needs_ios_mksysb"] is False
    assert differs["the"]["also"] == ["new_one"]


@pytest.mark.parametrize(("fields", "verdict"), [(12, compare.AGREES), (11, compare.DIFFERS)])
def test_the_number_of_fields_of_lsmap_is_counted(captured, fields, verdict):
    captured["vioses"]["vios1"]["npiv"] = reply(":".join("x" * fields), "rc=0")
    assert [line.seen for line in compare.compare(captured) if line.about.startswith("lsmap, npiv")] == [[fields]]
    assert any(line.verdict == verdict for line in compare.compare(captured) if line.about.startswith("lsmap, npiv"))


def test_what_nim_printed_is_reported_once(captured):
    one = {"status": None, "rc": 1, "stdout": [], "stderr": ["0042-001 nim: no"], "phases": []}
    captured["journal"] = [{"vios": {"vios1": one, "vios2": one}}]
    printed = [line for line in compare.compare(captured) if line.about == "nim -o migvios, exit status 1"]
    assert [line.seen["stderr"] for line in printed] == ["0042-001 nim: no"]


def test_what_viosupgrade_printed_is_not_taken_for_migvios(captured):
    one = {
        "status": None,
        "rc": 0,
        "stdout": ["Welcome"],
        "stderr": [],
        "phases": [],
        "command": "viosupgrade -t bosinst",
    }
    captured["journal"] = [{"vios": {"vios1": one}}]
    told = [line.about for line in compare.compare(captured) if line.verdict == compare.NEW]
    assert told == ["viosupgrade, exit status 0"]


def test_a_capture_that_shows_nothing_leaves_everything_open():
    lines = compare.compare({"capture": 1})
    assert {line.verdict for line in lines} == {compare.UNSEEN}


def test_the_command_says_where_it_differs(tmp_path, captured, monkeypatch, capsys):
    assert run(tmp_path, captured, "compare", "CAPTURE", monkeypatch=monkeypatch) == 1
    out = capsys.readouterr().out
    assert "differs  phases.install (guess): assumed 2400; seen 3600" in out
    assert "cstate.installing" not in out
    assert run(tmp_path, captured, "compare", "CAPTURE", "--json", monkeypatch=monkeypatch) == 1
    entries = json.loads(capsys.readouterr().out)
    assert entries["phases"]["install"] == [3600, "seen"]
    assert all(name in table()[section] for section, names in entries.items() for name in names)


@pytest.mark.parametrize("part", ["listing", "vioses", "journal", "looks", "master"])
def test_a_part_may_be_taken_out(captured, part):
    captured.pop(part)
    assert compare.compare(captured)


def test_a_capture_that_was_torn_is_reported(tmp_path, captured, monkeypatch):
    captured["journal"] = [{"vios": {"vios1": {}}}]
    assert "take out whole parts only" in run(tmp_path, captured, "compare", "CAPTURE", monkeypatch=monkeypatch)


def test_a_comparison_ends_with_one_line_of_numbers():
    lines = [compare.Line(verdict, "a", 1, 2) for verdict in (compare.AGREES, compare.AGREES, compare.DIFFERS)]
    assert compare.summary(lines) == "2 agree, 1 differ, 0 not among the assumptions, 0 not in the capture"
