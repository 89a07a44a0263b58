"""A revision that waits for somebody, as a card: value, result, requirement and verdict for every set it counts for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.roles import Standing
from communes.forms import Decision
from communes.models import Act, Statement, Unit
from communes.policies import why_not_do
from communes.queries.entry import QueueItem, is_choice, last_acts, typed_text
from communes.queries.judged import Bench
from communes.rules.workflow import ActKind
from criteria.rules.facts import Fact
from criteria.rules.judging import Conclusion, judge_part
from criteria.rules.rulebook import Part, Rulebook
from criteria.rules.thresholds import Bound
from criteria.rules.values import NO, YES, decode_value, show_bound, show_value
from criteria.rules.vocabulary import CheckState, ExemptionKind, Kind, Level


@dataclass(frozen=True)
class Served:
    """One indicator (or condition) that the measure counts for, with the verdict of the value and of the result."""

    family: str
    item: str
    label: str
    name: str
    requirement: str
    is_unchecked: bool
    stated: Conclusion
    result: Conclusion | None
    refusal: str

    @property
    def key(self) -> str:
        """How a refusal of it is named in fields and results."""
        return f"{self.family}:{self.item}"


@dataclass(frozen=True)
class Card:
    """One waiting revision. `problem` and `decision` are those of a refused attempt, so that nothing typed is lost."""

    item: QueueItem
    served: tuple[Served, ...]
    since: date | None
    days: int
    returned: str
    why_not: Mapping[str, str]
    problem: str = ""
    decision: Decision | None = None

    @property
    def id(self) -> int:
        return self.item.revision.pk

    @property
    def result_id(self) -> str:
        return str(self.item.result.pk) if self.item.result else ""

    @property
    def code(self) -> str:
        return self.served[0].label if self.served else ""

    @property
    def name(self) -> str:
        return self.served[0].name if self.served else self.item.measure.name

    @property
    def unit(self) -> Unit:
        return self.item.unit

    @property
    def is_choice(self) -> bool:
        return is_choice(self.item.measure)

    @property
    def stated(self) -> str:
        return shown_statement(self.item, self.item.revision)

    @property
    def stated_detail(self) -> str:
        return _fraction(self.item.revision)

    @property
    def result(self) -> str:
        return shown_statement(self.item, self.item.result) if self.item.result else ""

    @property
    def result_detail(self) -> str:
        return _fraction(self.item.result) if self.item.result else ""

    @property
    def differs(self) -> bool:
        """Whether the verifier found something else than was stated, or refused an indicator."""
        result = self.item.result
        return result is not None and (self.result != self.stated or bool(result.refused))

    @property
    def stored(self) -> str:
        return typed_text(self.item.measure, self.item.revision)

    @property
    def value(self) -> str:
        return self.decision.value if self.decision else self.stored

    @property
    def remark(self) -> str:
        return self.decision.remark if self.decision else ""

    @property
    def reason(self) -> str:
        return self.decision.reason if self.decision else ""

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        measure = self.item.measure
        found = [(grade, grade) for grade in measure.scale]
        if measure.kind is Kind.BOOLEAN:
            found = [(YES, measure.yes_label), (NO, measure.no_label)]
        if not self.stored:
            found = [("", "như đã báo cáo"), *found]
        return [(value, label, value == self.value) for value, label in found]

    @property
    def may(self) -> str:
        """The sentence that disables the main act, "" where it may be done."""
        return next(iter(self.why_not.values()), "")

    @property
    def unit_label(self) -> str:
        return self.item.measure.unit


def shown_statement(item: QueueItem, statement: Statement) -> str:
    if statement.exemption:
        return ExemptionKind(statement.exemption).label
    return show_value(item.measure, decode_value(item.measure.kind, statement.value))


def _fraction(statement: Statement) -> str:
    if statement.exemption:
        return statement.exemption_reason + (f" ({statement.document})" if statement.document else "")
    if statement.numerator is None or statement.denominator is None:
        return ""
    return f"{statement.numerator.normalize():f}/{statement.denominator.normalize():f}".replace(".", ",")


def cards_of(
    items: Sequence[QueueItem], bench: Bench, standing: Standing, acts: tuple[ActKind, ...], today: date
) -> list[Card]:
    """Cards of what some set in force asks for. Two queries."""
    ids = [item.revision.pk for item in items]
    since = last_acts(ids, (ActKind.SUBMIT, ActKind.VERIFY))
    returned = last_acts(ids, (ActKind.RETURN_TO_LEAD,))
    index = _index(bench)
    cards = []
    for item in items:
        served = _served(item, bench, index)
        if served:
            cards.append(_card(item, served, since, returned, standing, acts, today))
    return cards


def _card(
    item: QueueItem, served: tuple[Served, ...], since: Mapping[int, Act], returned: Mapping[int, Act],
    standing: Standing, acts: tuple[ActKind, ...], today: date,
) -> Card:  # fmt: skip
    act, back = since.get(item.revision.pk), returned.get(item.revision.pk)
    day = act.on if act else item.revision.on
    reasons = {kind.value: why_not_do(kind, standing, item.item) or "" for kind in acts}
    said = f"{back.by.full_name}, {back.on:%d/%m/%Y}: {back.reason}" if back else ""
    return Card(item, served, day, (today - day).days, said, reasons)


Index = dict[str, list[tuple[Rulebook, str, Part]]]


def _index(bench: Bench) -> Index:
    found: Index = {}
    for book in bench.books:
        for item, part in book.parts:
            found.setdefault(part.measure.code, []).append((book, item, part))
    return found


def _served(item: QueueItem, bench: Bench, index: Index) -> tuple[Served, ...]:
    found = []
    for book, code, part in index.get(item.measure.code, []):
        if book.level is not Level(item.unit.level):
            continue
        bound = bench.bounds(item.unit, book.family).get((code, part.code))
        if bound is not None:
            found.append(_one_served(item, book, code, part, bound))
    return tuple(found)


def _one_served(item: QueueItem, book: Rulebook, code: str, part: Part, bound: Bound) -> Served:
    indicator = book.indicators.get(code)
    label = f"{code}{part.code}" if indicator else "điều kiện"
    name = indicator.name if indicator else next(c.text for c in book.conditions if c.code == code)
    result = item.result
    refused = (result.refused or {}).get(f"{book.family}:{code}", "") if result else ""
    requirement = show_bound(part.measure, bound.op, bound.value)
    return Served(
        book.family, code, f"{label} {book.short_name}", part.name or name, requirement,
        bound.check is not CheckState.CHECKED, _judged(item, bound, item.revision),
        _judged(item, bound, result) if result else None, refused,
    )  # fmt: skip


def _judged(item: QueueItem, bound: Bound, statement: Statement) -> Conclusion:
    value = decode_value(item.measure.kind, statement.value)
    return judge_part(bound, Fact(value, ExemptionKind(statement.exemption)))
