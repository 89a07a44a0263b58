"""One criteria set as a legal page: its wording, and beside it the threshold that applies here with its state.

Plain values for the template; put together from a rulebook, the bounds of a place and year, and the office's entries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from criteria.models import LocalThreshold
from criteria.queries import BooksInForce, department_names, local_thresholds
from criteria.rules.rulebook import Condition, Criterion, Indicator, Part, Rulebook
from criteria.rules.thresholds import Bound, Bounds, Trust, library_row, resolve
from criteria.rules.values import decode_value, show_bound
from criteria.rules.vocabulary import CheckState, Confidence
from criteria.views.address import Looking, region_label

FILTERS = {
    "": ("Tất cả", None),
    "chua-doi-chieu": ("Chưa đối chiếu", CheckState.UNCHECKED),
    "chua-co-nguong": ("Chưa có ngưỡng", CheckState.MISSING),
    "minh-hoa": ("Số liệu minh họa", CheckState.ILLUSTRATIVE),
}


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """One number of the annex: where and when it holds, and whether it is the one that applies here."""

    where: str
    year: int | None
    shown: str
    confidence: Confidence
    source: str
    applies: bool


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One act of the office over the library's number. `lapsed`: it confirmed a number that is no longer there."""

    on: date
    by: str
    did: str
    shown: str
    scope: str
    document: str
    reason: str
    is_illustrative: bool
    lapsed: bool


@dataclass(frozen=True, slots=True)
class Required:
    """One part of an indicator or condition: what it asks here and now, and all that the library and office say."""

    item: str
    part: Part
    bound: Bound
    lines: tuple[LibraryLine, ...]
    entries: tuple[EntryLine, ...]

    @property
    def name(self) -> str:
        return self.part.name or self.part.measure.name

    @property
    def shown(self) -> str:
        return show_bound(self.bound.measure, self.bound.op, self.bound.value)

    @property
    def state(self) -> CheckState:
        return self.bound.check

    @property
    def is_checked(self) -> bool:
        return self.bound.check is CheckState.CHECKED

    @property
    def confidence(self) -> str:
        """Only where the library's own number is read; an entry of the office speaks for itself."""
        own = self.bound.check in (CheckState.UNCHECKED, CheckState.MISSING)
        return self.bound.confidence.label if own and self.bound.value is not None else ""

    @property
    def consequence(self) -> str:
        """What follows for a conclusion that rests on this bound (product.md section 2)."""
        if self.bound.trust is Trust.NONE:
            return "kết luận: chưa đủ căn cứ"
        return "kết luận: tạm tính" if self.bound.trust is Trust.PROVISIONAL else ""


@dataclass(frozen=True, slots=True)
class Item:
    """An indicator or a condition as the page tells it."""

    code: str
    anchor: str
    name: str
    requirement: str
    lead: str
    required: tuple[Required, ...]
    not_applicable_when: str = ""
    alternative: str = ""
    note: str = ""
    source: str = ""
    kind: str = ""
    is_indicator: bool = False

    @property
    def has_several(self) -> bool:
        return len(self.required) > 1

    @property
    def is_choice(self) -> bool:
        """A list to choose from (fields of kiểu mẫu): told in one line each."""
        return len(self.required) > 2

    def is_in(self, state: CheckState | None) -> bool:
        return state is None or any(one.state is state for one in self.required)


@dataclass(frozen=True, slots=True)
class Block:
    """A criterion with those of its indicators that the filter leaves. `is_on`: its supplement counts here."""

    number: int
    name: str
    group: str
    lead: str
    items: tuple[Item, ...]
    supplement: str = ""
    is_on: bool = True
    opens_group: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    book: Rulebook
    conditions: tuple[Item, ...]
    blocks: tuple[Block, ...]
    counts: Mapping[str, int]
    shown_filter: str

    @property
    def title(self) -> str:
        if self.book.is_draft:
            return f"{self.book.short_name}: dự thảo, chưa nhập chỉ tiêu"
        said = [
            f"{self.counts[name]} {word}"
            for name, word in (("chua-co-nguong", "mục chưa có ngưỡng"), ("chua-doi-chieu", "mục chưa đối chiếu"))
            if self.counts[name]
        ]
        return f"{self.book.short_name}: {', '.join(said) or 'mọi ngưỡng đã đối chiếu'}"


def bounds_of(look: Looking, books: BooksInForce, book: Rulebook) -> Bounds:
    """Every bound of the set at the place and year looked at, supplements included. One query."""
    return _bounds(look, book, local_thresholds(books, look.place.units, look.as_of).get(book.family, ()))


def bounds_by_family(look: Looking, books: BooksInForce) -> dict[str, Bounds]:
    """The same for every set in force. One query."""
    local = local_thresholds(books, look.place.units, look.as_of)
    return {book.family: _bounds(look, book, local.get(book.family, ())) for book in books}


def _bounds(look: Looking, book: Rulebook, local: Sequence) -> Bounds:  # type: ignore[type-arg]
    return resolve(book, look.place, look.year, local, supplements_in(book))


def supplements_in(book: Rulebook) -> frozenset[str]:
    return frozenset(criterion.supplement for criterion in book.criteria if criterion.supplement)


class LawPage:
    """Puts a page together; `of_item` gives one indicator or condition alone, for the threshold form."""

    def __init__(self, look: Looking, book: Rulebook, bounds: Bounds, entries: Sequence[LocalThreshold]) -> None:
        self._look = look
        self._book = book
        self._bounds = bounds
        self._departments = department_names()
        self._entries: dict[tuple[str, str], list[LocalThreshold]] = {}
        for row in entries:
            self._entries.setdefault((row.item, row.part), []).append(row)

    def law(self, shown_filter: str, switched_on: frozenset[str]) -> Law:
        conditions = [self._condition(condition) for condition in self._book.conditions]
        blocks = [(criterion, [self._indicator(criterion, i) for i in criterion.indicators])
                  for criterion in self._book.criteria]  # fmt: skip
        everything = conditions + [item for _, items in blocks for item in items]
        wanted = FILTERS[shown_filter][1]
        counts = {name: sum(1 for i in everything if i.is_in(state)) for name, (_, state) in FILTERS.items()}
        made: list[Block] = []
        for criterion, items in blocks:
            kept = tuple(item for item in items if item.is_in(wanted))
            if kept or wanted is None:
                opens = bool(criterion.group) and (not made or made[-1].group != criterion.group)
                made.append(self._block(criterion, kept, switched_on, opens))
        return Law(self._book, tuple(c for c in conditions if c.is_in(wanted)), tuple(made), counts, shown_filter)

    def of_item(self, code: str) -> Item | None:
        for condition in self._book.conditions:
            if condition.code == code:
                return self._condition(condition)
        indicator = self._book.indicators.get(code)
        return self._indicator(self._book.criterion_of[code], indicator) if indicator else None

    def _block(self, criterion: Criterion, items: tuple[Item, ...], on: frozenset[str], opens: bool) -> Block:
        return Block(
            criterion.number, criterion.name, criterion.group, self._lead(criterion.lead, criterion.others), items,
            criterion.supplement, not criterion.supplement or criterion.supplement in on, opens,
        )  # fmt: skip

    def _indicator(self, criterion: Criterion, indicator: Indicator) -> Item:
        lead, others = (indicator.lead, indicator.others) if indicator.lead else (criterion.lead, criterion.others)
        return Item(
            code=indicator.code, anchor=f"i-{indicator.code}", name=indicator.name,
            requirement=indicator.requirement, lead=self._lead(lead, others),
            required=tuple(self._required(indicator.code, part) for part in indicator.parts),
            not_applicable_when=indicator.not_applicable_when, alternative=indicator.alternative,
            note=indicator.note, source=indicator.source, is_indicator=True,
        )  # fmt: skip

    def _condition(self, condition: Condition) -> Item:
        minimum = condition.own_minimum(self._book.level)
        stated = ((condition.part,) if condition.part else ()) + condition.options if condition.is_stated else ()
        parts = stated + ((minimum,) if minimum else ())
        return Item(
            code=condition.code, anchor=f"dk-{condition.code}", name=condition.text, requirement="",
            lead=self._lead(condition.lead, condition.others),
            required=tuple(self._required(condition.code, part) for part in parts),
            note=condition.note, source=condition.source, kind=condition.kind.label,
        )  # fmt: skip

    def _lead(self, lead: str, others: tuple[str, ...]) -> str:
        if not lead:
            return ""
        with_them = ", ".join(self._departments.get(code, code) for code in others)
        return self._departments.get(lead, lead) + (f" (phối hợp: {with_them})" if with_them else "")

    def _required(self, item: str, part: Part) -> Required:
        applying = library_row(part.thresholds, self._look.place, self._look.year)
        lines = tuple(
            LibraryLine(
                ", ".join(filter(None, (region_label(row.region), row.group))),
                row.year, row.text or show_bound(part.measure, part.op, row.value), row.confidence, row.source,
                row is applying,
            )
            for row in part.thresholds
        )  # fmt: skip
        entries = tuple(self._entry(part, row) for row in self._entries.get((item, part.code), ()))
        return Required(item, part, self._bounds[item, part.code], lines, entries)

    def _entry(self, part: Part, row: LocalThreshold) -> EntryLine:
        value = decode_value(part.measure.kind, row.value)
        place = self._look.place
        stands = library_row(part.thresholds, type(place)((row.unit,), row.region, row.group), row.year)
        return EntryLine(
            on=row.on, by=row.by.full_name, did="đối chiếu" if row.is_check else "nhập",
            shown=show_bound(part.measure, part.op, value), scope=self._scope(row), document=row.document,
            reason=row.reason, is_illustrative=row.is_illustrative,
            lapsed=row.is_check and (stands is None or stands.value != value),
        )  # fmt: skip

    def _scope(self, row: LocalThreshold) -> str:
        said = ["toàn huyện" if row.unit == self._look.district else self._look.name_of(row.unit)]
        if row.region:
            said.append(f"cột {region_label(row.region)}")
        said.append(f"năm {row.year}" if row.year else "mọi năm")
        return ", ".join(said)
