"""For whom somebody speaks: the department, office or commune beside a name, so that a reader knows whom to ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from accounts.roles import Role
from communes.models import Posting
from communes.queries.people import OFFICE


def desk_name(seat: Posting) -> str:
    """ "Phòng Kinh tế - Hạ tầng", "Văn phòng Điều phối NTM huyện", "xã Kỳ Phú"; else the name of the role."""
    role = Role(seat.role)
    if role is Role.DEPARTMENT and seat.department is not None:
        return seat.department.name
    if role is Role.COORDINATOR:
        return OFFICE.name
    return seat.unit.full_name if role is Role.COMMUNE else role.label


def desks_of(people: Iterable[int], day: date) -> dict[int, str]:
    """By person the desk held on a day; of somebody who left, the last one. One query."""
    wanted = {pk for pk in people if pk}
    rows = Posting.objects.filter(person_id__in=wanted, from_on__lte=day).select_related("unit", "department")
    # The seat that still counts, and of several the first given, is written last and stays.
    seats = sorted(rows, key=lambda seat: (seat.to_on is None or seat.to_on > day, seat.from_on, -seat.pk))
    return {seat.person_id: desk_name(seat) for seat in seats}


def signed(name: str, desk: str) -> str:
    """ "Phan Thị Hoa, BHXH huyện"."""
    return f"{name}, {desk}" if desk else name
