"""Remarks about a figure: say something, call people, answer, resolve. Nothing said is changed or deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions import notify, remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.rules import Act as HistoryAct
from accounts.rules import NoticeKind
from communes.models import Assessment, Comment
from communes.policies import Refused
from criteria.rules.numbers import clean_text

LONGEST_COMMENT = 2000


@transaction.atomic
def add_comment(
    *, by: Person, assessment: Assessment, refusal: str | None, text: str, concerned: Iterable[int],
    mentions: Iterable[int], answers: Comment | None, url: str, on: date,
) -> Comment:  # fmt: skip
    """Say something about a figure. `refusal` is the policy's answer for this person (`why_not_discuss`), `concerned`
    the people who may be called. Those called and those who spoke in the thread before are told. Raises Refused."""
    if refusal:
        raise Refused(refusal)
    text = clean_text(text).strip()
    if not text:
        raise Refused("Chưa có nội dung trao đổi.")
    if len(text) > LONGEST_COMMENT:
        raise Refused(f"Nội dung dài quá {LONGEST_COMMENT} ký tự. Rút gọn rồi gửi lại.")
    called = set(mentions)
    if called - set(concerned):
        raise Refused("Chỉ nhắc tên được người của đơn vị, cơ quan chủ trì, phối hợp và văn phòng.")
    if answers is not None and (answers.assessment_id != assessment.pk or answers.answers_id):
        raise Refused("Ý kiến đang trả lời không thuộc mục này.")
    row = Comment.objects.create(
        assessment=assessment, answers=answers, text=text, by=by, on=on, at=timezone.now()
    )  # fmt: skip
    row.mentions.set(called)
    _remember(row, by, "comment.add", f"ghi ý kiến về “{assessment.measure.name}”: {text[:200]}", on)
    _tell(row, (called | _in_thread(row)) - {by.pk}, by, url, on)
    return row


def _in_thread(row: Comment) -> set[int]:
    """Who spoke in the thread of this remark."""
    if row.answers_id is None:
        return set()
    earlier = Comment.objects.filter(answers_id=row.answers_id) | Comment.objects.filter(pk=row.answers_id)
    return set(earlier.values_list("by_id", flat=True))


def _tell(row: Comment, people: set[int], by: Person, url: str, on: date) -> None:
    assessment = row.assessment
    sentence = (
        f"{by.full_name} trao đổi về “{assessment.measure.name}” của {assessment.unit.full_name} "
        f"năm {assessment.year}: {row.text[:160]}"
    )
    notify(people=people, kind=NoticeKind.COMMENT, sentence=sentence, url=url, on=on)


@transaction.atomic
def settle_comment(*, by: Person, comment: Comment, refusal: str | None, is_resolved: bool, on: date) -> bool:
    """Resolve a remark with its answers, or open it again; whether anything changed. Raises Refused."""
    if refusal:
        raise Refused(refusal)
    now = timezone.now()
    wanted = {"resolved_by": by, "resolved_at": now} if is_resolved else {"resolved_by": None, "resolved_at": None}
    rows = Comment.objects.filter(pk=comment.pk, answers=None, resolved_at__isnull=is_resolved)
    changed = rows.update(**wanted) > 0
    if changed:
        said = "đánh dấu đã giải quyết" if is_resolved else "mở lại"
        act = "comment.resolve" if is_resolved else "comment.reopen"
        _remember(comment, by, act, f"{said} ý kiến về “{comment.assessment.measure.name}”: {comment.text[:120]}", on)
    return changed


def _remember(row: Comment, by: Person, act: str, sentence: str, on: date) -> None:
    assessment = row.assessment
    unit = assessment.unit
    changes = {"comment": row.pk, "assessment": assessment.pk, "year": assessment.year}
    said = f"{unit.title}: {PERSON_MARK} {sentence}"
    remember(
        HistoryAct(
            act, by.pk, said, on, timezone.now(), changes, unit.district_code, unit.code, assessment.measure.code
        )
    )
