"""Questions about the installation, its history, and what a person was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts.models import HistoryEntry, Installation, Notice, NoticeSetting, Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Right, Standing
from accounts.rules import Act, first_break


def installation() -> Installation:
    """The one row, or its defaults before anything was set up."""
    return Installation.objects.first() or Installation()


# What is told of a figure before it was sent: read inside its unit only.
DRAFT_ACTS = frozenset(
    f"assessment.{act}" for act in ("save", "accept", "propose", "send_back", "recall")
)  # fmt: skip


def history_of_unit(standing: Standing, unit_code: str, district_code: str) -> QuerySet[HistoryEntry]:
    """What a person may read of a unit's history: its own people everything; those with the right in its district
    what was sent and decided (drafts are seen only inside the unit); others nothing."""
    entries = HistoryEntry.objects.filter(unit_code=unit_code)
    if unit_code in standing.communes:
        return entries
    if not standing.can_in(Right.SEE_HISTORY, district_code):
        return entries.none()
    # Papers and remarks may be about a figure that was never sent; /nhat-ky/ tells those that are not.
    around = Q(act__startswith="evidence.") | Q(act__startswith="comment.")
    return entries.exclude(around | Q(act__in=DRAFT_ACTS))


@dataclass(frozen=True, slots=True)
class HistoryLine:
    number: int
    sentence: str
    on: date
    at: datetime


def told(entries: QuerySet[HistoryEntry], limit: int) -> list[HistoryLine]:
    """The newest entries as sentences with the people's names put in. Two queries."""
    rows = list(entries[:limit])
    names = dict(Person.objects.filter(pk__in={row.person_id for row in rows}).values_list("pk", "full_name"))
    return [
        HistoryLine(
            row.number, row.sentence.replace(PERSON_MARK, names.get(row.person_id, "hệ thống"), 1), row.on, row.at
        )
        for row in rows
    ]


def history_break() -> int | None:
    """Number of the first entry that was altered, added or taken out; None where the chain holds."""
    return first_break(_chain())


def _chain() -> Iterator[tuple[int, Act, str, str]]:
    for row in HistoryEntry.objects.order_by("number").iterator(chunk_size=2000):
        act = Act(
            row.act, row.person_id, row.sentence, row.on, row.at, row.changes,
            row.district_code, row.unit_code, row.measure_code,
        )  # fmt: skip
        yield row.number, act, row.previous_hash, row.hash


def notices_of(person: Person) -> QuerySet[Notice]:
    """What a person was told, newest first."""
    return Notice.objects.filter(person=person)


def unread_count(person_id: int) -> int:
    """The number in the bell. One query, from an index."""
    return Notice.objects.filter(person_id=person_id, read_at=None).count()


def notice_setting(person: Person) -> NoticeSetting:
    """What a person wants to be told, or the defaults where nothing was chosen. One query."""
    return NoticeSetting.objects.filter(person=person).first() or NoticeSetting(person=person)


def people_to_mail(day: date) -> list[Person]:
    """Who has an address, wants a daily mail and got none on this day yet. One query."""
    people = Person.objects.filter(is_active=True).exclude(email="")
    done = NoticeSetting.objects.filter(Q(wants_digest=False) | Q(last_digest_on__gte=day))
    return list(people.exclude(pk__in=done.values("person_id")).order_by("pk"))
