"""Nhập nhanh: one measure of every commune, filled in by the department that leads it or by the office.

One address reads and takes the whole table (without script; and several rows at once: a pasted block, a fill, an undo);
another takes one commune's row. What is saved is a draft that the commune accepts; what the commune writes itself is
neither shown nor replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from communes.actions.prefilling import prefill_value
from communes.actions.stating import Stale, said
from communes.forms import Typed, entry_of, typed_in
from communes.models import Statement
from communes.policies import Refused
from communes.queries.entry import typed_text
from communes.queries.prefill import Choice
from communes.rules.pasting import Place, read_paste
from communes.rules.workflow import Stage
from communes.views.cells import person_in
from communes.views.fields import Attempt, Theirs
from communes.views.filling import TITLES, NotTaken, Report
from communes.views.opening import checked_year, standing_in, today_in
from communes.views.quick_table import QuickRow, Table, address_of, fits, load_table
from criteria.address import FIRST_YEAR, year_in
from criteria.models import Measure
from criteria.rules.numbers import format_number
from criteria.rules.values import ValueProblem
from criteria.rules.words import folded


@dataclass
class Block:
    """A pasted block against the table: `typed` by commune, the line each stood in, and what went nowhere."""

    typed: dict[str, Typed] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    left: list[tuple[int, NotTaken]] = field(default_factory=list)
    same: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
def quick_entry(request: HttpRequest) -> HttpResponse:
    today = today_in(request)
    year = checked_year(year_in(request.GET.get("nam"), today), today)
    table = load_table(request, request.GET.get("so-do", "")[:80], year, request.GET.get("tim", "")[:80])
    if request.method == "POST" and table.choice:
        return _save_all(request, table)
    return _render(request, table)


def _save_all(request: HttpRequest, table: Table) -> HttpResponse:
    """Every changed row, then the pasted block; what was refused comes back as it was typed, with its sentence."""
    typed = {code: one for code in table.rows if (one := typed_in(request.POST, code)) is not None}
    changed = {code: one for code, one in typed.items() if one.is_changed and request.POST.get("lay") != code}
    block = _pasted(request, table, typed)
    changed |= block.typed
    attempts = _save_rows(request, table, changed)
    report = _report(request, table, block, changed, attempts)
    if request.headers.get("HX-Request"):
        shown = list(changed) if "bang" in request.POST else list(typed)
        return _parts(request, table, shown, attempts, report)
    if not attempts and not report.left:
        messages.success(request, _summary(len(changed)))
        return redirect(address_of(table))
    fresh = load_table(request, table.choice.measure.code if table.choice else "", table.year)
    fresh.with_attempts(attempts)
    status = max((attempt.status for attempt in attempts.values()), default=422)
    status = 409 if any(attempt.theirs for attempt in attempts.values()) else status
    return _render(
        request, fresh, status, report=report if block.lines or block.left else None, problems=len(attempts),
        saved=len(changed) - len(attempts),
    )  # fmt: skip


def _summary(saved: int) -> str:
    return f"Đã nhập hộ {saved} xã. Xã nhận rồi mới gửi thẩm tra." if saved else "Không có ô nào thay đổi."


def _report(
    request: HttpRequest, table: Table, block: Block, changed: Mapping[str, Typed], attempts: Mapping[str, Attempt]
) -> Report:
    """What became of many rows at once: of a block every line, of a fill or an undo what could not be saved."""
    is_block = "bang" in request.POST
    told = block.lines if is_block else changed
    stopped = [
        (block.lines.get(code, 0), NotTaken(row.unit.name, _brought(request, one.typed), _told(one), row.id))
        for code, one, row in ((code, one, table.rows[code]) for code, one in attempts.items())
        if code in told
    ]
    left = [one for _, one in sorted([*block.left, *stopped], key=lambda pair: pair[0])]
    taken = [table.rows[code].unit.name for code in told if code in changed and code not in attempts]
    title = "Dán từ Excel" if is_block else TITLES.get(request.POST.get("viec", ""), "Điền nhiều ô")
    return Report(title, taken, block.same, left, is_block=is_block, noun="xã")


def _brought(request: HttpRequest, typed: Typed) -> str:
    """What of a row the block, the fill or the undo wanted written: its remark where the column is that of remarks."""
    return typed.remark if request.POST.get("cot") == "g" else typed.value


def _told(attempt: Attempt) -> str:
    return f"{attempt.theirs.by} vừa lưu {attempt.theirs.shown}" if attempt.theirs else attempt.problem


def _pasted(request: HttpRequest, table: Table, typed: Mapping[str, Typed]) -> Block:
    """The block matched against the communes, into their values or, begun in that column, into their remarks."""
    text = request.POST.get("bang", "")
    places = [Place(row.code, row.unit.name) for row in table.rows.values()]
    read = read_paste(text, places, request.POST.get("tu", ""))
    block = Block(left=[(one.number, NotTaken(f"Dòng {one.number}", one.text, one.reason)) for one in read.left])
    for code, cell in read.values.items():
        row, number = table.rows[code], read.numbers[code]
        block.lines[code] = number
        if row.is_locked:
            block.left.append((number, NotTaken(row.unit.name, cell, row.at.refusal or "", row.id)))
            continue
        seen = typed.get(code, Typed(row.at.typed, remark=row.at.remark, version=row.at.version, seen=row.seen))
        is_remark = request.POST.get("cot") == "g"
        one = replace(seen, remark=cell) if is_remark else replace(seen, value=_as_choice(row, cell))
        if one.is_changed:
            block.typed[code] = one
        else:
            block.same += 1
    return block


def _as_choice(row: QuickRow, text: str) -> str:
    """A pasted word as the field of a choice holds it ("Đạt" is the option "yes"); anything else as it is."""
    for value, label, _ in row.choices if row.is_choice else ():
        if value and folded(text) in (folded(label), folded(value)):
            return value
    return text


def _save_rows(request: HttpRequest, table: Table, typed: Mapping[str, Typed]) -> dict[str, Attempt]:
    if not typed or table.choice is None:
        return {}
    measure = Measure.objects.get(code=table.choice.measure.code)
    attempts = {}
    for code, one in typed.items():
        attempt = _save_row(request, table, table.rows[code], measure, one)
        if attempt:
            attempts[code] = attempt
    return attempts


def _save_row(request: HttpRequest, table: Table, row: QuickRow, measure: Measure, typed: Typed) -> Attempt | None:
    """Save one commune's value as filled in; what could not be saved comes back with everything that was typed."""
    full = replace(typed, value=_with_denominator(row, typed.value))
    try:
        entry = entry_of(row.choice.measure, full, allowed=None)
        prefill_value(
            by=person_in(request), standing=standing_in(request), item=row.at.item, unit=row.unit, measure=measure,
            year=table.year, seen_version=typed.version, entry=entry, on=today_in(request),
            url=reverse("communes:sheet-home", kwargs={"code": row.unit.slug}),
        )  # fmt: skip
    except (ValueProblem, Refused) as problem:
        return Attempt(typed, str(problem))
    except Stale as stale:
        return _conflict(row, measure, full, stale.current)
    return None


def _with_denominator(row: QuickRow, value: str) -> str:
    """ "7741/" is finished with the commune's own base figure, where the measure is a percentage of one."""
    if row.at.denominator is None or not value.endswith("/"):
        return value
    return value + format_number(row.at.denominator).replace(".", "")


def _conflict(row: QuickRow, measure: Measure, typed: Typed, current: Statement | None) -> Attempt | None:
    """Somebody saved first. The same value twice is no conflict; the commune's own draft is not told."""
    if current is None:
        return Attempt(typed, "Ô này vừa được người khác mở. Lưu lại lần nữa.")
    if current.stage != Stage.PREFILLED.value:
        return Attempt(typed, "Xã vừa tự nhập hoặc gửi mục này; số của anh/chị không ghi đè.")
    if typed_text(row.choice.measure, current) == typed.value and current.remark == typed.remark:
        return None
    return Attempt(typed, theirs=Theirs(current.by.full_name, current.at, said(measure, current)))


def _render(
    request: HttpRequest, table: Table, status: int = 200, *, report: Report | None = None, problems: int = 0,
    saved: int = 0,
) -> HttpResponse:  # fmt: skip
    today = today_in(request)
    sought = request.GET.get("tim", "")[:80].strip()
    fitting = [one for one in table.choices if fits(one, sought)]
    nothing = bool(sought) and not fitting
    groups: dict[str, list[tuple[Choice, bool]]] = {}
    for one in fitting or table.choices:
        is_chosen = table.choice is not None and one.measure.code == table.choice.measure.code
        groups.setdefault(one.group, []).append((one, is_chosen))
    years = range(max(FIRST_YEAR, today.year - 3), max(today.year, FIRST_YEAR) + 1)
    context = {
        "table": table, "choice": table.choice, "rows": list(table.rows.values()), "year": table.year,
        "years": [(address_of(table, year), str(year), year == table.year) for year in years],
        "groups": list(groups.items()), "sought": sought, "nothing": nothing,
        "action": address_of(table), "report": report, "problems": problems, "saved": saved,
    }  # fmt: skip
    return render(request, "communes/quick_entry.html", context, status=status)


@require_POST
def quick_cell(request: HttpRequest, year: int, measure: str, code: str) -> HttpResponse:
    """One commune's row by script: saved, or given back with its sentence (422) or the other's value (409)."""
    table = load_table(request, measure[:80], checked_year(year, today_in(request)))
    row = table.rows.get(code)
    if row is None or table.choice is None:
        raise Http404
    typed = typed_in(request.POST, code)
    if typed is None:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    takes_theirs = request.POST.get("lay") == code
    attempts = {} if takes_theirs or not typed.is_changed else _save_rows(request, table, {code: typed})
    if not request.headers.get("HX-Request"):
        if attempts:
            messages.error(request, f"{row.unit.name}: {_told(attempts[code])}")
        return redirect(address_of(table))
    return _parts(request, table, [code], attempts)


def _parts(
    request: HttpRequest, table: Table, codes: Sequence[str], attempts: Mapping[str, Attempt],
    report: Report | None = None,
) -> HttpResponse:  # fmt: skip
    """The answer to htmx: one row in its own place, or several out of band with the report; and the count above."""
    fresh = load_table(request, table.choice.measure.code if table.choice else "", table.year)
    fresh.with_attempts(attempts)
    saved = {} if request.POST.get("lay") else {code: one for code, one in fresh.rows.items() if code not in attempts}
    rows = [replace(fresh.rows[code], just_saved=code in saved) for code in codes]
    context = {
        "row": rows[0] if report is None else None, "rows": [] if report is None else rows, "report": report,
        "year": table.year, "choice": table.choice, "table": fresh,
    }  # fmt: skip
    status = attempts[codes[0]].status if report is None and codes[0] in attempts else 200
    return render(request, "communes/_quick_saved.html", context, status=status)
