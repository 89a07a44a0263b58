"""Promised values of a unit and year: rows are never changed; who saves has seen what they replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.models import PromisedValue, Unit
from communes.policies import Refused, why_not_promise
from communes.queries.promises import promises_of
from criteria.models import Measure
from criteria.rules.rulebook import Value
from criteria.rules.values import encode_value

FIRST, LAST = 2021, 2050
LONGEST_DOCUMENT = 300
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Promise:
    """One measure as somebody promises it; without a value it is taken back. `seen` is the row that stood (0: none)."""

    measure: str
    value: Value | None
    shown: str
    seen: int = 0


class StalePromises(Exception):
    """Promises that somebody else wrote since the page was read, by measure code."""

    def __init__(self, theirs: Mapping[str, PromisedValue]) -> None:
        super().__init__("Người khác vừa sửa giá trị cam kết.")
        self.theirs = dict(theirs)


@transaction.atomic
def save_promises(
    *, by: Person, standing: Standing, unit: Unit, year: int, promises: Sequence[Promise], document: str, on: date
) -> int:
    """Write the promises that say something new; how many, all or none. Raises Refused, StalePromises."""
    commune = unit.code if unit.is_commune else ""
    if refusal := why_not_promise(standing, unit.district_code, commune):
        raise Refused(refusal)
    if not FIRST <= year <= LAST:
        raise Refused(f"Năm phải từ {FIRST} đến {LAST}.")
    if len(document) > LONGEST_DOCUMENT:
        raise Refused(f"Văn bản dài quá {LONGEST_DOCUMENT} ký tự. Ghi số, ngày, cơ quan là đủ.")
    # Two saves of one unit go one after the other.
    Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
    stands = promises_of(unit, year, on)
    new = [one for one in promises if _value(stands.get(one.measure)) != encode_value(one.value)]
    moved = {one.measure: stands[one.measure] for one in new if one.measure in stands and _moved(stands, one)}
    if moved:
        raise StalePromises(moved)
    measures = Measure.objects.in_bulk([one.measure for one in new], field_name="code")
    if not new:
        return 0
    now = timezone.now()
    PromisedValue.objects.bulk_create(
        PromisedValue(unit=unit, measure=measures[one.measure], year=year, value=encode_value(one.value),
                      document=document, by=by, on=on, at=now)
        for one in new
    )  # fmt: skip
    named = "; ".join(f"{measures[one.measure].name} {one.shown}" for one in new[:MOST_NAMED])
    more = f"; và {len(new) - MOST_NAMED} giá trị khác" if len(new) > MOST_NAMED else ""
    values = {one.measure: [_value(stands.get(one.measure)), encode_value(one.value)] for one in new}
    changes = {"year": year, "document": document, "promises": values}
    said = f"{unit.title}: {PERSON_MARK} ghi giá trị cam kết năm {year}: {named}{more}"
    remember(HistoryAct("promise.save", by.pk, said, on, now, changes, unit.district_code, unit.code))
    return len(new)


def _value(row: PromisedValue | None) -> object:
    return row.value if row else None


def _moved(stands: Mapping[str, PromisedValue], one: Promise) -> bool:
    return stands[one.measure].pk != one.seen
