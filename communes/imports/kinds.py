"""Every kind of import as data: how its rows are read and checked, how they are written, how that is undone.

The pages (`communes.views.importing`) know only this frame: file → `check` → `Found` → preview → `apply` → `undo`.
A further kind (communes, departments, people, assignments, targets) is one more `Intake` in `INTAKES`: a checker that
gives a `Found` whose rows carry in `act` whatever its own action takes, that action, and the one that undoes it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from accounts.models import Person
from accounts.roles import Standing
from communes.actions.importing import Undone, apply_values, undo_values
from communes.actions.list_imports import apply_list, undo_list
from communes.actions.loading_initial import apply_initial_load, undo_initial_load
from communes.imports.entries import check_rows
from communes.imports.entry_book import (
    FETCH_AGAIN,
    entry_sheets,
    is_entry_book,
    raw_rows,
    units_in,
    years_in,
)
from communes.imports.list_assignments import check_assignments
from communes.imports.list_book import list_kind_of
from communes.imports.list_people import check_people
from communes.imports.lists import check_departments, check_targets, check_units
from communes.imports.own_books import mapped_rows, mapping_problems
from communes.imports.workbooks import ReadSheet, WorkbookProblem, read_workbook
from communes.models import ImportBatch, Unit
from communes.policies import why_not_import, why_not_import_people, why_not_import_plan
from communes.queries.importing import Ground, ground_of
from communes.rules.importing import Found, FoundRow, ImportKind, SheetProblem
from criteria.address import FIRST_YEAR
from criteria.rules.words import folded


@dataclass(frozen=True)
class Task:
    """What a checker needs to know beside the sheets. `year` and `mapping` are None where the kind has none."""

    district: Unit
    standing: Standing
    today: date
    year: int | None = None
    mapping: Mapping[str, Any] | None = None
    as_approved: bool = False


class Writing(NamedTuple):
    """What an applier is given: who, what, when, and the rows to write (of class new or changed)."""

    by: Person
    standing: Standing
    batch: ImportBatch
    rows: Sequence[FoundRow]
    counts: Mapping[str, int]
    fingerprint: str
    on: date


Checker = Callable[[Sequence[ReadSheet], Task], Found]
Applier = Callable[[Writing], int]
Undoer = Callable[[Person, Standing, ImportBatch, date], Undone]


@dataclass(frozen=True)
class Intake:
    """One kind of import. `check` asks a constant number of queries and writes nothing; `apply` writes all rows in
    one transaction or raises Overtaken or Refused; `undo` None where a kind cannot be taken back."""

    kind: ImportKind
    why_not: Callable[[Standing, str], str | None]
    check: Checker
    apply: Applier
    undo: Undoer | None = None


def check_values(sheets: Sequence[ReadSheet], task: Task) -> Found:
    """Our own workbook, filled in."""
    books, problems = entry_sheets(sheets)
    if task.year is None and not problems:
        reason = "Không đọc được năm ở các cột mã của hàng, hoặc năm chưa thể đánh giá."
        problems = [SheetProblem("", reason, FETCH_AGAIN)]
    if problems or task.year is None:
        return Found(problems=problems)
    ground = _ground(task, units_in(books))
    names = {code: folded(unit.name) for code, unit in ground.units.items()}
    return check_rows(raw_rows(books, task.year, names, ground.codes), ground)


def check_own_book(sheets: Sequence[ReadSheet], task: Task) -> Found:
    """A workbook of the office's own, by the mapping of its columns."""
    assert task.mapping is not None and task.year is not None
    if problems := mapping_problems(sheets, task.mapping):
        return Found(problems=problems)
    ground = _ground(task, None)
    return check_rows(mapped_rows(sheets, task.mapping, ground), ground)


def _ground(task: Task, units: set[str] | None) -> Ground:
    assert task.year is not None
    return ground_of(
        district=task.district, year=task.year, standing=task.standing, today=task.today, units=units,
        as_approved=task.as_approved,
    )  # fmt: skip


def _apply_cells(writing: Writing) -> int:
    act = apply_initial_load if writing.batch.as_approved else apply_values
    return act(
        by=writing.by, standing=writing.standing, batch=writing.batch, saves=[row.act for row in writing.rows],
        counts=writing.counts, fingerprint=writing.fingerprint, on=writing.on,
    )  # fmt: skip


def _undo_cells(by: Person, standing: Standing, batch: ImportBatch, on: date) -> Undone:
    act = undo_initial_load if batch.as_approved else undo_values
    return act(by=by, standing=standing, batch=batch, on=on)


def _apply_list(writing: Writing) -> int:
    return apply_list(**writing._asdict())


def _undo_list(by: Person, standing: Standing, batch: ImportBatch, on: date) -> Undone:
    return undo_list(by=by, standing=standing, batch=batch, on=on)


INTAKES: dict[ImportKind, Intake] = {
    intake.kind: intake
    for intake in (
        Intake(ImportKind.VALUES, why_not_import, check_values, _apply_cells, _undo_cells),
        Intake(ImportKind.OWN_BOOK, why_not_import, check_own_book, _apply_cells, _undo_cells),
        # Others may already rest on a commune, a department or a seat: these are corrected, not undone.
        Intake(ImportKind.UNITS, why_not_import_people, check_units, _apply_list),
        Intake(ImportKind.DEPARTMENTS, why_not_import_people, check_departments, _apply_list),
        Intake(ImportKind.PEOPLE, why_not_import_people, check_people, _apply_list),
        Intake(ImportKind.ASSIGNMENTS, why_not_import_plan, check_assignments, _apply_list, _undo_list),
        Intake(ImportKind.TARGETS, why_not_import_plan, check_targets, _apply_list, _undo_list),
    )
}


def kind_of(sheets: Sequence[ReadSheet]) -> ImportKind:
    """What a workbook is by its headings: ours (entries or a list), or the office's own, to be mapped first."""
    return ImportKind.VALUES if is_entry_book(sheets) else list_kind_of(sheets) or ImportKind.OWN_BOOK


def year_of(sheets: Sequence[ReadSheet], today: date) -> int | None:
    """The year that most rows of our own workbook are about; None where it cannot be assessed."""
    found = years_in(entry_sheets(sheets)[0])
    return found[0] if found and FIRST_YEAR <= found[0] <= today.year else None


def sheets_of(batch: ImportBatch) -> list[ReadSheet]:
    """The kept file, read again. Raises WorkbookProblem."""
    try:
        # Not `batch.stored.open`, which keeps its file and cannot open again what is gone.
        with batch.stored.storage.open(batch.stored.name) as file:
            return read_workbook(file, name=batch.name)
    except OSError as missing:
        raise WorkbookProblem(f"Không còn tệp “{batch.name}” trong kho lưu. Nạp lại tệp.") from missing


def check_batch(
    batch: ImportBatch, standing: Standing, today: date, sheets: Sequence[ReadSheet] | None = None
) -> Found:
    """What the kept file would change now. Raises WorkbookProblem."""
    task = Task(batch.district, standing, today, batch.year, batch.mapping, batch.as_approved)
    found = INTAKES[ImportKind(batch.kind)].check(sheets_of(batch) if sheets is None else sheets, task)
    if marks := batch.outcome.get("marks"):
        found.tell_fresh(b64decode(marks))
    return found


def noted(found: Found) -> dict[str, Any]:
    """What is kept of a first check (`actions.importing.note_findings`)."""
    marks = b64encode(found.marks).decode()
    return {"counts": found.counts, "marks": marks, "fingerprint": found.fingerprint}
