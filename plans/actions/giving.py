"""A task of the plan out of an item of a directive: where it is done, who has it, from today until it is due."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from accounts.roles import Standing
from communes.models import Unit
from criteria.policies import Refused
from plans.actions.directing import locked_item
from plans.actions.telling_directives import remember_item
from plans.models import DirectiveItem, OwnDay, Task
from plans.policies.directing import why_not_plan
from plans.queries.directives import asked_item, called
from plans.rules.calendars import WorkingCalendar
from plans.rules.public_holidays import national_days
from plans.rules.vocabulary import PlanLevel

LONGEST_TITLE = 300


@transaction.atomic
def make_task(*, by: Person, standing: Standing, item: DirectiveItem, on: date) -> Task:
    """Put an item into the plan of the district or of its commune, as long as there are working days until it is due
    (at least one). Raises Refused."""
    row = locked_item(item)
    if refusal := why_not_plan(standing, asked_item(row)):
        raise Refused(refusal)
    assert row.due_on is not None  # the policy asks for it
    task = Task.objects.create(
        unit=row.unit, level=(PlanLevel.COMMUNE if row.unit.is_commune else PlanLevel.DISTRICT).value,
        title=_title(row.text), note=f"Theo {called(row.directive)}.", item=row, department=row.department,
        responsible=row.responsible, duration=_working_days(row.directive.district, on, row.due_on),
        due_on=row.due_on, by=by, on=on, at=timezone.now(),
    )  # fmt: skip
    remember_item("plan", row, by, f"đưa “{row.text[:160]}” vào kế hoạch", on, {"task": task.pk})
    return task


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def _working_days(district: Unit, first: date, last: date) -> int:
    """Working days from `first` to `last`, both included, by the public calendar and the office's own days; at least
    one. One query."""
    own = OwnDay.objects.filter(district=district, day__range=(first, max(first, last)))
    national = national_days(first.year, max(first, last).year)
    days = list(own.values_list("day", "is_working"))
    off = [*national.off, *(day for day, is_working in days if not is_working)]
    worked = [*national.worked, *(day for day, is_working in days if is_working)]
    calendar = WorkingCalendar(first, max(first, last) + timedelta(days=1), off=off, worked=worked)
    return max(1, calendar.moment_after(last) - calendar.moment_of(first))
