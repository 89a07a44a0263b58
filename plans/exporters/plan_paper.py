"""The plan on A3, lying: table and chart side by side, page by page, so that no row is cut and every page has heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from communes.exporters.pdf import Paper, draw_paper
from plans.exporters.plan import Taken, said_of
from plans.queries.board import Board, Line, arrows_of, chart_rows
from plans.rules.gantt import Chart, Row, Zoom, chart_of, span_of

# Rows of 34 px that the first page and the others of A3 hold under their heads.
FIRST_PAGE, OTHER_PAGES = 20, 27
# The chart's room on paper in pixels of its own; closer zoom is drawn smaller, never cut.
CHART_WIDTH = 900
RECIPIENTS = ("Thường trực Huyện ủy", "Ban Chỉ đạo các chương trình MTQG huyện", "Các phòng, ban liên quan",
              "UBND các xã", "Lưu: VT, VPĐP")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: `rows` are headings (text) and lines in their order."""

    rows: list[str | Line]
    chart: Chart


def plan_pdf(board: Board, taken: Taken, zoom: Zoom) -> bytes:
    """Raises PdfUnavailable."""
    made_on = taken.made_on
    paper = Paper(
        unit=taken.district, subject="Kế hoạch và đường găng xây dựng nông thôn mới", day=made_on,
        is_demo=taken.is_demo, standing_words=f"Lọc: {taken.label}; tính đến hết ngày {made_on:%d/%m/%Y}",
        foot_line=f"Kế hoạch và đường găng – đến {made_on:%d/%m/%Y}", recipients=RECIPIENTS, kind="KẾ HOẠCH",
    )  # fmt: skip
    context = {
        "board": board, "said": said_of(board, taken), "sheets": list(_sheets(board, zoom, made_on)),
        "left_out": board.left_out,
    }  # fmt: skip
    return draw_paper("plans/pdf/plan.html", paper, context)


def _sheets(board: Board, zoom: Zoom, today: date) -> Iterator[Sheet]:
    rows = chart_rows(board)
    targets = [(f"Mốc {board.end.target_on:%d/%m/%Y}", board.end.target_on)] if board.end else []
    span = span_of(rows, today, [day for _, day in targets])
    said: dict[int, str | Line] = {-place: group.title for place, group in enumerate(board.groups, 1)}
    said |= {line.key: line for line in board.lines}
    arrows = arrows_of(board.plan, board.lines)
    for part in _parts(rows):
        chart = chart_of(part, arrows, today, targets, zoom, narrowest=CHART_WIDTH, span=span)
        yield Sheet([said[row.key] for row in part], chart)


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Pages; a heading never stands alone at the foot of one."""
    start, room = 0, FIRST_PAGE
    while start < len(rows):
        stop = min(len(rows), start + room)
        if stop < len(rows) and rows[stop - 1].start is None and stop - 1 > start:
            stop -= 1
        yield rows[start:stop]
        start, room = stop, OTHER_PAGES
