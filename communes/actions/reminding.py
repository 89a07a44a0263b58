"""What is told by the calendar and not by somebody's act: rounds that fall due, and yesterday's decisions in one line.

Called by `manage.py run_due` every few minutes, by two at once too: each notice is given once. What was given is known
by its address, which names round, step and day; the lock of the history lets no two look at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Q

from accounts.actions import hold_history, notify
from accounts.models import Notice
from accounts.roles import Role
from accounts.rules import NoticeKind
from communes.actions.telling import returned_url
from communes.models import Act, Posting, Round, Unit
from communes.queries.people import OFFICE_CODE, leads_of
from communes.queries.rounds import closings, extended_days, reported_in, units_of
from communes.rules.reminding import reminder_due, words_left
from communes.rules.workflow import ActKind
from criteria.rules.vocabulary import Level


@dataclass(frozen=True, slots=True)
class _Reminder:
    people: frozenset[int]
    sentence: str
    url: str


@transaction.atomic
def remind_of_rounds(*, on: date) -> int:
    """Remind officers of units that have not reported yet; how many reminders were given. About twenty queries for
    each district with a round that falls due."""
    found = [reminder for district, rounds in _open_rounds(on) for reminder in _reminders(district, rounds, on)]
    return _give(found, NoticeKind.ROUND, on)


@transaction.atomic
def tell_decisions(*, on: date) -> int:
    """Tell a commune's officers in one sentence what was verified and approved the day before. Four queries and three
    for each commune concerned."""
    day = on - timedelta(days=1)
    kinds = {"verified": ActKind.VERIFY, "approved": ActKind.APPROVE}
    counts = {name: Count("pk", filter=Q(kind=kind.value)) for name, kind in kinds.items()}
    rows = Act.objects.filter(on=day, assessment__unit__level=Level.COMMUNE.value, kind__in=kinds.values())
    by_unit = {row["assessment__unit"]: row for row in rows.values("assessment__unit").annotate(**counts).order_by()}
    officers = _officers(by_unit, on)
    told = []
    for unit in Unit.objects.filter(pk__in=by_unit).order_by("pk"):
        parts = [(by_unit[unit.pk]["verified"], "được xác nhận thẩm tra"), (by_unit[unit.pk]["approved"], "được duyệt")]
        said = ", ".join(f"{number} mục {words}" for number, words in parts if number)
        sentence = f"{unit.title}: ngày {day:%d/%m/%Y} có {said}"
        people = frozenset(officers.get(unit.pk, ()))
        told.append(_Reminder(people, sentence, f"{returned_url(unit)}#ket-qua-{day.isoformat()}"))
    return _give(told, NoticeKind.DECIDED, on)


def _give(wanted: Sequence[_Reminder], kind: NoticeKind, on: date) -> int:
    """Give each person what they were not given before."""
    if not wanted:
        return 0
    hold_history()
    urls = {reminder.url for reminder in wanted}
    given = set(Notice.objects.filter(kind=kind.value, url__in=urls).values_list("person_id", "url"))
    number = 0
    for reminder in wanted:
        people = {pk for pk in reminder.people if (pk, reminder.url) not in given}
        if people:
            notify(people=people, kind=kind, sentence=reminder.sentence, url=reminder.url, on=on)
            number += len(people)
    return number


def _open_rounds(on: date) -> Iterable[tuple[Unit, list[Round]]]:
    rows = list(Round.objects.filter(opens_on__lte=on).select_related("district").order_by("pk"))
    closed = closings([row.pk for row in rows])
    by_district: dict[int, tuple[Unit, list[Round]]] = {}
    for row in rows:
        if row.pk not in closed:
            by_district.setdefault(row.district_id, (row.district, []))[1].append(row)
    return by_district.values()


def _reminders(district: Unit, rounds: Sequence[Round], on: date) -> Iterable[_Reminder]:
    units = units_of(district, on)
    later = extended_days([row.pk for row in rounds], [unit.pk for unit in units])
    near = [
        (row, unit, due, step)
        for row in rounds
        for unit in units
        if (step := reminder_due(((due := later.get((row.pk, unit.pk), row.due_on)) - on).days)) is not None
    ]
    if not near:
        return
    asked = reported_in(list({row.pk: row for row, *_ in near}.values()), units, on)
    officers, departments = _officers([unit.pk for unit in units], on), _Departments(district, on)
    for row, unit, due, step in near:
        missing = asked[row.pk][unit.pk].missing
        people = officers.get(unit.pk, set()) if unit.is_commune else departments.leading(missing)
        if missing and people:
            sentence = (
                f"{row}: {unit.full_name} {words_left((due - on).days)} (hạn {due:%d/%m/%Y}), "
                f"{len(missing)} mục chưa báo cáo"
            )
            url = f"{returned_url(unit)}#nhac-{row.pk}-{step}-{due.isoformat()}"
            yield _Reminder(frozenset(people), sentence, url)


def _officers(units: Iterable[int], on: date) -> dict[int, set[int]]:
    """Officers of communes, by unit. One query."""
    found: dict[int, set[int]] = {}
    seats = Posting.objects.held_on(on).filter(unit__in=list(units), role=Role.COMMUNE.value, person__is_active=True)
    for unit, person in seats.values_list("unit_id", "person_id"):
        found.setdefault(unit, set()).add(person)
    return found


class _Departments:
    """Who answers for measures of the district itself: officers of the departments that lead them. Three queries."""

    def __init__(self, district: Unit, on: date) -> None:
        self._leads = leads_of(district, on)
        self._people: dict[str, set[int]] = {}
        seats = Posting.objects.held_on(on).filter(unit=district, person__is_active=True)
        wanted = seats.filter(role__in=[Role.DEPARTMENT.value, Role.COORDINATOR.value])
        for role, code, person in wanted.values_list("role", "department__code", "person_id"):
            desk = OFFICE_CODE if role == Role.COORDINATOR.value else code
            self._people.setdefault(desk, set()).add(person)

    def leading(self, measures: Iterable[str]) -> set[int]:
        desks = {self._leads.of(measure).code for measure in measures}
        return {person for desk in desks for person in self._people.get(desk, ())}
