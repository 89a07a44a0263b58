"""What stands in the lists of a district: units, departments, people with their seats, assignments, targets.

Asked by the check of an imported list, by the action that writes it (to see that nothing moved on) and by the
templates. Each a constant number of queries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q

from accounts.models import Department, Person
from communes.models import Assignment, Posting, Target, Unit
from communes.rules.list_saves import (
    AssignmentState,
    DepartmentState,
    PersonState,
    SeatState,
    TargetState,
    UnitState,
)
from criteria.queries import BooksInForce
from criteria.rules.vocabulary import ConditionKind, Level, Tier


def communes_listed(district: Unit, today: date) -> list[Unit]:
    """The communes that exist, or will, in the order of the district's lists. One query."""
    rows = Unit.objects.communes().filter(parent=district).filter(Q(valid_to=None) | Q(valid_to__gt=today))
    return list(rows)


def unit_state(unit: Unit) -> UnitState:
    return UnitState(*(getattr(unit, name) for name in UnitState._fields))


def taken_codes(codes: Collection[str]) -> set[str]:
    """Which of these official codes belong to a unit, of whatever district. One query."""
    return set(Unit.objects.filter(code__in=codes).values_list("code", flat=True))


def last_position(district: Unit) -> int:
    found: int | None = Unit.objects.filter(parent=district).aggregate(last=Max("position"))["last"]
    return found or 0


def departments_listed(district: Unit) -> list[Department]:
    return list(Department.objects.filter(district_code=district.code))


def department_state(row: Department) -> DepartmentState:
    return DepartmentState(row.name, row.position)


@dataclass(frozen=True)
class Account:
    """An account of the installation: `districts` are the codes where seats were ever held."""

    pk: int
    username: str
    state: PersonState
    districts: frozenset[str]


def accounts_listed() -> dict[str, Account]:
    """Every account by its username. Two queries."""
    places: dict[int, set[str]] = {}
    for person, code, above, level in Posting.objects.values_list(
        "person_id", "unit__code", "unit__parent__code", "unit__level"
    ):
        places.setdefault(person, set()).add(above if level == "commune" and above else code)
    rows = Person.objects.values_list("pk", "username", "full_name", "email")
    return {
        username: Account(pk, username, PersonState(full_name, email), frozenset(places.get(pk, ())))
        for pk, username, full_name, email in rows
    }


def seats_listed(district: Unit) -> list[Posting]:
    """Every seat ever held in the district, with its person, unit and department. One query."""
    rows = Posting.objects.filter(Q(unit=district) | Q(unit__parent=district))
    return list(rows.select_related("person", "unit", "department").order_by("person__username", "pk"))


def seat_state(row: Posting) -> SeatState:
    return SeatState(row.title, row.signs_off, row.from_on, row.to_on)


def assignments_listed(district: Unit, today: date) -> dict[str, list[Assignment]]:
    """Assignments in force or to come by measure code. Two queries."""
    rows = Assignment.objects.filter(Q(to_on=None) | Q(to_on__gt=today), district=district)
    found: dict[str, list[Assignment]] = {}
    rows = rows.select_related("lead", "measure", "responsible").prefetch_related("others")
    for row in rows.order_by("from_on", "pk"):
        found.setdefault(row.measure.code, []).append(row)
    return found


def assignment_state(row: Assignment) -> AssignmentState:
    others = tuple(sorted(other.code for other in row.others.all()))
    return AssignmentState(row.lead.code, others, row.responsible.username if row.responsible else "")


def targets_listed(district: Unit) -> list[Target]:
    """Of the district and its communes, by year and unit. One query."""
    rows = Target.objects.filter(Q(unit=district) | Q(unit__parent=district))
    return list(rows.select_related("unit").order_by("year", "unit__position", "unit__code", "tier"))


def target_state(row: Target) -> TargetState:
    return TargetState(tuple(row.fields), row.document)


def model_fields(books: BooksInForce) -> Mapping[str, str]:
    """The fields in which a commune may be kiểu mẫu: code and name, of the sets in force."""
    return {
        part.code: part.name or part.measure.name
        for book in books.of_level(Level.COMMUNE)
        if book.tier is Tier.MODEL
        for condition in book.conditions
        if condition.kind is ConditionKind.CHOOSE
        for part in condition.options
    }


@dataclass(frozen=True)
class InSet:
    """Where a measure stands first: the short name of the set, the code there, and how people call it."""

    set_name: str
    item: str
    name: str


def places_of_measures(books: BooksInForce) -> dict[str, InSet]:
    """By measure code, in the order of the sets. No query once the sets were read."""
    found: dict[str, InSet] = {}
    for book in books:
        for item, part in book.parts:
            indicator = book.indicators.get(item)
            whole = indicator.name if indicator else ""
            name = f"{whole}: {part.name}" if whole and part.name else whole or part.name or part.measure.name
            found.setdefault(part.measure.code, InSet(book.short_name, item, name))
    return found
