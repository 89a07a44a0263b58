"""Plain makers for plans. The weeks around 16/10/2023, a Monday, have no holiday; Tết 2024 closes 8/2 to 14/2."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hypothesis import strategies as st

from plans.rules.calendars import vietnamese_calendar
from plans.rules.network import DayKind, Link, LinkKind, Network, Task
from plans.rules.schedule import Schedule, scheduled

CALENDAR = vietnamese_calendar(2021, 2026)
TODAY = date(2023, 10, 16)
FS, SS, FF, SF = LinkKind.FS, LinkKind.SS, LinkKind.FF, LinkKind.SF


def oct_(day: int) -> date:
    return date(2023, 10, day)


def plan(tasks: Iterable[Task], links: Iterable[Link] = (), *, today: date = TODAY) -> Schedule:
    return scheduled(Network(tasks, links), CALENDAR, today=today)


def days_of(schedule: Schedule, key: str) -> tuple[str, str]:
    """First and last day as a person writes them: ("16/10", "20/10")."""
    timing = schedule[key]
    return f"{timing.start:%-d/%-m}", f"{timing.finish:%-d/%-m}"


@st.composite
def tasks_in_hand(draw: st.DrawFn, key: str) -> Task:
    """A task in any state a person can leave it in."""
    duration = draw(st.integers(0, 12))
    start = draw(st.none() | st.dates(date(2023, 9, 1), TODAY)) if duration else None
    finish = draw(st.none() | st.dates(start, TODAY)) if start else draw(st.none() | st.just(oct_(11)))
    return Task(
        key,
        duration,
        draw(st.sampled_from(DayKind)),
        not_before=draw(st.none() | st.dates(date(2023, 9, 20), date(2023, 12, 1))),
        actual_start=start,
        actual_finish=finish,
        progress=draw(st.none() | st.integers(0, 100)),
    )


@st.composite
def links_among(
    draw: st.DrawFn, count: int, *, kinds: Iterable[LinkKind] = tuple(LinkKind), least_lag: int = -4
) -> list[Link]:
    """Links of a plan of `count` tasks named "0", "1" ...: only from lower to higher, so never a cycle."""
    pairs = [(str(a), str(b)) for b in range(count) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2 * count)) if pairs else []
    return [Link(a, b, draw(st.sampled_from(list(kinds))), draw(st.integers(least_lag, 6))) for a, b in chosen]


@st.composite
def open_plans(draw: st.DrawFn, *, kinds: Iterable[LinkKind] = tuple(LinkKind), least_lag: int = -4) -> Network:
    """Plans in working days without facts, dates or targets: what a textbook schedules."""
    count = draw(st.integers(1, 10))
    tasks = [Task(str(place), draw(st.integers(0, 12))) for place in range(count)]
    return Network(tasks, draw(links_among(count, kinds=kinds, least_lag=least_lag)))


@st.composite
def living_plans(draw: st.DrawFn) -> Network:
    """Plans as they are after some months: facts, periods in calendar days, all kinds of links, out of sequence."""
    count = draw(st.integers(1, 9))
    tasks = [draw(tasks_in_hand(str(place))) for place in range(count)]
    return Network(tasks, draw(links_among(count)))
