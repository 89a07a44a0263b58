"""The bridge from rows to rules: rulebooks, local thresholds and supplements as the engine reads them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import date
from threading import Lock

from criteria.models import (
    BaseQuantity,
    Condition,
    CriteriaSet,
    Criterion,
    Indicator,
    LibraryState,
    LocalThreshold,
    Measure,
    Part,
    SupplementSwitch,
    SurveyContent,
)
from criteria.rules import rulebook as rules
from criteria.rules import thresholds
from criteria.rules.values import decode_value
from criteria.rules.vocabulary import ConditionKind, Confidence, Kind, Level, Op, Tier


class UnknownSet(LookupError):
    """No published version of that family is in force on that day."""


class BooksInForce:
    """The rulebooks in force on one day, by family, in the order people read them. Holds no rows."""

    def __init__(self, books: Iterable[rules.Rulebook]) -> None:
        self._books = {book.family: book for book in books}

    def __iter__(self) -> Iterator[rules.Rulebook]:
        return iter(self._books.values())

    def __contains__(self, family: object) -> bool:
        return family in self._books

    def book(self, family: str) -> rules.Rulebook:
        """Raises UnknownSet."""
        try:
            return self._books[family]
        except KeyError:
            raise UnknownSet(family) from None

    def of_level(self, level: Level) -> list[rules.Rulebook]:
        return [book for book in self._books.values() if book.level is level]

    def ladder(self, level: Level) -> dict[Tier, rules.Rulebook]:
        """The sets of one level by tier: đạt chuẩn, nâng cao, kiểu mẫu."""
        return {book.tier: book for book in self.of_level(level)}

    def needed_for(self, family: str) -> list[rules.Rulebook]:
        """The set and those it requires or refers to, lowest first."""
        found: list[rules.Rulebook] = []
        self._collect(family, found)
        return found

    def _collect(self, family: str, found: list[rules.Rulebook]) -> None:
        if family not in self._books or any(book.family == family for book in found):
            return
        book = self._books[family]
        for condition in book.conditions:
            if condition.kind is ConditionKind.REQUIRES_SET:
                self._collect(condition.family, found)
            if condition.reference:
                self._collect(condition.reference.partition(":")[0], found)
        found.append(book)


def books_in_force(day: date, *, year: int | None = None) -> BooksInForce:
    """Every family's version in force on a day (its rows count from the decision's effective date). One query,
    and those of a set's content the first time its digest is seen. With `year`, only sets whose period covers it."""
    rows = CriteriaSet.objects.effective_on(day)
    if year is not None:
        rows = rows.filter(period_from__lte=year, period_to__gte=year)
    newest: dict[str, CriteriaSet] = {}
    for row in rows.order_by("position", "family", "-effective_on", "-pk"):
        newest.setdefault(row.family, row)
    return BooksInForce(rulebook_of(row) for row in newest.values())


# A set's content is named by its digest, so a rulebook kept here can never be stale, only unused.
_kept: OrderedDict[str, rules.Rulebook] = OrderedDict()
_kept_lock = Lock()
KEPT_RULEBOOKS = 64


def rulebook_of(row: CriteriaSet) -> rules.Rulebook:
    """The content of one version as a frozen value; six queries the first time, none afterwards."""
    with _kept_lock:
        if row.digest in _kept:
            _kept.move_to_end(row.digest)
            return _kept[row.digest]
    book = _build(row)
    with _kept_lock:
        _kept[row.digest] = book
        while len(_kept) > KEPT_RULEBOOKS:
            _kept.popitem(last=False)
    return book


def _build(row: CriteriaSet) -> rules.Rulebook:
    parts: dict[tuple[str, int], list[rules.Part]] = {}
    rows = Part.objects.filter(indicator__criterion__set=row) | Part.objects.filter(condition__set=row)
    for part in rows.select_related("measure").prefetch_related("thresholds").order_by("position"):
        owner = ("i", part.indicator_id) if part.indicator_id else ("c", part.condition_id or 0)
        parts.setdefault(owner, []).append(_part(part))
    indicators: dict[int, list[rules.Indicator]] = {}
    for indicator in Indicator.objects.filter(criterion__set=row).order_by("position"):
        indicators.setdefault(indicator.criterion_id, []).append(_indicator(indicator, parts["i", indicator.pk]))
    return rules.Rulebook(
        family=row.family,
        version=row.version,
        name=row.name,
        short_name=row.short_name,
        level=Level(row.level),
        tier=Tier(row.tier),
        decided_on=row.decided_on,
        effective_on=row.effective_on,
        issuer=row.issuer,
        annex=row.annex,
        period=(row.period_from, row.period_to),
        counts=(row.declared_criteria, row.declared_indicators),
        is_draft=row.is_draft,
        confidence=Confidence(row.confidence),
        criteria=tuple(_criterion(c, indicators.get(c.pk, [])) for c in Criterion.objects.filter(set=row)),
        conditions=tuple(_condition(c, parts.get(("c", c.pk), [])) for c in Condition.objects.filter(set=row)),
        notes=tuple(row.notes),
        sources=tuple(row.sources),
        amended_by=tuple(row.amended_by),
        amendments=tuple(row.amendments),
    )


def measure_of(row: Measure) -> rules.Measure:
    return rules.Measure(
        row.code, row.name, Kind(row.kind), Level(row.level), row.unit, tuple(row.scale), row.denominator
    )


def _part(row: Part) -> rules.Part:
    measure = measure_of(row.measure)
    bounds = tuple(
        rules.Threshold(
            decode_value(measure.kind, t.value), t.text, t.region, t.group, t.year, Confidence(t.confidence), t.source
        )
        for t in row.thresholds.all()
    )
    return rules.Part(row.code, measure, Op(row.op), bounds, row.name, row.provincial)


def _indicator(row: Indicator, parts: list[rules.Part]) -> rules.Indicator:
    return rules.Indicator(
        row.code, row.name, tuple(parts), row.requirement, row.lead, tuple(row.others), Confidence(row.confidence),
        row.not_applicable_when, row.alternative, row.note, row.source,
    )  # fmt: skip


def _criterion(row: Criterion, indicators: list[rules.Indicator]) -> rules.Criterion:
    return rules.Criterion(
        row.number, row.name, tuple(indicators), row.group, row.lead, tuple(row.others), row.supplement
    )


def _condition(row: Condition, parts: list[rules.Part]) -> rules.Condition:
    kind = ConditionKind(row.kind)
    return rules.Condition(
        code=row.code,
        text=row.text,
        kind=kind,
        minimum=row.minimum,
        part=None if kind is ConditionKind.CHOOSE or not parts else parts[0],
        options=tuple(parts) if kind is ConditionKind.CHOOSE else (),
        family=row.family,
        reference=row.reference,
        lead=row.lead,
        others=tuple(row.others),
        confidence=Confidence(row.confidence),
        source=row.source,
        note=row.note,
        provincial=row.provincial,
    )


LocalEntries = dict[str, list[thresholds.LocalThreshold]]


def local_thresholds(books: BooksInForce, units: Iterable[str], as_of: date) -> LocalEntries:
    """The office's entries for these units known on a day, by family, in the order they were made. One query."""
    kinds = {(b.family, item, part.code): part.measure.kind for b in books for item, part in b.bounded}
    rows = (
        LocalThreshold.objects.filter(unit__in=set(units), on__lte=as_of)
        .select_related("by")
        .only(
            "family", "item", "part", "unit", "region", "group", "year", "value", "is_check", "is_illustrative",
            "document", "on", "by__full_name",
        )
        .order_by("pk")
    )  # fmt: skip
    found: LocalEntries = {}
    for row in rows:
        kind = kinds.get((row.family, row.item, row.part))
        value = decode_value(kind, row.value) if kind else None
        if value is None:
            continue
        found.setdefault(row.family, []).append(
            thresholds.LocalThreshold(
                row.item, row.part, row.unit, value, row.document, row.by.full_name, row.on, row.pk,
                row.region, row.group, row.year, row.is_check, row.is_illustrative,
            )  # fmt: skip
        )
    return found


def supplements_on(units: Iterable[str], year: int, as_of: date) -> dict[str, frozenset[str]]:
    """The provincial supplements switched on for each unit code in a year, as known on a day. One query."""
    state: dict[tuple[str, str], bool] = {}
    for row in SupplementSwitch.objects.filter(unit__in=set(units), year=year, on__lte=as_of).order_by("pk"):
        state[row.unit, row.supplement] = row.is_on
    found: dict[str, set[str]] = {}
    for (unit, supplement), is_on in state.items():
        if is_on:
            found.setdefault(unit, set()).add(supplement)
    return {unit: frozenset(names) for unit, names in found.items()}


def survey_contents() -> list[SurveyContent]:
    return list(SurveyContent.objects.all())


def base_quantities() -> list[BaseQuantity]:
    """What is counted once a year in every commune, in the order of the library. One query."""
    return list(BaseQuantity.objects.all())


def department_names() -> dict[str, str]:
    """Names of the departments that the sets speak of, by code. One query."""
    state = LibraryState.objects.first()
    return dict(state.departments) if state else {}


def entries_over(family: str, units: Iterable[str], as_of: date) -> list[LocalThreshold]:
    """The office's entries for a set in these units, newest first, with who made them. One query."""
    rows = LocalThreshold.objects.filter(family=family, unit__in=set(units), on__lte=as_of)
    return list(rows.select_related("by").order_by("-pk"))
