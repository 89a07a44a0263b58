"""What an import rests on: whose cells they are, what stands in them, who may write; and the imports of the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, Q

from accounts.roles import Right, Role, Standing
from communes.models import Act, Assessment, ColumnMapping, ExemptionGrant, ImportBatch, Statement, Unit
from communes.policies import (
    Item,
    WorkingRules,
    may_see_drafts,
    why_not_assess,
    why_not_load_initial,
    why_not_prefill,
)
from communes.queries.entry import item_of
from communes.queries.judged import communes_of, measures_in
from communes.queries.people import Leads, leads_of
from communes.queries.rounds import working_rules
from communes.rules.importing import ImportStage
from communes.rules.workflow import UNSENT, ActKind, Stage, StatementKind
from criteria.models import Measure
from criteria.queries import BooksInForce, books_in_force
from criteria.rules import rulebook as rules
from criteria.rules.vocabulary import Level
from criteria.rules.words import folded


class Now(NamedTuple):
    """What stands in a cell: its assessment and version, and the newest revision in full. `value` as stored."""

    assessment: int | None = None
    version: int = 0
    revision: int | None = None
    stage: str = ""
    value: Any = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    exemption: str = ""
    exemption_reason: str = ""
    document: str = ""
    remark: str = ""
    by: str = ""

    @property
    def said(self) -> tuple[Any, ...]:
        """The columns of `Entry.fields`, in its order."""
        return self[4:11]

    @property
    def is_empty(self) -> bool:
        return self.value is None and not self.exemption


NOTHING = Now()
_COLUMNS = (
    "unit_id", "measure_id", "pk", "version", "current_id", "current__stage", "current__value", "current__numerator",
    "current__denominator", "current__exemption", "current__exemption_reason", "current__document",
    "current__remark", "current__by__full_name",
)  # fmt: skip


class Way(NamedTuple):
    """How a person may write a cell: not at all (the sentence), or as a draft of the unit or one it has to accept.
    `hides`: what stands there is the unit's own draft and not this person's to see."""

    refusal: str | None
    prefills: bool = False
    hides: bool = False


@dataclass
class Ground:
    """Everything that checking figures of one district and year needs. Asks nothing more while rows are checked."""

    district: Unit
    year: int
    standing: Standing
    books: BooksInForce
    units: Mapping[str, Unit]
    measures: Mapping[str, rules.Measure]
    measure_ids: Mapping[str, int]
    labels: Mapping[str, tuple[str, str]]
    codes: Mapping[str, set[str]]
    leads: Leads
    rules: WorkingRules
    exempt_by_law: Mapping[str, str]
    granted: Mapping[tuple[int, int], str]
    cells: Mapping[tuple[int, int], Now]
    as_approved: bool = False
    sent: frozenset[int] = frozenset()
    _ways: dict[tuple[str, str, str, bool], Way] = field(default_factory=dict)

    def now(self, unit: Unit, measure: str) -> Now:
        return self.cells.get((unit.pk, self.measure_ids[measure]), NOTHING)

    def allowed(self, unit: Unit, measure: str) -> str | None:
        """Why "không áp dụng" may be stated here; None where it may not."""
        return self.granted.get((unit.pk, self.measure_ids[measure])) or self.exempt_by_law.get(measure)

    def codes_in(self, family: str) -> Iterator[tuple[str, str]]:
        """Measure and indicator code of every part of a set, as often as they stand in it."""
        for item, part in self.books.book(family).parts if family in self.books else ():
            yield part.measure.code, label_in(self.books.book(family), item, part)[0]

    def item(self, unit: Unit, measure: str, stage: str) -> Item:
        item = item_of(unit, self.leads.of(measure), rules=self.rules)
        return replace(item, stage=Stage(stage)) if stage else item

    def way(self, unit: Unit, measure: str, now: Now) -> Way:
        """Asked once for all cells that are alike."""
        was_sent = self.as_approved and now.assessment in self.sent
        key = (unit.code, self.leads.of(measure).code, now.stage, was_sent)
        if key not in self._ways:
            item = self.item(unit, measure, now.stage)
            hides = item.stage in UNSENT and not may_see_drafts(self.standing, item)
            found = self._load(item, was_sent) if self.as_approved else self._typed(item)
            self._ways[key] = found._replace(hides=hides)
        return self._ways[key]

    def _typed(self, item: Item) -> Way:
        refusal = why_not_assess(self.standing, item)
        if refusal is None or item.level is Level.DISTRICT or item.unit in self.standing.communes:
            return Way(refusal)
        if self.standing.can_in(Right.PREFILL, item.district):
            return Way(why_not_prefill(self.standing, item), prefills=True)
        return Way(refusal)

    def _load(self, item: Item, was_sent: bool) -> Way:  # noqa: FBT001
        if refusal := why_not_load_initial(self.standing, item.district) or item.rules.locked:
            return Way(refusal)
        if was_sent:
            return Way("Mục này đã được gửi, thẩm tra hoặc duyệt trên hệ thống; nạp lần đầu không ghi đè.")
        if item.stage in (Stage.DRAFT, Stage.PROPOSED):
            return Way("Đơn vị đang soạn mục này; nạp lần đầu không ghi đè bản nháp.")
        return Way(None)


def ground_of(
    *, district: Unit, year: int, standing: Standing, today: date, units: Iterable[str] | None = None,
    as_approved: bool = False,
) -> Ground:  # fmt: skip
    """Read what checking needs. `units` narrows the cells read to some codes. A constant number of queries."""
    books = books_in_force(today, year=year)
    measures = measures_in(books)
    wanted = None if units is None else set(units)
    places = {unit.code: unit for unit in [*communes_of(district, today), district]}
    ids = [unit.pk for code, unit in places.items() if wanted is None or code in wanted]
    cells = _cells(ids, year)
    return Ground(
        district=district,
        year=year,
        standing=standing,
        books=books,
        units=places,
        measures=measures,
        measure_ids=dict(Measure.objects.filter(code__in=list(measures)).values_list("code", "pk")),
        labels=labels_of(books),
        codes=_codes_of(books),
        leads=leads_of(district, today),
        rules=working_rules(district, year),
        exempt_by_law=_exempt_by_law(books),
        granted={
            (unit, measure): f"{reason} ({document})"
            for unit, measure, reason, document in ExemptionGrant.objects.filter(
                unit_id__in=ids, year=year
            ).values_list("unit_id", "measure_id", "reason", "document")
        },
        cells=cells,
        as_approved=as_approved,
        sent=_ever_sent(ids, year) if as_approved else frozenset(),
    )


def _cells(units: list[int], year: int) -> dict[tuple[int, int], Now]:
    rows = Assessment.objects.filter(unit_id__in=units, year=year).values_list(*_COLUMNS)
    return {
        (unit, measure): Now(
            pk, version, revision, stage or "", value, numerator, denominator, exemption or "", reason or "",
            document or "", remark or "", by or "",
        )
        for unit, measure, pk, version, revision, stage, value, numerator, denominator, exemption, reason, document,
        remark, by in rows.iterator(chunk_size=5000)
    }  # fmt: skip


def _ever_sent(units: list[int], year: int) -> frozenset[int]:
    """Assessments on which somebody acted, other than by a load that was undone."""
    acted: dict[int, int] = {}
    rows = Act.objects.filter(assessment__unit_id__in=units, assessment__year=year).order_by("pk")
    for assessment, kind in rows.values_list("assessment_id", "kind"):
        acted[assessment] = acted.get(assessment, 0) + (-1 if kind == ActKind.UNLOAD.value else 1)
    return frozenset(assessment for assessment, count in acted.items() if count > 0)


def labels_of(books: BooksInForce) -> dict[str, tuple[str, str]]:
    """How people call a measure: the code and name of the first indicator or condition that asks for it."""
    found: dict[str, tuple[str, str]] = {}
    for book in books:
        for item, part in book.parts:
            if part.measure.code not in found:
                found[part.measure.code] = label_in(book, item, part)
    return found


def _codes_of(books: BooksInForce) -> dict[str, set[str]]:
    """Every code under which a measure stands in a set, folded as headings are."""
    found: dict[str, set[str]] = {}
    for book in books:
        for item, part in book.parts:
            found.setdefault(part.measure.code, set()).add(folded(label_in(book, item, part)[0]))
    return found


def label_in(book: rules.Rulebook, item: str, part: rules.Part) -> tuple[str, str]:
    """Code and name of one part as a set has it: ("17.1", "Tỷ lệ …: nước sạch"), conditions under "ĐK"."""
    indicator = book.indicators.get(item)
    if indicator is None:
        return "ĐK", part.name or part.measure.name
    return indicator.code, f"{indicator.name}: {part.name}" if part.name else indicator.name


def _exempt_by_law(books: BooksInForce) -> dict[str, str]:
    return {
        part.measure.code: indicator.not_applicable_when
        for book in books
        for indicator in book.indicators.values()
        if indicator.not_applicable_when and not indicator.alternative
        for part in indicator.parts
    }


def imports_of(standing: Standing, district: Unit) -> Any:
    """One's own imports, and to the office those of the office, newest first, without their long notes: a QuerySet
    annotated with `counts`. What is behind a line is asked of `may_see_import` when it is opened."""
    rows = ImportBatch.objects.filter(district=district).exclude(stage=ImportStage.DROPPED.value)
    mine = Q(by_id=standing.person_id)
    if any(seat.role is Role.COORDINATOR and seat.district == district.code for seat in standing.seats):
        mine |= Q(of_office=True)
    rows = rows.filter(mine)
    return rows.select_related("by").annotate(counts=F("outcome__counts")).defer("outcome", "mapping")


def remembered_mapping(district: Unit, signatures: Iterable[str]) -> ColumnMapping | None:
    """The newest mapping of a workbook with the headings of this one."""
    rows = ColumnMapping.objects.filter(district=district, signature__in=list(signatures))
    return rows.order_by("-at").first()


@dataclass(frozen=True)
class SheetLeft:
    """What an import left on one sheet and is the newest there still: `drafts` of the unit, not sent yet; `waiting` for
    the commune, for which they were filled in; `further`: sent, verified or approved since."""

    unit: Unit
    family: str
    set_name: str
    drafts: int
    waiting: int
    further: int


def sheets_left(batch: ImportBatch, today: date) -> list[SheetLeft]:
    """The sheets to which an import of figures leads on, each figure counted once: in the set that holds most of them.
    Three queries."""
    rows = Statement.objects.filter(batch=batch, kind=StatementKind.REVISION.value, assessment__current=F("pk"))
    found = list(rows.values_list("assessment__unit_id", "assessment__measure__code", "stage"))
    if not found or batch.year is None:
        return []
    books = books_in_force(today, year=batch.year)
    units = Unit.objects.select_related("parent").in_bulk({unit for unit, _, _ in found})
    homes = {
        level: _homes(books.of_level(level), {code for unit, code, _ in found if units[unit].level == level.value})
        for level in (Level.COMMUNE, Level.DISTRICT)
    }
    counted: dict[tuple[int, str], Counter[str]] = {}
    for unit, code, stage in found:
        family = homes[Level(units[unit].level)].get(code)
        if family is not None:
            counted.setdefault((unit, family), Counter())[stage] += 1
    ordered = sorted(counted, key=lambda key: (units[key[0]].position, units[key[0]].code, key[1]))
    return [
        _left(units[unit], books.book(family), counted[unit, family]) for unit, family in ordered
    ]


def _homes(books: list[rules.Rulebook], measures: set[str]) -> dict[str, str]:
    """The set on whose sheet each measure is looked at: the one with most of them, then that with most of the rest."""
    homes: dict[str, str] = {}
    left = set(measures)
    while left and books:
        book = max(books, key=lambda one: len(left & {part.measure.code for _, part in one.parts}))
        held = left & {part.measure.code for _, part in book.parts}
        if not held:
            break
        homes |= dict.fromkeys(held, book.family)
        left -= held
    return homes


def _left(unit: Unit, book: rules.Rulebook, stages: Counter[str]) -> SheetLeft:
    waiting, unsent = stages[Stage.PREFILLED.value], sum(stages[stage.value] for stage in UNSENT)
    return SheetLeft(unit, book.family, book.short_name, unsent - waiting, waiting, stages.total() - unsent)


def left_by_undo(batch: ImportBatch) -> list[Statement]:
    """The cells of an undone import that were changed or sent since, and so stayed. One query."""
    rows = Statement.objects.filter(batch=batch, pk__in=batch.outcome.get("left", []))
    return list(rows.select_related("assessment__unit", "assessment__measure").order_by("pk"))


def officers_of(units: Iterable[int], day: date) -> list[int]:
    """Ids of the people who hold a seat of these communes on a day. One query."""
    return sorted({person for people in officers_by_unit(units, day).values() for person in people})


def officers_by_unit(units: Iterable[int], day: date) -> dict[int, set[int]]:
    """The same by commune; those without an officer are left out. One query."""
    held = Unit.objects.filter(pk__in=list(units), postings__role=Role.COMMUNE.value, postings__person__is_active=True)
    held = held.filter(Q(postings__to_on=None) | Q(postings__to_on__gt=day), postings__from_on__lte=day)
    found: dict[int, set[int]] = {}
    for unit, person in held.values_list("pk", "postings__person_id"):
        found.setdefault(unit, set()).add(person)
    return found
