"""What an import refused, as a workbook: sheet, cell, value, reason, remedy, a line for each, to be worked through."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from communes.exporters.rounds import put
from communes.models import ImportBatch
from communes.rules.importing import Found

HEADS = ("Trang", "Hàng", "Ô", "Mục", "Giá trị trong tệp", "Vì sao từ chối", "Cách sửa")
WIDTHS = (16, 7, 8, 48, 20, 52, 52)


def refusals_workbook(batch: ImportBatch, found: Found, made_on: date) -> bytes:
    """One line for each problem; problems of whole sheets first."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Bị từ chối"
    put(sheet, 1, 1, f"CÁC HÀNG BỊ TỪ CHỐI – {batch.name}", bold=True, border=False, size=14)
    put(sheet, 2, 1, f"Đọc ngày {made_on:%d/%m/%Y}. Sửa trong tệp gốc rồi nạp lại.", border=False)
    for column, head in enumerate(HEADS, 1):
        put(sheet, 4, column, head, bold=True, middle=True)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS[column - 1]
    lines: list[tuple[str | int, ...]] = [(one.sheet, "", "", "", "", one.reason, one.remedy) for one in found.problems]
    lines += [
        (row.sheet, row.number, one.cell, row.title, one.value, one.reason, one.remedy)
        for row in found.refused
        for one in row.problems
    ]
    for number, line in enumerate(lines, 5):
        for column, value in enumerate(line, 1):
            put(sheet, number, column, value)
    sheet.freeze_panes = "A5"
    sheet.auto_filter.ref = f"A4:{get_column_letter(len(HEADS))}{max(5, 4 + len(lines))}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    out = BytesIO()
    book.save(out)
    return out.getvalue()
