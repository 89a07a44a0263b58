"""Filling many cells of a sheet at once: a block pasted from a workbook, last year's values; and the report of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from communes.forms import Typed, typed_in
from communes.rules.blocks import Block, Placed, Slot, place_block
from communes.views.cells import Saving, part_of, save_changed, save_rows
from communes.views.desk import FILTERS, Desk, load_desk
from communes.views.opening import open_commune, open_district
from communes.views.rows import Row
from communes.views.sheets import back_to, page

# What several cells at once are called in the report, by the word that the page sends.
TITLES = {"hoan-tac": "Hoàn tác", "lam-lai": "Làm lại"}
EXEMPT_WORDS = frozenset({"không áp dụng", "kad", "k.a.d", "không có đối tượng áp dụng"})


@dataclass(frozen=True)
class NotTaken:
    """A pasted line that is not in the sheet now: whose, what it said, why; `id` leads to the row."""

    label: str
    text: str
    reason: str
    id: str = ""


@dataclass(frozen=True)
class Report:
    """What became of many cells at once. `taken` are labels of the rows saved, `same` counts what already stood."""

    title: str
    taken: Sequence[str]
    same: int
    left: Sequence[NotTaken]
    is_block: bool = True
    noun: str = "mục"

    @property
    def is_shown(self) -> bool:
        """A fill or an undo that went through is seen in its cells."""
        return self.is_block or bool(self.left)

    @property
    def sentence(self) -> str:
        words = [f"Đã nhận {len(self.taken)} {self.noun}."]
        if self.same:
            words.append(f"{self.same} {self.noun} đã đúng như vậy từ trước.")
        if self.left:
            words.append(f"{len(self.left)} dòng chưa nhận, xem lý do.")
        return " ".join(words)


@require_POST
def paste(request: HttpRequest, code: str, family: str, year: int) -> HttpResponse:
    return _paste(request, load_desk(request, open_commune(request, code), family, year))


@require_POST
def district_paste(request: HttpRequest, family: str, year: int) -> HttpResponse:
    return _paste(request, load_desk(request, open_district(request), family, year))


def _paste(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Match the block against the rows of the asking page (those whose version it sent), save, and say what became of
    every line."""
    if not desk.editable:
        raise PermissionDenied(desk.locked_reason)
    if "bang" not in request.POST:
        return _save_many(request, desk)
    shown = {code for code in desk.rows if f"p-{code}" in request.POST}
    block = place_block(
        request.POST.get("bang", ""),
        [Slot(code, _code_of(row), row.name) for code, row in desk.rows.items() if code in shown],
        request.POST.get("tu", ""),
        remarks=request.POST.get("cot") == "g",
        hidden=[_code_of(row) for code, row in desk.rows.items() if code not in shown and _code_of(row)],
    )
    typed = {placed.measure: _typed(request, desk.rows[placed.measure], placed) for placed in block.placed}
    changed = {code: fields for code, fields in typed.items() if not _stands(desk.rows[code], fields)}
    saving = save_rows(request, desk, changed) if changed else Saving()
    report = _report(desk, block, saving, same=len(typed) - len(changed))
    if request.headers.get("HX-Request"):
        return part_of(request, desk.refreshed(), list(changed), saving, report)
    if not report.left:
        messages.success(request, report.sentence)
        return back_to(request, desk)
    fresh = desk.refreshed().with_attempts(saving.attempts, saving.saved, saving.old_remarks)
    return page(request, fresh, 422 if saving.attempts else 200, report=report)


def _code_of(row: Row) -> str:
    return row.code or (f"{row.part.item}{row.part.part.code}" if row.part.part.code else "")


def _typed(request: HttpRequest, row: Row, placed: Placed) -> Typed:
    seen = typed_in(request.POST, row.measure)
    assert seen is not None
    stored = replace(row.stored, version=seen.version)
    if placed.value.casefold().strip(" .") in EXEMPT_WORDS and row.may_be_exempt:
        return replace(stored, value="", is_exempt=True, remark=placed.remark or stored.remark)
    if placed.value:
        value = placed.value.removesuffix("%").rstrip() if placed.value.endswith("%") else placed.value
        remark = placed.remark or stored.remark
        return replace(stored, value=_choice(row, value), is_exempt=False, reason="", remark=remark)
    return replace(stored, remark=placed.remark)


def _choice(row: Row, text: str) -> str:
    """The option behind a pasted word ("Đạt", "x"), where the row is a choice and the word names one."""
    named = {label.casefold(): value for value, label, _ in row.choices if value} if row.is_choice else {}
    return named.get(text.casefold(), text)


def _stands(row: Row, typed: Typed) -> bool:
    return replace(typed, version=0) == replace(row.stored, version=0)


def _report(desk: Desk, block: Block, saving: Saving, *, same: int) -> Report:
    left = [NotTaken(f"Dòng {one.number}", one.text, one.reason) for one in block.left]
    title = "Dán từ Excel, ghép theo mã chỉ tiêu" if block.by_code else "Dán từ Excel"
    return Report(title, _labels(desk, saving), same, [*left, *_stopped(desk, saving)])


def _labels(desk: Desk, saving: Saving) -> list[str]:
    return [desk.rows[code].label for code in saving.saved]


def _stopped(desk: Desk, saving: Saving) -> list[NotTaken]:
    """The rows that were not saved, each with what was typed and why."""
    found = []
    for code, attempt in saving.attempts.items():
        row, theirs = desk.rows[code], attempt.theirs
        why = f"{theirs.by} vừa lưu {theirs.shown}; chọn giữ số nào ở dưới ô." if theirs else attempt.problem
        found.append(NotTaken(row.label, attempt.typed.value or attempt.typed.remark, why, row.id))
    return found


def _save_many(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The answer to a fill or an undo: every posted row, out of band."""
    touched = [code for code in desk.rows if f"p-{code}" in request.POST]
    if not touched:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    saving = save_changed(request, desk)
    title = TITLES.get(request.POST.get("viec", ""), "Điền nhiều ô")
    report = Report(title, _labels(desk, saving), 0, _stopped(desk, saving), is_block=False)
    return part_of(request, desk.refreshed(), touched, saving, report)


@require_POST
def keep(request: HttpRequest, code: str, family: str, year: int) -> HttpResponse:
    return _keep(request, load_desk(request, open_commune(request, code), family, year))


@require_POST
def district_keep(request: HttpRequest, family: str, year: int) -> HttpResponse:
    return _keep(request, load_desk(request, open_district(request), family, year))


def _keep(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Last year's values as drafts for the empty cells of the filter; each is then sent like one typed by hand."""
    if not desk.editable:
        raise PermissionDenied(desk.locked_reason)
    chosen = request.GET.get("loc", "")
    shown = set(desk.matching(chosen if chosen in FILTERS else ""))
    typed = {
        code: Typed(row.last_year.typed, remark=row.cell.remark, version=row.cell.version)
        for code, row in desk.rows.items()
        if code in shown and row.may_keep_last_year and row.last_year is not None
    }
    saving = save_rows(request, desk, typed) if typed else Saving()
    if saving.attempts:
        fresh = desk.refreshed().with_attempts(saving.attempts, saving.saved)
        title = f"Giữ nguyên số năm {desk.year - 1}"
        return page(request, fresh, 422, report=Report(title, _labels(desk, saving), 0, _stopped(desk, saving)))
    count = len(saving.saved)
    messages.success(request, f"Đã lấy số năm {desk.year - 1} làm bản nháp cho {count} mục. Kiểm tra rồi gửi.")
    return back_to(request, desk)
