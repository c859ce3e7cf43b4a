"""Whose machines they are is told by nothing that is left; what NIM said is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.nim import stanza
from saltext_vios.nim.pseudonyms import Pseudonyms, without_comments
from saltext_vios.simulator.assumptions import table

# With a q: no pseudonym and no word of NIM's has one.
NAMES = st.from_regex(r"[a-z0-9!_][a-z0-9!_-]{0,12}q[a-z0-9!_-]{2,12}", fullmatch=True)
LABELS = st.from_regex(r"[a-z][a-z0-9]{0,8}q[a-z0-9]{2,8}", fullmatch=True)
HOSTS = st.builds(lambda label, domain: f"{label}.{domain}.de", LABELS, LABELS)
OCTETS = st.lists(st.integers(1, 254), min_size=4, max_size=4)
ADDRESSES = OCTETS.map(lambda parts: ".".join(map(str, [10, *parts[1:]])))
SERIALS = st.from_regex(r"[0-9A-PR-Z]{2}Q[0-9A-PR-Z]{4}", fullmatch=True)
WIDE = st.integers(2**60, 2**64 - 1).map(lambda number: f"{number:016X}")
DISKS = st.from_regex(r"33213[0-9A-F]{16,24}Q[0-9A-F]{2,6}", fullmatch=True)
AROUND = st.sampled_from(["{}", "mount {}: no route", "/export/{}/x", "a:{}:b", "{}_sysb", "spot_{}", "\t{},", "x{}"])


def listing(**objects):
    return {name: {"class": "management", **one} for name, one in objects.items()}


@given(NAMES, AROUND)
def test_the_name_of_an_object_is_left_nowhere(name, around):
    names = Pseudonyms()
    names.learn_objects({name: {"type": "vios"}})
    assert name not in names.text(around.format(name)).lower()
    assert name not in names.text(around.format(name.upper())).lower()


@pytest.mark.parametrize("name", ["vios-prod1", "ok-q00", "master-a", "prod-vios", "ready.q1"])
@pytest.mark.parametrize("around", ["{}", "{}:", "on {} now", "/export/{}"])
def test_a_name_with_a_word_of_nims_in_it_is_left_nowhere(name, around):
    names = Pseudonyms()
    names.learn_objects({name: {"type": "vios"}})
    assert name not in names.text(around.format(name))


@given(HOSTS, AROUND)
def test_a_host_and_its_domain_are_left_nowhere(host, around):
    names = Pseudonyms()
    names.learn_objects(listing(x1={"type": "vios", "if1": f"net {host} 0"}))
    left = names.text(around.format(host)).lower()
    label, domain, _ = host.split(".")
    assert label not in left
    assert domain not in left


@given(HOSTS, LABELS)
def test_another_host_of_a_known_domain_is_replaced_too(host, label):
    names = Pseudonyms()
    names.learn_host(host)
    other = f"{label}.{host.partition('.')[2]}"
    assert label not in names.text(f"cannot reach {other}: refused")


@given(ADDRESSES)
def test_an_address_is_left_nowhere(address):
    for text in (address, f"connect to {address}:3901 failed", f"net_{address}", f"{address}."):
        assert address not in Pseudonyms().text(text)


@given(SERIALS)
def test_a_serial_number_is_left_nowhere(serial):
    names = Pseudonyms()
    text = f"8286-42A*{serial} 8286-42A{serial} U9009.22A.{serial}-V1-C10"
    assert serial not in names.text(text)
    assert len(names.text(text)) == len(text)


@given(st.one_of(WIDE, DISKS))
def test_a_worldwide_name_or_an_identifier_of_a_disk_is_left_nowhere(identifier):
    text = Pseudonyms().text(f"hdisk4:{identifier}")
    assert identifier not in text
    assert len(text) == len(f"hdisk4:{identifier}")


@given(st.lists(NAMES, min_size=1, max_size=20, unique=True), st.data())
def test_the_same_name_has_the_same_pseudonym_and_no_two_share_one(objects, data):
    names = Pseudonyms()
    names.learn_objects({name: {"type": data.draw(st.sampled_from(["vios", "spot"]))} for name in objects})
    made = [names.text(name) for name in objects]
    assert made == [names.text(name) for name in objects]
    assert len(set(made)) == len(objects)


@given(st.text(), st.lists(NAMES, max_size=3))
def test_no_text_is_too_odd(text, objects):
    names = Pseudonyms()
    names.learn_objects({name: {"type": "vios", "if1": text, "mgmt_profile1": text} for name in objects})
    names.deep({text: [text, 1, None, {"x": text}]})
    without_comments(text)


TEXTS = [value for section in ("cstate", "mstate", "rstate", "info") for value, _ in table()[section].values()]


@pytest.mark.parametrize("text", TEXTS)
def test_what_nim_says_stays_although_objects_have_short_names(text):
    names = Pseudonyms()
    names.learn_objects({name: {"type": "spot"} for name in ("inst", "form", "ready", "ios", "cust", "abl")})
    assert names.text(text) == text


@pytest.mark.parametrize("text", ["3.1.4.31", "bos.sysmgt.nim.master", "/usr/ios/cli/ioscli viosbr", "255.255.255.0"])
def test_levels_filesets_and_the_systems_own_paths_stay(text):
    names = Pseudonyms()
    names.learn_level("3.1.4.31")
    assert names.text(f"x {text} y") == f"x {text} y"


def test_a_vios_and_its_host_have_one_name():
    names = Pseudonyms()
    names.learn_objects(listing(kiel7={"type": "vios", "if1": "lan kiel7.firm.de 0", "mgmt_profile1": "h1 2 power7"}))
    assert names.text("kiel7 kiel7.firm.de KIEL7") == "vios-a vios-a.example.com vios-a"
    assert names.text("h1 2 power7") == "hmc-a 2 frame-a"


def test_two_hosts_of_one_name_in_two_domains_stay_two():
    names = Pseudonyms()
    names.learn_host("kiel7.firm.de")
    names.learn_host("kiel7.works.de")
    assert names.text("kiel7.firm.de") != names.text("kiel7.works.de")


def test_directories_of_the_site_are_replaced_and_those_of_nim_are_not():
    text = Pseudonyms().text("/export/nim/acme/customer_7.mksysb")
    assert text == "/export/nim/path-a/path-b"


def test_what_people_wrote_is_left_out_and_what_follows_it_is_not():
    text = "v1:\n   comments = call Bob\n      on Mondays\n   Cstate   = ready\nv2:\n   type = vios\n"
    kept = without_comments(text)
    assert "Bob" not in kept
    assert "Mondays" not in kept
    assert stanza.read(kept)["v1"]["Cstate"] == "ready"
    assert stanza.read(kept)["v2"] == {"type": "vios"}


def test_thousands_of_names_cost_one_pass():
    names = Pseudonyms()
    names.learn_objects({f"lpar{n:05}x": {"type": "standalone"} for n in range(5000)})
    text = " ".join(f"lpar{n:05}x" for n in range(5000))
    assert "lpar" not in names.text(text)
