"""What is unmet in a unit toward a tier, as the standard chain takes it. Called by `plans.queries.chains`.

The measure is what the district has approved. What the unit itself states as met (or cannot be judged for want of a
checked threshold) needs no more work, only papers and the district's word: it is *claimed*. What a set asks for that
people do not state is not work of its own: "all criteria" is the criteria, satisfaction is asked in the step of the
survey, shares of communes are milestones (`plans.queries.counts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from communes.models import Unit
from communes.queries.judged import Bench, UnitFinding, recognised_under
from communes.queries.people import Leads
from criteria.rules.conditions import ConditionFinding, SetFinding
from criteria.rules.rulebook import Condition, Part, Rulebook
from criteria.rules.vocabulary import Basis, ConditionKind, Level, Tier, Verdict
from plans.rules.chains import Subject

BASES = (Basis.SELF, Basis.APPROVED)
_FOLLOWING = frozenset(
    {
        ConditionKind.CRITERIA_MET,
        ConditionKind.REQUIRES_SET,
        ConditionKind.SURVEY,
        ConditionKind.SURVEY_EACH,
        ConditionKind.SHARE_OF_COMMUNES,
    }
)
_DONE = frozenset({Verdict.MET, Verdict.EXEMPT, Verdict.UNDETERMINED})


@dataclass
class Unmet:
    """`families`: the sets that were looked at. `lower`: tiers below that have a plan of their own, which this one
    waits for."""

    subjects: list[Subject] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    lower: list[Tier] = field(default_factory=list)


def book_of(bench: Bench, unit: Unit, tier: Tier) -> Rulebook | None:
    """The set in force that describes a tier for units of this kind."""
    return bench.books.ladder(Level(unit.level)).get(tier)


def unmet_of(bench: Bench, unit: Unit, tier: Tier, leads: Leads, has_plan: Callable[[Tier], bool]) -> Unmet:
    """Everything unmet toward `tier`, with the tiers below it where they are unmet and have no plan of their own
    (`has_plan`). No query."""
    found = {basis: bench.commune(unit, basis) if unit.is_commune else bench.district_finding(basis) for basis in BASES}
    unmet = Unmet()
    book = book_of(bench, unit, tier)
    if book is not None:
        _collect(unmet, book, found, bench, leads, has_plan)
    return unmet


def is_recognised(finding: UnitFinding, books: Iterable[Rulebook], tier: Tier) -> bool:
    return recognised_under(finding, [book.family for book in books]).stars >= tier.stars


def _collect(
    unmet: Unmet, book: Rulebook, found: dict[Basis, UnitFinding], bench: Bench, leads: Leads,
    has_plan: Callable[[Tier], bool],
) -> None:  # fmt: skip
    if book.family in unmet.families:
        return
    unmet.families.append(book.family)
    said, approved = found[Basis.SELF].set(book.family), found[Basis.APPROVED].set(book.family)
    for condition in approved.conditions:
        if condition.condition.kind is ConditionKind.REQUIRES_SET and not condition.verdict.counts_as_met:
            lower = bench.books.book(condition.condition.family)
            if has_plan(lower.tier):
                unmet.lower.append(lower.tier)
            else:
                _collect(unmet, lower, found, bench, leads, has_plan)
    unmet.subjects += [*_indicators(said, approved, leads), *_conditions(said, approved, leads)]


def _indicators(said: SetFinding, approved: SetFinding, leads: Leads) -> Iterable[Subject]:
    for own, block in zip(said.criteria, approved.criteria, strict=True):
        for stated, finding in zip(own.indicators, block.indicators, strict=True):
            if not finding.verdict.counts_as_met:
                indicator = finding.indicator
                yield Subject(
                    approved.book.family, indicator.code, f"{indicator.code} {indicator.name}",
                    leads.of(indicator.parts[0].measure.code).code, is_claimed=stated.verdict in _DONE,
                )  # fmt: skip


def _conditions(said: SetFinding, approved: SetFinding, leads: Leads) -> Iterable[Subject]:
    for stated, finding in zip(said.conditions, approved.conditions, strict=True):
        condition = finding.condition
        if condition.kind not in _FOLLOWING and not finding.verdict.counts_as_met:
            yield Subject(
                approved.book.family, condition.code, condition.text, _lead(condition, finding, leads),
                is_claimed=stated.verdict in _DONE,
            )  # fmt: skip


def _lead(condition: Condition, finding: ConditionFinding, leads: Leads) -> str:
    parts: list[Part] = [part.part for part in finding.parts] or [*condition.options]
    return leads.of(parts[0].measure.code).code if parts else condition.lead
