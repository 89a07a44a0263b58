"""What a reviewer wants beside a waiting figure: what was approved, last year's, what was asked before, the papers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from communes.models import Act, Attachment, Holding, Statement, Unit
from communes.queries.beside import Base, denominators_of
from communes.queries.desks import desks_of
from communes.queries.entry import QueueItem
from communes.queries.evidence import papers_beside
from communes.rules.evidence import evidence_mark
from communes.rules.superseding import SENT
from communes.rules.workflow import ActKind, Stage, StatementKind
from criteria.rules.vocabulary import Basis

_TO_UNIT = frozenset({ActKind.RETURN, ActKind.RETURN_TO_ASSESSOR})
_SETTLED = frozenset({ActKind.APPROVE, ActKind.LOAD})
Papers = list[tuple[int, str]]


@dataclass(frozen=True)
class Beside:
    """`asked` is the return after which this revision was sent (or sent again), `to_lead` the office's return to the
    lead department; `base` is what a percentage should be taken of; `desks` names the desk of everybody here, by
    person."""

    since: Act | None = None
    asked: Act | None = None
    to_lead: Act | None = None
    approved: Statement | None = None
    last_year: Statement | None = None
    last_year_basis: Basis | None = None
    papers: Papers = field(default_factory=list)
    base: Base | None = None
    desks: Mapping[int, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return evidence_mark(self.papers)

    @property
    def papers_seen(self) -> str:
        return seen_papers(self.papers)

    @property
    def papers_since_asked(self) -> tuple[int, int]:
        """How many papers were added, and how many taken away, since the unit was asked."""
        if self.asked is None:
            return 0, 0
        before = {tuple(paper) for paper in self.asked.evidence or []}
        now = set(self.papers)
        return len(now - before), len(before - now)


def beside(items: Sequence[QueueItem], year: int, day: date) -> dict[int, Beside]:
    """By revision what stands beside it. Eight queries, whatever the number of items."""
    assessments = [item.revision.assessment_id for item in items]
    rows = Act.objects.filter(assessment_id__in=assessments).exclude(kind=ActKind.APPRAISE.value)
    acts: dict[int, list[Act]] = {}
    for act in rows.select_related("by", "revision").order_by("pk"):
        acts.setdefault(act.assessment_id, []).append(act)
    approved = _approved(assessments)
    earlier = _last_year(items, year)
    papers = papers_beside(assessments)
    measures = {item.measure.code: item.measure for item in items}
    bases = denominators_of({item.unit.pk for item in items}, year, day, measures)
    people = {item.revision.by_id for item in items} | {item.result.by_id for item in items if item.result}
    people |= {act.by_id for done in acts.values() for act in done if ActKind(act.kind) in _RETURNS}
    desks = desks_of(people, day)
    found = {}
    for item in items:
        assessment, pk = item.revision.assessment_id, item.revision.pk
        since, asked, to_lead = _story(acts.get(assessment, []), pk)
        basis, statement = earlier.get((item.unit.pk, item.measure.code), (None, None))
        found[pk] = Beside(
            since, asked, to_lead, approved.get(assessment), statement, basis, papers.get(assessment, []),
            bases.get((item.unit.pk, item.measure.code)), desks,
        )  # fmt: skip
    return found


_RETURNS = _TO_UNIT | {ActKind.RETURN_TO_LEAD}


def _story(acts: Iterable[Act], revision: int) -> tuple[Act | None, Act | None, Act | None]:
    """Since when it waits, what the unit was asked to mend before, and what the lead department was asked."""
    since = asked = to_lead = None
    for act in acts:
        kind = ActKind(act.kind)
        if kind in _SETTLED:
            asked = None
        elif kind in _TO_UNIT:
            asked = act
        if act.revision_id == revision:
            since = act if kind in SENT or kind is ActKind.VERIFY else since
            to_lead = act if kind is ActKind.RETURN_TO_LEAD else to_lead
    return since, asked, to_lead


def _approved(assessments: Iterable[int]) -> dict[int, Statement]:
    rows = Holding.objects.filter(assessment_id__in=list(assessments), basis=Basis.APPROVED.value, until_on=None)
    return {row.assessment_id: row.statement for row in rows.select_related("statement")}


def _last_year(items: Sequence[QueueItem], year: int) -> dict[tuple[int, str], tuple[Basis, Statement]]:
    """What stood of the year before, by unit and measure: approved, else verified."""
    rows = Holding.objects.filter(
        assessment__unit_id__in={item.unit.pk for item in items},
        assessment__measure__code__in={item.measure.code for item in items},
        assessment__year=year - 1,
        basis__in=[Basis.VERIFIED.value, Basis.APPROVED.value],
        until_on=None,
    )
    found: dict[tuple[int, str], tuple[Basis, Statement]] = {}
    for row in rows.select_related("statement", "assessment__measure"):
        key, basis = (row.assessment.unit_id, row.assessment.measure.code), Basis(row.basis)
        if basis is Basis.APPROVED or key not in found:
            found[key] = (basis, row.statement)
    return found


# ---------- papers that changed while somebody looked ----------


def seen_papers(papers: Iterable[tuple[int, str]]) -> str:
    """The papers beside a figure in a hidden field: "12.3fa9c1 15.77b0e2"; only to word what changed since."""
    return " ".join(f"{attachment}.{evidence_mark([(attachment, content)])[:6]}" for attachment, content in papers)


def paper_changes(assessment: int, seen: str) -> list[str]:
    """What happened to the papers since a page showed them: "thêm “Biên bản nghiệm thu” (Nguyễn Thị Lan)". Four
    queries."""
    before = dict(pair for pair in (part.split(".", 1) for part in seen.split()[:200]) if len(pair) == 2)
    now = dict(part.split(".", 1) for part in seen_papers(papers_beside([assessment]).get(assessment, [])).split())
    rows = Attachment.objects.filter(assessment_id=assessment).select_related("evidence", "by", "removed_by")
    said = []
    for row in rows.order_by("pk"):
        key, title = str(row.pk), row.evidence.title
        if key in now and key not in before:
            said.append(f"thêm “{title}” ({row.by.full_name})")
        elif key in before and key not in now and row.removed_by is not None:
            said.append(f"gỡ “{title}” ({row.removed_by.full_name})")
        elif key in now and now[key] != before.get(key):
            said.append(f"thay tệp của “{title}”")
    return said


# ---------- what the province may judge ----------


def tested_revisions(unit: Unit, year: int, measures: Iterable[str]) -> dict[str, Statement]:
    """By measure the newest revision that the district has verified or approved, whatever the unit types since. One
    query."""
    rows = Statement.objects.filter(
        kind=StatementKind.REVISION.value, stage__in=[Stage.VERIFIED.value, Stage.APPROVED.value],
        assessment__unit=unit, assessment__year=year, assessment__measure__code__in=list(measures),
    )  # fmt: skip
    return {row.assessment.measure.code: row for row in rows.select_related("assessment__measure").order_by("pk")}
