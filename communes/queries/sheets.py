"""One unit against one set, item by item, on the bases a person may see: what the commune page, the official table
and the entry sheet all show, so that their figures are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from communes.models import Unit
from communes.queries.judged import Bench
from communes.queries.people import Lead, Leads
from criteria.rules.conditions import ConditionFinding, SetFinding
from criteria.rules.judging import CriterionFinding, IndicatorFinding, PartFinding
from criteria.rules.rulebook import Condition, Criterion, Indicator, Measure, Part, Rulebook
from criteria.rules.thresholds import Bound
from criteria.rules.values import show_bound, show_value
from criteria.rules.vocabulary import Basis, CheckState, ExemptionKind


@dataclass(frozen=True)
class PartRow:
    """One measure to state: under an indicator, or under a condition (`item` is the code of either)."""

    item: str
    part: Part
    bound: Bound
    lead: Lead
    findings: Mapping[Basis, PartFinding]

    @property
    def measure(self) -> Measure:
        return self.part.measure

    @property
    def requirement(self) -> str:
        return self.bound.text if self.bound.value is None and self.bound.text else show_bound(
            self.measure, self.bound.op, self.bound.value
        )  # fmt: skip

    @property
    def is_unsure(self) -> bool:
        """Whether the threshold still waits for somebody to hold it against the document."""
        return self.bound.check is not CheckState.CHECKED

    def shown(self, basis: Basis) -> str:
        return shown_fact(self.findings[basis]) if basis in self.findings else "—"


def shown_fact(finding: PartFinding) -> str:
    """What was stated, in words: a value with its unit, "không áp dụng", "không có đối tượng", or "—"."""
    fact = finding.fact
    if fact is None:
        return "—"
    if fact.exemption is not ExemptionKind.NONE:
        return fact.exemption.label
    return show_value(finding.part.measure, fact.value)


@dataclass(frozen=True)
class IndicatorRow:
    indicator: Indicator
    findings: Mapping[Basis, IndicatorFinding]
    parts: tuple[PartRow, ...]

    @property
    def refusal(self) -> str:
        return next((f.refusal for f in self.findings.values() if f.refusal), "")


@dataclass(frozen=True)
class CriterionBlock:
    criterion: Criterion
    findings: Mapping[Basis, CriterionFinding]
    rows: tuple[IndicatorRow, ...]
    lead: Lead

    @property
    def indicator_count(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class ConditionRow:
    condition: Condition
    findings: Mapping[Basis, ConditionFinding]
    parts: tuple[PartRow, ...]
    bound: Bound | None = None
    # Judged from a measure that another set asks for (kiểu mẫu's income): to read here, typed there.
    derived: tuple[PartRow, ...] = ()

    @property
    def read_parts(self) -> tuple[PartRow, ...]:
        return self.parts or self.derived

    @property
    def shown(self) -> str:
        """What the strongest basis that says something says."""
        return next((f.shown for f in reversed(list(self.findings.values())) if f.shown), "")


@dataclass(frozen=True)
class Sheet:
    """`findings` by basis, strongest basis last; `blocks` the criteria in force, `conditions` of the set's tier."""

    unit: Unit
    book: Rulebook
    bench: Bench
    bases: tuple[Basis, ...]
    findings: Mapping[Basis, SetFinding]
    blocks: tuple[CriterionBlock, ...]
    conditions: tuple[ConditionRow, ...]
    leads: Leads = field(default_factory=lambda: Leads({}))

    @property
    def part_rows(self) -> list[PartRow]:
        rows = [part for block in self.blocks for row in block.rows for part in row.parts]
        return rows + [part for condition in self.conditions for part in condition.parts]

    @property
    def indicator_count(self) -> int:
        return sum(len(block.rows) for block in self.blocks)

    def met(self, basis: Basis) -> int:
        return self.findings[basis].met_criteria


def sheet_of(bench: Bench, unit: Unit, family: str, bases: Sequence[Basis], leads: Leads) -> Sheet:
    """The sheet of a commune or the district from a bench that is already set up. No query."""
    judge = bench.commune if unit.is_commune else None
    units = {
        basis: (judge(unit, basis) if judge else bench.district_finding(basis)) for basis in bases
    }
    findings = {basis: found.set(family) for basis, found in units.items()}
    book = bench.books.book(family)
    bounds = bench.bounds(unit, family)
    count = len(next(iter(findings.values())).criteria)
    blocks = tuple(_block(bounds, findings, place, leads) for place in range(count))
    conditions = tuple(_condition(bounds, findings, place, leads) for place in range(len(book.conditions)))
    return Sheet(unit, book, bench, tuple(bases), findings, blocks, conditions, leads)


def _block(
    bounds: Mapping[tuple[str, str], Bound], findings: Mapping[Basis, SetFinding], place: int, leads: Leads
) -> CriterionBlock:
    by_basis = {basis: found.criteria[place] for basis, found in findings.items()}
    criterion = next(iter(by_basis.values())).criterion
    rows = []
    for number, indicator in enumerate(criterion.indicators):
        found = {basis: block.indicators[number] for basis, block in by_basis.items()}
        parts = tuple(
            PartRow(
                indicator.code, part, bounds[indicator.code, part.code], leads.of(part.measure.code),
                {basis: finding.parts[at] for basis, finding in found.items()},
            )
            for at, part in enumerate(indicator.parts)
        )  # fmt: skip
        rows.append(IndicatorRow(indicator, found, parts))
    lead = rows[0].parts[0].lead if rows else leads.of("")
    return CriterionBlock(criterion, by_basis, tuple(rows), lead)


def _condition(
    bounds: Mapping[tuple[str, str], Bound], findings: Mapping[Basis, SetFinding], place: int, leads: Leads
) -> ConditionRow:
    found = {basis: finding.conditions[place] for basis, finding in findings.items()}
    condition = next(iter(found.values())).condition
    parts = tuple(
        PartRow(
            condition.code, part.part, part.bound, leads.of(part.part.measure.code),
            {basis: finding.parts[at] for basis, finding in found.items()},
        )
        for at, part in enumerate(next(iter(found.values())).parts)
    )  # fmt: skip
    bound = bounds.get((condition.code, ""))
    if condition.is_stated:
        return ConditionRow(condition, found, parts, bound)
    return ConditionRow(condition, found, (), bound, parts)
