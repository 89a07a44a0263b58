"""What one row of a list would write: the state its row rests on (None: nothing there yet) and the state afterwards.

Made by `communes.imports` when a list is checked, written by `communes.actions.list_imports` where what stands still
is the state it was checked against.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class UnitState(NamedTuple):
    """A commune as its list has it; the names are those of the model's fields."""

    name: str
    kind: str
    region: str = ""
    group: str = ""
    population: int | None = None
    area_ha: Decimal | None = None
    lon: float | None = None
    lat: float | None = None
    valid_from: date | None = None


class UnitSave(NamedTuple):
    code: str
    before: UnitState | None
    after: UnitState


class DepartmentState(NamedTuple):
    name: str
    position: int


class DepartmentSave(NamedTuple):
    code: str
    before: DepartmentState | None
    after: DepartmentState


class PersonState(NamedTuple):
    full_name: str
    email: str


class SeatState(NamedTuple):
    title: str
    signs_off: bool
    from_on: date
    to_on: date | None


class PersonSave(NamedTuple):
    """An account and one seat of it. `posting` None: a new seat; `commune` and `department` are codes or ""."""

    username: str
    person_before: PersonState | None
    person: PersonState
    role: str
    commune: str
    department: str
    posting: int | None
    before: SeatState | None
    after: SeatState


class AssignmentState(NamedTuple):
    """Codes of the departments, `others` sorted; the username of who answers for it, or ""."""

    lead: str
    others: tuple[str, ...]
    responsible: str


class AssignmentSave(NamedTuple):
    """One or more measures (an indicator may have several parts) with what stands for each."""

    measures: tuple[tuple[str, AssignmentState | None], ...]
    after: AssignmentState


class TargetState(NamedTuple):
    fields: tuple[str, ...]
    document: str


class TargetSave(NamedTuple):
    unit: str
    year: int
    tier: str
    before: TargetState | None
    after: TargetState
