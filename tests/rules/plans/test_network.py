"""What a plan must be before anybody can schedule it, and how a refusal names what is wrong."""

from __future__ import annotations

from datetime import date

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.rules.network import BrokenNetwork, Flaw, FlawKind, Link, LinkKind, Network, Task, flaws_of
from tests.rules.plans.makers import FF, FS, SS

A, B, C = Task("a", 3), Task("b", 2), Task("c", 1)


@pytest.mark.parametrize(
    ("tasks", "links", "kind", "keys"),
    [
        ([A, Task("a", 1)], [], FlawKind.DUPLICATE_TASK, ("a",)),
        ([Task("a", -1)], [], FlawKind.DURATION, ("a",)),
        ([Task("a", 10_001)], [], FlawKind.DURATION, ("a",)),
        ([Task("a", 1, progress=101)], [], FlawKind.PROGRESS, ("a",)),
        (
            [Task("a", 1, actual_start=date(2023, 10, 2), actual_finish=date(2023, 10, 1))],
            [],
            FlawKind.FACTS,
            ("a",),
        ),
        ([A, B], [Link("a", "x")], FlawKind.UNKNOWN_TASK, ("x",)),
        ([A, B], [Link("y", "x")], FlawKind.UNKNOWN_TASK, ("y", "x")),
        ([A, B], [Link("a", "a", SS)], FlawKind.SELF_LINK, ("a",)),
        ([A, B], [Link("a", "b", FF), Link("a", "b", FF, 2)], FlawKind.DUPLICATE_LINK, ("a", "b")),
        ([A, B], [Link("a", "b", FS, 10_001)], FlawKind.LAG, ("a", "b")),
        ([A, Task("m", 0, at_least=2)], [Link("a", "m")], FlawKind.AT_LEAST, ("m",)),
        ([A, Task("m", 0, at_least=0)], [Link("a", "m")], FlawKind.AT_LEAST, ("m",)),
        ([A, Task("m", 0, at_least=1)], [], FlawKind.AT_LEAST, ("m",)),
        ([A, Task("b", 2, at_least=1)], [Link("a", "b")], FlawKind.AT_LEAST, ("b",)),
        ([A, Task("m", 0, at_least=1)], [Link("a", "m", FS), Link("a", "m", SS)], FlawKind.AT_LEAST, ("m",)),
    ],
)
def test_what_cannot_be_scheduled_is_refused_and_named(
    tasks: list[Task], links: list[Link], kind: FlawKind, keys: tuple[str, ...]
) -> None:
    assert flaws_of(tasks, links) == (Flaw(kind, keys),)
    assert kind.label


def test_every_flaw_is_told_at_once() -> None:
    found = flaws_of([Task("a", -1), Task("b", 1, progress=-1)], [Link("a", "x"), Link("b", "b")])
    assert [flaw.kind for flaw in found] == [
        FlawKind.DURATION,
        FlawKind.PROGRESS,
        FlawKind.UNKNOWN_TASK,
        FlawKind.SELF_LINK,
    ]


def test_two_links_of_different_kinds_may_join_the_same_tasks() -> None:
    assert flaws_of([A, B], [Link("a", "b", SS), Link("a", "b", FF)]) == ()


def test_a_cycle_is_named_in_the_order_of_waiting() -> None:
    with pytest.raises(BrokenNetwork, match="cycle: b, c, d") as refusal:
        Network([A, B, C, Task("d", 1)], [Link("a", "b"), Link("d", "b"), Link("c", "d", SS), Link("b", "c", FF)])
    assert refusal.value.flaws == (Flaw(FlawKind.CYCLE, ("b", "c", "d")),)


def test_tasks_that_only_follow_a_cycle_are_not_blamed() -> None:
    links = [Link("a", "b"), Link("b", "a"), Link("b", "c"), Link("c", "d")]
    assert flaws_of([C, Task("d", 1), A, B], links) == (Flaw(FlawKind.CYCLE, ("a", "b")),)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), unique=True, max_size=16))
def test_a_cycle_is_found_exactly_where_networkx_finds_one(pairs: list[tuple[int, int]]) -> None:
    links = [Link(str(a), str(b)) for a, b in pairs if a != b]
    graph = nx.DiGraph([(link.before, link.after) for link in links])
    found = flaws_of([Task(str(place), 1) for place in range(8)], links)
    assert bool(found) == (not nx.is_directed_acyclic_graph(graph))
    for flaw in found:
        assert all(graph.has_edge(a, b) for a, b in zip(flaw.keys, flaw.keys[1:] + flaw.keys[:1], strict=True))
        assert len(set(flaw.keys)) == len(flaw.keys)


def test_ten_thousand_tasks_in_a_row_are_no_trouble_and_neither_is_the_cycle_they_could_form() -> None:
    """No recursion anywhere."""
    tasks = [Task(str(place), 1) for place in range(10_000)]
    links = [Link(str(place), str(place + 1)) for place in range(9_999)]
    assert Network(tasks, reversed(links)).order == list(range(10_000))
    (flaw,) = flaws_of(tasks, [*links, Link("9999", "0")])
    assert flaw.keys == tuple(task.key for task in tasks)


def test_a_change_makes_a_new_network_and_leaves_the_old_one() -> None:
    old = Network([A, B, C], [Link("a", "b"), Link("b", "c")])
    new = old.changed(tasks=[Task("a", 9), Task("d", 1)], without=["b"])
    assert [(task.key, task.duration) for task in new.tasks] == [("a", 9), ("c", 1), ("d", 1)]
    assert new.links == ()
    assert old.changed(links=[Link("c", "a")]).links == (Link("c", "a"),)
    assert (len(old.tasks), len(old.links)) == (3, 2)


def test_the_four_kinds_of_link_say_which_moments_they_join() -> None:
    assert {kind.value: (kind.leaves, kind.binds) for kind in LinkKind} == {
        "FS": (1, 0),
        "SS": (0, 0),
        "FF": (1, 1),
        "SF": (0, 1),
    }
