"""The roadmap taken away: communes × years, the district's numbers, what is wrong; and what a unit promises.

Made of the very value objects that the pages show.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from communes.exporters.cells import Shown
from communes.exporters.pdf import Paper
from communes.exporters.plain_table import Column, Table, tables_pdf, tables_workbook
from communes.queries.promises import PromiseBoard
from communes.queries.roadmap import Cell, Roadmap, Row, Total
from criteria.rules.numbers import format_number
from criteria.rules.rulebook import Value

RECIPIENTS = ("Thường trực Huyện ủy", "Ban Chỉ đạo các chương trình MTQG huyện", "UBND các xã", "Lưu: VT, VPĐP")


def roadmap_workbook(board: Roadmap, *, is_demo: bool) -> bytes:
    return tables_workbook(_tables(board), is_demo=is_demo)


def roadmap_pdf(board: Roadmap, *, is_demo: bool) -> bytes:
    """Raises PdfUnavailable."""
    paper = Paper(
        unit=board.district, subject="Lộ trình, mục tiêu xây dựng nông thôn mới", day=board.today, is_demo=is_demo,
        standing_words=f"Tính đến hết ngày {board.today:%d/%m/%Y}; đáp ứng hiện nay tính trên số liệu đã duyệt",
        foot_line=f"Lộ trình, mục tiêu – đến {board.today:%d/%m/%Y}", recipients=RECIPIENTS,
    )  # fmt: skip
    return tables_pdf(_tables(board), paper, f"{board.title}; {len(board.concerns)} điểm cần xem lại trong lộ trình.")


def _tables(board: Roadmap) -> list[Table]:
    said = (f"{board.district.title}; tính đến hết ngày {board.today:%d/%m/%Y}",)
    years = tuple(Column(f"Năm {year}", 26) for year in board.years)
    plan = Table(
        "Lộ trình", "LỘ TRÌNH CÁC XÃ", said,
        (Column("TT", 5, "tt", middle=True), Column("Đơn vị", 22), Column("Đã công nhận", 16),
         Column("Đang đáp ứng", 16), *years),
        [_line(number, row) for number, row in enumerate((board.own, *board.rows), 0)],
    )  # fmt: skip
    numbers = Table(
        "Mục tiêu huyện", "SỐ XÃ PHẤN ĐẤU CỦA HUYỆN", said,
        (Column("Bậc (trở lên)", 16), Column("Năm", 8, "n", middle=True), Column("Mục tiêu", 12, middle=True),
         Column("Lộ trình cộng lại", 12, middle=True), Column("Đã công nhận", 12, middle=True),
         Column("Mức tối thiểu theo quy định", 44)),
        [_total(board, total) for _, totals in board.totals for total in totals],
    )  # fmt: skip
    wrong = Table(
        "Cần xem lại", "CÁC ĐIỂM CẦN XEM LẠI", said, (Column("Loại", 20, "who"), Column("Nội dung", 90)),
        [(one.flaw.label, one.sentence) for one in board.concerns],
    )  # fmt: skip
    return [plan, numbers, wrong]


def _line(number: int, row: Row) -> tuple[Shown, ...]:
    meets = row.meets.label + (" (tạm tính)" if row.provisional else "")
    recognised = row.recognised.label if row.recognised.stars else "chưa công nhận"
    return (number or None, row.unit.title, recognised, meets, *(_cell(cell) for cell in row.cells))


def _cell(cell: Cell) -> str:
    return f"{cell.shown} – {cell.state}" if cell.state else cell.shown


def _total(board: Roadmap, total: Total) -> tuple[Shown, ...]:
    law = "; ".join(
        f"{one.set_name}: {format_number(one.percent)} % = {one.count} xã" for one in board.law_of(total.tier)
    )
    wanted = total.wanted.shown if total.wanted else ""
    return total.tier.label, total.year, wanted, total.planned, total.recognised, law


def promises_workbook(board: PromiseBoard, made_on: date, *, is_demo: bool) -> bytes:
    return tables_workbook([_promises(board, made_on, as_numbers=True)], is_demo=is_demo)


def promises_pdf(board: PromiseBoard, made_on: date, *, is_demo: bool) -> bytes:
    """Raises PdfUnavailable."""
    table = _promises(board, made_on)
    paper = Paper(
        unit=board.district, subject=f"Giá trị cam kết năm {board.year} của {board.unit.full_name}", day=made_on,
        is_demo=is_demo, standing_words=table.said[0], foot_line=f"Cam kết {board.unit.full_name} {board.year}",
        recipients=RECIPIENTS,
    )  # fmt: skip
    return tables_pdf([table], paper, f"{board.title}.")


def _as_number(value: Value | None, shown: str) -> Shown:
    """A number stays one in a workbook; on paper it is read with its unit."""
    return value if isinstance(value, Decimal) else "" if value is None else shown


def _promises(board: PromiseBoard, made_on: date, *, as_numbers: bool = False) -> Table:
    said = f"Hướng tới {board.tier.label}; giá trị hiện nay đã duyệt; tính đến hết ngày {made_on:%d/%m/%Y}"
    return Table(
        "Cam kết", f"GIÁ TRỊ CAM KẾT NĂM {board.year} – {board.unit.title.upper()}", (said,),
        (Column("Mã", 9, "n", middle=True), Column("Chỉ tiêu", 50), Column("Ngưỡng", 18, "day"),
         Column("Hiện nay", 16, "day"),
         Column("Cam kết", 16, "day"), Column("Còn thiếu so với cam kết", 18, "day"), Column("Văn bản", 24, "who"),
         Column("Lưu ý", 30, "who")),
        [(one.item, one.name, one.bound_shown,
          _as_number(one.now, one.now_shown) if as_numbers else one.now_shown,
          _as_number(one.promised, one.promised_shown) if as_numbers else one.promised_shown,
          one.gap, one.document, one.warning)
         for one in board.shown],
    )  # fmt: skip
