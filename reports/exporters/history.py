"""The filtered history as a workbook and as a paper: the entries of the screen, up to a number that is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters.cells import bytes_of, lie_on_a4
from communes.exporters.pdf import DEMO_MARK, draw
from criteria.rules.numbers import clean_text
from reports.exporters.cells import CENTRED, HEAD_FILL, LINE_OF_TEXT, put, widths
from reports.exporters.lines import cut
from reports.queries.history import Entry

MOST_ROWS = 5000
MOST_PRINTED = 500
LONGEST_SENTENCE = 700
_HEADS = ("Số", "Ngày", "Ghi lúc", "Người", "Việc", "Trước", "Sau", "Chi tiết khác", "Mã băm")


@dataclass(frozen=True, slots=True)
class HistoryList:
    """Entries to be taken away: what they were filtered by, in words, and how many there are in all."""

    entries: Sequence[Entry]
    total: int
    chosen: Sequence[tuple[str, str]]
    made_on: date
    is_demo: bool

    @property
    def limit_line(self) -> str:
        """ "" where everything is there."""
        if self.total <= len(self.entries):
            return ""
        return f"Chỉ gồm {len(self.entries)} dòng mới nhất trong {self.total}; lọc hẹp hơn để lấy phần còn lại."


def history_workbook(listed: HistoryList) -> bytes:
    """One sheet, a row for each entry; the filter stands above the table."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Nhật ký"
    put(sheet, 1, 1, "NHẬT KÝ", bold=True, size=14, border=False, align=LINE_OF_TEXT)
    row = 2
    for line in _head_lines(listed):
        put(sheet, row, 1, line, border=False, align=LINE_OF_TEXT)
        row += 1
    for column, head in enumerate(_HEADS, 1):
        put(sheet, row, column, head, bold=True, fill=HEAD_FILL, align=CENTRED)
    sheet.freeze_panes = f"A{row + 1}"
    for entry in listed.entries:
        row += 1
        said = dict(entry.details)
        others = "; ".join(f"{label}: {text}" for label, text in entry.details if label not in ("Trước", "Sau"))
        at = f"{timezone.localtime(entry.at):%d/%m/%Y %H:%M:%S}"
        cells = (entry.number, entry.on, at, entry.person, entry.sentence, said.get("Trước", ""), said.get("Sau", ""),
                 others, entry.hash)  # fmt: skip
        for column, value in enumerate(cells, 1):
            put(sheet, row, column, value)
    widths(sheet, 8, 12, 19, 22, 80, 16, 16, 40, 20)
    lie_on_a4(sheet)
    return bytes_of(book)


def history_pdf(listed: HistoryList) -> bytes:
    """The same on A4. Raises PdfUnavailable."""
    rows = [
        (entry.number, entry.on, cut(clean_text(entry.sentence), LONGEST_SENTENCE), _before_after(entry))
        for entry in listed.entries
    ]
    context = {"lines": _head_lines(listed), "rows": rows, "made_on": listed.made_on, "is_demo": listed.is_demo,
               "demo_mark": DEMO_MARK}  # fmt: skip
    return draw(render_to_string("reports/pdf/history.html", context))


def _before_after(entry: Entry) -> str:
    said = dict(entry.details)
    return clean_text(f"{said['Trước']} → {said['Sau']}") if "Sau" in said else ""


def _head_lines(listed: HistoryList) -> list[str]:
    lines = [f"{label}: {clean_text(text)}" for label, text in listed.chosen] or ["Không lọc"]
    lines.append(f"Lập ngày {listed.made_on:%d/%m/%Y}")
    if listed.limit_line:
        lines.append(listed.limit_line)
    if listed.is_demo:
        lines.append(DEMO_MARK)
    return lines
