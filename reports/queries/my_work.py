"""/viec-cua-toi/: what one person must do, by seat, and what of theirs waits elsewhere.

Also asked by the daily mail. The number of queries depends on the seats held, never on how many figures, communes,
rounds or findings there are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from accounts.roles import Role, Standing
from communes.models import Unit
from communes.queries.people import OFFICE_CODE, Leads, leads_of
from reports.queries.desk_work import (
    closing_duties,
    comment_duties,
    finding_duties,
    import_duties,
    reviewing_duties,
)
from reports.queries.duties import Awaited, Duty, MyWork
from reports.queries.steering import directive_duties, plan_duties
from reports.queries.unit_work import OwnDesk, SheetAddresses, books_for, unit_awaited, unit_duties

READERS = frozenset({Role.LEADER, Role.TEAM_MEMBER, Role.ADMIN})


def my_work(standing: Standing, today: date) -> MyWork:
    """Everything that waits for this person on a day; empty for somebody without a seat."""
    if not standing.seats:
        return MyWork(standing.name, today, ())
    units = _units(standing)
    leads = {unit.code: leads_of(unit, today) for unit in units if not unit.is_commune}
    duties: list[Duty] = []
    awaited: list[Awaited] = []
    for desk in _own_desks(standing, units, leads, today):
        years = {today.year} | {row.year for row in desk.rows} | {row.year for row in desk.rounds}
        books = books_for(years, today)
        duties += unit_duties(desk, books)
        awaited += unit_awaited(desk, SheetAddresses(desk.unit, books))
    if standing.has(Role.COORDINATOR, Role.DEPARTMENT, Role.LEADER):
        duties += reviewing_duties(standing, leads, today)
    duties += closing_duties(standing, [unit for unit in units if not unit.is_commune], today)
    duties += [*finding_duties(standing, today), *comment_duties(standing, today), *import_duties(standing)]
    duties += [*plan_duties(standing, today), *directive_duties(standing, today)]
    reads_only = all(seat.role in READERS for seat in standing.seats)
    return MyWork(standing.name, today, duties, awaited, reads_only)


def _units(standing: Standing) -> list[Unit]:
    """The districts and own communes of the seats, communes first. One query."""
    rows = Unit.objects.filter(code__in=standing.communes | standing.districts).select_related("parent")
    return sorted(rows, key=lambda unit: (not unit.is_commune, unit.position, unit.code))


def _own_desks(
    standing: Standing, units: list[Unit], leads: dict[str, Leads], today: date
) -> list[OwnDesk]:
    desks = []
    for unit in units:
        if unit.is_commune and unit.code in standing.communes:
            signs = unit.code in standing.signs_for
            desks.append(OwnDesk(unit, leads.get(unit.district_code, Leads({})), _everything, signs, today))
        elif not unit.is_commune and _enters(standing, unit):
            covers = _led_by(standing, unit, leads[unit.code])
            desks.append(OwnDesk(unit, leads[unit.code], covers, False, today))
    return desks


def _everything(measure: str) -> bool:
    return True


def _enters(standing: Standing, district: Unit) -> bool:
    roles = {seat.role for seat in standing.seats if seat.district == district.code}
    return bool(roles & {Role.COORDINATOR, Role.DEPARTMENT})


def _led_by(standing: Standing, district: Unit, leads: Leads) -> Callable[[str], bool]:
    """Measures of the district that a person's departments lead; the office those that nobody else does."""
    own = set(standing.departments_in(district.code))
    if any(seat.role is Role.COORDINATOR and seat.district == district.code for seat in standing.seats):
        own.add(OFFICE_CODE)
    return lambda measure: leads.of(measure).code in own
