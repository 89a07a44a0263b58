"""A block and a single save at the same moment: they wait for each other, and never each for the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Event

import pytest
from django.db import OperationalError, connection

from accounts.queries import history_break
from communes.actions import filling
from communes.actions.filling import Cell, save_many
from communes.actions.stating import Entry, Stale, save_value
from communes.models import Statement
from communes.policies import Refused
from communes.queries.entry import item_of
from communes.queries.people import leads_of
from criteria.models import Measure
from tests.makers import TODAY, YEAR, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, SECOND = "xa.2.1", "xa.2.2"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def race(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A block of two cells stops between them, holding the history; a colleague saves the second cell just then."""
    begun, saved = Event(), filling.save_value
    leads = leads_of(cast.district, TODAY)
    rows = {code: Measure.objects.get(code=code) for code in (FIRST, SECOND)}
    for code in rows:
        save_value(
            by=cast.lan, standing=cast.standing(cast.lan), item=item_of(cast.ky_phu, leads.of(code)), unit=cast.ky_phu,
            measure=rows[code], year=YEAR, seen_version=0, entry=Entry(Decimal(70)), on=TODAY,
        )  # fmt: skip

    def slowly(**given: object) -> object:
        done = saved(**given)  # type: ignore[arg-type]
        begun.set()
        Event().wait(0.7)
        return done

    monkeypatch.setattr(filling, "save_value", slowly)
    standing = cast.standing(cast.lan)

    def cell(code: str, value: int) -> Cell:
        return Cell(item_of(cast.ky_phu, leads.of(code)), rows[code], Entry(Decimal(value)), 1)

    def block() -> object:
        cells = [cell(FIRST, 81), cell(SECOND, 82)]
        return save_many(by=cast.lan, standing=standing, unit=cast.ky_phu, year=YEAR, cells=cells, on=TODAY)

    def single() -> object:
        begun.wait(5)
        one = cell(SECOND, 99)
        return save_value(
            by=cast.lan, standing=standing, item=one.item, unit=cast.ky_phu, measure=one.measure, year=YEAR,
            seen_version=1, entry=one.entry, on=TODAY,
        )  # fmt: skip

    def run(work: object) -> object:
        try:
            return work()  # type: ignore[operator]
        except (Stale, Refused, OperationalError) as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, [block, single]))


def test_a_block_and_a_single_save_never_wait_for_each_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    block, single = race(cast, monkeypatch)
    assert block == {FIRST: None, SECOND: None}
    assert isinstance(single, Stale), "the colleague is shown both"
    assert Statement.objects.count() == 4
    assert history_break() is None


def test_without_holding_the_rows_first_the_two_lock_each_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control, where rows are locked one by one: PostgreSQL ends one of the two. SQLite has one writer."""
    monkeypatch.setattr(filling, "_hold", lambda *_: None)
    ended = any(isinstance(given, OperationalError) for given in race(cast, monkeypatch))
    assert ended is (connection.vendor == "postgresql")
