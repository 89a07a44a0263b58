"""Names the units for the criteria pages, which live below the floor that knows units."""

from __future__ import annotations

from datetime import date

from communes.models import Unit
from communes.queries.judged import communes_of
from criteria.views.address import NamedPlace


def places_of(district_code: str, day: date) -> list[NamedPlace]:
    """The district, then its communes as valid on a day; empty for a code that is no district. Two queries."""
    district = Unit.objects.districts().filter(code=district_code).first()
    if district is None:
        return []
    units = (district, *communes_of(district, day))
    return [NamedPlace(unit.code, unit.title, unit.place(), unit.slug) for unit in units]
