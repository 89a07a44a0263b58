"""The board of assignments taken away: the list with names, and in the workbook the matrix of letters beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from communes.exporters.pdf import Paper
from communes.exporters.plain_table import Column, Table, tables_pdf, tables_workbook
from communes.queries.assignments import AssignedRow, AssignmentBoard

RECIPIENTS = ("Thường trực Huyện ủy", "Các phòng, ban của huyện", "UBND các xã", "Lưu: VT, VPĐP")


def assignments_workbook(board: AssignmentBoard, rows: Sequence[AssignedRow], label: str, *, is_demo: bool) -> bytes:
    """Two sheets: who answers for each item; items × departments with C and P."""
    return tables_workbook([_list(board, rows, label), _matrix(board, rows, label)], is_demo=is_demo)


def assignments_pdf(
    board: AssignmentBoard, rows: Sequence[AssignedRow], label: str, made_on: date, *, is_demo: bool
) -> bytes:
    """The list, as an official paper. Raises PdfUnavailable."""
    standing = f"{label[:1].upper()}{label[1:]}; phân công có hiệu lực ngày {board.as_of:%d/%m/%Y}"
    paper = Paper(
        unit=board.district, subject=f"Phân công thực hiện bộ tiêu chí {board.book.short_name}", day=made_on,
        is_demo=is_demo, standing_words=standing,
        foot_line=f"Phân công – ngày {board.as_of:%d/%m/%Y}", recipients=RECIPIENTS,
    )  # fmt: skip
    left = len(board.nobodys)
    summary = f"Bộ tiêu chí có {len(board.rows)} mục phân công; " + (
        f"{left} mục chưa giao cơ quan nào." if left else "mục nào cũng có cơ quan chủ trì."
    )
    return tables_pdf([_list(board, rows, label)], paper, summary)


def _said(board: AssignmentBoard, label: str) -> tuple[str, ...]:
    return (f"{board.district.title}; {board.book.short_name}; {label}; phân công ngày {board.as_of:%d/%m/%Y}",)


def _list(board: AssignmentBoard, rows: Sequence[AssignedRow], label: str) -> Table:
    columns = (
        Column("Mã", 9, "code", middle=True), Column("Chỉ tiêu, điều kiện", 56), Column("Chủ trì", 30, "who"),
        Column("Phối hợp", 40, "two"), Column("Người chịu trách nhiệm", 26, "who"),
        Column("Từ ngày", 12, "day", middle=True),
    )  # fmt: skip
    lines = [
        (row.item, row.name, row.lead or "CHƯA GIAO", "; ".join(row.others), row.responsible, row.since)
        for row in rows
    ]
    return Table("Phân công", f"PHÂN CÔNG {board.book.short_name.upper()}", _said(board, label), columns, lines)


def _matrix(board: AssignmentBoard, rows: Sequence[AssignedRow], label: str) -> Table:
    departments = board.columns
    columns = (
        Column("Mã", 9, middle=True), Column("Chỉ tiêu, điều kiện", 56),
        *(Column(one.name, 12, middle=True) for one in departments),
    )  # fmt: skip
    lines = [(row.item, row.name, *(row.letters.get(one.code, "") for one in departments)) for row in rows]
    said = (*_said(board, label), "C: chủ trì; P: phối hợp")
    return Table("Ma trận", f"MA TRẬN PHÂN CÔNG {board.book.short_name.upper()}", said, columns, lines)
