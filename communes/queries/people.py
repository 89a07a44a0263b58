"""Who holds which seat, and who leads which measure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import Person
from accounts.roles import NOBODY, Role, Seat, Standing
from communes.models import Assignment, Posting, Unit
from criteria.rules.vocabulary import Level


def standing_of(person: Person | None, day: date) -> Standing:
    """The seats a person holds on a day, as plain codes. One query; a right withdrawn ends at the next request."""
    if person is None or person.pk is None or not person.is_active:
        return NOBODY
    rows = Posting.objects.filter(person=person).held_on(day).select_related("unit__parent", "department")
    return Standing(person.pk, person.full_name, tuple(_seat(row) for row in rows))


def _seat(row: Posting) -> Seat:
    return Seat(
        role=Role(row.role),
        district=row.unit.district_code,
        commune=row.unit.code if row.unit.level == Level.COMMUNE.value else "",
        department=row.department.code if row.department else "",
        title=row.title,
        signs_off=row.signs_off,
    )


def district_of(standing: Standing, day: date, home: str, wanted: str | None = None) -> Unit | None:
    """The district a person looks at: the one wanted (code or slug), else the installation's own, else the first of
    the person's seats. None where there is none, or where the wanted one is not theirs. One query."""
    units = list(Unit.objects.visible_to(standing).districts().valid_on(day))
    for unit in units:
        if (wanted or home) in (unit.code, unit.slug):
            return unit
    return units[0] if units and not wanted else None


@dataclass(frozen=True, slots=True)
class Lead:
    """The department that leads a measure in a district, and the person who answers for it, if named."""

    code: str
    name: str
    person: str = ""
    others: tuple[str, ...] = ()


OFFICE_CODE = "vpdp"
OFFICE = Lead(OFFICE_CODE, "Văn phòng Điều phối NTM huyện")


class Leads:
    """Leads of a district by measure code; what nobody is assigned belongs to the office."""

    def __init__(self, by_measure: dict[str, Lead]) -> None:
        self._by_measure = by_measure

    def of(self, measure: str) -> Lead:
        return self._by_measure.get(measure, OFFICE)


def leads_of(district: Unit | int, day: date) -> Leads:
    """Assignments in force on a day. Two queries."""
    rows = (
        Assignment.objects.filter(district=district)
        .in_force(day)
        .select_related("lead", "measure", "responsible")
        .prefetch_related("others")
    )
    return Leads(
        {
            row.measure.code: Lead(
                row.lead.code,
                row.lead.name,
                row.responsible.full_name if row.responsible else "",
                tuple(d.name for d in row.others.all()),
            )
            for row in rows
        }
    )
