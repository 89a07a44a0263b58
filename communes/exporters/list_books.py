"""The lists of a district as workbooks to fill in and bring back: a sheet with the rows that stand now, and a guide.

The same columns as the import reads (`communes.rules.list_columns`), so that a list brought back unchanged changes
nothing. Everything that a person typed is text (`put`), whatever it begins with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from accounts.roles import Role
from communes.exporters.cells import Shown, bytes_of, put
from communes.models import Unit
from communes.queries.lists import (
    assignments_listed,
    communes_listed,
    departments_listed,
    places_of_measures,
    seats_listed,
    targets_listed,
)
from communes.rules.importing import ImportKind
from communes.rules.list_columns import COLUMNS, MARKED, REGION_LABELS, SEPARATOR, SHEETS, Columns
from criteria.queries import books_in_force
from criteria.rules.vocabulary import Tier

Rows = Iterable[Mapping[str, Shown]]
GUIDE_SHEET = "Hướng dẫn"
_GUIDE_HEADS = ("Tên cột", "Bắt buộc", "Cách ghi", "Ví dụ")
_GUIDE_WIDTHS = (26, 10, 80, 30)
_RULES = (
    "Sửa hoặc thêm hàng ở trang đầu rồi nạp lại tệp này. Sắp xếp hàng, đổi chỗ cột không ảnh hưởng.",
    "Ô để trống nghĩa là giữ nguyên. Hàng bị xóa khỏi tệp không bị xóa khỏi hệ thống.",
    "Nạp xong hệ thống cho xem trước từng hàng; chưa bấm ghi thì chưa có gì thay đổi.",
)


def list_book(kind: ImportKind, district: Unit, today: date) -> bytes:
    """The workbook of one kind. A constant number of queries."""
    columns = COLUMNS[kind]
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEETS[kind]
    for place, column in enumerate(columns, 1):
        put(sheet, 1, place, column.label, bold=True, middle=True)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    for number, row in enumerate(_ROWS[kind](district, today), 2):
        for place, column in enumerate(columns, 1):
            put(sheet, number, place, row[column.key])
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    _guide(book, kind, columns)
    book.properties.title = f"{SHEETS[kind]} – {district.title}"
    return bytes_of(book)


def _guide(book: Workbook, kind: ImportKind, columns: Columns) -> None:
    sheet = book.create_sheet(GUIDE_SHEET)
    for number, rule in enumerate(_RULES, 1):
        put(sheet, number, 1, rule, border=False)
    top = len(_RULES) + 2
    for place, head in enumerate(_GUIDE_HEADS, 1):
        put(sheet, top, place, head, bold=True, middle=True)
        sheet.column_dimensions[get_column_letter(place)].width = _GUIDE_WIDTHS[place - 1]
    for number, column in enumerate(columns, top + 1):
        put(sheet, number, 1, column.label)
        put(sheet, number, 2, "có" if column.is_needed else "", middle=True)
        put(sheet, number, 3, column.hint)
        put(sheet, number, 4, column.example)
    if kind is ImportKind.PEOPLE:
        bottom = top + len(columns) + 2
        put(sheet, bottom, 1, "Các vai trò", bold=True)
        for number, role in enumerate(Role, bottom + 1):
            put(sheet, number, 1, role.label)


def _units(district: Unit, today: date) -> Rows:
    for unit in communes_listed(district, today):
        yield {
            "code": unit.code, "name": unit.name, "kind": unit.kind,
            "region": REGION_LABELS.get(unit.region, unit.region) or None, "group": unit.group or None,
            "population": unit.population, "area_ha": unit.area_ha, "lon": _degrees(unit.lon),
            "lat": _degrees(unit.lat), "valid_from": unit.valid_from,
        }  # fmt: skip


def _degrees(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _departments(district: Unit, today: date) -> Rows:  # noqa: ARG001
    for row in departments_listed(district):
        yield {"code": row.code, "name": row.name, "position": row.position}


def _people(district: Unit, today: date) -> Rows:
    for row in seats_listed(district):
        if row.to_on is not None and row.to_on <= today:
            continue
        department = row.department.name if row.department else None
        place = row.unit.full_name if row.role == Role.COMMUNE.value else department
        yield {
            "username": row.person.username, "full_name": row.person.full_name, "email": row.person.email or None,
            "role": Role(row.role).label, "place": place, "title": row.title or None,
            "signs_off": MARKED if row.signs_off else None, "from_on": row.from_on, "to_on": row.to_on,
        }  # fmt: skip


def _assignments(district: Unit, today: date) -> Rows:
    standing = assignments_listed(district, today)
    for code, place in places_of_measures(books_in_force(today, year=today.year)).items():
        row = standing[code][0] if code in standing else None
        others = SEPARATOR.join(f" {other.code}" for other in row.others.all()).strip() if row else ""
        yield {
            "measure": code, "set": place.set_name, "item": place.item, "name": place.name,
            "lead": row.lead.code if row else None, "others": others or None,
            "responsible": row.responsible.username if row and row.responsible else None,
        }  # fmt: skip


def _targets(district: Unit, today: date) -> Rows:  # noqa: ARG001
    for row in targets_listed(district):
        yield {
            "unit": row.unit.full_name, "year": row.year, "tier": Tier(row.tier).label,
            "fields": f"{SEPARATOR} ".join(row.fields) or None, "document": row.document or None,
        }  # fmt: skip


_ROWS: Mapping[ImportKind, Callable[[Unit, date], Rows]] = {
    ImportKind.UNITS: _units,
    ImportKind.DEPARTMENTS: _departments,
    ImportKind.PEOPLE: _people,
    ImportKind.ASSIGNMENTS: _assignments,
    ImportKind.TARGETS: _targets,
}
