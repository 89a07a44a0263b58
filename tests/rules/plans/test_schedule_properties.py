"""What holds for every plan, checked on many; networkx, somebody else's code, computes the same days another way."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.rules.calendars import WorkingCalendar
from plans.rules.changes import delayed, moved
from plans.rules.network import Link, Network, Task
from plans.rules.outlook import Outlook
from plans.rules.schedule import Schedule, scheduled
from tests.rules.plans.makers import CALENDAR, FS, TODAY, links_among, living_plans, open_plans

SOURCE = "today"


def at(network: Network) -> Schedule:
    return scheduled(network, CALENDAR, today=TODAY)


def ends_of(schedule: Schedule, keys: tuple[str, ...]) -> list[int]:
    return [schedule.at[2 * schedule.network.place[key] + 1] for key in keys]


def moments(schedule: Schedule) -> dict[tuple[str, int], int]:
    """(key, 0 for start or 1 for finish) -> moment, for plans of the same tasks in any order."""
    return {
        (task.key, side): schedule.at[2 * place + side]
        for place, task in enumerate(schedule.network.tasks)
        for side in (0, 1)
    }


def as_differences(network: Network) -> nx.DiGraph:
    """The plan as a graph of moments in which the longest way from SOURCE is the earliest moment.

    Weights are turned round, so that Bellman and Ford, who find shortest ways, find it. A task is one piece: its
    finish follows its start by the duration, and its start precedes its finish by no more.
    """
    graph = nx.DiGraph()
    now = CALENDAR.moment_of(TODAY)
    for task in network.tasks:
        graph.add_edge(SOURCE, (task.key, 0), weight=-(now + task.is_milestone))
        graph.add_edge((task.key, 0), (task.key, 1), weight=-task.duration)
        graph.add_edge((task.key, 1), (task.key, 0), weight=task.duration)
    for link in network.links:
        leaves, binds = (link.before, link.kind.leaves), (link.after, link.kind.binds)
        held = graph.get_edge_data(leaves, binds, {"weight": 0})["weight"] if graph.has_edge(leaves, binds) else 10**6
        graph.add_edge(leaves, binds, weight=min(-link.lag, held))
    return graph


@given(open_plans())
def test_networkx_finds_the_same_earliest_days(network: Network) -> None:
    longest = nx.single_source_bellman_ford_path_length(as_differences(network), SOURCE)
    assert moments(at(network)) == {node: -length for node, length in longest.items() if node != SOURCE}


@given(open_plans(), st.integers(0, 9))
def test_networkx_finds_the_same_floats(network: Network, chosen: int) -> None:
    """The float of a task is how much shorter its longest way to the end is than the time there is."""
    schedule = at(network)
    end = network.tasks[chosen % len(network.tasks)].key
    outlook, early = Outlook(schedule, [end]), moments(schedule)
    backward = as_differences(network).reverse()
    to_end = nx.single_source_bellman_ford_path_length(backward, (end, 1))
    for task in network.tasks:
        way = to_end.get((task.key, 0))
        expected = None if way is None else early[end, 1] + way - early[task.key, 0]
        assert outlook.total_float(task.key) == expected


@given(open_plans(kinds=[FS], least_lag=0))
def test_with_plain_links_the_longest_way_through_the_tasks_is_the_plan(network: Network) -> None:
    """The textbook's critical path method, by the longest path of a directed graph. Without milestones, which are
    reached at the end of a day: their own rule, tested by hand."""
    network = network.changed(tasks=[replace(task, duration=max(1, task.duration)) for task in network.tasks])
    graph = nx.DiGraph()
    duration = {task.key: task.duration for task in network.tasks}
    graph.add_edges_from((task.key, "end", {"weight": task.duration}) for task in network.tasks)
    for link in network.links:
        graph.add_edge(link.before, link.after, weight=duration[link.before] + link.lag)
    length = nx.dag_longest_path_length(graph)
    assert max(moments(at(network)).values()) - CALENDAR.moment_of(TODAY) == length


@settings(max_examples=50)
@given(living_plans())
def test_no_task_begins_before_its_predecessors_allow(network: Network) -> None:
    schedule = at(network)
    now = moments(schedule)
    for link in network.links:
        after = network.tasks[network.place[link.after]]
        if not after.is_done:
            begin = schedule.begin[network.place[link.after]]
            binds = now[link.after, 1] if link.kind.binds else begin
            assert binds >= now[link.before, link.kind.leaves] + link.lag


@settings(max_examples=50)
@given(living_plans())
def test_unfinished_work_is_never_planned_in_the_past_and_facts_never_move(network: Network) -> None:
    schedule = at(network)
    for task in network.tasks:
        timing = schedule[task.key]
        assert timing.start <= timing.finish
        if task.actual_finish is not None:
            assert timing.finish == task.actual_finish
        else:
            assert timing.finish >= TODAY
        if task.actual_start is not None:
            assert timing.start == task.actual_start
        elif task.actual_finish is None:
            assert timing.start >= max(TODAY, task.not_before or TODAY)


@settings(max_examples=50)
@given(living_plans())
def test_without_targets_no_float_is_negative_and_free_float_is_part_of_total_float(network: Network) -> None:
    outlook = Outlook(at(network))
    for task in network.tasks:
        total, free = outlook.total_float(task.key), outlook.free_float(task.key)
        assert (total is None) == (free is None) == task.is_done
        assert total is None or free is None or 0 <= free <= total


@settings(max_examples=50)
@given(living_plans())
def test_total_float_is_exactly_what_a_task_may_slip_alone(network: Network) -> None:
    """Slip by it: no end moves. By one day more: one does."""
    schedule = at(network)
    outlook = Outlook(schedule)
    for task in network.tasks:
        total = outlook.total_float(task.key)
        if total is not None:
            assert ends_of(moved(schedule, delayed(schedule, task.key, total)).after, outlook.ends) == ends_of(
                schedule, outlook.ends
            )
            assert ends_of(moved(schedule, delayed(schedule, task.key, total + 1)).after, outlook.ends) != ends_of(
                schedule, outlook.ends
            )


@settings(max_examples=50)
@given(living_plans())
def test_free_float_is_exactly_what_a_task_may_slip_before_another_moves(network: Network) -> None:
    schedule = at(network)
    outlook = Outlook(schedule)

    def others_after(task: Task, days: int) -> list[int]:
        begin = moved(schedule, delayed(schedule, task.key, days)).after.begin
        return [begin[place] for place, other in enumerate(network.tasks) if other is not task]

    for task in network.tasks:
        free, total = outlook.free_float(task.key), outlook.total_float(task.key)
        if free is not None and total is not None:
            assert others_after(task, free) == others_after(task, 0)
            assert free == total or others_after(task, free + 1) != others_after(task, 0)


@settings(max_examples=50)
@given(living_plans())
def test_every_step_of_a_chain_is_held_by_the_one_before_and_is_critical(network: Network) -> None:
    schedule = at(network)
    outlook = Outlook(schedule)
    for end in outlook.ends:
        chains = outlook.chains(end)
        assert chains
        assert len(set(chains)) == len(chains)
        for chain in chains:
            assert chain[-1] == end
            assert all(map(outlook.is_critical, chain))
            for before, after in zip(chain, chain[1:], strict=False):
                assert network.place[before] in schedule.binding(network.place[after])
            assert schedule.binding(network.place[chain[0]]) == []


@settings(max_examples=50)
@given(living_plans(), st.randoms(use_true_random=False))
def test_the_order_in_which_a_plan_is_written_changes_nothing(network: Network, chance: object) -> None:
    turned = Network(reversed(network.tasks), reversed(network.links))
    assert moments(at(turned)) == moments(at(network))
    one, other = Outlook(at(network)), Outlook(at(turned))
    assert {task.key: one.total_float(task.key) for task in network.tasks} == {
        task.key: other.total_float(task.key) for task in network.tasks
    }


@given(open_plans(kinds=[FS], least_lag=0), st.integers(0, 9), st.integers(1, 9))
def test_longer_work_makes_nothing_earlier(network: Network, chosen: int, more: int) -> None:
    task = network.tasks[chosen % len(network.tasks)]
    longer = at(network.changed(tasks=[replace(task, duration=task.duration + more + task.is_milestone)]))
    before = moments(at(network))
    assert all(moment >= before[key] - task.is_milestone for key, moment in moments(longer).items())


@given(open_plans(kinds=[FS], least_lag=0), st.integers(1, 12))
def test_shortening_what_is_not_critical_never_moves_an_end(network: Network, less: int) -> None:
    schedule = at(network)
    outlook = Outlook(schedule)
    for task in network.tasks:
        if not outlook.is_critical(task.key) and task.duration > 1:
            shorter = at(network.changed(tasks=[replace(task, duration=max(1, task.duration - less))]))
            assert ends_of(shorter, outlook.ends) == ends_of(schedule, outlook.ends)


@settings(max_examples=50)
@given(living_plans())
def test_one_link_more_never_makes_anything_earlier(network: Network) -> None:
    if network.links:
        fewer = moments(at(network.changed(links=network.links[1:])))
        assert all(moment >= fewer[key] for key, moment in moments(at(network)).items())


@st.composite
def choosing_plans(draw: st.DrawFn) -> Network:
    """Communes, one task each, and a milestone that needs some of them; then the district's own way."""
    count = draw(st.integers(2, 6))
    tasks = [Task(str(place), draw(st.integers(1, 12))) for place in range(count)]
    choice = Task("choice", 0, at_least=draw(st.integers(1, count)))
    links = [*draw(links_among(count)), *(Link(task.key, "choice", FS, draw(st.integers(0, 3))) for task in tasks)]
    return Network(
        [*tasks, choice, Task("own", draw(st.integers(1, 20))), Task("end", 0)],
        [*links, Link("choice", "end"), Link("own", "end")],
    )


@given(choosing_plans(), st.integers(1, 200))
def test_a_float_through_a_choice_never_promises_too_much(network: Network, slip: int) -> None:
    schedule = at(network)
    outlook = Outlook(schedule, ["end"])
    for task in network.tasks:
        total = outlook.total_float(task.key)
        after = moved(schedule, delayed(schedule, task.key, slip if total is None else total)).after
        assert ends_of(after, ("end",)) == ends_of(schedule, ("end",))


@given(choosing_plans())
def test_a_choice_of_all_is_an_ordinary_milestone(network: Network) -> None:
    count = sum(link.after == "choice" for link in network.links)
    chosen, plain = (network.changed(tasks=[Task("choice", 0, at_least=number)]) for number in (count, None))
    assert moments(at(chosen)) == moments(at(plain))
    assert Outlook(at(chosen)).critical() == Outlook(at(plain)).critical()


@given(choosing_plans())
def test_needing_more_communes_never_makes_the_district_earlier(network: Network) -> None:
    choice = network.tasks[network.place["choice"]]
    if choice.at_least is not None and choice.at_least > 1:
        fewer = network.changed(tasks=[replace(choice, at_least=choice.at_least - 1)])
        assert ends_of(at(fewer), ("end",)) <= ends_of(at(network), ("end",))


@pytest.mark.parametrize("years", [1, 40])
def test_days_do_not_depend_on_how_many_years_the_calendar_knows_if_none_has_a_holiday(years: int) -> None:
    """Moments count from another day; days are the same."""
    plain = WorkingCalendar(TODAY.replace(year=2023 - years), TODAY.replace(year=2023 + years))
    network = Network([Task("a", 300), Task("b", 7)], [Link("a", "b", FS, -3)])
    timings = scheduled(network, plain, today=TODAY).timings()
    assert str(timings["b"].finish) == "2024-12-12"
