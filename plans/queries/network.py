"""From rows to a schedule: the tasks and links of a district as the rules take them, its calendar, what was agreed.

Called by the queries beside this one, and by actions, which hold the network against the rules before they save. Keys
of the rules' tasks are primary keys as text. Tasks that were withdrawn are not in the plan, nor are their links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from communes.models import Unit
from plans.models import Baseline, BaselineTask, OwnDay, Task, TaskLink
from plans.rules import network as rules
from plans.rules.calendars import WorkingCalendar, vietnamese_calendar
from plans.rules.chains import COMMUNE_ACTOR
from plans.rules.network import DayKind, FlawKind, LinkKind
from plans.rules.schedule import Timing
from plans.rules.vocabulary import PlanLevel

# Years beyond the last day that anybody wrote down, in which the calendar still knows every holiday.
YEARS_AHEAD = 3
# What a plan may be about; days outside are slips of the pen (9999), and a calendar of thousands of years is a burden.
FIRST_YEAR, LAST_YEAR = 2000, 2100
OFFICE_HOLDER, NOBODY = "Văn phòng Điều phối NTM huyện", "chưa giao"


@dataclass(frozen=True)
class PlanRows:
    """Everything that is stored of a district's plan: five queries. `agreed`: days in the baseline, by task."""

    district: Unit
    tasks: tuple[Task, ...]
    links: tuple[TaskLink, ...]
    own_days: tuple[tuple[date, bool], ...]
    baseline: Baseline | None
    agreed: Mapping[int, Timing]

    def calendar(self, today: date) -> WorkingCalendar:
        """The district's calendar over all years that its plan touches."""
        said = [day for task in self.tasks for day in days_of(task)] + [timing.start for timing in self.agreed.values()]
        years = [day.year for day in [*said, today]]
        first, last = max(FIRST_YEAR, min(years) - 1), min(LAST_YEAR, max(years) + YEARS_AHEAD)
        return calendar_of(self.own_days, min(first, LAST_YEAR), max(first, last))

    def network(self) -> rules.Network:
        """Raises BrokenNetwork, which the actions never let stand."""
        return rules.Network(map(rule_task, self.tasks), map(rule_link, self.links))


def rows_of(district: Unit, *, baseline: int | None = None) -> PlanRows:
    """Read the plan of a district; compared with the newest baseline, or the one asked for. Five queries."""
    tasks = Task.objects.standing_now().filter(in_plan_of(district)).order_by("pk")
    links = TaskLink.objects.filter(
        in_plan_of(district, "before__unit"), before__withdrawn_on=None, after__withdrawn_on=None
    ).order_by("pk")
    kept = Baseline.objects.filter(district=district)
    chosen = kept.filter(pk=baseline).first() if baseline else kept.first()
    agreed = BaselineTask.objects.filter(baseline=chosen).values_list("task_id", "start_on", "finish_on")
    return PlanRows(
        district=district,
        tasks=tuple(tasks.select_related("unit", "department", "responsible")),
        links=tuple(links),
        own_days=own_days_of(district),
        baseline=chosen,
        agreed={task: Timing(start, finish) for task, start, finish in agreed},
    )


def in_plan_of(district: Unit, unit: str = "unit") -> Q:
    """Rows of a district and its communes."""
    return Q(**{unit: district}) | Q(**{f"{unit}__parent": district})


def own_days_of(district: Unit) -> tuple[tuple[date, bool], ...]:
    """One query."""
    return tuple(OwnDay.objects.filter(district=district).values_list("day", "is_working"))


def calendar_of(own_days: Iterable[tuple[date, bool]], first_year: int, last_year: int) -> WorkingCalendar:
    """The public calendar with the days that the district's office counts otherwise."""
    own = list(own_days)
    return vietnamese_calendar(
        first_year, last_year,
        own_off=frozenset(day for day, is_working in own if not is_working),
        own_worked=frozenset(day for day, is_working in own if is_working),
    )  # fmt: skip


def days_of(task: Task) -> list[date]:
    """The days that somebody wrote down for a task."""
    said = [task.started_on, task.finished_on, task.not_before, deadline_of(task)]
    return [day for day in said if day is not None]


def deadline_of(task: Task) -> date | None:
    """Its own day, or for an end without one the last day of its year."""
    if task.due_on is None and task.goal_tier and task.goal_year is not None:
        return date(task.goal_year, 12, 31)
    return task.due_on


def why_not_days(*days: date | None) -> str | None:
    """A sentence where one of these days is in no year that a plan is about."""
    strange = next((day for day in days if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR), None)
    return f"Năm {strange.year} không hợp lệ: kế hoạch tính từ năm {FIRST_YEAR} đến {LAST_YEAR}." if strange else None


def rule_task(row: Task, *, holder: bool = True) -> rules.Task:
    return rules.Task(
        key=str(row.pk), duration=row.duration, days=DayKind(row.days), not_before=row.not_before,
        deadline=deadline_of(row), actual_start=row.started_on, actual_finish=row.finished_on, progress=row.progress,
        holder=holder_of(row) if holder else None, at_least=row.at_least,
    )  # fmt: skip


def rule_link(row: TaskLink) -> rules.Link:
    return rules.Link(str(row.before_id), str(row.after_id), LinkKind(row.kind), row.lag)


def holder_of(row: Task) -> str:
    """Who has a task in hand, in one short text: the person, else the department, else the body that acts, else the
    commune or the office whose plan it is in."""
    if row.responsible is not None:
        return row.responsible.full_name
    if row.department is not None:
        return row.department.name
    if row.level == PlanLevel.COMMUNE.value and row.actor in ("", COMMUNE_ACTOR):
        return f"UBND {row.unit.full_name}"
    return row.actor or (OFFICE_HOLDER if row.level == PlanLevel.DISTRICT.value else NOBODY)


def flaw_words(flaws: Sequence[rules.Flaw], titles: Mapping[str, str]) -> str:
    """Why a network cannot be scheduled, in one sentence that names the tasks: of a circle each waits for the one
    before it."""
    flaw = flaws[0]
    named = [f"“{titles.get(key, key)}”" for key in flaw.keys]
    if flaw.kind is FlawKind.CYCLE:
        return f"Không ghi được: các việc chờ nhau thành vòng tròn {' → '.join([*named, named[0]])}."
    return f"Không ghi được: {flaw.kind.label} ({', '.join(named)})."
