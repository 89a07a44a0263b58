"""Imports as plain values: what kinds of files there are, how far one has come, what was found in each row.

Every kind of import gives the same: rows, each of a class, with what stood and what would stand, or the cells that
are wrong and what to do about them. What was found is named by a fingerprint, so that nothing else is ever written
than what was shown.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, TypeVar

from criteria.rules.vocabulary import LabelledEnum
from criteria.rules.words import folded

MARK_BYTES = 5
CHUNK = 2000
T = TypeVar("T")


def in_chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`: what one statement of SQL may name, and what may stand in memory."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


class ImportKind(LabelledEnum):
    VALUES = "values", "số liệu theo mẫu của hệ thống"
    OWN_BOOK = "own_book", "bảng tính của đơn vị"
    UNITS = "units", "danh mục xã"
    DEPARTMENTS = "departments", "danh mục phòng, ban"
    PEOPLE = "people", "cán bộ và nhiệm vụ"
    ASSIGNMENTS = "assignments", "phân công chủ trì"
    TARGETS = "targets", "mục tiêu của xã"


class ImportStage(LabelledEnum):
    CHECKED = "checked", "đã đọc, chờ ghi"
    APPLIED = "applied", "đã ghi"
    UNDONE = "undone", "đã hoàn tác"
    DROPPED = "dropped", "đã bỏ"


class RowClass(LabelledEnum):
    NEW = "new", "mới"
    CHANGED = "changed", "sửa giá trị đã có"
    UNCHANGED = "unchanged", "không đổi"
    REFUSED = "refused", "từ chối"


# What applying writes.
WRITTEN = frozenset({RowClass.NEW, RowClass.CHANGED})


class CellProblem(NamedTuple):
    """One thing that is wrong, in the reader's own coordinates: `cell` as in "G12", "" for the row as a whole."""

    cell: str
    value: str
    reason: str
    remedy: str


class Refusal(NamedTuple):
    """One problem with everything needed to find and mend it: a line of the list that is worked through."""

    sheet: str
    number: int | None
    cell: str
    title: str
    value: str
    reason: str
    remedy: str


class SheetProblem(NamedTuple):
    """What keeps a whole sheet from being read; nothing can be applied then."""

    sheet: str
    reason: str
    remedy: str


@dataclass(slots=True)
class FoundRow:
    """One row of a workbook as the preview shows it. `act` is what applying writes (its kind's own type).

    `mark` names what the row rests on and would write; `is_fresh`: it changed since the file was first read.
    """

    sheet: str
    number: int
    title: str
    found: RowClass
    mark: bytes
    old: str = ""
    new: str = ""
    problems: tuple[CellProblem, ...] = ()
    warning: str = ""
    act: object = None
    is_fresh: bool = False


@dataclass(slots=True)
class Found:
    """Everything that was found in a workbook. `empty` counts the rows that said nothing and are skipped."""

    rows: list[FoundRow] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)
    empty: int = 0

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(row.found for row in self.rows)
        return {kind.value: counted[kind] for kind in RowClass} | {"empty": self.empty}

    @property
    def written(self) -> list[FoundRow]:
        return [row for row in self.rows if row.found in WRITTEN]

    @property
    def refused(self) -> list[FoundRow]:
        return [row for row in self.rows if row.found is RowClass.REFUSED]

    @property
    def refusals(self) -> list[Refusal]:
        """A line for each problem; problems of whole sheets first."""
        sheets = [Refusal(one.sheet, None, "", "", "", one.reason, one.remedy) for one in self.problems]
        return sheets + [
            Refusal(row.sheet, row.number, one.cell, row.title, one.value, one.reason, one.remedy)
            for row in self.refused
            for one in row.problems
        ]

    @property
    def marks(self) -> bytes:
        return b"".join(row.mark for row in self.rows)

    @property
    def fingerprint(self) -> str:
        said = "\x1e".join("\x1f".join(problem) for problem in self.problems)
        return hashlib.sha256(self.marks + said.encode()).hexdigest()

    def tell_fresh(self, marks: bytes) -> None:
        """Mark the rows that no longer stand on what they stood on when the file was first read."""
        for number, row in enumerate(self.rows):
            start = number * MARK_BYTES
            row.is_fresh = marks[start : start + MARK_BYTES] != row.mark


def mark_of(*said: object) -> bytes:
    """A short name of what a row rests on: enough to see that it is no longer the same."""
    return hashlib.blake2b(repr(said).encode(), digest_size=MARK_BYTES).digest()


def signature_of(sheet_headings: Sequence[str]) -> str:
    """Names a kind of workbook by its headings, whatever the order of its columns."""
    words = sorted(folded(heading) for heading in sheet_headings if heading.strip())
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


def places_of(headings: Iterable[str], wanted: Iterable[str]) -> tuple[dict[str, int], list[str], list[str]]:
    """Where each wanted heading stands (0 = first column), those missing and those that stand more than once."""
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        places.setdefault(folded(heading), []).append(place)
    found, missing, doubled = {}, [], []
    for heading in wanted:
        at = places.get(folded(heading), [])
        if not at:
            missing.append(heading)
        elif len(at) > 1:
            doubled.append(heading)
        else:
            found[heading] = at[0]
    return found, missing, doubled
