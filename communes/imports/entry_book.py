"""Reading our own entry workbook back: columns by their headings, rows by their keys, whatever was sorted or moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from communes.imports.entries import RawRow, text_of
from communes.imports.entry_keys import content_in
from communes.imports.workbooks import CellValue, ReadSheet, cell_name
from communes.rules.entry_columns import ENTRY_SHEET, KEYS, NEEDED, TYPED, Column
from communes.rules.importing import CellProblem, SheetProblem, places_of
from criteria.rules.words import folded

# The heading stands in one of the first rows, also where somebody put lines above it.
HEADING_WITHIN = 20
FETCH_AGAIN = "Tải mẫu mới rồi chép số sang."


@dataclass(frozen=True)
class EntrySheet:
    """One sheet of entries: where each column stands (from 1) and its rows below the heading."""

    name: str
    places: dict[Column, int]
    rows: Sequence[tuple[int, tuple[CellValue, ...]]]


def is_entry_book(sheets: Iterable[ReadSheet]) -> bool:
    """Whether a workbook is one of ours (perhaps damaged), rather than the office's own."""
    return any(_heading_row(sheet) is not None for sheet in sheets)


def entry_sheets(sheets: Iterable[ReadSheet]) -> tuple[list[EntrySheet], list[SheetProblem]]:
    """The sheets of entries of a workbook, and why others of them cannot be read."""
    found, problems = [], []
    for sheet in sheets:
        at = _heading_row(sheet)
        if at is None:
            continue
        headings = [text_of(value) for value in sheet.rows[at][1]]
        places, missing, doubled = places_of(headings, [column.label for column in NEEDED])
        if missing or doubled:
            problems += list(_wrong_headings(sheet, sheet.rows[at][0], headings, missing, doubled))
            continue
        by_column = {column: places[column.label] + 1 for column in NEEDED}
        by_column |= _shown_columns(headings)
        found.append(EntrySheet(sheet.name, by_column, sheet.rows[at + 1 :]))
    if not found and not problems:
        reason = f"Tệp không có trang “{ENTRY_SHEET}” theo mẫu của hệ thống."
        problems.append(SheetProblem("", reason, FETCH_AGAIN))
    return found, problems


def _shown_columns(headings: list[str]) -> dict[Column, int]:
    """The columns that only tell whose row it is: held against the keys where they are there."""
    labels = {column.label: column for column in (Column.UNIT, Column.CODE)}
    places, _, _ = places_of(headings, labels)
    return {labels[label]: place + 1 for label, place in places.items()}


def _heading_row(sheet: ReadSheet) -> int | None:
    """Which of the first rows carries at least half of the headings that we need."""
    wanted = {folded(column.label) for column in NEEDED}
    for at, (_, values) in enumerate(sheet.rows[:HEADING_WITHIN]):
        if len(wanted & {folded(value) for value in values if isinstance(value, str)}) * 2 >= len(wanted):
            return at
    return None


def _wrong_headings(
    sheet: ReadSheet, row: int, headings: list[str], missing: list[str], doubled: list[str]
) -> Iterator[SheetProblem]:
    for label in missing:
        reason = f"Thiếu cột “{label}” ở hàng tiêu đề (hàng {row})."
        yield SheetProblem(sheet.name, reason, f"Đặt lại đúng tên cột, hoặc {FETCH_AGAIN[:1].lower()}{FETCH_AGAIN[1:]}")
    for label in doubled:
        twins = [cell_name(row, at) for at, text in enumerate(headings, 1) if folded(text) == folded(label)]
        reason = f"Có {len(twins)} cột cùng tên “{label}” ({', '.join(twins)})."
        yield SheetProblem(sheet.name, reason, "Giữ lại một cột, xóa hoặc đổi tên cột kia rồi nạp lại.")


def years_in(sheets: Iterable[EntrySheet]) -> list[int]:
    """The years that the rows are about, the most frequent first."""
    counted: dict[int, int] = {}
    for sheet in sheets:
        place = sheet.places[Column.KEY_YEAR] - 1
        for _, values in sheet.rows:
            year = whole(values[place])
            if year is not None:
                counted[year] = counted.get(year, 0) + 1
    return sorted(counted, key=lambda year: -counted[year])


def units_in(sheets: Iterable[EntrySheet]) -> set[str]:
    return {text_of(values[sheet.places[Column.KEY_UNIT] - 1]) for sheet in sheets for _, values in sheet.rows}


def raw_rows(
    sheets: Iterable[EntrySheet], year: int, names: dict[str, str], codes: dict[str, set[str]]
) -> Iterator[RawRow]:
    """The rows below the headings. `names`: folded name of each unit by its code; `codes`: the codes under which a
    measure stands in the sets. Rows without any key are notes of people and are left out."""
    for sheet in sheets:
        for number, values in sheet.rows:
            keys = {column: values[sheet.places[column] - 1] for column in KEYS}
            typed = {column: values[sheet.places[column] - 1] for column in TYPED}
            if any(value is not None for value in keys.values()):
                yield _raw(sheet, number, values, keys, typed, year, names, codes)
            elif any(value is not None for value in typed.values()):
                yield _keyless(sheet, number, typed)


def _keyless(sheet: EntrySheet, number: int, typed: dict[Column, CellValue]) -> RawRow:
    problem = CellProblem(
        cell_name(number, sheet.places[Column.KEY_CHECK]), "",
        "Hàng này không có mã của hàng (các cột mã ở cuối trang), nên không biết là mục nào.",
        "Nhập vào đúng hàng có sẵn của mẫu; không thêm hàng.",
    )  # fmt: skip
    return RawRow(sheet.name, number, "", "", typed, sheet.places, problem=problem)


def _raw(
    sheet: EntrySheet, number: int, values: tuple[CellValue, ...], keys: dict[Column, CellValue],
    typed: dict[Column, CellValue], year: int, names: dict[str, str], codes: dict[str, set[str]],
) -> RawRow:  # fmt: skip
    unit, measure, check = (text_of(keys[column]) for column in (Column.KEY_UNIT, Column.KEY_MEASURE, Column.KEY_CHECK))
    row_year, version = whole(keys[Column.KEY_YEAR]), whole(keys[Column.KEY_VERSION])
    raw = RawRow(sheet.name, number, unit, measure, typed, sheet.places, version)
    content = None
    if row_year is not None and version is not None:
        content = content_in(check, unit, measure, row_year, version)
    if content is None:
        raw.problem = CellProblem(
            cell_name(number, sheet.places[Column.KEY_CHECK]), check[:40],
            "Mã của hàng đã bị sửa hoặc bị lệch khỏi hàng của nó.", FETCH_AGAIN,
        )  # fmt: skip
        return raw
    raw.content = content
    raw.problem = _other_year(raw, row_year, year) or _torn(raw, values, names, codes)
    return raw


def _other_year(raw: RawRow, row_year: int | None, year: int) -> CellProblem | None:
    if row_year == year:
        return None
    reason = f"Hàng này của năm {row_year}, còn tệp này nạp cho năm {year}."
    return raw.problem_at(Column.KEY_YEAR, reason, "Mỗi tệp chỉ nạp cho một năm; tách thành tệp riêng.")


def _torn(
    raw: RawRow, values: tuple[CellValue, ...], names: dict[str, str], codes: dict[str, set[str]]
) -> CellProblem | None:
    """Whether only some of the columns were sorted: then what the person read is not what the keys say."""
    said = {
        column: folded(value)
        for column in (Column.UNIT, Column.CODE)
        if column in raw.places and isinstance(value := values[raw.places[column] - 1], str)
    }
    name, known = names.get(raw.unit), codes.get(raw.measure)
    wrong = (Column.UNIT in said and name is not None and name not in said[Column.UNIT]) or (
        Column.CODE in said and known is not None and said[Column.CODE] not in known
    )
    if not wrong:
        return None
    remedy = f"Khi sắp xếp phải chọn cả bảng, không sắp xếp riêng vài cột. {FETCH_AGAIN}"
    return CellProblem(raw.cell(Column.KEY_CHECK), "", "Tên xã hoặc mã chỉ tiêu không khớp với mã của hàng.", remedy)


def whole(value: CellValue) -> int | None:
    """A whole number of a key column, also where it became text."""
    if isinstance(value, Decimal) and not isinstance(value, bool):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**9 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return None
