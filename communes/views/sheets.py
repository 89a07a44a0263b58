"""The entry sheet of a commune and of the district: read it, save the whole of it without script, one indicator after
the other on a phone; the province's result."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Right
from communes.actions.moving import record_appraisal
from communes.actions.stating import Stale
from communes.models import Round, Unit
from communes.policies import Refused
from communes.queries.rounds import Reported, RoundDue, reported_in
from communes.views.appraisals import OTHER_RESULT, AppraisalForm, open_form, read_form, refill, seen_in
from communes.views.cells import Saving, head_of, person_in, save_changed
from communes.views.desk import FILTERS, Desk, load_desk
from communes.views.layout import conditions_of, groups_of
from communes.views.opening import open_commune, open_district, standing_in, today_in
from communes.views.reviewing import open_revision
from communes.views.rows import Row
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
    """The page; or save the whole of it without script. One indicator at a time (`o=3`) it leads on to the next."""
    if request.method != "POST":
        return page(request, desk)
    if not desk.editable:
        raise PermissionDenied(desk.locked_reason)
    saving = save_changed(request, desk)
    if saving.attempts:
        return refused(request, desk, saving)
    if "o" in request.GET:
        return back_to(request, desk, step=1 if "sau" in request.POST else -1 if "truoc" in request.POST else 0)
    done = f"Đã lưu {len(saving.saved)} ô." if saving.saved else "Không có ô nào thay đổi."
    if saving.old_remarks:
        done += f" {len(saving.old_remarks)} ghi chú của số cũ không đi theo số mới; ghi lại nếu còn đúng."
    messages.success(request, done)
    return back_to(request, desk)


def refused(request: HttpRequest, desk: Desk, saving: Saving, stopped: str = "") -> HttpResponse:
    """The page again with every refused row as it was typed, and the sentence under it; `stopped` says what was not
    done because of them."""
    fresh = load_desk(request, desk.unit, desk.book.family, desk.year)
    fresh = fresh.with_attempts(saving.attempts, saving.saved, saving.old_remarks)
    count = len(saving.attempts)
    messages.error(request, f"Đã lưu {len(saving.saved)} ô; {count} ô chưa lưu được, xem câu dưới từng ô.{stopped}")
    return page(request, fresh, status=max(attempt.status for attempt in saving.attempts.values()))


def back_to(request: HttpRequest, desk: Desk, anchor: str = "", step: int = 0) -> HttpResponseRedirect:
    """Back to the page that was asked from: its filter, its place among single indicators."""
    asked = {}
    if (chosen := request.GET.get("loc", "")) and chosen in FILTERS:
        asked["loc"] = chosen
    if "o" in request.GET:
        asked["o"] = str(max(place_in(request) + step, 1))
    query = f"?{urlencode(asked)}" if asked else ""
    return HttpResponseRedirect(desk.address("sheet") + query + (f"#{anchor}" if anchor else ""))


def place_in(request: HttpRequest) -> int:
    """The place `o=` of a single indicator, from 1."""
    text = request.GET.get("o", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 5 else 1


@dataclass(frozen=True)
class One:
    """One indicator after the other: where it stands among those shown, and the addresses of its neighbours."""

    place: int
    count: int
    row: Row
    before: str
    after: str
    action: str
    back: str


def _one(request: HttpRequest, desk: Desk, shown: list[str], chosen: str) -> One | None:
    if "o" not in request.GET or not shown:
        return None
    place = min(place_in(request), len(shown))
    # What was refused stays in sight, whatever place was asked for.
    at = next((shown.index(code) for code in desk.attempts if code in shown), place - 1)
    query = {"loc": chosen} if chosen else {}

    def address(number: int) -> str:
        if not 1 <= number <= len(shown):
            return ""
        return desk.address("sheet") + "?" + urlencode({**query, "o": number})

    back = desk.address("sheet") + (f"?{urlencode(query)}" if query else "")
    return One(at + 1, len(shown), desk.rows[shown[at]], address(at), address(at + 2), address(at + 1), back)


def page(
    request: HttpRequest, desk: Desk, status: int = 200, appraising: AppraisalForm | None = None, report: object = None
) -> HttpResponse:
    chosen = request.GET.get("loc", "")
    if chosen not in FILTERS:
        raise BadRequest("Bộ lọc trong địa chỉ không có trên phiếu.")
    # What was refused stays in sight, also where the chosen chip would hide it.
    shown = list({**dict.fromkeys(desk.matching(chosen)), **dict.fromkeys(desk.attempts)})
    one = _one(request, desk, shown, chosen)
    part = [one.row.measure] if one else shown if chosen else None
    context = {
        "desk": desk,
        "groups": groups_of(desk, part),
        "conditions": conditions_of(desk, part),
        "sets": _sets(desk),
        "years": _years(desk),
        "survey_url": _survey_url(desk),
        "granting": request.GET.get("mien", "") if desk.may_grant and desk.unit.is_commune else "",
        "appraising": appraising or open_form(desk, desk.rows.get(request.GET.get("tham-dinh", ""))),
        "nothing": not shown,
        "one": one,
        "is_one": one is not None,
        "report": report,
        "rounds": _reported(desk),
        **head_of(desk, chosen),
    }
    if one:
        context["query"] = "?" + urlencode({**({"loc": chosen} if chosen else {}), "o": one.place})
    return render(request, "communes/sheet.html", context, status=status)


def _reported(desk: Desk) -> list[tuple[RoundDue, Reported | None]]:
    """The open rounds of the year, the most pressing first, with how far the unit is in each. At most eleven queries,
    none without an open round."""
    due = desk.open_rounds
    if not due:
        return []
    found = reported_in(list(Round.objects.filter(pk__in=[one.pk for one in due])), [desk.unit], desk.today)
    return [(one, found.get(one.pk, {}).get(desk.unit.pk)) for one in due]


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
        newer = "Huyện vừa thẩm tra bản mới của mục này. Xem lại rồi ghi kết quả thẩm định."
        messages.error(request, shown.appraise_refusal or newer)
        return page(request, desk, 409)
    try:
        entry, refused = read_form(form, request.POST)
        record_appraisal(
            by=person_in(request), standing=standing, item=form.item, revision=row, entry=entry,
            on=today_in(request), refused=refused, seen=seen_in(form, request.POST),
        )  # fmt: skip
    except Stale:
        messages.error(request, OTHER_RESULT)
        return page(request, desk, 409)
    except (ValueProblem, Refused) as problem:
        return page(request, desk, 422, refill(form, request.POST, str(problem)))
    messages.success(request, f"Đã ghi kết quả thẩm định {shown.code or 'điều kiện'} của {desk.unit.full_name}.")
    return back_to(request, desk, shown.id)
