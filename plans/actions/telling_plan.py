"""Who is told of the plan, and how its acts are remembered.

Told is who has something to do: who is given a task, whose task can begin now that the one before it is done, or has
other days because somebody changed the plan. Several
of a day become one unread notice with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils import timezone

from accounts.actions import notify, remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Role
from accounts.rules import Act as HistoryAct
from accounts.rules import NoticeKind
from communes.models import Unit
from plans.actions.telling_directives import Desks, desks_of
from plans.models import Task, TaskLink
from plans.rules.vocabulary import PlanLevel

PLAN_URL = "/ke-hoach/"
GIVEN, READY = "việc trong kế hoạch được giao", "việc đã có thể bắt đầu"
MOVED = "việc trong kế hoạch đổi ngày"


def task_url(pk: int) -> str:
    return f"{PLAN_URL}viec/{pk}/"


def answering(task: Task, desks: Desks) -> set[int]:
    """The person named; else the officers of the department named; else the commune's own, or the office where a task
    of the district names nobody at all. Others who act (the province) have no seat here."""
    if task.responsible_id:
        return {task.responsible_id}
    if task.department_id:
        return {person for person, _, _, department in desks.seats if department == task.department_id}
    if task.level == PlanLevel.COMMUNE.value:
        return {p for p, unit, role, _ in desks.seats if unit == task.unit_id and role == Role.COMMUNE.value}
    return set() if task.actor else desks.office()


def tell_given(district: Unit, tasks: Sequence[Task], by: Person, on: date) -> None:
    """Tell everybody who has one of these tasks in hand. Milestones are nobody's work. Four queries and one for each
    different sentence."""
    work = [task for task in tasks if not task.is_milestone]
    _tell(district, work, "Được giao trong kế hoạch", GIVEN, by, on)


def tell_ready(district: Unit, done: Task, by: Person, on: date) -> None:
    """Tell who has a task in hand that waited for this one and now waits for nothing more."""
    after = TaskLink.objects.filter(before=done, after__withdrawn_on=None, after__finished_on=None)
    waiting = Task.objects.filter(links_in__in=after).distinct()
    still = TaskLink.objects.filter(after__in=waiting, before__withdrawn_on=None, before__finished_on=None)
    ready = waiting.exclude(pk__in=still.values("after_id")).select_related("unit")
    _tell(district, [task for task in ready if not task.is_milestone], "Đã có thể bắt đầu", READY, by, on)


def tell_moved(district: Unit, tasks: Sequence[Task], by: Person, on: date) -> None:
    """Tell who has a task in hand whose days a change has moved."""
    _tell(district, [task for task in tasks if not task.is_milestone], "Kế hoạch đổi ngày", MOVED, by, on)


def _tell(district: Unit, tasks: Sequence[Task], begins: str, group: str, by: Person, on: date) -> None:
    desks = desks_of(district, on)
    given: dict[int, list[Task]] = {}
    for task in tasks:
        for person in answering(task, desks) - {by.pk}:
            given.setdefault(person, []).append(task)
    heard: dict[tuple[str, str, str], set[int]] = {}
    for person, own in given.items():
        if len(own) == 1:
            key = (f"{begins} của {own[0].unit.full_name}: “{own[0].title[:160]}”.", task_url(own[0].pk), group)
        else:
            key = (f"{len(own)} {group}", PLAN_URL, "")
        heard.setdefault(key, set()).add(person)
    for (sentence, url, grouped), people in heard.items():
        _notify(people, sentence, url, on, grouped)


def _notify(people: Iterable[int], sentence: str, url: str, on: date, group: str) -> None:
    notify(people=people, kind=NoticeKind.TASK, sentence=sentence, url=url, on=on, group=group)


def remember_task(
    act: str, task: Task, by: Person, words: str, on: date, changes: dict[str, object] | None = None
) -> None:
    """One entry about one task; `words` follow on the person's name."""
    remember(act_of(f"plan.{act}", task.unit, by, words, on, {"task": task.pk, **(changes or {})}))


def remember_plan(
    act: str, unit: Unit, by: Person, words: str, on: date, changes: dict[str, object] | None = None
) -> None:
    """One entry about the plan of a unit."""
    remember(act_of(f"plan.{act}", unit, by, words, on, changes or {}))


def act_of(act: str, unit: Unit, by: Person, words: str, on: date, changes: dict[str, object]) -> HistoryAct:
    sentence = f"{unit.title}: {PERSON_MARK} {words}"
    return HistoryAct(act, by.pk, sentence, on, timezone.now(), changes, unit.district_code, unit.code)
