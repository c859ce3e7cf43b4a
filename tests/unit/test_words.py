"""Plain English in everything that people read, and IBM's own phrases to the letter."""

import re

import pytest

from saltext_vios.migration import statuses
from saltext_vios.migration.machine import Migration
from tests.conftest import ROOT
from tests.words import PAGES, SOURCES, comments, prose, said

# What is not said, and what is said instead.
AVOIDED = {
    r"tells?|told": "says, shows, reports, prints",
    r"beside": "besides (in addition), next to (place)",
    r"anew": "again",
    r"goes on": "continues, resumes",
    r"waited for": "wait, waits, until",
    r"(is|are|was|were) not back": "has not returned, still runs",
    r"by NIM's word": "according to NIM",
    r"somebody wants": "is requested",
    r"nothing of (it|this call) was taken up": "rejected as a whole",
}
WORDS = re.compile("|".join(rf"\b(?:{words})\b" for words in AVOIDED), re.IGNORECASE)
NAMES = re.compile(r"``.+?``|`[^`]+`", re.DOTALL)
# What callers of IBM's module match.
OF_IBM = [
    "Time limit {...} reached, no further operation",
    "{...}: skipped (no previous status found)",
    "{...}: skipped (vios_status: {...})",
    "{...} successfully initiated ({...} returned 0)",
]
SPELLED_BY_IBM = {
    *(f"SUCCESS-UPGR{n}{end}" for n in "12" for end in ("-INIT", "")),
    *(f"FAILURE-UPGR{n}{end}" for n in "12" for end in ("-INIT", "-WAIT", "")),
    *("FAILURE-CLUSTER", "SKIPPED-NO-PREV-STATUS", "SKIPPED-TIMEOUT"),
}


def avoided(text):
    return [match.group() for match in WORDS.finditer(NAMES.sub("", text))]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_what_the_code_says_is_plain(path):
    source = path.read_text()
    found = [(line, avoided(text)) for line, text in [*said(source), *comments(source)] if avoided(text)]
    assert found == [], f"say it otherwise: {AVOIDED}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_says_is_plain(path):
    lines = enumerate(prose(path.read_text()).splitlines(), 1)
    assert [(number, avoided(line)) for number, line in lines if avoided(line)] == [], f"say it otherwise: {AVOIDED}"


def test_names_between_two_backticks_hide_no_words():
    assert avoided("Must be ``True``; else it tells what it would do. Defaults to ``False``.") == ["tells"]
    assert avoided("``tells`` and `told` are names") == []


@pytest.mark.parametrize("phrase", OF_IBM)
def test_ibms_phrases_stand_to_the_letter(phrase):
    texts = [text for path in SOURCES if path.parent.name == "migration" for _, text in said(path.read_text())]
    assert phrase in texts


def test_what_is_successfully_initiated_is_a_migration():
    assert Migration("vios1", 1).what == "migration"


def test_ibms_status_words_stand_to_the_letter():
    forms = [statuses.INITIATED, statuses.DONE, statuses.REFUSED, statuses.UNFINISHED, statuses.FAILED]
    ours = {form.format(word=statuses.word(n)) for form in forms for n in (1, 2)}
    assert ours | {statuses.CLUSTER, statuses.NO_PREVIOUS, statuses.TIMEOUT} == SPELLED_BY_IBM
