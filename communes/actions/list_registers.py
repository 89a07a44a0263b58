"""Rows of the registers (communes, departments, people with their seats) written from an imported list.

Called by `communes.actions.list_imports` inside its transaction, with the lock of the history held. Each raises
Overtaken where a row no longer stands as it was checked, and gives what the import keeps about itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.text import slugify

from accounts.actions import make_people, rename_people
from accounts.models import Department, Person
from accounts.roles import Role, Standing
from communes.actions.importing import Overtaken
from communes.models import Posting, Unit
from communes.policies import Refused, why_not_post
from communes.queries.lists import (
    communes_listed,
    department_state,
    departments_listed,
    last_position,
    seat_state,
    unit_state,
)
from communes.rules.importing import in_chunks
from communes.rules.list_saves import DepartmentSave, PersonSave, PersonState, UnitSave, UnitState
from criteria.rules.vocabulary import Level
from criteria.rules.words import folded


class Context(NamedTuple):
    """Who writes where, and on which working day."""

    by: Person
    standing: Standing
    district: Unit
    on: date


def write_units(context: Context, saves: Sequence[UnitSave]) -> Mapping[str, Any]:
    """New communes behind the others, with an address made of the name; changed ones keep code and address."""
    units = {unit.code: unit for unit in communes_listed(context.district, context.on)}
    position, slugs = last_position(context.district), {unit.slug for unit in units.values()}
    new, changed = [], []
    for save in saves:
        unit = units.get(save.code)
        if (unit_state(unit) if unit else None) != save.before:
            raise Overtaken
        if unit is None:
            position += 1
            slug = _slug(save, slugs)
            slugs.add(slug)
            new.append(Unit(
                code=save.code, slug=slug, level=Level.COMMUNE.value, parent=context.district, position=position,
                **save.after._asdict(),
            ))  # fmt: skip
        else:
            for name, value in save.after._asdict().items():
                setattr(unit, name, value)
            changed.append(unit)
    Unit.objects.bulk_create(new)
    Unit.objects.bulk_update(changed, UnitState._fields, batch_size=200)
    return {}


def _slug(save: UnitSave, taken: set[str]) -> str:
    slug = slugify(folded(save.after.name))[:70] or save.code
    return f"{slug}-{save.code}" if slug in taken else slug


def write_departments(context: Context, saves: Sequence[DepartmentSave]) -> Mapping[str, Any]:
    rows = {row.code: row for row in departments_listed(context.district)}
    new, changed = [], []
    for save in saves:
        row = rows.get(save.code)
        if (department_state(row) if row else None) != save.before:
            raise Overtaken
        if row is None:
            new.append(Department(district_code=context.district.code, code=save.code, **save.after._asdict()))
        else:
            row.name, row.position = save.after
            changed.append(row)
    Department.objects.bulk_create(new)
    Department.objects.bulk_update(changed, ["name", "position"], batch_size=500)
    return {}


def write_people(context: Context, saves: Sequence[PersonSave]) -> Mapping[str, Any]:
    """Accounts (without a password) and seats. Gives the new accounts, for which somebody has to set one."""
    people = {row.username: row for row in Person.objects.filter(username__in={save.username for save in saves})}
    _check_people(context, saves, people)
    wanted = {save.username: (save.person.full_name, save.person.email) for save in saves}
    fresh = [(username, *wanted[username]) for username in wanted if username not in people]
    rename_people({people[name]: said for name, said in wanted.items() if name in people})
    people |= {row.username: row for row in make_people(fresh)}
    _write_seats(context, saves, people)
    return {"new_accounts": [[username, full_name] for username, full_name, _ in fresh]}


def _check_people(context: Context, saves: Sequence[PersonSave], people: Mapping[str, Person]) -> None:
    for save in saves:
        row = people.get(save.username)
        state = PersonState(row.full_name, row.email) if row else None
        if state != save.person_before:
            raise Overtaken
        person = row.pk if row else None
        district = context.district.code
        if refusal := why_not_post(context.standing, district, person=person, role=Role(save.role)):
            raise Refused(refusal)


def _write_seats(context: Context, saves: Sequence[PersonSave], people: Mapping[str, Person]) -> None:
    known = Posting.objects.in_bulk([save.posting for save in saves if save.posting is not None])
    communes = {unit.code: unit for unit in communes_listed(context.district, context.on)}
    departments = {row.code: row for row in departments_listed(context.district)}
    held = set(
        Posting.objects.filter(person__in=people.values()).values_list(
            "person_id", "role", "unit_id", "department_id", "from_on"
        )
    )
    new, changed = [], []
    for save in saves:
        if save.posting is not None:
            row = known.get(save.posting)
            if row is None or seat_state(row) != save.before:
                raise Overtaken
            row.title, row.signs_off, row.from_on, row.to_on = save.after
            changed.append(row)
            continue
        unit = communes.get(save.commune) if save.commune else context.district
        department = departments.get(save.department)
        if unit is None or (save.department and department is None):
            raise Overtaken
        row = Posting(
            person=people[save.username], role=save.role, unit=unit, department=department, **save.after._asdict()
        )
        if (row.person_id, row.role, row.unit_id, row.department_id, row.from_on) in held:
            raise Overtaken
        new.append(row)
    for chunk in in_chunks(new):
        Posting.objects.bulk_create(chunk)
    Posting.objects.bulk_update(changed, ["title", "signs_off", "to_on"], batch_size=500)
