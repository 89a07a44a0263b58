"""The entry sheet of a commune and of the district: read it, save the whole of it without script, send it on."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Right
from communes.actions.moving import Seen, move, record_appraisal
from communes.actions.stating import Stale
from communes.forms import typed_in
from communes.models import Unit
from communes.policies import Refused
from communes.rules.workflow import ActKind
from communes.views.appraisals import AppraisalForm, open_form, read_form, refill
from communes.views.cells import head_of, part_of, person_in, save_changed
from communes.views.desk import FILTERS, Desk, load_desk
from communes.views.opening import open_commune, open_district, standing_in, today_in
from communes.views.reviewing import open_revision
from communes.views.rows import Attempt, Row
from criteria.queries import books_in_force
from criteria.rules.values import ValueProblem
from criteria.rules.vocabulary import Level


@require_safe
def sheet_home(request: HttpRequest, code: str) -> HttpResponse:
    return _home(request, open_commune(request, code))


@require_safe
def district_sheet_home(request: HttpRequest) -> HttpResponse:
    return _home(request, open_district(request))


def _home(request: HttpRequest, unit: Unit) -> HttpResponse:
    """The first set of the unit's level in this year; after the sets' period, in its last year."""
    today = today_in(request)
    books = books_in_force(today).of_level(Level(unit.level))
    fitting = [book for book in books if book.period[0] <= today.year <= book.period[1]] or books
    if not fitting:
        raise BadRequest("Chưa có bộ tiêu chí nào có hiệu lực vào ngày này.")
    kwargs: dict[str, object] = {"family": fitting[0].family, "year": min(today.year, fitting[0].period[1])}
    if unit.is_commune:
        return redirect(reverse("communes:sheet", kwargs={"code": unit.slug, **kwargs}))
    return redirect(reverse("communes:district-sheet", kwargs=kwargs))


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, code: str, family: str, year: int) -> HttpResponse:
    return _sheet(request, load_desk(request, open_commune(request, code), family, year))


@require_http_methods(["GET", "HEAD", "POST"])
def district_sheet(request: HttpRequest, family: str, year: int) -> HttpResponse:
    return _sheet(request, load_desk(request, open_district(request), family, year))


def _sheet(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method == "POST":
        return _save_sheet(request, desk)
    return _page(request, desk)


def _save_sheet(request: HttpRequest, desk: Desk) -> HttpResponse:
    if not desk.editable:
        raise PermissionDenied(desk.locked_reason)
    saved, attempts = save_changed(request, desk)
    if attempts:
        return _refused(request, desk, saved, attempts)
    messages.success(request, f"Đã lưu {len(saved)} ô." if saved else "Không có ô nào thay đổi.")
    return _back(request, desk)


def _refused(request: HttpRequest, desk: Desk, saved: list[str], attempts: dict[str, Attempt]) -> HttpResponse:
    """The page again with every refused row as it was typed, and the sentence under it."""
    fresh = load_desk(request, desk.unit, desk.book.family, desk.year).with_attempts(attempts, saved)
    messages.error(request, f"Đã lưu {len(saved)} ô; {len(attempts)} ô chưa lưu được, xem câu dưới từng ô.")
    return _page(request, fresh, status=max(attempt.status for attempt in attempts.values()))


def _back(request: HttpRequest, desk: Desk, anchor: str = "") -> HttpResponseRedirect:
    chosen = request.GET.get("loc", "")
    query = f"?loc={chosen}" if chosen in FILTERS and chosen else ""
    return HttpResponseRedirect(desk.address("sheet") + query + (f"#{anchor}" if anchor else ""))


def _page(
    request: HttpRequest, desk: Desk, status: int = 200, appraising: AppraisalForm | None = None
) -> HttpResponse:
    chosen = request.GET.get("loc", "")
    if chosen not in FILTERS:
        raise BadRequest("Bộ lọc trong địa chỉ không có trên phiếu.")
    shown = None
    if chosen:
        # What was refused stays in sight, also where the chosen chip would hide it.
        shown = list({**dict.fromkeys(desk.matching(chosen)), **dict.fromkeys(desk.attempts)})
    context = {
        "desk": desk,
        "groups": desk.groups(shown),
        "conditions": desk.conditions(shown),
        "sets": _sets(desk),
        "years": _years(desk),
        "survey_url": _survey_url(desk),
        "granting": request.GET.get("mien", "") if desk.may_grant and desk.unit.is_commune else "",
        "appraising": appraising or open_form(desk, desk.rows.get(request.GET.get("tham-dinh", ""))),
        "nothing": shown == [],
        **head_of(desk, request),
    }
    return render(request, "communes/sheet.html", context, status=status)


def _survey_url(desk: Desk) -> str:
    if not desk.unit.is_commune:
        return ""
    return reverse("communes:survey", kwargs={"code": desk.unit.slug, "year": desk.year})


def _address(desk: Desk, family: str, year: int) -> str:
    kwargs: dict[str, object] = {"family": family, "year": year}
    if desk.unit.is_commune:
        return reverse("communes:sheet", kwargs={"code": desk.unit.slug, **kwargs})
    return reverse("communes:district-sheet", kwargs=kwargs)


def _sets(desk: Desk) -> list[tuple[str, str, bool]]:
    return [
        (_address(desk, book.family, desk.year), book.short_name, book.family == desk.book.family)
        for book in desk.books.of_level(desk.level)
    ]


def _years(desk: Desk) -> list[tuple[str, str, bool]]:
    last = max(min(desk.book.period[1], desk.today.year), desk.year)
    years = range(max(desk.book.period[0], desk.book.effective_on.year), last + 1)
    return [(_address(desk, desk.book.family, year), str(year), year == desk.year) for year in years]


@require_POST
def submit(request: HttpRequest, code: str, family: str, year: int) -> HttpResponse:
    return _submit(request, load_desk(request, open_commune(request, code), family, year))


@require_POST
def district_submit(request: HttpRequest, family: str, year: int) -> HttpResponse:
    return _submit(request, load_desk(request, open_district(request), family, year))


def _submit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Save what was typed, then send: one row (`chi`), or every draft; or withdraw one (`rut`)."""
    if not desk.editable:
        raise PermissionDenied(desk.locked_reason)
    only, back = request.POST.get("chi"), request.POST.get("rut")
    saved, attempts = save_changed(request, desk)
    if saved:
        desk = load_desk(request, desk.unit, desk.book.family, desk.year)
    wanted = _wanted(desk, only or back)
    if not attempts:
        moved, attempts = _move(request, desk, wanted, ActKind.WITHDRAW if back else ActKind.SUBMIT, saved)
    if request.headers.get("HX-Request") and (one := only or back) in desk.rows:
        return part_of(request, desk, str(one), attempts)
    if attempts:
        return _refused(request, desk, saved, attempts)
    messages.success(request, f"Đã {'rút lại' if back else 'gửi thẩm tra'} {moved} mục.")
    return _back(request, desk, wanted[0].id if (only or back) and wanted else "")


def _wanted(desk: Desk, one: str | None) -> list[Row]:
    if one is None:
        return desk.drafts
    if one not in desk.rows:
        raise BadRequest("Mục này không có trên phiếu. Tải lại trang.")
    return [desk.rows[one]]


def _move(
    request: HttpRequest, desk: Desk, rows: list[Row], act: ActKind, saved: list[str]
) -> tuple[int, dict[str, Attempt]]:
    """Move each row's revision, all in one transaction; a refusal of one does not hold up the others."""
    attempts: dict[str, Attempt] = {}
    with transaction.atomic():
        for row in rows:
            if problem := _why_not(request, row, act, saved) or _try(request, desk, row, act):
                attempts[row.measure] = Attempt(row.stored, problem)
    return len(rows) - len(attempts), attempts


def _why_not(request: HttpRequest, row: Row, act: ActKind, saved: list[str]) -> str:
    """The act binds to the version on the sender's screen."""
    seen = typed_in(request.POST, row.measure)
    if seen is not None and row.measure not in saved and seen.version != row.cell.version:
        return f"{row.cell.by or 'Người khác'} vừa sửa mục này. Xem lại số liệu rồi gửi."
    if act is ActKind.SUBMIT and row.cell.is_empty:
        return "Chưa có số liệu nào được nhập."
    return ""


def _try(request: HttpRequest, desk: Desk, row: Row, act: ActKind) -> str:
    if row.cell.revision is None:
        return "Chưa có số liệu nào được nhập."
    try:
        move(
            act=act, by=person_in(request), standing=desk.standing, item=desk.item(row), seen=Seen(row.cell.revision),
            on=desk.today,
        )  # fmt: skip
    except Refused as refusal:
        return str(refusal)
    except Stale:
        return "Mục này vừa chuyển bước. Tải lại trang để xem."
    return ""


@require_POST
def appraise(request: HttpRequest, revision: int) -> HttpResponse:
    """Write down the province's result (thẩm định) about a revision that the district has verified."""
    row = open_revision(request, revision)
    assessment, standing = row.assessment, standing_in(request)
    if not standing.can_in(Right.RECORD_APPRAISALS, assessment.unit.district_code):
        raise PermissionDenied("Chỉ Văn phòng Điều phối NTM huyện ghi kết quả thẩm định của tỉnh.")
    desk = load_desk(request, assessment.unit, request.POST.get("bo", "")[:80], assessment.year)
    shown = desk.rows.get(assessment.measure.code)
    if shown is None:
        raise Http404
    form = open_form(desk, shown)
    if form is None or form.revision != revision:
        messages.error(request, shown.appraise_refusal or "Mục này vừa có bản mới. Xem lại rồi ghi kết quả thẩm định.")
        return _page(request, desk, 409)
    try:
        entry, refused = read_form(form, request.POST)
        record_appraisal(
            by=person_in(request), standing=standing, item=desk.item(shown), revision=row, entry=entry,
            on=today_in(request), refused=refused,
        )  # fmt: skip
    except (ValueProblem, Refused) as problem:
        return _page(request, desk, 422, refill(form, request.POST, str(problem)))
    messages.success(request, f"Đã ghi kết quả thẩm định {shown.code or 'điều kiện'} của {desk.unit.full_name}.")
    return _back(request, desk, shown.id)
