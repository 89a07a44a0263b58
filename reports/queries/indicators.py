"""One indicator across all communes: who meets it, who does not, who said nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404

from communes.models import Unit
from communes.queries.judged import Bench, communes_of, set_up_bench
from communes.queries.people import Lead, leads_of
from communes.queries.sheets import shown_fact
from criteria.rules.judging import IndicatorFinding
from criteria.rules.rulebook import Criterion, Indicator
from criteria.rules.thresholds import Bound
from criteria.rules.vocabulary import Basis, Level, Verdict
from reports.viewing import Viewing


@dataclass(frozen=True)
class IndicatorLine:
    unit: Unit
    findings: Mapping[Basis, IndicatorFinding]

    def shown(self, basis: Basis) -> str:
        return "; ".join(shown_fact(part) for part in self.findings[basis].parts)


@dataclass(frozen=True)
class IndicatorBoard:
    """`bounds` are those of the district's general case; a commune with its own differs in its line's finding."""

    viewing: Viewing
    indicator: Indicator
    criterion: Criterion
    lines: tuple[IndicatorLine, ...]
    bounds: tuple[Bound, ...]
    lead: Lead

    def count(self, verdict: Verdict) -> int:
        return sum(1 for line in self.lines if line.findings[self.viewing.strongest].verdict is verdict)

    @property
    def headline(self) -> str:
        failed, total = self.count(Verdict.NOT_MET), len(self.lines)
        unknown = self.count(Verdict.NO_DATA) + self.count(Verdict.UNDETERMINED)
        tail = f", {unknown} xã chưa rõ" if unknown else ""
        return f"{self.indicator.code}: {failed}/{total} xã chưa đạt{tail}" if total else self.indicator.code


def indicator_board(viewing: Viewing, code: str) -> IndicatorBoard:
    """Every commune on one indicator of a commune set. Raises Http404 for a code the set does not have."""
    indicator = viewing.book.indicators.get(code)
    if indicator is None:
        raise Http404
    communes = communes_of(viewing.district, viewing.as_of) if viewing.level is Level.COMMUNE else []
    bench = set_up_bench(viewing.district, communes, viewing.year, viewing.as_of, bases=viewing.bases)
    units = communes or [viewing.district]
    lines = tuple(line for unit in units if (line := _line(bench, unit, viewing, code)) is not None)
    order = {Verdict.NOT_MET: 0, Verdict.UNDETERMINED: 1, Verdict.NO_DATA: 2, Verdict.MET: 3, Verdict.EXEMPT: 4}
    ranked = sorted(lines, key=lambda line: (order[line.findings[viewing.strongest].verdict], line.unit.position))
    first = ranked[0].findings[viewing.strongest].parts if ranked else ()
    lead = leads_of(viewing.district, viewing.as_of).of(indicator.parts[0].measure.code)
    return IndicatorBoard(
        viewing, indicator, viewing.book.criterion_of[code], tuple(ranked), tuple(p.bound for p in first), lead
    )


def _line(bench: Bench, unit: Unit, viewing: Viewing, code: str) -> IndicatorLine | None:
    """None where the indicator belongs to a supplement that is off for the unit."""
    findings = {}
    for basis in viewing.bases:
        found = bench.commune(unit, basis) if unit.is_commune else bench.district_finding(basis)
        for criterion in found.set(viewing.book.family).criteria:
            for indicator in criterion.indicators:
                if indicator.indicator.code == code:
                    findings[basis] = indicator
    return IndicatorLine(unit, findings) if findings else None
