"""What a caller of the runner may have read and written, by how it came."""

from pathlib import Path

import pytest

from saltext_vios.errors import Refused
from saltext_vios.fleet.caller import fleet_dirs, is_command_line, report_path

RUN, API = {"__cli": "salt-run"}, {"__cli": "salt-master"}


@pytest.mark.parametrize("cli", ["salt-run", "salt-master", "salt-api", "salt-call", "x.py", ""])
def test_only_salt_run_is_the_command_line(cli):
    assert is_command_line({"__cli": cli}) is (cli == "salt-run")


def test_who_cannot_be_told_is_not_on_the_command_line():
    assert not is_command_line({})


def test_on_the_command_line_a_fleet_lies_anywhere():
    assert fleet_dirs({**RUN, "vios": {"fleet_dirs": ["/srv/fleets"]}}) is None


def test_others_have_the_file_roots_and_srv_unless_directories_are_named():
    roots = {"base": ["/a", "/b"], "dev": ["/c"], "__env__": ["salt://x"]}
    assert fleet_dirs({**API, "file_roots": roots}) == [Path(one) for one in ("/a", "/b", "/c", "/srv")]
    assert fleet_dirs({**API, "vios": {"fleet_dirs": ["/srv/fleets"]}}) == [Path("/srv/fleets")]


@pytest.mark.parametrize("value", [["relative"], 5, [5], {"a": "/b"}])
def test_directories_that_cannot_be_are_refused(value):
    with pytest.raises(Refused, match=r"vios:fleet_dirs .* expected absolute paths"):
        fleet_dirs({**API, "vios": {"fleet_dirs": value}})


def test_a_configuration_that_is_no_map_is_refused():
    with pytest.raises(Refused, match="is no map"):
        fleet_dirs({**API, "vios": "x"})


def test_on_the_command_line_a_report_is_written_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert report_path(RUN, "a.csv") == tmp_path / "a.csv"
    assert report_path({**RUN, "vios": {"report_dir": "/srv"}}, "/x/a.csv") == Path("/x/a.csv")


def test_others_write_no_report_where_no_directory_is_named():
    with pytest.raises(Refused, match="set vios:report_dir"):
        report_path(API, "/x/a.csv")


@pytest.mark.parametrize("out", ["a.csv", "sub/a.csv", "{dir}/a.csv"])
def test_others_write_below_the_directory(tmp_path, out):
    opts = {**API, "vios": {"report_dir": str(tmp_path)}}
    assert tmp_path in report_path(opts, out.format(dir=tmp_path)).parents


@pytest.mark.parametrize("out", ["/x/a.csv", "../a.csv", "link/a.csv", "link/../../a.csv"])
def test_no_way_leads_out_of_it(tmp_path, out):
    directory = tmp_path / "reports"
    directory.mkdir()
    (directory / "link").symlink_to(tmp_path)
    with pytest.raises(Refused, match=f"is not below {directory}"):
        report_path({**API, "vios": {"report_dir": str(directory)}}, out)
