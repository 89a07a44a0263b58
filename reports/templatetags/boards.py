"""Small reads of a board inside a template: a mapping by its key, a column by its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from communes.models import Target
from communes.queries.sheets import PartRow, Sheet
from criteria.rules.rulebook import Criterion
from criteria.rules.thresholds import Bound
from criteria.rules.values import show_bound
from criteria.rules.vocabulary import Basis, Tier
from criteria.templatetags.ntm import verdict_css, verdict_words
from reports.queries.indicators import IndicatorLine
from reports.queries.matrix import Row
from reports.queries.units import CommuneList
from reports.viewing import Viewing

register = template.Library()


@register.filter
def by(mapping: Mapping[Any, Any], key: Any) -> Any:
    """`totals|by:basis`. Raises KeyError: a basis that was not judged must not read as nothing."""
    return mapping[key]


@register.filter
def criterion_number(place: int, criteria: Sequence[Criterion]) -> int:
    return criteria[place].number


@register.filter
def criterion_name(place: int, criteria: Sequence[Criterion]) -> str:
    return criteria[place].name


@register.filter
def shown_on(row: PartRow | IndicatorLine, basis: Basis) -> str:
    return row.shown(basis)


@register.filter
def query_of_set(view: Viewing, family: str) -> str:
    """The same view of another set, as a query string."""
    return view.query(bo=family)


@register.filter
def met_on(sheet: Sheet, basis: Basis) -> int:
    return sheet.met(basis)


@register.filter
def tier_count(board: CommuneList, tier: str) -> int:
    return board.count(Tier(tier))


@register.filter
def bound_words(bound: Bound) -> str:
    return show_bound(bound.measure, bound.op, bound.value)


@register.filter
def target_words(target: Target) -> str:
    """ "kiểu mẫu năm 2023 (Chuyển đổi số)"."""
    return f"{Tier(target.tier).label} năm {target.year}"


@register.simple_tag
def matrix_cells(row: Row, criteria: Sequence[Criterion], base: str, family: str, query: str) -> SafeString:
    """The cells of one commune. Put together here and not in the template: 3,800 cells of a province's matrix took
    half the page's time there (docs/benchmarks.md). `base` is the commune's address."""
    name, tail = conditional_escape(row.unit.name), conditional_escape(f"/?{query}")
    cells = []
    for criterion, cell in zip(criteria, row.cells, strict=True):
        if cell is None:
            cells.append('<td title="Tiêu chí bổ sung không áp dụng ở xã này"></td>')
            continue
        words = verdict_words(cell.verdict, cell.basis, cell.provisional)
        css = verdict_css(cell.verdict, cell.basis, cell.provisional)
        said = f"{name}, tiêu chí {criterion.number}: {words}, {cell.met}/{cell.total} chỉ tiêu"
        cells.append(
            f'<td><a class="{css}" href="{base}vi-sao/{family}/{criterion.number}{tail}" title="{said}" '
            f'aria-label="{said}">{cell.verdict.letter}</a></td>'
        )
    return mark_safe("".join(cells))  # noqa: S308 - the name and the query are escaped, the rest is ours
