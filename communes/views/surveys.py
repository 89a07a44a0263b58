"""Satisfaction of the people in a commune: read by all who may see its sheet, typed by MTTQ or the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from communes.actions.locking import hold_units
from communes.actions.surveying import save_survey
from communes.forms import LONGEST_VALUE, papers_fingerprint, survey_rows_in
from communes.models import Unit
from communes.policies import Refused, why_not_survey
from communes.queries.rounds import year_lock
from communes.queries.stated import surveys_of
from communes.views.cells import person_in
from communes.views.opening import checked_year, open_commune, standing_in, today_in
from criteria.models import SurveyContent
from criteria.queries import survey_contents
from criteria.rules.conditions import satisfied_percent
from criteria.rules.facts import SurveyRow


@dataclass(frozen=True)
class Line:
    """One content as the page shows it: what stands, or what was typed and refused. `seen` is the fingerprint of the
    standing row that the person has before their eyes."""

    content: SurveyContent
    row: SurveyRow | None
    sent: str
    returned: str
    satisfied: str
    seen: str
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
    names = {content.code: content.name for content in survey_contents()}
    rows, problems = survey_rows_in(request.POST, names)
    if problems:
        return _page(request, unit, year, problems)
    try:
        with transaction.atomic():
            _lock(unit)
            stands = _stands(request, unit, year)
            changed = [row for row in rows if stands.get(row.content) != row]
            if moved := _moved(request, changed, stands, names):
                return _page(request, unit, year, moved, status=409)
            if changed:
                save_survey(
                    by=person_in(request), standing=standing_in(request), unit=unit, year=year, rows=changed,
                    on=today_in(request),
                )  # fmt: skip
    except Refused as refusal:
        raise PermissionDenied(str(refusal)) from None
    messages.success(request, f"Đã lưu {len(changed)} nội dung." if changed else "Không có nội dung nào thay đổi.")
    return redirect(reverse("communes:survey", kwargs={"code": unit.slug, "year": year}))


def _lock(unit: Unit) -> None:
    """Two saves of one commune's survey go one after the other, so that none compares with what is just replaced."""
    hold_units([unit.code])


def _moved(
    request: HttpRequest, changed: Sequence[SurveyRow], stands: Mapping[str, SurveyRow], names: Mapping[str, str]
) -> dict[str, str]:
    """Contents whose standing row is no longer the one the page showed, each with both values."""
    return {
        row.content: f"{names[row.content]}: người khác vừa lưu {_said(stands.get(row.content))}; "
        f"anh/chị nhập {_said(row)}. Xem lại rồi lưu lần nữa để thay."
        for row in changed
        if request.POST.get(f"o-{row.content}", "") != papers_fingerprint(stands.get(row.content))
    }


def _said(row: SurveyRow | None) -> str:
    if row is None:
        return "dòng trống"
    return f"{row.sent} phát ra, {row.returned} thu về, {row.satisfied} hài lòng"


def _page(
    request: HttpRequest, unit: Unit, year: int, problems: Mapping[str, str] | None = None, status: int = 422
) -> HttpResponse:
    """The survey; with `problems` (by content) the rows as they were typed, in a page of that status."""
    problems = problems or {}
    stands = _stands(request, unit, year)
    lines = [_line(content, stands.get(content.code)) for content in survey_contents()]
    if problems:
        # Only a conflict shows the other's value: elsewhere a row keeps the fingerprint of what its owner has seen.
        told = set(problems) if status == 409 else set()
        lines = [_as_typed(line, request.POST, problems, told) for line in lines]
    context = {
        "unit": unit,
        "year": year,
        "lines": lines,
        "asked": len(stands),
        "refusal": why_not_survey(standing_in(request), unit.district_code) or year_lock(unit.district_code, year),
        "problems": list(problems.values()),
    }
    return render(request, "communes/survey.html", context, status=status if problems else 200)


def _line(content: SurveyContent, row: SurveyRow | None) -> Line:
    typed = (str(row.sent), str(row.returned), str(row.satisfied)) if row else ("", "", "")
    return Line(content, row, *typed, seen=papers_fingerprint(row))


def _as_typed(line: Line, posted: Mapping[str, str], problems: Mapping[str, str], told: set[str]) -> Line:
    """The line of a refused page: what was typed in it; a row that nobody touched shows what stands by now."""
    code = line.content.code
    typed = [posted.get(f"{name}-{code}", "")[:LONGEST_VALUE] for name in ("phat", "thu", "hai-long")]
    seen = posted.get(f"o-{code}", "")[:LONGEST_VALUE]
    if "/".join(typed) == seen or not (any(typed) or seen):
        return line
    sent, returned, satisfied = typed
    return replace(
        line, sent=sent, returned=returned, satisfied=satisfied, seen=line.seen if code in told else seen,
        problem=problems.get(code, ""),
    )  # fmt: skip
