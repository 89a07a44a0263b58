"""What is taken away. Papers are made of the very value object that the screen shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communes.exporters.files import PDF, download
from communes.exporters.pdf import PdfUnavailable
from criteria.rules.vocabulary import Level
from reports.exporters import excel, pdf
from reports.exporters.files import file_name
from reports.queries.matrix import matrix, matrix_by_basis
from reports.queries.units import commune_page, district_page
from reports.viewing import viewing
from reports.views.units import visible_commune


def _made(request: HttpRequest) -> dict[str, Any]:
    return {"made_on": request.today, "is_demo": request.installation.is_demo}  # type: ignore[attr-defined]


def _paper(request: HttpRequest, make: Callable[[], bytes], name: str) -> HttpResponse:
    """A PDF, or where the server lacks the parts for it a page that says so (503)."""
    try:
        content = make()
    except PdfUnavailable as problem:
        return render(request, "reports/no_pdf.html", {"sentence": str(problem)}, status=503)
    return download(content, name, PDF)


@require_safe
def matrix_excel(request: HttpRequest) -> HttpResponse:
    board, singles = matrix_by_basis(viewing(request, all_three=True))
    content = excel.matrix_workbook(board, by_basis=singles, **_made(request))
    return download(content, file_name("matrix", board.viewing, "xlsx"))


@require_safe
def matrix_paper(request: HttpRequest) -> HttpResponse:
    board = matrix(viewing(request, all_three=True))
    return _paper(request, lambda: pdf.matrix_pdf(board, **_made(request)), file_name("matrix", board.viewing, "pdf"))


@require_safe
def commune_excel(request: HttpRequest, code: str) -> HttpResponse:
    unit = visible_commune(request, code)
    page = commune_page(viewing(request, commune=unit, all_three=True), unit, request.standing)  # type: ignore[attr-defined]
    name = file_name("commune", page.viewing, "xlsx", unit=unit)
    return download(excel.commune_workbook(page, **_made(request)), name)


@require_safe
def commune_paper(request: HttpRequest, code: str) -> HttpResponse:
    unit = visible_commune(request, code)
    page = commune_page(viewing(request, commune=unit, all_three=True), unit, request.standing)  # type: ignore[attr-defined]
    name = file_name("commune", page.viewing, "pdf", unit=unit)
    return _paper(request, lambda: pdf.commune_pdf(page, **_made(request)), name)


@require_safe
def district_excel(request: HttpRequest) -> HttpResponse:
    page = district_page(viewing(request, level=Level.DISTRICT, all_three=True))
    name = file_name("district", page.viewing, "xlsx")
    return download(excel.district_workbook(page, **_made(request)), name)


@require_safe
def district_paper(request: HttpRequest) -> HttpResponse:
    page = district_page(viewing(request, level=Level.DISTRICT, all_three=True))
    return _paper(request, lambda: pdf.district_pdf(page, **_made(request)), file_name("district", page.viewing, "pdf"))
