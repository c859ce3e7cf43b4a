"""A capture: what a NIM master says and shows, as a file that tells nobody whose machines they are."""

import json
import os
import stat

import pytest
from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext_vios.simulator.assumptions import assumed


@pytest.fixture
def out(tmp_path):
    return str(tmp_path / "capture.json")


@pytest.fixture
def a_job(minion_opts):
    """The functions are called by whoever may send jobs, and not by ``salt-call``."""
    minion_opts["__cli"] = "salt-minion"


def read(path):
    with open(path) as file:
        return json.load(file)


def originals(simulator):
    """All that tells whose machines these are."""
    objects = {name for name in simulator.store.objects() if name != "resolv_conf"}
    return objects | {"frame1", "hmc1", "master_net", "00F600004C00", "02103341V", "7800001", "lpar3", "/export/nim/x"}


def test_a_capture_answers_what_the_page_of_open_questions_asks(vios, out):
    ret = vios.capture(out)
    assert ret["result"]
    assert ret["names"] == "replaced"
    assert ret["no_answer"] == [f"lsnim -q viosbr vios{n}" for n in range(1, 7)]
    found = read(out)
    assert found["master"]["oslevel"]["stdout"] == [assumed("master", "level")]
    assert found["listing"]["rc"] == 0
    one = next(iter(found["vioses"].values()))
    assert any("migvios" in line for line in one["operations"]["stdout"])
    assert "the following attributes are required:" in one["migvios"]["stdout"]
    assert one["ioslevel"]["stdout"] == ["3.1.2.21", "rc=0"]
    assert {"scsi", "npiv", "vnic", "network", "disks", "cluster", "sea ent5"} <= set(one)


def test_no_name_of_the_site_is_left_in_it(vios, simulator, out):
    told = "vios1.example.com: cannot mount /export/nim/vios1_sysb from 10.1.2.3"
    simulator.set("vios1", err_info=told, comments="Bob")
    simulator.cluster("payroll", "vios1", "vios2")
    vios.capture(out)
    with open(out) as file:
        text = file.read().lower()
    left = [name for name in {*originals(simulator), "payroll", "10.1.2.3", "bob"} if name.lower() in text]
    assert left == []


def test_the_same_vios_has_the_same_name_everywhere(vios, out):
    vios.capture(out)
    found = read(out)
    listed = {line[:-1] for line in found["listing"]["stdout"] if line.startswith("vios-")}
    assert set(found["vioses"]) <= listed
    for name, one in found["vioses"].items():
        assert one["operations"]["command"] == ["lsnim", "-O", name]
        assert one["ioslevel"]["command"][1] == f"{name}.example.com"


def test_names_are_kept_when_asked_for(vios, out):
    assert vios.capture(out, names=True)["names"] == "kept"
    assert "vios1" in read(out)["vioses"]


def test_only_who_made_it_may_read_it(vios, out):
    vios.capture(out)
    assert stat.S_IMODE(os.stat(out).st_mode) == 0o600


def test_what_stands_there_is_left_alone(vios, out):
    with open(out, "w") as file:
        file.write("mine")
    with pytest.raises(SaltInvocationError, match="exists already"):
        vios.capture(out)
    with open(out) as file:
        assert file.read() == "mine"


@pytest.mark.parametrize("name", ["capture.json", "/etc/cron.d/job", "/tmp/.json", "/tmp/a b.json", 7])
def test_a_place_that_is_no_absolute_path_of_such_a_file_is_refused(vios, out, name):
    with pytest.raises(SaltInvocationError, match="out is"):
        vios.capture(name)


def test_who_sends_a_job_writes_only_below_the_directory_for_that(a_job, vios, state_dir, tmp_path):
    with pytest.raises(SaltInvocationError, match="vios:capture_dir"):
        vios.capture(str(tmp_path / "capture.json"))
    with pytest.raises(SaltInvocationError, match="vios:capture_dir"):
        vios.capture(str(state_dir / "captures" / ".." / "capture.json"))
    assert vios.capture(str(state_dir / "captures" / "one.json"))["result"]


def test_salt_call_finds_the_directory_of_captures_made_too(vios, state_dir):
    assert vios.capture(str(state_dir / "captures" / "first.json"))["result"]
    assert stat.S_IMODE(os.stat(state_dir / "captures").st_mode) == 0o700


def test_every_command_may_fail(vios, simulator, out):
    simulator.fault("lsnim_fails")
    simulator.fault("c_rsh_refused")
    ret = vios.capture(out, "vios1,vios2")
    assert ret["result"]
    assert "lsnim -l" in ret["no_answer"]
    assert read(out)["listing"]["rc"] != 0


def test_a_vios_that_does_not_answer_is_not_asked_again_and_again(vios, simulator, out):
    simulator.fault("c_rsh_refused", "vios1")
    vios.capture(out, "vios1")
    (one,) = read(out)["vioses"].values()
    assert one["ioslevel"]["rc"] != 0
    assert "cluster" not in one


def test_a_migration_is_followed_to_its_end(vios, options, out):
    vios.migrate("vios1,vios2", wait=False, **options)
    ret = vios.capture(out, "vios1,vios2", follow=True, names=True)
    assert ret["ended"] == "nothing is under way any more"
    found = read(out)
    states = [entry["shows"].get("Cstate") for entry in found["looks"]["vioses"]["vios1"]]
    assert "Base Operating System installation is being performed" in states
    after = [found["after"][name]["ioslevel"]["stdout"][0] for name in ("vios1", "vios2")]
    assert after == ["3.1.4.31"] * 2
    assert [phase["phase"] for phase in found["journal"][0]["vios"]["vios1"]["phases"]][:1] == ["starting"]


def test_a_look_that_shows_nothing_new_takes_no_room(vios, simulator, out):
    ret = vios.capture(out, "vios1", follow=36_000)
    found = read(out)["looks"]
    assert found["count"] == ret["looks"] > 10
    assert [len(entries) for entries in found["vioses"].values()] == [1]
    assert ret["ended"] == "the limit of 36000 s"


def test_who_is_seen_to_begin_is_reported_as_it_was_before(vios, simulator, options, out, night):
    started = []

    def migrate(seconds, sleep=night.sleep):
        if not started:
            started.append("vios1")
            vios.migrate("vios1", wait=False, **options)
        sleep(seconds)

    simulator.set("vios1", Cstate_result="success")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("saltext_vios.driver.capture.time.sleep", migrate)
        vios.capture(out, follow=True, names=True)
    shown = read(out)["looks"]["vioses"]["vios1"]
    assert shown[0]["shows"]["Cstate_result"] == "success"
    assert shown[1]["shows"]["Cstate_result"] is None


def test_a_capture_before_all_else_makes_a_state_directory_that_is_ours_alone(a_job, vios, options, state_dir):
    vios.capture(str(state_dir / "captures" / "vios.json"))
    assert stat.S_IMODE(os.stat(state_dir).st_mode) == 0o700
    assert vios.migrate("vios1,vios2", **options)["result"]


def test_looks_that_fail_are_reported(vios, simulator, out):
    simulator.fault("lsnim_fails")
    vios.capture(out, follow=36_000)
    found = read(out)["looks"]
    assert found["vioses"] == {}
    assert len(found["failed"]) == 1


@pytest.mark.parametrize("follow", ["long", 0, -1, "100h"])
def test_a_time_that_is_none_is_refused(vios, out, follow):
    with pytest.raises(SaltInvocationError, match="follow is"):
        vios.capture(out, follow=follow)


@pytest.mark.parametrize("remove", [True, False])
def test_what_somebody_else_put_in_its_place_is_left_alone(vios, simulator, out, remove):
    def replace(seconds):
        # A file system may give the new file the number of the one that was removed; so does writing into it.
        if remove:
            os.unlink(out)
        with open(out, "w") as file:
            file.write("mine")
        simulator.set("vios1", Cstate="something new")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("saltext_vios.driver.capture.time.sleep", replace)
        with pytest.raises(CommandExecutionError, match="another file"):
            vios.capture(out, "vios1", follow=True)
    with open(out) as file:
        assert file.read() == "mine"


def test_a_capture_disturbs_no_migration(vios, simulator, options, out):
    vios.migrate("vios1,vios2", wait=False, **options)
    vios.capture(out, follow=True)
    assert simulator.audit()["violations"] == []
    assert vios.status() == {"vios1-vios2": "SUCCESS-UPGR2"}


def test_a_resource_that_only_a_command_named_is_reported_nowhere(vios, simulator, options, out):
    vios.migrate("vios1", **{**options, "mksysb_name": "bank_image"})
    vios.capture(out)
    with open(out) as file:
        assert "bank_image" not in file.read()
