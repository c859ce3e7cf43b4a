"""What two NIM masters tell of their migrations, as a file on the Salt master."""

import json

import pytest

from tests.integration.conftest import OPTIONS

SECOND = "nim-second"


@pytest.fixture
def migrated(salt_, site, second_site):
    """A pair on each of two NIM masters; the second fails at its first VIOS."""
    second_site.simulator.fault("fails", "viosa")
    salt_("vios.migrate", "vios1,vios2", *OPTIONS)
    salt_("vios.migrate", "viosa,viosb", *OPTIONS, to=SECOND)


def test_a_report_shows_what_every_nim_master_did(salt_run_, migrated, tmp_path):
    path = tmp_path / "report.html"
    told = salt_run_("vios.report", "nim-*", "1h", f"out={path}").data
    assert told == {
        "out": str(path),
        "tuples": 2,
        "counts": {"FAILURE-UPGR1": 1, "SUCCESS-UPGR2": 1},
        "failed": {},
        "silent": [],
    }
    page = path.read_text()
    assert "salt-call vios.log viosa" in page
    assert '"\\u003cb\\u003enim-second\\u003c\\u002fb\\u003e","g1"' in page
    data = salt_run_("vios.report").data
    # By VIOS its NIM master, its frame, and its status.
    assert {
        one["vios"]: (run["master"], one["frame"], one["status"]) for run in data["runs"] for one in run["vioses"]
    } == {
        "vios1": ("nim-master", "f1", "SUCCESS-UPGR1"),
        "vios2": ("nim-master", "f1", "SUCCESS-UPGR2"),
        "viosa": (SECOND, "g1", "FAILURE-UPGR1"),
        "viosb": (SECOND, "g1", None),
    }


@pytest.mark.thorough
def test_a_master_whose_nim_does_not_answer_is_reported_without_its_frames(salt_run_, migrated, second_site, tmp_path):
    second_site.simulator.fault("lsnim_fails")
    path = tmp_path / "report.json"
    salt_run_("vios.report", f"out={path}")
    data = json.loads(path.read_text())
    assert list(data["frames_unknown"]) == [SECOND]
    assert [one["frame"] for run in data["runs"] if run["master"] == SECOND for one in run["vioses"]] == [None, None]


def test_a_report_of_no_known_form_or_place_is_refused_without_a_traceback(salt_run_, site, second_site, tmp_path):
    for path, said in (
        (tmp_path / "a.pdf", "expected a path that ends in"),
        (tmp_path / "no" / "a.csv", f"type: mkdir {tmp_path / 'no'}"),
    ):
        ret = salt_run_("vios.report", f"out={path}")
        assert str(path) in ret.data["Error"]
        assert said in ret.data["Error"]
        assert ret.returncode == 1
        assert "Traceback" not in ret.stdout + ret.stderr
