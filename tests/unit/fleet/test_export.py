"""A report as a file."""

import csv
import errno
import io
import json
import os

import pytest

from saltext_vios.errors import Refused
from saltext_vios.fleet.export import COLUMNS, as_csv, as_json, form_of, write
from saltext_vios.fleet.page import as_html
from tests.unit.fleet.histories import failed, migrated, report, run, vios


def lines(made):
    return list(csv.DictReader(io.StringIO(as_csv(made), newline="")))


@pytest.mark.parametrize(
    ("path", "form"), [("a.html", as_html), ("a.HTM", as_html), ("/x/a.json", as_json), ("a.b.csv", as_csv)]
)
def test_the_ending_shows_the_form(path, form):
    assert form_of(path) is form


@pytest.mark.parametrize("path", ["a.pdf", "a", ".html", "a.html/b", ""])
def test_another_ending_is_refused_with_those_expected(path):
    with pytest.raises(Refused, match=r"expected a path that ends in \.html, \.htm, \.json, \.csv"):
        form_of(path)


def test_json_is_what_is_returned_without_a_file():
    assert json.loads(as_json(report())) == report().data()


def test_csv_has_a_line_per_vios_and_run():
    found = lines(report())
    assert [one["vios"] for one in found] == [f"vios{n}" for n in (7, 8, 5, 6, 3, 4, 1, 2)]
    assert tuple(found[0]) == COLUMNS
    assert as_csv(report()).count("\r\n") == len(found) + 1


def test_a_line_shows_the_tuple_the_vios_and_the_failure():
    line = lines(report({"nim-a": [failed()]}))[0]
    assert {name: line[name] for name in ("master", "frame", "tuple", "tuple_status", "status", "level_old")} == {
        "master": "nim-a",
        "frame": "frame2",
        "tuple": "vios3-vios4",
        "tuple_status": "FAILURE-UPGR1",
        "status": "FAILURE-UPGR1",
        "level_old": "3.1.2.21",
    }
    assert line["started"] == "2026-11-29T01:00:00+01:00"
    assert line["seen"] == "Cstate_result: failure | err_info: 0042-175"
    assert line["next"] == "salt-call vios.log vios3"


def test_a_vios_that_was_not_started_has_neither_the_times_nor_the_status_of_its_tuple():
    line = lines(report({"nim-a": [failed()]}))[1]
    assert (line["vios"], line["status"], line["started"], line["finished"]) == ("vios4", "", "", "")


FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\t=1", "\n=1", " =1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_spreadsheet_takes_no_text_for_a_formula(text):
    made = as_csv(report({"nim-a": [asked_by(text)]}))
    for separator in ",;\t|":
        for line in csv.reader(io.StringIO(made, newline=""), delimiter=separator, quoting=csv.QUOTE_NONE):
            for cell in line:
                assert not cell.strip().strip('"').strip().startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20")), cell


@pytest.mark.parametrize("separator", ";,|\t\n")
def test_nor_the_rest_of_one_that_it_cuts_at_its_own_separator(separator):
    line = lines(report({"nim-a": [asked_by(f"a{separator} =1+1")]}))[0]
    assert line["asked_by"] == f"a{separator} '=1+1"


def test_what_is_no_formula_stays_as_it_is():
    text = "nim -Fo migvios -a disk=hdisk1 x-y a=b"
    assert lines(report({"nim-a": [asked_by(text)]}))[0]["asked_by"] == text


def asked_by(text):
    return run(1, "a", "SUCCESS-UPGR1", None, {"a": vios("SUCCESS-UPGR1")}, asked_by=text, messages=[text])


def test_quotes_commas_and_line_ends_stay_within_their_cell():
    told = {**migrated(), "messages": ['a "b", c\nd']}
    assert lines(report({"nim-a": [told]}))[0]["messages"] == 'a "b", c\nd'


@pytest.mark.parametrize("form", [as_html, as_json, as_csv])
def test_an_earlier_report_is_replaced(tmp_path, form):
    path = tmp_path / "any name"
    for made in (report(), report({"nim-a": [failed()]})):
        write(path, form(made))
        assert path.read_bytes() == form(made).encode()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", ["", "{}", '{"masters": {}}', "<html></html>", "a,b\n1,2\n", "x" * 9999])
def test_anything_else_is_left_alone(tmp_path, content):
    path = tmp_path / "pillar.json"
    path.write_text(content)
    with pytest.raises(Refused, match="is not a report"):
        write(path, as_json(report()))
    assert path.read_text() == content


def test_a_link_to_a_report_is_left_alone(tmp_path):
    write(tmp_path / "a.json", as_json(report()))
    for name in ("a.json", "missing"):
        link = tmp_path / f"link to {name}"
        link.symlink_to(tmp_path / name)
        with pytest.raises(Refused, match="is not a report"):
            write(link, as_json(report()))
        assert link.is_symlink()


def test_what_is_no_file_is_left_alone_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(Refused, match="is not a report"):
            write(path, "text")


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write(tmp_path / "no" / "a.csv", "text")
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_cannot_be_completed_does_not_replace_a_whole_one(tmp_path, monkeypatch):
    path, whole = tmp_path / "a.csv", as_csv(report())
    write(path, whole)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        write(path, "half")
    assert path.read_bytes() == whole.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_text_that_is_no_unicode_is_written_as_escapes(tmp_path):
    write(tmp_path / "a.csv", "\ud800")
    assert (tmp_path / "a.csv").read_text() == "\\ud800"
