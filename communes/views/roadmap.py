"""`/muc-tieu/`: the roadmap; a cell opens as a form in its row (`sua=<slug>.<year>`), several communes at once, the
district's numbers of a year (`so-xa=<year>`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from communes.actions.aiming import StaleTarget, Wanted, set_counts, set_target, set_targets_of
from communes.address import home_district, named_district
from communes.exporters.files import download
from communes.exporters.roadmap import roadmap_pdf, roadmap_workbook
from communes.models import Unit
from communes.policies import Refused, why_not_import_plan, why_not_set_targets
from communes.queries.roadmap import Cell, Roadmap, Row, counts_mark, counts_of, roadmap_of
from communes.rules.roadmap import RUNGS, Concern, Range
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from communes.views.printed import is_demo, paper
from criteria.rules.numbers import clean_text
from criteria.rules.vocabulary import Tier


@dataclass(frozen=True)
class Opened:
    """A form of the page with what is typed in it: of a cell, of several communes, or of the district's numbers."""

    kind: str
    code: str = ""
    year: int = 0
    tiers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    document: str = ""
    seen: str = ""
    units: tuple[str, ...] = ()
    numbers: tuple[tuple[Tier, str, str], ...] = ()
    problem: str = ""

    @property
    def anchor(self) -> str:
        return f"{self.code}.{self.year}"


@require_safe
def roadmap(request: HttpRequest) -> HttpResponse:
    if not standing_in(request).seats:
        raise Http404
    district = named_district(request)
    if district is None:
        raise Http404
    board = roadmap_of(district, today_in(request))
    return _page(request, board, _opened(request, board))


def _page(request: HttpRequest, board: Roadmap, opened: Opened | None, status: int = 200) -> HttpResponse:
    standing, code = standing_in(request), board.district.code
    refusal = why_not_set_targets(standing, code)
    context = {
        "board": board,
        "opened": opened,
        "rungs": RUNGS,
        "offered": [*board.years, *range(board.years[-1] + 1, board.years[-1] + 3)],
        "refusal": refusal,
        "may_import": why_not_import_plan(standing, code) is None,
        "concerns": _concerns(board, may_edit=refusal is None),
    }
    return render(request, "communes/roadmap.html", context, status=status)


def _concerns(board: Roadmap, *, may_edit: bool) -> list[tuple[Concern, str]]:
    """Each with where to look at it, for the office with where to mend it."""
    slugs = {row.unit.code: row.unit.slug for row in (board.own, *board.rows)}
    found = []
    for one in board.concerns:
        place = f"x-{slugs[one.unit]}" if one.unit else "so-xa"
        asked = f"?sua={slugs[one.unit]}.{one.year}" if one.unit else f"?so-xa={one.year}"
        found.append((one, f"{asked}#{place}" if may_edit else f"#{place}"))
    return found


def _opened(request: HttpRequest, board: Roadmap) -> Opened | None:
    """Which form the address opens; an address that names nothing opens none."""
    if why_not_set_targets(standing_in(request), board.district.code):
        return None
    code, _, year = request.GET.get("sua", "").rpartition(".")
    row = _row_of(board, code)
    if row is not None and (cell := _cell_of(row, year)):
        tiers = tuple(tier.value for tier in cell.tiers)
        return Opened("cell", row.unit.slug, cell.year, tiers, cell.fields, cell.document, cell.seen)
    when = request.GET.get("so-xa", "")
    if when.isascii() and when.isdigit() and len(when) == 4 and 2021 <= int(when) <= 2050:
        return _counts_form(board, int(when))
    return None


def _row_of(board: Roadmap, slug: str) -> Row | None:
    return next((row for row in (board.own, *board.rows) if row.unit.slug == slug), None)


def _cell_of(row: Row, year: str) -> Cell | None:
    return next((cell for cell in row.cells if str(cell.year) == year), None)


def _counts_form(board: Roadmap, year: int) -> Opened:
    rows = counts_of(board.district)
    stands = [(tier, rows.get((year, tier))) for tier in RUNGS]
    numbers = tuple((tier, str(row.low) if row else "", str(row.high) if row else "") for tier, row in stands)
    document = next((row.document for _, row in stands if row), "")
    return Opened("counts", year=year, numbers=numbers, document=document, seen=counts_mark(rows, year))


@require_safe
def roadmap_excel(request: HttpRequest) -> HttpResponse:
    board = roadmap_of(home_district(request), today_in(request))
    return download(roadmap_workbook(board, is_demo=is_demo(request)), _file_name(board.today, "xlsx"))


@require_safe
def roadmap_paper(request: HttpRequest) -> HttpResponse:
    board = roadmap_of(home_district(request), today_in(request))
    return paper(request, lambda: roadmap_pdf(board, is_demo=is_demo(request)), _file_name(board.today, "pdf"))


def _file_name(today: date, extension: str) -> str:
    return f"Lộ trình, mục tiêu {today:%d-%m-%Y}.{extension}"


# ---------- changes ----------


@require_POST
def target_cell(request: HttpRequest, code: str, year: int) -> HttpResponse:
    district = _edited_district(request)
    units = Unit.objects.visible_to(standing_in(request)).valid_on(today_in(request)).select_related("parent")
    unit = units.called(code[:80]).first()
    if unit is None or unit.district_code != district.code:
        raise Http404
    typed = _typed(request, Opened("cell", unit.slug, year))
    try:
        changed = set_target(
            by=person_in(request), standing=standing_in(request), district=district, unit=unit, year=year,
            wanted=_wanted(typed, district, request), seen=typed.seen, on=today_in(request),
        )  # fmt: skip
    except (Refused, StaleTarget) as problem:
        return _again(request, district, typed, problem)
    _told(request, f"Đã lưu mục tiêu năm {year} của {unit.full_name}." if changed else "")
    return redirect(f"{reverse('communes:roadmap')}#x-{unit.slug}")


@require_POST
def targets_at_once(request: HttpRequest) -> HttpResponse:
    district = _edited_district(request)
    typed = _typed(request, Opened("bulk", year=_number(request.POST.get("nam", ""), "Năm")))
    board = roadmap_of(district, today_in(request))
    rows = [row for row in board.rows if row.unit.slug in typed.units]
    seen = {row.unit.code: cell.seen for row in rows for cell in row.cells if cell.year == typed.year}
    try:
        if typed.seen != board.mark:
            raise StaleTarget("; ".join(f"{row.unit.name}: {_shown(row, typed.year)}" for row in rows))
        number = set_targets_of(
            by=person_in(request), standing=standing_in(request), district=district, year=typed.year,
            units=[row.unit for row in rows], wanted=_wanted(typed, district, request), seen=seen,
            on=today_in(request),
        )  # fmt: skip
    except (Refused, StaleTarget) as problem:
        return _again(request, district, typed, problem)
    _told(request, f"Đã giao mục tiêu năm {typed.year} cho {number} xã." if number else "")
    return redirect("communes:roadmap")


def _shown(row: Row, year: int) -> str:
    cell = _cell_of(row, str(year))
    return (cell.shown if cell else "") or "không có mục tiêu"


@require_POST
def district_counts(request: HttpRequest, year: int) -> HttpResponse:
    district = _edited_district(request)
    posted = [(tier, _text(request, f"tu-{tier}", 6), _text(request, f"den-{tier}", 6)) for tier in RUNGS]
    typed = _typed(request, Opened("counts", year=year, numbers=tuple(posted)))
    communes = len(roadmap_of(district, today_in(request)).rows)
    try:
        changed = set_counts(
            by=person_in(request), standing=standing_in(request), district=district, year=year,
            wanted={tier: _range(tier, low, high) for tier, low, high in posted}, document=typed.document,
            communes=communes, seen=typed.seen, on=today_in(request),
        )  # fmt: skip
    except (Refused, StaleTarget) as problem:
        return _again(request, district, typed, problem)
    _told(request, f"Đã lưu số xã phấn đấu năm {year}." if changed else "")
    return redirect(f"{reverse('communes:roadmap')}#so-xa")


def _range(tier: Tier, low: str, high: str) -> Range | None:
    """ "8" and "" is a number, "1" and "2" a range, nothing no target. Raises Refused."""
    if not low and not high:
        return None
    first = low or high
    for text in (first, high or first):
        if not (text.isascii() and text.isdigit()):
            raise Refused(f"Số xã {tier.label}: “{text}” không phải là số nguyên.")
    return Range(int(first), int(high or first))


def _edited_district(request: HttpRequest) -> Unit:
    district = home_district(request)
    if refusal := why_not_set_targets(standing_in(request), district.code):
        raise PermissionDenied(refusal)
    return district


def _text(request: HttpRequest, name: str, longest: int) -> str:
    return clean_text(request.POST.get(name, ""), keep_newlines=False).strip()[:longest]


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise BadRequest(f"{name} phải là một số.")
    return int(text)


def _typed(request: HttpRequest, empty: Opened) -> Opened:
    return Opened(
        empty.kind, empty.code, empty.year, tuple(request.POST.getlist("bac"))[:3],
        tuple(request.POST.getlist("linh-vuc"))[:30], _text(request, "van-ban", 301),
        request.POST.get("moc", "")[:1000], tuple(request.POST.getlist("xa"))[:500], empty.numbers,
    )  # fmt: skip


def _wanted(typed: Opened, district: Unit, request: HttpRequest) -> Wanted:
    """Raises Refused for a tier or field that does not exist."""
    tiers = tuple(tier for tier in RUNGS if tier.value in typed.tiers)
    known = roadmap_of(district, today_in(request)).fields
    if len(tiers) != len(typed.tiers) or any(code not in known for code in typed.fields):
        raise Refused("Bậc hoặc lĩnh vực gửi lên không có trong danh mục. Tải lại trang rồi chọn lại.")
    return Wanted(tiers, typed.fields, typed.document)


def _again(request: HttpRequest, district: Unit, typed: Opened, problem: Refused | StaleTarget) -> HttpResponse:
    """The page with the form as it was typed; after a conflict with the mark of what stands now, so that saving once
    more replaces what is shown."""
    board = roadmap_of(district, today_in(request))
    seen, said, status = typed.seen, str(problem), 422
    if isinstance(problem, StaleTarget):
        status = 409
        said = f"Người khác vừa sửa: hiện nay là “{problem.theirs}”. Lựa chọn của anh/chị còn ở dưới; lưu lại để thay."
        seen = _mark_now(board, typed)
    return _page(request, board, replace(typed, seen=seen, problem=said), status)


def _mark_now(board: Roadmap, typed: Opened) -> str:
    if typed.kind == "bulk":
        return board.mark
    if typed.kind == "counts":
        return counts_mark(counts_of(board.district), typed.year)
    row = _row_of(board, typed.code)
    cell = _cell_of(row, str(typed.year)) if row else None
    return cell.seen if cell else ""


def _told(request: HttpRequest, said: str) -> None:
    if said:
        messages.success(request, said)
    else:
        messages.info(request, "Không có gì thay đổi.")
