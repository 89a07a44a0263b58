"""The base data of a commune and year as a workbook: the same figures and words as the page shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from communes.exporters.cells import Shown, bytes_of, lie_on_a4, put
from communes.models import Unit
from communes.queries.base_data import Figure
from criteria.models import BaseQuantity

HEADS = ("Số liệu", "Đơn vị tính", "Năm trước", "Năm nay", "Nguồn số liệu", "Người nhập", "Ngày nhập")
WIDTHS = (52, 12, 14, 14, 36, 24, 12)

Row = tuple[BaseQuantity, Figure | None, Figure | None]


def base_data_workbook(unit: Unit, year: int, rows: Iterable[Row], made_on: date) -> bytes:
    """`rows`: quantity, this year's figure, last year's. Figures are numbers, everything else is text."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = f"Số liệu nền {year}"
    put(sheet, 1, 1, f"SỐ LIỆU NỀN NĂM {year} – {unit.title.upper()}", bold=True, border=False, size=14)
    put(sheet, 2, 1, f"Lập ngày {made_on:%d/%m/%Y}.", border=False)
    for column, head in enumerate(HEADS, 1):
        put(sheet, 4, column, head, bold=True, middle=True)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS[column - 1]
    for number, (quantity, now, last) in enumerate(rows, 5):
        values: tuple[Shown, ...] = (
            quantity.name, quantity.unit, last.value if last else None, now.value if now else None,
            now.source if now else None, now.by if now else None, now.on if now else None,
        )  # fmt: skip
        for column, value in enumerate(values, 1):
            put(sheet, number, column, value)
            if column in (3, 4):
                places = "." + "0" * quantity.decimals if quantity.decimals else ""
                sheet.cell(number, column).number_format = f"#,##0{places}"
    sheet.freeze_panes = "B5"
    lie_on_a4(sheet)
    return bytes_of(book)
