"""Backups on the simulated NIM master: files, objects, and what can go wrong between them."""

import os

import pytest


@pytest.fixture
def place(tmp_path):
    path = tmp_path / "backups"
    path.mkdir()
    return path / "vios1_1"


@pytest.fixture
def define(run, place, simulator):
    """Make a backup of vios1 with no time between the command and its end."""

    def call(kind="ios_backup", name="vios1_1", **more):
        words = {"mk_image": "yes", "server": "master", "source": "vios1", "location": str(place), **more}
        attributes = [word for key, value in words.items() for word in ("-a", f"{key}={value}")]
        with simulator.store.transaction():
            simulator.store.db.execute('UPDATE vios SET phases = \'{"ios_backup": 0, "ios_mksysb": 0}\'')
        return run("nim", "-Fo", "define", "-t", kind, *attributes, name)

    return call


def view(run, name="vios1_1"):
    return run("nim", "-Fo", "viosbr", "-a", "viosbr_action=view", "-a", f"ios_backup={name}", "vios1")


def test_a_backup_is_a_file_and_an_object_that_says_whose_it_is(define, place, simulator, run):
    assert define()[0] == 0
    made = simulator.get("vios1_1")
    assert (made["type"], made["source_image"], made["Rstate"]) == ("ios_backup", "vios1", "ready for use")
    assert made["location"] == str(place)
    assert place.stat().st_size > 0
    assert "vhost0" in view(run)[1]


def test_an_image_has_the_level_of_its_vios(define, simulator):
    assert define("ios_mksysb")[0] == 0
    assert simulator.get("vios1_1")["ioslevel"] == "3.1.2.21"


def test_a_name_that_exists_is_refused(define):
    assert define()[0] == 0
    rc, _, stderr = define()
    assert (rc, "already exists" in stderr) == (81, True)


def test_a_directory_that_is_missing_is_refused(define, place):
    rc, _, stderr = define(location=str(place.parent / "none" / "x"))
    assert rc
    assert "0042-154" in stderr


def test_a_vios_that_does_not_answer_has_no_backup(define, place, simulator):
    simulator.fault("partner_down", "vios1")
    assert define()[0]
    assert not place.exists()


@pytest.mark.parametrize(
    ("fault", "rc", "has_object", "size"),
    [
        ("backup_no_space", 1, False, "some"),
        ("backup_empty", 0, True, "none"),
        ("backup_without_file", 0, True, None),
        ("backup_without_object", 0, False, "some"),
        ("backup_refused", 1, False, None),
        ("backup_fails_but_made", 1, True, "some"),
    ],
)
def test_a_backup_that_fails_leaves_what_the_fault_says(define, place, simulator, fault, rc, has_object, size):
    simulator.fault(fault, "vios1")
    assert define()[0] == rc
    assert bool(simulator.get("vios1_1")) is has_object
    found = None if not place.exists() else "some" if place.stat().st_size else "none"
    assert found == size


def test_a_backup_can_be_of_another_vios(define, simulator):
    simulator.fault("backup_of_another", "vios1", source_image="vios2")
    define()
    assert simulator.get("vios1_1")["source_image"] == "vios2"


def test_a_view_of_an_empty_file_fails_and_can_be_silent(define, place, simulator, run):
    define()
    simulator.fault("view_silent", "vios1", times=1)
    assert view(run) == (0, "", "")
    os.truncate(place, 0)
    assert view(run)[0]


def test_a_backup_is_removed_with_its_file(define, place, run, simulator):
    define()
    assert run("nim", "-o", "remove", "-a", "rm_image=yes", "vios1_1")[0] == 0
    assert not place.exists()
    assert not simulator.get("vios1_1")


def test_the_audit_sees_two_backups_of_a_vios_at_once(simulator):
    row = "INSERT INTO backup (vios, kind, name, location, started, ends, ended, pid) VALUES (?,?,?,?,?,?,?,1)"
    for started in (0, 5):
        simulator.store.db.execute(row, ("vios1", "ios_backup", f"b{started}", "/b", started, 9, 9))
    assert "a backup of vios1 was started while a backup" in simulator.audit()["violations"][0]
    simulator.store.db.execute("UPDATE backup SET started = 9 WHERE name = 'b5'")
    assert simulator.audit()["violations"] == []
