"""Tasks of the plan: put in, changed, linked, reported on, withdrawn.

Carrying tasks out (progress, actual days, saving what was previewed) is `plans.actions.carrying`, handed on from here.
Every act takes the lock of the district's row first (`plans.actions.linking`), then reads what stands, writes, and
holds the whole network against `plans.rules.network` before the transaction ends. Nothing is deleted but links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Department, Person
from accounts.roles import Standing
from communes.models import Unit
from criteria.policies import Refused
from criteria.rules.vocabulary import Tier
from plans.actions.carrying import Told, apply_changes, finish_task, record_progress, start_task
from plans.actions.checking import checked
from plans.actions.linking import (
    Stale,
    WantedLink,
    check_network,
    district_of_task,
    hold_plan,
    locked_task,
    put_waits,
)
from plans.actions.telling_plan import remember_task, tell_given
from plans.models import DirectiveItem, Task, TaskLink
from plans.policies.planning import why_not_change, why_not_plan, why_not_withdraw
from plans.queries.tasks import asked_fields, asked_task, fields_in_words
from plans.rules.network import DayKind
from plans.rules.vocabulary import PlanLevel

__all__ = [
    "Stale",
    "TaskFields",
    "Told",
    "WantedLink",
    "apply_changes",
    "change_task",
    "create_task",
    "fields_of",
    "finish_task",
    "put_links",
    "record_progress",
    "start_task",
    "withdraw_task",
]


@dataclass(frozen=True, slots=True)
class TaskFields:
    """What a task is, all of it; `duration` 0 makes a milestone. `goal_tier` and `goal_year` only for an end;
    `goal_year` alone says which year's plan it belongs to."""

    title: str
    unit: Unit
    level: PlanLevel
    duration: int
    days: DayKind = DayKind.WORKING
    note: str = ""
    department: Department | None = None
    responsible: Person | None = None
    actor: str = ""
    family: str = ""
    subject: str = ""
    not_before: date | None = None
    due_on: date | None = None
    goal_tier: Tier | None = None
    goal_year: int | None = None
    at_least: int | None = None
    parent: Task | None = None
    item: DirectiveItem | None = None

    def columns(self) -> dict[str, object]:
        """As the row keeps them."""
        return {
            "title": self.title, "unit": self.unit, "level": self.level.value, "duration": self.duration,
            "days": self.days.value, "note": self.note, "department": self.department,
            "responsible": self.responsible, "actor": self.actor, "family": self.family, "subject": self.subject,
            "not_before": self.not_before, "due_on": self.due_on,
            "goal_tier": self.goal_tier.value if self.goal_tier else "", "goal_year": self.goal_year,
            "at_least": self.at_least, "parent": self.parent, "item": self.item,
        }  # fmt: skip


def fields_of(row: Task) -> TaskFields:
    """What a task is now: a form changes some of it and hands it back whole."""
    return TaskFields(
        title=row.title, unit=row.unit, level=PlanLevel(row.level), duration=row.duration, days=DayKind(row.days),
        note=row.note, department=row.department, responsible=row.responsible, actor=row.actor, family=row.family,
        subject=row.subject, not_before=row.not_before, due_on=row.due_on,
        goal_tier=Tier(row.goal_tier) if row.goal_tier else None, goal_year=row.goal_year, at_least=row.at_least,
        parent=row.parent, item=row.item,
    )  # fmt: skip


@transaction.atomic
def create_task(
    *, by: Person, standing: Standing, district: Unit, fields: TaskFields, on: date,
    links: Sequence[WantedLink] = (), is_illustrative: bool = False,
) -> Task:  # fmt: skip
    """A new task and what it waits for; who has it in hand is told. Raises Refused."""
    if refusal := why_not_plan(standing, asked_fields(district, fields.columns())):
        raise Refused(refusal)
    hold_plan(district)
    given = checked(fields.columns(), district, standing, on)
    row = Task.objects.create(**given, is_illustrative=is_illustrative, by=by, on=on, at=timezone.now())
    put_waits(row, links, district)
    check_network(district)
    remember_task("create", row, by, f"thêm việc “{row.title[:200]}” vào kế hoạch", on, {"links": _pks(links)})
    tell_given(district, [row], by, on)
    return row


@transaction.atomic
def change_task(
    *, by: Person, standing: Standing, task: Task, seen_version: int, fields: TaskFields, on: date,
    links: Sequence[WantedLink] | None = None, reason: str = "",
) -> Task:  # fmt: skip
    """What a task is; with `links` also what it waits for. Who has it in hand anew is told. Raises Refused, Stale."""
    row = locked_task(task, seen_version)
    district = district_of_task(row)
    _refuse_change(standing, row)
    if refusal := why_not_plan(standing, asked_fields(district, fields.columns())):
        raise Refused(refusal)
    given = checked(fields.columns(), district, standing, on, row)
    before, held_by = fields_in_words(row), (row.responsible_id, row.department_id)
    for name, value in given.items():
        setattr(row, name, value)
    after = fields_in_words(row)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    moved = put_waits(row, links, district) if links is not None else {}
    if not changed and not any(moved.values()):
        return row
    _save(row)
    check_network(district)
    said = "; ".join(f"{name} {was or '(trống)'} → {now or '(trống)'}" for name, (was, now) in changed.items())
    words = f"sửa việc “{row.title[:160]}”: {said or 'việc trước'}{_because(reason)}"
    remember_task("change", row, by, words, on, {"fields": changed, "links": moved, "reason": reason})
    if (row.responsible_id, row.department_id) != held_by:
        tell_given(district, [row], by, on)
    return row


@transaction.atomic
def put_links(
    *, by: Person, standing: Standing, task: Task, seen_version: int, links: Sequence[WantedLink], on: date
) -> Task:
    """Everything that `task` waits for, afresh. Raises Refused (a circle is named by its tasks), Stale."""
    row = locked_task(task, seen_version)
    district = district_of_task(row)
    _refuse_change(standing, row)
    moved = put_waits(row, links, district)
    if not any(moved.values()):
        return row
    _save(row)
    check_network(district)
    words = f"sửa việc trước của “{row.title[:160]}”: {len(links)} việc"
    remember_task("link", row, by, words, on, {"links": moved})
    return row


@transaction.atomic
def withdraw_task(
    *, by: Person, standing: Standing, task: Task, seen_version: int, reason: str, on: date
) -> Task:
    """Take it out of the plan, with a reason; what waited for its end waits for the ends it waited for, so that a chain
    does not fall apart. Raises Refused, Stale."""
    row = locked_task(task, seen_version)
    district = district_of_task(row)
    if refusal := why_not_withdraw(standing, asked_task(row)):
        raise Refused(refusal)
    if not reason.strip():
        raise Refused("Ghi lý do rút việc này khỏi kế hoạch.")
    bridged = _bridge(row)
    row.withdrawn_on, row.withdrawn_by, row.withdrawn_why = on, by, reason.strip()
    _save(row)
    check_network(district)
    words = f"rút việc “{row.title[:160]}” khỏi kế hoạch. Lý do: {reason.strip()[:300]}"
    remember_task("withdraw", row, by, words, on, {"bridged": bridged})
    return row


def _refuse_change(standing: Standing, row: Task) -> None:
    if refusal := why_not_change(standing, asked_task(row)):
        raise Refused(refusal)


def _save(row: Task) -> None:
    row.version += 1
    row.save()


def _bridge(row: Task) -> list[list[int]]:
    """Link what came before a task to what came after it, by their ends, where both stand and are not linked yet."""
    standing = TaskLink.objects.filter(before__withdrawn_on=None, after__withdrawn_on=None)
    before = list(standing.filter(after=row, kind="FS").values_list("before_id", flat=True))
    after = list(standing.filter(before=row, kind="FS").values_list("after_id", flat=True))
    there = set(standing.filter(before__in=before, after__in=after).values_list("before_id", "after_id"))
    new = [(first, last) for first in before for last in after if (first, last) not in there and first != last]
    TaskLink.objects.bulk_create(TaskLink(before_id=first, after_id=last) for first, last in new)
    return [list(pair) for pair in new]


def _because(reason: str) -> str:
    return f". Lý do: {reason.strip()[:300]}" if reason.strip() else ""


def _pks(links: Sequence[WantedLink]) -> list[int]:
    return [link.before for link in links]
