"""A commune, the district, and "Vì sao?" of either."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.roles import Standing
from communes.models import Unit
from communes.policies import may_open_sheet
from communes.queries.judged import communes_of, set_up_bench
from communes.queries.people import leads_of
from communes.queries.sheets import sheet_of
from criteria.queries import survey_contents
from criteria.rules.vocabulary import Level
from reports.queries.units import commune_page, district_page, survey_lines
from reports.queries.why import why
from reports.viewing import Viewing, viewing


def visible_commune(request: HttpRequest, code: str) -> Unit:
    """A commune of the person's districts by code or slug, as valid today. Raises Http404 for any other."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    units = Unit.objects.visible_to(standing).communes().called(code).select_related("parent")
    found = units.valid_on(request.today).first() or units.order_by("-valid_from").first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


@require_safe
def commune_detail(request: HttpRequest, code: str) -> HttpResponse:
    unit = visible_commune(request, code)
    view = viewing(request, commune=unit, all_three=True)
    page = commune_page(view, unit, request.standing)  # type: ignore[attr-defined]
    names = {content.code: content.name for content in survey_contents()}
    context = {
        "view": view,
        "page": page,
        "survey": survey_lines(page.survey, names),
        "missing_title": f"Còn thiếu để đạt bộ tiêu chí {view.book.short_name}",
        **_links(request, unit, view),
    }
    return render(request, "reports/commune.html", context)


@require_safe
def district_detail(request: HttpRequest) -> HttpResponse:
    view = viewing(request, level=Level.DISTRICT, all_three=True)
    page = district_page(view)
    context = {"view": view, "page": page, **_links(request, view.district, view)}
    return render(request, "reports/district.html", context)


@require_safe
def commune_why(request: HttpRequest, code: str, family: str, item: str) -> HttpResponse:
    """The chain of one conclusion: a panel beside the board, or a page of its own without script."""
    unit = visible_commune(request, code)
    view = viewing(request, commune=unit, all_three=True, family=family)
    bench = set_up_bench(view.district, [unit], view.year, view.as_of, bases=view.bases, full=True)
    sheet = sheet_of(bench, unit, family, view.bases, leads_of(view.district, view.as_of))
    return _why_page(request, view, unit, why(sheet, item))


@require_safe
def district_why(request: HttpRequest, family: str, item: str) -> HttpResponse:
    view = viewing(request, level=Level.DISTRICT, all_three=True, family=family)
    communes = communes_of(view.district, view.as_of)
    bench = set_up_bench(view.district, communes, view.year, view.as_of, bases=view.bases, full=True)
    sheet = sheet_of(bench, view.district, family, view.bases, leads_of(view.district, view.as_of))
    return _why_page(request, view, view.district, why(sheet, item))


def _why_page(request: HttpRequest, view: Viewing, unit: Unit, answer: Any) -> HttpResponse:
    part = request.headers.get("HX-Request") == "true"
    template = "reports/_why.html" if part else "reports/why.html"
    response = render(request, template, {"view": view, "unit": unit, "why": answer, **_links(request, unit, view)})
    if part:
        # The board keeps its address: on a boosted link htmx heeds this header, not hx-push-url="false".
        response["HX-Push-Url"] = "false"
    return response


def _links(request: HttpRequest, unit: Unit, view: Viewing) -> dict[str, str]:
    """Where this person may go from here: the entry sheet only for those it is meant for."""
    family, year = view.book.family, view.year
    if not may_open_sheet(request.standing, unit.district_code, unit.code if unit.is_commune else ""):  # type: ignore[attr-defined]
        return {"sheet_url": ""}
    if unit.is_commune:
        return {"sheet_url": reverse("communes:sheet", args=[unit.slug, family, year])}
    return {"sheet_url": reverse("communes:district-sheet", args=[family, year])}
