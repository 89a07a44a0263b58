"""A plan as tests make it, through the ordinary acts."""

from __future__ import annotations

from typing import Any

from accounts.models import Person
from plans.actions.planning import TaskFields, WantedLink, create_task
from plans.models import Task
from plans.queries.plan import Plan, PlannedTask, plan_of
from plans.rules.network import LinkKind
from plans.rules.vocabulary import PlanLevel
from tests.makers import TODAY, Cast


def fields(cast: Cast, title: str = "Lập quy hoạch vùng huyện", duration: int = 5, **more: Any) -> TaskFields:
    return TaskFields(**{
        "title": title, "unit": cast.district, "level": PlanLevel.DISTRICT, "duration": duration, **more
    })  # fmt: skip


def planned(cast: Cast, title: str = "Lập quy hoạch vùng huyện", duration: int = 5, *after: Task, **more: Any) -> Task:
    """A task of the district's frame that waits for the ends of `after`, entered by Tuấn of the office."""
    by: Person = more.pop("by", cast.tuan)
    row = create_task(
        by=by, standing=cast.standing(by), district=cast.district, fields=fields(cast, title, duration, **more),
        links=[WantedLink(task.pk) for task in after], on=TODAY,
    )  # fmt: skip
    return row


def waits(*before: Task, kind: LinkKind = LinkKind.FS, lag: int = 0) -> list[WantedLink]:
    return [WantedLink(task.pk, kind, lag) for task in before]


def acting(cast: Cast, person: Person) -> dict[str, Any]:
    return {"by": person, "standing": cast.standing(person), "on": TODAY}


def plan_now(cast: Cast, **more: Any) -> Plan:
    return plan_of(cast.district, TODAY, **more)


def in_plan(cast: Cast, task: Task, **more: Any) -> PlannedTask:
    return plan_now(cast, **more).by_pk[task.pk]
