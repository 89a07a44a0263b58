"""The sheet of the matrix: a commune a row, a criterion a column, totals of each basis beside and below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters.pdf import DEMO_MARK
from communes.models import Unit
from criteria.rules.numbers import clean_text
from criteria.rules.vocabulary import Basis
from reports.exporters.cells import CENTRED, HEAD_FILL, LINE_OF_TEXT, UPRIGHT, formula, put, put_mark, widths
from reports.exporters.documents import Document
from reports.exporters.lines import Mark
from reports.queries.matrix import Matrix, Row

FIRST = 4  # column of the first criterion: number, commune and target of the year stand before it
HEAD = 7  # row of the heads of the columns; above it title, standing, finding, groups


@dataclass(frozen=True)
class _Frame:
    """Where things stand on the sheet. `sheets`: names of the sheets that count one basis each, where there are."""

    sheet: Worksheet
    matrix: Matrix
    sheets: Mapping[Basis, str]
    rows: tuple[tuple[str, Row], ...]

    @property
    def width(self) -> int:
        return len(self.matrix.criteria)

    @property
    def last(self) -> int:
        return HEAD + len(self.rows)

    @property
    def letters(self) -> tuple[str, str]:
        return get_column_letter(FIRST), get_column_letter(FIRST + self.width - 1)

    @property
    def is_counted(self) -> bool:
        """Whether the letters of this very sheet are all of one basis."""
        return len(self.matrix.bases) == 1

    def total_column(self, basis: Basis) -> int:
        return FIRST + self.width + self.matrix.bases.index(basis)


def write_matrix(
    sheet: Worksheet,
    document: Document,
    matrix: Matrix,
    sheets: Mapping[Basis, str],
    order: Sequence[Unit] | None = None,
) -> None:
    """`order`: the communes in the order of another sheet, so that a commune stands in the same row on both."""
    rows = [(group.title, row) for group in matrix.groups for row in group.rows]
    if order is not None:
        place = {unit.code: number for number, unit in enumerate(order)}
        rows.sort(key=lambda pair: place[pair[1].unit.code])
    frame = _Frame(sheet, matrix, sheets, tuple(rows))
    _title(frame, document)
    _heads(frame)
    for number, (target, row) in enumerate(frame.rows, 1):
        _commune(frame, number, target, row)
    if not matrix.conditions_only:
        _bottom(frame)
    _set_up_page(frame, document)


def _title(frame: _Frame, document: Document) -> None:
    view, sheet = frame.matrix.viewing, frame.sheet
    basis = "cả ba cơ sở, mỗi ô là kết luận ở cơ sở mạnh nhất đã có" if view.basis is None else view.basis.label
    lines = (
        " ".join(document.issuing_body),
        document.subject,
        f"Tính đến hết ngày {view.as_of:%d/%m/%Y}. Cơ sở: {basis}. Lập ngày {document.day:%d/%m/%Y}.",
        frame.matrix.headline if not frame.matrix.conditions_only else "Bộ này chỉ có điều kiện, không có tiêu chí.",
    )
    for number, text in enumerate(lines, 1):
        put(sheet, number, 1, text, bold=number < 3, size=14 if number == 2 else 12, border=False, align=LINE_OF_TEXT)
    if document.is_demo:
        put(sheet, 5, 1, DEMO_MARK, bold=True, size=12, color="8F2D06", border=False, align=LINE_OF_TEXT)


def _heads(frame: _Frame) -> None:
    sheet, column = frame.sheet, FIRST
    for name, span in frame.matrix.column_groups:
        put(sheet, HEAD - 1, column, clean_text(name), bold=True, size=9, fill=HEAD_FILL, align=CENTRED)
        if span > 1:
            sheet.merge_cells(start_row=HEAD - 1, start_column=column, end_row=HEAD - 1, end_column=column + span - 1)
        column += span
    style = {"bold": True, "fill": HEAD_FILL}
    for number, text in enumerate(("TT", "Xã", "Mục tiêu của năm"), 1):
        put(sheet, HEAD, number, text, align=CENTRED, **style)
    for number, criterion in enumerate(frame.matrix.criteria, FIRST):
        put(sheet, HEAD, number, f"{criterion.number}. {clean_text(criterion.name)}", size=10, align=UPRIGHT, **style)
    for basis in frame.matrix.bases:
        words = basis.label[:1].upper() + basis.label[1:]
        words += f" (trên {frame.width} tiêu chí)" if frame.width else ": đáp ứng bộ"
        put(sheet, HEAD, frame.total_column(basis), words, size=10, align=UPRIGHT, **style)
    sheet.row_dimensions[HEAD - 1].height = 40
    sheet.row_dimensions[HEAD].height = 175


def _commune(frame: _Frame, number: int, target: str, row: Row) -> None:
    sheet, at = frame.sheet, HEAD + number
    put(sheet, at, 1, number, align=CENTRED)
    put(sheet, at, 2, clean_text(row.unit.name), bold=True)
    put(sheet, at, 3, clean_text(target), size=10)
    for column, cell in enumerate(row.cells, FIRST):
        if cell is None:  # a supplement that is not in force in this commune
            continue
        put_mark(sheet, at, column, Mark(cell.verdict, cell.provisional), cell.basis)
    for basis in frame.matrix.bases:
        if frame.width:
            _row_total(frame, at, basis, row)
        else:
            put_mark(sheet, at, frame.total_column(basis), Mark(row.verdicts[basis], False), basis)
    sheet.row_dimensions[at].height = 30


def _row_total(frame: _Frame, at: int, basis: Basis, row: Row) -> None:
    first, last = frame.letters
    column, style = frame.total_column(basis), {"bold": True, "align": CENTRED}
    if frame.is_counted:
        formula(frame.sheet, at, column, counted(f"{first}{at}:{last}{at}"), **style)
    elif basis in frame.sheets:
        _point(frame, at, column, basis, FIRST + frame.width)
    else:
        put(frame.sheet, at, column, row.totals[basis], **style)


def counted(area: str) -> str:
    """Đạt and không áp dụng count as met (product.md, rules)."""
    return f'COUNTIF({area},"Đ")+COUNTIF({area},"K")'


def _point(frame: _Frame, at: int, column: int, basis: Basis, there: int, row: int = 0) -> None:
    """Show what the sheet of one basis counts. Its totals stand in the first column after the criteria."""
    address = f"'{frame.sheets[basis]}'!{get_column_letter(there)}{row or at}"
    formula(frame.sheet, at, column, address, bold=True, align=CENTRED)


def _bottom(frame: _Frame) -> None:
    for place, basis in enumerate(frame.matrix.bases):
        at = frame.last + 1 + place
        put(frame.sheet, at, 1, "", fill=HEAD_FILL)
        put(frame.sheet, at, 2, f"Số xã đạt – {basis.label}", bold=True, fill=HEAD_FILL)
        put(frame.sheet, at, 3, f"trên {len(frame.rows)} xã", fill=HEAD_FILL)
        for column in range(FIRST, FIRST + frame.width):
            _column_total(frame, at, column, basis)
        _average(frame, at, basis)


def _column_total(frame: _Frame, at: int, column: int, basis: Basis) -> None:
    letter, style = get_column_letter(column), {"bold": True, "align": CENTRED}
    if frame.is_counted:
        formula(frame.sheet, at, column, counted(f"{letter}{HEAD + 1}:{letter}{frame.last}"), **style)
    elif basis in frame.sheets:
        _point(frame, at, column, basis, column, row=frame.last + 1)
    else:
        put(frame.sheet, at, column, frame.matrix.column_totals[basis][column - FIRST], **style)


def _average(frame: _Frame, at: int, basis: Basis) -> None:
    """Criteria met by a commune on average, under the totals of the same basis."""
    if not frame.rows:
        return
    letter = get_column_letter(frame.total_column(basis))
    area = f"{letter}{HEAD + 1}:{letter}{frame.last}"
    cell = formula(frame.sheet, at, frame.total_column(basis), f"AVERAGE({area})", bold=True, align=CENTRED)
    cell.number_format = '"BQ "0.0'


def _set_up_page(frame: _Frame, document: Document) -> None:
    sheet = frame.sheet
    widths(sheet, 5, 22, 24, *([5.5] * frame.width), *([9 if frame.width else 14] * len(frame.matrix.bases)))
    end = get_column_letter(FIRST + frame.width + len(frame.matrix.bases) - 1)
    bottom = frame.last + (0 if frame.matrix.conditions_only else len(frame.matrix.bases))
    sheet.freeze_panes = f"{get_column_letter(FIRST)}{HEAD + 1}"
    # Without the totals: a filter must not sort them among the communes.
    sheet.auto_filter.ref = f"A{HEAD}:{end}{frame.last}"
    set_up_page(sheet, document, f"A1:{end}{bottom}", heads=f"{HEAD - 1}:{HEAD}", paper=int(sheet.PAPERSIZE_A3))
    sheet.print_title_cols = "A:C"


def set_up_page(sheet: Worksheet, document: Document, area: str, *, heads: str, paper: int) -> None:
    """Landscape, as wide as one page, heads repeated, page numbers, what the figures are in the foot."""
    sheet.print_area = area
    sheet.print_title_rows = heads
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left, sheet.page_margins.right = 0.6, 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.7
    sheet.print_options.horizontalCentered = True
    # "&" is a command there.
    sheet.oddFooter.left.text = clean_text(document.foot_line)[:150].replace("&", "&&")
    if document.is_demo:
        sheet.oddFooter.center.text = DEMO_MARK
    sheet.oddFooter.right.text = "Trang &P/&N"
