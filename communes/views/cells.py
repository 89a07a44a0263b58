"""Saving rows of an entry sheet: one cell by htmx, or every changed row of the plain form; what comes back to the page;
granting an exemption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Person
from communes.actions.filling import Cell, save_many
from communes.actions.stating import Entry, Stale, grant_exemption, said
from communes.forms import Posted, Typed, entry_of, typed_in
from communes.models import Statement
from communes.policies import Refused
from communes.queries.entry import row_id, typed_text
from communes.rules.workflow import UNSENT
from communes.views.desk import FILTERS, OF_ASSESSORS, RARE, Desk, load_desk
from communes.views.fields import Attempt, Theirs, in_words
from communes.views.layout import computed_of, group_with
from communes.views.opening import open_commune, open_district, standing_in, today_in
from communes.views.rows import Row
from criteria.models import Measure
from criteria.rules.values import ValueProblem
from criteria.rules.vocabulary import ExemptionKind


def person_in(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


@dataclass
class Saving:
    """What came of saving rows: codes saved, attempts that were refused, remarks that were not carried over."""

    saved: list[str] = field(default_factory=list)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    old_remarks: dict[str, str] = field(default_factory=dict)


def save_rows(request: HttpRequest, desk: Desk, typed: Mapping[str, Typed]) -> Saving:
    """Save rows as drafts, all in one transaction; what could not be saved comes back as it was typed."""
    done, cells = Saving(), []
    measures = Measure.objects.in_bulk(list(typed), field_name="code")
    for code, fields in typed.items():
        row = desk.rows[code]
        if row.cell.refusal:
            done.attempts[code] = Attempt(fields, row.cell.refusal)
            continue
        try:
            base = row.base.value if row.base else None
            entry = entry_of(row.part.measure, fields, allowed=row.allowed, stored=row.cell.typed, base=base)
            if is_about_the_old_value(row, fields) and not _is_the_same_figure(row, entry):
                done.old_remarks[code] = fields.remark
                entry = replace(entry, remark="")
        except ValueProblem as problem:
            done.attempts[code] = Attempt(typed[code], str(problem))
            continue
        cells.append(Cell(desk.item(row), measures[code], entry, fields.version))
    outcomes = save_many(
        by=person_in(request), standing=desk.standing, unit=desk.unit, year=desk.year, cells=cells, on=desk.today
    )
    for code, problem in outcomes.items():
        attempt = _attempt(desk.rows[code], measures[code], typed[code], problem)
        if attempt is None:
            done.saved.append(code)
        else:
            done.attempts[code] = attempt
    return done


def is_about_the_old_value(row: Row, typed: Typed) -> bool:
    """Whether the remark in the fields was written about another value, which was sent: a new value asks for its own.
    Within one draft the two are typed one after the other, and the remark stays."""
    sent = row.cell.stage is not None and row.cell.stage not in UNSENT
    return sent and bool(typed.remark) and typed.remark == row.cell.remark and typed.value != row.cell.typed


def _is_the_same_figure(row: Row, entry: Entry) -> bool:
    """Written another way: "2.311/2.370" for 2311/2370, "91,0" for 91."""
    if row.cell.is_empty or row.cell.exemption is not ExemptionKind.NONE:
        return False
    return entry == replace(entry_of(row.part.measure, row.stored, allowed=None), remark=entry.remark)


def _attempt(row: Row, measure: Measure, typed: Typed, problem: Refused | Stale | None) -> Attempt | None:
    if isinstance(problem, Stale):
        return _conflict(row, measure, typed, problem.current)
    return Attempt(typed, str(problem)) if problem is not None else None


def _conflict(row: Row, measure: Measure, typed: Typed, current: Statement | None) -> Attempt | None:
    """Somebody saved first. The same value twice is no conflict."""
    if current is None:
        return Attempt(typed, "Ô này vừa được người khác mở. Lưu lại lần nữa.")
    text = typed_text(row.part.measure, current)
    if text == typed.value and current.remark == typed.remark and bool(current.exemption) == typed.is_exempt:
        return None
    shown = in_words(row.part.measure, text) if text and not current.exemption else said(measure, current)
    return Attempt(typed, theirs=Theirs(current.by.full_name, current.at, shown))


def save_changed(request: HttpRequest, desk: Desk) -> Saving:
    """Every changed row of the posted sheet. A row that is exactly as the page showed it is left alone, whoever changed
    it since: its owner did not touch it."""
    posted: Posted = request.POST
    changed: dict[str, Typed] = {}
    for code in desk.rows:
        typed = typed_in(posted, code)
        # Cleared is a field that came back empty; a field that did not come at all was not touched.
        if typed is not None and typed.is_changed and posted.get("lay") != code and f"v-{code}" in posted:
            changed[code] = typed
    return save_rows(request, desk, changed) if changed else Saving()


@dataclass(frozen=True)
class Shown:
    """Which page an answer goes to: with a filter it has no computed lines, one indicator at a time no head."""

    chosen: str = ""
    place: str = ""

    @property
    def one(self) -> bool:
        return bool(self.place)

    @property
    def query(self) -> str:
        asked = {"loc": self.chosen, "o": self.place}
        asked = {name: text for name, text in asked.items() if text}
        return f"?{urlencode(asked)}" if asked else ""


def shown_on(request: HttpRequest) -> Shown:
    """Of the page that asks: its address where htmx tells it, else the address asked for."""
    told = _asked_of_page(request.headers.get("HX-Current-URL", ""))
    asked = request.GET if told is None else told
    chosen = asked.get("loc", "")
    return Shown(chosen if chosen in FILTERS else "", asked.get("o", "")[:4])


def _asked_of_page(address: str) -> QueryDict | None:
    """The query of an address that a browser tells; None for one that cannot be taken apart. The answer to something
    that was saved must not fail for it."""
    try:
        return QueryDict(urlsplit(address).query) if address else None
    except (ValueError, SuspiciousOperation):
        return None


def part_of(
    request: HttpRequest, desk: Desk, codes: Sequence[str], saving: Saving, report: object = None
) -> HttpResponse:
    """The answer to htmx: the rows (one in its own place, several out of band), and out of band what they change, as
    far as the asking page has it: heads of criteria, computed conditions, the head of the page, a report."""
    shown = shown_on(request)
    fresh = desk.with_attempts(saving.attempts, saving.saved, saving.old_remarks)
    groups = {group.key: group for group in (group_with(fresh, code) for code in codes) if group}
    context = {
        "desk": fresh,
        "row": fresh.rows[codes[0]] if report is None else None,
        "rows": [] if report is None else [fresh.rows[code] for code in codes],
        "heads": list(groups.values()),
        "computed": [] if shown.chosen or shown.one else computed_of(fresh),
        "is_one": shown.one,
        "report": report,
        **head_of(fresh, shown.chosen),
        "query": shown.query,
    }
    one_refused = report is None and codes[0] in saving.attempts
    status = saving.attempts[codes[0]].status if one_refused else 200
    return render(request, "communes/_saved.html", context, status=status)


def head_of(desk: Desk, chosen: str) -> dict[str, object]:
    """What the head of the sheet says: counts, chips, the buttons that send."""
    entered, total = desk.entered
    return {
        "entered": entered,
        "total": total,
        "met": [(b, desk.sheet.met(b)) for b in desk.sheet.bases] if desk.sheet.blocks else [],
        "criteria_count": len(desk.sheet.blocks),
        "chips": chips_of(desk, chosen),
        "todo": todo_of(desk),
        "chosen": chosen,
        "query": f"?loc={chosen}" if chosen else "",
        "kept_count": sum(desk.rows[code].may_keep_last_year for code in desk.matching(chosen)),
    }


def chips_of(desk: Desk, chosen: str) -> list[dict[str, object]]:
    chips = []
    for slug, label in FILTERS.items():
        count = len(desk.matching(slug))
        if slug in OF_ASSESSORS and not desk.editable or slug in RARE and not count and slug != chosen:
            continue
        url = desk.address("sheet") + (f"?loc={slug}" if slug else "")
        icon = "undo-2" if slug == "tra-lai" else ""
        chips.append({"label": label, "url": url, "count": count, "current": slug == chosen, "icon": icon})
    return chips


# In the order in which they are done: the filter that shows them, and what to do, with the number in its place.
_OWED = (
    ("cho-ky", "ký {} mục"),
    ("tra-lai", "sửa {} mục bị trả lại"),
    ("nhap-ho", "nhận {} mục phòng nhập hộ"),
    ("chua-nhap", "nhập {} mục còn trống"),
    ("nhap", "gửi {} mục nháp"),
    ("thieu-minh-chung", "bổ sung minh chứng cho {} mục"),
)


def todo_of(desk: Desk) -> list[dict[str, str]]:
    """What this person still has to do on the sheet: words and the address of the rows. Rows of others don't count."""
    needs_signature = desk.unit.is_commune and desk.rules.needs_sign_off and not desk.signs
    found = []
    for slug, words in _OWED:
        count = sum(not desk.rows[code].is_locked for code in desk.matching(slug))
        if slug == "nhap" and needs_signature:
            words = "trình Chủ tịch {} mục nháp"
        if count and (slug != "cho-ky" or desk.signs):
            found.append({"text": words.format(count), "url": f"{desk.address('sheet')}?loc={slug}"})
    return found


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
    # A year that was closed while the sheet lay open is said at the cell; to anybody else the cell is none of theirs.
    if row.cell.refusal and row.cell.refusal != desk.rules.locked:
        raise PermissionDenied(row.cell.refusal)
    typed = typed_in(request.POST, code)
    if typed is None:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    taken = request.POST.get("lay") == code
    done = Saving() if taken else save_rows(request, desk, {code: typed})
    if not request.headers.get("HX-Request"):
        if attempt := done.attempts.get(code):
            messages.error(request, f"{row.label}: {attempt.problem or 'Người khác vừa sửa ô này.'}")
        return redirect(desk.address("sheet") + f"#{row_id(code)}")
    return part_of(request, desk.refreshed(), [code], done)


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
