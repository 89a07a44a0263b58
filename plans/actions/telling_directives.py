"""Who is told of what a directive asks, and how directives are called in sentences.

Told is who has to do something: who is given an item, whose item was changed, opened again or decided about by a
meeting; the office, when an item is reported done. Several of a day of one sort become one unread notice with their
number: so each sort has an address of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.actions import notify, remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Role
from accounts.rules import Act as HistoryAct
from accounts.rules import NoticeKind
from communes.models import Posting, Unit
from plans.models import Directive, DirectiveItem
from plans.queries.directives import called, item_url
from plans.rules.vocabulary import ItemState

GIVEN = "nội dung chỉ đạo được giao"
REPORTED = "nội dung chỉ đạo đã báo xong, chờ xác nhận"
DECIDED = "nội dung chỉ đạo có kết luận mới của cuộc họp"


@dataclass(frozen=True, slots=True)
class Desks:
    """Who sits where on a day in one district: triples (person, unit, role, department)."""

    seats: tuple[tuple[int, int, str, int | None], ...]

    def answering(self, item: DirectiveItem) -> set[int]:
        """The person named, else the officers of the department named; with them the officers of the commune; the
        office where nobody is named."""
        people = {item.responsible_id} if item.responsible_id else set()
        if item.department_id and not people:
            people |= {person for person, _, _, department in self.seats if department == item.department_id}
        if item.unit.is_commune:
            people |= {p for p, unit, role, _ in self.seats if unit == item.unit_id and role == Role.COMMUNE.value}
        return people or self.office()

    def office(self) -> set[int]:
        return {person for person, _, role, _ in self.seats if role == Role.COORDINATOR.value}


def desks_of(district: Unit, on: date) -> Desks:
    """One query."""
    rows = Posting.objects.held_on(on).filter(
        Q(unit=district) | Q(unit__parent=district), person__is_active=True
    )
    return Desks(tuple(rows.values_list("person_id", "unit_id", "role", "department_id")))


def url_of(directive: Directive) -> str:
    return reverse("plans:directive", kwargs={"pk": directive.pk})


def asked_words(item: DirectiveItem) -> str:
    """ "“Hoàn thiện đường găng”, hạn 30/04/2022"."""
    due = f", hạn {item.due_on:%d/%m/%Y}" if item.due_on else ""
    return f"“{item.text[:160]}”{due}"


def tell_given(directive: Directive, items: Sequence[DirectiveItem], by: Person, on: date) -> None:
    """Tell everybody who answers for one of these items: the item itself, or how many there are."""
    desks = desks_of(directive.district, on)
    given: dict[int, list[DirectiveItem]] = {}
    for item in items:
        for person in desks.answering(item) - {by.pk}:
            given.setdefault(person, []).append(item)
    heard: dict[tuple[str, int], set[int]] = {}
    for person, own in given.items():
        one = f"Được giao theo {called(directive)}: {asked_words(own[0])}."
        several = f"{len(own)} {GIVEN} theo {called(directive)}"
        heard.setdefault((one if len(own) == 1 else several, len(own)), set()).add(person)
    for (sentence, number), people in heard.items():
        _notify(people, sentence, url_of(directive), on, GIVEN if number == 1 else "")


def tell_changed(item: DirectiveItem, sentence: str, by: Person, on: date) -> None:
    """Tell who answers for an item of what was done with it: each time anew, for each says something else."""
    people = desks_of(item.directive.district, on).answering(item) - {by.pk}
    _notify(people, sentence, item_url(item.directive_id, item.pk), on, "")


def tell_decided(item: DirectiveItem, sentence: str, meeting_on: date, by: Person, on: date) -> None:
    people = desks_of(item.directive.district, on).answering(item) - {by.pk}
    url = f"{reverse('plans:directive-meeting')}?ngay={meeting_on:%Y-%m-%d}"
    _notify(people, sentence, url, on, DECIDED)


def tell_reported(item: DirectiveItem, sentence: str, by: Person, on: date) -> None:
    people = desks_of(item.directive.district, on).office() - {by.pk}
    _notify(people, sentence, f"{url_of(item.directive)}#g-{ItemState.REPORTED.value}", on, REPORTED)


def _notify(people: Iterable[int], sentence: str, url: str, on: date, group: str) -> None:
    notify(people=people, kind=NoticeKind.DIRECTIVE, sentence=sentence, url=url, on=on, group=group)


def remember_given(directive: Directive, items: Sequence[DirectiveItem], by: Person, on: date) -> None:
    """One entry for each unit that was given something, so that each reads of its own."""
    numbers = Counter(item.unit for item in items)
    acts = []
    for unit, number in numbers.items():
        first = next(item for item in items if item.unit_id == unit.pk)
        what = asked_words(first) if number == 1 else f"{number} nội dung"
        sentence = f"{unit.title}: {PERSON_MARK} giao {what} theo {called(directive)}"
        given = [item.pk for item in items if item.unit_id == unit.pk]
        acts.append(_act("directive.give", by, sentence, on, {"directive": directive.pk, "items": given}, unit))
    remember(*acts)


def remember_item(
    act: str, item: DirectiveItem, by: Person, words: str, on: date, changes: dict[str, object] | None = None
) -> None:
    sentence = f"{item.unit.title}: {PERSON_MARK} {words}"
    more = {"directive": item.directive_id, "item": item.pk, **(changes or {})}
    remember(_act(f"directive.{act}", by, sentence, on, more, item.unit))


def remember_directive(
    act: str, directive: Directive, by: Person, words: str, on: date, changes: dict[str, object] | None = None
) -> None:
    district = directive.district
    more = {"directive": directive.pk, **(changes or {})}
    remember(_act(f"directive.{act}", by, f"{district.title}: {PERSON_MARK} {words}", on, more, district))


def _act(act: str, by: Person, sentence: str, on: date, changes: dict[str, object], unit: Unit) -> HistoryAct:
    return HistoryAct(act, by.pk, sentence, on, timezone.now(), changes, unit.district_code, unit.code)
