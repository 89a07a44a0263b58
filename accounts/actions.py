"""Writes of the lowest floor: remember an act, make a person, set up the installation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Department, HistoryEntry, HistoryHead, Installation, Person
from accounts.models.history import PERSON_MARK
from accounts.rules import Act, digest


def remember(*acts: Act) -> None:
    """Append acts to the chain, in the caller's transaction, which must exist: no act without its history."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an act is remembered in the transaction that does it")
    HistoryHead.objects.get_or_create(pk=1)
    head = HistoryHead.objects.select_for_update().get(pk=1)
    number, last = head.last_number, head.last_hash
    rows = []
    for act in acts:
        number += 1
        own = digest(number, act, last)
        rows.append(
            HistoryEntry(
                number=number, act=act.act, person_id=act.person_id, sentence=act.sentence, changes=act.changes,
                district_code=act.district_code, unit_code=act.unit_code, measure_code=act.measure_code,
                on=act.on, at=act.at, previous_hash=last, hash=own,
            )  # fmt: skip
        )
        last = own
    HistoryEntry.objects.bulk_create(rows, batch_size=500)
    HistoryHead.objects.filter(pk=1).update(last_number=number, last_hash=last)


@transaction.atomic
def make_person(*, username: str, full_name: str, password: str | None, hashed: str = "") -> Person:
    """A new account; `hashed` takes a ready password hash (the demo's people share one)."""
    person = Person(username=username, full_name=full_name)
    if hashed:
        person.password = hashed
    else:
        person.set_password(password)
    person.full_clean(exclude=["password"])
    person.save()
    return person


@transaction.atomic
def make_departments(*, district_code: str, named: Sequence[tuple[str, str]]) -> list[Department]:
    """The departments (code, name) of a district, those that it has not yet."""
    rows = [
        Department(district_code=district_code, code=code, name=name, position=position)
        for position, (code, name) in enumerate(named)
    ]
    Department.objects.bulk_create(rows, ignore_conflicts=True)
    return list(Department.objects.filter(district_code=district_code))


@transaction.atomic
def set_up_installation(*, is_demo: bool, working_day: date | None, home_district: str) -> Installation:
    installation, _ = Installation.objects.update_or_create(
        pk=1, defaults={"is_demo": is_demo, "working_day": working_day, "home_district": home_district}
    )
    return installation


PASSWORD_CHANGED = "person.password"  # noqa: S105 - the name of an act


@transaction.atomic
def change_password(*, person: Person, password: str, on: date) -> Person:
    """A new hash, remembered as an act of its owner. Other sessions end: their hash of the session no longer fits."""
    person.set_password(password)
    person.save(update_fields=["password"])
    remember(Act(PASSWORD_CHANGED, person.pk, f"{PERSON_MARK} đổi mật khẩu", on, timezone.now(), {}))
    return person
