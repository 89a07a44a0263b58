"""Frozen sheets: one unit as it stood when a round was closed, as a document that is never recomputed.

`freeze` writes it inside the act of closing (`communes.actions.rounds`), `snapshot_of` reads it back for a page or a
file. The document is plain JSON without floats (numbers as text), so that its SHA-256 is the same on every engine; the
same mark is in the chain of history, which a later change of the row cannot reach.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from accounts.models import HistoryEntry
from communes.models import Assessment, Round, RoundEvent, Snapshot, Statement, Unit
from communes.queries.evidence import papers_beside
from communes.queries.judged import Bench, communes_of, set_up_bench
from communes.queries.people import Leads
from communes.queries.rounds import Reported
from communes.queries.sheets import ConditionRow, CriterionBlock, IndicatorRow, PartRow, Sheet, sheet_of, shown_fact
from communes.rules.workflow import Stage, StatementKind
from criteria.rules.conditions import SetFinding
from criteria.rules.facts import Fact
from criteria.rules.rulebook import Value
from criteria.rules.thresholds import Bound
from criteria.rules.values import encode_value
from criteria.rules.vocabulary import Basis, Level, Verdict

# Raised with the shape, so that a reader of old documents can tell them apart.
SHAPE = 1
BASES = tuple(Basis)
Json = dict[str, Any]
Papers = Mapping[str, Sequence[tuple[int, str]]]


def freeze(
    event: RoundEvent, bench: Bench, unit: Unit, leads: Leads, papers: Papers, reported: Reported
) -> Snapshot:
    """The row of one unit, not saved. The bench reads facts in full (`full=True`). No query."""
    data = frozen(bench, unit, leads, papers, reported)
    return Snapshot(event=event, unit=unit, data=data, sha256=mark_of(data))


def mark_of(data: Json) -> str:
    """SHA-256 over the one canonical text of a document."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def frozen(bench: Bench, unit: Unit, leads: Leads, papers: Papers, reported: Reported) -> Json:
    """One unit on every basis, against every set of its level: {shape, unit, year, as_of, reported, tiers,
    recognised, surveys, sets}. A list over bases is always in the order of `Basis`. No query."""
    findings = {basis: bench.commune(unit, basis) if unit.is_commune else bench.district_finding(basis)
                for basis in BASES}  # fmt: skip
    books = bench.books.of_level(Level(unit.level))
    return {
        "shape": SHAPE,
        "unit": {"code": unit.code, "name": unit.full_name, "level": unit.level},
        "year": bench.year,
        "as_of": bench.as_of.isoformat(),
        "reported": {"done": reported.done, "asked": reported.asked, "missing": list(reported.missing)},
        "tiers": [
            {"basis": basis.value, "tier": found.tier.value, "provisional": found.provisional}
            for basis, found in findings.items()
        ],
        "recognised": [
            {"family": row.family, "tier": row.tier, "decision": row.decision, "on": row.decided_on.isoformat()}
            for row in bench.recognitions.get(unit.pk, ())
        ],
        "surveys": [list(row) for row in sorted(bench.stated.surveys.get(unit.pk, ()))],
        "sets": [_set(sheet_of(bench, unit, book.family, BASES, leads), papers) for book in books],
    }  # fmt: skip


def _set(sheet: Sheet, papers: Papers) -> Json:
    book = sheet.book
    return {
        "family": book.family,
        "version": book.version,
        "name": book.short_name,
        "source": book.legal_source,
        "tier": book.tier.value,
        "findings": [_set_finding(basis, finding) for basis, finding in sheet.findings.items()],
        "criteria": [_criterion(block, papers) for block in sheet.blocks],
        "conditions": [_condition(row, papers) for row in sheet.conditions],
    }


def _set_finding(basis: Basis, finding: SetFinding) -> Json:
    return {
        **_verdict(basis, finding.verdict, finding.provisional),
        "met": finding.met_criteria, "unknown": finding.unknown_criteria, "total": len(finding.criteria),
    }  # fmt: skip


def _verdict(basis: Basis, verdict: Verdict, provisional: bool) -> Json:  # noqa: FBT001
    return {"basis": basis.value, "verdict": verdict.value, "provisional": provisional}


def _criterion(block: CriterionBlock, papers: Papers) -> Json:
    return {
        "number": block.criterion.number,
        "name": block.criterion.name,
        "findings": [_verdict(basis, f.verdict, f.provisional) for basis, f in block.findings.items()],
        "indicators": [_indicator(row, papers) for row in block.rows],
    }


def _indicator(row: IndicatorRow, papers: Papers) -> Json:
    return {
        "code": row.indicator.code,
        "name": row.indicator.name,
        "findings": [
            {**_verdict(basis, f.verdict, f.provisional), "shown": "", "refusal": f.refusal}
            for basis, f in row.findings.items()
        ],
        "parts": [_part(part, papers) for part in row.parts],
    }


def _condition(row: ConditionRow, papers: Papers) -> Json:
    return {
        "code": row.condition.code,
        "text": row.condition.text,
        "findings": [
            {**_verdict(basis, f.verdict, f.provisional), "shown": f.shown, "refusal": ""}
            for basis, f in row.findings.items()
        ],
        "bound": _bound(row.bound) if row.bound else None,
        "parts": [_part(part, papers) for part in row.read_parts],
    }


def _part(row: PartRow, papers: Papers) -> Json:
    facts = {basis: finding.fact for basis, finding in row.findings.items()}
    return {
        "measure": row.measure.code,
        "name": row.part.name or row.measure.name,
        "requirement": row.requirement,
        "bound": _bound(row.bound),
        "lead": row.lead.name,
        "papers": [[pk, mark] for pk, mark in papers.get(row.measure.code, ())],
        "findings": [
            {
                **_verdict(basis, f.verdict, f.provisional), "shown": shown_fact(f),
                "fact": _fact(facts[basis]),
            }
            for basis, f in row.findings.items()
        ],
    }  # fmt: skip


def _bound(bound: Bound) -> Json:
    return {
        "op": bound.op.value, "value": _value(bound.value), "text": bound.text, "source": bound.source,
        "confidence": bound.confidence.value, "check": bound.check.value, "checked_by": bound.checked_by,
        "checked_on": bound.checked_on.isoformat() if bound.checked_on else None, "document": bound.document,
    }  # fmt: skip


def _value(value: Value | None) -> Any:
    return encode_value(value)


def _fact(fact: Fact | None) -> Json | None:
    if fact is None:
        return None
    return {
        "statement": fact.statement_id, "value": _value(fact.value), "exemption": fact.exemption.value,
        "reason": fact.exemption_reason, "numerator": encode_value(fact.numerator),
        "denominator": encode_value(fact.denominator), "remark": fact.remark, "by": fact.by,
        "on": fact.on.isoformat() if fact.on else None, "at": fact.at.isoformat() if fact.at else None,
    }  # fmt: skip


def papers_frozen(units: Iterable[Unit], year: int) -> dict[int, dict[str, list[tuple[int, str]]]]:
    """The papers beside every figure, as (attachment, SHA-256 or link), by unit and measure code. Three queries."""
    rows = Assessment.objects.filter(unit__in=[unit.pk for unit in units], year=year)
    named = {pk: (unit, code) for pk, unit, code in rows.values_list("pk", "unit_id", "measure__code")}
    found: dict[int, dict[str, list[tuple[int, str]]]] = {}
    for assessment, papers in papers_beside(named).items():
        unit, code = named[assessment]
        found.setdefault(unit, {})[code] = list(papers)
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot read back: `matches` says whether the document still gives the mark that was written down at the
    closing, both beside it and in the chain of history."""

    snapshot: Snapshot
    data: Json
    actual: str
    matches: bool


def snapshot_of(event: RoundEvent, unit: Unit) -> Kept | None:
    """What was frozen of a unit at a closing; None where nothing was. Two queries."""
    row = Snapshot.objects.filter(event=event, unit=unit).select_related("unit").first()
    if row is None:
        return None
    actual = mark_of(row.data)
    return Kept(row, row.data, actual, actual == row.sha256 == _remembered(event, unit))


def _remembered(event: RoundEvent, unit: Unit) -> str:
    entry = HistoryEntry.objects.filter(act="round.close", changes__event=event.pk).first()
    marks = entry.changes.get("snapshots", {}) if entry else {}
    return str(marks.get(unit.code, ""))


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What is open when a round is closed: revisions waiting at each desk, and units with criteria that are unknown
    on the approved basis (`unknown` by unit, of `total` criteria of the first set of its level)."""

    waiting: Mapping[Stage, int]
    units: tuple[tuple[Unit, int, int], ...]

    @property
    def submitted(self) -> int:
        return self.waiting.get(Stage.SUBMITTED, 0)

    @property
    def verified(self) -> int:
        return self.waiting.get(Stage.VERIFIED, 0)

    @property
    def unknown(self) -> int:
        return sum(unknown for _, unknown, _ in self.units)


def still_open(row: Round, today: date) -> StillOpen:
    """What a closing would freeze unfinished. A constant number of queries."""
    district = row.district
    bench = set_up_bench(district, communes_of(district, today), row.year, today)
    open_units = []
    for unit in [*bench.communes, district]:
        finding = bench.commune(unit, Basis.APPROVED) if unit.is_commune else bench.district_finding(Basis.APPROVED)
        first = next(iter(finding.sets.values()), None)
        if first is not None and first.unknown_criteria:
            open_units.append((unit, first.unknown_criteria, len(first.criteria)))
    return StillOpen(_waiting(row, [unit.pk for unit in (*bench.communes, district)]), tuple(open_units))


def _waiting(row: Round, units: Sequence[int]) -> dict[Stage, int]:
    rows = Statement.objects.filter(
        kind=StatementKind.REVISION.value, assessment__unit__in=units, assessment__year=row.year,
        stage__in=[Stage.SUBMITTED.value, Stage.VERIFIED.value],
    )  # fmt: skip
    return {Stage(stage): count for stage, count in rows.order_by().values_list("stage").annotate(count=Count("pk"))}
