"""The sheet of one unit: the official table of criteria with totals as formulas, the conditions below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters.pdf import DEMO_MARK
from communes.queries.sheets import Sheet
from reports.exporters.cells import (
    BLOCK_FILL,
    CENTRED,
    HEAD_FILL,
    LINE_OF_TEXT,
    formula,
    put,
    put_mark,
    put_result,
    widths,
)
from reports.exporters.documents import Document, result_columns
from reports.exporters.grids import set_up_page
from reports.exporters.lines import (
    APPRAISAL_COLUMN,
    NO_APPRAISALS,
    Appraisals,
    Line,
    LineKind,
    condition_lines,
    criterion_lines,
)

HEAD = 7
FIRST_RESULT = 6  # TT, criterion, content, requirement and what was done stand before the results
FIXED = ("TT", "Tên tiêu chí", "Nội dung tiêu chí", "Yêu cầu đạt chuẩn", "Kết quả thực hiện")


@dataclass(frozen=True)
class _Frame:
    sheet: Worksheet
    document: Document
    data: Sheet
    appraisals: Appraisals

    @property
    def appraisal(self) -> int:
        """Column of the province's result; that of the remarks where it has appraised nothing."""
        return FIRST_RESULT + len(self.data.bases)

    @property
    def remark(self) -> int:
        return self.appraisal + bool(self.appraisals)


def write_table(
    sheet: Worksheet, document: Document, data: Sheet, headline: str, appraisals: Appraisals = NO_APPRAISALS
) -> None:
    frame = _Frame(sheet, document, data, appraisals)
    _title(frame, headline)
    lines, bottom = criterion_lines(data, appraisals), HEAD
    if lines:
        _heads(frame, HEAD, FIXED)
        bottom = _lines(frame, HEAD + 1, lines)
        sheet.auto_filter.ref = f"A{HEAD}:{get_column_letter(frame.remark)}{bottom}"
        bottom = _totals(frame, bottom, len(data.blocks)) + 2
    bottom = _conditions(frame, bottom)
    sheet.freeze_panes = f"C{HEAD + 1}"
    widths(sheet, 7, 22, 52, 26, 17, *([12] * len(data.bases)), *([17] * bool(appraisals)), 44)
    area = f"A1:{get_column_letter(frame.remark)}{bottom}"
    set_up_page(sheet, document, area, heads=f"{HEAD}:{HEAD}", paper=int(sheet.PAPERSIZE_A4))


def _title(frame: _Frame, headline: str) -> None:
    document = frame.document
    lines = (" ".join(document.issuing_body), document.subject, f"{document.standing_words}.", f"{headline}.")
    for number, text in enumerate(lines, 1):
        style = {"bold": number < 3, "size": 14 if number == 2 else 12}
        put(frame.sheet, number, 1, text, border=False, align=LINE_OF_TEXT, **style)
    if document.is_demo:
        put(frame.sheet, 5, 1, DEMO_MARK, bold=True, size=12, color="8F2D06", border=False, align=LINE_OF_TEXT)


def _heads(frame: _Frame, row: int, fixed: Sequence[str]) -> None:
    third = (APPRAISAL_COLUMN,) if frame.appraisals else ()
    for column, text in enumerate((*fixed, *result_columns(frame.document), *third, "Ghi chú"), 1):
        put(frame.sheet, row, column, text, bold=True, fill=HEAD_FILL, align=CENTRED)


def _lines(frame: _Frame, row: int, lines: Sequence[Line]) -> int:
    """Write lines from `row` on; the number of the last one."""
    for place, line in enumerate(lines):
        _line(frame, row + place, line)
    return row + len(lines) - 1


def _line(frame: _Frame, row: int, line: Line) -> None:
    sheet, head = frame.sheet, line.is_criterion
    style = {"bold": head, "fill": BLOCK_FILL if head else ""}
    # A criterion's number is a number and a content's code a text: totals count the rows with a number.
    put(sheet, row, 1, int(line.number) if head else line.number, align=CENTRED, **style)
    put(sheet, row, 2, line.title, color="000000" if head else "5F6A63", **style)
    put(sheet, row, 3, line.content, **style)
    put(sheet, row, 4, line.requirement, **style)
    put_result(sheet, row, 5, line.value, line.measure, line.shown)
    for column, basis in enumerate(frame.data.bases, FIRST_RESULT):
        put_mark(sheet, row, column, line.marks[basis], basis)
    if frame.appraisals:
        put(sheet, row, frame.appraisal, appraised(line), align=CENTRED, **style)
    put(sheet, row, frame.remark, line.remark, **style)


def appraised(line: Line) -> str:
    """ "88,2 % (Đ)": what the province found, and the letter of what follows from it."""
    if line.appraisal is None:
        return ""
    verdict = line.appraisal.verdict
    return line.appraisal.shown + (f" ({verdict.letter})" if verdict else "")


def _totals(frame: _Frame, last: int, count: int) -> int:
    """Criteria met on each basis, counted by the workbook itself from the letters of the criteria's rows."""
    row = last + 1
    put(frame.sheet, row, 1, "", fill=HEAD_FILL)
    put(frame.sheet, row, 2, "Số tiêu chí đạt", bold=True, fill=HEAD_FILL)
    put(frame.sheet, row, 3, f"trên {count} tiêu chí (đạt và không áp dụng)", fill=HEAD_FILL)
    put(frame.sheet, row, 4, "", fill=HEAD_FILL)
    put(frame.sheet, row, 5, "", fill=HEAD_FILL)
    numbers = f"$A${HEAD + 1}:$A${last}"
    for place in range(len(frame.data.bases)):
        letter = get_column_letter(FIRST_RESULT + place)
        area = f"{letter}{HEAD + 1}:{letter}{last}"
        said = "+".join(f'COUNTIFS({numbers},">0",{area},"{mark}")' for mark in "ĐK")
        formula(frame.sheet, row, FIRST_RESULT + place, said, bold=True, align=CENTRED, fill=HEAD_FILL)
    for column in range(frame.appraisal, frame.remark + 1):
        put(frame.sheet, row, column, "", fill=HEAD_FILL)
    return row


def _conditions(frame: _Frame, row: int) -> int:
    lines = condition_lines(frame.data, frame.appraisals)
    if not lines:
        return row
    if row > HEAD:
        put(frame.sheet, row, 1, "CÁC ĐIỀU KIỆN", bold=True, size=12, border=False, align=LINE_OF_TEXT)
        row += 1
    _heads(frame, row, ("TT", "Loại điều kiện", "Nội dung điều kiện", *FIXED[3:]))
    last = _lines(frame, row + 1, lines)
    return _met_conditions(frame, row + 1, last, sum(1 for line in lines if line.kind is LineKind.CONDITION))


def _met_conditions(frame: _Frame, first: int, last: int, count: int) -> int:
    """Conditions met, counted over the rows whose number begins with ĐK and has no letter of a part behind it."""
    row = last + 1
    for column in range(1, frame.remark + 1):
        put(frame.sheet, row, column, "", fill=HEAD_FILL)
    put(frame.sheet, row, 2, "Số điều kiện đủ", bold=True, fill=HEAD_FILL)
    put(frame.sheet, row, 3, f"trên {count} điều kiện (đạt và không áp dụng)", fill=HEAD_FILL)
    numbers = [f"$A${first + place}" for place in range(last - first + 1)]
    whole = [cell for cell, line in zip(numbers, condition_lines(frame.data), strict=True)
             if line.kind is LineKind.CONDITION]  # fmt: skip
    for place in range(len(frame.data.bases)):
        letter = get_column_letter(FIRST_RESULT + place)
        cells = [f"{letter}{cell.rpartition('$')[2]}" for cell in whole]
        said = "+".join(f'({cell}="{mark}")' for cell in cells for mark in "ĐK")
        formula(frame.sheet, row, FIRST_RESULT + place, said, bold=True, align=CENTRED, fill=HEAD_FILL)
    return row
