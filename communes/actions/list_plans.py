"""Assignments and targets written from an imported list, and taken back where they are still as it left them.

Called by `communes.actions.list_imports` (and `assigning`, for what is entered by hand) inside their transaction, with
the lock of the history held. An assignment is never rewritten: the one that stands ends on the day, a new one begins.
`written` is what the import keeps for undoing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from accounts.models import Department, Person
from communes.actions.importing import Overtaken
from communes.actions.list_registers import Context
from communes.models import Assignment, Target, Unit
from communes.queries.lists import (
    assignment_state,
    assignments_listed,
    communes_listed,
    departments_listed,
    target_state,
    targets_listed,
)
from communes.rules.importing import in_chunks
from communes.rules.list_saves import AssignmentSave, AssignmentState, TargetSave, TargetState
from criteria.models import Measure

Left = list[tuple[int, str]]


def write_assignments(context: Context, saves: Sequence[AssignmentSave]) -> Mapping[str, Any]:
    """End what stands and begin what is wanted, on the working day."""
    standing = assignments_listed(context.district, context.on)
    pairs: list[tuple[str, Assignment | None, AssignmentState]] = []
    for save in saves:
        for measure, before in save.measures:
            rows = standing.get(measure, [])
            row = rows[0] if rows else None
            if (assignment_state(row) if row else None) != before or len(rows) > 1:
                raise Overtaken
            if before != save.after:
                pairs.append((measure, row, save.after))
    end_rows([row.pk for _, row, _ in pairs if row], context.on)
    new = begin_rows(context.district, [(measure, after) for measure, _, after in pairs], context.on)
    return {"written": [[row.pk, old.pk if old else None] for row, (_, old, _) in zip(new, pairs, strict=True)]}


def end_rows(rows: Sequence[int], on: date) -> None:
    for chunk in in_chunks(rows):
        Assignment.objects.filter(pk__in=chunk).update(to_on=on)


def begin_rows(district: Unit, wanted: Sequence[tuple[str, AssignmentState]], on: date) -> list[Assignment]:
    departments = {row.code: row for row in departments_listed(district)}
    measures = Measure.objects.in_bulk([measure for measure, _ in wanted], field_name="code")
    people = Person.objects.in_bulk({state.responsible for _, state in wanted}, field_name="username")
    if any(code not in departments for _, state in wanted for code in (state.lead, *state.others)):
        raise Overtaken
    rows = Assignment.objects.bulk_create(
        Assignment(
            district=district, measure=measures[measure], lead=departments[state.lead],
            responsible=people.get(state.responsible), from_on=on,
        )
        for measure, state in wanted
    )  # fmt: skip
    pairs = zip(rows, wanted, strict=True)
    _coordinate([(row, [departments[code] for code in state.others]) for row, (_, state) in pairs])
    return rows


def _coordinate(pairs: Sequence[tuple[Assignment, Sequence[Department]]]) -> None:
    through = Assignment.others.through
    through._default_manager.bulk_create(
        through(assignment_id=row.pk, department_id=other.pk) for row, others in pairs for other in others
    )


def end_assignments(district: Unit, written: Sequence[Sequence[Any]], on: date) -> tuple[int, Left]:
    """What led before leads again from the day on, where the import's assignment still stands. How many; what stays."""
    pks = [pk for pair in written for pk in pair if pk is not None]
    related = Assignment.objects.select_related("measure", "lead", "responsible").prefetch_related("others")
    rows = related.in_bulk(pks)
    left: Left = []
    going: list[tuple[Assignment, Assignment | None]] = []
    for new, old in written:
        row = rows.get(new)
        if row is None or row.to_on is not None:
            left.append((new, row.measure.name if row else ""))
        else:
            going.append((row, rows.get(old) if old is not None else None))
    end_rows([row.pk for row, _ in going], on)
    again = [(old.measure.code, assignment_state(old)) for _, old in going if old is not None]
    begin_rows(district, again, on)
    return len(going), left


def write_targets(context: Context, saves: Sequence[TargetSave]) -> Mapping[str, Any]:
    rows = {(row.unit.code, row.year, row.tier): row for row in targets_listed(context.district)}
    units = {unit.code: unit for unit in [*communes_listed(context.district, context.on), context.district]}
    new, changed, before = [], [], {}
    for save in saves:
        key = (save.unit, save.year, save.tier)
        row = rows.get(key)
        if (target_state(row) if row else None) != save.before or save.unit not in units:
            raise Overtaken
        fields, document = list(save.after.fields), save.after.document
        if row is None:
            row = Target(unit=units[save.unit], year=save.year, tier=save.tier, fields=fields, document=document)
            new.append(row)
        else:
            row.fields, row.document = fields, document
            changed.append(row)
        before[key] = save.before
    Target.objects.bulk_create(new)
    Target.objects.bulk_update(changed, ["fields", "document"], batch_size=500)
    return {"written": [
        [row.pk, _json(before[row.unit.code, row.year, row.tier]), _json(target_state(row))] for row in new + changed
    ]}  # fmt: skip


def _json(state: TargetState | None) -> list[Any] | None:
    return None if state is None else [list(state.fields), state.document]


def restore_targets(district: Unit, written: Sequence[Sequence[Any]], on: date) -> tuple[int, Left]:  # noqa: ARG001
    """New targets go, changed ones are as before, where they are still as the import left them."""
    rows = {row.pk: row for row in targets_listed(district)}
    left: Left = []
    gone, restored = [], []
    for pk, before, after in written:
        row = rows.get(pk)
        if row is None or _json(target_state(row)) != after:
            left.append((pk, f"{row.unit.title}, năm {row.year}" if row else ""))
        elif before is None:
            gone.append(pk)
        else:
            row.fields, row.document = before
            restored.append(row)
    for chunk in in_chunks(gone):
        Target.objects.filter(pk__in=chunk).delete()
    Target.objects.bulk_update(restored, ["fields", "document"], batch_size=500)
    return len(gone) + len(restored), left
