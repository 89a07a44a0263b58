"""Several people at once on one cell: nothing lost, nothing half done, on both engines.

Each protection has a positive control: the same race without the guard loses, so that the test is known to bite.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from accounts.actions import remember
from accounts.models import HistoryEntry, HistoryHead
from accounts.queries import history_break
from communes.actions.moving import Seen, move
from communes.actions.stating import Entry, Stale, save_value
from communes.models import Act, Assessment, Holding, Statement
from communes.policies import Refused
from communes.queries.entry import item_of
from communes.queries.people import leads_of
from communes.rules.workflow import ActKind, Stage
from criteria.models import Measure
from tests.makers import HEALTH_INSURANCE, TODAY, YEAR, Cast, make_cast, stated

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 6


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def at_once(works: list[Callable[[], object]]) -> list[object]:
    """Run all works at the same moment, each on a connection of its own; what each gave back or raised."""
    gate = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        gate.wait()
        try:
            return work()
        except (Stale, Refused, OperationalError) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def save(cast: Cast, number: int, *, seen: int = 0) -> object:
    measure = Measure.objects.get(code=HEALTH_INSURANCE)
    item = item_of(cast.ky_phu, leads_of(cast.district, TODAY).of(HEALTH_INSURANCE))
    return save_value(
        by=cast.lan, standing=cast.standing(cast.lan), item=item, unit=cast.ky_phu, measure=measure, year=YEAR,
        seen_version=seen, entry=Entry(Decimal(80 + number)), on=TODAY,
    )  # fmt: skip


def test_of_many_who_saw_the_same_version_one_saves_and_the_others_are_shown_both(cast: Cast) -> None:
    given = at_once([lambda n=n: save(cast, n) for n in range(WRITERS)])
    assert sum(isinstance(g, Stale) for g in given) == WRITERS - 1
    assert not any(isinstance(g, OperationalError) for g in given), "database is locked"
    assert Statement.objects.count() == 1
    assert Assessment.objects.get().version == 1


def test_without_the_version_the_same_race_loses_saves(cast: Cast) -> None:
    """The positive control: read, then write, with nothing between that would notice."""
    save(cast, 0)
    read = Barrier(2)

    def careless() -> None:
        row = Assessment.objects.get()
        read.wait()
        row.version += 1
        row.save()

    at_once([careless, careless])
    assert Assessment.objects.get().version == 2, "two saves, one counted: the race is real"


def test_two_acts_on_one_revision_do_not_both_happen(cast: Cast) -> None:
    revision = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan)

    def act(kind: ActKind, reason: str = "") -> object:
        row = Statement.objects.get(pk=revision.pk)
        item = item_of(cast.ky_phu, leads_of(cast.district, TODAY).of(HEALTH_INSURANCE), row)
        return move(
            act=kind, by=cast.hoa, standing=cast.standing(cast.hoa), item=item, seen=Seen(revision.pk), on=TODAY,
            reason=reason,
        )  # fmt: skip

    works = [lambda: act(ActKind.VERIFY), lambda: act(ActKind.RETURN, "Thiếu thẻ."), lambda: act(ActKind.VERIFY)]
    given = at_once(works)
    assert sum(isinstance(g, Act) for g in given) == 1
    assert Act.objects.filter(revision=revision).exclude(kind=ActKind.SUBMIT.value).count() == 1
    stage = Statement.objects.get(pk=revision.pk).stage
    verified = Holding.objects.filter(basis="verified", until_on=None).count()
    assert (stage == Stage.VERIFIED.value) == (verified == 1)


def test_the_history_stays_one_chain_under_many_writers(cast: Cast) -> None:
    measures = [f"xa.8.{n}" for n in (1, 2, 3, 4)] + ["xa.1.1", "xa.1.2"]
    before = HistoryEntry.objects.count()

    def write(code: str) -> object:
        return stated(cast, code, "Đạt", by=cast.lan)

    given = at_once([lambda c=c: write(c) for c in measures])
    assert not any(isinstance(g, Exception) for g in given), given
    assert HistoryEntry.objects.count() == before + 2 * len(measures)
    assert history_break() is None
    assert HistoryHead.objects.get().last_number == HistoryEntry.objects.count()


def test_an_act_that_fails_half_way_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan)
    entries = HistoryEntry.objects.count()

    def broken(*args: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("communes.actions.moving.remember", broken)
    item = item_of(cast.ky_phu, leads_of(cast.district, TODAY).of(HEALTH_INSURANCE), revision)
    with pytest.raises(RuntimeError):
        move(
            act=ActKind.VERIFY, by=cast.hoa, standing=cast.standing(cast.hoa), item=item, seen=Seen(revision.pk),
            on=TODAY,
        )  # fmt: skip
    assert Statement.objects.get(pk=revision.pk).stage == Stage.SUBMITTED.value
    assert Statement.objects.count() == 1 and HistoryEntry.objects.count() == entries
    assert not Holding.objects.filter(basis="verified").exists()


def test_nothing_is_remembered_outside_a_transaction() -> None:
    assert not transaction.get_connection().in_atomic_block
    with pytest.raises(RuntimeError):
        remember()
