"""Moving a revision through its stages. Each act binds to the very revision and result that the person saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.actions.stating import Entry, Stale, refusal_of_exemption, refuse_if_locked, said
from communes.actions.telling import tell_of
from communes.models import Act, Assessment, Holding, Statement
from communes.policies import Item, Refused, why_not_appraise, why_not_do
from communes.queries.evidence import papers_beside
from communes.rules.evidence import evidence_mark
from communes.rules.holdings import ActRow, BackwardsInTime, Interval, holdings_of
from communes.rules.superseding import Revised, is_overtaken, stages_changed
from communes.rules.workflow import MOVES, ActKind, Source, Stage, StatementKind
from criteria.rules.numbers import clean_text
from criteria.rules.vocabulary import Basis, ExemptionKind


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had before their eyes: the revision, where it is verified the result, and the mark of the
    papers beside it (`rules.evidence.evidence_mark`; None where the act does not bind to them)."""

    revision: int
    result: int | None = None
    evidence: str | None = None


@transaction.atomic
def move(
    *,
    act: ActKind,
    by: Person,
    standing: Standing,
    item: Item,
    seen: Seen,
    on: date,
    reason: str = "",
    mend_by: date | None = None,
    result: Entry | None = None,
    refused: Mapping[str, str] | None = None,
) -> Act:
    """Do one act of the workflow on one revision.

    `result` is what the verifier states (None: the same as the revision), `refused` the indicators not recognised
    ("family:code" -> reason), `mend_by` the day by which a return shall come back. Raises Refused (NoReason for a
    return without one, DayGone for a day that has passed), or Stale where the revision or result is no longer the one
    seen.
    """
    if refusal := why_not_do(act, standing, item):
        raise Refused(refusal)
    reason = clean_text(reason).strip()
    if MOVES[act].needs_reason and not reason:
        raise NoReason("Phải ghi lý do trả lại để nơi nhận biết cần sửa gì.")
    if mend_by is not None and mend_by < on:
        raise DayGone("Hạn sửa đã qua; chọn từ hôm nay trở đi.")
    revision = _lock(seen, act)
    papers = papers_beside([revision.assessment_id]).get(revision.assessment_id, [])
    if seen.evidence is not None and seen.evidence != evidence_mark(papers):
        raise StaleEvidence(revision, revision.assessment.version)
    if act is ActKind.SUBMIT and revision.value is None and not revision.exemption:
        raise Refused("Chưa có số liệu nào để gửi.")
    if result is not None and result.exemption is not ExemptionKind(revision.exemption):
        assessment = revision.assessment
        if refusal := refusal_of_exemption(result, assessment.unit, assessment.measure, assessment.year):
            raise Refused(refusal)
    stated = _state_result(revision, by, on, result, refused) if act is ActKind.VERIFY else None
    row = _write(act, by, revision, stated, on, reason, papers, mend_by if MOVES[act].needs_reason else None)
    _supersede(revision, act)
    settle(revision.assessment)
    _remember(row, item, by, stated)
    tell_of(row, by)
    refuse_if_locked(item.district, revision.assessment.year)
    return row


class NoReason(Refused):
    """A return that does not say what to mend."""


class DayGone(Refused):
    """A return that asks for yesterday."""


class StaleEvidence(Stale):
    """A paper was added, replaced or taken away since the person looked."""


def hold(revisions: Iterable[int]) -> None:
    """Lock the assessments of several revisions in the one order that everybody takes, before the first of several
    acts: each act ends with the lock of history, and who holds that must not wait for an assessment. In the caller's
    transaction. One query."""
    rows = Assessment.objects.filter(statements__in=list(revisions)).values("pk")
    list(Assessment.objects.select_for_update(of=("self",)).filter(pk__in=rows).order_by("pk").values_list("pk"))


def _lock(seen: Seen, act: ActKind) -> Statement:
    """The seen revision, its assessment locked, moved on from a stage the act allows: a second act finds it gone."""
    revision = Statement.objects.select_related("assessment").get(pk=seen.revision)
    Assessment.objects.select_for_update().get(pk=revision.assessment_id)
    to_stage = MOVES[act].to_stage
    assert to_stage is not None
    stages = [stage.value for stage in MOVES[act].from_stages]
    moved = Statement.objects.filter(pk=revision.pk, stage__in=stages).update(stage=to_stage.value)
    newest_result = (
        Statement.objects.filter(of=revision, kind=StatementKind.VERIFICATION.value).order_by("-pk").first()
    )
    other_result = seen.result is not None and (newest_result is None or newest_result.pk != seen.result)
    if not moved or other_result or is_overtaken(act, revision.pk, _revised(revision.assessment_id)):
        raise Stale(Statement.objects.select_related("by").get(pk=revision.pk), revision.assessment.version)
    revision.stage = to_stage.value
    return revision


def _state_result(
    revision: Statement, by: Person, on: date, entry: Entry | None, refused: Mapping[str, str] | None
) -> Statement:
    fields = entry.fields() if entry is not None else {
        name: getattr(revision, name)
        for name in ("value", "numerator", "denominator", "exemption", "exemption_reason", "document")
    }  # fmt: skip
    return Statement.objects.create(
        assessment=revision.assessment, kind=StatementKind.VERIFICATION.value, of=revision, by=by, on=on,
        at=timezone.now(), source=Source.DEPARTMENT.value, refused=dict(refused) if refused else None, **fields,
    )  # fmt: skip


def _write(
    act: ActKind, by: Person, revision: Statement, result: Statement | None, on: date, reason: str,
    papers: Sequence[tuple[int, str]] = (), mend_by: date | None = None,
) -> Act:
    return Act.objects.create(
        assessment=revision.assessment, revision=revision, result=result, kind=act.value, reason=reason, by=by, on=on,
        at=timezone.now(), evidence=[list(paper) for paper in papers] or None, mend_by=mend_by,
    )  # fmt: skip


def _revised(assessment: int) -> list[Revised]:
    """The revisions of an assessment with what was done to each. Two queries."""
    done: dict[int, list[ActKind]] = {}
    acts = Act.objects.filter(assessment_id=assessment).exclude(kind=ActKind.APPRAISE.value).order_by("pk")
    for revision, kind in acts.values_list("revision_id", "kind"):
        done.setdefault(revision, []).append(ActKind(kind))
    rows = Statement.objects.filter(assessment_id=assessment, kind=StatementKind.REVISION.value)
    return [Revised(pk, Stage(stage), tuple(done.get(pk, ()))) for pk, stage in rows.values_list("pk", "stage")]


def _supersede(revision: Statement, act: ActKind) -> None:
    """Bring the other revisions in line (`rules.superseding`)."""
    for pk, stage in stages_changed(act, revision.pk, _revised(revision.assessment_id)).items():
        Statement.objects.filter(pk=pk).update(stage=stage.value)


def settle(assessment: Assessment) -> None:
    """Bring the holdings of one assessment in line with its acts, writing only what differs."""
    acts = [
        ActRow(ActKind(kind), revision, result, on)
        for kind, revision, result, on in Act.objects.filter(assessment=assessment).exclude(
            kind=ActKind.APPRAISE.value
        ).order_by("pk").values_list("kind", "revision_id", "result_id", "on")
    ]  # fmt: skip
    try:
        wanted = set(holdings_of(acts))
    except BackwardsInTime:
        raise Refused("Ngày làm việc sớm hơn việc đã ghi trước đó cho số liệu này.") from None
    rows = {
        Interval(Basis(row.basis), row.statement_id, row.from_on, row.until_on): row.pk
        for row in Holding.objects.filter(assessment=assessment)
    }
    Holding.objects.filter(pk__in=[pk for interval, pk in rows.items() if interval not in wanted]).delete()
    Holding.objects.bulk_create(
        Holding(
            assessment=assessment,
            basis=interval.basis.value,
            statement_id=interval.statement,
            from_on=interval.from_on,
            until_on=interval.until_on,
        )
        for interval in sorted(wanted - rows.keys(), key=lambda i: (i.from_on, i.basis))
    )


def _remember(row: Act, item: Item, by: Person, result: Statement | None) -> None:
    assessment = row.assessment
    measure, unit = assessment.measure, assessment.unit
    shown = said(measure, result or row.revision)
    reason = f". Lý do: {row.reason}" if row.reason else ""
    if row.mend_by:
        reason += f" Hạn sửa: {row.mend_by:%d/%m/%Y}."
    remember(
        HistoryAct(
            f"assessment.{row.kind}", by.pk,
            f"{unit.title}: {PERSON_MARK} {ActKind(row.kind).label} “{measure.name}”: {shown}{reason}",
            row.on, row.at, {"revision": row.revision_id, "year": assessment.year, "reason": row.reason},
            item.district, unit.code, measure.code,
        )  # fmt: skip
    )


@transaction.atomic
def record_appraisal(
    *, by: Person, standing: Standing, item: Item, revision: Statement, entry: Entry, on: date,
    refused: Mapping[str, str] | None = None, seen: Seen | None = None,
) -> Statement:  # fmt: skip
    """Write down the province's result (thẩm định) about a revision that the district has verified or approved: the
    third result, printed beside the others. A newer draft of the unit does not matter. Raises Refused, or Stale where
    with `seen` the revision or its result is no longer the newest that the district tested."""
    if refusal := why_not_appraise(standing, item):
        raise Refused(refusal)
    Assessment.objects.select_for_update().get(pk=revision.assessment_id)
    if seen is not None:
        _refuse_other_than_seen(revision, seen)
    stated = Statement.objects.create(
        assessment=revision.assessment, kind=StatementKind.APPRAISAL.value, of=revision, by=by, on=on,
        at=timezone.now(), source=Source.OFFICE.value, refused=dict(refused) if refused else None, **entry.fields(),
    )  # fmt: skip
    row = _write(ActKind.APPRAISE, by, revision, stated, on, "")
    _remember(row, item, by, stated)
    return stated


def _refuse_other_than_seen(revision: Statement, seen: Seen) -> None:
    """Raises Stale where another revision, or another result of it, is the newest that the district tested."""
    stages = [Stage.VERIFIED.value, Stage.APPROVED.value]
    tested = Statement.objects.filter(
        assessment_id=revision.assessment_id, kind=StatementKind.REVISION.value, stage__in=stages
    ).order_by("-pk").first()  # fmt: skip
    result = Statement.objects.filter(of_id=revision.pk, kind=StatementKind.VERIFICATION.value).order_by("-pk").first()
    now = (tested.pk if tested else None, result.pk if result else None)
    if now != (seen.revision, seen.result):
        raise Stale(tested or revision, revision.assessment.version)
