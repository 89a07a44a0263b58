"""Typing a value: every save is a new revision, and carries the version that the person saw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.models import Assessment, ExemptionGrant, Statement, Unit
from communes.policies import (
    Item,
    Refused,
    why_not_assess,
    why_not_exempt,
    why_not_grant_exemption,
    why_not_prefill,
    why_not_without_subject,
)
from communes.queries.exemptions import is_exemption_allowed
from communes.queries.rounds import year_lock
from communes.rules.workflow import UNSENT, Source, Stage, StatementKind
from criteria.models import Measure
from criteria.queries import measure_of
from criteria.rules.numbers import clean_text
from criteria.rules.rulebook import Value
from criteria.rules.values import encode_value, show_value
from criteria.rules.vocabulary import ExemptionKind, Level


@dataclass(frozen=True, slots=True)
class Entry:
    """What is stated: a value, or an exemption with its reason and document."""

    value: Value | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    exemption: ExemptionKind = ExemptionKind.NONE
    exemption_reason: str = ""
    document: str = ""
    remark: str = ""

    def fields(self) -> dict[str, Any]:
        return {
            "value": encode_value(self.value),
            "numerator": self.numerator,
            "denominator": self.denominator,
            "exemption": self.exemption.value,
            "exemption_reason": clean_text(self.exemption_reason).strip(),
            "document": clean_text(self.document, keep_newlines=False).strip(),
            "remark": clean_text(self.remark).strip(),
        }


class Stale(Exception):
    """Somebody saved since the person looked: `current` is theirs, `version` what to send with a decision."""

    def __init__(self, current: Statement | None, version: int) -> None:
        super().__init__("Người khác vừa sửa.")
        self.current, self.version = current, version


@dataclass(frozen=True, slots=True)
class Saved:
    assessment: Assessment
    revision: Statement | None
    changed: bool


@transaction.atomic
def save_value(
    *,
    by: Person,
    standing: Standing,
    item: Item,
    unit: Unit,
    measure: Measure,
    year: int,
    seen_version: int,
    entry: Entry,
    on: date,
    prefill: bool = False,
) -> Saved:
    """Save one cell as a draft revision. Raises Refused, or Stale where `seen_version` is no longer the last.

    Saving what already stands changes nothing and makes no revision. `prefill`: somebody of the lead department or
    the office fills in a commune's value, which the commune has yet to accept.
    """
    may = why_not_prefill if prefill else why_not_assess
    if refusal := may(standing, item) or refusal_of_exemption(entry, unit, measure, year):
        raise Refused(refusal)
    assessment, _ = Assessment.objects.get_or_create(unit=unit, measure=measure, year=year)
    seen = Assessment.objects.filter(pk=assessment.pk, version=seen_version)
    if not seen.update(version=F("version") + 1):
        raise _stale(assessment.pk)
    assessment = Assessment.objects.select_related("current").get(pk=assessment.pk)
    if prefill and (refusal := why_not_prefill(standing, _as_it_stands(item, assessment.current))):
        raise Refused(refusal)
    fields = entry.fields()
    if _says_the_same(assessment.current, fields):
        Assessment.objects.filter(pk=assessment.pk).update(version=seen_version)
        assessment.version = seen_version
        return Saved(assessment, assessment.current, False)
    now = timezone.now()
    before = assessment.current
    stage = Stage.PREFILLED if prefill else Stage.DRAFT
    revision = Statement.objects.create(
        assessment=assessment, kind=StatementKind.REVISION.value, stage=stage.value, by=by, on=on, at=now,
        source=_source(item, standing, prefill).value, **fields,
    )  # fmt: skip
    if before is not None and before.stage in UNSENT:
        Statement.objects.filter(pk=before.pk).update(stage=Stage.REPLACED.value)
    Assessment.objects.filter(pk=assessment.pk).update(current=revision)
    assessment.current = revision
    remember(_history(by, item, unit, measure, before, revision, on, now))
    refuse_if_locked(item.district, year)
    return Saved(assessment, revision, True)


def _as_it_stands(item: Item, current: Statement | None) -> Item:
    """With the stage that holds under the lock: accepting and sending leave the version as it was."""
    return replace(item, stage=Stage(current.stage) if current is not None else None)


def refusal_of_exemption(entry: Entry, unit: Unit, measure: Measure, year: int) -> str | None:
    """Why an entry's exemption may not be stated here; None where it may, or where it states none."""
    if entry.exemption is ExemptionKind.NONE:
        return None
    if entry.exemption is ExemptionKind.NO_SUBJECT:
        return why_not_without_subject(entry.numerator, entry.denominator)
    return why_not_exempt(is_exemption_allowed(unit, measure, year))


def refuse_if_locked(district: str, year: int) -> None:
    """Ask once more after the act was remembered: history is one chain under one lock, which closing a round takes
    before it reads, so either the closing is seen here or this act is in its snapshot. Raises Refused. One query."""
    if locked := year_lock(district, year):
        raise Refused(locked)


def _source(item: Item, standing: Standing, prefill: bool) -> Source:  # noqa: FBT001
    if item.level is Level.COMMUNE and not prefill:
        return Source.COMMUNE
    return Source.DEPARTMENT if standing.departments_in(item.district) else Source.OFFICE


def _stale(pk: int) -> Stale:
    fresh = Assessment.objects.select_related("current__by").get(pk=pk)
    return Stale(fresh.current, fresh.version)


def _says_the_same(current: Statement | None, fields: dict[str, Any]) -> bool:
    if current is None:
        return fields["value"] is None and not fields["exemption"] and not fields["remark"]
    if current.stage in (Stage.WITHDRAWN, Stage.PREFILLED):
        return False
    return says(current, fields)


def says(statement: Statement, fields: dict[str, Any]) -> bool:
    """Whether a statement says what the fields say: "91" and "91,0" are one figure."""
    return all(
        getattr(statement, name) == value or (name == "value" and _is_same_number(statement.value, value))
        for name, value in fields.items()
    )


def _is_same_number(one: object, other: object) -> bool:
    try:
        return isinstance(one, str) and isinstance(other, str) and Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def said(measure: Measure, statement: Statement | None) -> str:
    """A statement in a sentence: its value with unit, or why it does not apply."""
    if statement is None or (statement.value is None and not statement.exemption):
        return "chưa có số liệu"
    if statement.exemption:
        return f"{ExemptionKind(statement.exemption).label} ({statement.exemption_reason})"
    rules_measure = measure_of(measure)
    value = statement.value if isinstance(statement.value, bool) else None
    if value is None:
        value = str(statement.value) if rules_measure.scale else Decimal(str(statement.value))
    return show_value(rules_measure, value)


def _history(
    by: Person, item: Item, unit: Unit, measure: Measure, before: Statement | None, after: Statement, on: date,
    now: datetime,
) -> HistoryAct:  # fmt: skip
    old, new = said(measure, before), said(measure, after)
    verb = f"nhập “{measure.name}”: {new}" if before is None else f"sửa “{measure.name}” từ {old} thành {new}"
    return HistoryAct(
        "assessment.save", by.pk, f"{unit.title}: {PERSON_MARK} {verb}", on, now,
        {
            "before": before.value if before else None, "after": after.value, "remark": after.remark,
            "year": after.assessment.year,
        },
        item.district, unit.code, measure.code,
    )  # fmt: skip


@transaction.atomic
def grant_exemption(
    *, by: Person, standing: Standing, item: Item, unit: Unit, measure: Measure, year: int, reason: str, document: str,
    on: date,
) -> ExemptionGrant:  # fmt: skip
    """Let a measure not apply to a unit in a year. The assessor then states it, and it is verified like a value."""
    if refusal := why_not_grant_exemption(standing, item.district):
        raise Refused(refusal)
    reason, document = clean_text(reason).strip(), clean_text(document, keep_newlines=False).strip()
    if not reason or not document:
        raise Refused("Phải ghi lý do và văn bản cho phép không áp dụng.")
    if ExemptionGrant.objects.filter(unit=unit, measure=measure, year=year).exists():
        raise Refused("Đã cho phép không áp dụng mục này trong năm nay rồi.")
    now = timezone.now()
    row = ExemptionGrant.objects.create(
        unit=unit, measure=measure, year=year, reason=reason, document=document, by=by, on=on, at=now
    )
    remember(
        HistoryAct("exemption.grant", by.pk,
            f"{PERSON_MARK} cho phép {unit.full_name} không áp dụng “{measure.name}” năm {year}: {reason} ({document})",
            on, now, {"year": year, "document": document}, item.district, unit.code, measure.code)
    )  # fmt: skip
    refuse_if_locked(item.district, year)
    return row
