"""Workbooks of rounds: the table of who has reported, and a frozen sheet. The same values as the pages show.

Everything that a person typed is written as text (`put`), so that nothing becomes a formula, whatever it begins with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters.cells import Shown, bytes_of, lie_on_a4, put, sheet_name
from communes.models import Unit
from communes.queries.round_board import RoundBoard, UnitLine
from communes.queries.snapshots import Kept
from communes.rules.rounds import RoundEventKind
from criteria.rules.vocabulary import Basis, Tier, Verdict

_HEAD, _BLOCK = PatternFill("solid", start_color="ECEEEA"), PatternFill("solid", start_color="F3F4F1")

Json = dict[str, Any]


def round_workbook(board: RoundBoard, district: Unit, made_on: date) -> bytes:
    """The table of a round as .xlsx: unit by unit, then what was done with the round."""
    book, short = Workbook(), board.short
    sheet = _first(book, "Kỳ báo cáo")
    put(sheet, 1, 1, f"TÌNH HÌNH BÁO CÁO KỲ {short.title.upper()} – {district.title.upper()}",
        bold=True, border=False, size=14)  # fmt: skip
    line = f"Hạn gửi {board.round.due_on:%d/%m/%Y}; {short.state.label}; lập ngày {made_on:%d/%m/%Y}."
    put(sheet, 2, 1, line, border=False)
    heads = ("TT", "Đơn vị", "Đã báo cáo", "Phải báo cáo", "Còn thiếu", "Hạn gửi", "Trễ (ngày)", "Lý do gia hạn",
             "Nhắc gần nhất", "Người phụ trách")  # fmt: skip
    _head(sheet, 4, heads)
    for number, unit_line in enumerate(board.lines, 1):
        _row(sheet, 4 + number, _unit_cells(number, unit_line), middle=(1, 3, 4, 5, 6, 7, 9))
    _widths(sheet, 5, 26, 10, 10, 10, 12, 10, 34, 13, 40)
    sheet.freeze_panes = "C5"
    _events(book, board)
    return _bytes(book, f"Kỳ báo cáo {short.title}")


def _unit_cells(number: int, line: UnitLine) -> tuple[Shown, ...]:
    state = line.reported
    people = ", ".join(person.name for person in line.people)
    reason = line.extension.reason if line.extension else ""
    return (
        number, line.unit.title, state.done, state.asked, len(state.missing), line.due_on, line.late or None, reason,
        line.reminded_on, people,
    )  # fmt: skip


def _events(book: Workbook, board: RoundBoard) -> None:
    sheet = book.create_sheet("Nhật ký kỳ")
    _head(sheet, 1, ("Ngày", "Việc", "Người làm", "Lý do"))
    for number, event in enumerate(board.events, 2):
        cells = (event.on, RoundEventKind(event.kind).label, event.by.full_name, event.reason)
        _row(sheet, number, cells, middle=(1,))
    _widths(sheet, 12, 16, 28, 60)


def snapshot_workbook(kept: Kept, title: str, closed_on: date, closed_by: str) -> bytes:
    """A frozen sheet as .xlsx: one page a set, and a page that says of when, by whom and with which mark."""
    book, data = Workbook(), kept.data
    info = _first(book, "Thông tin")
    _information(info, kept, title, closed_on, closed_by)
    for frozen_set in data["sets"]:
        _set_sheet(book.create_sheet(sheet_name(frozen_set["name"])), frozen_set)
    return _bytes(book, f"{title} – {data['unit']['name']}")


def _information(sheet: Worksheet, kept: Kept, title: str, closed_on: date, closed_by: str) -> None:
    data = kept.data
    put(sheet, 1, 1, "ẢNH CHỤP SỐ LIỆU KHI CHỐT KỲ", bold=True, border=False, size=14)
    tiers = ", ".join(f"{Basis(row['basis']).label}: {Tier(row['tier']).label}" for row in data["tiers"])
    reported = data["reported"]
    facts: tuple[tuple[str, Shown], ...] = (
        ("Kỳ báo cáo", title),
        ("Đơn vị", data["unit"]["name"]),
        ("Năm đánh giá", data["year"]),
        ("Chốt ngày", closed_on),
        ("Người chốt", closed_by),
        ("Bậc theo từng cơ sở", tiers),
        ("Đã báo cáo trong kỳ", f"{reported['done']}/{reported['asked']} mục"),
        ("SHA-256 khi chốt", kept.snapshot.sha256),
        ("Đối chiếu", "khớp" if kept.matches else "KHÔNG KHỚP"),
    )
    for number, (label, value) in enumerate(facts, 3):
        put(sheet, number, 1, label, bold=True, fill=_HEAD)
        put(sheet, number, 2, value)
    _widths(sheet, 26, 80)


def _set_sheet(sheet: Worksheet, frozen_set: Json) -> None:
    put(sheet, 1, 1, frozen_set["name"], bold=True, border=False, size=14)
    put(sheet, 2, 1, frozen_set["source"], border=False)
    heads = ["Mã", "Nội dung", "Yêu cầu", "Căn cứ ngưỡng"]
    for basis in Basis:
        name = basis.label[:1].upper() + basis.label[1:]
        heads += [name, "Kết luận"]
    _head(sheet, 4, [*heads, "Người nêu, ngày"])
    row = 5
    for criterion in frozen_set["criteria"]:
        row = _line(sheet, row, (str(criterion["number"]), criterion["name"], "", ""), criterion["findings"], "", True)
        for indicator in criterion["indicators"]:
            row = _item(sheet, row, indicator["code"], indicator["name"], indicator)
    for condition in frozen_set["conditions"]:
        row = _item(sheet, row, "ĐK", condition["text"], condition)
    _widths(sheet, 8, 46, 22, 34, 18, 14, 18, 14, 18, 14, 40)
    sheet.freeze_panes = "C5"


def _item(sheet: Worksheet, row: int, code: str, name: str, item: Json) -> int:
    """An indicator or condition: one line where it has one part, else a line for itself and one for each part."""
    parts = item["parts"]
    if len(parts) != 1:
        row = _line(sheet, row, (code, name, "", ""), item["findings"], "", False)
    for part in parts:
        head = (code, name) if len(parts) == 1 else ("", part["name"])
        findings = item["findings"] if len(parts) == 1 else part["findings"]
        shown = [{**part_finding, **finding} | {"shown": part_finding["shown"]}
                 for part_finding, finding in zip(part["findings"], findings, strict=True)]  # fmt: skip
        row = _line(sheet, row, (*head, part["requirement"], part["bound"]["source"]), shown, _who(part), False)
    return row


def _line(
    sheet: Worksheet, row: int, head: Sequence[str], findings: Iterable[Json], who: str, is_block: bool  # noqa: FBT001
) -> int:
    cells: list[Shown] = list(head)
    for finding in findings:
        cells += [_number(finding), _verdict(finding)]
    for column, value in enumerate([*cells, who], 1):
        fill = _BLOCK if is_block else None
        put(sheet, row, column, value, bold=is_block, fill=fill, middle=5 <= column <= 10)
    return row + 1


def _number(finding: Json) -> Shown:
    """A stated number as a number, anything else in the words of the page."""
    fact = finding.get("fact")
    if fact and isinstance(fact["value"], str):
        try:
            return Decimal(fact["value"])
        except InvalidOperation:
            return str(fact["value"])
    return str(finding.get("shown", ""))


def _verdict(finding: Json) -> str:
    return Verdict(finding["verdict"]).label + (" (tạm tính)" if finding["provisional"] else "")


def _who(part: Json) -> str:
    said = [
        f"{Basis(finding['basis']).label}: {finding['fact']['by']} {finding['fact']['on']}"
        for finding in part["findings"]
        if finding["fact"]
    ]
    return "; ".join(said)


def _first(book: Workbook, name: str) -> Worksheet:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = sheet_name(name)
    return sheet


def _head(sheet: Worksheet, row: int, names: Sequence[str]) -> None:
    for column, name in enumerate(names, 1):
        put(sheet, row, column, name, bold=True, fill=_HEAD, middle=True)


def _row(sheet: Worksheet, row: int, values: Sequence[Shown], middle: Sequence[int] = ()) -> None:
    for column, value in enumerate(values, 1):
        put(sheet, row, column, value, middle=column in middle)


def _widths(sheet: Worksheet, *columns: float) -> None:
    for number, width in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    lie_on_a4(sheet)


def _bytes(book: Workbook, title: str) -> bytes:
    book.properties.title = title
    return bytes_of(book)
