"""The list of what is to be mended as a workbook: the same rows and words as `/khac-phuc/` shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from communes.exporters.cells import Shown, bytes_of, put
from communes.queries.discussion import FindingRow

HEADS = (
    "TT", "Đơn vị", "Chỉ tiêu", "Nội dung cần khắc phục", "Đoàn, cơ quan nêu", "Văn bản", "Phụ trách", "Ngày ghi",
    "Hạn", "Tình trạng", "Đã làm gì", "Ngày đóng",
)  # fmt: skip
WIDTHS = (5, 20, 34, 50, 22, 24, 28, 12, 12, 22, 40, 12)
_HEAD_ROW = 4


def findings_workbook(rows: Sequence[FindingRow], label: str, made_on: date) -> bytes:
    """One row a finding; `label` says which of them ("đang mở")."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Khắc phục"
    put(sheet, 1, 1, "NỘI DUNG CẦN KHẮC PHỤC", bold=True, border=False, size=14)
    put(sheet, 2, 1, f"Lọc: {label}; {len(rows)} nội dung; lập ngày {made_on:%d/%m/%Y}.", border=False)
    for column, head in enumerate(HEADS, 1):
        put(sheet, _HEAD_ROW, column, head, bold=True, fill=PatternFill("solid", start_color="ECEEEA"), middle=True)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS[column - 1]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(_cells(number, row), 1):
            put(sheet, _HEAD_ROW + number, column, value)
    sheet.freeze_panes = f"C{_HEAD_ROW + 1}"
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{get_column_letter(len(HEADS))}{_HEAD_ROW + max(len(rows), 1)}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
    return bytes_of(book)


def _cells(number: int, row: FindingRow) -> tuple[Shown, ...]:
    return (
        number, row.unit.title, row.measure_name, row.text, row.found_by, row.document, row.answers_for_it, row.on,
        row.due_on, row.state, row.done_note, row.closed_on,
    )  # fmt: skip
