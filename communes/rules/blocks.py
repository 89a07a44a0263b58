"""A block pasted from a workbook into a sheet of one unit: which line belongs to which row, and what is left, and why.

Pure. Lines are matched by the code of the indicator where the first column holds codes, else by place: from the cell
that had the cursor, downwards. Nothing is guessed and nothing is dropped silently: every line that is not empty comes
back, placed or left. Whether a value is readable is not asked here (`communes.forms.entry_of`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from io import StringIO

from criteria.rules.numbers import clean_text

# A cell longer than the second would stop the reader of such blocks.
MOST_LINES, MOST_TEXT = 2000, 120_000
_CODE_HEADS = frozenset({"mã", "mã chỉ tiêu", "mã số", "chỉ tiêu", "stt", "tt"})
_VALUE_HEADS = frozenset({"kết quả", "giá trị", "số liệu", "kết quả thực hiện"})
_REMARK_HEADS = frozenset({"ghi chú", "giải trình"})


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


@dataclass(frozen=True, slots=True)
class Left:
    """A line, or a part of it, that went nowhere; the reason is one sentence."""

    line: int
    text: str
    reason: str


@dataclass
class Block:
    placed: list[Placed] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    by_code: bool = False


def lines_of(text: str) -> list[list[str]]:
    """Cells of a pasted block, as spreadsheets put them on the clipboard (tabs; quotes where a cell has lines)."""
    cleaned = clean_text(text[:MOST_TEXT])
    rows = csv.reader(StringIO(cleaned, newline=""), delimiter="\t") if cleaned.count('"') % 2 == 0 else (
        line.split("\t") for line in cleaned.split("\n")
    )  # fmt: skip
    return [[" ".join(cell.split()) for cell in row] for row in rows][: MOST_LINES + 1]


def code_key(text: str) -> str:
    """A code as it is compared: "17.1.a", "17.1 A" and "17.1a" are one."""
    return re.sub(r"\.([a-zđ])$", r"\1", text.casefold().replace(" ", "").rstrip("."))


def place_block(
    text: str, slots: Sequence[Slot], start: str = "", *, remarks: bool = False, hidden: Sequence[str] = ()
) -> Block:
    """Match a block against the rows of a sheet in their order. `start` is the measure under the cursor, `remarks`
    whether the cursor was in the column of remarks, `hidden` the codes of rows that a filter hides: known as codes, so
    that their lines are left and never read as figures."""
    lines = lines_of(text)
    block = Block()
    if len(lines) > MOST_LINES:
        block.left.append(Left(MOST_LINES + 1, "…", f"Chỉ đọc {MOST_LINES} dòng đầu."))
        lines = lines[:MOST_LINES]
    if len(text) > MOST_TEXT:
        block.left.append(Left(len(lines), "…", f"Chỉ đọc {MOST_TEXT} ký tự đầu."))
    by_code = {code_key(slot.code): slot for slot in slots if slot.code}
    if _holds_codes(lines, by_code.keys() | {code_key(code) for code in hidden}):
        block.by_code = True
        _place_by_code(block, lines, by_code)
    else:
        _place_in_order(block, lines, slots, start, remarks=remarks)
    return block


def _holds_codes(lines: Sequence[Sequence[str]], known: Set[str]) -> bool:
    """Whether the first column names rows: most of its cells are codes and something stands beside them."""
    firsts = [row[0] for row in lines if len(row) > 1 and row[0] and any(row[1:])]
    body = firsts[1:] if firsts and firsts[0].casefold() in _CODE_HEADS else firsts
    return bool(body) and sum(code_key(cell) in known for cell in body) * 2 > len(body)


def _place_by_code(block: Block, lines: Sequence[Sequence[str]], known: Mapping[str, Slot]) -> None:
    value_at, remark_at = 1, 2
    taken: dict[str, int] = {}
    for number, row in enumerate(lines, 1):
        if not any(row):
            continue
        shown = " | ".join(cell for cell in row if cell)
        if number == 1 and row[0].casefold() in _CODE_HEADS:
            value_at, remark_at = _columns_named(row)
            continue
        slot = known.get(code_key(row[0]))
        if slot is None:
            block.left.append(Left(number, shown, f"Không có mã “{row[0]}” trong các dòng đang hiện."))
        elif slot.measure in taken:
            block.left.append(Left(number, shown, f"Mã {row[0]} đã có ở dòng {taken[slot.measure]}."))
        else:
            # A block copied with the wording of the indicator between code and value.
            shift = 1 if value_at == 1 and _cell(row, 1).casefold() == slot.name.casefold() else 0
            _take(block, number, slot, _cell(row, value_at + shift), _cell(row, remark_at + shift), shown)
            taken[slot.measure] = number


def _columns_named(head: Sequence[str]) -> tuple[int, int]:
    names = [cell.casefold() for cell in head]
    value = next((at for at, name in enumerate(names) if name in _VALUE_HEADS), 1)
    remark = next((at for at, name in enumerate(names) if name in _REMARK_HEADS), value + 1)
    return value, remark


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _take(block: Block, number: int, slot: Slot, value: str, remark: str, shown: str) -> None:
    if value or remark:
        block.placed.append(Placed(number, slot.measure, value, remark))
    else:
        block.left.append(Left(number, shown, "Không có giá trị bên cạnh mã."))


def _place_in_order(
    block: Block, lines: Sequence[Sequence[str]], slots: Sequence[Slot], start: str, *, remarks: bool
) -> None:
    first = next((at for at, slot in enumerate(slots) if slot.measure == start), 0)
    width = 1 if remarks else 2
    for number, row in enumerate(lines, 1):
        if not any(row):
            continue
        at = first + number - 1
        if at >= len(slots):
            text = " | ".join(cell for cell in row if cell)
            block.left.append(Left(number, text, "Thừa dòng: phía dưới không còn ô nào để nhận."))
            continue
        value, remark = ("", _cell(row, 0)) if remarks else (_cell(row, 0), _cell(row, 1))
        if value or remark:
            block.placed.append(Placed(number, slots[at].measure, value, remark))
        if beyond := " | ".join(cell for cell in row[width:] if cell):
            block.left.append(Left(number, beyond, "Thừa cột: chỉ nhận cột kết quả và cột ghi chú."))
