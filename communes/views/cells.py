"""Saving rows of an entry sheet: one cell by htmx, or every changed row of the plain form; granting an exemption."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Person
from communes.actions.stating import Stale, grant_exemption, said, save_value
from communes.forms import Posted, Typed, entry_of, typed_in
from communes.models import Statement
from communes.policies import Refused
from communes.queries.entry import typed_text
from communes.views.desk import DRAFTS, FILTERS, Desk, load_desk
from communes.views.opening import open_commune, open_district, standing_in, today_in
from communes.views.rows import Attempt, Row, Theirs, row_id
from criteria.models import Measure
from criteria.rules.values import ValueProblem


def person_in(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def save_row(request: HttpRequest, desk: Desk, row: Row, measure: Measure, typed: Typed) -> Attempt | None:
    """Save one row as a draft; what could not be saved comes back as an attempt, with everything that was typed."""
    try:
        entry = entry_of(row.part.measure, typed, allowed=row.allowed, stored=row.cell.typed)
        save_value(
            by=person_in(request), standing=desk.standing, item=desk.item(row), unit=desk.unit, measure=measure,
            year=desk.year, seen_version=typed.version, entry=entry, on=desk.today,
        )  # fmt: skip
    except (ValueProblem, Refused) as problem:
        return Attempt(typed, str(problem))
    except Stale as stale:
        return _conflict(row, measure, typed, stale.current)
    return None


def _conflict(row: Row, measure: Measure, typed: Typed, current: Statement | None) -> Attempt | None:
    """Somebody saved first. The same value twice is no conflict."""
    if current is None:
        return Attempt(typed, "Ô này vừa được người khác mở. Lưu lại lần nữa.")
    same_text = typed_text(row.part.measure, current) == typed.value and current.remark == typed.remark
    if same_text and bool(current.exemption) == typed.is_exempt:
        return None
    return Attempt(typed, theirs=Theirs(current.by.full_name, current.at, said(measure, current)))


def save_changed(request: HttpRequest, desk: Desk) -> tuple[list[str], dict[str, Attempt]]:
    """Every changed row of the posted sheet: codes of those saved, and the attempts that were refused.

    A row that is exactly as the page showed it is left alone, whoever changed it since: its owner did not touch it.
    """
    posted: Posted = request.POST
    changed: dict[str, Typed] = {}
    for code in desk.rows:
        typed = typed_in(posted, code)
        if typed is not None and typed.is_changed and posted.get("lay") != code:
            changed[code] = typed
    measures = Measure.objects.in_bulk(list(changed), field_name="code") if changed else {}
    saved, attempts = [], {}
    for code, typed in changed.items():
        attempt = save_row(request, desk, desk.rows[code], measures[code], typed)
        if attempt is None:
            saved.append(code)
        else:
            attempts[code] = attempt
    return saved, attempts


def part_of(
    request: HttpRequest, desk: Desk, code: str, attempts: dict[str, Attempt], saved: Iterable[str] = ()
) -> HttpResponse:
    """The row, and out of band the head of its criterion, the computed conditions and the head of the page."""
    fresh = load_desk(request, desk.unit, desk.book.family, desk.year).with_attempts(attempts, saved)
    row = fresh.rows[code]
    group = next((g for g in fresh.groups() if any(r.measure == code for r in g.rows)), None)
    context = {"desk": fresh, "row": row, "group": group, "computed": fresh.computed}
    status = attempts[code].status if code in attempts else 200
    return render(request, "communes/_saved.html", {**context, **head_of(fresh, request)}, status=status)


def head_of(desk: Desk, request: HttpRequest) -> dict[str, object]:
    """What the head of the sheet says: counts, chips, the button that sends, other sets and years."""
    chosen = request.GET.get("loc", "")
    entered, total = desk.entered
    submit_refusal = "" if desk.drafts else "Chưa có mục nháp nào để gửi."
    return {
        "entered": entered,
        "total": total,
        "met": [(b, desk.sheet.met(b)) for b in desk.sheet.bases] if desk.sheet.blocks else [],
        "criteria_count": len(desk.sheet.blocks),
        "draft_count": len(desk.drafts),
        "submit_refusal": submit_refusal,
        "chips": chips_of(desk, chosen),
        "chosen": chosen,
    }


def chips_of(desk: Desk, chosen: str) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "url": desk.address("sheet") + (f"?loc={slug}" if slug else ""),
            "count": len(desk.matching(slug)),
            "current": slug == chosen,
            "icon": "undo-2" if slug == "tra-lai" else "",
        }
        for slug, label in FILTERS.items()
        if slug != DRAFTS or desk.editable
    ]


@require_POST
def cell(request: HttpRequest, code: str, family: str, year: int, measure: str) -> HttpResponse:
    return _save_cell(request, load_desk(request, open_commune(request, code), family, year), measure)


@require_POST
def district_cell(request: HttpRequest, family: str, year: int, measure: str) -> HttpResponse:
    return _save_cell(request, load_desk(request, open_district(request), family, year), measure)


def _save_cell(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    row = desk.rows.get(code)
    if row is None:
        raise Http404
    if row.cell.refusal:
        raise PermissionDenied(row.cell.refusal)
    typed = typed_in(request.POST, code)
    if typed is None:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    taken = request.POST.get("lay") == code
    attempt = None if taken else save_row(request, desk, row, Measure.objects.get(code=code), typed)
    if not request.headers.get("HX-Request"):
        if attempt:
            messages.error(request, f"{row.label}: {attempt.problem or 'Người khác vừa sửa ô này.'}")
        return redirect(desk.address("sheet") + f"#{row_id(code)}")
    return part_of(request, desk, code, {code: attempt} if attempt else {}, [] if taken or attempt else [code])


@require_POST
def exemption(request: HttpRequest, code: str, family: str, year: int, measure: str) -> HttpResponse:
    """The office lets a measure not apply to a commune this year."""
    desk = load_desk(request, open_commune(request, code), family, year)
    row = desk.rows.get(measure)
    if row is None:
        raise Http404
    try:
        grant_exemption(
            by=person_in(request), standing=standing_in(request), item=desk.item(row), unit=desk.unit,
            measure=Measure.objects.get(code=measure), year=year, on=today_in(request),
            reason=request.POST.get("ly-do", "")[:2000], document=request.POST.get("van-ban", "")[:300],
        )  # fmt: skip
    except Refused as refusal:
        if not desk.may_grant:
            raise PermissionDenied(str(refusal)) from None
        messages.error(request, str(refusal))
        return redirect(desk.address("sheet") + f"?mien={measure}#{row.id}")
    messages.success(request, f"Đã cho phép {desk.unit.full_name} không áp dụng {row.code or 'mục này'} năm {year}.")
    return redirect(desk.address("sheet") + f"#{row.id}")
