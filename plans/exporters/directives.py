"""Directives as workbooks: the list of documents, items, the report on one document, what comes back to a meeting.

The same rows and words as the pages show; days are days, numbers numbers, and no text becomes a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters.cells import Shown, put
from communes.exporters.pdf import DEMO_MARK
from communes.models import Unit
from plans.queries.directives import DirectiveRow, ItemRow, Meeting, MeetingItem, NoteRow
from plans.rules.directives import tally_words

_HEAD_FILL, _SUM_FILL = PatternFill("solid", start_color="ECEEEA"), PatternFill("solid", start_color="F3F4F1")
MOST_NOTES = 6  # the newest; the page has them all


@dataclass(frozen=True, slots=True)
class Filtered:
    """Which of the rows these are, in words, for which district, made when."""

    district: Unit
    label: str
    made_on: date
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Column:
    head: str
    width: int
    middle: bool = False


def directives_workbook(rows: Sequence[DirectiveRow], filtered: Filtered) -> bytes:
    """One row a document, with its items counted; the last row adds up by formulas."""
    columns = (
        Column("TT", 5, middle=True), Column("Loại văn bản", 20), Column("Số, ký hiệu", 18),
        Column("Ngày ban hành", 13, middle=True), Column("Cơ quan ban hành", 28), Column("Trích yếu", 56),
        Column("Nội dung", 10, middle=True), Column("Quá hạn", 10, middle=True), Column("Đang làm", 10, middle=True),
        Column("Chờ xác nhận", 10, middle=True), Column("Đã xong", 10, middle=True),
        Column("Hạn gần nhất", 13, middle=True),
    )  # fmt: skip
    lines = [
        (number, row.kind.label, row.number, row.issued_on, row.issuer, row.title, row.tally.total, row.tally.late,
         row.tally.in_time, row.tally.reported, row.tally.done, row.next_due)
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip
    book, sheet, first = _sheet("Văn bản chỉ đạo", "VĂN BẢN CHỈ ĐẠO", _said(filtered, len(rows), "văn bản"), columns)
    last = _lines(sheet, first, lines, columns)
    if rows:
        put(sheet, last + 1, 1, "Cộng", bold=True, fill=_SUM_FILL)
        for column in range(2, len(columns) + 1):
            put(sheet, last + 1, column, None, fill=_SUM_FILL)
        for column in range(7, 12):
            letter = get_column_letter(column)
            put(sheet, last + 1, column, None, bold=True, fill=_SUM_FILL, middle=True)
            sheet.cell(last + 1, column).value = f"=SUBTOTAL(9,{letter}{first + 1}:{letter}{last})"
    return _bytes(book)


def items_workbook(rows: Sequence[ItemRow], filtered: Filtered) -> bytes:
    """One row an item."""
    title = "NỘI DUNG CHỈ ĐẠO"
    return _items_book(rows, "Nội dung chỉ đạo", title, _said(filtered, len(rows), "nội dung"), names_document=True)


def report_workbook(row: DirectiveRow, made_on: date, *, is_demo: bool) -> bytes:
    """The report on one document."""
    said = [
        f"{row.title} – {row.issuer}, ngày {row.issued_on:%d/%m/%Y}",
        f"{row.tally_words}; tính đến ngày {made_on:%d/%m/%Y}",
        *([DEMO_MARK] if is_demo or row.is_illustrative else []),
    ]
    title = f"TÌNH HÌNH THỰC HIỆN {row.called.upper()}"
    return _items_book(row.items, "Tình hình thực hiện", title, said, names_document=False)


_ITEM_COLUMNS = (
    Column("TT", 5, middle=True), Column("Văn bản", 24), Column("Nội dung", 52), Column("Đơn vị", 18),
    Column("Cơ quan", 24), Column("Người phụ trách", 22), Column("Hạn", 12, middle=True), Column("Tình trạng", 20),
    Column("Trễ (ngày)", 8, middle=True), Column("Đã làm gì", 52), Column("Trong kế hoạch", 20),
    Column("Ngày báo xong", 12, middle=True), Column("Ngày xác nhận xong", 12, middle=True),
)  # fmt: skip


def _items_book(
    rows: Sequence[ItemRow], name: str, title: str, said: Sequence[str], *, names_document: bool
) -> bytes:
    def cut(cells: Iterable[Shown]) -> tuple[Shown, ...]:
        return tuple(cell for place, cell in enumerate(cells) if names_document or place != 1)

    columns = tuple(column for place, column in enumerate(_ITEM_COLUMNS) if names_document or place != 1)
    book, sheet, first = _sheet(name, title, said, columns)
    lines = [
        cut((
            number, f"{row.called}, {row.issued_on:%d/%m/%Y}", row.text, row.unit.title, row.department,
            row.responsible, row.due_on, row.state_words, row.was_late or None, notes_in_words(row.notes),
            row.task.words if row.task else "", row.facts.reported, row.facts.done,
        ))
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip
    _lines(sheet, first, lines, columns)
    return _bytes(book)


def meeting_workbook(meeting: Meeting, *, is_demo: bool) -> bytes:
    """What comes back to a meeting, with an empty column for what it decides; on a second sheet what was closed."""
    columns = (
        Column("TT", 5, middle=True), Column("Văn bản", 24), Column("Nội dung", 52), Column("Nơi thực hiện", 28),
        Column("Hạn", 12, middle=True), Column("Tình trạng", 18), Column(f"Đã làm {since_words(meeting)}", 52),
        Column("Kết luận của cuộc họp", 40), Column("Hạn mới", 12, middle=True),
    )  # fmt: skip
    said = [
        f"Họp ngày {meeting.day:%d/%m/%Y}; {tally_words(meeting.tally)}", *([DEMO_MARK] if is_demo else []),
    ]  # fmt: skip
    book, sheet, first = _sheet("Trình họp", "NỘI DUNG CHỈ ĐẠO TRÌNH HỌP", said, columns)
    lines = [_meeting_cells(number, item) for number, item in enumerate(meeting.open, 1)]
    _lines(sheet, first, lines, columns)
    if meeting.closed:
        _closed(book, meeting)
    return _bytes(book)


def _meeting_cells(number: int, item: MeetingItem) -> tuple[Shown, ...]:
    row = item.row
    return (
        number, row.called, row.text, row.holder, row.due_on, row.state_words, notes_in_words(item.since), "", None,
    )  # fmt: skip


def _closed(book: Workbook, meeting: Meeting) -> None:
    sheet = book.create_sheet("Đã xong")
    columns = (
        Column("TT", 5, middle=True), Column("Văn bản", 24), Column("Nội dung", 52), Column("Nơi thực hiện", 28),
        Column("Ngày xong", 12, middle=True), Column("Kết quả", 52),
    )  # fmt: skip
    first = _fill_head(sheet, f"ĐÃ XONG {since_words(meeting).upper()}", [f"{len(meeting.closed)} nội dung"], columns)
    lines = [
        (number, row.called, row.text, row.holder, row.facts.done, notes_in_words(row.notes[-2:]))
        for number, row in enumerate(meeting.closed, 1)
    ]  # fmt: skip
    _lines(sheet, first, lines, columns)


def since_words(meeting: Meeting) -> str:
    return f"từ cuộc họp {meeting.last_on:%d/%m/%Y}" if meeting.last_on else "đến nay"


def notes_in_words(notes: Sequence[NoteRow]) -> str:
    """The newest notes, one a line, newest last."""
    left_out = len(notes) - MOST_NOTES
    lines = [f"{note.who}: {note.text}" for note in notes[-MOST_NOTES:]]
    return "\n".join(([f"(… {left_out} ghi chú trước, xem trên hệ thống)"] if left_out > 0 else []) + lines)


def _said(filtered: Filtered, number: int, noun: str) -> list[str]:
    said = [f"{filtered.district.title}; lọc: {filtered.label}; {number} {noun}; lập ngày {filtered.made_on:%d/%m/%Y}"]
    return [*said, *([DEMO_MARK] if filtered.is_demo else [])]


def _sheet(
    name: str, title: str, said: Sequence[str], columns: Sequence[Column]
) -> tuple[Workbook, Worksheet, int]:
    """A workbook with its first sheet headed, and the row of the heads."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    return book, sheet, _fill_head(sheet, title, said, columns)


def _fill_head(sheet: Worksheet, title: str, said: Sequence[str], columns: Sequence[Column]) -> int:
    put(sheet, 1, 1, title, bold=True, border=False, size=14)
    for place, line in enumerate(said, 2):
        put(sheet, place, 1, line, border=False)
    head = len(said) + 3
    for place, column in enumerate(columns, 1):
        put(sheet, head, place, column.head, bold=True, fill=_HEAD_FILL, middle=True)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = f"A{head + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head}:{head}"
    return head


def _lines(
    sheet: Worksheet, head: int, lines: Sequence[Sequence[Shown]], columns: Sequence[Column]
) -> int:
    """Write the rows under the heads; the number of the last row."""
    for number, cells in enumerate(lines, head + 1):
        for place, value in enumerate(cells, 1):
            put(sheet, number, place, value, middle=columns[place - 1].middle)
    last = head + len(lines)
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(columns))}{max(last, head + 1)}"
    return last


def _bytes(book: Workbook) -> bytes:
    whole = BytesIO()
    book.save(whole)
    return whole.getvalue()
