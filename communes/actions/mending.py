"""Findings ("nội dung cần khắc phục"): record one, say that it is mended, close it, open it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions import notify, remember
from accounts.models import Department, Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Role, Standing
from accounts.rules import Act as HistoryAct
from accounts.rules import NoticeKind
from communes.models import Finding, Posting, Unit
from communes.policies import (
    Refused,
    why_not_close_finding,
    why_not_finish_finding,
    why_not_record_finding,
    why_not_reopen_finding,
)
from communes.queries.discussion import finding_item
from criteria.models import Measure
from criteria.rules.numbers import clean_text

LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be mended: where, about what, who mends it, by when."""

    unit: Unit
    year: int
    text: str
    due_on: date
    measure: Measure | None = None
    found_by: str = ""
    document: str = ""
    owner: Person | None = None
    department: Department | None = None


@transaction.atomic
def record_finding(
    *, by: Person, standing: Standing, found: Found, lead: str | None, url: str, on: date
) -> Finding:
    """Write down what an inspection found. `lead` is the code of the department that leads the measure (None without
    one). Whoever mends it is told. Raises Refused."""
    if refusal := why_not_record_finding(standing, found.unit.district_code, lead):
        raise Refused(refusal)
    text = clean_text(found.text).strip()
    if not text:
        raise Refused("Chưa ghi nội dung cần khắc phục.")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"Nội dung dài quá {LONGEST_TEXT} ký tự. Rút gọn rồi ghi lại.")
    if found.owner is not None and not _may_mend(found, on):
        raise Refused("Người phụ trách phải là cán bộ của đơn vị này hoặc của phòng, ban, văn phòng cấp huyện.")
    if found.due_on < on:
        raise Refused("Hạn khắc phục đã qua; chọn từ hôm nay trở đi.")
    row = Finding.objects.create(
        unit=found.unit, year=found.year, measure=found.measure, text=text, found_by=found.found_by,
        document=found.document, owner=found.owner, department=found.department, due_on=found.due_on, by=by, on=on,
        at=timezone.now(),
    )  # fmt: skip
    sentence = f"Cần khắc phục ({row.unit.full_name}, hạn {row.due_on:%d/%m/%Y}): {text[:200]}"
    _remember(row, by, "finding.record", f"ghi nội dung cần khắc phục, hạn {row.due_on:%d/%m/%Y}: {text[:200]}", on)
    notify(people=_menders(row, on) - {by.pk}, kind=NoticeKind.FINDING, sentence=sentence, url=url, on=on)
    return row


def _may_mend(found: Found, on: date) -> bool:
    """Somebody of the unit itself or of the district's desks: an officer of another commune could not even read it."""
    assert found.owner is not None
    unit = found.unit
    places = [unit.pk] + ([unit.parent_id] if unit.is_commune else [])
    return Posting.objects.held_on(on).filter(person=found.owner, unit__in=places).exists()


@transaction.atomic
def finish_finding(*, by: Person, standing: Standing, finding: Finding, note: str, url: str, on: date) -> None:
    """Say that it is mended, and how; who found it is told. Raises Refused."""
    row = _locked(finding)
    if refusal := why_not_finish_finding(standing, finding_item(row)):
        raise Refused(refusal)
    note = clean_text(note).strip()
    if not note:
        raise Refused("Ghi đã làm gì để người nêu kiểm tra được.")
    if len(note) > LONGEST_TEXT:
        raise Refused(f"Nội dung dài quá {LONGEST_TEXT} ký tự. Rút gọn rồi ghi lại.")
    row.done_note, row.done_on, row.done_by = note, on, by
    row.save(update_fields=["done_note", "done_on", "done_by"])
    _remember(row, by, "finding.done", f"báo đã khắc phục “{row.text[:120]}”: {note[:200]}", on)
    sentence = f"{by.full_name} báo đã khắc phục ({row.unit.full_name}): {row.text[:160]}"
    notify(people={row.by_id} - {by.pk}, kind=NoticeKind.FINDING, sentence=sentence, url=url, on=on)


@transaction.atomic
def close_finding(*, by: Person, standing: Standing, finding: Finding, url: str, on: date) -> None:
    """Close it: checked, nothing left to mend. Raises Refused."""
    row = _locked(finding)
    if refusal := why_not_close_finding(standing, finding_item(row)):
        raise Refused(refusal)
    row.closed_on, row.closed_by = max(on, row.on), by
    row.save(update_fields=["closed_on", "closed_by"])
    _remember(row, by, "finding.close", f"đóng nội dung cần khắc phục “{row.text[:160]}”", on)
    sentence = f"{by.full_name} đã đóng nội dung cần khắc phục ({row.unit.full_name}): {row.text[:160]}"
    notify(people=_menders(row, on) - {by.pk}, kind=NoticeKind.FINDING, sentence=sentence, url=url, on=on)


@transaction.atomic
def reopen_finding(*, by: Person, standing: Standing, finding: Finding, reason: str, url: str, on: date) -> None:
    """Open it again: closed too early, or not mended as was said. Raises Refused."""
    row = _locked(finding)
    if refusal := why_not_reopen_finding(standing, finding_item(row)):
        raise Refused(refusal)
    reason = clean_text(reason).strip()[:LONGEST_TEXT]
    if not reason:
        raise Refused("Ghi lý do mở lại để nơi khắc phục biết còn thiếu gì.")
    said = f"mở lại nội dung cần khắc phục “{row.text[:120]}”. Lý do: {reason[:200]}"
    before = {"done_on": str(row.done_on or ""), "done_note": row.done_note, "closed_on": str(row.closed_on or "")}
    row.done_on = row.done_by = row.closed_on = row.closed_by = None
    row.save(update_fields=["done_on", "done_by", "closed_on", "closed_by"])
    _remember(row, by, "finding.reopen", said, on, before)
    sentence = f"{by.full_name} mở lại nội dung cần khắc phục ({row.unit.full_name}): {row.text[:120]}. {reason[:160]}"
    notify(people=_menders(row, on) - {by.pk}, kind=NoticeKind.FINDING, sentence=sentence, url=url, on=on)


def _locked(finding: Finding) -> Finding:
    """The row as it stands now: two people who decide at once do so one after the other."""
    rows = Finding.objects.select_for_update(of=("self",))
    return rows.select_related("unit__parent", "measure", "department").get(pk=finding.pk)


def _menders(row: Finding, on: date) -> set[int]:
    """The person named; else the officers of the department named; and those of the commune."""
    people = {row.owner_id} if row.owner_id else set()
    seats = Posting.objects.held_on(on).filter(person__is_active=True)
    if row.department_id and not people:
        people |= set(seats.filter(department_id=row.department_id).values_list("person_id", flat=True))
    if row.unit.is_commune:
        officers = seats.filter(unit_id=row.unit_id, role=Role.COMMUNE.value)
        people |= set(officers.values_list("person_id", flat=True))
    return people


def _remember(row: Finding, by: Person, act: str, sentence: str, on: date, more: dict[str, str] | None = None) -> None:
    changes = {"finding": row.pk, "year": row.year, **(more or {})}
    said = f"{row.unit.title}: {PERSON_MARK} {sentence}"
    measure = row.measure.code if row.measure else ""
    unit = row.unit
    remember(
        HistoryAct(act, by.pk, said, on, timezone.now(), changes, unit.district_code, unit.code, measure)
    )
