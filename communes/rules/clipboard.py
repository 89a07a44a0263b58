"""A block as a spreadsheet puts it on the clipboard, read into cells: the one parser of everything that is pasted.

Pure. Tabs part cells, line breaks part rows, quotes hold a cell of several lines together. What belongs where is asked
by `blocks` (rows of a sheet) and `pasting` (communes of a table); what neither takes comes back as a `LeftLine`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO

from criteria.rules.numbers import clean_text

# A cell longer than the second would stop the reader of such blocks.
MOST_LINES, MOST_TEXT = 2000, 120_000


@dataclass(frozen=True, slots=True)
class LeftLine:
    """A line, or a part of it, that went nowhere: its number as the person counts, its text, and why as a sentence."""

    number: int
    text: str
    reason: str


def read_block(text: str) -> tuple[list[list[str]], list[LeftLine]]:
    """The rows of a block as cells without outer or doubled blanks, and what of it was too much to read.

    An empty row keeps its place; empty rows at the end are none. A quote without its partner is a letter like others.
    """
    cleaned = clean_text(text[:MOST_TEXT])
    rows = csv.reader(StringIO(cleaned, newline=""), delimiter="\t") if cleaned.count('"') % 2 == 0 else (
        line.split("\t") for line in cleaned.split("\n")
    )  # fmt: skip
    lines = [[" ".join(cell.split()) for cell in row] for row in rows]
    while lines and not any(lines[-1]):
        lines.pop()
    left = []
    if len(lines) > MOST_LINES:
        left.append(LeftLine(MOST_LINES + 1, "…", f"Chỉ đọc {MOST_LINES} dòng đầu."))
        lines = lines[:MOST_LINES]
    if len(text) > MOST_TEXT:
        left.append(LeftLine(len(lines), "…", f"Chỉ đọc {MOST_TEXT} ký tự đầu."))
    return lines, left


def shown(row: list[str]) -> str:
    """A row in one line, as a report says it again."""
    return " | ".join(cell for cell in row if cell)
