"""Check of the list of assignments: which department leads a measure, which coordinate, who answers in person.

A row names its measure by the code of the system, or by set and indicator (then it is about every part of it). A change
ends the assignment that stands and begins a new one on the day it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import Department
from communes.imports.list_book import Asked, Names, Reading, changed, list_rows, told
from communes.imports.workbooks import ReadSheet
from communes.models import Assignment
from communes.queries.lists import (
    assignment_state,
    assignments_listed,
    departments_listed,
    places_of_measures,
    seats_listed,
)
from communes.rules.importing import CellProblem, Found, FoundRow, RowClass, mark_of
from communes.rules.list_columns import ASSIGNMENTS
from communes.rules.list_saves import AssignmentSave, AssignmentState
from criteria.queries import BooksInForce, books_in_force
from criteria.rules.words import folded

NOBODY_YET = AssignmentState("", (), "")


@dataclass(frozen=True)
class _Ground:
    """Measures with their codes in the sets, departments, assignments that stand, people with a seat today."""

    task: Asked
    names: Mapping[str, str]
    by_item: Mapping[tuple[str, str], tuple[str, ...]]
    codes: Mapping[str, frozenset[str]]
    sets: Mapping[str, str]
    departments: Names[Department]
    standing: Mapping[str, list[Assignment]]
    people: Mapping[str, str]


def check_assignments(sheets: Sequence[ReadSheet], task: Asked) -> Found:
    """Five queries, and those of the sets the first time."""
    rows, problems, empty = list_rows(sheets, ASSIGNMENTS)
    ground = _ground(task, books_in_force(task.today, year=task.today.year))
    found = Found(problems=problems, empty=empty)
    first: dict[str, FoundRow] = {}
    for reading in rows:
        measures = _measures(reading, ground)
        row = _assignment(reading, ground, measures)
        if row is None:
            found.empty += 1
            continue
        found.rows.append(row)
        for measure in measures:
            twin = first.setdefault(measure, row)
            if twin is not row:
                _refuse_both(row, twin)
    return found


def _refuse_both(row: FoundRow, twin: FoundRow) -> None:
    for one, other in ((row, twin), (twin, row)):
        reason = f"Hàng {other.number} ở trang “{other.sheet}” cũng phân công số đo này."
        one.problems = (*one.problems, CellProblem("", "", reason, "Giữ lại một hàng rồi nạp lại."))
        one.found, one.mark, one.act = RowClass.REFUSED, mark_of(one.mark, reason), None


def _ground(task: Asked, books: BooksInForce) -> _Ground:
    by_item: dict[tuple[str, str], list[str]] = {}
    codes: dict[str, set[str]] = {}
    for book in books:
        for item, part in book.parts:
            by_item.setdefault((book.family, folded(item)), []).append(part.measure.code)
            codes.setdefault(part.measure.code, set()).add(folded(item))
    today = task.today
    return _Ground(
        task=task,
        names={code: place.name for code, place in places_of_measures(books).items()},
        by_item={key: tuple(dict.fromkeys(measures)) for key, measures in by_item.items()},
        codes={code: frozenset(items) for code, items in codes.items()},
        sets={folded(name): book.family for book in books for name in (book.short_name, book.name, book.family)},
        departments=Names([(row, (row.code, row.name)) for row in departments_listed(task.district)]),
        standing=assignments_listed(task.district, today),
        people={
            seat.person.username: seat.person.full_name
            for seat in seats_listed(task.district)
            if seat.person.is_active and seat.from_on <= today and (seat.to_on is None or seat.to_on > today)
        },
    )


def _measures(reading: Reading, ground: _Ground) -> tuple[str, ...]:
    """Codes of the measures a row is about; none where it cannot be told."""
    measure, item = reading.code("measure"), reading.said("item")
    if measure:
        if measure not in ground.names:
            reading.refuse("measure", f"Các bộ tiêu chí năm nay không có số đo mã “{measure[:40]}”.")
            return ()
        if item and folded(item) not in ground.codes[measure]:
            remedy = "Khi sắp xếp phải chọn cả bảng; tải mẫu mới rồi chép nội dung sang."
            reading.refuse("item", "Mã chỉ tiêu không khớp với mã số đo của hàng.", remedy)
        return (measure,)
    family = ground.sets.get(folded(reading.said("set")))
    found = ground.by_item.get((family, folded(item)), ()) if family and item else ()
    if not found:
        reading.refuse("measure", "Không biết hàng này là số đo nào.", "Ghi mã số đo, hoặc tên bộ và mã chỉ tiêu.")
    return found


def _assignment(reading: Reading, ground: _Ground, measures: Sequence[str]) -> FoundRow | None:
    stands = tuple((code, _stands(ground, code)) for code in measures)
    states = {state for _, state in stands}
    now = stands[0][1] or NOBODY_YET if len(states) == 1 else NOBODY_YET
    after = _after(reading, ground, now)
    if after == NOBODY_YET and not reading.problems:
        return None  # Nobody is named and nobody was.
    if not after.lead and not reading.is_wrong("lead"):
        reading.refuse("lead", "Thiếu cơ quan chủ trì.", "Ghi mã cơ quan chủ trì.")
    if states != {after}:
        _refuse_planned(reading, ground, measures)
    save = AssignmentSave(stands, after)
    before = None if states <= {None} else after if states == {after} else stands
    old, new = _told(ground, states, after)
    title = " · ".join(f"{ground.names[code]} ({code})" for code in measures) or reading.said("name")[:120]
    return reading.row(title, before, after, save, old, new)


def _stands(ground: _Ground, measure: str) -> AssignmentState | None:
    rows = ground.standing.get(measure)
    return assignment_state(rows[0]) if rows else None


def _refuse_planned(reading: Reading, ground: _Ground, measures: Sequence[str]) -> None:
    for measure in measures:
        for row in ground.standing.get(measure, ()):
            if row.from_on > ground.task.today:
                reason = f"Số đo này đã có phân công từ ngày {row.from_on:%d/%m/%Y}."
                reading.refuse("lead", reason, "Chờ đến ngày đó rồi đổi.")


def _after(reading: Reading, ground: _Ground, now: AssignmentState) -> AssignmentState:
    lead = _department(reading, ground, "lead", reading.code("lead")) or now.lead
    others = reading.several("others", now.others)
    known = [_department(reading, ground, "others", code) for code in others] if others != now.others else list(others)
    responsible = reading.text("responsible", now.responsible, 60)
    if responsible != now.responsible and responsible and responsible not in ground.people:
        reason = f"“{responsible}” không phải tên đăng nhập của người đang giữ nhiệm vụ trong huyện."
        reading.refuse("responsible", reason, "Ghi tên đăng nhập như trong danh sách cán bộ.")
    return AssignmentState(lead, tuple(sorted({code for code in known if code and code != lead})), responsible)


def _department(reading: Reading, ground: _Ground, key: str, said: str) -> str:
    if not said:
        return ""
    found = ground.departments.find(said)
    if found is None:
        remedy = "Ghi mã cơ quan như trong danh mục phòng, ban của huyện."
        reading.refuse(key, f"Trong huyện không có cơ quan “{said[:40]}”.", remedy)
        return ""
    return found.code


def _told(ground: _Ground, states: set[AssignmentState | None], after: AssignmentState) -> tuple[str, str]:
    standing = [state for state in states if state is not None]
    if len(states) == 1 and standing:
        return changed(_said(standing[0]), _said(after))
    return " | ".join(sorted(told(_said(state)) for state in standing)), told(_said(after))


def _said(state: AssignmentState) -> list[tuple[str, str]]:
    return [
        ("Chủ trì", state.lead), ("Phối hợp", "; ".join(state.others)), ("Chịu trách nhiệm", state.responsible),
    ]  # fmt: skip
