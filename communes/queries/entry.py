"""What a person needs to type into a sheet, review it, or approve it: current revisions, stages, reasons why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from accounts.roles import Standing
from communes.models import Act, Assessment, ExemptionGrant, Statement, Unit
from communes.policies import FREE, Item, WorkingRules, may_see_drafts, why_not_assess, why_not_do, why_not_submit
from communes.queries.desks import desks_of, signed
from communes.queries.judged import Bench
from communes.queries.people import OFFICE_CODE, Lead, Leads
from communes.rules.workflow import UNSENT, ActKind, Source, Stage, StatementKind
from criteria.rules.facts import Fact
from criteria.rules.judging import judge_part
from criteria.rules.numbers import format_number
from criteria.rules.rulebook import Measure, Part, Rulebook, Value
from criteria.rules.thresholds import Bound
from criteria.rules.values import NO, YES, decode_value, show_value
from criteria.rules.vocabulary import ExemptionKind, Kind, Level, Verdict


@dataclass(frozen=True)
class CellState:
    """One assessment as the entry sheet shows it to this person. `typed` is the text of the input field."""

    measure: Measure
    version: int
    stage: Stage | None
    value: Value | None
    typed: str
    exemption: ExemptionKind
    exemption_reason: str
    document: str
    remark: str
    by: str
    at: datetime | None
    revision: int | None
    returned: str = ""
    returned_by: str = ""
    returned_on: date | None = None
    mend_by: date | None = None
    refusal: str | None = None
    submit_refusal: str | None = None
    propose_refusal: str | None = None
    source: Source | None = None

    @property
    def is_editable(self) -> bool:
        return self.refusal is None

    @property
    def is_sendable(self) -> bool:
        return self.submit_refusal is None

    @property
    def is_empty(self) -> bool:
        return self.value is None and self.exemption is ExemptionKind.NONE


def item_of(
    unit: Unit, lead: Lead, current: Statement | None = None, verified_by: int | None = None,
    rules: WorkingRules = FREE,
) -> Item:  # fmt: skip
    """What policies need to know, from a unit, who leads, the revision in question and the rules of its year."""
    return Item(
        district=unit.district_code,
        unit=unit.code,
        level=Level(unit.level),
        lead=lead.code,
        lead_name=lead.name,
        office=OFFICE_CODE,
        stage=Stage(current.stage) if current is not None and current.stage else None,
        typed_by=current.by_id if current is not None else None,
        verified_by=verified_by,
        rules=rules,
    )


def typed_text(measure: Measure, statement: Statement | None) -> str:
    """A stated value as the text of its input: "88,2", "7741/8777", "0/0" (nobody to count), "yes", "Khá"; else ""."""
    if statement is None:
        return ""
    if statement.numerator is not None and statement.denominator is not None:
        return f"{_plain(statement.numerator)}/{_plain(statement.denominator)}"
    if statement.value is None:
        return ""
    value = decode_value(measure.kind, statement.value)
    if isinstance(value, bool):
        return YES if value else NO
    return value if isinstance(value, str) else _plain(value)


def _plain(number: object) -> str:
    """Without dots for thousands: what is read back must never be ambiguous."""
    return format_number(number).replace(".", "")  # type: ignore[arg-type]


def cell_states(
    unit: Unit, year: int, measures: Mapping[str, Measure], leads: Leads, standing: Standing, rules: WorkingRules
) -> dict[str, CellState]:
    """The state of every measure of a sheet for this person, by measure code. Two queries, three where something was
    returned."""
    rows = {
        row.measure.code: row
        for row in Assessment.objects.filter(unit=unit, year=year, measure__code__in=list(measures)).select_related(
            "measure", "current__by"
        )
    }
    revisions = [row.current_id for row in rows.values() if row.current_id]
    returns = last_acts(revisions, (ActKind.RETURN, ActKind.RETURN_TO_ASSESSOR, ActKind.SEND_BACK))
    acts = returns.values()
    # Who gets it back must know whom to ask: the department as well as the person.
    desks = desks_of({act.by_id for act in acts}, max(act.on for act in acts)) if returns else {}
    names = {act.by_id: signed(act.by.full_name, desks.get(act.by_id, "")) for act in acts}
    return {
        code: _state(unit, measure, leads.of(code), standing, rows.get(code), returns, names, rules)
        for code, measure in measures.items()
    }


def last_acts(revisions: Iterable[int], kinds: Iterable[ActKind]) -> dict[int, Act]:
    """The newest act of these kinds on each revision that has one. One query."""
    wanted = [kind.value for kind in kinds]
    acts = Act.objects.filter(revision_id__in=list(revisions), kind__in=wanted).select_related("by").order_by("pk")
    return {act.revision_id: act for act in acts}


def _state(
    unit: Unit, measure: Measure, lead: Lead, standing: Standing, row: Assessment | None, returns: Mapping[int, Act],
    names: Mapping[int, str], rules: WorkingRules,
) -> CellState:  # fmt: skip
    current = row.current if row is not None else None
    item = item_of(unit, lead, current, rules=rules)
    if item.stage in UNSENT and not may_see_drafts(standing, item):
        current, item = None, item_of(unit, lead, rules=rules)
    # Returned by a reviewer, or a draft that the chairman did not sign.
    is_back = current is not None and current.stage in (Stage.RETURNED, Stage.DRAFT)
    back = returns.get(current.pk) if current is not None and is_back else None
    return CellState(
        measure=measure,
        version=row.version if row is not None else 0,
        stage=item.stage,
        value=decode_value(measure.kind, current.value) if current is not None else None,
        typed=typed_text(measure, current),
        exemption=ExemptionKind(current.exemption) if current is not None else ExemptionKind.NONE,
        exemption_reason=current.exemption_reason if current is not None else "",
        document=current.document if current is not None else "",
        remark=current.remark if current is not None else "",
        by=current.by.full_name if current is not None else "",
        at=current.at if current is not None else None,
        revision=current.pk if current is not None else None,
        returned=back.reason if back else "",
        returned_by=names[back.by_id] if back else "",
        returned_on=back.on if back else None,
        mend_by=back.mend_by if back else None,
        refusal=why_not_assess(standing, item),
        submit_refusal=why_not_submit(standing, item),
        propose_refusal=why_not_do(ActKind.PROPOSE, standing, item),
        source=Source(current.source) if current is not None else None,
    )


def allowed_exemptions(unit: Unit, year: int, books: Iterable[Rulebook]) -> dict[str, str]:
    """Measures that may be stated as "không áp dụng" here, with the reason: the indicator's own, or a grant."""
    allowed: dict[str, str] = {}
    for book in books:
        for indicator in book.indicators.values():
            for part in indicator.parts:
                if indicator.not_applicable_when and not indicator.alternative:
                    allowed[part.measure.code] = indicator.not_applicable_when
    for grant in ExemptionGrant.objects.filter(unit=unit, year=year).select_related("measure"):
        allowed[grant.measure.code] = f"{grant.reason} ({grant.document})"
    return allowed


@dataclass(frozen=True)
class QueueItem:
    """A revision waiting for somebody: with what was stated, and why this person may not act, if so."""

    unit: Unit
    measure: Measure
    year: int
    revision: Statement
    result: Statement | None
    lead: Lead
    item: Item


def waiting(
    districts: Iterable[str], stage: Stage, leads: Mapping[str, Leads], measures: Mapping[str, Measure], year: int,
    rules: WorkingRules = FREE,
) -> list[QueueItem]:  # fmt: skip
    """Revisions of a year at a stage in these districts, oldest first, with the newest result of each. Two queries."""
    codes = list(districts)
    rows = (
        Statement.objects.filter(kind=StatementKind.REVISION.value, stage=stage.value, assessment__year=year)
        .select_related("assessment__unit__parent", "assessment__measure", "by")
        .order_by("assessment__unit__position", "pk")
    )
    rows = rows.filter(assessment__unit__parent__code__in=codes) | rows.filter(assessment__unit__code__in=codes)
    found = list(rows)
    results = {
        result.of_id: result
        for result in Statement.objects.filter(
            kind=StatementKind.VERIFICATION.value, of_id__in=[row.pk for row in found]
        ).select_related("by").order_by("pk")
    }  # fmt: skip
    items = []
    for row in found:
        unit, code = row.assessment.unit, row.assessment.measure.code
        if code not in measures:
            continue
        lead = leads[unit.district_code].of(code)
        result = results.get(row.pk)
        item = item_of(unit, lead, row, result.by_id if result else None, rules)
        items.append(QueueItem(unit, measures[code], row.assessment.year, row, result, lead, item))
    return items


def years_waiting(district: Unit, stage: Stage) -> list[tuple[int, str, Unit]]:
    """What waits at a stage in a district and its communes, as (year, measure code, unit): once per pair of year and
    measure and level, whichever the commune, since no commune's seat takes part in reviewing. One query."""
    rows = Assessment.objects.filter(Q(unit=district) | Q(unit__parent=district))
    rows = rows.filter(statements__kind=StatementKind.REVISION.value, statements__stage=stage.value)
    found = rows.values_list("year", "measure__code", "unit__level").distinct()
    units = {Level.DISTRICT.value: district, Level.COMMUNE.value: Unit(level=Level.COMMUNE.value, parent=district)}
    return [(year, code, units[level]) for year, code, level in found]


def newest_result(revision: int) -> Statement | None:
    """What the verifier last stated about a revision. One query."""
    rows = Statement.objects.filter(of_id=revision, kind=StatementKind.VERIFICATION.value)
    return rows.order_by("-pk").first()


@dataclass(frozen=True)
class Appraisal:
    """The province's result (thẩm định) on one measure, held against the bound of one set; no verdict where the set
    has none for it. `remark` says also the document, and why an indicator was not recognised."""

    shown: str
    verdict: Verdict | None
    on: date
    remark: str


def appraisals_of(unit: Unit, year: int, as_of: date) -> dict[str, Statement]:
    """The newest appraisal known on a day, by measure code. One query."""
    rows = Statement.objects.filter(
        kind=StatementKind.APPRAISAL.value, assessment__unit=unit, assessment__year=year, on__lte=as_of
    )
    return {row.assessment.measure.code: row for row in rows.select_related("assessment__measure").order_by("pk")}


def appraisals_shown(bench: Bench, unit: Unit, family: str, as_of: date) -> dict[str, Appraisal]:
    """The appraisals of a unit in the bench's year as a sheet or paper of one set shows them. One query."""
    stated, bounds = appraisals_of(unit, bench.year, as_of), bench.bounds(unit, family)
    found: dict[str, Appraisal] = {}
    for item, part in bench.books.book(family).parts:
        row = stated.get(part.measure.code)
        if row is not None and part.measure.code not in found:
            refusal = (row.refused or {}).get(f"{family}:{item}", "")
            found[part.measure.code] = _appraisal(row, part, bounds.get((item, part.code)), refusal)
    return found


def _appraisal(row: Statement, part: Part, bound: Bound | None, refusal: str) -> Appraisal:
    fact = Fact(decode_value(part.measure.kind, row.value), ExemptionKind(row.exemption))
    verdict = judge_part(bound, fact).verdict if bound is not None else None
    said = (f"không công nhận: {refusal}" if refusal else "", row.exemption_reason, row.document, row.remark)
    return Appraisal(
        fact.exemption.label if row.exemption else show_value(part.measure, fact.value),
        Verdict.NOT_MET if refusal else verdict,
        row.on,
        "; ".join(text for text in said if text),
    )


def is_choice(measure: Measure) -> bool:
    return measure.kind in (Kind.BOOLEAN, Kind.ORDINAL)


def row_id(measure: str) -> str:
    """The id of a measure's row on the entry sheet: its code without dots, which a selector would read as classes."""
    return "r-" + measure.replace(".", "_")
