"""Writing an imported list: communes, departments, people, assignments or targets, in one transaction or not at all.

Checking happens outside, before (`communes.imports`). What must stay true: rows are written only where what stands is
still what they were checked against (else Overtaken, and nothing is written); rows are locked in the one order of
`actions.locking`; rights are asked again here; one entry of history for the whole act. Communes, departments and people
are not undone: others may already rest on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import hold_history, remember
from accounts.models import Person
from accounts.roles import Standing
from communes.actions.importing import Overtaken, Undone, claim, history_of
from communes.actions.list_plans import end_assignments, restore_targets, write_assignments, write_targets
from communes.actions.list_registers import Context, write_departments, write_people, write_units
from communes.actions.locking import hold_people, hold_units
from communes.models import ImportBatch
from communes.policies import Refused, why_not_bring
from communes.rules.importing import FoundRow, ImportKind, ImportStage
from communes.rules.list_saves import PersonSave

Writer = Callable[[Any, Sequence[Any]], Mapping[str, Any]]
_WRITERS: Mapping[ImportKind, Writer] = {
    ImportKind.UNITS: write_units,
    ImportKind.DEPARTMENTS: write_departments,
    ImportKind.PEOPLE: write_people,
    ImportKind.ASSIGNMENTS: write_assignments,
    ImportKind.TARGETS: write_targets,
}
_DONE: Mapping[ImportKind, str] = {
    ImportKind.UNITS: "ghi {count} xã vào danh mục",
    ImportKind.DEPARTMENTS: "ghi {count} phòng, ban vào danh mục",
    ImportKind.PEOPLE: "ghi {count} nhiệm vụ của cán bộ",
    ImportKind.ASSIGNMENTS: "phân công {count} mục",
    ImportKind.TARGETS: "ghi {count} mục tiêu",
}


def apply_list(
    *, by: Person, standing: Standing, batch: ImportBatch, rows: Sequence[FoundRow], counts: Mapping[str, int],
    fingerprint: str, on: date,
) -> int:  # fmt: skip
    """Write the rows; how many. Raises Overtaken or Refused, having written nothing. A constant number of queries."""
    try:
        with transaction.atomic():
            return _apply(by, standing, batch, rows, counts, fingerprint, on)
    except IntegrityError as clash:
        # Somebody made the same code or username meanwhile, by an act that keeps no history.
        raise Overtaken from clash


def _apply(
    by: Person, standing: Standing, batch: ImportBatch, rows: Sequence[FoundRow], counts: Mapping[str, int],
    fingerprint: str, on: date,
) -> int:  # fmt: skip
    kind = ImportKind(batch.kind)
    if refusal := why_not_bring(standing, batch.district.code, kind):
        raise Refused(refusal)
    claim(by, standing, batch, ImportStage.CHECKED, {
        "stage": ImportStage.APPLIED.value, "applied_by": by, "applied_at": timezone.now(), "fingerprint": fingerprint,
    })  # fmt: skip
    saves = [row.act for row in rows]
    _hold(kind, saves)
    hold_history()
    changes = _WRITERS[kind](Context(by, standing, batch.district, on), saves)
    batch.outcome = {**batch.outcome, "counts": dict(counts), **changes}
    ImportBatch.objects.filter(pk=batch.pk).update(outcome=batch.outcome)
    act = history_of("import.apply", by, batch, _DONE[kind].format(count=len(saves)), set(), on)
    remember(replace(act, changes={**act.changes, "kind": kind.value, "rows": _named(kind, saves)}))
    return len(saves)


def _hold(kind: ImportKind, saves: Sequence[Any]) -> None:
    """The rows that others lock before the history as well; the remaining lists are changed under the history alone."""
    if kind is ImportKind.UNITS:
        hold_units(save.code for save in saves)
    elif kind is ImportKind.PEOPLE:
        hold_people({save.username for save in saves})


def _named(kind: ImportKind, saves: Sequence[Any]) -> list[Any]:
    """What was written, for the history: before and after, without addresses of people."""
    if kind is ImportKind.PEOPLE:
        return [_seat_named(save) for save in saves]
    return [_plain(save) for save in saves]


def _seat_named(save: PersonSave) -> list[Any]:
    place = save.commune or save.department
    return [save.username, save.person.full_name, save.role, place, _plain(save.before), _plain(save.after)]


def _plain(value: Any) -> Any:
    """As JSON: tuples as lists, days and decimals as text."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return str(value)


@transaction.atomic
def undo_list(*, by: Person, standing: Standing, batch: ImportBatch, on: date) -> Undone:
    """Take assignments or targets back as one act; what was changed since stays and is listed. Raises Refused."""
    kind = ImportKind(batch.kind)
    if refusal := why_not_bring(standing, batch.district.code, kind):
        raise Refused(refusal)
    undo = {ImportKind.ASSIGNMENTS: end_assignments, ImportKind.TARGETS: restore_targets}.get(kind)
    if undo is None:
        raise Refused("Danh mục xã, phòng, ban và cán bộ không hoàn tác được: đã có dữ liệu khác dựa vào.")
    claim(by, standing, batch, ImportStage.APPLIED, {
        "stage": ImportStage.UNDONE.value, "undone_by": by, "undone_at": timezone.now(),
    })  # fmt: skip
    hold_history()
    count, left = undo(batch.district, batch.outcome["written"], on)
    batch.outcome = {**batch.outcome, "left_said": [said for _, said in left], "undone": count}
    ImportBatch.objects.filter(pk=batch.pk).update(outcome=batch.outcome)
    act = history_of("import.undo", by, batch, f"hoàn tác {count} mục đã ghi", set(), on)
    remember(replace(act, changes={**act.changes, "kind": kind.value, "left": [said for _, said in left]}))
    return Undone(count, tuple(pk for pk, _ in left))
