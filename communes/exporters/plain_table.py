"""One table as a workbook and as an official paper, made of the same cells: lists whose rows are plain values.

Called by the exporters of this floor and of those above. A text never becomes a formula (`cells.put`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters.cells import Shown, bytes_of, lie_on_a4, put, sheet_name
from communes.exporters.pdf import DEMO_MARK, Paper, draw_paper

_HEAD_FILL = PatternFill("solid", start_color="ECEEEA")


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in characters of a workbook; `paper` names the width on paper ("" takes what is left)."""

    head: str
    width: int
    paper: str = ""
    middle: bool = False


@dataclass(frozen=True)
class Table:
    """`said` are the lines under the title: of whom, which rows, of which day."""

    name: str
    title: str
    said: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: Sequence[Sequence[Shown]]


def tables_workbook(tables: Sequence[Table], *, is_demo: bool) -> bytes:
    """A sheet each, named `name`, ready to be filtered and printed across A4."""
    book = Workbook()
    for place, table in enumerate(tables):
        sheet = book.create_sheet() if place else book.worksheets[0]
        sheet.title = sheet_name(table.name)
        _fill(sheet, table, is_demo)
    return bytes_of(book)


def _fill(sheet: Worksheet, table: Table, is_demo: bool) -> None:
    put(sheet, 1, 1, table.title, bold=True, border=False, size=14)
    said = [*table.said, *([DEMO_MARK] if is_demo else [])]
    for place, line in enumerate(said, 2):
        put(sheet, place, 1, line, border=False)
    head = len(said) + 3
    for place, column in enumerate(table.columns, 1):
        put(sheet, head, place, column.head, bold=True, fill=_HEAD_FILL, middle=True)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    for number, cells in enumerate(table.lines, head + 1):
        for place, value in enumerate(cells, 1):
            put(sheet, number, place, value, middle=table.columns[place - 1].middle)
    sheet.freeze_panes = f"A{head + 1}"
    last = max(head + len(table.lines), head + 1)
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(table.columns))}{last}"
    sheet.print_title_rows = f"{head}:{head}"
    lie_on_a4(sheet)


def tables_pdf(tables: Sequence[Table], paper: Paper, summary: str) -> bytes:
    """One paper: a sentence, and the tables in its annex. Raises PdfUnavailable."""
    shown = [
        (table, [list(zip(table.columns, map(_said, cells), strict=True)) for cells in table.lines])
        for table in tables
    ]
    return draw_paper("reports/pdf/plain_tables.html", paper, {"tables": shown, "summary": summary})


def _said(value: Shown) -> str:
    if value is None:
        return ""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
