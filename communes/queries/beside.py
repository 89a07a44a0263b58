"""What stands beside the cells of a sheet: last year's value, that of the last closed round, the base figures.

Read once a page by `communes.views.desk`; a draft changes none of it. Constant in the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from communes.models import Holding, Statement, Unit
from communes.queries.base_data import base_figures
from communes.queries.entry import typed_text
from communes.queries.rounds import RoundDue, closings
from communes.rules.jumps import other_denominator
from criteria.queries import base_quantities
from criteria.rules.numbers import NBSP, format_number
from criteria.rules.rulebook import Measure, Value
from criteria.rules.values import decode_value, show_value
from criteria.rules.vocabulary import Basis, ExemptionKind


@dataclass(frozen=True, slots=True)
class Earlier:
    """What stood earlier on the strongest basis that it had reached. `when` is read in a sentence ("năm 2022")."""

    when: str
    basis: Basis
    value: Value | None
    exemption: ExemptionKind
    shown: str
    typed: str


def stood_in(unit: Unit, year: int, day: date, measures: Mapping[str, Measure], when: str) -> dict[str, Earlier]:
    """What stood for a unit and year on a day, by measure code; of several bases the strongest. One query."""
    rows = Holding.objects.as_of(day).filter(
        assessment__unit=unit, assessment__year=year, assessment__measure__code__in=list(measures)
    )
    order = {basis.value: place for place, basis in enumerate(Basis)}
    strongest: dict[str, tuple[Any, ...]] = {}
    for code, basis, *said in rows.values_list(
        "assessment__measure__code", "basis", "statement__value", "statement__exemption", "statement__numerator",
        "statement__denominator",
    ):  # fmt: skip
        if code not in strongest or order[basis] > order[strongest[code][0]]:
            strongest[code] = (basis, *said)
    return {code: _earlier(measures[code], when, *said) for code, said in strongest.items()}


def _earlier(
    measure: Measure, when: str, basis: str, raw: Any, exempt: str, numerator: Decimal | None,
    denominator: Decimal | None,
) -> Earlier:  # fmt: skip
    value, exemption = decode_value(measure.kind, raw), ExemptionKind(exempt)
    shown = exemption.label if exempt else show_value(measure, value)
    typed = typed_text(measure, Statement(value=raw, numerator=numerator, denominator=denominator))
    return Earlier(when, Basis(basis), value, exemption, shown, typed)


def last_round(
    unit: Unit, year: int, rounds: Sequence[RoundDue], measures: Mapping[str, Measure]
) -> dict[str, Earlier]:
    """What stood when the newest closed round of the year was closed. At most two queries."""
    closed = next((row for row in rounds if row.is_closed and row.year == year), None)
    closing = closings([closed.pk]).get(closed.pk) if closed else None
    if closed is None or closing is None:
        return {}
    return stood_in(unit, year, closing.on, measures, closed.title)


@dataclass(frozen=True, slots=True)
class Base:
    """A base quantity as the denominator of a percentage; no `value` where nobody has entered it yet."""

    code: str
    name: str
    unit: str
    value: Decimal | None

    @property
    def shown(self) -> str:
        """ "2.370 hộ"."""
        return f"{format_number(self.value)}{NBSP}{self.unit}"

    def differs_from(self, denominator: Decimal | None) -> str:
        """ "Mẫu số 100 khác số liệu nền 120 hộ."; "" where it does not, or where there is nothing to compare."""
        if not other_denominator(denominator, self.value):
            return ""
        return f"Mẫu số {format_number(denominator)} khác số liệu nền {self.shown}."


def denominators(unit: Unit, year: int, as_of: date, measures: Mapping[str, Measure]) -> dict[str, Base]:
    """By measure code what its percentage is taken of. Two queries."""
    found = denominators_of([unit.pk], year, as_of, measures)
    return {code: base for (_, code), base in found.items()}


def denominators_of(
    units: Iterable[int], year: int, as_of: date, measures: Mapping[str, Measure]
) -> dict[tuple[int, str], Base]:
    """By unit id and measure code what a percentage is taken of. Two queries whatever the number of units."""
    wanted = list(units)
    figures = base_figures(wanted, year, as_of)
    quantities = {row.code: row for row in base_quantities()}
    return {
        (unit, code): Base(row.code, row.name, row.unit, figures.get(unit, {}).get(row.code))
        for unit in wanted
        for code, measure in measures.items()
        if (row := quantities.get(measure.denominator)) is not None
    }
