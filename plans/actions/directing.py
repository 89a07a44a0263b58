"""Directives: enter a document with what it asks, add to it, correct it, change an item.

Nothing is deleted: what is no longer wanted is closed with a note (`plans.actions.following`). Locks are taken in one
order: the document, its items in order of primary keys, the district, the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Department, Person
from accounts.roles import Standing
from communes.actions.evidence import Details, Upload, keep_for_district
from communes.actions.locking import hold_units
from communes.models import Evidence, Posting, Unit
from communes.rules.evidence import PaperKind
from criteria.policies import Refused
from criteria.rules.numbers import clean_text
from plans.actions.telling_directives import (
    remember_directive,
    remember_given,
    remember_item,
    tell_changed,
    tell_given,
)
from plans.models import Directive, DirectiveItem
from plans.policies.directing import why_not_change, why_not_give
from plans.queries.directives import asked_item, called
from plans.rules.vocabulary import DirectiveKind

LONGEST_TEXT, LONGEST_TITLE = 2000, 300
MOST_ITEMS = 200


class Stale(Exception):
    """Somebody changed it since the person looked; `current` is the row as it stands now."""

    def __init__(self, current: Directive | DirectiveItem) -> None:
        super().__init__("Người khác vừa sửa.")
        self.current = current


@dataclass(frozen=True, slots=True)
class Head:
    """What a document says of itself."""

    kind: DirectiveKind
    title: str
    issued_on: date
    issuer: str
    number: str = ""

    def fields(self) -> dict[str, object]:
        return {
            "kind": self.kind.value, "title": self.title, "issued_on": self.issued_on, "issuer": self.issuer,
            "number": self.number,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked; of several `units` each is given an item of its own, under one number."""

    text: str
    units: tuple[Unit, ...]
    department: Department | None = None
    responsible: Person | None = None
    due_on: date | None = None


@transaction.atomic
def enter_directive(
    *, by: Person, standing: Standing, district: Unit, head: Head, asked: Sequence[Asked], on: date,
    upload: Upload | None = None, is_illustrative: bool = False,
) -> Directive:  # fmt: skip
    """A new document with everything it asks; who is given something is told. Raises Refused."""
    if refusal := why_not_give(standing, district.code):
        raise Refused(refusal)
    _refuse_head(head, on)
    if not asked:
        raise Refused("Ghi ít nhất một nội dung giao việc.")
    hold_units([district.code])
    _refuse_twice(district, head)
    document = _keep(by, district, head, upload, on)
    row = Directive.objects.create(
        district=district, document=document, is_illustrative=is_illustrative, by=by, on=on, at=timezone.now(),
        **head.fields(),
    )  # fmt: skip
    items = _write_items(row, asked, on)
    words = f"ghi {called(row)}, {row.issuer}, ngày {row.issued_on:%d/%m/%Y}: {len(items)} nội dung"
    remember_directive("enter", row, by, words, on, {"items": len(items), "evidence": document and document.pk})
    remember_given(row, items, by, on)
    tell_given(row, items, by, on)
    return row


@transaction.atomic
def add_items(
    *, by: Person, standing: Standing, directive: Directive, asked: Sequence[Asked], on: date
) -> list[DirectiveItem]:
    """Further items of a document that is there. Raises Refused."""
    if refusal := why_not_give(standing, directive.district.code):
        raise Refused(refusal)
    if not asked:
        raise Refused("Ghi ít nhất một nội dung giao việc.")
    row = _locked(directive)
    items = _write_items(row, asked, on)
    remember_given(row, items, by, on)
    tell_given(row, items, by, on)
    return items


@transaction.atomic
def correct_head(
    *, by: Person, standing: Standing, directive: Directive, seen: Head, head: Head, on: date,
    upload: Upload | None = None,
) -> Directive:  # fmt: skip
    """Mend what a document says of itself, or lay its file beside it (the older file stays kept). `seen`: what the
    person had before them. Raises Refused, Stale."""
    if refusal := why_not_give(standing, directive.district.code):
        raise Refused(refusal)
    _refuse_head(head, on)
    row = _locked(directive)
    hold_units([row.district.code])
    now = {name: getattr(row, name) for name in head.fields()}
    if now != seen.fields():
        raise Stale(row)
    _refuse_twice(row.district, head, but=row.pk)
    first_due = row.items.exclude(due_on=None).order_by("due_on").values_list("due_on", flat=True).first()
    if first_due is not None and first_due < head.issued_on:
        raise Refused(f"Có nội dung hạn {first_due:%d/%m/%Y}, sớm hơn ngày ban hành này.")
    changed = {
        name: [str(now[name]), str(value)] for name, value in head.fields().items() if now[name] != value
    }  # fmt: skip
    if not changed and upload is None:
        return row
    before, document = called(row), _keep(by, row.district, head, upload, on)
    for name, value in head.fields().items():
        setattr(row, name, value)
    row.document = document or row.document
    row.save()
    changes: dict[str, object] = {"fields": changed, "evidence": row.document_id}
    remember_directive("correct", row, by, f"sửa thông tin {before}", on, changes)
    return row


@transaction.atomic
def change_item(
    *, by: Person, standing: Standing, item: DirectiveItem, seen_version: int, asked: Asked, on: date
) -> DirectiveItem:
    """What is asked, of whom, by when; those who answer for it now are told. `asked.units` holds the one unit. Raises
    Refused, Stale."""
    row = locked_item(item)
    if refusal := why_not_change(standing, asked_item(row)):
        raise Refused(refusal)
    if row.version != seen_version:
        raise Stale(row)
    _refuse_asked(asked, row.directive, on)
    before, (unit,) = _fields(row), asked.units
    row.text, row.unit, row.department, row.responsible, row.due_on = (
        _text_of(asked), unit, asked.department, asked.responsible, asked.due_on,
    )  # fmt: skip
    after = _fields(row)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        return row
    row.version += 1
    row.save()
    words = f"sửa nội dung “{row.text[:120]}” của {called(row.directive)}: {_in_words(changed)}"
    remember_item("change", row, by, words, on, {"fields": changed})
    due = f", hạn {row.due_on:%d/%m/%Y}" if row.due_on else ""
    tell_changed(row, f"{by.full_name} sửa nội dung được giao: {row.text[:160]}{due}", by, on)
    return row


def locked_item(item: DirectiveItem) -> DirectiveItem:
    """The row as it stands now: two people who act at once do so one after the other."""
    rows = DirectiveItem.objects.select_for_update(of=("self",))
    joined = rows.select_related("directive__district", "unit__parent", "department", "responsible")
    return joined.get(pk=item.pk)


def _locked(directive: Directive) -> Directive:
    rows = Directive.objects.select_for_update(of=("self",))
    return rows.select_related("district").get(pk=directive.pk)


def _keep(by: Person, district: Unit, head: Head, upload: Upload | None, on: date) -> Evidence | None:
    if upload is None:
        return None
    details = Details(PaperKind.DOCUMENT, head.title, head.number, head.issued_on, head.issuer)
    return keep_for_district(by=by, district=district, details=details, upload=upload, on=on)


def _refuse_head(head: Head, on: date) -> None:
    if not head.title:
        raise Refused("Ghi trích yếu của văn bản.")
    if not head.issuer:
        raise Refused("Ghi cơ quan ban hành.")
    if head.issued_on > on:
        raise Refused("Ngày ban hành chưa đến.")


def _refuse_twice(district: Unit, head: Head, but: int | None = None) -> None:
    if not head.number:
        return
    same = Directive.objects.filter(
        district=district, kind=head.kind.value, number__iexact=head.number, issued_on=head.issued_on
    )
    if same.exclude(pk=but).exists():
        raise Refused(f"{head.kind.label} số {head.number} ngày {head.issued_on:%d/%m/%Y} đã được ghi rồi.")


def _write_items(row: Directive, asked: Sequence[Asked], on: date) -> list[DirectiveItem]:
    if sum(len(one.units) for one in asked) > MOST_ITEMS:
        raise Refused(f"Mỗi lần ghi nhiều nhất {MOST_ITEMS} nội dung; chia ra ghi làm nhiều lần.")
    position = row.items.aggregate(most=Max("position"))["most"] or 0
    items = []
    for one in asked:
        _refuse_asked(one, row, on)
        position += 1
        items += [
            DirectiveItem(
                directive=row, position=position, text=_text_of(one), unit=unit, department=one.department,
                responsible=one.responsible, due_on=one.due_on,
            )
            for unit in one.units
        ]  # fmt: skip
    return DirectiveItem.objects.bulk_create(items)


def _text_of(asked: Asked) -> str:
    return clean_text(asked.text).strip()


def _refuse_asked(asked: Asked, directive: Directive, on: date) -> None:
    text = _text_of(asked)
    if not text:
        raise Refused("Chưa ghi nội dung giao việc.")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"Nội dung “{text[:40]}…” dài quá {LONGEST_TEXT} ký tự.")
    if asked.due_on is not None and asked.due_on < directive.issued_on:
        raise Refused(f"Hạn {asked.due_on:%d/%m/%Y} của “{text[:60]}” sớm hơn ngày ban hành văn bản.")
    if asked.responsible is not None and not _may_answer(asked, directive.district, on):
        raise Refused(
            f"{asked.responsible.full_name} không phải cán bộ của đơn vị được giao hoặc của phòng, ban, cấp huyện."
        )


def _may_answer(asked: Asked, district: Unit, on: date) -> bool:
    """Somebody of the district's desks, or of the one commune that is meant."""
    places = {district.pk} | ({asked.units[0].pk} if len(asked.units) == 1 else set())
    return Posting.objects.held_on(on).filter(person=asked.responsible, unit__in=places).exists()


def _fields(row: DirectiveItem) -> dict[str, str]:
    return {
        "nội dung": row.text,
        "đơn vị": row.unit.full_name,
        "cơ quan": row.department.name if row.department else "",
        "người phụ trách": row.responsible.full_name if row.responsible else "",
        "hạn": f"{row.due_on:%d/%m/%Y}" if row.due_on else "",
    }


def _in_words(changed: dict[str, list[str]]) -> str:
    empty = "(trống)"
    return "; ".join(f"{name} {was[:60] or empty} → {now[:60] or empty}" for name, (was, now) in changed.items())
