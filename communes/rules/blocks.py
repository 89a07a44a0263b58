"""A block pasted from a workbook into a sheet of one unit: which line belongs to which row, and what is left, and why.

Pure. Lines are matched by the code of the indicator where the first column holds codes, else by place: from the cell
that had the cursor, downwards. Nothing is guessed and nothing is dropped silently: every line that is not empty comes
back, placed or left. Whether a value is readable is not asked here (`communes.forms.entry_of`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from communes.rules.clipboard import LeftLine, read_block, shown
from criteria.rules.words import folded

# Headings by how they begin, folded: "Kết quả 2023" and "KẾT QUẢ THỰC HIỆN" are columns of results.
_CODE_HEADS = frozenset({"ma", "ma chi tieu", "ma so", "chi tieu", "stt", "so tt", "tt"})
_VALUE_HEADS = ("ket qua", "gia tri", "so lieu")
_REMARK_HEADS = ("ghi chu", "giai trinh")
_EARLIER = re.compile(r"\b(truoc|ky truoc|nam truoc)\b")
_FIGURE = re.compile(r"[-+]?[0-9]|(chua )?dat$|co$|khong")
MANY_COLUMNS = "Nhiều cột có thể là kết quả; dán kèm dòng tiêu đề có chữ “Kết quả”, hoặc chỉ dán cột mã và cột kết quả."
NO_COLUMN = "Bên cạnh mã không có cột nào là kết quả."


@dataclass(frozen=True, slots=True)
class Slot:
    """A row that may take a line: its measure, its code as people write it ("2.3", "17.1a"; "" has none), its name."""

    measure: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Placed:
    """What a line says about a row; "" for a column that was empty or absent."""

    line: int
    measure: str
    value: str
    remark: str


@dataclass
class Block:
    placed: list[Placed] = field(default_factory=list)
    left: list[LeftLine] = field(default_factory=list)
    by_code: bool = False


def code_key(text: str) -> str:
    """A code as it is compared: "17.1.a", "17.1 A" and "17.1a" are one, and "2,4" is what Excel makes of 2.4 here."""
    return re.sub(r"\.([a-zđ])$", r"\1", text.casefold().replace(" ", "").replace(",", ".").rstrip("."))


def place_block(
    text: str, slots: Sequence[Slot], start: str = "", *, remarks: bool = False, hidden: Sequence[str] = ()
) -> Block:
    """Match a block against the rows of a sheet in their order. `start` is the measure under the cursor, `remarks`
    whether the cursor was in the column of remarks, `hidden` the codes of rows that a filter hides: known as codes, so
    that their lines are left and never read as figures."""
    lines, left = read_block(text)
    block = Block(left=left)
    by_code = {code_key(slot.code): slot for slot in slots if slot.code}
    if _holds_codes(lines, by_code.keys() | {code_key(code) for code in hidden}):
        block.by_code = True
        _place_by_code(block, lines, by_code)
    else:
        _place_in_order(block, lines, slots, start, remarks=remarks)
    return block


def _holds_codes(lines: Sequence[list[str]], known: Set[str]) -> bool:
    """Whether the first column names rows: most of its cells are codes and something stands beside them."""
    firsts = [row[0] for row in lines if len(row) > 1 and row[0] and any(row[1:])]
    body = firsts[1:] if firsts and folded(firsts[0]) in _CODE_HEADS else firsts
    return bool(body) and sum(code_key(cell) in known for cell in body) * 2 > len(body)


def _place_by_code(block: Block, lines: Sequence[list[str]], known: Mapping[str, Slot]) -> None:
    headed = bool(lines) and folded(_cell(lines[0], 0)) in _CODE_HEADS
    value_at, reason = _value_column(lines, headed=headed)
    remark_at = _remark_column(lines[0], value_at) if headed else value_at + 1
    taken: dict[str, int] = {}
    for number, row in enumerate(lines, 1):
        if not any(row) or (headed and number == 1):
            continue
        if reason:
            block.left.append(LeftLine(number, shown(row), reason))
            continue
        slot = known.get(code_key(row[0]))
        if slot is None:
            block.left.append(LeftLine(number, shown(row), f"Không có mã “{row[0]}” trong các dòng đang hiện."))
        elif slot.measure in taken:
            block.left.append(LeftLine(number, shown(row), f"Mã {row[0]} đã có ở dòng {taken[slot.measure]}."))
        else:
            _take(block, number, slot, _cell(row, value_at), _cell(row, remark_at), shown(row))
            taken[slot.measure] = number


def _value_column(lines: Sequence[list[str]], *, headed: bool) -> tuple[int, str]:
    """Where the results stand, and why nothing can be taken ("" where it can). By the heading, where one says so (of
    several the last that is of no earlier time); else the first column beside the codes if it holds figures; else the
    only one that does: wording and requirements may stand between."""
    if headed:
        names = [folded(cell) for cell in lines[0]]
        named = [at for at, name in enumerate(names) if at and name.startswith(_VALUE_HEADS)]
        now = [at for at in named if not _EARLIER.search(names[at])]
        if named:
            return (now or named)[-1], ""
    body = lines[1:] if headed else lines
    width = max(map(len, body), default=0)
    figures = [at for at in range(1, width) if _holds_figures([_cell(row, at) for row in body])]
    if width <= 2 or 1 in figures:
        return 1, ""
    if len(figures) == 1:
        return figures[0], ""
    return 1, MANY_COLUMNS if figures else NO_COLUMN


def _holds_figures(cells: Sequence[str]) -> bool:
    """Whether most of what stands in a column can be a result; what cannot be read is told at its cell later."""
    said = [folded(cell) for cell in cells if cell]
    return sum(bool(_FIGURE.match(one)) for one in said) * 2 > len(said)


def _remark_column(head: Sequence[str], value_at: int) -> int:
    names = [folded(cell) for cell in head]
    return next((at for at, name in enumerate(names) if name.startswith(_REMARK_HEADS)), value_at + 1)


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _take(block: Block, number: int, slot: Slot, value: str, remark: str, line: str) -> None:
    if value or remark:
        block.placed.append(Placed(number, slot.measure, value, remark))
    else:
        block.left.append(LeftLine(number, line, "Không có giá trị bên cạnh mã."))


def _place_in_order(
    block: Block, lines: Sequence[list[str]], slots: Sequence[Slot], start: str, *, remarks: bool
) -> None:
    first = next((at for at, slot in enumerate(slots) if slot.measure == start), 0)
    width = 1 if remarks else 2
    for number, row in enumerate(lines, 1):
        if not any(row):
            continue
        at = first + number - 1
        if at >= len(slots):
            block.left.append(LeftLine(number, shown(row), "Thừa dòng: phía dưới không còn ô nào để nhận."))
            continue
        value, remark = ("", _cell(row, 0)) if remarks else (_cell(row, 0), _cell(row, 1))
        if value or remark:
            block.placed.append(Placed(number, slots[at].measure, value, remark))
        if beyond := shown(row[width:]):
            block.left.append(LeftLine(number, beyond, "Thừa cột: chỉ nhận cột kết quả và cột ghi chú."))
