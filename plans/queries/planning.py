"""Rows and their schedule made into the plan that people read. Called by `plans.queries.plan` only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from criteria.queries import BooksInForce
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Tier
from plans.models import Task
from plans.queries.network import PlanRows, holder_of
from plans.queries.planned import End, Plan, PlannedTask, Waiting
from plans.rules.chains import GOAL, OWN_GOAL
from plans.rules.network import DayKind, LinkKind, Network
from plans.rules.outlook import Outlook
from plans.rules.schedule import Schedule, scheduled
from plans.rules.statuses import situation_of
from plans.rules.vocabulary import PlanLevel


def made_plan(rows: PlanRows, schedule: Schedule, books: BooksInForce, end: int | None = None) -> Plan:
    """See `plans.queries.plan.plan_of`. No query. An `end` that is not in the plan is passed over."""
    made = _Making(rows, schedule, books)
    seen_from = made.seen_from(end)
    views = _Views(schedule, seen_from, [goal.pk for goal in made.goals if goal.finished_on is None])
    tasks = [made.task(row, views) for row in made.ordered()]
    by_pk = {task.pk: task for task in tasks}
    ends = [_end(by_pk[goal.pk], by_pk, views.seen) for goal in made.goals]
    baseline = rows.baseline
    return Plan(
        district_code=rows.district.code, today=schedule.today, tasks=tasks, ends=ends,
        district_end=_chosen(ends, rows, by_pk, (OWN_GOAL, GOAL, "")),
        minimum_end=_chosen(ends, rows, by_pk, (GOAL,)), seen_from=seen_from,
        baseline=baseline.name if baseline else None, baseline_on=baseline.on if baseline else None,
        own_days=rows.own_days, is_working=schedule.calendar.is_working,
    )  # fmt: skip


class _Views:
    """The plan looked at from its ends: `seen` from those asked for, `own` from every recognition, `target` from those
    asked for with the day by which they are due.

    The first two know no due days: floats are counted to the day that an end has now, so that a plan that is late still
    has one critical path, and not nothing but tasks that must be hastened.
    """

    def __init__(self, schedule: Schedule, seen_from: Sequence[int], goals: Sequence[int]) -> None:
        network = schedule.network
        undated = Network([replace(task, deadline=None) for task in network.tasks], network.links)
        now = scheduled(undated, schedule.calendar, today=schedule.today)
        self.seen = Outlook(now, map(str, seen_from))
        self.own = Outlook(now, map(str, goals))
        self.target = Outlook(schedule, map(str, seen_from))


class _Making:
    """What is asked of every row, read once."""

    def __init__(self, rows: PlanRows, schedule: Schedule, books: BooksInForce) -> None:
        self.rows, self.schedule = rows, schedule
        self.labels = _Labels(books)
        self.waits: dict[int, list[Waiting]] = {}
        for link in rows.links:
            self.waits.setdefault(link.after_id, []).append(Waiting(link.before_id, LinkKind(link.kind), link.lag))
        self.goals = sorted((row for row in rows.tasks if row.goal_tier), key=self._rank)

    def _rank(self, row: Task) -> tuple[bool, int, int, str, int]:
        """The district's ends first; then by commune, year."""
        unit = row.unit
        return unit.is_commune, unit.position, row.goal_year or 0, unit.code, row.pk

    def seen_from(self, end: int | None) -> tuple[int, ...]:
        """The end asked for, else the district's own, else every recognition that is not reached."""
        if end is not None and str(end) in self.schedule.network.place:
            return (end,)
        pending = [goal for goal in self.goals if goal.finished_on is None]
        own = [goal for goal in pending if not goal.unit.is_commune]
        own.sort(key=lambda goal: (goal.goal_year or 0, (OWN_GOAL, GOAL, "").index(_known(goal.step))))
        return (own[0].pk,) if own else tuple(goal.pk for goal in pending)

    def ordered(self) -> list[Task]:
        """The district's own first, then commune by commune, each by its days."""
        network, schedule = self.schedule.network, self.schedule

        def rank(row: Task) -> tuple[bool, int, str, int, int, int]:
            place = network.place[str(row.pk)]
            unit = row.unit
            return (
                unit.is_commune, unit.position, unit.code, schedule.at[2 * place], schedule.at[2 * place + 1], row.pk
            )

        return sorted(self.rows.tasks, key=rank)

    def task(self, row: Task, views: _Views) -> PlannedTask:
        key, schedule = str(row.pk), self.schedule
        rule = schedule.network.tasks[schedule.network.place[key]]
        timing, agreed, latest = schedule[key], self.rows.agreed.get(row.pk), views.seen.latest(key)
        situation = situation_of(schedule, key, agreed)
        return PlannedTask(
            pk=row.pk, title=row.title, level=PlanLevel(row.level), unit_code=row.unit.code,
            unit_name=row.unit.full_name, unit_slug=row.unit.slug, family=row.family, subject=row.subject,
            subject_label=self.labels.of(row.family, row.subject),
            department_code=row.department.code if row.department else "",
            department_name=row.department.name if row.department else "", responsible_id=row.responsible_id,
            responsible_name=row.responsible.full_name if row.responsible else "", actor=row.actor,
            holder=holder_of(row), start=timing.start, finish=timing.finish, duration=rule.duration,
            days=DayKind(row.days), progress=rule.progress, started_on=rule.actual_start,
            finished_on=rule.actual_finish, not_before=rule.not_before, due_on=row.due_on, due=rule.deadline,
            is_milestone=rule.is_milestone, at_least=row.at_least,
            goal_tier=Tier(row.goal_tier) if row.goal_tier else None, goal_year=row.goal_year, step=row.step,
            state=situation.status, blocked_by=tuple(map(int, situation.blocked_by)),
            total_float=views.seen.total_float(key), free_float=views.seen.free_float(key),
            is_critical=views.seen.is_critical(key), to_regain=max(0, -(views.target.total_float(key) or 0)),
            own_float=views.own.total_float(key), decides_own=views.own.is_critical(key),
            latest_start=latest.start if latest else None, latest_finish=latest.finish if latest else None,
            days_late=self.distance(rule.deadline, timing.finish),
            baseline_start=agreed.start if agreed else None, baseline_finish=agreed.finish if agreed else None,
            drift=self.distance(agreed.finish if agreed else None, timing.finish),
            waits_for=tuple(self.waits.get(row.pk, ())), version=row.version, item=row.item_id, parent=row.parent_id,
            is_illustrative=row.is_illustrative, note=row.note,
        )  # fmt: skip

    def distance(self, agreed: date | None, finish: date) -> int | None:
        """Working days by which a finish lies after the day agreed."""
        calendar = self.schedule.calendar
        return None if agreed is None else calendar.moment_after(finish) - calendar.moment_after(agreed)


class _Labels:
    """Names of what tasks serve: "17.1 Tỷ lệ hộ …", "Tiêu chí 17. Môi trường", the text of a condition."""

    def __init__(self, books: BooksInForce) -> None:
        self._books = {book.family: book for book in books}
        self._found: dict[tuple[str, str], str] = {}

    def of(self, family: str, subject: str) -> str:
        if not subject:
            return ""
        key = (family, subject)
        if key not in self._found:
            book = self._books.get(family)
            self._found[key] = subject_label(book, subject) if book else subject
        return self._found[key]


def subject_label(book: Rulebook, subject: str) -> str:
    """The name of a criterion, indicator or condition of a set; the code itself where the set has it no more."""
    if subject in book.indicators:
        return f"{subject} {book.indicators[subject].name}"
    if condition := next((c for c in book.conditions if c.code == subject), None):
        return condition.text
    criterion = next((c for c in book.criteria if str(c.number) == subject), None)
    return f"Tiêu chí {criterion.number}. {criterion.name}" if criterion else subject


def _end(task: PlannedTask, by_pk: Mapping[int, PlannedTask], outlook: Outlook) -> End:
    decision = outlook.decision(str(task.pk))
    step = by_pk[int(decision.next_step)] if decision.next_step else None
    assert task.goal_tier is not None and task.goal_year is not None and task.due is not None
    return End(
        pk=task.pk, title=task.title, unit_code=task.unit_code, unit_name=task.unit_name, tier=task.goal_tier,
        year=task.goal_year, finish=task.finish, target_on=task.due, days_late=task.days_late or 0,
        is_reached=task.is_done, chain=tuple(map(int, decision.chain)), next_step=step,
        holder=step.holder if step else "",
    )  # fmt: skip


def _chosen(
    ends: Sequence[End], rows: PlanRows, by_pk: Mapping[int, PlannedTask], steps: Sequence[str]
) -> End | None:
    """The district's end that comes first: not reached before reached, by year, by the order of `steps`."""
    own = [end for end in ends if end.unit_code == rows.district.code and _known(by_pk[end.pk].step) in steps]
    return min(
        own, key=lambda end: (end.is_reached, end.year, steps.index(_known(by_pk[end.pk].step))), default=None
    )


def _known(step: str) -> str:
    """The step of an end; one that was entered by hand counts as having none."""
    return step if step in (OWN_GOAL, GOAL) else ""
