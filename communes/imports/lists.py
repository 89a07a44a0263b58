"""Checks of the lists of communes, of departments and of targets: what is new, changed, unchanged, refused and why.

Each asks a constant number of queries and writes nothing. An empty cell changes nothing; nothing is ever deleted;
official codes never change, so an unknown one is a new commune and one of another district is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from communes.imports.list_book import Asked, Names, Reading, changed, list_rows, refuse_twins, told
from communes.imports.workbooks import ReadSheet
from communes.models import Target, Unit
from communes.queries.lists import (
    communes_listed,
    department_state,
    departments_listed,
    model_fields,
    taken_codes,
    target_state,
    targets_listed,
    unit_state,
)
from communes.rules.importing import Found, FoundRow
from communes.rules.list_columns import CLEARED, DEPARTMENTS, REGION_LABELS, TARGETS, UNITS
from communes.rules.list_saves import (
    DepartmentSave,
    DepartmentState,
    TargetSave,
    TargetState,
    UnitSave,
    UnitState,
)
from criteria.queries import books_in_force
from criteria.rules.numbers import format_number
from criteria.rules.vocabulary import Tier

KINDS = {"xã": "xã", "thị trấn": "thị trấn", "phường": "phường"}
REGIONS = {label: code for code, label in REGION_LABELS.items()} | {CLEARED: ""}
TIERS = {tier.label: tier for tier in (Tier.STANDARD, Tier.ADVANCED, Tier.MODEL)}
_CODE_DIGITS = 5
_LABELS = {column.key: column.label for column in UNITS}


def commune_names(units: Sequence[Unit]) -> Names[Unit]:
    return Names([(unit, (unit.code, unit.full_name, unit.name)) for unit in units])


def check_units(sheets: Sequence[ReadSheet], task: Asked) -> Found:
    """Three queries."""
    rows, problems, empty = list_rows(sheets, UNITS)
    known = {unit.code: unit for unit in communes_listed(task.district, task.today)}
    taken = taken_codes({_unit_code(row) for row in rows} - set(known))
    names = {unit.name.casefold(): unit.code for unit in known.values()}
    found, keys = Found(problems=problems, empty=empty), []
    for reading in rows:
        code = _unit_code(reading)
        row = _unit(reading, code, known.get(code), taken, names)
        found.rows.append(row)
        keys.append((row, code))
    return refuse_twins(found, keys)


def _unit_code(reading: Reading) -> str:
    """The official code; what Excel made a number of has its leading zeros again."""
    code = reading.code("code")
    return code.zfill(_CODE_DIGITS) if code.isascii() and code.isdigit() else code


def _unit(reading: Reading, code: str, unit: Unit | None, taken: set[str], names: Mapping[str, str]) -> FoundRow:
    before = unit_state(unit) if unit else None
    if not re.fullmatch(r"[0-9]{5}", code):
        reading.refuse("code", "Mã xã phải là năm chữ số.", "Ghi mã của cơ quan thống kê, giữ cả số 0 ở đầu.")
    elif unit is None and code in taken:
        reason = "Mã này là của đơn vị khác, không thuộc danh mục xã đang có của huyện."
        reading.refuse("code", reason, "Kiểm tra lại mã; mã đã cấp không bao giờ đổi.")
    after = _unit_after(reading, before or UnitState("", "xã"))
    old, new = changed(_unit_said(before), _unit_said(after)) if before else ("", told(_unit_said(after)))
    title = f"{after.kind} {after.name} ({code})"
    row = reading.row(title, before, after, UnitSave(code, before, after), old, new)
    if names.get(after.name.casefold(), code) != code:
        row.warning = f"Trong huyện đã có đơn vị tên {after.name} (mã {names[after.name.casefold()]})."
    return row


def _unit_after(reading: Reading, now: UnitState) -> UnitState:
    area = reading.number_in("area_ha", now.area_ha, Decimal(0), Decimal(9_999_999), 2)
    return UnitState(
        name=reading.needed("name", now.name, 80),
        kind=reading.choice("kind", KINDS, now.kind),
        region=reading.choice("region", REGIONS, now.region),
        group=reading.text("group", now.group, 40),
        population=reading.whole("population", now.population, 0, 10_000_000),
        area_ha=area,
        lon=_degrees(reading, "lon", now.lon, 102, 118),
        lat=_degrees(reading, "lat", now.lat, 6, 24),
        valid_from=reading.day("valid_from", now.valid_from),
    )


def _degrees(reading: Reading, key: str, now: float | None, low: int, high: int) -> float | None:
    """Within Việt Nam, so that the two columns cannot be exchanged."""
    was = None if now is None else Decimal(str(now))
    value = reading.number_in(key, was, Decimal(low), Decimal(high), 6)
    return now if value == was else None if value is None else float(value)


def _unit_said(state: UnitState | None) -> list[tuple[str, str]]:
    return [] if state is None else [(_LABELS[key], _shown(key, value)) for key, value in state._asdict().items()]


def _shown(key: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return format_number(Decimal(str(value)))
    if isinstance(value, int | Decimal):
        return format_number(value)
    return REGION_LABELS.get(str(value), str(value)) if key == "region" else str(value)


def check_departments(sheets: Sequence[ReadSheet], task: Asked) -> Found:
    """One query."""
    rows, problems, empty = list_rows(sheets, DEPARTMENTS)
    known = {row.code: department_state(row) for row in departments_listed(task.district)}
    last = max((state.position for state in known.values()), default=0)
    found, keys = Found(problems=problems, empty=empty), []
    for reading in rows:
        code = reading.code("code")
        before = known.get(code)
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,19}", code):
            remedy = "Dùng chữ thường không dấu, số và gạch nối, nhiều nhất 20 ký tự."
            reading.refuse("code", "Mã cơ quan không đúng dạng.", remedy)
        now = before or DepartmentState("", last + 1 + len(found.rows))
        position = reading.whole("position", now.position, 0, 9999)
        after = DepartmentState(reading.needed("name", now.name, 120), now.position if position is None else position)
        old, new = changed(_department_said(before), _department_said(after)) if before else ("", after.name)
        title = f"{after.name} ({code})"
        row = reading.row(title, before, after, DepartmentSave(code, before, after), old, new)
        found.rows.append(row)
        keys.append((row, code))
    return refuse_twins(found, keys)


def _department_said(state: DepartmentState) -> list[tuple[str, str]]:
    return [("Tên", state.name), ("Thứ tự", str(state.position))]


def check_targets(sheets: Sequence[ReadSheet], task: Asked) -> Found:
    """Three queries, and those of the sets the first time."""
    rows, problems, empty = list_rows(sheets, TARGETS)
    units = [*communes_listed(task.district, task.today), task.district]
    names, fields = commune_names(units), model_fields(books_in_force(task.today, year=task.today.year))
    known = {(row.unit.code, row.year, row.tier): row for row in targets_listed(task.district)}
    found, keys = Found(problems=problems, empty=empty), []
    for reading in rows:
        row, key = _target(reading, names, fields, known)
        found.rows.append(row)
        keys.append((row, key))
    return refuse_twins(found, keys)


def _target(
    reading: Reading, names: Names[Unit], fields: Mapping[str, str], known: Mapping[tuple[str, int, str], Target]
) -> tuple[FoundRow, object]:
    said = reading.code("unit")
    unit = names.find(said) if said else None
    if unit is None:
        reason = f"Trong huyện không có đơn vị “{said[:40]}”." if said else "Thiếu xã."
        reading.refuse("unit", reason, "Ghi mã hoặc tên xã như trong danh mục.")
    year = reading.whole("year", None, 2010, 2050)
    if year is None and not reading.is_wrong("year"):
        reading.refuse("year", "Thiếu năm.", "Ghi năm phải đạt.")
    tier = reading.choice("tier", TIERS, Tier.NONE)
    if tier is Tier.NONE and not reading.is_wrong("tier"):
        reading.refuse("tier", "Thiếu bậc.", f"Ghi một trong: {', '.join(TIERS)}.")
    key = (unit.code if unit else said, year or 0, tier.value)
    stands = known.get(key)
    before = target_state(stands) if stands else None
    now = before or TargetState((), "")
    after = TargetState(_fields(reading, tier, fields, now.fields), reading.text("document", now.document, 300))
    old, new = changed(_target_said(before), _target_said(after)) if before else ("", told(_target_said(after)))
    title = f"{unit.title if unit else said} · {tier.label} {year or ''}".rstrip()
    row = reading.row(title, before, after, TargetSave(*key, before, after), old, new)
    # A row that names nothing cannot be another row's twin.
    return row, key if unit and year and tier is not Tier.NONE else object()


def _fields(reading: Reading, tier: Tier, known: Mapping[str, str], now: tuple[str, ...]) -> tuple[str, ...]:
    said = reading.several("fields", now)
    if said and tier is not Tier.MODEL:
        reading.refuse("fields", "Chỉ bậc kiểu mẫu có lĩnh vực nổi trội.", "Để trống cột này.")
    strange = [code for code in said if code not in known and code not in now]
    if strange:
        listed = ", ".join(f"{code} ({name})" for code, name in known.items())
        reading.refuse("fields", f"Không có lĩnh vực mã “{strange[0][:40]}”.", f"Ghi mã trong: {listed}.")
    return said


def _target_said(state: TargetState) -> list[tuple[str, str]]:
    return [("Lĩnh vực", "; ".join(state.fields)), ("Văn bản", state.document)]
