"""Excel workbooks: the matrix, a commune, the district. Same value objects as the screen, totals as formulas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters.cells import bytes_of, sheet_name
from communes.exporters.pdf import DEMO_MARK
from criteria.rules.vocabulary import Basis, Verdict
from reports.exporters.cells import CENTRED, HEAD_FILL, LINE_OF_TEXT, put, put_mark, widths
from reports.exporters.documents import (
    LEGEND_FORMS,
    PROVISIONAL_NOTE,
    Document,
    commune_document,
    district_document,
    matrix_document,
)
from reports.exporters.grids import write_matrix
from reports.exporters.lines import Mark
from reports.exporters.official_table import write_table
from reports.queries.matrix import Matrix
from reports.queries.units import CommunePage, DistrictPage

INFO = "Thông tin"


class DifferentFigures(ValueError):
    """The matrices handed over do not belong together."""


def matrix_workbook(
    matrix: Matrix,
    *,
    made_on: date,
    is_demo: bool,
    made_by: str = "",
    by_basis: Mapping[Basis, Matrix] | None = None,
) -> bytes:
    """Communes × criteria as .xlsx.

    Where all three bases are shown, a cell holds the strongest conclusion, from whose letter no total of a single
    basis can be counted. `by_basis` (the same view on each basis alone, made from the same bench) then gives a sheet
    per basis whose totals are formulas, and the first sheet points to them; without it those totals are plain
    numbers. Raises DifferentFigures where `by_basis` tells other totals than `matrix`.
    """
    document = matrix_document(matrix, made_on=made_on, is_demo=is_demo, made_by=made_by)
    book, singles = Workbook(), dict(by_basis or {})
    _check_alike(matrix, singles)
    names = {basis: sheet_name(_capital(basis.label)) for basis in matrix.bases if basis in singles}
    write_matrix(_first_sheet(book, "Ma trận"), document, matrix, names)
    for basis, name in names.items():
        write_matrix(book.create_sheet(name), document, singles[basis], {}, order=[row.unit for row in matrix.rows])
    return _finished(book, document)


def commune_workbook(page: CommunePage, *, made_on: date, is_demo: bool, made_by: str = "") -> bytes:
    """The official table of a commune as .xlsx."""
    document = commune_document(page, made_on=made_on, is_demo=is_demo, made_by=made_by)
    book = Workbook()
    write_table(_first_sheet(book, f"Xã {page.unit.name}"), document, page.sheet, page.headline, page.appraisals)
    return _finished(book, document)


def district_workbook(page: DistrictPage, *, made_on: date, is_demo: bool, made_by: str = "") -> bytes:
    """The official table of the district as .xlsx."""
    document = district_document(page, made_on=made_on, is_demo=is_demo, made_by=made_by)
    book = Workbook()
    write_table(_first_sheet(book, page.sheet.unit.title), document, page.sheet, page.headline, page.appraisals)
    return _finished(book, document)


def _check_alike(matrix: Matrix, singles: Mapping[Basis, Matrix]) -> None:
    totals = {row.unit.code: row.totals for row in matrix.rows}
    for basis, single in singles.items():
        for row in single.rows:
            if totals.get(row.unit.code, {}).get(basis) != row.totals[basis]:
                raise DifferentFigures(f"{row.unit.code} on {basis}")


def _first_sheet(book: Workbook, name: str) -> Worksheet:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = sheet_name(name)
    return sheet


def _finished(book: Workbook, document: Document) -> bytes:
    _write_info(book.create_sheet(INFO), document)
    book.properties.title = document.subject
    book.properties.creator = " ".join(document.issuing_body)
    return bytes_of(book)


def _write_info(sheet: Worksheet, document: Document) -> None:
    """Of which day, on which basis, who made it, and the key to letters and forms."""
    put(sheet, 1, 1, "THÔNG TIN VỀ BẢNG SỐ LIỆU", bold=True, size=14, border=False, align=LINE_OF_TEXT)
    row = 3
    for label, value in document.facts:
        warned = value == DEMO_MARK
        put(sheet, row, 1, label, bold=True, fill=HEAD_FILL)
        put(sheet, row, 2, value, bold=warned, color="8F2D06" if warned else "000000")
        row += 1
    row = _write_legend(sheet, row + 1)
    widths(sheet, 26, 90)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_area = f"A1:B{row}"


def _write_legend(sheet: Worksheet, row: int) -> int:
    put(sheet, row, 1, "Chú giải", bold=True, size=12, border=False, align=LINE_OF_TEXT)
    for verdict in Verdict:
        row += 1
        put_mark(sheet, row, 1, Mark(verdict, False), Basis.APPROVED)
        put(sheet, row, 2, _capital(verdict.label))
    for basis, (label, form) in zip(reversed(Basis), LEGEND_FORMS, strict=True):
        row += 1
        put_mark(sheet, row, 1, Mark(Verdict.MET, False), basis)
        put(sheet, row, 2, f"{_capital(label)}: {form}")
    row += 1
    put_mark(sheet, row, 1, Mark(Verdict.MET, True), Basis.APPROVED)
    put(sheet, row, 2, f"Dấu * là {PROVISIONAL_NOTE}")
    row += 1
    put(sheet, row, 1, "Tổng", bold=True, align=CENTRED)
    put(sheet, row, 2, "Tổng số đếm cả Đ và K (không áp dụng được tính là đạt). Không cộng các cơ sở với nhau.")
    return row


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


