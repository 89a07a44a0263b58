"""Filling in a commune's value for it: a draft that the commune accepts, and one word to its officers."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.actions import notify
from accounts.models import Person
from accounts.roles import Standing
from accounts.rules import NoticeKind
from communes.actions.stating import Entry, Saved, save_value
from communes.models import Unit
from communes.policies import Item
from communes.queries.importing import officers_of
from communes.rules.workflow import Stage
from criteria.models import Measure


@transaction.atomic
def prefill_value(
    *, by: Person, standing: Standing, item: Item, unit: Unit, measure: Measure, year: int, seen_version: int,
    entry: Entry, url: str, on: date,
) -> Saved:  # fmt: skip
    """Save one value as filled in for a commune, and tell its officers once a day, not once a cell. `url` is the page
    on which they accept it. Raises Refused or Stale as `save_value` does."""
    saved = save_value(
        by=by, standing=standing, item=item, unit=unit, measure=measure, year=year, seen_version=seen_version,
        entry=entry, on=on, prefill=True,
    )  # fmt: skip
    # A correction of what was filled in before is no second piece of news.
    if saved.changed and item.stage is not Stage.PREFILLED:
        notify(
            people=set(officers_of([unit.pk], on)) - {by.pk}, kind=NoticeKind.PREFILLED, url=url, on=on,
            sentence=f"Huyện nhập hộ {unit.full_name} năm {year}: {measure.name}. Mở phiếu để nhận hoặc sửa.",
            group=f"mục của {unit.full_name} năm {year} được huyện nhập hộ, chờ xã nhận",
        )  # fmt: skip
    return saved
