"""Documents by themselves: the list of a unit, and the page of one with everything that rests on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.roles import Right
from communes.actions.evidence import Beside, attach, bring_in_for_district, correct, renew
from communes.models import Evidence, EvidenceFile, Unit
from communes.policies import Refused, why_not_bring_in
from communes.queries.documents import documents_of, item_beside, labels_of, listed, names_of, resting_on
from communes.queries.evidence import paper_states
from communes.views.cells import person_in
from communes.views.document_page import may_spread_to, page_of
from communes.views.evidence_panel import ACCEPT, open_measure, panel_address
from communes.views.opening import checked_year, open_commune, open_district, standing_in, today_in
from communes.views.paper_forms import (
    PaperProblem,
    Problems,
    TypedPaper,
    details_of,
    files_in,
    number_or_none,
    refusal_status,
    titled,
    typed_paper,
    uploads_in,
)
from criteria.queries import books_in_force
from criteria.rules.vocabulary import Level

A_PAGE = 40


@require_http_methods(["GET", "HEAD"])
def documents(request: HttpRequest, code: str) -> HttpResponse:
    return _documents(request, open_commune(request, code))


@require_http_methods(["GET", "HEAD", "POST"])
def district_documents(request: HttpRequest) -> HttpResponse:
    district = open_district(request)
    if request.method != "POST":
        return _documents(request, district)
    typed, problems = typed_paper(request.POST), Problems()
    done = _bring_in(request, district, typed, problems)
    for sentence in done:
        messages.success(request, sentence)
    if not problems:
        return redirect(reverse("communes:district-documents"))
    return _documents(request, district, typed, problems)


def _bring_in(request: HttpRequest, district: Unit, typed: TypedPaper, problems: Problems) -> list[str]:
    files, oversize = files_in(request)
    problems += oversize
    done = []
    who = {"by": person_in(request), "standing": standing_in(request), "on": today_in(request), "district": district}
    try:
        details = details_of(typed)
        if not files and not oversize:
            row = bring_in_for_district(**who, details=titled(details, details.link, one_of_many=False), upload=None)
            done.append(f"Đã đưa lên “{row.title}”.")
        for upload in uploads_in(files, problems):
            own = titled(details, upload.checked.name, one_of_many=len(files) > 1)
            done.append(f"Đã đưa lên “{bring_in_for_district(**who, details=own, upload=upload).title}”.")
    except (PaperProblem, Refused) as problem:
        problems.add(problem)
    return done


def _documents(
    request: HttpRequest, unit: Unit, typed: TypedPaper | None = None, problems: Problems | None = None
) -> HttpResponse:
    standing, today = standing_in(request), today_in(request)
    wanted = request.GET.get("q", "")[:100]
    rows = listed(documents_of(unit, standing, today), wanted, standing, today)
    year = _year(request)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "unit": unit, "page": page, "total": len(rows), "wanted": wanted, "year": year, "accept": ACCEPT,
        "most_mb": settings.NTM_EVIDENCE_MB,
        "query": urlencode({"q": wanted}) if wanted else "",
        "missing": _missing(request, unit, year), "typed": typed or TypedPaper(), "problems": problems or [],
        "bring_in_refusal": why_not_bring_in(standing, unit.code) or "",
        "may_ask": standing.can_in(Right.ASK_FOR_PAPERS, unit.district_code),
    }  # fmt: skip
    return render(request, "communes/documents.html", context, status=problems.status if problems else 200)


def _year(request: HttpRequest) -> int:
    text, today = request.GET.get("nam", ""), today_in(request)
    if not text:
        return today.year
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise BadRequest("Năm không hợp lệ.")
    return checked_year(int(text), today)


def _missing(request: HttpRequest, unit: Unit, year: int) -> list[dict[str, Any]]:
    """What a unit's figures of a year still lack of the papers asked for, in the order of the set."""
    today, level = today_in(request), Level(unit.level)
    books = books_in_force(today, year=year)
    labels, names = labels_of(books, level), names_of(books, level)
    states = paper_states(unit, year, labels, today, seen_by=standing_in(request))
    return [
        {"label": labels[code], "name": names[code], "missing": state.missing, "expired": state.expired,
         "count": state.count, "url": panel_address(unit, code, year)}
        for code, state in states.items() if state.missing or state.expired
    ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, evidence: int) -> HttpResponse:
    rows = Evidence.objects.visible_to(standing_in(request), today_in(request)).select_related("unit__parent", "by")
    row = get_object_or_404(rows, pk=evidence)
    if request.method != "POST":
        return _document(request, row)
    act = ACTS.get(request.POST.get("viec", ""))
    if act is None:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    try:
        done = act(request, row)
    except (PaperProblem, Refused) as problem:
        return _document(request, row, str(problem), refusal_status(problem))
    messages.success(request, done)
    return redirect(reverse("communes:document", kwargs={"evidence": row.pk}))


def _document(request: HttpRequest, row: Evidence, problem: str = "", status: int = 200) -> HttpResponse:
    page = page_of(row, standing_in(request), today_in(request), request.GET.dict())
    typed = typed_paper(request.POST) if problem and request.POST.get("viec") == "sua" else page.typed
    context = {
        "page": page, "document": row, "typed": typed, "problem": problem, "accept": ACCEPT,
        "most_mb": settings.NTM_EVIDENCE_MB,
    }  # fmt: skip
    return render(request, "communes/document.html", context, status=status)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": person_in(request), "standing": standing_in(request), "on": today_in(request)}


def _correct(request: HttpRequest, row: Evidence) -> str:
    typed = typed_paper(request.POST)
    details = details_of(typed)
    if not details.title:
        raise PaperProblem("Ghi trích yếu của văn bản.")
    correct(**_who(request), document=row, items=resting_on(row, today_in(request)), details=details)
    return "Đã sửa thông tin văn bản."


def _renew(request: HttpRequest, row: Evidence) -> str:
    files, problems = files_in(request)
    for upload in uploads_in(files[:1], problems):
        file: EvidenceFile = renew(
            **_who(request), document=row, items=resting_on(row, today_in(request)), upload=upload
        )
        return f"Đã thay bằng “{file.name}”; tệp cũ vẫn xem lại được."
    raise PaperProblem(problems[0] if problems else "Chọn tệp mới.")


def _spread(request: HttpRequest, row: Evidence) -> str:
    """Lay it beside one more figure: unit, measure and year as chosen."""
    standing, today = standing_in(request), today_in(request)
    chosen = request.POST.get("don-vi", "")
    unit = next((one for one in may_spread_to(row, standing, today) if one.code == chosen), None)
    if unit is None:
        raise PaperProblem("Chọn đơn vị được dùng văn bản này.")
    year = checked_year(number_or_none(request.POST.get("nam", "")) or today.year, today)
    try:
        measure, label = open_measure(unit, year, request.POST.get("muc", ""), today)
    except Http404:
        raise PaperProblem("Chọn một mục của đúng cấp đơn vị đó.") from None
    item, _ = item_beside(unit, measure.code, year, today)
    attach(**_who(request), beside=Beside(item, unit, measure, year), document=row)
    return f"Đã đính kèm cho {unit.full_name}, mục {label} năm {year}."


ACTS: dict[str, Callable[[HttpRequest, Evidence], str]] = {"sua": _correct, "thay": _renew, "gan": _spread}
