"""Directives as papers in the layout of Nghị định 30/2020/NĐ-CP: lists, the report on a document, what a meeting has
before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from communes.exporters.pdf import Paper, draw_paper
from plans.exporters.directives import Filtered, since_words
from plans.queries.directives import DirectiveRow, ItemRow, Meeting, NoteRow
from plans.rules.directives import tally, tally_words

RECIPIENTS = ("Thường trực Huyện ủy", "Ban Chỉ đạo các chương trình MTQG huyện", "Các phòng, ban liên quan",
              "UBND các xã", "Lưu: VT, VPĐP")  # fmt: skip
LONGEST_NOTE, MOST_NOTES = 500, 4


def directives_pdf(rows: Sequence[DirectiveRow], filtered: Filtered) -> bytes:
    """The list of documents. Raises PdfUnavailable."""
    paper = _paper(filtered, "Các văn bản chỉ đạo xây dựng nông thôn mới và kết quả thực hiện")
    counted = tally(item.state for row in rows for item in row.items)
    context = {"rows": rows, "counted": counted, "summary": f"{len(rows)} văn bản, {tally_words(counted)}"}
    return draw_paper("plans/pdf/directives.html", paper, context)


def items_pdf(rows: Sequence[ItemRow], filtered: Filtered) -> bytes:
    """Items by urgency. Raises PdfUnavailable."""
    paper = _paper(filtered, "Tình hình thực hiện các nội dung chỉ đạo xây dựng nông thôn mới")
    summary = tally_words(tally(row.state for row in rows))
    context = {"lines": [(row, _shown(row.notes)) for row in rows], "summary": summary, "names_document": True}
    return draw_paper("plans/pdf/items.html", paper, context)


def report_pdf(row: DirectiveRow, made_on: date, *, is_demo: bool) -> bytes:
    """ "Tình hình thực hiện Thông báo kết luận …". Raises PdfUnavailable."""
    paper = Paper(
        unit=row.district, subject=f"Tình hình thực hiện {row.called} ngày {row.issued_on:%d/%m/%Y} của {row.issuer}",
        day=made_on, is_demo=is_demo or row.is_illustrative,
        standing_words=f"Tính đến hết ngày {made_on:%d/%m/%Y}", foot_line=f"{row.called} – đến {made_on:%d/%m/%Y}",
        recipients=RECIPIENTS,
    )  # fmt: skip
    context = {
        "row": row, "lines": [(item, _shown(item.notes)) for item in row.items], "summary": row.tally_words,
        "names_document": False, "late": [item for item in row.items if item.is_late],
    }  # fmt: skip
    return draw_paper("plans/pdf/report.html", paper, context)


def meeting_pdf(meeting: Meeting, made_on: date, *, is_demo: bool) -> bytes:
    """What comes back to a meeting, with room to write. Raises PdfUnavailable."""
    paper = Paper(
        unit=meeting.district, subject="Các nội dung chỉ đạo chưa xong, trình cuộc họp", day=made_on, is_demo=is_demo,
        standing_words=f"Họp ngày {meeting.day:%d/%m/%Y}; tình hình tính {since_words(meeting)}",
        foot_line=f"Trình họp {meeting.day:%d/%m/%Y}", recipients=RECIPIENTS,
    )  # fmt: skip
    context = {
        "meeting": meeting, "summary": tally_words(meeting.tally), "since": since_words(meeting),
        "lines": [(item.row, _shown(item.since)) for item in meeting.open],
        "closed": [(row, _shown(row.notes[-2:])) for row in meeting.closed],
    }  # fmt: skip
    return draw_paper("plans/pdf/meeting.html", paper, context)


def _paper(filtered: Filtered, subject: str) -> Paper:
    made_on = filtered.made_on
    return Paper(
        unit=filtered.district, subject=subject, day=made_on, is_demo=filtered.is_demo,
        standing_words=f"Lọc: {filtered.label}; tính đến hết ngày {made_on:%d/%m/%Y}",
        foot_line=f"Văn bản chỉ đạo – đến {made_on:%d/%m/%Y}", recipients=RECIPIENTS,
    )  # fmt: skip


def _shown(notes: Sequence[NoteRow]) -> list[tuple[str, str]]:
    """The newest notes, short enough that a row stays on a page; the workbook has more of them."""
    return [
        (note.who, note.text if len(note.text) <= LONGEST_NOTE else f"{note.text[:LONGEST_NOTE]}…")
        for note in notes[-MOST_NOTES:]
    ]  # fmt: skip
