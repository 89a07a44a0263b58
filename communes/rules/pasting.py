"""A column pasted from a workbook against the communes of a table: plain values in their order, or "Xã | giá trị".

Pure. Every line comes back: taken for a commune, or left with the reason. Nothing is guessed: a name that fits two
communes, or none, is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from communes.rules.clipboard import LeftLine, read_block, shown
from criteria.rules.words import folded

_KINDS = re.compile(r"^(xa|thi tran|tt|phuong) ")


@dataclass(frozen=True, slots=True)
class Place:
    """A commune that may be named: by code, by name, by its full name ("xã Kỳ Phú")."""

    code: str
    name: str


@dataclass
class Pasted:
    """`values`: commune code -> text; `numbers`: commune code -> the line it stood in."""

    values: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    left: list[LeftLine] = field(default_factory=list)


def bare_name(text: str) -> str:
    """A name folded, without the word for the kind of unit: "Xã Kỳ Đồng" becomes "ky dong"."""
    return _KINDS.sub("", folded(text))


def read_paste(text: str, places: Sequence[Place], start: str = "") -> Pasted:
    """What each line says. Where a line has more than one cell every line must name its commune; else the values go to
    the communes in the order of the table, from `start` on; an empty line skips one."""
    lines, left = read_block(text)
    cells = [[piece.strip() for cell in row for piece in cell.split("|")] for row in lines]
    named = any(sum(bool(cell) for cell in row) > 1 for row in cells)
    found = _by_name(cells, places) if named else _in_order([shown(row) for row in cells], places, start)
    found.left += left
    return found


def _in_order(values: Sequence[str], places: Sequence[Place], start: str) -> Pasted:
    codes = [place.code for place in places]
    at = codes.index(start) if start in codes else 0
    found = Pasted()
    for number, value in enumerate(values, 1):
        place = at + number - 1
        if not value:
            continue
        if place >= len(codes):
            found.left.append(LeftLine(number, value, "Thừa dòng: bảng không còn xã nào để nhận."))
            continue
        found.values[codes[place]], found.numbers[codes[place]] = value, number
    return found


def _by_name(cells: Sequence[list[str]], places: Sequence[Place]) -> Pasted:
    found = Pasted()
    for number, row in enumerate(cells, 1):
        if not any(row):
            continue
        code, value = _named(row, places)
        if not code:
            found.left.append(LeftLine(number, shown(row), value))
        elif code in found.values:
            found.left.append(LeftLine(number, shown(row), f"Xã này đã có ở dòng {found.numbers[code]}."))
        else:
            found.values[code], found.numbers[code] = value, number
    return found


def _named(row: list[str], places: Sequence[Place]) -> tuple[str, str]:
    """(code, value) of a line, or ("", reason). The commune stands before its value; a running number before both."""
    reason = "Không nhận ra xã; ghi tên hoặc mã xã."
    for at, cell in enumerate(row):
        fitting = _fitting(cell, places)
        if len(fitting) > 1:
            reason = f"“{cell}” khớp {len(fitting)} xã; ghi đủ dấu hoặc ghi mã xã."
        if len(fitting) == 1:
            value = next((after for after in row[at + 1 :] if after), "")
            return (fitting[0], value) if value else ("", "Không có giá trị sau tên xã.")
    return "", reason


def _fitting(cell: str, places: Sequence[Place]) -> list[str]:
    if not cell:
        return []
    for key in (_exactly, bare_name):
        found = [place.code for place in places if key(cell) in (place.code, key(place.name))]
        if found:
            return found
    return []


def _exactly(text: str) -> str:
    return " ".join(text.split()).casefold()
