"""/ky-bao-cao/: the rounds of a district, one round unit by unit, and the acts of the office on them.

Officers of a commune see their own line and confirm what did not change; the office acts; everybody else reads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Right
from communes.actions.rounds import (
    NewRound,
    close_round,
    confirm_unchanged,
    extend,
    open_round,
    remind,
    set_practice,
    unlock_round,
)
from communes.address import home_district
from communes.exporters.files import download
from communes.exporters.rounds import round_workbook
from communes.models import Round, Unit
from communes.policies import Refused, may_open_sheet, why_not_run_rounds
from communes.queries.round_board import RoundBoard, confirm_page, round_board, rounds_in_short, units_seen
from communes.queries.rounds import needs_sign_off
from communes.queries.snapshots import still_open
from communes.rules.rounds import RoundKind, proposal, proposals
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from criteria.address import FIRST_YEAR
from criteria.rules.days import DayProblem, parse_day

LONGEST_REASON = 1000


def round_in(request: HttpRequest, pk: int) -> Round:
    """A round of a district whose boards this person reads; 404 for any other."""
    standing = standing_in(request)
    districts = Unit.objects.visible_to(standing).districts()
    row = Round.objects.filter(pk=pk, district__in=districts).select_related("district", "by").first()
    if row is None:
        raise Http404
    return row


def unit_in(request: HttpRequest, row: Round, code: str) -> Unit:
    """A unit of the round's district whose working papers concern this person; 404 for any other."""
    rows = Unit.objects.filter(pk=row.district_id) | Unit.objects.filter(parent=row.district_id)
    unit = rows.called(code[:80]).select_related("parent").first()
    standing = standing_in(request)
    if unit is None or not may_open_sheet(standing, row.district.code, unit.code if unit.is_commune else ""):
        raise Http404
    return unit


def _office_only(request: HttpRequest, district: Unit) -> None:
    if refusal := why_not_run_rounds(standing_in(request), district.code):
        raise PermissionDenied(refusal)


# ---------- the list ----------


@require_http_methods(["GET", "HEAD", "POST"])
def rounds(request: HttpRequest) -> HttpResponse:
    district = home_district(request)
    if request.method == "POST":
        _office_only(request, district)
        act = _open if request.POST.get("viec") == "mo" else _practice
        return act(request, district)
    return _list_page(request, district)


def _open(request: HttpRequest, district: Unit) -> HttpResponse:
    try:
        row = open_round(
            by=person_in(request), standing=standing_in(request), district=district, new=_new_round(request),
            on=today_in(request),
        )  # fmt: skip
    except Refused as refusal:
        return _list_page(request, district, str(refusal))
    messages.success(request, f"Đã mở kỳ “{row}” và báo cho các đơn vị.")
    return redirect("communes:round", pk=row.pk)


def _new_round(request: HttpRequest) -> NewRound:
    """The round of the form. Raises Refused with the sentence of what is wrong."""
    kind, _, rest = request.POST.get("ky", "").partition("-")
    number, _, year = rest.partition("-")
    digits = number + year
    if kind not in {one.value for one in RoundKind} or not (digits.isascii() and number.isdigit() and year.isdigit()):
        raise Refused("Chọn kỳ cần mở.")
    if len(digits) > 6 or not FIRST_YEAR <= int(year) <= today_in(request).year + 1:
        raise Refused(f"Năm của kỳ phải từ {FIRST_YEAR} đến {today_in(request).year + 1}.")
    wanted = RoundKind(kind)
    if not 1 <= int(number) <= wanted.per_year:
        raise Refused("Chọn kỳ cần mở.")
    usual = proposal(wanted, int(number), int(year))
    opens_on = _day(request, "tu-ngay", "Ngày mở kỳ", usual.opens_on)
    return NewRound(wanted, usual.number, usual.year, opens_on, _day(request, "han", "Hạn gửi", usual.due_on))


def _day(request: HttpRequest, field: str, named: str, usual: date | None = None) -> date:
    """The day typed; left empty the usual one. Raises Refused."""
    text, last = request.POST.get(field, "").strip(), today_in(request).year + 2
    if not text and usual is not None:
        return usual
    try:
        day = parse_day(text)
    except DayProblem as problem:
        raise Refused(f"{named}: {problem}") from None
    if not FIRST_YEAR <= day.year <= last:
        raise Refused(f"{named} phải nằm trong các năm {FIRST_YEAR}-{last}.")
    return day


def _practice(request: HttpRequest, district: Unit) -> HttpResponse:
    wanted = "ky-duyet" in request.POST
    set_practice(
        by=person_in(request), standing=standing_in(request), district=district, needs_sign_off=wanted,
        on=today_in(request),
    )  # fmt: skip
    messages.success(request, "Đã lưu cách làm việc của huyện.")
    return redirect("communes:rounds")


def _list_page(request: HttpRequest, district: Unit, problem: str = "") -> HttpResponse:
    standing, today = standing_in(request), today_in(request)
    shorts = rounds_in_short(district, standing, today)
    taken = [(RoundKind(short.round.kind), short.round.number, short.round.year) for short in shorts]
    offered = proposals(today, taken)
    own = [unit for unit in units_seen(standing, district, today) if unit.is_commune]
    context = {
        "district": district,
        "rounds": shorts,
        "refusal": why_not_run_rounds(standing, district.code) or "",
        "proposals": offered,
        "chosen": request.POST.get("ky", offered[1].key),
        "problem": problem,
        "typed": {"from": request.POST.get("tu-ngay", ""), "due": request.POST.get("han", "")},
        "needs_sign_off": needs_sign_off(district),
        "one_unit": own[0] if len(own) == 1 and shorts and shorts[0].total == 1 else None,
    }
    return render(request, "communes/rounds.html", context, status=422 if problem else 200)


# ---------- one round ----------


@require_http_methods(["GET", "HEAD", "POST"])
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = round_in(request, pk)
    if request.method != "POST":
        return _round_page(request, row)
    _office_only(request, row.district)
    acts: dict[str, Callable[[HttpRequest, Round], str]] = {
        "nhac": _remind, "gia-han": _extend, "mo-khoa": _unlock,
    }  # fmt: skip
    act = acts.get(request.POST.get("viec", ""))
    if act is None:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    try:
        said = act(request, row)
    except Refused as refusal:
        return _round_page(request, row, str(refusal))
    messages.success(request, said)
    return redirect("communes:round", pk=row.pk)


def _asked_by(request: HttpRequest) -> dict[str, Any]:
    return {"by": person_in(request), "standing": standing_in(request), "on": today_in(request)}


def _remind(request: HttpRequest, row: Round) -> str:
    code = request.POST.get("don-vi", "")
    units = units_seen(standing_in(request), row.district, today_in(request))
    chosen = [unit_in(request, row, code)] if code else units
    told = remind(round=row, units=chosen, **_asked_by(request))
    return f"Đã nhắc {len(told)} đơn vị: {', '.join(unit.name for unit in told)}."


def _extend(request: HttpRequest, row: Round) -> str:
    unit = unit_in(request, row, request.POST.get("don-vi", ""))
    due_on = _day(request, "han", "Hạn mới")
    extend(round=row, unit=unit, due_on=due_on, reason=_reason(request), **_asked_by(request))
    return f"Đã gia hạn cho {unit.full_name} đến {due_on:%d/%m/%Y}."


def _unlock(request: HttpRequest, row: Round) -> str:
    unlock_round(round=row, reason=_reason(request), **_asked_by(request))
    return f"Đã {RoundKind(row.kind).reopening} kỳ “{row}”. Bản chốt lần trước vẫn giữ."


def _reason(request: HttpRequest) -> str:
    return request.POST.get("ly-do", "")[:LONGEST_REASON]


def _round_page(request: HttpRequest, row: Round, problem: str = "") -> HttpResponse:
    standing = standing_in(request)
    board = round_board(row, standing, today_in(request))
    context = {
        "board": board,
        "round": row,
        "refusal": why_not_run_rounds(standing, row.district.code) or "",
        "problem": problem,
        "typed": {
            "unit": request.POST.get("don-vi", ""), "due": request.POST.get("han", ""),
            "reason": request.POST.get("ly-do", "") if problem else "",
        },
        "kind": RoundKind(row.kind),
        "own": sorted(standing.communes),
        "may_assess": standing.can_in(Right.ASSESS_DISTRICT, row.district.code),
    }  # fmt: skip
    return render(request, "communes/round.html", context, status=422 if problem else 200)


@require_safe
def round_excel(request: HttpRequest, pk: int) -> HttpResponse:
    row = round_in(request, pk)
    board: RoundBoard = round_board(row, standing_in(request), today_in(request))
    return download(round_workbook(board, row.district, today_in(request)), f"Kỳ báo cáo – {row}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def close_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first: what is missing and unknown when the round is closed now."""
    row = round_in(request, pk)
    _office_only(request, row.district)
    problem = ""
    if request.method == "POST":
        try:
            close_round(round=row, **_asked_by(request))
        except Refused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"Đã chốt kỳ “{row}” và lưu bản chốt của mọi đơn vị.")
            return redirect("communes:round", pk=row.pk)
    today = today_in(request)
    board = round_board(row, standing_in(request), today)
    if board.is_closed and not problem:
        return redirect("communes:round", pk=row.pk)
    kind, still = RoundKind(row.kind), still_open(row, today)
    context = {"board": board, "round": row, "kind": kind, "open": still, "problem": problem}
    return render(request, "communes/round_close.html", context, status=409 if problem else 200)


# ---------- "không thay đổi" ----------


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, pk: int, unit: str) -> HttpResponse:
    row = round_in(request, pk)
    place = unit_in(request, row, unit)
    if request.method == "POST":
        return _confirm(request, row, place)
    return _confirm_page(request, row, place)


def _confirm(request: HttpRequest, row: Round, unit: Unit) -> HttpResponse:
    seen = {}
    for chosen in request.POST.getlist("muc")[:1000]:
        code, _, statement = chosen.rpartition("=")
        if not (statement.isascii() and statement.isdigit() and len(statement) <= 15):
            raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
        seen[code[:80]] = int(statement)
    if not seen:
        return _confirm_page(request, row, unit, "Chưa chọn mục nào để xác nhận.")
    try:
        count = confirm_unchanged(round=row, unit=unit, measures=list(seen), seen=seen, **_asked_by(request))
    except Refused as refusal:
        return _confirm_page(request, row, unit, str(refusal))
    said = f"Đã xác nhận không thay đổi {count} mục." if count else "Các mục này đã báo cáo trong kỳ rồi."
    messages.success(request, said)
    return redirect(reverse("communes:round", args=[row.pk]))


def _confirm_page(request: HttpRequest, row: Round, unit: Unit, problem: str = "") -> HttpResponse:
    page = confirm_page(row, unit, standing_in(request), today_in(request))
    context = {"page": page, "round": row, "unit": unit, "problem": problem}
    return render(request, "communes/round_confirm.html", context, status=409 if problem else 200)
