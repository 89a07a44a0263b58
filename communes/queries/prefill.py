"""One measure of every commune of a district, for those who fill it in for them (nhập nhanh).

What a commune is writing itself is not read here into anything shown: a draft shows only that there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from accounts.roles import Standing
from communes.models import Assessment, Unit
from communes.policies import Item, why_not_prefill
from communes.queries.base_data import base_figures
from communes.queries.entry import item_of, typed_text
from communes.queries.people import Lead, Leads
from communes.queries.rounds import working_rules
from communes.queries.stated import Stated, stated
from communes.rules.workflow import Stage
from criteria.queries import BooksInForce, local_thresholds
from criteria.rules.facts import Fact
from criteria.rules.judging import Conclusion, judge_part
from criteria.rules.rulebook import Measure, Part, Rulebook
from criteria.rules.thresholds import Bound, pick
from criteria.rules.values import decode_value, show_bound, show_value
from criteria.rules.vocabulary import Basis, ExemptionKind, Level, Verdict


@dataclass(frozen=True)
class Choice:
    """A measure that may be chosen: where it stands first, its wording, in which other sets it counts. `place` is the
    code of its indicator or condition in `book`, `item` that code as it is printed."""

    book: Rulebook
    place: str
    part: Part
    item: str
    name: str
    criterion: str
    also: tuple[str, ...] = ()

    @property
    def measure(self) -> Measure:
        return self.part.measure

    @property
    def set_name(self) -> str:
        return self.book.short_name

    @property
    def label(self) -> str:
        return f"{self.item} {self.name}"

    @property
    def group(self) -> str:
        return f"{self.set_name} – {self.criterion}"


def choices_for(standing: Standing, district: Unit, books: BooksInForce, leads: Leads) -> list[Choice]:
    """The communes' measures that this person may fill in, in the order of the sets; each once. No query."""
    found: dict[str, Choice] = {}
    probe = Unit(code="", level=Level.COMMUNE.value, parent=district)
    for book in books.of_level(Level.COMMUNE):
        criteria = {i.code: c for c in book.criteria for i in c.indicators}
        for item, part in book.parts:
            measure = part.measure
            if measure.level is not Level.COMMUNE:
                continue
            named = f"{book.short_name} {item}" if item in book.indicators else f"{book.short_name} (điều kiện)"
            if measure.code in found:
                old = found[measure.code]
                if named not in old.also and book.short_name != old.set_name:
                    found[measure.code] = replace(old, also=(*old.also, named))
            elif why_not_prefill(standing, item_of(probe, leads.of(measure.code))) is None:
                indicator = book.indicators.get(item)
                name = part.name or (indicator.name if indicator else measure.name)
                criterion = criteria.get(item)
                heading = f"{criterion.number} {criterion.name}" if criterion else "Điều kiện của bậc"
                found[measure.code] = Choice(book, item, part, item if indicator else "ĐK", name, heading)
    return list(found.values())


@dataclass(frozen=True)
class Stood:
    """A value that stands, with the bases it stands on."""

    bases: tuple[Basis, ...]
    text: str


@dataclass(frozen=True)
class PrefillRow:
    """One commune: what stands, and what was filled in for it. `typed`, `remark`, `by` and `at` only of what was filled
    in; of the commune's own draft nothing. `now` is the verdict of what was filled in, else of what stands strongest,
    on `basis` (None: on none yet), as the set of the choice has it; an indicator not recognised is chưa đạt."""

    unit: Unit
    item: Item
    version: int
    typed: str
    remark: str
    by: str
    at: datetime | None
    refusal: str | None
    stands: tuple[Stood, ...]
    last: Stood | None
    denominator: Decimal | None
    bound: Bound
    now: Conclusion
    basis: Basis | None

    @property
    def requirement(self) -> str:
        if self.bound.value is None and self.bound.text:
            return self.bound.text
        return show_bound(self.bound.measure, self.bound.op, self.bound.value)

    @property
    def stage(self) -> Stage | None:
        return self.item.stage


def prefill_rows(
    district: Unit, communes: Sequence[Unit], choice: Choice, lead: Lead, year: int, today: date, standing: Standing,
    books: BooksInForce,
) -> list[PrefillRow]:  # fmt: skip
    """Every commune's row, in the order given. Nine queries whatever their number."""
    measure, part = choice.measure, choice.part
    local = local_thresholds(books, [district.code, *(unit.code for unit in communes)], today)
    entries = local.get(choice.book.family, [])
    ids = [unit.pk for unit in communes]
    rows = {
        row.unit_id: row
        for row in Assessment.objects.filter(
            unit_id__in=ids, year=year, measure__code=measure.code
        ).select_related("current__by")
    }  # fmt: skip
    now = stated(ids, year, today, {measure.code: measure})
    before = stated(ids, year - 1, today, {measure.code: measure})
    rules = working_rules(district, year)
    counted = base_figures(ids, year, today) if measure.denominator else {}
    found = []
    for unit in communes:
        unit.parent = district
        row = rows.get(unit.pk)
        current = row.current if row else None
        item = item_of(unit, lead, current, rules=rules)
        ours = current if item.stage is Stage.PREFILLED else None
        bound = pick(choice.book, choice.place, part, unit.place(), year, entries)
        basis, fact = _strongest_fact(now, unit, measure)
        if ours is not None:
            basis, fact = None, Fact(decode_value(measure.kind, ours.value), ExemptionKind(ours.exemption))
        found.append(
            PrefillRow(
                unit=unit,
                item=item,
                version=row.version if row else 0,
                typed=typed_text(measure, ours),
                remark=ours.remark if ours else "",
                by=ours.by.full_name if ours else "",
                at=ours.at if ours else None,
                refusal=why_not_prefill(standing, item),
                stands=tuple(_stands(now, unit, measure)),
                last=_strongest(_stands(before, unit, measure)),
                denominator=counted.get(unit.pk, {}).get(measure.denominator),
                bound=bound,
                now=_judged(choice, bound, fact),
                basis=basis,
            )
        )
    return found


def _judged(choice: Choice, bound: Bound, fact: Fact | None) -> Conclusion:
    """Like a board: what a reviewer did not recognise is chưa đạt whatever the value."""
    if fact is not None and fact.refused and f"{choice.book.family}:{choice.place}" in fact.refused:
        return Conclusion(Verdict.NOT_MET)
    return judge_part(bound, fact)


def _stands(facts: Stated, unit: Unit, measure: Measure) -> Iterator[Stood]:
    """Weakest basis first; what is the same on several bases is said once."""
    said: dict[str, tuple[Basis, ...]] = {}
    for basis in Basis:
        fact = facts.of(basis, unit.pk).get(measure.code)
        if fact is not None:
            text = _shown(measure, fact)
            said[text] = (*said.get(text, ()), basis)
    for text, bases in said.items():
        yield Stood(bases, text)


def _strongest_fact(facts: Stated, unit: Unit, measure: Measure) -> tuple[Basis | None, Fact | None]:
    found = {basis: facts.of(basis, unit.pk).get(measure.code) for basis in Basis}
    return next(((basis, fact) for basis, fact in reversed(found.items()) if fact is not None), (None, None))


def _strongest(stands: Iterator[Stood]) -> Stood | None:
    """What stands on the strongest basis, with that basis alone."""
    order = list(Basis)
    last = max(stands, key=lambda one: order.index(one.bases[-1]), default=None)
    return Stood(last.bases[-1:], last.text) if last else None


def _shown(measure: Measure, fact: Fact) -> str:
    return fact.exemption.label if fact.exemption is not ExemptionKind.NONE else show_value(measure, fact.value)
