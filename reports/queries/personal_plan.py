"""The personal plan: everything somebody has to do, by week or month, as screen, paper and calendar file show it.

Tasks (their own, those given to them or to their desk), items of directives and findings; for a member of a working
team also what the communes they follow have in hand. Asks the plan itself, computes nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.urls import reverse

from accounts.roles import Standing
from communes.models import TeamCommune, TeamMember, Unit
from communes.queries.discussion import FindingRow, findings_for
from plans.queries.directives import OpenItem, open_items_for
from plans.queries.plan import PlannedTask, plan_of, tasks_for
from plans.rules.vocabulary import ItemState, PlanLevel
from reports.queries.steering import PLAN_URL


class Part(Enum):
    """Why a line is in somebody's plan; the value is the heading and the word of a column."""

    OWN = "việc của tôi"
    DESK = "việc của đơn vị"
    FOLLOWED = "xã phụ trách"


class Span(Enum):
    """How lines are put together; the value stands in the address."""

    MONTH = "thang"
    WEEK = "tuan"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One thing to do. `day`: the day it is due (`is_due`), else the day the plan expects it done; None without one.
    `key` names it for ever ("task-12"), for calendars."""

    key: str
    part: Part
    text: str
    where: str
    source: str
    start: date | None
    day: date | None
    is_due: bool
    state: str
    url: str
    is_late: bool
    is_critical: bool = False
    is_personal: bool = False


@dataclass(frozen=True)
class PersonalPlan:
    """`title`: the person's seats in words. `lines` by day, those without a day last."""

    name: str
    title: str
    district: str
    today: date
    lines: Sequence[PlanLine]
    follows: Sequence[str]

    @property
    def late_count(self) -> int:
        return sum(line.is_late for line in self.lines)

    @property
    def headline(self) -> str:
        if not self.lines:
            return "Chưa có việc nào trong kế hoạch cá nhân"
        late = f", {self.late_count} việc trễ" if self.late_count else ""
        return f"Kế hoạch cá nhân: {len(self.lines)} việc{late}"

    def spans(self, span: Span) -> list[tuple[str, list[PlanLine]]]:
        """Lines by month or week; what should be done by now comes first of all."""
        found: dict[str, list[PlanLine]] = {}
        for line in self.lines:
            found.setdefault(self._label(line.day, span), []).append(line)
        return list(found.items())

    def _label(self, day: date | None, span: Span) -> str:
        if day is None:
            return "Chưa có hạn"
        if day < self.today:
            return "Đã đến hạn, chưa xong"
        if span is Span.MONTH:
            return f"Tháng {day.month}/{day.year}"
        monday = day - timedelta(days=day.weekday())
        return f"Tuần {monday:%d/%m} – {monday + timedelta(days=6):%d/%m/%Y}"


def personal_plan(standing: Standing, today: date, *, only_own: bool = False) -> PersonalPlan:
    """What a person has to do. `only_own`: what names this very person. A constant number of queries for each district
    of the seats."""
    found = [*_tasks(standing, today), *_items(standing, today), *_findings(standing, today)]
    followed = _followed(standing, today)
    if followed and not only_own:
        found += _of_communes(followed, {line.key for line in found}, today)
    lines = [line for line in found if line.part is Part.OWN or not only_own]
    names = sorted(Unit.objects.filter(code__in=standing.districts).values_list("name", flat=True))
    return PersonalPlan(
        name=standing.name,
        title="; ".join(dict.fromkeys(seat.title or seat.role.label for seat in standing.seats)),
        district=", ".join(names), today=today, lines=sorted(lines, key=_rank),
        follows=tuple(unit.name for unit in followed),
    )  # fmt: skip


def _rank(line: PlanLine) -> tuple[date, bool, int, str]:
    return line.day or date.max, not line.is_late, list(Part).index(line.part), line.key


def _tasks(standing: Standing, today: date) -> Iterable[PlanLine]:
    """Of the desk's tasks those that can be begun, or have a day of their own: the others wait for somebody."""
    for task in tasks_for(standing, today):
        is_own = task.responsible_id == standing.person_id
        if is_own or not task.blocked_by or task.due_on is not None:
            yield _task(task, Part.OWN if is_own else Part.DESK)


def _task(task: PlannedTask, part: Part) -> PlanLine:
    is_personal = task.level is PlanLevel.PERSONAL
    done = f", {task.progress} %" if task.progress else ""
    return PlanLine(
        key=f"task-{task.pk}", part=part, text=task.title, where="" if is_personal else task.unit_name,
        source="Tự đặt" if is_personal else "Kế hoạch của huyện", start=task.started_on or task.start,
        day=task.due or task.finish, is_due=task.due is not None, state=f"{task.state.label}{done}",
        url=f"{PLAN_URL}viec/{task.pk}/", is_late=task.is_late, is_critical=task.is_critical or task.decides_own,
        is_personal=is_personal,
    )  # fmt: skip


def _items(standing: Standing, today: date) -> Iterable[PlanLine]:
    for item in open_items_for(standing, today):
        if item.state is not ItemState.REPORTED:
            yield _item(item)


def _item(item: OpenItem) -> PlanLine:
    return PlanLine(
        key=f"item-{item.pk}", part=Part.OWN if item.is_named else Part.DESK, text=item.sentence, where=item.unit,
        source="Văn bản chỉ đạo", start=None, day=item.due, is_due=item.due is not None, state=item.state_words,
        url=item.url, is_late=item.state is ItemState.LATE,
    )  # fmt: skip


def _findings(standing: Standing, today: date) -> Iterable[PlanLine]:
    url = reverse("communes:findings")
    for row in findings_for(standing, today):
        if row.is_mine and not row.is_done and not row.is_closed:
            yield _finding(row, url, today)


def _finding(row: FindingRow, url: str, today: date) -> PlanLine:
    is_late = row.due_on < today
    return PlanLine(
        key=f"finding-{row.pk}", part=Part.DESK, text=row.text, where=row.unit.full_name,
        source="Nội dung cần khắc phục", start=None, day=row.due_on, is_due=True,
        state="quá hạn" if is_late else "đang làm", url=url, is_late=is_late,
    )  # fmt: skip


def _followed(standing: Standing, today: date) -> list[Unit]:
    """The communes that a person's working teams follow. One query."""
    teams = TeamMember.objects.in_force(today).filter(person=standing.person_id).values("team_id")
    rows = TeamCommune.objects.in_force(today).filter(team__in=teams, team__district__code__in=standing.districts)
    return [row.unit for row in rows.select_related("unit__parent").order_by("unit__position", "pk")]


def _of_communes(followed: Sequence[Unit], there: set[str], today: date) -> Iterable[PlanLine]:
    """What can be worked on in the communes followed, and the recognitions they aim at."""
    codes = {unit.code for unit in followed}
    for district in {unit.parent for unit in followed if unit.parent}:
        for task in plan_of(district, today).tasks:
            is_theirs = task.unit_code in codes and not task.is_done and task.level is not PlanLevel.PERSONAL
            if is_theirs and (task.is_goal or not task.blocked_by) and f"task-{task.pk}" not in there:
                yield _task(task, Part.FOLLOWED)
