"""What the schedule of a plan costs, beside the floor it is measured by: the standard library's topological sort of the
same graph. Called by tools/bench.py (`make bench`); needs no database. Figures of one run belong together.

    python tools/bench_schedule.py [--tasks 1000 10000] [--rounds 15]
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from plans.rules.calendars import vietnamese_calendar  # noqa: E402
from plans.rules.network import DayKind, Link, LinkKind, Network, Task  # noqa: E402
from plans.rules.outlook import Outlook  # noqa: E402
from plans.rules.schedule import scheduled  # noqa: E402

TODAY = date(2023, 10, 16)
KINDS = (*[LinkKind.FS] * 7, LinkKind.SS, LinkKind.FF, LinkKind.SF)


def made_up(count: int) -> tuple[list[Task], list[Link]]:
    """A plan of `count` tasks with about two links each: all kinds, lags, periods in calendar days, some work done."""
    chance = random.Random(count)
    tasks = [_task(place, count, chance) for place in range(count)]
    links = [
        Link(str(before), str(place), chance.choice(KINDS), chance.choice((0, 0, 0, 2, -1)))
        for place in range(1, count)
        for before in {chance.randrange(max(0, place - 40), place) for _ in range(chance.randint(1, 3))}
    ]
    return tasks, links


def _task(place: int, count: int, chance: random.Random) -> Task:
    days = DayKind.CALENDAR if chance.random() < 0.1 else DayKind.WORKING
    done = date(2023, 10, chance.randint(2, 13)) if place < count / 10 else None
    return Task(str(place), chance.randint(1, 20), days, actual_finish=done)


def side_by_side(rounds: int, *calls: Callable[[], object]) -> list[float]:
    """Median seconds of each call, taken in turn, so that a busy moment of the machine meets all of them."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for place, call in enumerate(calls):
            gc.collect()  # else one pays for the rubbish of another
            start = time.perf_counter()
            call()
            times[place].append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def bench_schedule(count: int, rounds: int) -> float:
    """Print what a plan of so many tasks costs; returns seconds per task."""
    tasks, links = made_up(count)
    graph: dict[str, list[str]] = {task.key: [] for task in tasks}
    for link in links:
        graph[link.after].append(link.before)
    calendar = vietnamese_calendar(2021, 2030)
    network = Network(tasks, links)
    schedule = scheduled(network, calendar, today=TODAY)

    def everything() -> Outlook:
        return Outlook(scheduled(Network(tasks, links), calendar, today=TODAY))

    floor, checked, forward, backward, whole = side_by_side(
        rounds,
        lambda: list(TopologicalSorter(graph).static_order()),
        lambda: Network(tasks, links),
        lambda: scheduled(network, calendar, today=TODAY),
        lambda: Outlook(schedule),
        everything,
    )
    parts = "".join(f"{part / floor:>9.2f}" for part in (checked, forward, backward))
    times = f"{floor * 1000:>9.1f} ms {parts}   {whole / floor:>6.2f}   ({whole * 1000:.1f} ms)"
    print(f"{count:>6,} {len(links):>7,} {times}")
    return whole / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    print("schedule of a plan, as multiples of graphlib's topological sort of the same graph (aim: all ≤ 5)")
    print(" tasks   links     graphlib    check  forward backward      all")
    each = [bench_schedule(count, options.rounds) for count in options.tasks]
    few, many = options.tasks[0], options.tasks[-1]
    print(f"growth: a task costs {each[-1] / each[0]:.2f} × as much among {many:,} as among {few:,}")


if __name__ == "__main__":
    main()
