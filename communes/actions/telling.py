"""Who is told when a figure comes back, and when a round is closed or unlocked. Called by `actions.moving` and
`actions.rounds`, in the transaction of the act.

Told is who has to do something: who typed and who sent what is returned; who verified what the office gives back to
the lead. What goes well (verified, approved) is told of no item by item: /viec-cua-toi/ shows where everything
stands, and `actions.reminding` sums up a day in one sentence.
"""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from accounts.actions import notify
from accounts.models import Person
from accounts.rules import NoticeKind
from communes.models import Act, Posting, RoundEvent, Unit
from communes.queries.reminders import answering
from communes.queries.rounds import units_of
from communes.rules.rounds import RoundEventKind, RoundKind
from communes.rules.workflow import ActKind

_TO_ASSESSOR = frozenset({ActKind.RETURN, ActKind.RETURN_TO_ASSESSOR, ActKind.SEND_BACK})
_SENDING = (ActKind.ACCEPT.value, ActKind.PROPOSE.value, ActKind.SUBMIT.value)


def tell_of(row: Act, by: Person) -> None:
    """Tell of an act just remembered; several of a day about one unit become one unread notice with their number.
    Four queries for a return, none for any other act."""
    kind = ActKind(row.kind)
    unit, measure = row.assessment.unit, row.assessment.measure
    if kind in _TO_ASSESSOR:
        people = _inside(unit, {row.revision.by_id, *_senders(row)}, row.on)
        url, words = returned_url(unit), "bị trả lại"
    elif kind is ActKind.RETURN_TO_LEAD and row.revision is not None:
        people = set(_verifiers(row))
        url, words = reverse("communes:verification-queue") + f"?xa={unit.slug}", "được trả lại để thẩm tra lại"
    else:
        return
    notify(
        people=people - {by.pk}, kind=NoticeKind.RETURNED, url=url, on=row.on,
        sentence=f"{unit.title}: “{measure.name}” {words}. Lý do: {row.reason}",
        group=f"mục của {unit.full_name} {words} ngày {row.on:%d/%m/%Y}",
    )  # fmt: skip


def tell_of_round(event: RoundEvent, by: Person) -> None:
    """Tell everybody who reports in a round, once however many units are theirs, that it was closed or unlocked. Call
    it after `remember`. Eight queries."""
    row, district = event.round, event.round.district
    answers = answering(district, units_of(district, event.on), event.on).values()
    notify(
        people={one.person for people in answers for one in people} - {by.pk}, kind=NoticeKind.ROUND,
        sentence=_of_round(event), url=reverse("communes:round", args=[row.pk]), on=event.on,
    )  # fmt: skip


def _of_round(event: RoundEvent) -> str:
    """Only the year's round locks figures; the others count what was sent."""
    row, kind = event.round, RoundKind(event.round.kind)
    if event.kind == RoundEventKind.UNLOCK.value:
        may = "sửa" if kind.locks_year else "báo cáo"
        return f"Kỳ “{row}” đã {kind.reopening}, {may} tiếp được. Lý do: {event.reason}"
    late = "Số gửi sau lúc chốt không tính cho kỳ này"
    after = f"Số liệu năm {row.year} không sửa được nữa" if kind.locks_year else late
    return f"Kỳ “{row}” đã chốt ngày {event.on:%d/%m/%Y}. {after}."


def returned_url(unit: Unit) -> str:
    """Where what came back to a unit is mended: its sheet of the year. An address of this application."""
    if unit.is_commune:
        return reverse("communes:sheet-home", args=[unit.slug])
    return reverse("communes:district-sheet-home")


def _inside(unit: Unit, people: set[int], on: date) -> set[int]:
    """Of a commune only its own: who filled a value in for it can mend nothing there, and what its chairman says of a
    figure that was never sent is nobody else's business."""
    if not unit.is_commune:
        return people
    seats = Posting.objects.held_on(on).filter(unit=unit, person__in=people)
    return set(seats.values_list("person_id", flat=True))


def _senders(row: Act) -> list[int]:
    acts = Act.objects.filter(revision=row.revision, kind__in=_SENDING, pk__lt=row.pk)
    return list(acts.order_by("-pk").values_list("by_id", flat=True)[:1])


def _verifiers(row: Act) -> list[int]:
    acts = Act.objects.filter(revision=row.revision, kind=ActKind.VERIFY.value, pk__lt=row.pk)
    return list(acts.order_by("-pk").values_list("by_id", flat=True)[:1])
