"""Questions about the installation and its history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.models import HistoryEntry, Installation, Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Right, Standing
from accounts.rules import Act, first_break


def installation() -> Installation:
    """The one row, or its defaults before anything was set up."""
    return Installation.objects.first() or Installation()


DRAFT_ACT = "assessment.save"


def history_of_unit(standing: Standing, unit_code: str, district_code: str) -> QuerySet[HistoryEntry]:
    """What a person may read of a unit's history: its own people everything; those with the right in its district
    what was sent and decided (drafts are seen only inside the unit); others nothing."""
    entries = HistoryEntry.objects.filter(unit_code=unit_code)
    if unit_code in standing.communes:
        return entries
    return entries.exclude(act=DRAFT_ACT) if standing.can_in(Right.SEE_HISTORY, district_code) else entries.none()


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
            row.number, row.sentence.replace(PERSON_MARK, names.get(row.person_id, "hệ thống")), row.on, row.at
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
