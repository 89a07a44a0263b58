"""Remarks that call somebody by name and wait for an answer: for /viec-cua-toi/ and the daily mail.

A call ends when its thread is resolved, when who was called has spoken there since, and when they may not answer any
more (another unit, another department, a figure drawn back): nobody is asked for what they cannot do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from accounts.roles import Standing
from communes.models import Assessment, Assignment, Comment
from communes.policies import is_inside, why_not_discuss
from communes.queries.discussion import first_sent
from communes.queries.entry import item_of
from communes.queries.people import OFFICE, Lead


@dataclass(frozen=True, slots=True)
class Call:
    """The newest remark of a thread that calls a person; `assessment` comes with its unit and measure."""

    assessment: Assessment
    by: str
    text: str
    on: date


def calls_for(standing: Standing, day: date) -> list[Call]:
    """Calls that wait for this person's answer, one for each thread, oldest first; in answers too. Five queries."""
    called = Comment.objects.filter(mentions=standing.person_id).exclude(by=standing.person_id)
    unsettled = Q(answers=None, resolved_at=None) | Q(answers__isnull=False, answers__resolved_at=None)
    rows = called.filter(unsettled).select_related("by", "assessment__unit__parent", "assessment__measure")
    newest = {row.answers_id or row.pk: row for row in rows.order_by("pk")}
    spoken = _spoken(standing, newest)
    waiting = [row for thread, row in newest.items() if row.pk > spoken.get(thread, 0)]
    circles, sent = _circles(waiting, day), first_sent(row.assessment_id for row in waiting)
    return [
        Call(row.assessment, row.by.full_name, row.text, row.on)
        for row in sorted(waiting, key=lambda row: row.pk)
        if _may_answer(standing, row, circles, sent.get(row.assessment_id))
    ]


def _spoken(standing: Standing, threads: Iterable[int]) -> dict[int, int]:
    """The last remark of this person in each thread. One query."""
    wanted = list(threads)
    own = Comment.objects.filter(Q(answers__in=wanted) | Q(pk__in=wanted), by=standing.person_id).order_by("pk")
    return {answers or pk: pk for pk, answers in own.values_list("pk", "answers_id")}


Circles = Mapping[tuple[int, int], tuple[Lead, frozenset[str]]]


def _circles(rows: Iterable[Comment], day: date) -> Circles:
    """By (district, measure) who leads and which departments take part; without assignment the office. Two queries."""
    found = Assignment.objects.in_force(day).filter(measure__in={row.assessment.measure_id for row in rows})
    return {
        (row.district_id, row.measure_id): (
            Lead(row.lead.code, row.lead.name), frozenset(department.code for department in row.others.all())
        )
        for row in found.select_related("lead").prefetch_related("others")
    }  # fmt: skip


def _may_answer(standing: Standing, row: Comment, circles: Circles, sent: datetime | None) -> bool:
    unit = row.assessment.unit
    district = unit.parent_id if unit.is_commune else unit.pk
    lead, others = circles.get((district or 0, row.assessment.measure_id), (OFFICE, frozenset()))
    item = item_of(unit, lead)
    if why_not_discuss(standing, item, others, was_sent=sent is not None):
        return False
    return is_inside(standing, item) or (sent is not None and row.at >= sent)
