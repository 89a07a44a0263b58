"""Satisfaction of the people in a commune: read by all who may see its sheet, typed by MTTQ or the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from communes.actions.surveying import save_survey
from communes.forms import LONGEST_VALUE, survey_rows_in
from communes.models import Unit
from communes.policies import Refused, why_not_survey
from communes.queries.stated import surveys_of
from communes.views.cells import person_in
from communes.views.opening import checked_year, open_commune, standing_in, today_in
from criteria.models import SurveyContent
from criteria.queries import survey_contents
from criteria.rules.conditions import satisfied_percent
from criteria.rules.facts import SurveyRow


@dataclass(frozen=True)
class Line:
    """One content as the page shows it: what stands, or what was typed and refused."""

    content: SurveyContent
    row: SurveyRow | None
    sent: str
    returned: str
    satisfied: str
    problem: str = ""

    @property
    def percent(self) -> Decimal | None:
        return satisfied_percent([self.row]) if self.row else None


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, code: str, year: int) -> HttpResponse:
    unit = open_commune(request, code)
    checked_year(year, today_in(request))
    if request.method == "POST":
        return _save(request, unit, year)
    return _page(request, unit, year)


def _stands(request: HttpRequest, unit: Unit, year: int) -> dict[str, SurveyRow]:
    rows = surveys_of([unit.pk], year, today_in(request)).get(unit.pk, ())
    return {row.content: row for row in rows}


def _save(request: HttpRequest, unit: Unit, year: int) -> HttpResponse:
    if refusal := why_not_survey(standing_in(request), unit.district_code):
        raise PermissionDenied(refusal)
    rows, problems = survey_rows_in(request.POST, {c.code: c.name for c in survey_contents()})
    stands = _stands(request, unit, year)
    changed = [row for row in rows if stands.get(row.content) != row]
    if problems:
        return _page(request, unit, year, problems)
    try:
        if changed:
            save_survey(
                by=person_in(request), standing=standing_in(request), unit=unit, year=year, rows=changed,
                on=today_in(request),
            )  # fmt: skip
    except Refused as refusal:
        raise PermissionDenied(str(refusal)) from None
    messages.success(request, f"Đã lưu {len(changed)} nội dung." if changed else "Không có nội dung nào thay đổi.")
    return redirect(reverse("communes:survey", kwargs={"code": unit.slug, "year": year}))


def _page(
    request: HttpRequest, unit: Unit, year: int, problems: Mapping[str, str] | None = None
) -> HttpResponse:
    problems = problems or {}
    posted = request.POST if problems else None
    stands = _stands(request, unit, year)
    context = {
        "unit": unit,
        "year": year,
        "lines": [_line(content, stands.get(content.code), posted, problems) for content in survey_contents()],
        "asked": len(stands),
        "refusal": why_not_survey(standing_in(request), unit.district_code) or "",
        "problems": list(problems.values()),
    }
    return render(request, "communes/survey.html", context, status=422 if problems else 200)


def _line(
    content: SurveyContent, row: SurveyRow | None, posted: Mapping[str, str] | None, problems: Mapping[str, str]
) -> Line:
    if posted is None:
        typed = (str(row.sent), str(row.returned), str(row.satisfied)) if row else ("", "", "")
    else:
        typed = tuple(posted.get(f"{name}-{content.code}", "")[:LONGEST_VALUE] for name in ("phat", "thu", "hai-long"))  # type: ignore[assignment]
    return Line(content, row, *typed, problem=problems.get(content.code, ""))
