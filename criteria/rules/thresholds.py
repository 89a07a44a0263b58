"""Which bound applies to a place and a year, and how far it can be trusted.

Over the library's thresholds lie the office's own entries (local thresholds). Rules (product.md section 2):
missing, or low confidence and unchecked -> nothing can be concluded; medium and unchecked -> concluded,
marked "tạm tính"; high -> plain. A local entry is đã đối chiếu unless marked "minh họa". A check lapses when
the number it confirmed is no longer the library's. Where the law leaves the number to the province but sets a
minimum, the minimum stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from criteria.rules.rulebook import Measure, Part, Rulebook, Threshold, Value
from criteria.rules.vocabulary import CheckState, Confidence, Op


class Trust(Enum):
    """How a conclusion that rests on a bound is marked."""

    PLAIN = "plain"
    PROVISIONAL = "provisional"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a threshold is asked for: codes of the unit and of the units above it (nearest first), region, group."""

    units: tuple[str, ...]
    region: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class LocalThreshold:
    """One act of the office: a number entered for a scope, or (`is_check`) the library's number confirmed.

    Scope: the unit (district or commune) by code, narrowed by region, group and year where these are given.
    `sequence` orders acts; the newest of the narrowest scope counts.
    """

    item: str
    part: str
    unit: str
    value: Value
    document: str
    by: str
    on: date
    sequence: int
    region: str = ""
    group: str = ""
    year: int | None = None
    is_check: bool = False
    is_illustrative: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """The threshold that applies: what the value is held against, where it comes from, how sure it is."""

    measure: Measure
    op: Op
    value: Value | None
    text: str
    source: str
    confidence: Confidence
    check: CheckState
    trust: Trust
    checked_by: str = ""
    checked_on: date | None = None
    document: str = ""

    @property
    def check_note(self) -> str:
        """What is said beside the requirement on every page: "chưa đối chiếu", "minh họa"; nothing where it was
        checked, or is missing and its wording says so itself."""
        if self.check is CheckState.CHECKED or (self.check is CheckState.MISSING and not self.text):
            return ""
        return "minh họa" if self.check is CheckState.ILLUSTRATIVE else self.check.label


Bounds = dict[tuple[str, str], Bound]


def pick(book: Rulebook, item: str, part: Part, place: Place, year: int, local: Sequence[LocalThreshold]) -> Bound:
    """The bound of one part of an indicator or condition. `local` are the entries of this family known on the day.

    Source: Điều 1 QĐ 318/QĐ-TTg (region columns); product.md section 2 (confidence and check).
    """
    library = library_row(part.thresholds, place, year)
    # A check that confirmed another number has lapsed: it neither counts nor hides what the office entered.
    alive = [row for row in local if not row.is_check or (library is not None and row.value == library.value)]
    entry = _local_row(alive, item, part.code, place, year)
    if entry is not None and not entry.is_check:
        return _from_entry(book, part, library, entry)
    return _from_library(book, part, library, entry)


def library_row(rows: Iterable[Threshold], place: Place, year: int | None) -> Threshold | None:
    """The library's own row for a place and a year: the narrowest that fits."""
    fitting = [
        row
        for row in rows
        if row.region in ("", place.region) and row.group in ("", place.group) and row.year in (None, year)
    ]
    return max(fitting, key=lambda r: (bool(r.group), bool(r.region), r.year is not None), default=None)


def _local_row(
    rows: Iterable[LocalThreshold], item: str, part: str, place: Place, year: int
) -> LocalThreshold | None:
    fitting = [
        row
        for row in rows
        if row.item == item
        and row.part == part
        and row.unit in place.units
        and row.region in ("", place.region)
        and row.group in ("", place.group)
        and row.year in (None, year)
    ]
    return max(
        fitting,
        key=lambda r: (-place.units.index(r.unit), bool(r.group), bool(r.region), r.year is not None, r.sequence),
        default=None,
    )


def _from_entry(book: Rulebook, part: Part, library: Threshold | None, entry: LocalThreshold) -> Bound:
    value: Value = entry.value
    if part.provincial and library is not None and library.value is not None:
        value = stricter(part, value, library.value)
    illustrative = entry.is_illustrative
    return Bound(
        measure=part.measure,
        op=part.op,
        value=value,
        text="",
        source=entry.document,
        confidence=library.confidence if library else Confidence.MEDIUM,
        check=CheckState.ILLUSTRATIVE if illustrative else CheckState.CHECKED,
        trust=Trust.PROVISIONAL if illustrative else Trust.PLAIN,
        checked_by=entry.by,
        checked_on=entry.on,
        document=entry.document,
    )


def _from_library(book: Rulebook, part: Part, library: Threshold | None, check: LocalThreshold | None) -> Bound:
    if library is None or library.value is None:
        return Bound(
            part.measure, part.op, None, library.text if library else "", book.legal_source,
            library.confidence if library else Confidence.LOW, CheckState.MISSING, Trust.NONE,
        )  # fmt: skip
    holds = check is not None and check.value == library.value
    trust = {Confidence.HIGH: Trust.PLAIN, Confidence.MEDIUM: Trust.PROVISIONAL, Confidence.LOW: Trust.NONE}
    # Left to the province and not entered: the law's own number is only the least the province may ask for.
    unchecked = Trust.NONE if part.provincial else trust[library.confidence]
    return Bound(
        measure=part.measure,
        op=part.op,
        value=library.value,
        text=library.text,
        source=library.source or book.legal_source,
        confidence=library.confidence,
        check=_check_state(check, holds),
        trust=_check_trust(check) if holds and check else unchecked,
        checked_by=check.by if holds and check else "",
        checked_on=check.on if holds and check else None,
        document=check.document if holds and check else "",
    )


def _check_state(check: LocalThreshold | None, holds: bool) -> CheckState:
    if not holds or check is None:
        return CheckState.UNCHECKED
    return CheckState.ILLUSTRATIVE if check.is_illustrative else CheckState.CHECKED


def _check_trust(check: LocalThreshold) -> Trust:
    return Trust.PROVISIONAL if check.is_illustrative else Trust.PLAIN


def stricter(part: Part, one: Value, other: Value) -> Value:
    """Of two bounds the harder one to meet; grades by their rank, yes/no keep the first."""
    if isinstance(one, bool) or isinstance(other, bool) or part.op is Op.EQUALS:
        return one
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return max(one, other) if part.op is Op.AT_LEAST else min(one, other)
    scale = part.measure.scale
    return max((one, other), key=lambda grade: scale.index(str(grade)))


def resolve(
    book: Rulebook,
    place: Place,
    year: int,
    local: Sequence[LocalThreshold] = (),
    supplements: frozenset[str] = frozenset(),
) -> Bounds:
    """Every bound of a set for one place and year, by (indicator or condition code, part code)."""
    by_item: dict[str, list[LocalThreshold]] = {}
    for row in local:
        by_item.setdefault(row.item, []).append(row)
    in_force = {i.code for c in book.criteria_in_force(supplements) for i in c.indicators}
    bounds: Bounds = {}
    for item, part in book.bounded:
        if item in book.indicators and item not in in_force:
            continue
        bounds[item, part.code] = pick(book, item, part, place, year, by_item.get(item, ()))
    return bounds
