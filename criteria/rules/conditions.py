"""Judging what a tier asks beside its criteria, and the ladder of tiers itself.

A tier is met when every condition of its set is met; "all criteria" and "the tier below" are conditions like any
other. Sources: Điều 1 QĐ 318/QĐ-TTg, QĐ 319/QĐ-TTg, QĐ 320/QĐ-TTg; QĐ 18/2022/QĐ-TTg Điều 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from criteria.rules.facts import OVERALL_CONTENT, CommuneStanding, Fact, SurveyRow
from criteria.rules.judging import (
    NO_DATA,
    Conclusion,
    CriterionFinding,
    PartFinding,
    Share,
    conclude,
    judge_criterion,
    judge_part,
    share_of,
)
from criteria.rules.numbers import format_number
from criteria.rules.rulebook import Condition, Criterion, Part, Rulebook
from criteria.rules.thresholds import Bound, Bounds, Trust
from criteria.rules.vocabulary import CheckState, ConditionKind, Confidence, Op, Tier, Verdict


class ConditionFinding(NamedTuple):
    """`shown` says in short where it stands ("5/20 xã", "92,5 %"); `forecast` is the other way of counting
    (communes that meet, where the gate counts those recognised)."""

    condition: Condition
    verdict: Verdict
    provisional: bool
    shown: str = ""
    parts: tuple[PartFinding, ...] = ()
    share: Share | None = None
    forecast: Share | None = None


class SetFinding(NamedTuple):
    """How one unit stands against one set: its verdict is that of the tier the set describes."""

    book: Rulebook
    verdict: Verdict
    provisional: bool
    criteria: tuple[CriterionFinding, ...]
    conditions: tuple[ConditionFinding, ...]

    @property
    def met_criteria(self) -> int:
        return sum(1 for finding in self.criteria if finding.verdict.counts_as_met)

    @property
    def unknown_criteria(self) -> int:
        return sum(1 for finding in self.criteria if finding.verdict.is_unknown)


@dataclass(frozen=True)
class Surroundings:
    """What conditions need beyond the unit's own facts.

    `survey`: the unit's own rows (a commune) ; `lower`: findings of this unit under the families a condition
    requires; `reference_bounds`: bounds of the other sets of this unit, by family; `communes`: standings of the
    district's communes; `towns`: how many towns it has; `contents`: what people are to be asked about in every commune.
    """

    survey: tuple[SurveyRow, ...] = ()
    lower: Mapping[str, SetFinding] = field(default_factory=dict)
    reference_bounds: Mapping[str, Bounds] = field(default_factory=dict)
    communes: tuple[CommuneStanding, ...] = ()
    towns: int = 0
    contents: frozenset[str] = frozenset()


Judged = dict[tuple[int, ...], CriterionFinding]


def judge_set(
    book: Rulebook,
    facts: Mapping[str, Fact],
    bounds: Bounds,
    around: Surroundings | None = None,
    supplements: frozenset[str] = frozenset(),
    judged: Judged | None = None,
) -> SetFinding:
    """Every criterion in force and every condition of a set for one unit, and from them the verdict of its tier.

    `judged` remembers criteria by the identity of their facts and bounds, so that a commune whose verified figures
    are the approved ones is judged once; the caller keeps the facts alive as long as it.
    """
    around = around or Surroundings()
    criteria = tuple(
        _criterion(book.family, criterion, facts, bounds, judged) for criterion in book.criteria_in_force(supplements)
    )
    judge = _Judge(book.family, facts, bounds, around, criteria)
    conditions = tuple(judge.condition(condition) for condition in book.conditions)
    verdict, provisional = conclude((finding.verdict, finding.provisional) for finding in conditions)
    return SetFinding(book, verdict, provisional, criteria, conditions)


def _criterion(
    family: str, criterion: Criterion, facts: Mapping[str, Fact], bounds: Bounds, judged: Judged | None
) -> CriterionFinding:
    if judged is None:
        return judge_criterion(family, criterion, facts, bounds)
    key = (id(bounds), criterion.number, *[id(facts.get(code)) for code in criterion.measures])
    if key not in judged:
        judged[key] = judge_criterion(family, criterion, facts, bounds)
    return judged[key]


def tier_of(findings: Mapping[Tier, SetFinding]) -> tuple[Tier, bool]:
    """The highest rung that is met without a gap below it, and whether that is provisional."""
    reached, provisional = Tier.NONE, False
    for tier in (Tier.STANDARD, Tier.ADVANCED, Tier.MODEL):
        finding = findings.get(tier)
        if finding is None or not finding.verdict.counts_as_met:
            break
        reached, provisional = tier, provisional or finding.provisional
    return reached, provisional


class _Judge:
    """One method a kind of condition; each answers a ConditionFinding."""

    def __init__(
        self,
        family: str,
        facts: Mapping[str, Fact],
        bounds: Bounds,
        around: Surroundings,
        criteria: tuple[CriterionFinding, ...],
    ) -> None:
        self.family = family
        self.facts, self.bounds, self.around, self.criteria = facts, bounds, around, criteria
        self._by_kind: dict[ConditionKind, Callable[[Condition], ConditionFinding]] = {
            ConditionKind.CRITERIA_MET: self._criteria_met,
            ConditionKind.REQUIRES_SET: self._requires_set,
            ConditionKind.MEASURE: self._measure,
            ConditionKind.RATIO: self._ratio,
            ConditionKind.CHOOSE: self._choose,
            ConditionKind.SURVEY: self._survey,
            ConditionKind.SURVEY_EACH: self._survey_each,
            ConditionKind.SHARE_OF_COMMUNES: self._share_of_communes,
            ConditionKind.SHARE_OF_TOWNS: self._share_of_towns,
        }

    def condition(self, condition: Condition) -> ConditionFinding:
        return self._by_kind[condition.kind](condition)

    def _criteria_met(self, condition: Condition) -> ConditionFinding:
        verdict, provisional = conclude((c.verdict, c.provisional) for c in self.criteria)
        met = sum(1 for c in self.criteria if c.verdict.counts_as_met)
        return ConditionFinding(condition, verdict, provisional, f"{met}/{len(self.criteria)} tiêu chí")

    def _requires_set(self, condition: Condition) -> ConditionFinding:
        lower = self.around.lower.get(condition.family)
        if lower is None:
            return ConditionFinding(condition, Verdict.NO_DATA, False, "chưa xét")
        return ConditionFinding(condition, lower.verdict, lower.provisional, lower.verdict.label)

    def _part(self, condition: Condition, part: Part, bound: Bound) -> PartFinding:
        """A measure of a condition is assessed like an indicator: a reviewer's "không công nhận" makes it chưa đạt."""
        fact = self.facts.get(part.measure.code)
        conclusion = judge_part(bound, fact)
        if fact is not None and fact.refused and f"{self.family}:{condition.code}" in fact.refused:
            conclusion = Conclusion(Verdict.NOT_MET)
        return PartFinding(part, bound, fact, *conclusion)

    def _measure(self, condition: Condition) -> ConditionFinding:
        assert condition.part is not None
        finding = self._part(condition, condition.part, self.bounds[condition.code, condition.part.code])
        return ConditionFinding(condition, finding.verdict, finding.provisional, parts=(finding,))

    def _ratio(self, condition: Condition) -> ConditionFinding:
        """Income at least 110 % of the nâng cao threshold of the same year (QĐ 319, Điều 1): as sure as that one."""
        assert condition.part is not None and condition.minimum is not None
        bound = self._ratio_bound(condition, condition.part, condition.minimum)
        finding = self._part(condition, condition.part, bound)
        return ConditionFinding(condition, finding.verdict, finding.provisional, parts=(finding,))

    def _ratio_bound(self, condition: Condition, part: Part, times: Decimal) -> Bound:
        family, _, code = condition.reference.partition(":")
        base = self.around.reference_bounds.get(family, {}).get((code, ""))
        if base is None or not isinstance(base.value, Decimal):
            return Bound(part.measure, Op.AT_LEAST, None, "", condition.source, Confidence.LOW,
                         CheckState.MISSING, Trust.NONE)  # fmt: skip
        text = f"≥ {format_number(times * 100)} % của {format_number(base.value)} {part.measure.unit}"
        return Bound(part.measure, Op.AT_LEAST, base.value * times, text, base.source, base.confidence,
                     base.check, base.trust, base.checked_by, base.checked_on, base.document)  # fmt: skip

    def _choose(self, condition: Condition) -> ConditionFinding:
        assert condition.minimum is not None
        parts = tuple(self._part(condition, p, self.bounds[condition.code, p.code]) for p in condition.options)
        met = [p for p in parts if p.verdict is Verdict.MET]
        unknown = [p for p in parts if p.verdict.is_unknown]
        wanted = int(condition.minimum)
        shown = ", ".join(p.part.name for p in met)
        if len(met) >= wanted:
            firm = sum(1 for p in met if not p.provisional) >= wanted
            return ConditionFinding(condition, Verdict.MET, not firm, shown, parts)
        if len(met) + len(unknown) >= wanted:
            verdict = Verdict.NO_DATA if any(p.verdict is Verdict.NO_DATA for p in unknown) else Verdict.UNDETERMINED
            return ConditionFinding(condition, verdict, False, shown, parts)
        unsure = sum(1 for p in parts if p.verdict is Verdict.NOT_MET and p.provisional)
        return ConditionFinding(condition, Verdict.NOT_MET, len(met) + len(unknown) + unsure >= wanted, shown, parts)

    def _survey(self, condition: Condition) -> ConditionFinding:
        rows = [row for row in self.around.survey if row.content == OVERALL_CONTENT]
        if self.around.communes:
            everywhere = [row for commune in self.around.communes for row in commune.survey]
            rows = [row for row in everywhere if row.content == OVERALL_CONTENT and row.returned]
            if missing := len(self.around.communes) - len(rows):
                return self._survey_interval(condition, rows, missing)
        percent = satisfied_percent(rows)
        if percent is None:
            return ConditionFinding(condition, Verdict.NO_DATA, False, "chưa khảo sát")
        return self._percent_finding(condition, percent)

    def _survey_interval(self, condition: Condition, rows: list[SurveyRow], missing: int) -> ConditionFinding:
        """A district whose communes are not all asked yet stays open, whatever those asked said."""
        shown = f"còn {missing} xã chưa khảo sát" if rows else "chưa khảo sát"
        return ConditionFinding(condition, Verdict.NO_DATA, False, shown)

    def _percent_finding(self, condition: Condition, percent: Decimal) -> ConditionFinding:
        conclusion = judge_part(self.bounds[condition.code, ""], Fact(percent))
        return ConditionFinding(condition, *conclusion, shown=_percent(percent))

    def _marked(self, condition: Condition, verdict: Verdict) -> Conclusion:
        """A verdict that was counted against the condition's own percentage, as sure as that percentage is."""
        trust = self.bounds[condition.code, ""].trust
        if trust is Trust.NONE and not verdict.is_unknown:
            return Conclusion(Verdict.UNDETERMINED)
        return Conclusion(verdict, trust is Trust.PROVISIONAL and verdict in (Verdict.MET, Verdict.NOT_MET))

    def _minimum(self, condition: Condition) -> Decimal:
        value = self.bounds[condition.code, ""].value
        assert isinstance(value, Decimal)
        return value

    def _survey_each(self, condition: Condition) -> ConditionFinding:
        """≥ 80 % in every commune for every content: one commune below decides, one missing keeps it open."""
        minimum = self._minimum(condition)
        below, missing = [], 0
        contents = self.around.contents or {row.content for c in self.around.communes for row in c.survey}
        for commune in self.around.communes:
            percents = [satisfied_percent([row]) for row in commune.survey]
            asked = {row.content for row in commune.survey if row.returned}
            missing += not asked or bool(contents - asked)
            if any(p is not None and p < minimum for p in percents):
                below.append(commune.name)
        if below:
            conclusion, shown = self._marked(condition, Verdict.NOT_MET), f"dưới mức ở {', '.join(below)}"
        elif missing or not self.around.communes:
            everything = missing >= len(self.around.communes)
            conclusion, shown = NO_DATA, "chưa khảo sát" if everything else f"còn {missing} xã chưa khảo sát"
        else:
            conclusion, shown = self._marked(condition, Verdict.MET), "mọi xã, mọi nội dung"
        return ConditionFinding(condition, *conclusion, shown=shown)

    def _share_of_communes(self, condition: Condition) -> ConditionFinding:
        """The gate counts communes recognised under the set's own family; the forecast those that meet it."""
        communes = self.around.communes
        gate = Share(sum(1 for c in communes if condition.family in c.recognised), 0, len(communes))
        forecast = share_of([c.meets.get(condition.family, Verdict.NO_DATA) for c in communes])
        conclusion = self._marked(condition, gate.against(self._minimum(condition)))
        shown = f"{gate.met}/{gate.total} xã được công nhận"
        return ConditionFinding(condition, *conclusion, shown=shown, share=gate, forecast=forecast)

    def _share_of_towns(self, condition: Condition) -> ConditionFinding:
        if not self.around.towns:
            return ConditionFinding(condition, Verdict.EXEMPT, False, "không có thị trấn")
        if condition.part is not None:
            return self._measure(condition)
        return ConditionFinding(condition, Verdict.NO_DATA, False, f"{self.around.towns} thị trấn, chưa có số liệu")


def satisfied_percent(rows: list[SurveyRow]) -> Decimal | None:
    """Satisfied of returned papers in percent; None where nothing came back."""
    returned = sum(row.returned for row in rows)
    if not returned:
        return None
    return Decimal(sum(row.satisfied for row in rows) * 100) / returned


def _percent(value: Decimal) -> str:
    return f"{format_number(value.quantize(Decimal('0.01')))} %"
