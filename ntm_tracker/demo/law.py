"""Thresholds that the library lacks or doubts, entered by the ordinary act as "số liệu minh họa".

One is left out on purpose: nâng cao 3.3 (advanced irrigation) hangs on each commune's main crop, so it is entered for
single communes only, and elsewhere the reader sees "chưa đủ căn cứ".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Person
from accounts.roles import Standing
from communes.models import Unit
from criteria.actions.thresholds import Scope, enter_threshold
from criteria.queries import BooksInForce
from criteria.rules.rulebook import Part, Rulebook, Value
from criteria.rules.thresholds import Place, Trust, library_row, pick
from ntm_tracker.demo.places import INVENTED, REGION

STANDARD, ADVANCED, MODEL = "xa-ntm-2021-2025", "xa-ntm-nang-cao-2021-2025", "xa-ntm-kieu-mau-2021-2025"
DISTRICT_SET = "huyen-ntm-2021-2025"
FAMILIES = (STANDARD, ADVANCED, MODEL, DISTRICT_SET)
ENTERED_ON = date(2022, 4, 22)
YEARS = (2022, 2023, 2024, 2025)
DOCUMENT = f"{INVENTED} (thay văn bản của UBND tỉnh)"
REASON = "Chưa có văn bản để đối chiếu; số dùng để chạy thử."

# What the law leaves to the province, or the library could not find; percent.
INVENTED_BOUNDS: dict[tuple[str, str, str], int] = {
    (STANDARD, "2.1", ""): 100, (STANDARD, "2.2", ""): 80, (STANDARD, "2.3", ""): 90, (STANDARD, "2.4", ""): 70,
    (STANDARD, "17.1", "a"): 95,
    (ADVANCED, "2.1", ""): 100, (ADVANCED, "2.2", "a"): 100, (ADVANCED, "2.2", "b"): 70, (ADVANCED, "2.3", ""): 85,
    (ADVANCED, "2.4", ""): 80,
}  # fmt: skip

BY_COMMUNE = (ADVANCED, "3.3", Decimal(20))


@dataclass(frozen=True, slots=True)
class Office:
    """Who enters, and for which district."""

    by: Person
    standing: Standing
    district: Unit


def enter_thresholds(office: Office, books: BooksInForce, communes: Sequence[Unit]) -> int:
    """All of them; how many. `communes` are those with a number of their own for BY_COMMUNE."""
    count = 0
    for family in FAMILIES:
        book = books.book(family)
        for item, part, year, value in _wanted(book):
            _enter(office, book, item, part, office.district, year, value)
            count += 1
    family, item, value = BY_COMMUNE
    book = books.book(family)
    for commune in communes:
        _enter(office, book, item, book.indicators[item].parts[0], commune, None, value)
    return count + len(communes)


def _wanted(book: Rulebook) -> Iterator[tuple[str, Part, int | None, Value]]:
    """What cannot be judged by, with the number to enter: the library's own where it has a doubtful one."""
    supplements = {i.code for c in book.criteria if c.supplement for i in c.indicators}
    for item, part in book.bounded:
        if item in supplements or (book.family, item) == BY_COMMUNE[:2]:
            continue
        years: Iterable[int | None] = YEARS if any(t.year for t in part.thresholds) else (None,)
        for year in years:
            value = _number(book, item, part, year)
            if value is not None:
                yield item, part, year, value


def _number(book: Rulebook, item: str, part: Part, year: int | None) -> Value | None:
    """None where the library can be judged by as it is."""
    place = Place(("",), REGION)
    if pick(book, item, part, place, year or YEARS[0], ()).trust is not Trust.NONE:
        return None
    invented = INVENTED_BOUNDS.get((book.family, item, part.code))
    known = library_row(part.thresholds, place, year)
    return Decimal(invented) if invented is not None else known.value if known else None


def _enter(office: Office, book: Rulebook, item: str, part: Part, unit: Unit, year: int | None, value: Value) -> None:
    enter_threshold(
        by=office.by, standing=office.standing, book=book, item=item, part=part,
        scope=Scope(unit.place(), year=year), value=value, document=DOCUMENT, on=ENTERED_ON,
        reason=REASON, is_illustrative=True,
    )  # fmt: skip
