"""The page on which the office and the lead departments say which papers a measure needs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.roles import Right
from communes.actions.asking_papers import LONGEST_NAME, ask_for_paper, stop_asking
from communes.address import named_district
from communes.models import RequiredPaper, Unit
from communes.policies import Refused, why_not_ask_for_papers
from communes.queries.documents import asked_in, labels_of, leads_by_measure, names_of
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from communes.views.paper_forms import number_or_none
from criteria.models import Measure
from criteria.queries import BooksInForce, books_in_force
from criteria.rules.vocabulary import Level

LEVELS = ((Level.COMMUNE, "Mục của xã"), (Level.DISTRICT, "Mục của huyện"))


@require_http_methods(["GET", "HEAD", "POST"])
def required_papers(request: HttpRequest) -> HttpResponse:
    district = _open(request)
    if request.method != "POST":
        return _page(request, district)
    act = {"them": _ask, "bo": _stop}.get(request.POST.get("viec", ""))
    if act is None:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    try:
        done = act(request, district)
    except Refused as refusal:
        return _page(request, district, str(refusal))
    messages.success(request, done)
    return redirect(reverse("communes:required-papers"))


def _open(request: HttpRequest) -> Unit:
    """The district of those whose work it is; the desk of nobody else."""
    district = named_district(request)
    if district is None or not standing_in(request).can_in(Right.ASK_FOR_PAPERS, district.code):
        raise PermissionDenied("Chỉ Văn phòng Điều phối NTM huyện và cơ quan chủ trì quy định minh chứng phải có.")
    return district


def _page(request: HttpRequest, district: Unit, problem: str = "") -> HttpResponse:
    standing, today = standing_in(request), today_in(request)
    books = books_in_force(today, year=today.year)
    rows = asked_in(district, today)
    labels = {level: labels_of(books, level) for level, _ in LEVELS}
    codes = {code for level in labels.values() for code in level} | {row.measure.code for row in rows}
    leads = leads_by_measure(district, codes, today)

    def refusal(code: str) -> str:
        return why_not_ask_for_papers(standing, district.code, leads[code]) or ""

    context = {
        "district": district, "problem": problem, "longest": LONGEST_NAME,
        "lines": [_line(row, labels, refusal(row.measure.code)) for row in rows],
        "choices": _choices(books, labels, refusal),
        "chosen": request.POST.get("muc", request.GET.get("muc", ""))[:80],
        "typed": request.POST.get("ten", "")[:LONGEST_NAME] if problem else "",
    }  # fmt: skip
    return render(request, "communes/required_papers.html", context, status=422 if problem else 200)


def _line(row: RequiredPaper, labels: dict[Level, dict[str, str]], refusal: str) -> dict[str, Any]:
    level = Level(row.measure.level)
    return {
        "row": row, "level": dict(LEVELS)[level], "label": labels[level].get(row.measure.code, ""), "refusal": refusal,
        "answers": row.answers or 0,  # type: ignore[attr-defined]
    }  # fmt: skip


def _choices(books: BooksInForce, labels: dict[Level, dict[str, str]], refusal: Any) -> list[dict[str, Any]]:
    """Measures that this person may ask papers for, by level."""
    groups = []
    for level, title in LEVELS:
        names = names_of(books, level)
        options = [(code, f"{labels[level][code]} {name}") for code, name in names.items() if not refusal(code)]
        if options:
            groups.append({"title": title, "options": options})
    return groups


def _ask(request: HttpRequest, district: Unit) -> str:
    today = today_in(request)
    measure = Measure.objects.filter(code=request.POST.get("muc", "")[:80]).first()
    if measure is None:
        raise Refused("Chọn mục trong danh sách.")
    lead = leads_by_measure(district, [measure.code], today)[measure.code]
    row = ask_for_paper(
        by=person_in(request), standing=standing_in(request), district=district, measure=measure, lead=lead,
        name=request.POST.get("ten", "")[:2000], on=today,
    )  # fmt: skip
    return f"Từ nay mục “{measure.name}” phải có “{row.name}”."


def _stop(request: HttpRequest, district: Unit) -> str:
    today = today_in(request)
    rows = RequiredPaper.objects.in_force(today).filter(district=district).select_related("measure")
    row = get_object_or_404(rows, pk=number_or_none(request.POST.get("tai-lieu", "")))
    lead = leads_by_measure(district, [row.measure.code], today)[row.measure.code]
    stop_asking(by=person_in(request), standing=standing_in(request), paper=row, lead=lead, on=today)
    return f"Đã bỏ “{row.name}” khỏi danh mục."
