"""A rehearsal goes by the driver's own rules: who starts when, and when all is over."""

import hypothesis
from hypothesis import strategies as st

from saltext_vios.fleet.rehearsal import ATTACH, Part, rehearse
from saltext_vios.migration import tuples
from saltext_vios.migration.durations import History
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.tuples import Run, Terms


def part(key, seconds, *places, would="migrate", known=None):
    """A tuple of one VIOS; its places are ``frame x`` or ``cluster x``."""
    by_kind = {place.split()[0]: {key: place} for place in places}
    known = {} if known is None else {key: known}
    frames, clusters = by_kind.get("frame", {}), by_kind.get("cluster", {})
    return Part(key, would, "", (key,), (key,), {}, frames, clusters, known, seconds)


def test_no_more_than_max_parallel_go_at_once():
    assert rehearse([part("a", 10), part("b", 20), part("c", 5)], 2) == {"a": (0, 10), "b": (0, 20), "c": (10, 15)}


def test_tuples_of_one_frame_or_cluster_take_turns():
    found = rehearse([part("a", 10, "frame f"), part("b", 20, "frame f"), part("c", 5)], 8)
    assert found == {"a": (0, 10), "c": (0, 5), "b": (10, 30)}


def test_who_comes_first_for_a_frame_gets_it_first():
    todo = [part("a", 10, "frame x"), part("b", 1, "frame x", "cluster y"), part("c", 1, "cluster y")]
    assert rehearse(todo, 8) == {"a": (0, 10), "b": (10, 11), "c": (11, 12)}


def test_those_that_took_longest_before_go_first_unless_they_go_as_given():
    todo = [part("a", 1, known=1), part("b", 3, known=3), part("c", 2, known=2)]
    assert list(rehearse(todo, 1)) == ["b", "c", "a"]
    assert list(rehearse(todo, 1, longest_first=False)) == ["a", "b", "c"]


def test_the_fleets_own_word_for_a_duration_changes_no_order():
    assert list(rehearse([part("a", 1), part("b", 3)], 1)) == ["a", "b"]


def test_what_is_under_way_goes_first():
    assert list(rehearse([part("a", 3, known=3), part("b", 1, known=1, would=ATTACH)], 1)) == ["b", "a"]


def test_what_would_not_start_takes_no_place():
    assert rehearse([part("a", 3, would="FAILURE-CHECK"), part("b", 1)], 1) == {"b": (0, 1)}


def test_without_a_duration_nothing_is_known():
    assert rehearse([part("a", 3), part("b", None)], 1) is None


SECONDS = st.integers(1, 6)
PLACES = st.sampled_from("wxyz")


@st.composite
def sites(draw):
    """Tuples of one or two VIOSes on few frames and in few clusters, some of them with a history."""
    has_history = draw(st.booleans())
    found = []
    for n in range(draw(st.integers(1, 7))):
        names = [f"v{n}{letter}" for letter in draw(st.sampled_from(["a", "ab"]))]
        frames = {name: draw(PLACES) for name in names if draw(st.booleans())}
        clusters = {name: draw(PLACES) for name in names if draw(st.booleans())}
        expected = {name: draw(SECONDS) for name in names}
        would = draw(st.sampled_from(["migrate", "migrate", ATTACH]))
        found.append(
            Part(
                "-".join(names),
                would,
                "",
                tuple(names),
                tuple(names),
                {},
                frames,
                clusters,
                expected if has_history else {},
                sum(expected.values()),
            )
        )
    return found


@hypothesis.given(sites(), st.integers(1, 4), st.booleans())
def test_the_rehearsals_order_is_the_drivers_order(todo, max_parallel, longest_first):
    """Against a driver that looks once a second at what waits and what is in flight."""
    frames = {name: frame for one in todo for name, frame in one.frames.items()}
    clusters = {name: cluster for one in todo for name, cluster in one.clusters.items()}
    history = History({name: [seconds] for one in todo for name, seconds in one.known.items()})
    terms = Terms(max_parallel=max_parallel, longest_first=longest_first)
    waiting = {
        n: Run(n, 1 if one.would == ATTACH else 2, one.key, tuple(map(Migration, one.vioses, (1, 2))), terms)
        for n, one in enumerate(todo)
    }
    active, expected, now = {}, {}, 0
    while waiting or active:
        active = {n: (run, end) for n, (run, end) in active.items() if end > now}
        in_order = tuples.in_order(waiting.values(), history)
        for run in tuples.admit(in_order, [run for run, _ in active.values()], frames, clusters):
            end = now + todo[run.id].seconds
            active[run.id] = waiting.pop(run.id), end
            expected[run.key] = (now, end)
        now += 1
    assert rehearse(todo, max_parallel, longest_first) == expected
