"""Judging: from what was stated and what is required to a verdict, with the tree that explains it.

Pure and total: no clock, no I/O; the same facts and bounds give the same verdict in any order.
The rule of a whole (criterion, set, tier, condition), product.md section 3: any chưa đạt -> chưa đạt; else any
chưa có số liệu -> chưa có số liệu ("chưa rõ"); else any chưa đủ căn cứ -> chưa đủ căn cứ; else đạt.
Không áp dụng counts as đạt and is listed; a whole whose every member is không áp dụng is itself shown so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from criteria.rules.facts import Fact
from criteria.rules.rulebook import Criterion, Indicator, Part, Value
from criteria.rules.thresholds import Bound, Bounds, Trust
from criteria.rules.vocabulary import ExemptionKind, Kind, Op, Verdict


class Conclusion(NamedTuple):
    """A verdict and whether it rests on a threshold that nobody has checked ("tạm tính")."""

    verdict: Verdict
    provisional: bool = False


class PartFinding(NamedTuple):
    part: Part
    bound: Bound
    fact: Fact | None
    verdict: Verdict
    provisional: bool


class IndicatorFinding(NamedTuple):
    indicator: Indicator
    verdict: Verdict
    provisional: bool
    parts: tuple[PartFinding, ...]
    refusal: str = ""


class CriterionFinding(NamedTuple):
    criterion: Criterion
    verdict: Verdict
    provisional: bool
    indicators: tuple[IndicatorFinding, ...]

    @property
    def met_count(self) -> int:
        return sum(1 for finding in self.indicators if finding.verdict.counts_as_met)


NO_DATA = Conclusion(Verdict.NO_DATA)
UNDETERMINED = Conclusion(Verdict.UNDETERMINED)
EXEMPT = Conclusion(Verdict.EXEMPT)


def judge_part(bound: Bound, fact: Fact | None) -> Conclusion:
    """One value against its bound. No fact -> chưa có số liệu, before any question about the threshold."""
    if fact is None or (fact.value is None and fact.exemption is ExemptionKind.NONE):
        return NO_DATA
    if fact.exemption is not ExemptionKind.NONE:
        return EXEMPT
    if bound.trust is Trust.NONE or bound.value is None:
        return UNDETERMINED
    met = satisfies(bound, fact.value)
    if met is None:
        return UNDETERMINED
    return Conclusion(Verdict.MET if met else Verdict.NOT_MET, bound.trust is Trust.PROVISIONAL)


def satisfies(bound: Bound, value: Value | None) -> bool | None:
    """Whether a value meets its bound; None where the two cannot be compared (a grade no longer on the scale)."""
    wanted = bound.value
    if bound.measure.kind is Kind.BOOLEAN:
        return value is wanted
    if bound.measure.kind is Kind.ORDINAL:
        scale = bound.measure.scale
        if value not in scale or wanted not in scale:
            return None
        return _compare(bound.op, Decimal(scale.index(str(value))), Decimal(scale.index(str(wanted))))
    if isinstance(value, Decimal) and isinstance(wanted, Decimal):
        return _compare(bound.op, value, wanted)
    return None


def _compare(op: Op, value: Decimal, wanted: Decimal) -> bool:
    if op is Op.AT_LEAST:
        return value >= wanted
    if op is Op.AT_MOST:
        return value <= wanted
    return value == wanted


def conclude(members: Iterable[tuple[Verdict, bool]]) -> Conclusion:
    """The rule of a whole. Provisional only where the conclusion would not stand without an unchecked threshold:
    one firm chưa đạt makes a firm chưa đạt; a đạt is as firm as its least firm member."""
    found = list(members)
    failed = [provisional for verdict, provisional in found if verdict is Verdict.NOT_MET]
    if failed:
        return Conclusion(Verdict.NOT_MET, all(failed))
    verdicts = {verdict for verdict, _ in found}
    if not verdicts or Verdict.NO_DATA in verdicts:
        return NO_DATA
    if Verdict.UNDETERMINED in verdicts:
        return UNDETERMINED
    if Verdict.MET not in verdicts:
        return EXEMPT
    return Conclusion(Verdict.MET, any(provisional for verdict, provisional in found if verdict is Verdict.MET))


def judge_indicator(
    family: str, indicator: Indicator, facts: Mapping[str, Fact], bounds: Bounds
) -> IndicatorFinding:
    """An indicator from its parts. A reviewer's "không công nhận" makes it chưa đạt, firmly, with its reason."""
    parts = []
    refusal = ""
    for part in indicator.parts:
        fact = facts.get(part.measure.code)
        bound = bounds[indicator.code, part.code]
        conclusion = judge_part(bound, fact)
        if fact is not None and fact.refused:
            refusal = refusal or fact.refused.get(f"{family}:{indicator.code}", "")
        parts.append(PartFinding(part, bound, fact, *conclusion))
    if refusal:
        return IndicatorFinding(indicator, Verdict.NOT_MET, False, tuple(parts), refusal)
    if len(parts) == 1:
        return IndicatorFinding(indicator, parts[0].verdict, parts[0].provisional, tuple(parts))
    return IndicatorFinding(indicator, *conclude((p.verdict, p.provisional) for p in parts), parts=tuple(parts))


def judge_criterion(
    family: str, criterion: Criterion, facts: Mapping[str, Fact], bounds: Bounds
) -> CriterionFinding:
    findings = tuple(judge_indicator(family, i, facts, bounds) for i in criterion.indicators)
    return CriterionFinding(criterion, *conclude((f.verdict, f.provisional) for f in findings), indicators=findings)


class Share(NamedTuple):
    """A share with unknowns, as an interval: `met` of `total` for sure, up to `met + unknown`."""

    met: int
    unknown: int
    total: int

    @property
    def low(self) -> Decimal:
        return Decimal(self.met * 100) / self.total if self.total else Decimal(0)

    @property
    def high(self) -> Decimal:
        return Decimal((self.met + self.unknown) * 100) / self.total if self.total else Decimal(0)

    def against(self, minimum: Decimal) -> Verdict:
        """Decided only where the unknown ones cannot change it; nothing to count is không áp dụng."""
        if not self.total:
            return Verdict.EXEMPT
        if self.low >= minimum:
            return Verdict.MET
        return Verdict.NOT_MET if self.high < minimum else Verdict.NO_DATA


def share_of(verdicts: Sequence[Verdict]) -> Share:
    met = sum(1 for verdict in verdicts if verdict.counts_as_met)
    unknown = sum(1 for verdict in verdicts if verdict.is_unknown)
    return Share(met, unknown, len(verdicts))


def legal_minimum_count(minimum_percent: Decimal, total: int) -> int:
    """How many units the law's share asks for: 10 % of 20 is 2, 10 % of 21 is 3."""
    return ceil(minimum_percent * total / 100)
