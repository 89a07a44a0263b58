"""Cells of a workbook: strings that stay strings, numbers that stay numbers, verdicts in the forms of the screen."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters.cells import FONT, Shown, write
from criteria.rules.numbers import clean_text
from criteria.rules.rulebook import Measure, Value
from criteria.rules.vocabulary import Basis, Verdict
from reports.exporters.lines import Mark

LINE, HEAD_FILL, BLOCK_FILL = "848C86", "ECEEEA", "F3F4F1"
# The star is a matter of display, so that a formula still counts the letter.
PROVISIONAL_FORMAT = '@"*"'


class Ink(NamedTuple):
    """Colours of a verdict: as in static/css/tokens.css (light), a test compares them."""

    fill: str
    on: str
    tint: str
    ink: str
    line: str


INKS = {
    Verdict.MET: Ink("23764F", "FFFFFF", "C3E4D2", "14563A", "23764F"),
    Verdict.NOT_MET: Ink("BD3F0B", "FFFFFF", "FAD3BF", "8F2D06", "BD3F0B"),
    Verdict.NO_DATA: Ink("6A736D", "FFFFFF", "E9EBE8", "5A635D", "B4BAB5"),
    Verdict.EXEMPT: Ink("566A82", "FFFFFF", "DDE5EE", "3C5068", "6E8299"),
    Verdict.UNDETERMINED: Ink("F0B73A", "3A2800", "FBE6B0", "6F4B00", "A87500"),
}

_THIN = Side(style="thin", color=LINE)
GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
WRAPPED = Alignment(horizontal="left", vertical="top", wrap_text=True)
UPRIGHT = Alignment(text_rotation=90, horizontal="center", vertical="bottom", wrap_text=True)
LINE_OF_TEXT = Alignment(horizontal="left", vertical="center")


@cache
def font(size: float = 11, *, bold: bool = False, italic: bool = False, color: str = "000000") -> Font:
    return Font(name=FONT, size=size, bold=bold, italic=italic, color=color)


@cache
def solid(color: str) -> PatternFill:
    return PatternFill("solid", start_color=color, end_color=color)


def put(sheet: Worksheet, row: int, column: int, value: Shown, **style: Any) -> Cell:
    """Write one value as what it is, in the dress of the official tables."""
    return dress(write(sheet, row, column, value), **style)


def formula(sheet: Worksheet, row: int, column: int, expression: str, **style: Any) -> Cell:
    """Write a formula of our own; nothing that a person typed may reach `expression`."""
    cell: Cell = sheet.cell(row, column, f"={expression}")
    return dress(cell, **style)


def dress(cell: Cell, *, bold: bool = False, italic: bool = False, size: float = 11, color: str = "000000",
          fill: str = "", align: Alignment | None = None, border: bool = True, number: str = "") -> Cell:  # fmt: skip
    cell.font = font(size, bold=bold, italic=italic, color=color)
    cell.alignment = align or WRAPPED
    if fill:
        cell.fill = solid(fill)
    if border:
        cell.border = GRID
    if number:
        cell.number_format = number
    return cell


def put_mark(sheet: Worksheet, row: int, column: int, mark: Mark, basis: Basis | None) -> Cell:
    """A verdict: the letter as value; colour, form of the basis and the star of tạm tính as display."""
    cell = put(sheet, row, column, mark.verdict.letter)
    ink = INKS[mark.verdict]
    stated = basis is not None and mark.verdict is not Verdict.NO_DATA
    is_full = stated and basis is Basis.APPROVED and mark.verdict is not Verdict.EXEMPT
    cell.font = font(11, bold=stated, color=ink.on if is_full else ink.ink)
    cell.alignment = CENTRED
    if stated and basis is not None:
        cell.border = _form_border(basis, ink.line)
        if basis is not Basis.SELF:
            cell.fill = _form_fill(mark.verdict, basis)
    if mark.provisional:
        cell.number_format = PROVISIONAL_FORMAT
    return cell


@cache
def _form_border(basis: Basis, color: str) -> Border:
    heavy = Side(style="thick", color=color)
    if basis is Basis.VERIFIED:
        return Border(left=heavy, right=_THIN, top=_THIN, bottom=_THIN)
    around = Side(style="medium", color=color) if basis is Basis.SELF else _THIN
    return Border(left=around, right=around, top=around, bottom=around)


@cache
def _form_fill(verdict: Verdict, basis: Basis) -> PatternFill:
    """Solid, tinted, or hatched for không áp dụng, which never looks like đạt."""
    ink = INKS[verdict]
    if verdict is Verdict.EXEMPT:
        return PatternFill("lightUp", start_color=ink.line if basis is Basis.APPROVED else "B7C1CC", end_color=ink.tint)
    return solid(ink.fill if basis is Basis.APPROVED else ink.tint)


def put_result(
    sheet: Worksheet, row: int, column: int, value: Value | None, measure: Measure | None, shown: str
) -> Cell:
    """A stated number as a number with its unit as format; anything else in words."""
    if isinstance(value, Decimal) and measure is not None:
        return put(sheet, row, column, value, align=CENTRED, number=number_format(value, measure.unit))
    return put(sheet, row, column, shown, align=CENTRED)


def number_format(value: Decimal, unit: str) -> str:
    """As many decimals as were stated. 88.2 and "%" give `#,##0.0" %"`: percents are stated 0-100, not as shares."""
    decimals = max(0, -int(value.normalize().as_tuple().exponent))
    places = f".{'0' * decimals}" if decimals else ""
    words = clean_text(unit).replace('"', "").replace("\n", " ")[:60]
    return f"#,##0{places}" + (f'" {words}"' if words else "")


def widths(sheet: Worksheet, *columns: float) -> None:
    for number, width in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
