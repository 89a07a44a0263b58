"""Directives and their items as the list, a document, a meeting, a workbook and "việc của tôi" show them.

`items_of` is the one reading of items: four queries however many there are; everything else is made of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.db.models import Max, Prefetch, QuerySet
from django.urls import reverse

from accounts.roles import Standing
from communes.models import EvidenceFile, Unit
from plans.models import Directive, DirectiveItem, ItemNote, Task
from plans.policies.directing import (
    AskedItem,
    why_not_change,
    why_not_confirm,
    why_not_note,
    why_not_plan,
    why_not_reopen,
    why_not_report,
)
from plans.rules.directives import Facts, Tally, days_late, state_of, state_words, tally, tally_words, urgency
from plans.rules.vocabulary import DirectiveKind, ItemState


@dataclass(frozen=True)
class NoteRow:
    """What was said of an item; `meeting_on` where a meeting said it."""

    text: str
    by: str
    on: date
    meeting_on: date | None

    @property
    def who(self) -> str:
        """ "họp 15/10/2023" or "Nguyễn Thị Lan, 12/10/2023"."""
        return f"Họp {self.meeting_on:%d/%m/%Y}" if self.meeting_on else f"{self.by}, {self.on:%d/%m/%Y}"


@dataclass(frozen=True)
class TaskShown:
    """The task of the plan that stands for an item."""

    pk: int
    title: str
    progress: int | None
    finished_on: date | None

    @property
    def words(self) -> str:
        if self.finished_on is not None:
            return f"việc trong kế hoạch đã xong {self.finished_on:%d/%m/%Y}"
        return f"trong kế hoạch, đã làm được {self.progress} %" if self.progress is not None else "đã đưa vào kế hoạch"


@dataclass(frozen=True)
class ItemRow:
    """One item with its document, state on a day and what was said of it, oldest first; each `why_not_` is "" where
    one may."""

    pk: int
    version: int
    directive: int
    called: str
    issued_on: date
    position: int
    text: str
    unit: Unit
    department: str
    department_code: str
    responsible: str
    due_on: date | None
    facts: Facts
    state: ItemState
    state_words: str
    reported_by: str
    done_by: str
    notes: tuple[NoteRow, ...]
    task: TaskShown | None
    today: date
    is_mine: bool = False
    is_named: bool = False
    why_not_note: str = ""
    why_not_report: str = ""
    why_not_confirm: str = ""
    why_not_reopen: str = ""
    why_not_change: str = ""
    why_not_plan: str = ""

    @property
    def is_late(self) -> bool:
        return self.state is ItemState.LATE

    @property
    def is_done(self) -> bool:
        return self.state is ItemState.DONE

    @property
    def is_open(self) -> bool:
        """Somebody still works on it."""
        return self.state in (ItemState.OPEN, ItemState.LATE)

    @property
    def was_late(self) -> int:
        return days_late(self.facts, self.today)

    @property
    def holder(self) -> str:
        """Who answers for it: "Phan Thị Hoa, BHXH huyện", "xã Kỳ Phú"."""
        named = ", ".join(name for name in (self.responsible, self.department) if name)
        if self.unit.is_commune:
            return f"{self.unit.full_name}; {named}" if named else self.unit.full_name
        return named or "Văn phòng Điều phối NTM huyện"

    @property
    def last_note(self) -> NoteRow | None:
        return self.notes[-1] if self.notes else None

    @property
    def url(self) -> str:
        return item_url(self.directive, self.pk)

    @property
    def task_is_done(self) -> bool:
        return self.task is not None and self.task.finished_on is not None

    @property
    def css(self) -> str:
        return {"late": "late", "reported": "unk", "done": "okk"}.get(self.state.value, "ink2")


@dataclass(frozen=True)
class DirectiveRow:
    """A document with its items counted; `file` is the newest one, "" names where there is none."""

    pk: int
    district: Unit
    kind: DirectiveKind
    number: str
    title: str
    issued_on: date
    issuer: str
    is_illustrative: bool
    called: str
    file_name: str
    items: tuple[ItemRow, ...] = field(default=(), repr=False)

    @property
    def tally(self) -> Tally:
        return tally(item.state for item in self.items)

    @property
    def tally_words(self) -> str:
        return tally_words(self.tally)

    @property
    def next_due(self) -> date | None:
        """The earliest due day of what is still open."""
        return min((item.due_on for item in self.items if item.is_open and item.due_on), default=None)

    @property
    def url(self) -> str:
        return reverse("plans:directive", kwargs={"pk": self.pk})


def item_url(directive: int, item: int) -> str:
    """Where an item is read and answered: its place on the page of its document."""
    return f"{reverse('plans:directive', kwargs={'pk': directive})}#n-{item}"


def called(directive: Directive) -> str:
    """ "Thông báo kết luận 123-TB/HU", or with the day where it has no number."""
    kind = DirectiveKind(directive.kind).label
    if directive.number:
        return f"{kind} {directive.number}"
    return f"{kind} ngày {directive.issued_on:%d/%m/%Y}"


def asked_item(row: DirectiveItem) -> AskedItem:
    """What policies need to know of an item; its tasks are asked for where nobody prefetched them."""
    return AskedItem(
        district=row.directive.district.code,
        unit=row.unit.code,
        responsible=row.responsible_id,
        department=row.department.code if row.department else "",
        is_reported=row.reported_on is not None,
        is_done=row.done_on is not None,
        in_plan=any(task.withdrawn_on is None for task in row.tasks.all()),
        has_due=row.due_on is not None,
    )


def directives_for(standing: Standing, today: date) -> list[DirectiveRow]:
    """Every document of the person's districts, newest first, with its items. Six queries."""
    return _with_items(Directive.objects.visible_to(standing), standing, today)


def directive_page(directive: Directive, standing: Standing, today: date) -> DirectiveRow:
    """One document with its items. Six queries."""
    return _with_items(Directive.objects.filter(pk=directive.pk), standing, today)[0]


def _with_items(wanted: QuerySet[Directive], standing: Standing, today: date) -> list[DirectiveRow]:
    files = Prefetch("document__files", EvidenceFile.objects.order_by("-pk"))
    rows = list(wanted.filter(on__lte=today).select_related("district", "document").prefetch_related(files))
    found: dict[int, list[ItemRow]] = {}
    for item in items_of(DirectiveItem.objects.filter(directive__in=[row.pk for row in rows]), standing, today):
        found.setdefault(item.directive, []).append(item)
    return [_directive_row(row, found.get(row.pk, [])) for row in rows]


def _directive_row(row: Directive, items: Sequence[ItemRow]) -> DirectiveRow:
    newest = next(iter(row.document.files.all()), None) if row.document else None
    return DirectiveRow(
        pk=row.pk, district=row.district, kind=DirectiveKind(row.kind), number=row.number, title=row.title,
        issued_on=row.issued_on, issuer=row.issuer, is_illustrative=row.is_illustrative, called=called(row),
        file_name=newest.name if newest else "",
        items=tuple(sorted(items, key=lambda item: (item.position, item.unit.position, item.pk))),
    )  # fmt: skip


def items_of(wanted: QuerySet[DirectiveItem], standing: Standing, today: date) -> list[ItemRow]:
    """Items as they stand on `today`, the most urgent first. Three queries."""
    notes = ItemNote.objects.filter(on__lte=today).select_related("by").order_by("pk")
    tasks = Task.objects.standing_now().order_by("pk")
    rows = wanted.filter(directive__on__lte=today).select_related(
        "directive__district", "unit__parent", "department", "responsible", "reported_by", "done_by"
    )
    rows = rows.prefetch_related(Prefetch("notes", notes), Prefetch("tasks", tasks)).order_by("pk")
    found = [_item_row(row, standing, today) for row in rows]
    return sorted(found, key=lambda row: (*urgency(row.facts, today), row.directive, row.position, row.pk))


def _item_row(row: DirectiveItem, standing: Standing, today: date) -> ItemRow:
    asked, facts = asked_item(row), _facts(row, today)
    task = next(iter(row.tasks.all()), None)
    return ItemRow(
        pk=row.pk, version=row.version, directive=row.directive_id, called=called(row.directive),
        issued_on=row.directive.issued_on, position=row.position, text=row.text, unit=row.unit,
        department=row.department.name if row.department else "",
        department_code=row.department.code if row.department else "",
        responsible=row.responsible.full_name if row.responsible else "",
        due_on=row.due_on, facts=facts, state=state_of(facts, today), state_words=state_words(facts, today),
        reported_by=row.reported_by.full_name if row.reported_by else "",
        done_by=row.done_by.full_name if row.done_by else "",
        notes=tuple(NoteRow(note.text, note.by.full_name, note.on, note.meeting_on) for note in row.notes.all()),
        task=TaskShown(task.pk, task.title, task.progress, task.finished_on) if task else None,
        today=today,
        is_mine=asked.is_of(standing),
        is_named=row.responsible_id is not None and row.responsible_id == standing.person_id,
        why_not_note=why_not_note(standing, asked) or "",
        why_not_report=why_not_report(standing, asked) or "",
        why_not_confirm=why_not_confirm(standing, asked) or "",
        why_not_reopen=why_not_reopen(standing, asked) or "",
        why_not_change=why_not_change(standing, asked) or "",
        why_not_plan=why_not_plan(standing, asked) or "",
    )  # fmt: skip


def _facts(row: DirectiveItem, today: date) -> Facts:
    """As known on a day: what was reported or confirmed later was not yet."""
    reported = row.reported_on if row.reported_on and row.reported_on <= today else None
    return Facts(row.due_on, reported, row.done_on if row.done_on and row.done_on <= today else None)


# ---------- back at the next meeting ----------


@dataclass(frozen=True)
class MeetingItem:
    """One item that comes back, with what was said of it since the last meeting."""

    row: ItemRow
    since: tuple[NoteRow, ...]


@dataclass(frozen=True)
class Meeting:
    """What comes back to a meeting of `day`: everything not done, by document, and what was closed since the meeting
    before (`last_on`, None when none was ever recorded)."""

    district: Unit
    day: date
    last_on: date | None
    open: tuple[MeetingItem, ...]
    closed: tuple[ItemRow, ...]

    @property
    def shared(self) -> list[list[MeetingItem]]:
        """Items in order; those that several communes were given as one stand together while their state is the
        same."""
        key = attrgetter("row.directive", "row.position", "row.state")
        return [list(group) for _, group in groupby(self.open, key)]

    @property
    def tally(self) -> Tally:
        return tally(item.row.state for item in self.open)

    @property
    def moved(self) -> int:
        """Items of which something was said since."""
        return sum(bool(item.since) for item in self.open)


def meeting_of(district: Unit, standing: Standing, day: date, today: date) -> Meeting:
    """Five queries. States are those of the day of the meeting, or of today where that is still to come."""
    notes = ItemNote.objects.filter(item__directive__district=district, meeting_on__lt=day)
    last_on = notes.aggregate(last=Max("meeting_on"))["last"]
    rows = items_of(DirectiveItem.objects.filter(directive__district=district), standing, min(day, today))
    open_rows = tuple(MeetingItem(row, _since(row, last_on)) for row in rows if not row.is_done)
    first = last_on or date.min
    closed = tuple(row for row in rows if row.facts.done is not None and row.facts.done >= first and last_on)
    return Meeting(district, day, last_on, open_rows, closed)


def _since(row: ItemRow, last_on: date | None) -> tuple[NoteRow, ...]:
    if last_on is None:
        return row.notes
    return tuple(note for note in row.notes if note.on >= last_on and note.meeting_on != last_on)


# ---------- my work ----------


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One line of "việc của tôi": what is asked, by when, where it is answered."""

    pk: int
    sentence: str
    due: date | None
    url: str
    state: ItemState
    state_words: str
    unit: str
    is_named: bool


def open_items_for(standing: Standing, today: date) -> list[OpenItem]:
    """Items that this person answers for (named, of the department, of the commune) and has not reported, and for the
    office those that wait for its word; the most urgent first. Three queries, none without a seat."""
    if not standing.seats:
        return []
    visible = Directive.objects.visible_to(standing)
    rows = items_of(DirectiveItem.objects.filter(directive__in=visible, done_on=None), standing, today)
    return [_open_item(row) for row in rows if _waits_for(row)]


def _waits_for(row: ItemRow) -> bool:
    if row.state is ItemState.REPORTED:
        return not row.why_not_confirm
    return row.is_open and row.is_mine


def _open_item(row: ItemRow) -> OpenItem:
    sentence = f"{row.text} ({row.called})"
    if row.state is ItemState.REPORTED:
        sentence = f"Xác nhận đã xong: {sentence}"
    return OpenItem(
        row.pk, sentence, row.due_on, row.url, row.state, row.state_words, row.unit.full_name, row.is_named
    )

