"""Teams taken away: one row a person or commune of a team."""

from __future__ import annotations

from datetime import date

from communes.exporters.pdf import Paper
from communes.exporters.plain_table import Column, Table, tables_pdf, tables_workbook
from communes.queries.teams import Teams

RECIPIENTS = ("Thường trực Huyện ủy", "Các đoàn công tác", "UBND các xã", "Lưu: VT, VPĐP")


def teams_workbook(found: Teams, *, is_demo: bool) -> bytes:
    """Two sheets: members, communes."""
    return tables_workbook(_tables(found), is_demo=is_demo)


def teams_pdf(found: Teams, made_on: date, *, is_demo: bool) -> bytes:
    """Raises PdfUnavailable."""
    paper = Paper(
        unit=found.district, subject="Các đoàn công tác phụ trách xã xây dựng nông thôn mới", day=made_on,
        is_demo=is_demo, standing_words=f"Theo phân công ngày {found.as_of:%d/%m/%Y}",
        foot_line=f"Đoàn công tác – ngày {found.as_of:%d/%m/%Y}", recipients=RECIPIENTS,
    )  # fmt: skip
    loose = f"{len(found.loose)} xã chưa có đoàn phụ trách" if found.loose else "xã nào cũng có đoàn phụ trách"
    return tables_pdf(_tables(found), paper, f"Huyện có {len(found.teams)} đoàn công tác; {loose}.")


def _tables(found: Teams) -> list[Table]:
    said = (f"{found.district.title}; ngày {found.as_of:%d/%m/%Y}",)
    members = (
        Column("Đoàn", 30, "who"), Column("Văn bản", 30, "who"), Column("Họ tên", 28, "who"), Column("Cơ quan", 40),
        Column("Nhiệm vụ", 14, "day", middle=True), Column("Từ ngày", 12, "day", middle=True),
    )  # fmt: skip
    communes = (
        Column("Xã", 24, "who"), Column("Đoàn phụ trách", 40), Column("Trưởng đoàn", 28, "two"),
        Column("Từ ngày", 12, "day", middle=True),
    )
    seats = [
        (team.name, team.document, one.name, one.desk, "Trưởng đoàn" if one.is_head else "Thành viên", one.since)
        for team in found.teams
        for one in team.members
    ]
    followed = [(unit.title, "CHƯA CÓ ĐOÀN", "", None) for unit in found.loose]
    followed += [(one.unit.title, team.name, team.head, one.since) for team in found.teams for one in team.communes]
    return [
        Table("Thành viên", "THÀNH VIÊN CÁC ĐOÀN CÔNG TÁC", said, members, seats),
        Table("Xã", "CÁC XÃ VÀ ĐOÀN PHỤ TRÁCH", said, communes, followed),
    ]
