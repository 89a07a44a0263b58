"""Who answers for a unit's report in a round, and when it was last reminded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import HistoryEntry
from accounts.roles import Role
from communes.models import Posting, Round, Unit
from communes.queries.people import OFFICE_CODE, leads_of

# The act of history that tells who was reminded (`changes`: round, units by code).
REMINDED = "round.remind"


@dataclass(frozen=True, slots=True)
class Answerer:
    person: int
    name: str
    title: str


def answering(
    district: Unit, units: Sequence[Unit], day: date, missing: Mapping[int, Iterable[str]] | None = None
) -> dict[int, tuple[Answerer, ...]]:
    """By unit id the people who report for it: a commune's own officers; for the district itself the officers of the
    departments that lead what is `missing` (without it, of any department). At most three queries."""
    communes = [unit.pk for unit in units if unit.is_commune]
    seats = Posting.objects.filter(role=Role.COMMUNE.value, unit__in=communes).held_on(day)
    found: dict[int, list[Answerer]] = {unit.pk: [] for unit in units}
    for seat in seats.select_related("person").order_by("-signs_off", "pk"):
        _add(found[seat.unit_id], seat)
    if district.pk in found:
        codes = None if missing is None else _leading(district, missing.get(district.pk, ()), day)
        _add_departments(found[district.pk], district, codes, day)
    return {pk: tuple(people) for pk, people in found.items()}


def _leading(district: Unit, measures: Iterable[str], day: date) -> set[str]:
    leads = leads_of(district, day)
    return {leads.of(code).code for code in measures}


def _add_departments(found: list[Answerer], district: Unit, codes: set[str] | None, day: date) -> None:
    roles = (Role.DEPARTMENT.value, Role.COORDINATOR.value)
    for seat in Posting.objects.filter(role__in=roles, unit=district).held_on(day).select_related(
        "person", "department"
    ).order_by("pk"):  # fmt: skip
        code = seat.department.code if seat.department else OFFICE_CODE
        if codes is None or code in codes:
            _add(found, seat)


def _add(found: list[Answerer], seat: Posting) -> None:
    if all(one.person != seat.person_id for one in found):
        found.append(Answerer(seat.person_id, seat.person.full_name, seat.title))


def last_reminders(round_: Round) -> dict[str, date]:
    """The day each unit (by code) was last reminded in a round. One query."""
    rows = HistoryEntry.objects.filter(
        act=REMINDED, district_code=round_.district.code, changes__round=round_.pk
    ).order_by("number")
    found: dict[str, date] = {}
    for changes, on in rows.values_list("changes", "on"):
        found.update(dict.fromkeys(changes["units"], on))
    return found
