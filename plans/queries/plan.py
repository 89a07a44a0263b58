"""The district's plan as of a day: every task with its days, floats and state, every end with what decides it.

    plan_of       the whole plan, for /ke-hoach/ and everything that prints it
    preview       what a change would move, before it is saved
    deciding      the one line of the overview
    tasks_for     what somebody has to do

Nothing here writes. Days are computed afresh from rows by `plans.rules`; the rows are read by `plans.queries.network`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from accounts.roles import Standing
from communes.models import Unit
from criteria.policies import Refused
from criteria.queries import BooksInForce, books_in_force
from plans.policies.planning import AskedTask
from plans.queries.network import PlanRows, flaw_words, rows_of, why_not_days
from plans.queries.planned import (
    Deciding,
    End,
    EndMoved,
    Moved,
    Plan,
    PlannedTask,
    Preview,
    ProposedChange,
    Waiting,
    floats_by,
)
from plans.queries.planning import made_plan
from plans.rules.changes import delayed
from plans.rules.network import MOST_DAYS, BrokenNetwork, Task
from plans.rules.schedule import Schedule, scheduled

__all__ = [
    "Deciding",
    "End",
    "EndMoved",
    "Moved",
    "Plan",
    "PlannedTask",
    "Preview",
    "ProposedChange",
    "Waiting",
    "deciding",
    "floats_by",
    "plan_of",
    "preview",
    "tasks_for",
]


# A title of an indicator can be a sentence of the law; the overview has one line.
LONGEST_STEP = 90


def plan_of(
    district: Unit, today: date, *, changes: Sequence[ProposedChange] | None = None, end: int | None = None,
    baseline: int | None = None,
) -> Plan:  # fmt: skip
    """The plan of a district as of `today`; with `changes` as it would be. `end`: pk of the end that floats and the
    critical path look from; without it the district's own, else every recognition. `baseline`: compared with that one,
    else the newest. Six queries. Raises LookupError and Refused as `preview` does."""
    rows = rows_of(district, baseline=baseline)
    schedule = _schedule(rows, today)
    if changes:
        schedule = _changed(rows, schedule, changes)
    return made_plan(rows, schedule, _books(today), end)


def preview(district: Unit, today: date, changes: Sequence[ProposedChange]) -> Preview:
    """What changes would move, and what they do to every end. Nothing is written. Raises LookupError for a task that
    is not in the plan, Refused for a change that cannot be scheduled. Six queries."""
    rows, books = rows_of(district), _books(today)
    schedule = _schedule(rows, today)
    before = made_plan(rows, schedule, books)
    after = made_plan(rows, _changed(rows, schedule, changes), books)
    moved = [_moved(schedule, task, after.by_pk[task.pk]) for task in before.tasks]
    moved = [one for one in moved if (one.old_start, one.old_finish) != (one.new_start, one.new_finish)]
    named = {one.task.unit_code: one.task.unit_name for one in moved if one.task.unit_code != district.code}
    return Preview(
        moved=moved,
        ends=[_end_moved(schedule, end, after) for end in before.ends],
        communes_affected=list(named.values()),
        after=after,
    )


def deciding(district: Unit, today: date) -> Deciding | None:
    """What decides the district's day; None where its plan has no end yet, or it is reached. Six queries."""
    plan = plan_of(district, today)
    end = plan.district_end
    if end is None or end.is_reached:
        return None
    chain = tuple(plan.chain_of(end))
    return Deciding(end, end.days_late, chain, end.next_step, end.holder, _sentence(end))


def tasks_for(standing: Standing, today: date) -> list[PlannedTask]:
    """Unfinished tasks of a person (`responsible_id`), of their departments and communes, the most urgent first: late,
    critical, then by finish. A milestone only once nothing stands before it. Six queries for each district of the
    person's seats, and one."""
    found = []
    for district in Unit.objects.districts().filter(code__in=standing.districts).order_by("pk"):
        plan = plan_of(district, today)
        open_ones = [task for task in plan.tasks if not task.is_done and not (task.is_milestone and task.blocked_by)]
        found += [task for task in open_ones if asked_planned(plan, task).is_of(standing)]
    return sorted(found, key=urgency)


def urgency(task: PlannedTask) -> tuple[bool, bool, date, int]:
    """Sorts what is most urgent first: late, critical, then by finish."""
    return not task.is_late, not (task.is_critical or task.decides_own), task.finish, task.pk


def asked_planned(plan: Plan, task: PlannedTask) -> AskedTask:
    """What policies ask of a task in a plan."""
    return AskedTask(
        plan.district_code, task.unit_code, task.level, task.responsible_id, task.department_code,
        is_goal=task.is_goal, is_done=task.is_done,
    )  # fmt: skip


def _books(today: date) -> BooksInForce:
    return books_in_force(today)


def _schedule(rows: PlanRows, today: date) -> Schedule:
    return scheduled(rows.network(), rows.calendar(today), today=today)


def _changed(rows: PlanRows, schedule: Schedule, changes: Sequence[ProposedChange]) -> Schedule:
    titles = {str(task.pk): task.title for task in rows.tasks}
    tasks = [proposed(schedule, change) for change in changes]
    try:
        network = schedule.network.changed(tasks=tasks)
    except BrokenNetwork as broken:
        raise Refused(flaw_words(broken.flaws, titles)) from None
    return scheduled(network, schedule.calendar, today=schedule.today)


def proposed(schedule: Schedule, change: ProposedChange) -> Task:
    """A task with a change, as the rules take it. Raises LookupError, Refused."""
    task = schedule.network.tasks[schedule.network.place[str(change.task)]]
    if change.delay and task.is_done:
        raise Refused("Việc này đã xong, không lùi được.")
    if not 0 <= change.delay <= MOST_DAYS:
        raise Refused(f"Chỉ thử lùi từ 1 đến {MOST_DAYS} ngày; muốn nhanh hơn, rút ngắn thời gian làm.")
    fields: dict[str, object] = {
        "duration": change.duration, "not_before": change.not_before, "deadline": change.due_on,
        "actual_start": change.started_on, "actual_finish": change.finished_on, "progress": change.progress,
    }  # fmt: skip
    if change.delay:
        fields["not_before"] = delayed(schedule, task.key, change.delay).tasks[0].not_before
    if change.finished_on and not task.actual_start and not change.started_on:
        fields["actual_start"] = change.finished_on
    given = {name: value for name, value in fields.items() if value is not None}
    changed = replace(task, **given)  # type: ignore[arg-type]  # names and types stand above
    if refusal := why_not_days(changed.not_before, changed.deadline, changed.actual_start, changed.actual_finish):
        raise Refused(refusal)
    return changed


def _moved(schedule: Schedule, old: PlannedTask, new: PlannedTask) -> Moved:
    calendar = schedule.calendar
    days = calendar.moment_after(new.finish) - calendar.moment_after(old.finish)
    return Moved(old, old.start, new.start, old.finish, new.finish, days)


def _end_moved(schedule: Schedule, end: End, after: Plan) -> EndMoved:
    new = after.by_pk[end.pk].finish
    calendar = schedule.calendar
    days = calendar.moment_after(new) - calendar.moment_after(end.finish)
    now = after.end(end.pk)
    return EndMoved(end, end.finish, new, days, end.is_late, now is not None and now.is_late)


def _sentence(end: End) -> str:
    day, target = f"{end.finish:%d/%m/%Y}", f"{end.target_on:%d/%m/%Y}"
    if end.days_late > 0:
        said = f"trễ {end.days_late} ngày làm việc so với {target}"
    elif end.days_late:
        said = f"sớm {-end.days_late} ngày làm việc so với {target}"
    else:
        said = f"vừa kịp {target}"
    step = f"; bước kế tiếp: {_step(end.next_step)} – {end.holder} đang giữ" if end.next_step else ""
    return f"Đường găng đến “{end.title}”: {day}, {said}{step}."


def _step(task: PlannedTask) -> str:
    title = task.title if len(task.title) <= LONGEST_STEP else task.title[: LONGEST_STEP - 1].rstrip() + "…"
    return f"“{title}” ({task.unit_name})"
