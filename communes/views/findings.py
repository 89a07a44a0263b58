"""`/khac-phuc/`: what inspections found to be mended, until it is closed: list, add, done, close, open again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Department, Person
from accounts.roles import Right
from communes.actions.mending import Found, close_finding, finish_finding, record_finding, reopen_finding
from communes.address import named_district
from communes.exporters.files import download
from communes.exporters.findings import findings_workbook
from communes.models import Finding, Posting, Unit
from communes.policies import Refused, may_open_sheet, why_not_record_finding
from communes.queries.desks import desk_name
from communes.queries.discussion import FindingRow, findings_for
from communes.queries.judged import communes_of
from communes.queries.people import Leads, leads_of
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from communes.views.reviewing import LARGEST_ID
from criteria.models import Measure
from criteria.queries import books_in_force
from criteria.rules.days import DayProblem, parse_day
from criteria.rules.numbers import clean_text

PER_PAGE = 50
STATES: dict[str, tuple[str, Callable[[FindingRow], bool]]] = {
    "": ("Đang mở", lambda row: not row.is_closed),
    "tre": ("Trễ hạn", lambda row: row.is_late),
    "cho-dong": ("Chờ đóng", lambda row: row.is_done),
    "cua-toi": ("Của tôi", lambda row: row.is_mine and not row.is_closed),
    "da-dong": ("Đã đóng", lambda row: row.is_closed),
    "tat-ca": ("Tất cả", lambda row: True),
}


@dataclass(frozen=True)
class Typed:
    """The fields of a new finding as they were typed."""

    unit: str = ""
    measure: str = ""
    text: str = ""
    found_by: str = ""
    document: str = ""
    owner: str = ""
    department: str = ""
    due: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Adding:
    """What the form of a new finding offers: units, measures that this person may name, people, departments."""

    district: Unit
    units: list[Unit]
    measures: list[tuple[str, str, str]]
    people: list[tuple[int, str, str]]
    departments: list[Department]
    leads: Leads
    may_name_none: bool
    typed: Typed = field(default_factory=Typed)


@require_http_methods(["GET", "HEAD", "POST"])
def findings(request: HttpRequest) -> HttpResponse:
    if not standing_in(request).seats:
        raise Http404
    adding = _adding(request)
    if request.method == "POST":
        return _record(request, adding)
    return _page(request, adding)


def _page(request: HttpRequest, adding: Adding | None, status: int = 200) -> HttpResponse:
    every, chosen = findings_for(standing_in(request), today_in(request)), _chosen_in(request)
    rows = _fitting(every, chosen)
    query = urlencode({name: value for name, value in chosen.items() if value})
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("trang", "1")[:9]),
        "title": _title(every),
        "chips": _chips(every, chosen),
        "units": list({row.unit.slug: row.unit for row in every}.values()),
        "chosen": chosen,
        "query": query,
        "adding": adding,
        "today": today_in(request),
    }
    return render(request, "communes/findings.html", context, status=status)


def _chosen_in(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:80] for name in ("loc", "xa")}


def _fitting(every: list[FindingRow], chosen: Mapping[str, str]) -> list[FindingRow]:
    test = STATES.get(chosen["loc"], STATES[""])[1]
    return [row for row in every if test(row) and chosen["xa"] in ("", row.unit.slug)]


@require_safe
def findings_excel(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered on the page, as a workbook."""
    if not standing_in(request).seats:
        raise Http404
    today, chosen = today_in(request), _chosen_in(request)
    rows = _fitting(findings_for(standing_in(request), today), chosen)
    label = STATES.get(chosen["loc"], STATES[""])[0].lower()
    return download(findings_workbook(rows, label, today), f"Nội dung cần khắc phục {today:%d-%m-%Y}.xlsx")


def _title(every: list[FindingRow]) -> str:
    open_ones = sum(not row.is_closed for row in every)
    late = sum(row.is_late for row in every)
    if not every:
        return "Chưa có nội dung nào cần khắc phục"
    if not open_ones:
        return "Mọi nội dung cần khắc phục đã đóng"
    return f"{open_ones} nội dung cần khắc phục" + (f", {late} trễ hạn" if late else "")


def _chips(every: list[FindingRow], chosen: Mapping[str, str]) -> list[dict[str, object]]:
    chips = []
    for key, (label, test) in STATES.items():
        query = urlencode({name: value for name, value in {**chosen, "loc": key}.items() if value})
        count = sum(test(row) and chosen["xa"] in ("", row.unit.slug) for row in every)
        current = chosen["loc"] == key
        if count or current or key == "":
            chips.append({"label": label, "count": count, "url": f"?{query}", "current": current, "icon": ""})
    return chips


# ---------- a new one ----------


def _adding(request: HttpRequest) -> Adding | None:
    """What may be recorded by this person; None for those whose business it is not. Seven queries."""
    standing, today = standing_in(request), today_in(request)
    district = named_district(request)
    if district is None or not standing.can_in(Right.RECORD_FINDINGS, district.code):
        return None
    leads = leads_of(district, today)
    seats = Posting.objects.held_on(today).filter(Q(unit=district) | Q(unit__parent=district), person__is_active=True)
    people: dict[int, tuple[int, str, str]] = {}
    for seat in seats.select_related("person", "unit", "department").order_by("person__full_name"):
        people.setdefault(seat.person_id, (seat.person_id, seat.person.full_name, desk_name(seat)))
    measures: dict[str, tuple[str, str, str]] = {}
    for book in books_in_force(today, year=today.year):
        for item, part in book.parts:
            code = part.measure.code
            if why_not_record_finding(standing, district.code, leads.of(code).code) is None:
                number = item if item in book.indicators else "ĐK"
                measures.setdefault(code, (code, f"{number} {part.measure.name}", book.short_name))
    return Adding(
        district, [district, *communes_of(district, today)], list(measures.values()), list(people.values()),
        list(Department.objects.filter(district_code=district.code)), leads,
        why_not_record_finding(standing, district.code, None) is None,
    )  # fmt: skip


def _record(request: HttpRequest, adding: Adding | None) -> HttpResponse:
    if adding is None:
        raise PermissionDenied("Chỉ Văn phòng Điều phối NTM huyện và cơ quan chủ trì ghi nội dung cần khắc phục.")
    typed, today = _typed(request), today_in(request)
    try:
        found = _found(adding, typed, today)
        lead = adding.leads.of(found.measure.code).code if found.measure else None
        record_finding(
            by=person_in(request), standing=standing_in(request), found=found, lead=lead, url=_url(), on=today
        )
    except Refused as problem:
        again = Adding(**{**adding.__dict__, "typed": Typed(**{**typed.__dict__, "problem": str(problem)})})
        return _page(request, again, 422)
    messages.success(request, f"Đã ghi nội dung cần khắc phục của {found.unit.full_name}, hạn {found.due_on:%d/%m/%Y}.")
    return redirect(_url())


def _typed(request: HttpRequest) -> Typed:
    def text(name: str, longest: int = 300) -> str:
        return clean_text(request.POST.get(name, "")).strip()[:longest]

    return Typed(
        text("don-vi"), text("so-do"), text("noi-dung", 2001), text("noi-neu", 200), text("van-ban"),
        text("nguoi"), text("phong"), text("han"),
    )  # fmt: skip


def _found(adding: Adding, typed: Typed, today: date) -> Found:
    """Raises Refused with the sentence for what cannot be read."""
    unit = next((unit for unit in adding.units if unit.slug == typed.unit), None)
    if unit is None:
        raise Refused("Chọn đơn vị phải khắc phục.")
    measure = Measure.objects.filter(code=typed.measure).first() if typed.measure else None
    if typed.measure and (measure is None or measure.level != unit.level):
        raise Refused("Số đo đã chọn không thuộc cấp của đơn vị này.")
    try:
        due = parse_day(typed.due)
    except DayProblem as problem:
        raise Refused(f"Hạn khắc phục: {problem}") from None
    owner = _named(typed.owner, {pk for pk, _, _ in adding.people}, "Người phụ trách không thuộc huyện này.")
    department = _named(typed.department, {row.pk for row in adding.departments}, "Cơ quan không thuộc huyện này.")
    return Found(
        unit, today.year, typed.text, due, measure, typed.found_by, typed.document,
        Person.objects.get(pk=owner) if owner else None,
        Department.objects.get(pk=department) if department else None,
    )  # fmt: skip


def _named(text: str, allowed: set[int], problem: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) in allowed):
        raise Refused(problem)
    return int(text)


# ---------- one that is there ----------


@require_POST
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """`viec`: xong (with a note), dong, mo-lai (with a reason)."""
    row = _open(request, pk)
    who = {"by": person_in(request), "standing": standing_in(request), "url": _url(), "on": today_in(request)}
    text = request.POST.get("noi-dung", "")
    act = request.POST.get("viec", "")
    try:
        if act == "xong":
            finish_finding(finding=row, note=text, **who)
        elif act == "dong":
            close_finding(finding=row, **who)
        elif act == "mo-lai":
            reopen_finding(finding=row, reason=text, **who)
        else:
            raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _SAID[act])
    kept = {name: value[:80] for name in ("loc", "xa") if (value := request.GET.get(name, ""))}
    return redirect(f"{_url()}?{urlencode(kept)}" if kept else _url())


_SAID = {
    "xong": "Đã báo khắc phục; người nêu sẽ kiểm tra và đóng.",
    "dong": "Đã đóng nội dung cần khắc phục.",
    "mo-lai": "Đã mở lại nội dung cần khắc phục.",
}


def _open(request: HttpRequest, pk: int) -> Finding:
    rows = Finding.objects.select_related("unit__parent")
    row = rows.filter(pk=pk).first() if 0 < pk <= LARGEST_ID else None
    if row is None:
        raise Http404
    if not may_open_sheet(standing_in(request), row.unit.district_code, row.unit.code if row.unit.is_commune else ""):
        raise Http404
    return row


def _url() -> str:
    return reverse("communes:findings")
