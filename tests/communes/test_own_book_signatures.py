"""A workbook of the office is known again by its headings, in one reading of the sheet, however long it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from communes.imports.own_books import HEADINGS_WITHIN, signature_at, signatures_of
from communes.imports.workbooks import ReadSheet

HEADINGS = ("TT", "Tên xã", "15.1 BHYT", None, "Ghi chú")


class Row(tuple[Any, ...]):
    """A row that counts how often one of its cells is asked for."""

    asked = 0

    def __getitem__(self, place: Any) -> Any:
        Row.asked += 1
        return super().__getitem__(place)


def sheet(rows: int, headings: tuple[Any, ...] = HEADINGS) -> ReadSheet:
    filled = (Row((Decimal(n), f"Kỳ {n}", Decimal(95), "x", None)) for n in range(rows))
    return ReadSheet("Tổng hợp", [(1, Row(headings)), *enumerate(filled, 2)])


def test_the_signature_of_a_heading_is_the_one_that_was_remembered() -> None:
    book = sheet(3)
    assert signatures_of([book])[signature_at(book, 1)] == ("Tổng hợp", 1)
    turned = ReadSheet("Khác", [(7, HEADINGS[1::-1] + HEADINGS[2:]), (8, (*"ab", Decimal(1), "x", None))])
    assert signature_at(turned, 7) == signature_at(book, 1), "the order of columns and the row do not matter"


def test_a_column_without_a_heading_counts_only_where_something_stands_in_it() -> None:
    assert signature_at(sheet(3), 1) != signature_at(sheet(0), 1)
    assert signature_at(sheet(3), 1) == signature_at(sheet(3, HEADINGS + (None, None)), 1)


def test_a_long_sheet_is_read_once_for_all_rows_that_may_be_headings() -> None:
    """Every one of the first rows may be the heading; looked through below each of them, 20,000 rows took seconds."""
    rows = 2000
    Row.asked = 0
    assert len(signatures_of([sheet(rows, (*HEADINGS, None))])) > 1
    assert Row.asked <= 3 * rows < HEADINGS_WITHIN * rows
