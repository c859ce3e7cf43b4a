"""What may be read as a fleet, and that nothing is shown of what is none."""

import os

import pytest

from saltext_vios.errors import Refused
from saltext_vios.fleet import source
from saltext_vios.fleet.source import bounded, from_file

SECRET = "S3cret"  # noqa: S105


@pytest.fixture
def file(tmp_path):
    def write(text="masters: {nim-a: '*'}", name="fleet.yaml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def refused(path, below=None):
    with pytest.raises(Refused) as found:
        from_file(str(path), below)
    assert SECRET not in str(found.value)
    return str(found.value)


@pytest.mark.parametrize("name", ["fleet.yaml", "fleet.yml"])
def test_a_yaml_file_is_read(file, name):
    assert from_file(str(file(name=name)), None) == {"masters": {"nim-a": "*"}}


@pytest.mark.parametrize("name", ["shadow", "master.pem", "fleet.yaml.bak", "fleet.sls"])
def test_a_file_with_another_ending_is_not_opened(file, name):
    assert "expected a file that ends in .yaml or .yml" in refused(file(SECRET, name))


def test_a_link_counts_as_what_it_points_to(file, tmp_path):
    (tmp_path / "fleet.yaml").symlink_to(file(SECRET, "shadow"))
    assert "expected a file that ends in" in refused(tmp_path / "fleet.yaml")


def test_only_what_lies_below_the_directories_is_read(file, tmp_path):
    path, other = file(), tmp_path / "other"
    other.mkdir()
    assert from_file(str(path), [other, tmp_path])
    said = refused(path, [other])
    assert str(other) in said
    assert "vios:fleet_dirs" in said


@pytest.mark.parametrize("way", ["{other}/../fleet.yaml", "{other}/link.yaml", "{other}/dir/fleet.yaml"])
def test_no_way_leads_out_of_them(file, tmp_path, way):
    path, other = file(SECRET), tmp_path / "other"
    other.mkdir()
    (other / "link.yaml").symlink_to(path)
    (other / "dir").symlink_to(tmp_path)
    assert "is not below" in refused(way.format(other=other), [other])


def test_whether_a_file_elsewhere_exists_is_not_told(file, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    there, missing = refused(file(SECRET), [other]), refused(tmp_path / "missing.yaml", [other])
    assert there.replace("fleet.yaml", "") == missing.replace("missing.yaml", "")


def test_what_is_no_regular_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "fleet.yaml")
    assert "it is no regular file" in refused(tmp_path / "fleet.yaml")


def test_a_path_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "a.yaml").symlink_to(tmp_path / "a.yaml")
    assert refused(tmp_path / "a.yaml")
    assert refused("a\x00.yaml")


def test_a_large_file_is_refused(file):
    assert "more than 1024 KiB" in refused(file("#" * (source.SIZE + 1)))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"a: 1\n{SECRET}\nb: 2", "line 3"),
        (f"a: !{SECRET} x", "line 1"),
        (f"a: 1\nb: *{SECRET}", "line 2"),
        (f"{SECRET}: 1\n{SECRET}: 2", "line 2"),
        ("a: " + "1" * 900_000, "a number"),
        (f"{SECRET}\x00", "a character"),
        (f"{SECRET}\nx: " + "[" * 200_000, "line 2"),
    ],
)
def test_what_is_no_yaml_is_refused_by_its_line_alone(file, text, place):
    if place == "a number" and not hasattr(__import__("sys"), "get_int_max_str_digits"):
        pytest.skip("this Python reads numbers of any length")
    assert place in refused(file(text))


NINE = "\n".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefghij", "bcdefghijk"))


@pytest.mark.parametrize(
    "bomb",
    [
        f"a: &a [x, x, x, x, x, x, x, x, x]\n{NINE}",
        "a: &a [*a]",
        "a: &a " + "x" * 100_000 + "\nb: [" + "*a, " * 1000 + "]",
    ],
    ids=["nine to the tenth", "itself", "a long text"],
)
def test_aliases_make_no_endless_fleet(file, bomb):
    with pytest.raises(Refused, match="with its aliases written out"):
        bounded(from_file(str(file(bomb)), None))


def test_a_fleet_of_thousands_is_no_bomb():
    fleet = {"masters": {f"nim-{n:04}": [[f"vios{n}a", f"vios{n}b"]] * 10 for n in range(1000)}}
    assert bounded(fleet) is fleet
