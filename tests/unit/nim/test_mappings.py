"""What a VIOS prints about whom it serves. The texts are made by the field lists of IBM's public code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.nim import mappings
from saltext_vios.nim.mappings import FCMapping, NetworkMapping, Read, SCSIDisk, VNICMapping

PLACE = "U9009.22A.7800001-V1-C10"
SCSI = (
    f"vhost0:{PLACE}:0x00000003:lpar3_root:Available:0x8100000000000000:hdisk4:U78D2.001.WZS-P1-C7-T1:false"
    ":lpar3_data:Defined:0x8200000000000000:hdisk5:U78D2.001.WZS-P1-C7-T1:false\n"
)
FIBRE = (
    f"vfchost0:{PLACE}:3:lpar3:AIX:LOGGED_IN:fcs0:U78D2.001.WZS-P1-C2-T1:2:a<LOGGED_IN,STRIP_MERGE>:fcs0:{PLACE}\n"
    f"vfchost1:{PLACE}:4: : :NOT_LOGGED_IN:fcs1:U78D2.001.WZS-P1-C2-T2:1:4<NOT_LOGGED>: : \n"
)
VNIC = (
    f"vnicserver0:{PLACE}:4:lpar4:AIX:ent20:Available:U78D2.001.WZS-P1-C4-T1-S1:ent0:U9009.22A.7800001-V4-C6\n"
    f"vnicserver1:{PLACE}:5:N/A:N/A:ent21:N/A: :N/A:N/A\n"
)
NETWORK = f"ent3:{PLACE}:ent5:ent0:Available:U78D2.001.WZS-P1-C3-T1\nent4:{PLACE}: : : : \n"
STATISTICS = """\
ETHERNET STATISTICS (ent5) :
Device Type: Shared Ethernet Adapter
    State: PRIMARY
    Bridge Mode: All
High Availability Mode: Auto
    Priority: 1  Active: True
"""
READERS = [
    mappings.scsi,
    mappings.fibre_channel,
    mappings.vnic,
    mappings.network,
    mappings.identifiers,
    mappings.adapters,
]


def test_an_adapter_with_two_disks_is_one_line_with_two_groups():
    assert mappings.scsi(SCSI) == Read(
        (
            SCSIDisk(3, "vhost0", "lpar3_root", "Available", "hdisk4"),
            SCSIDisk(3, "vhost0", "lpar3_data", "Defined", "hdisk5"),
        )
    )


@pytest.mark.parametrize("rest", ["", ":", ": : : : : : ", "::::::"])
def test_an_adapter_without_a_disk_has_none(rest):
    assert mappings.scsi(f"vhost1:{PLACE}:0x00000004{rest}\n") == Read()


def test_a_client_that_is_switched_off_has_no_name():
    on, off = mappings.fibre_channel(FIBRE).found
    assert on == FCMapping(3, "vfchost0", "lpar3", "AIX", "LOGGED_IN", "fcs0")
    assert (off.client, off.name, off.status) == (4, "", "NOT_LOGGED_IN")


def test_a_virtual_nic_is_known_by_the_place_of_the_clients_adapter_where_that_is_shown():
    assert mappings.vnic(VNIC).found == (
        VNICMapping(4, "vnicserver0", "lpar4", "Available", "U9009.22A.7800001-V4-C6"),
        VNICMapping(5, "vnicserver1", "", "", ""),
    )


def test_a_vios_whose_lsmap_has_no_virtual_nics_backs_none():
    assert mappings.vnic('Option flag "-vnic" is not valid.\nUsage: lsmap {-vadapter ...}\n') == Read()


def test_an_adapter_that_no_shared_adapter_bridges_names_none():
    assert mappings.network(NETWORK).found == (
        NetworkMapping("ent3", "ent5", "ent0", "Available"),
        NetworkMapping("ent4", "", "", ""),
    )


def test_a_disk_without_an_identifier_is_not_among_them():
    assert mappings.identifiers("hdisk4:3321360050768\nhdisk5: \n") == Read((("hdisk4", "3321360050768"),))


def test_the_state_of_a_shared_adapter_is_the_one_that_is_reported():
    assert mappings.sea_state(STATISTICS) == "PRIMARY"
    assert mappings.sea_state("") is None
    assert mappings.sea_state(STATISTICS + "    State: LIMBO\n") is None


def test_an_adapter_is_its_place_and_what_is_made_of_others_has_none():
    assert mappings.adapters("fcs0:U78D2.001-P1-C2-T1\nent5: \n").found == ("U78D2.001-P1-C2-T1",)


POLICIES = """disk=hdisk4
value

no_reserve
disk=hdisk5
value

single_path
disk=hdisk6
The specified device does not have the attribute.
disk=hdisk7
"""


def test_a_reserve_policy_is_one_of_ibms_words_under_the_name_of_its_disk():
    assert mappings.reserve_policies(POLICIES) == {"hdisk4": "no_reserve", "hdisk5": "single_path"}
    assert mappings.reserve_policies("value\n\nno_reserve\n") == {}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", ["", "\n", "There are no virtual adapters.\n"])
def test_nothing_to_show_is_an_answer(reader, text):
    assert reader(text) == Read()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("line", ["vhost0 U9009 0x00000003", f"vhost0:{PLACE}:lpar3", "ksh: lsmap: not found."])
def test_a_line_that_is_not_understood_is_kept(reader, line):
    assert reader(line + "\n").unread == (line,)


@pytest.mark.parametrize(
    ("word", "number"),
    [("0x00000003", 3), ("0x0000000A", 10), ("12", 12), ("0x00000000", 0), ("", None), ("-1", None), ("lpar", None)],
)
def test_a_partition_is_a_number_in_hexadecimal_or_decimal(word, number):
    assert mappings.partition(word) == number


@given(st.text(alphabet=st.sampled_from(list("vhost0:x13 -\n\x00é")) | st.characters(), max_size=200))
def test_whatever_is_printed_every_line_is_understood_or_kept(text):
    for reader in READERS:
        read = reader(text)
        assert set(read.unread) <= set(text.splitlines())
        assert all(line.strip() for line in read.unread)
    mappings.sea_state(text)
    assert set(mappings.reserve_policies(text).values()) <= {"no_reserve", "single_path", "PR_exclusive", "PR_shared"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Name Address Netmask State MAC\nen5 192.0.2.5 255.255.255.0 up 02:00:5e:00:53:05\n", [("ent5", "192.0.2.5")]),
        ("et11   2001:db8::5%1/64  up\n", [("ent11", "2001:db8::5%1/64")]),
        ("en5 - - detach 02:00:5e:00:53:05\nen6 0.0.0.0 255.0.0.0 up\n", []),
        ("lo0 127.0.0.1 255.0.0.0 up\nen5\nent5 192.0.2.5\n\n", []),
    ],
)
def test_an_interface_is_read_with_its_address_where_it_has_one(text, found):
    assert mappings.addresses(text) == found
