"""A listing that lacks a VIOS is not built on, until it has lacked it for long."""

from saltext_vios.migration.trust import Trust

BOTH = ("vios1", "vios2")


def looks(*listings, wanted=(), patience=2):
    trust = Trust()
    for names in listings:
        trust = trust.looked(names, wanted, patience)
    return trust


def test_before_the_first_listing_nothing_is_known():
    assert not Trust().trusted


def test_a_whole_listing_is_trusted():
    assert looks(BOTH).trusted


def test_a_listing_that_lacks_a_vios_seen_before_is_not():
    trust = looks(BOTH, ["vios1"])
    assert not trust.trusted
    assert trust.missing == {"vios2"}


def test_the_doubt_names_what_is_missing_and_how_long_it_is_waited_for():
    assert looks((*BOTH, "vios3"), ["vios1"]).doubt == (
        "lsnim does not list vios2, vios3: nothing new starts until it does, or until 3 polls in a row lack it"
    )


def test_a_listing_that_lacks_a_vios_somebody_asked_for_is_not():
    assert not looks(["vios1"], wanted=["vios2"]).trusted


def test_a_vios_that_comes_back_restores_trust():
    assert looks(BOTH, ["vios1"], BOTH).trusted


def test_one_that_stays_away_is_gone():
    assert not looks(BOTH, ["vios1"], ["vios1"]).trusted
    trust = looks(BOTH, ["vios1"], ["vios1"], ["vios1"])
    assert trust.trusted
    assert trust.looked(["vios1"], [], 2).trusted
