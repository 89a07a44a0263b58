"""Percentages of a unit that were taken of another denominator than the base figure that stands now.

Asked by the page of base data: whoever corrects a count reads which indicators it concerns. A value is never computed
again by itself: the share is what somebody stated, and the unit decides which of the two numbers is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from accounts.roles import Standing
from communes.models import Assessment, Unit
from communes.policies import may_see_drafts
from communes.queries.entry import item_of, typed_text
from communes.queries.people import Leads
from communes.rules.jumps import other_denominator
from communes.rules.workflow import UNSENT
from criteria.queries import BooksInForce
from criteria.rules.rulebook import Measure
from criteria.rules.values import decode_value, show_value
from criteria.rules.vocabulary import Level


@dataclass(frozen=True, slots=True)
class OtherShare:
    """One stated share: "15.1" of "Xã NTM" (`family`), "7741/8777" (`shown` as a percentage), the quantity that is its
    denominator; `also` names the other sets that judge the same value."""

    measure: str
    family: str
    item: str
    set_name: str
    name: str
    also: tuple[str, ...]
    quantity: str
    typed: str
    shown: str


def shares_of_other_figures(
    unit: Unit, year: int, standing: Standing, books: BooksInForce, leads: Leads, figures: Mapping[str, Decimal]
) -> list[OtherShare]:
    """The unit's newest shares whose denominator is not the base figure, as far as this person reads them, in the
    order of the sets. `figures`: quantity code -> what stands. One query."""
    places = _places(books, figures)
    rows = Assessment.objects.filter(unit=unit, year=year, measure__code__in=list(places), current__isnull=False)
    found = {}
    for row in rows.select_related("current", "measure"):
        current, (measure, family, item, set_name, name, also) = row.current, places[row.measure.code]
        state = item_of(unit, leads.of(measure.code), current)
        if state.stage in UNSENT and not may_see_drafts(standing, state):
            continue
        if current is not None and other_denominator(current.denominator, figures[measure.denominator]):
            shown = show_value(measure, decode_value(measure.kind, current.value))
            found[measure.code] = OtherShare(
                measure.code, family, item, set_name, name, also, measure.denominator, typed_text(measure, current),
                shown,
            )  # fmt: skip
    return [found[code] for code in places if code in found]


_Place = tuple[Measure, str, str, str, str, tuple[str, ...]]


def _places(books: BooksInForce, figures: Mapping[str, Decimal]) -> dict[str, _Place]:
    """Where each share of a known quantity stands first, and in which other sets."""
    found: dict[str, _Place] = {}
    for book in books.of_level(Level.COMMUNE):
        for item, part in book.parts:
            measure, indicator = part.measure, book.indicators.get(item)
            if measure.denominator not in figures or indicator is None:
                continue
            if measure.code not in found:
                name = part.name or indicator.name
                found[measure.code] = (measure, book.family, f"{item}{part.code}", book.short_name, name, ())
            elif (old := found[measure.code])[1] != book.family:
                found[measure.code] = (*old[:5], (*old[5], f"{book.short_name} {item}"))
    return found
