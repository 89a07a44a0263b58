"""The plan as its screens, papers and lists read it: plain values, computed once and asked nothing of afterwards.

Made by `plans.queries.plan` (import them from there or from here); templates, exporters and other floors only read
them. Distances are working days of the district's calendar. Two floats stand beside each other: `total_float` toward
the end that is looked from (`Plan.seen_from`), `own_float` toward whichever recognition is nearest.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeVar

from criteria.rules.vocabulary import Tier
from plans.rules.network import DayKind, LinkKind
from plans.rules.statuses import Status
from plans.rules.vocabulary import PlanLevel

G = TypeVar("G", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One link into a task: it waits for the task `pk`."""

    pk: int
    kind: LinkKind
    lag: int


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One task with its days as of today. Days are inclusive; of a milestone both are the day it is reached.

    `unit_name`: "xã Kỳ Phú". `holder`: one short text, who has it in hand. `state`: from facts and what was agreed.
    `total_float`, `free_float`: how far it may slip before the end looked from (another task) moves from the day it has
    now; None where that end does not hang on it, or it is done. `is_critical`: decides that day. `to_regain`: by how
    much it must come sooner for that end to be in time. `own_float`, `decides_own`: the first and third toward the
    recognitions of all units. `days_late`: finish after `due` (own day, or 31/12 of a goal's year), negative before it,
    None without one. `drift`: finish after the baseline's, negative earlier. `blocked_by`: unfinished tasks it waits
    for today.
    """

    pk: int
    title: str
    level: PlanLevel
    unit_code: str
    unit_name: str
    unit_slug: str
    family: str
    subject: str
    subject_label: str
    department_code: str
    department_name: str
    responsible_id: int | None
    responsible_name: str
    actor: str
    holder: str
    start: date
    finish: date
    duration: int
    days: DayKind
    progress: int | None
    started_on: date | None
    finished_on: date | None
    not_before: date | None
    due_on: date | None
    due: date | None
    is_milestone: bool
    at_least: int | None
    goal_tier: Tier | None
    goal_year: int | None
    step: str
    state: Status
    blocked_by: tuple[int, ...]
    total_float: int | None
    free_float: int | None
    is_critical: bool
    to_regain: int
    own_float: int | None
    decides_own: bool
    latest_start: date | None
    latest_finish: date | None
    days_late: int | None
    baseline_start: date | None
    baseline_finish: date | None
    drift: int | None
    waits_for: tuple[Waiting, ...]
    version: int
    item: int | None
    parent: int | None
    is_illustrative: bool
    note: str = ""

    @property
    def is_done(self) -> bool:
        return self.finished_on is not None

    @property
    def is_goal(self) -> bool:
        """An end: the recognition of a unit, or what the district set itself."""
        return self.goal_tier is not None

    @property
    def is_late(self) -> bool:
        """It was, or will be, finished after the day it was due."""
        return self.days_late is not None and self.days_late > 0


@dataclass(frozen=True, slots=True)
class End:
    """A recognition to be reached, and what decides its day. `chain`: from the step in hand now to the end itself,
    empty when it is reached. `days_late`: working days after `target_on`, negative before it."""

    pk: int
    title: str
    unit_code: str
    unit_name: str
    tier: Tier
    year: int
    finish: date
    target_on: date
    days_late: int
    is_reached: bool
    chain: tuple[int, ...]
    next_step: PlannedTask | None
    holder: str

    @property
    def is_late(self) -> bool:
        return self.days_late > 0


@dataclass(frozen=True)
class Plan:
    """A district's plan as of `today`. `tasks`: the district's own first, then commune by commune, each by start.

    `ends`: every recognition, the district's first. `district_end`: its own target (else its recognition),
    `minimum_end`: its recognition by the law's minimum. `seen_from`: the ends that floats and critical path look from.
    `own_days`: days the office counts otherwise than the public calendar (day, is it worked).
    """

    district_code: str
    today: date
    tasks: list[PlannedTask]
    ends: list[End]
    district_end: End | None
    minimum_end: End | None
    seen_from: tuple[int, ...]
    baseline: str | None
    baseline_on: date | None
    own_days: tuple[tuple[date, bool], ...]
    is_working: Callable[[date], bool] = field(repr=False, compare=False)

    @cached_property
    def by_pk(self) -> dict[int, PlannedTask]:
        return {task.pk: task for task in self.tasks}

    @cached_property
    def followers(self) -> dict[int, tuple[Waiting, ...]]:
        """By task, the links that leave it; `pk` is the task that waits."""
        found: dict[int, list[Waiting]] = {}
        for task in self.tasks:
            for link in task.waits_for:
                found.setdefault(link.pk, []).append(Waiting(task.pk, link.kind, link.lag))
        return {pk: tuple(links) for pk, links in found.items()}

    @property
    def critical(self) -> list[PlannedTask]:
        return [task for task in self.tasks if task.is_critical]

    def end(self, pk: int) -> End | None:
        return next((end for end in self.ends if end.pk == pk), None)

    def chain_of(self, end: End) -> list[PlannedTask]:
        return [self.by_pk[pk] for pk in end.chain]


def floats_by(plan: Plan, key: Callable[[PlannedTask], Iterable[G]], *, own: bool = False) -> dict[G, int]:
    """The least float of every group (criterion, commune, department): `key` names the groups of a task. Toward the end
    looked from, with `own` toward the nearest recognition. Groups on which nothing hangs are left out."""
    least: dict[G, int] = {}
    for task in plan.tasks:
        days = task.own_float if own else task.total_float
        for group in key(task) if days is not None else ():
            if days is not None and days < least.get(group, days + 1):
                least[group] = days
    return least


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """What somebody wants to try on one task; what is None stays. `delay`: so many working days later than the
    schedule has it (negative is refused: hasten by `duration`). `due_on` moves the day it is agreed for."""

    task: int
    delay: int = 0
    duration: int | None = None
    not_before: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    progress: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A task that a change moves; `days`: working days its finish moves, positive later. `task` as it stands now."""

    task: PlannedTask
    old_start: date
    new_start: date
    old_finish: date
    new_finish: date
    days: int


@dataclass(frozen=True, slots=True)
class EndMoved:
    """An end before and after a change; also those that stand still (`days` 0)."""

    end: End
    old: date
    new: date
    days: int
    was_late: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do. `communes_affected`: names of communes with a task that moves. `after`: the plan with
    the change, for a Gantt of it."""

    moved: list[Moved]
    ends: list[EndMoved]
    communes_affected: list[str]
    after: Plan

    @property
    def moved_ends(self) -> list[EndMoved]:
        return [end for end in self.ends if end.days]

    @property
    def holders(self) -> list[str]:
        """Who has a task in hand that moves; told when the change is saved, where they have a seat here."""
        return list(dict.fromkeys(one.task.holder for one in self.moved if not one.task.is_milestone))

    @property
    def newly_late(self) -> list[EndMoved]:
        return [end for end in self.ends if end.is_late and not end.was_late]


@dataclass(frozen=True, slots=True)
class Deciding:
    """Which chain decides the district's day. `days_late`: working days after the target; `sentence` says it all in
    Vietnamese."""

    end: End
    days_late: int
    chain: tuple[PlannedTask, ...]
    next_step: PlannedTask | None
    holder: str
    sentence: str
