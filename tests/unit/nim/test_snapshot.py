"""One call's picture of NIM: every question once, an answer that failed included, and few of them to NIM."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from saltext_vios.errors import NIMUnavailable
from saltext_vios.nim.snapshot import Snapshot

READY, BUSY = "ready for a NIM operation", "BOS installation has been enabled"


class Client:
    """Answers, and keeps what it was asked."""

    def __init__(self, listing, allocated=()):
        self.listing, self.held, self.asked = listing, dict(allocated), []

    def everything(self):
        self.asked.append("everything")
        return self.listing

    def allocated(self, name):
        self.asked.append(name)
        if self.held.get(name) is None and name in self.held:
            raise NIMUnavailable(f"no answer about {name}")
        return self.held.get(name, ())

    def operations(self, name):
        self.asked.append("operations")
        return frozenset({"migvios"})

    def level(self, host):
        self.asked.append(host)
        if host == "dead":
            raise NIMUnavailable("Connection refused")
        return "3.1.4.31"


def vios(cstate=READY, **more):
    return {"type": "vios", "Cstate": cstate, **more}


def resource(count):
    return {"type": "spot", "alloc_count": count}


def test_an_answer_is_asked_for_once_by_many_threads():
    client = Client({})
    snapshot, together = Snapshot(client), threading.Barrier(4)

    def ask():
        together.wait(10)
        return snapshot.level("host")

    with ThreadPoolExecutor(4) as pool:
        assert {future.result() for future in [pool.submit(ask) for _ in range(4)]} == {"3.1.4.31"}
    assert client.asked == ["host"]


def test_a_question_that_failed_is_not_asked_again():
    client = Client({})
    snapshot = Snapshot(client)
    for _ in range(2):
        with pytest.raises(NIMUnavailable, match="refused"):
            snapshot.level("dead")
    assert client.asked == ["dead"]


def test_one_listing_shows_every_vios_and_every_resource():
    client = Client({"vios1": vios(), "spot1": resource("0")})
    snapshot = Snapshot(client)
    assert list(snapshot.vioses()) == ["vios1"]
    assert snapshot.show("spot1") == resource("0")
    assert snapshot.show("nothing") is None
    assert client.asked == ["everything"]


def test_what_one_vios_is_offered_is_offered_to_all():
    client = Client({"vios1": vios(), "vios2": vios()})
    snapshot = Snapshot(client)
    assert snapshot.operations("vios1") == snapshot.operations("vios2")
    assert client.asked == ["operations"]


class TestAllocated:
    def asked(self, client, *names):
        snapshot = Snapshot(client)
        found = {name: snapshot.allocated(name) for name in names}
        return found, [name for name in client.asked if name != "everything"]

    def test_nobody_is_asked_where_nothing_is_allocated(self):
        client = Client({"vios1": vios(BUSY), "spot1": resource("0"), "log1": {"type": "log"}})
        assert self.asked(client, "vios1", "vios2") == ({"vios1": (), "vios2": ()}, [])

    def test_who_is_in_an_operation_is_asked_first_and_then_nobody_when_all_is_found(self):
        client = Client({"vios1": vios(), "vios9": vios(BUSY), "spot1": resource("1")}, {"vios9": ("spot1",)})
        assert self.asked(client, "vios1", "vios9") == ({"vios1": (), "vios9": ("spot1",)}, ["vios9"])

    def test_a_machine_of_any_type_may_have_it(self):
        client = Client(
            {"vios1": vios(), "aix1": {"type": "standalone", "control": "master"}, "spot1": resource("1")},
            {"aix1": ("spot1",)},
        )
        assert self.asked(client, "vios1") == ({"vios1": ()}, ["aix1"])

    def test_what_is_not_found_there_is_looked_for_on_each(self):
        listing = {"vios1": vios(), "vios2": vios(), "vios9": vios(BUSY), "spot1": resource("2")}
        client = Client(listing, {"vios9": ("spot1",), "vios2": ("spot1",)})
        found, asked = self.asked(client, "vios1", "vios2")
        assert found == {"vios1": (), "vios2": ("spot1",)}
        assert asked == ["vios9", "vios1", "vios2"]

    def test_an_operation_that_nim_shows_nothing_of_hides_nobody_else(self):
        listing = {"vios1": vios(), "vios9": vios(BUSY), "spot1": resource("1")}
        client = Client(listing, {"vios9": None, "vios1": ("spot1",)})
        assert self.asked(client, "vios1")[0] == {"vios1": ("spot1",)}

    def test_no_answer_about_the_one_in_question_is_no_answer(self):
        client = Client({"vios1": vios(), "spot1": resource("1")}, {"vios1": None})
        with pytest.raises(NIMUnavailable, match="vios1"):
            Snapshot(client).allocated("vios1")
