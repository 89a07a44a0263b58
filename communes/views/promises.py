"""`/muc-tieu/<unit>/cam-ket/<year>/`: what a unit promises to reach on each measure, typed or pasted as a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from communes.actions.promising import Promise, StalePromises, save_promises
from communes.exporters.files import download
from communes.exporters.roadmap import promises_pdf, promises_workbook
from communes.models import Unit
from communes.policies import Refused, why_not_promise
from communes.queries.promises import PromiseBoard, PromiseLine, promise_board
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from communes.views.printed import is_demo, paper
from criteria.address import FIRST_YEAR, LAST_YEAR
from criteria.rules.numbers import clean_text
from criteria.rules.values import ValueProblem, decode_value, parse_value, show_value

LONGEST = 60


@require_http_methods(["GET", "HEAD", "POST"])
def promises(request: HttpRequest, code: str, year: int) -> HttpResponse:
    board = _board(request, code, year)
    if request.method == "POST":
        return _save(request, board)
    return _page(request, board)


@require_safe
def promises_excel(request: HttpRequest, code: str, year: int) -> HttpResponse:
    board = _board(request, code, year)
    content = promises_workbook(board, today_in(request), is_demo=is_demo(request))
    return download(content, f"Cam kết {board.unit.full_name} {year}.xlsx")


@require_safe
def promises_paper(request: HttpRequest, code: str, year: int) -> HttpResponse:
    board, today = _board(request, code, year), today_in(request)
    name = f"Cam kết {board.unit.full_name} {year}.pdf"
    return paper(request, lambda: promises_pdf(board, today, is_demo=is_demo(request)), name)


def _board(request: HttpRequest, code: str, year: int) -> PromiseBoard:
    """Everybody of the district reads; a unit of elsewhere is 404."""
    units = Unit.objects.visible_to(standing_in(request)).valid_on(today_in(request)).select_related("parent__parent")
    unit = units.called(code[:80]).first()
    if unit is None:
        raise Http404
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadRequest(f"Năm trong địa chỉ phải từ {FIRST_YEAR} đến {LAST_YEAR}.")
    district = unit.parent if unit.is_commune and unit.parent else unit
    return promise_board(unit, district, year, today_in(request), everything=request.GET.get("loc") == "tat-ca")


def _page(request: HttpRequest, board: PromiseBoard, document: str = "", status: int = 200) -> HttpResponse:
    unit, today = board.unit, today_in(request)
    last = max(today.year + 2, board.year)
    context = {
        "board": board,
        "refusal": _refusal(request, unit),
        "document": document,
        "years": [(year, _url(unit, year)) for year in range(min(today.year, board.year), last + 1)],
        "query": "loc=tat-ca" if board.everything else "",
    }
    return render(request, "communes/promises.html", context, status=status)


def _refusal(request: HttpRequest, unit: Unit) -> str | None:
    return why_not_promise(standing_in(request), unit.district_code, unit.code if unit.is_commune else "")


def _save(request: HttpRequest, board: PromiseBoard) -> HttpResponse:
    if refusal := _refusal(request, board.unit):
        raise PermissionDenied(refusal)
    document = clean_text(request.POST.get("van-ban", ""), keep_newlines=False).strip()[:301]
    typed = {one.measure.code: text for one in board.lines if (text := _typed(request, one)) is not None}
    entries, problems = _entries(request, board, typed)
    if problems:
        return _page(request, _with(board, typed, problems), document, 422)
    try:
        number = save_promises(
            by=person_in(request), standing=standing_in(request), unit=board.unit, year=board.year, promises=entries,
            document=document, on=today_in(request),
        )  # fmt: skip
    except Refused as problem:
        board = replace(_with(board, typed, {}), problems=(str(problem),))
        return _page(request, board, document, 422)
    except StalePromises as stale:
        return _page(request, _with(board, typed, _theirs(board, stale)), document, 409)
    messages.success(request, f"Đã lưu {number} giá trị cam kết." if number else "Không có gì thay đổi.")
    return redirect(_url(board.unit, board.year) + ("?loc=tat-ca" if board.everything else ""))


def _typed(request: HttpRequest, line: PromiseLine) -> str | None:
    text = request.POST.get(f"v-{line.measure.code}")
    return None if text is None else clean_text(text, keep_newlines=False).strip()[: LONGEST + 1]


def _entries(
    request: HttpRequest, board: PromiseBoard, typed: Mapping[str, str]
) -> tuple[list[Promise], dict[str, str]]:
    """What differs from what the page showed (`c`), read; and the sentence for each that cannot be read."""
    entries, problems = [], {}
    for line in board.lines:
        code = line.measure.code
        text = typed.get(code)
        if text is None or text == request.POST.get(f"c-{code}", ""):
            continue
        seen = request.POST.get(f"o-{code}", "0")
        if not (seen.isascii() and seen.isdigit() and len(seen) < 19):
            raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
        try:
            value = parse_value(line.measure, text) if text else None
        except ValueProblem as problem:
            problems[code] = str(problem)
        else:
            shown = "bỏ cam kết" if value is None else show_value(line.measure, value)
            entries.append(Promise(code, value, shown, int(seen)))
    return entries, problems


def _theirs(board: PromiseBoard, stale: StalePromises) -> dict[str, str]:
    measures = {one.measure.code: one.measure for one in board.lines}
    return {
        code: f"{row.by.full_name} vừa ghi "
        f"{show_value(measures[code], decode_value(measures[code].kind, row.value))}. Lưu lại để thay."
        for code, row in stale.theirs.items()
    }


def _with(board: PromiseBoard, typed: Mapping[str, str], problems: Mapping[str, str]) -> PromiseBoard:
    """Nothing typed is lost; every line is shown where one of them has a problem."""
    lines = tuple(
        replace(one, said=problems.get(one.measure.code, one.said), problem=problems.get(one.measure.code, ""),
                typed=typed.get(one.measure.code, one.typed))
        for one in board.lines
    )  # fmt: skip
    said = (f"Chưa lưu giá trị nào: {len(problems)} ô cần xem lại.",) if problems else ()
    return replace(board, lines=lines, problems=said)


def _url(unit: Unit, year: int) -> str:
    return reverse("communes:promises", kwargs={"code": unit.slug, "year": year})
