"""Base data of a commune and year: rows are never changed, the newest counts; who saves has seen what they replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.actions.locking import hold_units
from communes.actions.stating import refuse_if_locked
from communes.models import BaseFigure, Unit
from communes.policies import Refused, why_not_enter_base_data
from communes.queries.base_data import Figure, figures_in_full
from criteria.models import BaseQuantity
from criteria.queries import base_quantities
from criteria.rules.numbers import clean_text, format_number

LONGEST_SOURCE = 300
# Named one by one in the sentence of the history; what is more is counted (all values stand in its changes).
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """One figure as somebody states it; without a value it is taken back. `seen` is the row that stood on the page
    (0: none)."""

    quantity: str
    value: Decimal | None
    source: str = ""
    seen: int = 0


class StaleFigures(Exception):
    """Figures that somebody else stated since the page was read: quantity code -> what stands now (None: nothing)."""

    def __init__(self, theirs: Mapping[str, Figure | None]) -> None:
        super().__init__("Người khác vừa sửa số liệu nền.")
        self.theirs = dict(theirs)


@transaction.atomic
def save_base_figures(
    *, by: Person, standing: Standing, unit: Unit, year: int, entries: Sequence[FigureEntry], on: date
) -> list[BaseFigure]:
    """Save the figures that say something new; gives back the rows written, all or none.

    Raises Refused (whose they are, a locked year, a wrong figure), or StaleFigures where a figure is no longer the one
    seen. The same figure stated twice is no conflict and writes nothing.
    """
    if refusal := why_not_enter_base_data(standing, unit.district_code, unit.code):
        raise Refused(refusal)
    # Two saves of one commune go one after the other, so that none compares with what is just replaced.
    hold_units([unit.code])
    quantities = {row.code: row for row in base_quantities()}
    for entry in entries:
        _check(entry, quantities)
    stands = figures_in_full(unit.pk, [year], on).get(year, {})
    new = [entry for entry in entries if not _says_the_same(stands.get(entry.quantity), entry)]
    moved = {entry.quantity: stands.get(entry.quantity) for entry in new if entry.seen != _row(stands, entry)}
    if moved:
        raise StaleFigures(moved)
    if not new:
        return []
    now = timezone.now()
    rows = BaseFigure.objects.bulk_create(
        BaseFigure(
            unit=unit, year=year, quantity=quantities[entry.quantity], value=entry.value,
            source=_clean(entry.source), by=by, on=on, at=now,
        )
        for entry in new
    )  # fmt: skip
    changes = {
        entry.quantity: [_plain(stands.get(entry.quantity)), None if entry.value is None else f"{entry.value:f}"]
        for entry in new
    }
    remember(
        HistoryAct("base_data.save", by.pk,
            f"{unit.title}: {PERSON_MARK} nhập số liệu nền năm {year}: {_said(new, quantities)}", on, now,
            {"figures": changes, "year": year}, unit.district_code, unit.code)
    )  # fmt: skip
    refuse_if_locked(unit.district_code, year)
    return rows


def _check(entry: FigureEntry, quantities: Mapping[str, BaseQuantity]) -> None:
    quantity = quantities.get(entry.quantity)
    if quantity is None:
        raise Refused("Không có số liệu nền này trong danh mục.")
    if entry.value is not None and (entry.value < 0 or entry.value != round(entry.value, quantity.decimals)):
        raise Refused(f"{quantity.name} phải là số không âm, nhiều nhất {quantity.decimals} chữ số thập phân.")


def _clean(source: str) -> str:
    return clean_text(source, keep_newlines=False).strip()[:LONGEST_SOURCE]


def _row(stands: Mapping[str, Figure], entry: FigureEntry) -> int:
    figure = stands.get(entry.quantity)
    return figure.row if figure else 0


def _says_the_same(figure: Figure | None, entry: FigureEntry) -> bool:
    if figure is None or figure.value is None:
        return entry.value is None
    return figure.value == entry.value and figure.source == _clean(entry.source)


def _plain(figure: Figure | None) -> str | None:
    return None if figure is None or figure.value is None else f"{figure.value.normalize():f}"


def _said(entries: Sequence[FigureEntry], quantities: Mapping[str, BaseQuantity]) -> str:
    named = []
    for entry in entries[:MOST_NAMED]:
        quantity = quantities[entry.quantity]
        value = "bỏ số đã nhập" if entry.value is None else f"{format_number(entry.value)} {quantity.unit}"
        named.append(f"{quantity.name} {value}")
    more = len(entries) - MOST_NAMED
    return "; ".join(named) + (f"; và {more} số liệu khác" if more > 0 else "")
