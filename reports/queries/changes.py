""" "Thay đổi từ ngày …": what stands differently now than before a chosen day, on each basis a person may see.

Read from holdings, which know from when to when a statement stood; nothing is replayed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q

from accounts.roles import Right, Standing
from communes.models import Assessment, Holding, Statement, Unit
from communes.policies import bases_seen
from criteria.models import Measure
from criteria.queries import measure_of
from criteria.rules.values import decode_value, show_value
from criteria.rules.vocabulary import Basis, ExemptionKind

PAGE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one unit: by basis, weakest first, what stood before the day and what stands now."""

    measure: str
    year: int
    bases: tuple[tuple[Basis, str, str], ...]


@dataclass(frozen=True)
class Changes:
    """One page of what was touched; `count` are the figures of this page that say something else than before. What came
    back to what it was is touched, too, and not shown, so a page may hold fewer rows than its length."""

    since: date
    until: date
    groups: Sequence[tuple[Unit, Sequence[Change]]]
    count: int
    page: Page[int]

    @property
    def is_whole(self) -> bool:
        return self.page.paginator.num_pages == 1


def changes_since(
    standing: Standing, led: Mapping[str, frozenset[str]], since: date, today: date, *, unit: str = "",
    measure: str = "", page: int = 1,
) -> Changes:  # fmt: skip
    """What changed from a day (included) until today, in the order of units and measures; no more than a page of it is
    ever in memory. Three queries."""
    touched = Q(from_on__gte=since, from_on__lte=today) | Q(until_on__gte=since, until_on__lte=today)
    held = Exists(Holding.objects.filter(touched, assessment=OuterRef("pk")))
    cells = Assessment.objects.filter(held, _seen(standing, led))
    if unit:
        cells = cells.filter(unit__code=unit)
    if measure:
        cells = cells.filter(measure__code=measure)
    order = ("unit__position", "unit__code", "measure__name", "pk")
    shown = Paginator(cells.order_by(*order).values_list("pk", flat=True), PAGE_LENGTH).get_page(page)
    rows = Holding.objects.filter(touched, assessment__in=list(shown))
    rows = rows.select_related("assessment__unit__parent", "assessment__measure", "statement")
    found: dict[int, dict[str, list[Holding]]] = {}
    for row in rows.order_by(*(f"assessment__{name}" for name in order), "pk"):
        found.setdefault(row.assessment_id, {}).setdefault(row.basis, []).append(row)
    changes = [pair for bases in found.values() if (pair := _change(bases, standing, since, today)) is not None]
    groups: dict[int, tuple[Unit, list[Change]]] = {}
    for place, change in changes:
        groups.setdefault(place.pk, (place, []))[1].append(change)
    return Changes(since, today, list(groups.values()), len(changes), shown)


def _seen(standing: Standing, led: Mapping[str, frozenset[str]]) -> Q:
    """The same reach as the list of acts."""
    whole = standing.districts_where(Right.SEE_HISTORY)
    seen = Q(unit__code__in=standing.communes)
    seen |= Q(unit__code__in=whole) | Q(unit__parent__code__in=whole)
    for district, measures in led.items():
        here = Q(unit__code=district) | Q(unit__parent__code=district)
        seen |= here & Q(measure__code__in=measures)
    return seen


def _change(
    held: Mapping[str, Sequence[Holding]], standing: Standing, since: date, today: date
) -> tuple[Unit, Change] | None:
    first = next(iter(held.values()))[0]
    unit, measure = first.assessment.unit, first.assessment.measure
    allowed = bases_seen(standing, unit.district_code, unit.code if unit.is_commune else None)
    told = []
    for basis in allowed:
        rows = held.get(basis.value, ())
        before, after = _standing_on(rows, since - timedelta(days=1)), _standing_on(rows, today)
        said = _said(measure, before), _said(measure, after)
        if rows and said[0] != said[1]:
            told.append((basis, *said))
    return (unit, Change(measure.name, first.assessment.year, tuple(told))) if told else None


def _standing_on(rows: Sequence[Holding], day: date) -> Holding | None:
    return next((r for r in rows if r.from_on <= day and (r.until_on is None or r.until_on > day)), None)


def _said(measure: Measure, row: Holding | None) -> str:
    statement: Statement | None = row.statement if row is not None else None
    if statement is None:
        return "—"
    if statement.exemption:
        return ExemptionKind(statement.exemption).label
    rules_measure = measure_of(measure)
    return show_value(rules_measure, decode_value(rules_measure.kind, statement.value))
