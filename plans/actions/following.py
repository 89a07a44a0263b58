"""What becomes of an item of a directive: how far it is, that it is done, confirmed, opened again, back at a meeting.

Every act leaves a note that says what was done; a state is never typed (`plans.rules.directives`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from accounts.roles import Standing
from communes.models import Unit
from criteria.policies import Refused
from criteria.rules.numbers import clean_text
from plans.actions.directing import LONGEST_TEXT, Stale, locked_item
from plans.actions.telling_directives import (
    remember_directive,
    remember_item,
    tell_changed,
    tell_decided,
    tell_reported,
)
from plans.models import DirectiveItem, ItemNote
from plans.policies.directing import (
    why_not_confirm,
    why_not_note,
    why_not_record_meeting,
    why_not_reopen,
    why_not_report,
)
from plans.queries.directives import asked_item, called


@transaction.atomic
def note_progress(*, by: Person, standing: Standing, item: DirectiveItem, text: str, on: date) -> ItemNote:
    """Write down how far an item is. Raises Refused."""
    row = locked_item(item)
    if refusal := why_not_note(standing, asked_item(row)):
        raise Refused(refusal)
    said = _said(text, "Ghi đã làm đến đâu.")
    note = _note(row, said, by, on)
    remember_item("note", row, by, f"ghi tiến độ “{row.text[:120]}”: {said[:200]}", on)
    return note


@transaction.atomic
def report_done(*, by: Person, standing: Standing, item: DirectiveItem, text: str, on: date) -> None:
    """Who answers for it says that it is done, and what was done; the office is told. Raises Refused."""
    row = locked_item(item)
    if refusal := why_not_report(standing, asked_item(row)):
        raise Refused(refusal)
    said = _said(text, "Ghi kết quả thực hiện để Văn phòng kiểm tra được.")
    row.reported_on, row.reported_by = on, by
    row.save(update_fields=["reported_on", "reported_by"])
    _note(row, f"Báo đã xong: {said}", by, on)
    remember_item("report", row, by, f"báo đã xong “{row.text[:120]}”: {said[:200]}", on)
    tell_reported(row, f"{by.full_name} báo đã xong ({row.unit.full_name}): {row.text[:160]}", by, on)


@transaction.atomic
def confirm_done(*, by: Person, standing: Standing, item: DirectiveItem, text: str, on: date) -> None:
    """The office says that it is done. What nobody reported is closed with a note that says why. Raises Refused."""
    row = locked_item(item)
    if refusal := why_not_confirm(standing, asked_item(row)):
        raise Refused(refusal)
    said = clean_text(text).strip()
    if row.reported_on is None:
        said = _said(said, "Nơi thực hiện chưa báo xong: ghi kết quả hoặc lý do kết thúc nội dung này.")
    row.done_on, row.done_by = max(on, row.reported_on or on), by
    row.save(update_fields=["done_on", "done_by"])
    verb = "Xác nhận đã xong" if row.reported_on else "Kết thúc"
    _note(row, f"{verb}: {said}" if said else f"{verb}.", by, on)
    words = f"{verb.lower()} “{row.text[:120]}”" + (f": {said[:200]}" if said else "")
    remember_item("done", row, by, words, on)


@transaction.atomic
def reopen_item(*, by: Person, standing: Standing, item: DirectiveItem, text: str, on: date) -> None:
    """Open again what was reported or closed; who answers for it is told why. Raises Refused."""
    row = locked_item(item)
    if refusal := why_not_reopen(standing, asked_item(row)):
        raise Refused(refusal)
    said = _said(text, "Ghi lý do mở lại để nơi thực hiện biết còn thiếu gì.")
    before: dict[str, object] = {"reported_on": str(row.reported_on or ""), "done_on": str(row.done_on or "")}
    row.reported_on = row.reported_by = row.done_on = row.done_by = None
    row.save(update_fields=["reported_on", "reported_by", "done_on", "done_by"])
    _note(row, f"Mở lại: {said}", by, on)
    remember_item("reopen", row, by, f"mở lại “{row.text[:120]}”. Lý do: {said[:200]}", on, before)
    tell_changed(row, f"{by.full_name} mở lại “{row.text[:120]}”. Lý do: {said[:200]}", by, on)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a meeting decided about one item: words, and the due day from now on (None: it stays as it is)."""

    item: int
    seen_version: int
    text: str
    due_on: date | None = None


@transaction.atomic
def record_meeting(
    *, by: Person, standing: Standing, district: Unit, meeting_on: date, decisions: Sequence[Decision], on: date
) -> int:
    """Write down what a meeting decided, all in one act; how many items. Raises Refused, and Stale where somebody
    changed an item since."""
    if refusal := why_not_record_meeting(standing, district.code):
        raise Refused(refusal)
    if meeting_on > on:
        raise Refused("Cuộc họp chưa diễn ra; ghi kết luận từ ngày họp trở đi.")
    said = [one for one in decisions if one.text.strip() or one.due_on]
    if not said:
        raise Refused("Chưa ghi kết luận cho nội dung nào.")
    rows = _locked_items(district, {one.item for one in said})
    for one in said:
        if one.item not in rows:
            raise Refused("Có nội dung không còn mở hoặc không thuộc huyện này. Tải lại trang rồi ghi lại.")
        _decide(rows[one.item], one, by, meeting_on, on)
    first = rows[said[0].item].directive
    words = f"ghi kết luận cuộc họp ngày {meeting_on:%d/%m/%Y} về {len(said)} nội dung"
    remember_directive("meet", first, by, words, on, {"items": [one.item for one in said]})
    return len(said)


def _locked_items(district: Unit, wanted: set[int]) -> dict[int, DirectiveItem]:
    rows = DirectiveItem.objects.select_for_update(of=("self",)).filter(
        pk__in=wanted, directive__district=district, done_on=None
    )
    joined = rows.select_related("directive__district", "unit__parent", "department", "responsible")
    return {row.pk: row for row in joined.order_by("pk")}


def _decide(row: DirectiveItem, one: Decision, by: Person, meeting_on: date, on: date) -> None:
    if row.version != one.seen_version:
        raise Stale(row)
    text, moved = clean_text(one.text).strip(), ""
    if len(text) > LONGEST_TEXT:
        raise Refused(f"Kết luận về “{row.text[:40]}” dài quá {LONGEST_TEXT} ký tự.")
    if one.due_on is not None and one.due_on != row.due_on:
        if one.due_on < meeting_on:
            raise Refused(f"Hạn mới {one.due_on:%d/%m/%Y} của “{row.text[:60]}” đã qua trước ngày họp.")
        old = f"{row.due_on:%d/%m/%Y}" if row.due_on else "chưa đặt"
        moved = f"Hạn mới {one.due_on:%d/%m/%Y} (hạn cũ: {old})."
        row.due_on, row.version = one.due_on, row.version + 1
        row.save(update_fields=["due_on", "version"])
    words = _joined(text, moved) or "Giữ nguyên hạn."
    ItemNote.objects.create(item=row, text=words, meeting_on=meeting_on, by=by, on=on, at=timezone.now())
    said = f"họp ngày {meeting_on:%d/%m/%Y} về “{row.text[:120]}” của {called(row.directive)}: {words[:200]}"
    remember_item("decide", row, by, said, on, {"due_on": str(row.due_on or "")})
    tell_decided(row, f"Họp ngày {meeting_on:%d/%m/%Y}, “{row.text[:120]}”: {words[:200]}", meeting_on, by, on)


def _joined(text: str, more: str) -> str:
    if not (text and more):
        return text or more
    return f"{text} {more}" if text[-1] in ".!?;:" else f"{text}. {more}"


def _said(text: str, problem: str) -> str:
    said = clean_text(text).strip()
    if not said:
        raise Refused(problem)
    if len(said) > LONGEST_TEXT:
        raise Refused(f"Ghi dài quá {LONGEST_TEXT} ký tự. Rút gọn rồi ghi lại.")
    return said


def _note(row: DirectiveItem, text: str, by: Person, on: date) -> ItemNote:
    return ItemNote.objects.create(item=row, text=text, by=by, on=on, at=timezone.now())
