"""Assignments entered by hand: one or many measures get a lead, who coordinates and who answers in person, from a day
on, as one act. What stands ends on that day and stays in the past; a day gone by is not assigned anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import hold_history, notify, remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from accounts.rules import NoticeKind
from communes.actions.list_plans import begin_rows
from communes.models import Assignment, Posting, Unit
from communes.policies import Refused, why_not_assign
from communes.queries.assignments import people_to_name
from communes.queries.lists import assignment_state, assignments_listed, departments_listed
from communes.rules.assigning import Wanted, assigned
from communes.rules.list_saves import AssignmentState
from criteria.models import Measure

MOST_NAMED = 12  # in a sentence of the history; all of them stand in its changes


@dataclass(frozen=True)
class Moved(Exception):  # noqa: N818 - not an error, an answer: somebody was quicker
    """What was looked at is no longer what stands: the measures concerned, as they stand now."""

    now: Mapping[str, AssignmentState | None]


@transaction.atomic
def assign(
    *, by: Person, standing: Standing, district: Unit, seen: Mapping[str, int], wanted: Wanted, from_on: date, on: date
) -> int:
    """Change the assignment of these measures from a day on. How many changed.

    `seen` has the pk of the assignment without an end by measure code (0: none), as the form showed it. Raises Refused,
    or Moved where somebody changed one meanwhile; then nothing is written. A constant number of queries.
    """
    if refusal := why_not_assign(standing, district.code):
        raise Refused(refusal)
    if from_on < on:
        raise Refused("Phân công tính từ hôm nay trở đi: việc đã qua giữ theo phân công lúc đó.")
    _refuse_strangers(district, wanted, on)
    hold_history()
    rows = assignments_listed(district, on)
    _refuse_moved(rows, seen)
    changes = _changes(rows, seen, wanted, from_on)
    if not changes:
        return 0
    _end_all(rows, [measure for measure, _, _ in changes], from_on)
    begin_rows(district, [(measure, after) for measure, _, after in changes if after], from_on)
    _remember(by, district, changes, from_on, on)
    _tell(by, district, changes, from_on, on)
    return len(changes)


Change = tuple[str, AssignmentState | None, AssignmentState | None]
Rows = Mapping[str, Sequence[Assignment]]


def _refuse_strangers(district: Unit, wanted: Wanted, on: date) -> None:
    known = {row.code for row in departments_listed(district)}
    if not ({wanted.lead} if wanted.lead else set()) | (wanted.others or frozenset()) <= known:
        raise Refused("Cơ quan được chọn không có trong danh mục phòng, ban của huyện. Tải lại trang rồi chọn lại.")
    if wanted.responsible and wanted.responsible not in {one.username for one in people_to_name(district, on)}:
        raise Refused("Người chịu trách nhiệm phải đang giữ nhiệm vụ trong huyện.")


def _open(rows: Sequence[Assignment]) -> Assignment | None:
    return next((row for row in rows if row.to_on is None), None)


def _refuse_moved(rows: Rows, seen: Mapping[str, int]) -> None:
    now = {measure: _open(rows.get(measure, ())) for measure in seen}
    moved = {
        measure: assignment_state(row) if row else None
        for measure, row in now.items()
        if (row.pk if row else 0) != seen[measure]
    }
    if moved:
        raise Moved(moved)


def _changes(rows: Rows, seen: Collection[str], wanted: Wanted, from_on: date) -> list[Change]:
    known = set(Measure.objects.filter(code__in=list(seen)).values_list("code", flat=True))
    found: list[Change] = []
    for measure in sorted(seen):
        row = _open(rows.get(measure, ()))
        before = assignment_state(row) if row else None
        after = assigned(before, wanted)
        if measure not in known:
            raise Refused("Có mục không còn trong bộ tiêu chí. Tải lại trang rồi chọn lại.")
        if after is not None and not after.lead:
            raise Refused("Có mục chưa có cơ quan chủ trì: chọn cơ quan chủ trì cho các mục này.")
        if row is not None and row.from_on > from_on:
            raise Refused(f"Đã có phân công từ ngày {row.from_on:%d/%m/%Y}; chọn ngày đó hoặc ngày sau.")
        if after != before:
            found.append((measure, before, after))
    return found


def _end_all(rows: Rows, measures: Sequence[str], day: date) -> None:
    """Whatever would still count on the day ends then; one that was to begin later never does."""
    for_good = [row.pk for measure in measures for row in rows.get(measure, ()) if row.to_on is None or row.to_on > day]
    Assignment.objects.filter(pk__in=for_good).update(to_on=day)


def _remember(by: Person, district: Unit, changes: Sequence[Change], from_on: date, on: date) -> None:
    names = dict(Measure.objects.filter(code__in=[code for code, _, _ in changes]).values_list("code", "name"))
    shown = changes[:MOST_NAMED]
    said = "; ".join(f"{names[code]}: {_words(before)} → {_words(after)}" for code, before, after in shown)
    more = f"; và {len(changes) - MOST_NAMED} số đo khác" if len(changes) > MOST_NAMED else ""
    sentence = f"{district.title}: {PERSON_MARK} phân công {len(changes)} số đo từ {from_on:%d/%m/%Y}: {said}{more}"
    rows = [[code, _json(before), _json(after)] for code, before, after in changes]
    kept = {"from_on": from_on.isoformat(), "rows": rows}
    remember(HistoryAct("assignment.change", by.pk, sentence, on, timezone.now(), kept, district.code, district.code))


def _words(state: AssignmentState | None) -> str:
    if state is None:
        return "chưa giao"
    return ", ".join(part for part in (state.lead, " + ".join(state.others), state.responsible) if part)


def _json(state: AssignmentState | None) -> list[object] | None:
    return [state.lead, list(state.others), state.responsible] if state else None


def _tell(by: Person, district: Unit, changes: Sequence[Change], from_on: date, on: date) -> None:
    """Officers of the departments that lead anew, and who answers in person anew; once each with the number."""
    leads: dict[str, int] = {}
    people: dict[str, int] = {}
    for _, before, after in changes:
        if after and (before is None or before.lead != after.lead):
            leads[after.lead] = leads.get(after.lead, 0) + 1
        if after and after.responsible and (before is None or before.responsible != after.responsible):
            people[after.responsible] = people.get(after.responsible, 0) + 1
    home = reverse("communes:assignments")
    seats = Posting.objects.held_on(on).filter(unit=district, department__code__in=list(leads), person__is_active=True)
    officers: dict[str, set[int]] = {}
    for code, person in seats.values_list("department__code", "person_id"):
        officers.setdefault(code, set()).add(person)
    for code, told in sorted(officers.items()):
        sentence = f"Từ {from_on:%d/%m/%Y} cơ quan bạn chủ trì thêm {leads[code]} số đo."
        notify(people=told - {by.pk}, kind=NoticeKind.TASK, sentence=sentence, url=f"{home}?phong={code}", on=on)
    named = dict(Person.objects.filter(username__in=list(people)).values_list("username", "pk"))
    for username, pk in sorted(named.items()):
        sentence = f"Từ {from_on:%d/%m/%Y} bạn chịu trách nhiệm thêm {people[username]} số đo."
        notify(people={pk} - {by.pk}, kind=NoticeKind.TASK, sentence=sentence, url=home, on=on)
