"""Bringing documents in, attaching them to figures, taking them away, saying which ones a measure needs.

Order on disk: Django's temporary file → checks (`communes.imports.files`, before any transaction) → the bytes at
their place, named by their content → the rows that speak of them. What a row names therefore always exists; an act
that fails, or a process that is killed, leaves at most bytes that nobody speaks of (`manage.py check_evidence` lists
them). Bytes are never replaced and never deleted here: a new scan is a further file of the same document.

Who attaches or takes away locks the assessment, as those do who verify and approve: so a decision either knows a
paper or comes before it. Locks are taken in one order: document, assessments, history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.actions.keeping import keep, keep_again
from communes.actions.stating import refuse_if_locked
from communes.models import Assessment, Attachment, Evidence, EvidenceFile, RequiredPaper, Unit
from communes.policies import (
    Document,
    Item,
    Refused,
    attaches_on_behalf,
    why_not_attach,
    why_not_bring_in,
    why_not_correct,
    why_not_detach,
    why_not_renew,
)
from communes.rules.evidence import CheckedFile, PaperKind
from communes.rules.workflow import Stage
from criteria.models import Measure
from criteria.rules.vocabulary import Level


@dataclass(frozen=True, slots=True)
class Details:
    """What a document says of itself. `link` is its address where no file is kept; texts are clean already."""

    kind: PaperKind
    title: str
    number: str = ""
    issued_on: date | None = None
    issuer: str = ""
    valid_until: date | None = None
    link: str = ""

    def fields(self) -> dict[str, object]:
        return {
            "kind": self.kind.value, "title": self.title, "number": self.number, "issued_on": self.issued_on,
            "issuer": self.issuer, "valid_until": self.valid_until, "link": self.link,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that passed every check, with its bytes."""

    checked: CheckedFile
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class Beside:
    """The figure that a paper is laid beside. Its assessment need not exist yet."""

    item: Item
    unit: Unit
    measure: Measure
    year: int


def bring_in(
    *, by: Person, standing: Standing, beside: Beside, details: Details, upload: Upload | None, on: date,
    required: int | None = None,
) -> Attachment:  # fmt: skip
    """A new document, laid beside a figure at once. Raises Refused."""
    if refusal := why_not_attach(standing, beside.item):
        raise Refused(refusal)
    _refuse_empty(details, upload)
    stored = keep(upload.checked.sha256, upload.content) if upload else ""
    on_behalf = attaches_on_behalf(standing, beside.item)
    with transaction.atomic():
        assessment = _lock(beside)
        if upload:
            _refuse_same_bytes(assessment, upload.checked.sha256)
        unit = beside.unit.parent if on_behalf else beside.unit
        assert unit is not None
        document = _write_document(by, unit, details, upload, stored, on)
        row = _attach(by, standing, beside, assessment, document, required, on)
    keep_again(stored, upload.content if upload else None)
    return row


def bring_in_for_district(
    *, by: Person, standing: Standing, district: Unit, details: Details, upload: Upload | None, on: date
) -> Evidence:
    """A document of the district that figures of several communes will rest on; it supports nothing yet."""
    if refusal := why_not_bring_in(standing, district.code):
        raise Refused(refusal)
    return keep_for_district(by=by, district=district, details=details, upload=upload, on=on)


def keep_for_district(
    *, by: Person, district: Unit, details: Details, upload: Upload | None, on: date
) -> Evidence:
    """The same for acts of upper floors that bring a document with them (a directive) and have asked their own
    policy. Raises Refused where there is neither a file nor a link."""
    _refuse_empty(details, upload)
    stored = keep(upload.checked.sha256, upload.content) if upload else ""
    with transaction.atomic():
        document = _write_document(by, district, details, upload, stored, on)
        remember(
            HistoryAct("evidence.bring_in", by.pk,
                f"{district.title}: {PERSON_MARK} đưa lên {_called(document)}", on, timezone.now(),
                {"evidence": document.pk, **_content(upload, details)}, district.code, district.code)
        )  # fmt: skip
    keep_again(stored, upload.content if upload else None)
    return document


@transaction.atomic
def attach(
    *, by: Person, standing: Standing, beside: Beside, document: Evidence, on: date, required: int | None = None
) -> Attachment:
    """Lay a document that is already here beside one more figure: the unit's own, or one of its district. The caller
    found it through `visible_to`. Raises Refused."""
    if refusal := why_not_attach(standing, beside.item):
        raise Refused(refusal)
    document = Evidence.objects.select_for_update().get(pk=document.pk)
    if document.unit_id not in (beside.unit.pk, beside.unit.parent_id if beside.unit.is_commune else None):
        raise Refused("Văn bản này của xã khác; chỉ văn bản của huyện dùng chung được cho nhiều xã.")
    assessment = _lock(beside)
    if Attachment.objects.filter(assessment=assessment, evidence=document, removed_at=None).exists():
        raise Refused(f"{_sentence(_called(document))} đã đính kèm mục này rồi.")
    return _attach(by, standing, beside, assessment, document, required, on)


@transaction.atomic
def detach(*, by: Person, standing: Standing, beside: Beside, attachment: int, on: date) -> Attachment:
    """Take a paper away from a figure. Its row stays, and its document with its files. Raises Refused."""
    assessment = _lock(beside)
    row = Attachment.objects.select_related("evidence").get(pk=attachment, assessment=assessment)
    item = _as_it_stands(beside.item, assessment)
    if refusal := why_not_detach(standing, item, on_behalf=row.on_behalf):
        raise Refused(refusal)
    if row.removed_at is not None:
        raise Refused("Minh chứng này đã được gỡ trước đó.")
    now = timezone.now()
    Attachment.objects.filter(pk=row.pk).update(removed_by=by, removed_on=on, removed_at=now)
    _remember(by, "evidence.detach", f"gỡ {_called(row.evidence)} khỏi", beside, row, on)
    refuse_if_locked(beside.item.district, beside.year)
    return row


def renew(
    *, by: Person, standing: Standing, document: Evidence, items: Mapping[int, Item], upload: Upload, on: date
) -> EvidenceFile:
    """A new file of the same document; the older ones stay and can be opened. `items`: what rests on it, by
    assessment, each locked first. Raises Refused."""
    if refusal := why_not_renew(standing, _document(document, items)):
        raise Refused(refusal)
    stored = keep(upload.checked.sha256, upload.content)
    with transaction.atomic():
        document = _lock_document(document, standing, items, why_not_renew)
        newest = document.files.first()
        if newest is not None and newest.sha256 == upload.checked.sha256:
            raise Refused("Tệp này giống hệt tệp đang có, không cần thay.")
        file = _write_file(by, document, upload.checked, stored, on)
        changes: dict[str, object] = {
            "file": file.pk, "sha256": file.sha256, "before": newest.sha256 if newest else None
        }  # fmt: skip
        words = f"thay tệp mới ({upload.checked.name}) cho {_called(document)}"
        _remember_document(by, "evidence.renew", words, document, changes, on)
        _refuse_if_any_locked(items)
    keep_again(stored, upload.content)
    return file


@transaction.atomic
def correct(
    *, by: Person, standing: Standing, document: Evidence, items: Mapping[int, Item], details: Details, on: date
) -> Evidence:
    """Mend what a document says of itself; before and after are remembered. Another link counts as another file."""
    rule = why_not_renew if details.link != document.link else why_not_correct
    document = _lock_document(document, standing, items, rule)
    if not details.link and not document.files.exists():
        raise Refused("Văn bản không có tệp thì phải có liên kết.")
    fields = details.fields()
    changed = {name: [str(getattr(document, name) or ""), str(value or "")]
        for name, value in fields.items() if (getattr(document, name) or "") != (value or "")}  # fmt: skip
    if changed:
        before = _called(document)
        Evidence.objects.filter(pk=document.pk).update(**fields)
        document.refresh_from_db()
        _remember_document(by, "evidence.correct", f"sửa thông tin {before}", document, {"fields": changed}, on)
        _refuse_if_any_locked(items)
    return document


# ---------- inside ----------

Rule = Callable[[Standing, Document], str | None]


def _refuse_empty(details: Details, upload: Upload | None) -> None:
    if upload is None and not details.link:
        raise Refused("Chọn ít nhất một tệp, hoặc dán liên kết.")


def _refuse_same_bytes(assessment: Assessment, sha256: str) -> None:
    there = Attachment.objects.filter(assessment=assessment, removed_at=None, evidence__files__sha256=sha256)
    row = there.select_related("evidence").first()
    if row is not None:
        raise Refused(f"Tệp này đã đính kèm mục này rồi: {_called(row.evidence)}.")


def _lock(beside: Beside) -> Assessment:
    row, _ = Assessment.objects.get_or_create(unit=beside.unit, measure=beside.measure, year=beside.year)
    return Assessment.objects.select_for_update().get(pk=row.pk)


def _as_it_stands(item: Item, assessment: Assessment) -> Item:
    """The item with the stage that holds under the lock."""
    current = assessment.current
    return replace(item, stage=Stage(current.stage) if current is not None and current.stage else None)


def _attach(
    by: Person, standing: Standing, beside: Beside, assessment: Assessment, document: Evidence, required: int | None,
    on: date,
) -> Attachment:  # fmt: skip
    on_behalf = attaches_on_behalf(standing, beside.item)
    row = Attachment.objects.create(
        assessment=assessment, evidence=document, required=_asked(beside, required, on), on_behalf=on_behalf, by=by,
        on=on, at=timezone.now(),
    )  # fmt: skip
    verb = f"{'thêm thay xã' if on_behalf else 'đính kèm'} {_called(document)} cho"
    _remember(by, "evidence.attach", verb, beside, row, on)
    refuse_if_locked(beside.item.district, beside.year)
    return row


def _asked(beside: Beside, required: int | None, on: date) -> RequiredPaper | None:
    """The asked-for paper that a document answers. Raises Refused where nobody asks for it here."""
    if required is None:
        return None
    rows = RequiredPaper.objects.in_force(on).filter(measure=beside.measure, district__code=beside.item.district)
    row = rows.filter(pk=required).first()
    if row is None:
        raise Refused("Danh mục minh chứng phải có vừa thay đổi. Tải lại trang rồi chọn lại.")
    return row


def _write_document(
    by: Person, unit: Unit, details: Details, upload: Upload | None, stored: str, on: date
) -> Evidence:
    document = Evidence.objects.create(unit=unit, by=by, on=on, at=timezone.now(), **details.fields())
    if upload:
        _write_file(by, document, upload.checked, stored, on)
    return document


def _write_file(by: Person, document: Evidence, checked: CheckedFile, stored: str, on: date) -> EvidenceFile:
    return EvidenceFile.objects.create(
        evidence=document, stored=stored, name=checked.name, kind=checked.kind.value, size=checked.size,
        pages=checked.pages, sha256=checked.sha256, by=by, on=on, at=timezone.now(),
    )  # fmt: skip


def _document(document: Evidence, items: Mapping[int, Item]) -> Document:
    unit = document.unit
    return Document(unit.code, unit.district_code, Level(unit.level), document.by_id, tuple(items.values()))


def _lock_document(document: Evidence, standing: Standing, items: Mapping[int, Item], rule: Rule) -> Evidence:
    """The document and every assessment that rests on it, locked, and the rule asked once more under the locks."""
    locked = Evidence.objects.select_for_update(of=("self",)).select_related("unit__parent").get(pk=document.pk)
    rests = Attachment.objects.filter(evidence=locked, removed_at=None).values("assessment")
    rows = {row.pk: row for row in Assessment.objects.select_for_update().filter(pk__in=rests).order_by("pk")}
    if rows.keys() != items.keys():
        raise Refused("Văn bản vừa được đính kèm hoặc gỡ ở mục khác. Tải lại trang rồi làm lại.")
    now = {pk: _as_it_stands(items[pk], row) for pk, row in rows.items()}
    if refusal := rule(standing, _document(locked, now)):
        raise Refused(refusal)
    return locked


def _refuse_if_any_locked(items: Mapping[int, Item]) -> None:
    rows = Assessment.objects.filter(pk__in=list(items)).values_list("pk", "year")
    for district, year in sorted({(items[pk].district, year) for pk, year in rows}):
        refuse_if_locked(district, year)


def _called(document: Evidence) -> str:
    """ "“Quyết định công nhận” số 12/QĐ-UBND"."""
    return f"“{document.title}”" + (f" số {document.number}" if document.number else "")


def _sentence(text: str) -> str:
    return f"Văn bản {text}"


def _content(upload: Upload | None, details: Details) -> dict[str, str]:
    return {"sha256": upload.checked.sha256} if upload else {"link": details.link}


def _remember(by: Person, act: str, verb: str, beside: Beside, row: Attachment, on: date) -> None:
    newest = row.evidence.files.first()
    changes = {
        "evidence": row.evidence_id, "attachment": row.pk, "on_behalf": row.on_behalf, "year": beside.year,
        **({"sha256": newest.sha256} if newest else {"link": row.evidence.link}),
    }  # fmt: skip
    remember(
        HistoryAct(act, by.pk, f"{beside.unit.title}: {PERSON_MARK} {verb} “{beside.measure.name}” năm {beside.year}",
            on, timezone.now(), changes, beside.item.district, beside.unit.code, beside.measure.code)
    )  # fmt: skip


def _remember_document(
    by: Person, act: str, words: str, document: Evidence, changes: dict[str, object], on: date
) -> None:
    unit = document.unit
    remember(
        HistoryAct(act, by.pk, f"{unit.title}: {PERSON_MARK} {words}", on, timezone.now(),
            {"evidence": document.pk, **changes}, unit.district_code, unit.code)
    )  # fmt: skip
