"""PDF papers: the matrix (A3), a commune, the district (A4 with an annex across).

`communes.exporters.pdf` draws them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.template.loader import render_to_string

from communes.exporters.pdf import COUNTRY, DEMO_MARK, MOTTO, day_in_words, draw
from communes.models import Recognition
from criteria.rules.numbers import clean_text
from criteria.rules.vocabulary import Basis, Tier, Verdict
from reports.exporters.documents import (
    LEGEND_FORMS,
    PROVISIONAL_NOTE,
    Document,
    commune_document,
    district_document,
    matrix_document,
    result_columns,
)
from reports.exporters.lines import (
    APPRAISAL_COLUMN,
    Line,
    condition_lines,
    criterion_lines,
    cut,
    open_blocks,
    open_conditions,
)
from reports.queries.matrix import Matrix
from reports.queries.units import CommunePage, DistrictPage

# A remark longer than this would take more than a page of its own; the whole text is in the workbook.
LONGEST_REMARK = 1200
# One rung of the ladder: name of the set and, by basis, verdict, provisional, criteria met, criteria in all.
Rungs = list[tuple[str, list[tuple[Basis, Verdict, bool, int, int]]]]


def matrix_pdf(matrix: Matrix, *, made_on: date, is_demo: bool, made_by: str = "") -> bytes:
    """Communes × criteria on A3 across. Raises PdfUnavailable."""
    document = matrix_document(matrix, made_on=made_on, is_demo=is_demo, made_by=made_by)
    return render("reports/pdf/matrix.html", document, _matrix_context(matrix))


def commune_pdf(page: CommunePage, *, made_on: date, is_demo: bool, made_by: str = "") -> bytes:
    """The report of a commune with its official table as annex. Raises PdfUnavailable."""
    document = commune_document(page, made_on=made_on, is_demo=is_demo, made_by=made_by)
    ladder = [
        (rung.book.short_name, [(b, *rung.verdicts[b], rung.met[b], rung.total) for b in page.viewing.bases])
        for rung in page.rungs
    ]
    held = [*page.recognitions, *page.older]
    return render("reports/pdf/unit.html", document, _unit_context(document, page, ladder, held))


def district_pdf(page: DistrictPage, *, made_on: date, is_demo: bool, made_by: str = "") -> bytes:
    """The report of the district with its official table as annex. Raises PdfUnavailable."""
    document = district_document(page, made_on=made_on, is_demo=is_demo, made_by=made_by)
    ladder = _district_ladder(page)
    context = _unit_context(document, page, ladder, page.recognitions)
    return render("reports/pdf/unit.html", document, context)


def _matrix_context(matrix: Matrix) -> dict[str, Any]:
    numbers = iter(range(1, len(matrix.rows) + 1))
    groups = [
        (group, [
            (next(numbers), clean_text(row.unit.name), row, [(b, row.totals[b], row.verdicts[b]) for b in matrix.bases])
            for row in group.rows
        ])
        for group in matrix.groups
    ]  # fmt: skip
    bottom = [] if matrix.conditions_only else [
        (basis, matrix.column_totals[basis], matrix.averages[basis]) for basis in matrix.bases
    ]  # fmt: skip
    columns = 2 + len(matrix.criteria) + len(matrix.bases)
    return {"matrix": matrix, "groups": groups, "bottom": bottom, "columns": columns}


def _district_ladder(page: DistrictPage) -> Rungs:
    first = page.findings[page.viewing.strongest]
    return [
        (found.book.short_name, [_rung(page, family, basis) for basis in page.viewing.bases])
        for family, found in first.sets.items()
    ]


def _rung(page: DistrictPage, family: str, basis: Basis) -> tuple[Basis, Verdict, bool, int, int]:
    found = page.findings[basis].set(family)
    return basis, found.verdict, found.provisional, found.met_criteria, len(found.criteria)


def _unit_context(
    document: Document, page: CommunePage | DistrictPage, ladder: Rungs, held: Sequence[Recognition]
) -> dict[str, Any]:
    sheet, strongest = page.sheet, document.viewing.strongest
    return {
        "headline": clean_text(page.headline),
        "bases": sheet.bases,
        "strongest": strongest,
        "ladder": ladder,
        "recognitions": [{"text": _recognition(row)} for row in held],
        "open_blocks": [
            (f"Tiêu chí {block.criterion.number}: {clean_text(block.criterion.name)}", mark)
            for block, mark in open_blocks(sheet, strongest)
        ],
        "open_conditions": [(clean_text(row.condition.text), mark) for row, mark in open_conditions(sheet, strongest)],
        "criteria": _rows(criterion_lines(sheet, page.appraisals), sheet.bases),
        "conditions": _rows(condition_lines(sheet, page.appraisals), sheet.bases),
        "totals": [f"{sheet.met(basis)}/{len(sheet.blocks)}" for basis in sheet.bases],
        "result_heads": result_columns(document),
        "appraisal_head": APPRAISAL_COLUMN if page.appraisals else "",
        "issuer": f"Ủy ban nhân dân {clean_text(document.unit.full_name)}",
        "day_in_words": day_in_words(document.day),
    }


def _rows(lines: Sequence[Line], bases: Sequence[Basis]) -> list[tuple[Line, list[tuple[Basis, Any]], str]]:
    return [
        (line, [(basis, line.marks[basis]) for basis in bases], cut(line.remark, LONGEST_REMARK)) for line in lines
    ]


def _recognition(row: Recognition) -> str:
    said = f"{Tier(row.tier).label.capitalize()} (năm {row.year}): {row.decision} ngày {row.decided_on:%d/%m/%Y}"
    period = re.search(r"(\d{4}-\d{4})$", row.family)
    said += f" (bộ tiêu chí giai đoạn {period[1]})" if period else ""
    return clean_text(said + (" – số liệu minh họa" if row.is_illustrative else ""))


def render(template: str, document: Document, context: Mapping[str, Any]) -> bytes:
    """A tagged PDF with embedded fonts; title, author and language set. Raises PdfUnavailable."""
    html = render_to_string(
        template,
        {
            **context,
            "document": document,
            "country": COUNTRY,
            "motto": MOTTO,
            "demo_mark": DEMO_MARK,
            "provisional_note": PROVISIONAL_NOTE,
            "legend_forms": [(b, *said) for b, said in zip(reversed(Basis), LEGEND_FORMS, strict=True)],
        },
    )
    return draw(html)
