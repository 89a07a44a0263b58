"""The office's own workbooks: which column means which measure, chosen once and remembered by the headings.

Two ways to lay out a table. "across": communes in rows, measures in columns. "down": measures in rows by their code,
one column of values, the commune chosen. A mapping names columns by their folded headings, so that it also fits the
next file, whose columns may stand elsewhere.

    {"sheet": "Tổng hợp", "heading": 5, "way": "across", "place": "ten xa", "columns": {"15 1 bhyt": "bhyt"},
     "scaled": ["15 1 bhyt"], "unit": "", "value": "", "family": "xa-ntm-2021-2025"}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from communes.imports.entries import RawRow, text_of
from communes.imports.workbooks import CellValue, Percent, ReadSheet
from communes.queries.importing import Ground
from communes.rules.entry_columns import Column
from communes.rules.importing import CellProblem, SheetProblem, signature_of
from criteria.rules.words import folded

ACROSS, DOWN = "across", "down"
Mapped = Mapping[str, Any]
HEADINGS_WITHIN = 30
# Rows below the communes that add them up are no communes.
_TOTALS = ("tong", "cong", "toan huyen", "trung binh", "binh quan", "tb")
_MAP_AGAIN = "Chọn lại trang, hàng tiêu đề và các cột."


@dataclass(frozen=True)
class Heading:
    """One column of a sheet below its heading: where it stands (from 1), how it is called, what it holds first."""

    place: int
    key: str
    text: str
    samples: tuple[str, ...]
    looks_scaled: bool = False


def headings_of(sheet: ReadSheet, row: int) -> list[Heading]:
    """The columns of a sheet by the heading in one of its rows. Twins are told apart by their order."""
    at = next((place for place, (number, _) in enumerate(sheet.rows) if number == row), None)
    if at is None:
        return []
    below = sheet.rows[at + 1 :]
    found, seen = [], dict[str, int]()
    for place, value in enumerate(sheet.rows[at][1], 1):
        text = text_of(value)
        cells = [values[place - 1] for _, values in below if values[place - 1] is not None]
        if not text and not cells:
            continue
        key = folded(text) or f"cot {place}"
        seen[key] = seen.get(key, 0) + 1
        key = key if seen[key] == 1 else f"{key} #{seen[key]}"
        samples = tuple(text_of(cell)[:40] for cell in cells[:3])
        found.append(Heading(place, key, text, samples, _looks_scaled(cells)))
    return found


def _looks_scaled(cells: Sequence[CellValue]) -> bool:
    """Shares written as 0,95: all between 0 and 1, at least one a true fraction, none of them formatted as percent."""
    numbers = [cell for cell in cells if isinstance(cell, Decimal)]
    return (
        len(numbers) > 1
        and not any(isinstance(number, Percent) for number in numbers)
        and all(0 <= number <= 1 for number in numbers)
        and any(number != number.to_integral_value() for number in numbers)
    )


def signature_at(sheet: ReadSheet, row: int) -> str:
    values = next((values for number, values in sheet.rows if number == row), ())
    return _signature(values, row, _last_filled(sheet))


def _last_filled(sheet: ReadSheet) -> list[int]:
    """The last row that holds something, for each column; 0 for an empty one."""
    width = max((len(values) for _, values in sheet.rows), default=0)
    last, missing = [0] * width, set(range(width))
    for number, values in reversed(sheet.rows):
        if not missing:
            break
        for place in [place for place in missing if place < len(values) and values[place] is not None]:
            last[place] = number
            missing.remove(place)
    return last


def _signature(values: Sequence[CellValue], row: int, last_filled: Sequence[int]) -> str:
    """Of the headings in a row; a column without one counts by its place where something stands below."""
    texts = [(place, text_of(value)) for place, value in enumerate(values, 1)]
    return signature_of([text or f"cot {place}" for place, text in texts if text or last_filled[place - 1] > row])


def likely_heading(sheet: ReadSheet) -> int:
    """The first row with the most texts in it; 0 for a sheet without any."""
    counted = [
        (sum(isinstance(value, str) for value in values), -number) for number, values in sheet.rows[:HEADINGS_WITHIN]
    ]
    best, number = max(counted, default=(0, 0))
    return -number if best else 0


def signatures_of(sheets: Sequence[ReadSheet]) -> dict[str, tuple[str, int]]:
    """Signature of every row that may be a heading: the sheet and row where it stands."""
    found: dict[str, tuple[str, int]] = {}
    for sheet in sheets:
        last_filled = _last_filled(sheet)
        for number, values in sheet.rows[:HEADINGS_WITHIN]:
            if sum(isinstance(value, str) for value in values) >= 2:
                found.setdefault(_signature(values, number, last_filled), (sheet.name, number))
    return found


def sheet_named(sheets: Sequence[ReadSheet], name: str) -> ReadSheet | None:
    return next((sheet for sheet in sheets if sheet.name == name), None)


def mapping_problems(sheets: Sequence[ReadSheet], mapping: Mapped) -> list[SheetProblem]:
    """Why a mapping does not fit a workbook."""
    sheet = sheet_named(sheets, mapping["sheet"])
    headings = headings_of(sheet, mapping["heading"]) if sheet is not None else []
    if sheet is None or not headings:
        reason = f"Không thấy trang “{mapping['sheet']}” có tiêu đề ở hàng {mapping['heading']}."
        return [SheetProblem(mapping["sheet"], reason, _MAP_AGAIN)]
    known = {heading.key for heading in headings}
    wanted = [mapping["place"], *mapping["columns"], *([mapping["value"]] if mapping["way"] == DOWN else [])]
    return [
        SheetProblem(sheet.name, f"Không còn cột “{key}” ở hàng tiêu đề {mapping['heading']}.", _MAP_AGAIN)
        for key in wanted
        if key not in known
    ]


def proposals(headings: Sequence[Heading], ground: Ground, family: str) -> dict[str, str]:
    """A measure for each column whose heading says its code or its name; each measure once."""
    by_code, by_name = _names(ground, family)
    found: dict[str, str] = {}
    for heading in headings:
        measure = _said(folded(heading.text), by_code, by_name)
        if measure and measure not in found.values():
            found[heading.key] = measure
    return found


def _names(ground: Ground, family: str) -> tuple[dict[str, str], dict[str, str]]:
    """Measure code by folded indicator code (those of the chosen set alone) and by folded name."""
    by_code: dict[str, str] = {}
    twice: set[str] = set()
    for code, item in ground.codes_in(family):
        key = folded(item)
        if key in by_code:
            twice.add(key)
        by_code.setdefault(key, code)
    by_name = {folded(name): code for code, (_, name) in reversed(list(ground.labels.items()))}
    by_name |= {folded(measure.name): code for code, measure in ground.measures.items()}
    by_name |= {folded(code): code for code in ground.measures}
    return {key: code for key, code in by_code.items() if key not in twice}, by_name


def _said(text: str, by_code: Mapping[str, str], by_name: Mapping[str, str]) -> str:
    if not text:
        return ""
    if text in by_name:
        return by_name[text]
    bare = text.removeprefix("chi tieu ").removeprefix("tieu chi ")
    for code in sorted(by_code, key=len, reverse=True):
        if bare == code or bare.startswith(f"{code} "):
            # "15 1" begins "15 1 2" as well: what follows a code is a word.
            rest = bare[len(code) :].strip()
            if not rest[:1].isdigit():
                return by_code[code]
    if len(text) < _LONG_ENOUGH:
        return ""
    alike = {code for name, code in by_name.items() if text in name or (len(name) >= _LONG_ENOUGH and name in text)}
    return alike.pop() if len(alike) == 1 else ""


# A shorter name stands in too many headings by chance.
_LONG_ENOUGH = 12


def place_column(headings: Sequence[Heading], ground: Ground) -> str:
    """The column that names the communes: the one whose first cells are names of them."""
    names = _unit_names(ground)
    for heading in headings:
        if any(folded(sample) in names for sample in heading.samples):
            return heading.key
    return ""


def _unit_names(ground: Ground) -> dict[str, str]:
    """Code of a commune by what people write for it: its name, with or without its kind, or its code."""
    found: dict[str, str] = {}
    for code, unit in ground.units.items():
        for text in (unit.name, unit.full_name, code):
            found[folded(text)] = code
    return found


def mapped_rows(sheets: Sequence[ReadSheet], mapping: Mapped, ground: Ground) -> Iterator[RawRow]:
    """The cells of the mapped columns, each as a row to check. The mapping fits (`mapping_problems`)."""
    sheet = sheet_named(sheets, mapping["sheet"])
    assert sheet is not None
    places = {heading.key: heading.place for heading in headings_of(sheet, mapping["heading"])}
    rows = [(number, values) for number, values in sheet.rows if number > mapping["heading"]]
    if mapping["way"] == ACROSS:
        return _across(sheet.name, rows, mapping, places, ground)
    return _down(sheet.name, rows, mapping, places, ground)


Rows = Sequence[tuple[int, tuple[CellValue, ...]]]


def _across(sheet: str, rows: Rows, mapping: Mapped, places: Mapping[str, int], ground: Ground) -> Iterator[RawRow]:
    names, at = _unit_names(ground), places[mapping["place"]]
    scaled = set(mapping.get("scaled", ()))
    columns = [(places[key], code, key in scaled) for key, code in mapping["columns"].items() if code]
    for number, values in rows:
        text = text_of(values[at - 1])
        if not text or _is_total(text) or text.isdigit() and len(text) < 4:
            continue
        unit = names.get(folded(text))
        filled = [column for column in columns if values[column[0] - 1] is not None]
        if unit is None:
            if filled:
                remedy = "Ghi đúng tên xã, hoặc để trống hàng này."
                yield _unknown(sheet, number, at, text, "Không nhận ra xã “{}” trong huyện.", remedy)
            continue
        for place, code, is_scaled in filled:
            value = _scaled(values[place - 1]) if is_scaled else values[place - 1]
            yield RawRow(sheet, number, unit, code, {Column.VALUE: value}, {Column.VALUE: place})


def _down(sheet: str, rows: Rows, mapping: Mapped, places: Mapping[str, int], ground: Ground) -> Iterator[RawRow]:
    by_code, by_name = _names(ground, mapping["family"])
    at, place = places[mapping["place"]], places[mapping["value"]]
    is_scaled = mapping["value"] in mapping.get("scaled", ())
    for number, values in rows:
        text, value = text_of(values[at - 1]), values[place - 1]
        if not text or value is None or _is_total(text):
            continue
        code = _said(folded(text), by_code, by_name)
        if not code:
            yield _unknown(
                sheet, number, at, text, "Không nhận ra chỉ tiêu “{}” trong bộ tiêu chí.",
                "Ghi mã chỉ tiêu (15.1) hoặc mã số đo; chỉ tiêu có nhiều phần thì ghi tên từng phần.",
            )  # fmt: skip
            continue
        value = _scaled(value) if is_scaled else value
        yield RawRow(sheet, number, mapping["unit"], code, {Column.VALUE: value}, {Column.VALUE: place})


def _unknown(sheet: str, number: int, place: int, text: str, reason: str, remedy: str) -> RawRow:
    raw = RawRow(sheet, number, text, "", {Column.UNIT: text}, {Column.UNIT: place})
    raw.problem = CellProblem(raw.cell(Column.UNIT), text[:200], reason.format(text[:60]), remedy)
    return raw


def _is_total(text: str) -> bool:
    words = folded(text)
    return any(words == word or words.startswith(f"{word} ") for word in _TOTALS)


def _scaled(value: CellValue) -> CellValue:
    """0,95 under a heading whose column holds shares of one: 95 %."""
    if isinstance(value, Decimal) and not isinstance(value, Percent):
        return Percent(value * 100)
    return value
