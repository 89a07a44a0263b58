"""Cells of every workbook that leaves this house: text stays text, numbers stay numbers, days stay days.

Called by the exporters of this floor and of those above. Everything that a person typed goes through `write`, so that
nothing becomes a formula, an error or a link, whatever it begins with.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from criteria.rules.numbers import clean_text

FONT = "Times New Roman"
# What one cell of the format holds, in UTF-16 units.
LONGEST_TEXT = 32_767
CUT_MARK = "… (cắt, xem trên hệ thống)"
LONGEST_SHEET_NAME = 31
_THIN = Side(style="thin", color="848C86")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_LEFT = Alignment(horizontal="left", vertical="top", wrap_text=True)
_MIDDLE = Alignment(horizontal="center", vertical="top", wrap_text=True)
_ONE_LINE = Alignment(horizontal="left", vertical="center")

Shown = str | int | Decimal | date | None


def fitting(text: str) -> str:
    """Clean text of at most `LONGEST_TEXT` units; what is left out is told in the cell itself."""
    clean = clean_text(text)
    units = clean.encode("utf-16-le")
    if len(units) // 2 <= LONGEST_TEXT:
        return clean
    room = LONGEST_TEXT - len(CUT_MARK)
    return units[: room * 2].decode("utf-16-le", errors="ignore") + CUT_MARK


def write(sheet: Worksheet, row: int, column: int, value: Shown) -> Cell:
    """One value as what it is, without any dress."""
    cell: Cell = sheet.cell(row, column)
    if isinstance(value, str):
        text = fitting(value)
        cell.value = text
        cell.data_type = "s"
        # Excel itself then keeps it a text, also when somebody edits the cell.
        if text[:1] in ("=", "+", "-", "@", "\t"):
            cell.quotePrefix = True
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "dd/mm/yyyy"
    return cell


def put(
    sheet: Worksheet, row: int, column: int, value: Shown, *, bold: bool = False, fill: PatternFill | None = None,
    middle: bool = False, border: bool = True, size: int = 11,
) -> None:  # fmt: skip
    """One value in the plain dress of the working screens."""
    cell = write(sheet, row, column, value)
    cell.font = Font(name=FONT, size=size, bold=bold)
    cell.alignment = _ONE_LINE if not border else _MIDDLE if middle else _LEFT
    if border:
        cell.border = _GRID
    if fill:
        cell.fill = fill


def sheet_name(text: str) -> str:
    """A legal name of a sheet: none of []:*?/\\, no quote at an end, at most 31 characters."""
    clean = " ".join(re.sub(r"[\[\]:*?/\\]", "-", clean_text(text)).split())[:LONGEST_SHEET_NAME].strip("' ")
    return clean or "Trang"


def lie_on_a4(sheet: Worksheet) -> None:
    """Printed across the sheet, as many pages long as it takes."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def bytes_of(book: Workbook) -> bytes:
    """The finished workbook, marked as Vietnamese."""
    book.properties.language = "vi-VN"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
