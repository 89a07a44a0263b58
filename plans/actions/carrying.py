"""Carrying tasks out: begun, how far, done; and saving what was tried in a preview.

Facts are never after today. Saying 100 % is saying that it is done. Who waited only for this task is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from accounts.models import Person
from accounts.roles import Standing
from communes.models import Unit
from criteria.policies import Refused
from plans.actions.linking import Stale, check_network, district_of_task, fresh_task, hold_plan, locked_task
from plans.actions.telling_plan import remember_task, tell_moved, tell_ready
from plans.models import Task
from plans.policies.planning import why_not_change, why_not_report
from plans.queries.network import rows_of, why_not_days
from plans.queries.plan import proposed
from plans.queries.planned import ProposedChange
from plans.queries.tasks import asked_task
from plans.rules.schedule import Schedule, scheduled

__all__ = ["Stale", "Told", "apply_changes", "finish_task", "record_progress", "start_task"]


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody reports of a task; it replaces what was reported before. `progress` 100 without `finished_on` means
    done on the day of the report, progress without `started_on` begun by then."""

    progress: int | None = None
    started_on: date | None = None
    finished_on: date | None = None


@transaction.atomic
def record_progress(
    *, by: Person, standing: Standing, task: Task, seen_version: int, told: Told, on: date
) -> Task:
    """How far it is: progress and actual days. Raises Refused, Stale."""
    row = locked_task(task, seen_version)
    if refusal := why_not_report(standing, asked_task(row)):
        raise Refused(refusal)
    facts = _facts(told, row, on)
    was_done = row.finished_on is not None
    if (row.progress, row.started_on, row.finished_on) == (facts.progress, facts.started_on, facts.finished_on):
        return row
    row.progress, row.started_on, row.finished_on = facts.progress, facts.started_on, facts.finished_on
    row.version += 1
    row.save(update_fields=["progress", "started_on", "finished_on", "version"])
    changes: dict[str, object] = {
        "progress": row.progress, "started_on": str(row.started_on or ""), "finished_on": str(row.finished_on or "")
    }  # fmt: skip
    remember_task("report", row, by, f"báo việc “{row.title[:160]}”: {_said(row)}", on, changes)
    if row.finished_on is not None and not was_done:
        tell_ready(district_of_task(row), row, by, on)
    return row


def start_task(*, by: Person, standing: Standing, task: Task, seen_version: int, on: date) -> Task:
    """Begun today. Raises Refused, Stale."""
    told = Told(task.progress, on)
    return record_progress(by=by, standing=standing, task=task, seen_version=seen_version, told=told, on=on)


def finish_task(*, by: Person, standing: Standing, task: Task, seen_version: int, on: date) -> Task:
    """Done today. Raises Refused, Stale."""
    told = Told(100, task.started_on, on)
    return record_progress(by=by, standing=standing, task=task, seen_version=seen_version, told=told, on=on)


@transaction.atomic
def apply_changes(
    *, by: Person, standing: Standing, district: Unit, changes: Sequence[tuple[ProposedChange, int]], reason: str,
    on: date,
) -> list[Task]:  # fmt: skip
    """Save what was previewed: pairs (change, version seen), with a reason. Who has a task in hand that moves is told.
    Raises Refused, Stale."""
    if not reason.strip():
        raise Refused("Ghi lý do thay đổi kế hoạch.")
    hold_plan(district)
    rows = rows_of(district)
    schedule = scheduled(rows.network(), rows.calendar(on), today=on)
    known = {row.pk for row in rows.tasks}
    saved = []
    for change, seen_version in sorted(changes, key=lambda pair: pair[0].task):
        if change.task not in known:
            raise Refused("Việc này không còn trong kế hoạch.")
        saved.append(_apply(by, standing, change, seen_version, schedule, reason.strip(), on))
    check_network(district)
    _tell_moved(district, schedule, by, on)
    return saved


def _tell_moved(district: Unit, before: Schedule, by: Person, on: date) -> None:
    rows = rows_of(district)
    after = scheduled(rows.network(), before.calendar, today=on).timings()
    was = before.timings()
    moved = [row for row in rows.tasks if not row.finished_on and after[str(row.pk)] != was[str(row.pk)]]
    tell_moved(district, moved, by, on)


def _apply(
    by: Person, standing: Standing, change: ProposedChange, seen_version: int, schedule: Schedule, reason: str, on: date
) -> Task:
    row = fresh_task(change.task)
    if row.version != seen_version:
        raise Stale(row)
    is_report = bool(change.started_on or change.finished_on or change.progress is not None)
    is_change = bool(change.delay or change.duration is not None or change.not_before or change.due_on)
    refusal = (why_not_change(standing, asked_task(row)) if is_change or not is_report else None) or (
        why_not_report(standing, asked_task(row)) if is_report else None
    )
    if refusal:
        raise Refused(refusal)
    wanted = proposed(schedule, change)
    row.duration, row.not_before = wanted.duration, wanted.not_before
    row.due_on = change.due_on or row.due_on
    if is_report:
        facts = _facts(Told(wanted.progress, wanted.actual_start, wanted.actual_finish), row, on)
        row.progress, row.started_on, row.finished_on = facts.progress, facts.started_on, facts.finished_on
    row.version += 1
    row.save()
    words = f"đổi kế hoạch của việc “{row.title[:160]}”: {change_words(change)}. Lý do: {reason[:300]}"
    remember_task("move", row, by, words, on, {"reason": reason})
    return row


def change_words(change: ProposedChange) -> str:
    """ "lùi 30 ngày làm việc", "thời gian 20 ngày; hạn 31/12/2023"."""
    said = [
        (change.delay, f"lùi {change.delay} ngày làm việc"),
        (change.duration is not None, f"thời gian {change.duration} ngày"),
        (change.not_before, f"không sớm hơn {_day(change.not_before)}"),
        (change.started_on, f"bắt đầu {_day(change.started_on)}"),
        (change.finished_on, f"xong {_day(change.finished_on)}"),
        (change.progress is not None, f"đã làm {change.progress} %"),
        (change.due_on, f"hạn {_day(change.due_on)}"),
    ]
    return "; ".join(words for is_said, words in said if is_said) or "không đổi"


def _facts(told: Told, row: Task, on: date) -> Told:
    """What was told, made whole. Raises Refused."""
    if told.progress is not None and not 0 <= told.progress <= 100:
        raise Refused("Tiến độ từ 0 đến 100 %.")
    if told.finished_on is not None or told.progress == 100:
        done = told.finished_on or on
        told = replace(told, progress=100, finished_on=done, started_on=told.started_on or row.started_on or done)
        if row.is_milestone and told.started_on:
            told = replace(told, started_on=min(told.started_on, done))
    elif told.progress and not told.started_on:
        told = replace(told, started_on=row.started_on or on)
    if any(day is not None and day > on for day in (told.started_on, told.finished_on)):
        raise Refused("Ngày thực tế chưa đến; ngày dự kiến ghi ở “không sớm hơn”.")
    if refusal := why_not_days(told.started_on, told.finished_on):
        raise Refused(refusal)
    if told.finished_on and told.started_on and told.finished_on < told.started_on:
        raise Refused("Ngày xong trước ngày bắt đầu.")
    return told


def _said(row: Task) -> str:
    if row.finished_on is not None:
        return f"xong ngày {row.finished_on:%d/%m/%Y}"
    begun = f"bắt đầu {row.started_on:%d/%m/%Y}" if row.started_on else "chưa bắt đầu"
    return f"{begun}, đã làm {row.progress} %" if row.progress is not None else begun


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
