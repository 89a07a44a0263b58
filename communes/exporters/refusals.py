"""What an import refused, as a workbook: sheet, cell, value, reason, remedy, a line for each, to be worked through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from communes.exporters.cells import bytes_of, lie_on_a4, put
from communes.models import ImportBatch
from communes.rules.importing import Refusal

HEADS = ("Trang", "Hàng", "Ô", "Mục", "Giá trị trong tệp", "Vì sao từ chối", "Cách sửa")
WIDTHS = (16, 7, 8, 48, 20, 52, 52)


def refusals_workbook(batch: ImportBatch, lines: Sequence[Refusal], read_on: date) -> bytes:
    """One line for each problem, in the order given; `read_on` is the day on which they were refused."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Bị từ chối"
    put(sheet, 1, 1, f"CÁC HÀNG BỊ TỪ CHỐI – {batch.name}", bold=True, border=False, size=14)
    put(sheet, 2, 1, f"Đọc ngày {read_on:%d/%m/%Y}. Sửa trong tệp gốc rồi nạp lại.", border=False)
    for column, head in enumerate(HEADS, 1):
        put(sheet, 4, column, head, bold=True, middle=True)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS[column - 1]
    for number, line in enumerate(lines, 5):
        for column, value in enumerate(line, 1):
            put(sheet, number, column, "" if value is None else value)
    sheet.freeze_panes = "A5"
    sheet.auto_filter.ref = f"A4:{get_column_letter(len(HEADS))}{max(5, 4 + len(lines))}"
    lie_on_a4(sheet)
    return bytes_of(book)
