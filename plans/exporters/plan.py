"""The plan as a workbook: the rows that the page shows, none left out; days are days, floats numbers, links words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters.cells import Shown, put
from communes.exporters.pdf import DEMO_MARK
from communes.models import Unit
from plans.queries.board import Board, Group, Line
from plans.queries.planned import Plan, PlannedTask

_HEAD_FILL, _GROUP_FILL = PatternFill("solid", start_color="ECEEEA"), PatternFill("solid", start_color="F3F4F1")
_COLUMNS: tuple[tuple[str, int, bool], ...] = (
    ("TT", 5, True), ("Việc", 56, False), ("Đơn vị", 18, False), ("Ai đang giữ", 28, False),
    ("Chỉ tiêu, điều kiện", 40, False), ("Thời gian", 10, True), ("Đơn vị thời gian", 14, True),
    ("Bắt đầu", 12, True), ("Dự báo xong", 12, True), ("Hạn", 12, True), ("Trễ hạn (ngày)", 9, True),
    ("Kế hoạch gốc xong", 12, True), ("Lệch gốc (ngày)", 9, True), ("Dự trữ toàn phần (ngày)", 10, True),
    ("Dự trữ riêng (ngày)", 10, True), ("Găng", 8, True), ("Tình trạng", 16, True), ("Đã làm (%)", 8, True),
    ("Bắt đầu thực tế", 12, True), ("Xong thực tế", 12, True), ("Chờ các việc", 60, False), ("Ghi chú", 40, False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """Which of the rows these are, in words, for which district, made when."""

    district: Unit
    label: str
    made_on: date
    is_demo: bool


def plan_workbook(board: Board, taken: Taken) -> bytes:
    """One row a task or, where it is shut, a commune; groups as on the page."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Kế hoạch"
    head = _head(sheet, board, taken)
    row = head
    number = 0
    for group in board.groups:
        row += 1
        _group(sheet, row, group)
        for line in group.lines:
            row, number = row + 1, number + 1
            for place, value in enumerate(_cells(number, line, board.plan), 1):
                put(sheet, row, place, value, middle=_COLUMNS[place - 1][2], bold=line.is_critical and place == 2)
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(_COLUMNS))}{max(row, head + 1)}"
    whole = BytesIO()
    book.save(whole)
    return whole.getvalue()


def _head(sheet: Worksheet, board: Board, taken: Taken) -> int:
    said = [board.headline, *said_of(board, taken), *([DEMO_MARK] if taken.is_demo else [])]
    put(sheet, 1, 1, "KẾ HOẠCH VÀ ĐƯỜNG GĂNG", bold=True, border=False, size=14)
    for place, words in enumerate(said, 2):
        put(sheet, place, 1, words, border=False)
    head = len(said) + 3
    for place, (name, width, _) in enumerate(_COLUMNS, 1):
        put(sheet, head, place, name, bold=True, fill=_HEAD_FILL, middle=True)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = f"C{head + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "8"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head}:{head}"
    return head


def said_of(board: Board, taken: Taken) -> list[str]:
    """Under the head of workbook and paper: which rows, against which end and baseline, as of which day."""
    end, plan = board.end, board.plan
    said = [f"{taken.district.title}; lọc: {taken.label}; {len(board.lines)} dòng; tính đến {taken.made_on:%d/%m/%Y}"]
    if end:
        said.append(f"Găng theo mốc “{end.title}”: dự báo {end.finish:%d/%m/%Y}, mốc {end.target_on:%d/%m/%Y}")
    if plan.baseline and plan.baseline_on:
        said.append(f"So với {plan.baseline} (chốt ngày {plan.baseline_on:%d/%m/%Y})")
    return said


def _group(sheet: Worksheet, row: int, group: Group) -> None:
    for place in range(1, len(_COLUMNS) + 1):
        put(sheet, row, place, group.title if place == 2 else None, bold=True, fill=_GROUP_FILL)


def _cells(number: int, line: Line, plan: Plan) -> tuple[Shown, ...]:
    task = line.task
    critical, base = "găng" if line.is_critical else "", line.baseline[1] if line.baseline else None
    if task is None:
        return (number, line.title, line.title, line.who, "", None, "", line.start, line.finish, None, None, base,
                line.drift, line.float, None, critical, line.state, line.progress, None, None, "", "")  # fmt: skip
    return (
        number, line.title, task.unit_name, line.who, task.subject_label, task.duration,
        "mốc" if task.is_milestone else task.days.label, line.start, line.finish, task.due, task.days_late, base,
        line.drift, line.float, task.free_float, critical, line.state, task.progress, task.started_on,
        task.finished_on, "\n".join(waits_in_words(task, plan)), task.note,
    )  # fmt: skip


def waits_in_words(task: PlannedTask, plan: Plan) -> Sequence[str]:
    """ "Lập hồ sơ (FS + 3)", one for each task it waits for."""
    return [
        f"{plan.by_pk[link.pk].title} ({link.kind.value}{f' {link.lag:+d}' if link.lag else ''})"
        for link in task.waits_for if link.pk in plan.by_pk
    ]  # fmt: skip
