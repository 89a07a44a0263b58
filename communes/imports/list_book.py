"""Reading a workbook of a list: columns by their headings, in whatever order, rows as plain readings that gather every
mistake at once. Called by the checks of the single kinds; writes nothing and asks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, TypeVar

from accounts.roles import Standing
from communes.imports.entries import REPAIR, shown_cell, text_of
from communes.imports.workbooks import CellValue, ReadSheet, Unreadable, cell_name
from communes.models import Unit
from communes.rules.importing import (
    CellProblem,
    Found,
    FoundRow,
    ImportKind,
    RowClass,
    SheetProblem,
    mark_of,
    places_of,
)
from communes.rules.list_columns import CLEARED, COLUMNS, MARKED, SEPARATOR, SHEETS, Columns
from criteria.rules.numbers import NumberProblem, parse_number
from criteria.rules.words import folded

# The heading stands in one of the first rows, also where somebody put lines above it.
HEADING_WITHIN = 20
NEW_TEMPLATE = "Tải mẫu mới của danh mục này rồi chép nội dung sang."
_YES = frozenset({"x", "co", "yes", "true"})
T = TypeVar("T")


class Asked(Protocol):
    """What the check of a list needs to know of its task."""

    @property
    def district(self) -> Unit: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def today(self) -> date: ...


@dataclass(slots=True)
class Reading:
    """One row as it stands in the workbook, and what was found wrong in it so far.

    Each reader takes what stands now and gives that back where the cell is empty (an empty cell says nothing) or
    cannot be read (the problem is noted).
    """

    sheet: str
    number: int
    values: Mapping[str, CellValue]
    places: Mapping[str, int]
    labels: Mapping[str, str]
    problems: list[CellProblem] = field(default_factory=list)

    def refuse(self, key: str, reason: str, remedy: str = REPAIR) -> None:
        """Note a problem in a cell; `key` "" for the row as a whole."""
        place = self.places.get(key)
        cell = cell_name(self.number, place) if place else ""
        self.problems.append(CellProblem(cell, shown_cell(self.values.get(key)), reason, remedy))

    def said(self, key: str) -> str:
        """The cell as text, "" where it is empty or cannot be read."""
        value = self.values.get(key)
        if isinstance(value, Unreadable):
            problem = CellProblem(cell_name(self.number, self.places[key]), value.shown, value.reason, value.remedy)
            if problem not in self.problems:
                self.problems.append(problem)
            return ""
        return text_of(value)

    def text(self, key: str, now: str, longest: int) -> str:
        said = " ".join(self.said(key).split())
        if len(said) > longest:
            self.refuse(key, f"Cột “{self.labels[key]}” dài quá {longest} ký tự.", "Viết ngắn lại.")
            return now
        return "" if said == CLEARED else said or now

    def needed(self, key: str, now: str, longest: int) -> str:
        """A text that must not be empty in the end."""
        found = self.text(key, now, longest)
        if not found and not self.is_wrong(key):
            self.refuse(key, f"Thiếu {self.labels[key].lower()}.", "Ghi vào ô này.")
        return found

    def is_wrong(self, key: str) -> bool:
        place = self.places.get(key)
        return place is not None and any(one.cell == cell_name(self.number, place) for one in self.problems)

    def code(self, key: str) -> str:
        """A code: what Excel made a number of is its digits again."""
        value = self.values.get(key)
        if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) < 10**12:
            return str(int(value))
        return " ".join(self.said(key).split())

    def number_in(self, key: str, now: Decimal | None, low: Decimal, high: Decimal, places: int) -> Decimal | None:
        said = self.said(key)
        if not said or said == CLEARED:
            return None if said else now
        try:
            value = parse_number(said)
        except NumberProblem as problem:
            self.refuse(key, str(problem), "Ghi một số.")
            return now
        if not low <= value <= high or value != round(value, places):
            kind = "số nguyên" if not places else f"số có nhiều nhất {places} chữ số thập phân"
            reason = f"Cột “{self.labels[key]}” phải là {kind} từ {text_of(low)} đến {text_of(high)}."
            self.refuse(key, reason)
            return now
        return value

    def whole(self, key: str, now: int | None, low: int, high: int) -> int | None:
        value = self.number_in(key, None if now is None else Decimal(now), Decimal(low), Decimal(high), 0)
        return None if value is None else int(value)

    def day(self, key: str, now: date | None) -> date | None:
        value = self.values.get(key)
        said = self.said(key)
        if not said or said == CLEARED:
            return None if said else now
        if isinstance(value, datetime):
            value = value.date()
        if not isinstance(value, date):
            value = _day(said)
        if value is None or not 1900 <= value.year <= 2100:
            self.refuse(key, "Không phải một ngày có thật.", "Ghi theo dạng ngày/tháng/năm, ví dụ 01/04/2023.")
            return now
        return value

    def mark(self, key: str, now: bool) -> bool:  # noqa: FBT001
        said = self.said(key)
        if not said:
            return now
        if said == CLEARED or folded(said) in _YES:
            return said != CLEARED
        self.refuse(key, "Cột này chỉ đánh dấu x.", f"Đánh {MARKED}, ghi {CLEARED} để bỏ dấu, hoặc để trống.")
        return now

    def choice(self, key: str, options: Mapping[str, T], now: T) -> T:
        """One of the options, named by label, whatever its accents and case."""
        said = self.said(key)
        if not said:
            return now
        by_folded = {folded(label): option for label, option in options.items()}
        if folded(said) in by_folded:
            return by_folded[folded(said)]
        self.refuse(key, f"“{said[:40]}” không có trong danh sách.", f"Ghi một trong: {', '.join(options)}.")
        return now

    def several(self, key: str, now: tuple[str, ...]) -> tuple[str, ...]:
        said = self.said(key)
        if not said or said == CLEARED:
            return () if said else now
        return tuple(dict.fromkeys(one.strip() for one in said.split(SEPARATOR) if one.strip()))

    def row(self, title: str, before: object, after: object, act: object, old: str, new: str) -> FoundRow:
        """The row as the preview shows it: refused where anything was wrong with it."""
        if self.problems:
            problems = tuple(self.problems)
            mark = mark_of(RowClass.REFUSED.value, before, problems)
            return FoundRow(self.sheet, self.number, title, RowClass.REFUSED, mark, old, new, problems)
        kind = RowClass.NEW if before is None else RowClass.UNCHANGED if before == after else RowClass.CHANGED
        mark = mark_of(kind.value, title, before, after)
        kept = act if kind is not RowClass.UNCHANGED else None
        return FoundRow(self.sheet, self.number, title, kind, mark, old, new, act=kept)


def _day(said: str) -> date | None:
    parts = said.replace("-", "/").replace(".", "/").split("/")
    if len(parts) != 3 or not all(part.strip().isdigit() for part in parts):
        return None
    day, month, year = (int(part) for part in parts)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def list_rows(sheets: Sequence[ReadSheet], columns: Columns) -> tuple[list[Reading], list[SheetProblem], int]:
    """The rows below the headings of every sheet that has them, why a sheet cannot be read, how many were empty."""
    rows: list[Reading] = []
    problems: list[SheetProblem] = []
    empty, found = 0, False
    for sheet in sheets:
        at = _heading_row(sheet, columns)
        if at is None:
            continue
        found = True
        number, headings = sheet.rows[at]
        places, missing, doubled = places_of((text_of(value) for value in headings), (c.label for c in columns))
        wrong = list(_wrong_headings(sheet.name, number, columns, missing, doubled))
        problems += wrong
        if wrong:
            continue
        by_key = {column.key: places[column.label] + 1 for column in columns if column.label in places}
        for reading in _readings(sheet, at, columns, by_key):
            if any(value is not None for value in reading.values.values()):
                rows.append(reading)
            else:
                empty += 1
    if not found:
        named = ", ".join(f"“{column.label}”" for column in columns if column.is_needed)
        problems.append(SheetProblem("", f"Tệp không có trang nào có các cột {named}.", NEW_TEMPLATE))
    return rows, problems, empty


def list_kind_of(sheets: Sequence[ReadSheet]) -> ImportKind | None:
    """Which list a workbook is, by its headings: the kind that explains most of them (half at least, so that a table of
    figures with a code and a name is none), else by the name of the sheet. None where it could be two, or is none."""
    fits: list[tuple[int, bool, ImportKind]] = []
    for kind, columns in COLUMNS.items():
        needed = {folded(column.label) for column in columns if column.is_needed}
        wanted = {folded(column.label) for column in columns}
        for sheet in sheets:
            at = _heading_row(sheet, columns)
            there = set() if at is None else {folded(value) for value in sheet.rows[at][1] if isinstance(value, str)}
            if needed <= there and len(wanted & there) * 2 >= len(there):
                fits.append((len(wanted & there), sheet.name == SHEETS[kind], kind))
    fits.sort(reverse=True)
    if not fits or (len(fits) > 1 and fits[0][:2] == fits[1][:2] and fits[0][2] is not fits[1][2]):
        return None
    return fits[0][2]


def _readings(sheet: ReadSheet, at: int, columns: Columns, places: Mapping[str, int]) -> Iterator[Reading]:
    labels = {column.key: column.label for column in columns}
    for number, values in sheet.rows[at + 1 :]:
        yield Reading(sheet.name, number, {key: values[place - 1] for key, place in places.items()}, places, labels)


def _heading_row(sheet: ReadSheet, columns: Columns) -> int | None:
    """Which of the first rows carries at least half of the headings that must be there, and two in all."""
    needed = {folded(column.label) for column in columns if column.is_needed}
    wanted = {folded(column.label) for column in columns}
    for at, (_, values) in enumerate(sheet.rows[:HEADING_WITHIN]):
        there = {folded(value) for value in values if isinstance(value, str)}
        if len(needed & there) * 2 >= len(needed) and len(wanted & there) >= 2:
            return at
    return None


def _wrong_headings(
    sheet: str, row: int, columns: Columns, missing: Sequence[str], doubled: Sequence[str]
) -> Iterator[SheetProblem]:
    needed = {column.label for column in columns if column.is_needed}
    for label in missing:
        if label in needed:
            yield SheetProblem(sheet, f"Thiếu cột “{label}” ở hàng tiêu đề (hàng {row}).", "Đặt lại đúng tên cột.")
    for label in doubled:
        remedy = "Giữ lại một cột, xóa hoặc đổi tên cột kia rồi nạp lại."
        yield SheetProblem(sheet, f"Có hai cột cùng tên “{label}” (hàng {row}).", remedy)


def refuse_twins(found: Found, keys: Sequence[tuple[FoundRow, object]]) -> Found:
    """Two rows that say the same thing's name are both refused: which is meant, only the person knows."""
    first: dict[object, FoundRow] = {}
    for row, key in keys:
        twin = first.setdefault(key, row)
        if twin is row:
            continue
        for one, other in ((row, twin), (twin, row)):
            reason = f"Trùng với hàng {other.number} ở trang “{other.sheet}”."
            one.problems = (*one.problems, CellProblem("", "", reason, "Giữ lại một hàng rồi nạp lại."))
            one.found, one.mark, one.act = RowClass.REFUSED, mark_of(one.mark, reason), None
    return found


class Names(dict[str, T]):
    """Things by code and by name: exactly first, else whatever the accents and case, where that is one thing only."""

    def __init__(self, things: Sequence[tuple[T, Sequence[str]]]) -> None:
        super().__init__()
        self._folded: dict[str, list[T]] = {}
        for thing, names in things:
            for name in filter(None, names):
                self.setdefault(name.casefold(), thing)
                same = self._folded.setdefault(folded(name), [])
                if thing not in same:
                    same.append(thing)

    def find(self, said: str) -> T | None:
        if said.casefold() in self:
            return self[said.casefold()]
        same = self._folded.get(folded(said), [])
        return same[0] if len(same) == 1 else None


def changed(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Old and new as one line each: of pairs (label, shown) those that differ."""
    differing = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    return (
        "; ".join(f"{label}: {shown or 'trống'}" for (label, shown), _ in differing),
        "; ".join(f"{label}: {shown or 'trống'}" for _, (label, shown) in differing),
    )


def told(said: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{label}: {shown}" for label, shown in said if shown)
