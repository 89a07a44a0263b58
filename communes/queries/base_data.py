"""Base data of communes: how many households, people, kilometres a unit had in a year, as known on a day.

Read by the page of base data and its actions, by the sheet (denominators) and by whoever rolls up communes. The newest
row of a unit, year and quantity counts; one without a value takes the figure back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from communes.models import BaseFigure


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with who stated it, when and from which source. `row` identifies what a person has seen."""

    row: int
    quantity: str
    value: Decimal | None
    source: str
    by: str
    on: date
    at: datetime


def base_figures(unit_ids: Iterable[int], year: int, as_of: date) -> dict[int, dict[str, Decimal]]:
    """unit id -> quantity code -> figure, those that stand. One query whatever the number of units."""
    newest: dict[int, dict[str, Decimal | None]] = {}
    rows = BaseFigure.objects.filter(unit_id__in=list(unit_ids), year=year, on__lte=as_of).order_by("pk")
    for unit, quantity, value in rows.values_list("unit_id", "quantity__code", "value"):
        newest.setdefault(unit, {})[quantity] = value
    return {
        unit: {code: value for code, value in found.items() if value is not None} for unit, found in newest.items()
    }


def figures_in_full(unit_id: int, years: Iterable[int], as_of: date) -> dict[int, dict[str, Figure]]:
    """year -> quantity code -> the newest row, also one that took the figure back. One query."""
    found: dict[int, dict[str, Figure]] = {}
    rows = BaseFigure.objects.filter(unit_id=unit_id, year__in=list(years), on__lte=as_of).order_by("pk")
    for row in rows.select_related("by", "quantity"):
        found.setdefault(row.year, {})[row.quantity.code] = Figure(
            row.pk, row.quantity.code, row.value, row.source, row.by.full_name, row.on, row.at
        )
    return found
