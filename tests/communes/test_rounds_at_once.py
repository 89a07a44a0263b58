"""Closing a round while somebody saves: the save is in the snapshot, or it is refused; never neither.

Every act ends by taking the lock of history, and asks whether the year is locked once it has it; closing takes that
lock before it reads. The controls take one of the two guards away and show the damage.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.queries import history_break
from communes.actions import rounds, stating
from communes.actions.rounds import NewRound, close_round, extend, open_round
from communes.models import Extension, Holding, Round, RoundEvent, Snapshot, Statement
from communes.policies import Refused
from communes.queries.rounds import year_lock
from communes.queries.snapshots import snapshot_of
from communes.rules.rounds import RoundKind
from tests.communes.test_concurrency import at_once
from tests.makers import HEALTH_INSURANCE, TODAY, YEAR, Cast, make_cast, stated, typed

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def year(cast: Cast) -> Round:
    new = NewRound(RoundKind.YEAR, 1, YEAR, date(2023, 1, 1), date(2023, 12, 31))
    return open_round(by=cast.tuan, standing=cast.standing(cast.tuan), district=cast.district, new=new, on=TODAY)


def close(cast: Cast, year: Round) -> RoundEvent:
    row = Round.objects.select_related("district").get(pk=year.pk)
    return close_round(by=cast.tuan, standing=cast.standing(cast.tuan), round=row, on=TODAY)


def in_background(pool: ThreadPoolExecutor, work: Callable[[], object]) -> Future[object]:
    """Run work on a connection of its own."""

    def run() -> object:
        try:
            return work()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    return pool.submit(run)


def frozen_values(cast: Cast, event: RoundEvent) -> list[Any]:
    """What the snapshot of Kỳ Phú says of health insurance on each basis."""
    kept = snapshot_of(event, cast.ky_phu)
    assert kept is not None and kept.matches
    parts = [p for s in kept.data["sets"] for c in s["criteria"] for i in c["indicators"] for p in i["parts"]]
    part = next(part for part in parts if part["measure"] == HEALTH_INSURANCE)
    return [finding["fact"] and finding["fact"]["value"] for finding in part["findings"]]


def race(cast: Cast, year: Round) -> RoundEvent:
    """Lan has sent a figure, but her transaction is not done yet when Tuấn closes the year."""
    done, go_on = Event(), Event()

    def send() -> None:
        with transaction.atomic():
            stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan)
            done.set()
            go_on.wait(PATIENCE)

    with ThreadPoolExecutor(2) as pool:
        sending = in_background(pool, send)
        assert done.wait(PATIENCE)
        closing = in_background(pool, lambda: close(cast, year))
        # Long enough for the closing to reach the lock, and where there is none to read past it.
        Event().wait(1.0)
        assert not closing.done()
        go_on.set()
        sending.result(PATIENCE)
        event = closing.result(PATIENCE)
    assert isinstance(event, RoundEvent), event
    return event


def test_what_was_being_sent_while_the_year_was_closed_is_in_the_snapshot(cast: Cast, year: Round) -> None:
    event = race(cast, year)
    assert Holding.objects.filter(assessment__measure__code=HEALTH_INSURANCE).exists()
    assert frozen_values(cast, event)[0] == "96.4"
    assert history_break() is None


def test_without_the_lock_the_snapshot_misses_what_was_sent(
    cast: Cast, year: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control. SQLite lets one writer in at a time anyway; PostgreSQL needs the lock."""
    monkeypatch.setattr("communes.actions.rounds.hold_history", lambda: None)
    event = race(cast, year)
    stands = Holding.objects.filter(assessment__measure__code=HEALTH_INSURANCE).exists()
    missed = stands and frozen_values(cast, event)[0] is None
    assert missed == (connection.vendor == "postgresql"), "a figure of a locked year that no snapshot holds"


def save_late(cast: Cast, year: Round, monkeypatch: pytest.MonkeyPatch) -> object:
    """Lan's save begins before the year is closed, and reaches the lock of history only afterwards."""
    closed = Event()
    remember = stating.remember

    def slow(*acts: Any) -> None:
        if connection.vendor == "postgresql":
            closed.wait(PATIENCE)
        remember(*acts)

    monkeypatch.setattr(stating, "remember", slow)
    with ThreadPoolExecutor(2) as pool:
        if connection.vendor != "postgresql":
            # One writer at a time: the save can only begin once the closing is done.
            close(cast, year)
        saving = in_background(pool, lambda: typed(cast, HEALTH_INSURANCE, "96,4", by=cast.lan))
        if connection.vendor == "postgresql":
            Event().wait(0.5)
            close(cast, year)
            closed.set()
        return saving.result(PATIENCE)


def test_a_save_that_comes_too_late_for_the_snapshot_is_refused(
    cast: Cast, year: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = save_late(cast, year, monkeypatch)
    assert isinstance(given, Refused) and "đã chốt" in str(given)
    assert not Statement.objects.exists()


def test_without_asking_again_a_late_save_changes_a_locked_year(
    cast: Cast, year: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control."""
    monkeypatch.setattr("communes.actions.stating.refuse_if_locked", lambda *args: None)
    save_late(cast, year, monkeypatch)
    assert Statement.objects.count() == 1 and year_lock(cast.district.code, YEAR)


def extend_while_closing(cast: Cast, year: Round, monkeypatch: pytest.MonkeyPatch) -> object:
    """Tuấn closes the year and is freezing what stands; Mai gives Kỳ Phú more time in it just then."""
    freezing, bench = Event(), rounds.set_up_bench

    def slow(*args: Any, **given: Any) -> Any:
        freezing.set()
        Event().wait(0.5)
        return bench(*args, **given)

    monkeypatch.setattr(rounds, "set_up_bench", slow)

    def later() -> object:
        row = Round.objects.select_related("district").get(pk=year.pk)
        return extend(
            by=cast.mai, standing=cast.standing(cast.mai), round=row, unit=cast.ky_phu, due_on=date(2024, 1, 31),
            reason="Mưa lũ", on=TODAY,
        )  # fmt: skip

    with ThreadPoolExecutor(2) as pool:
        closing = in_background(pool, lambda: close(cast, year))
        assert freezing.wait(PATIENCE)
        answer = in_background(pool, later).result(PATIENCE)
        assert isinstance(closing.result(PATIENCE), RoundEvent)
    return answer


def test_a_round_that_is_being_closed_is_not_extended_any_more(
    cast: Cast, year: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = extend_while_closing(cast, year, monkeypatch)
    assert isinstance(answer, Refused) and "đã chốt" in str(answer)
    assert not Extension.objects.exists()


def test_without_the_lock_a_closed_round_is_extended(
    cast: Cast, year: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: only the closing takes the lock before it reads."""
    takers = iter([rounds.hold_history])
    monkeypatch.setattr(rounds, "hold_history", lambda: next(takers, lambda: None)())
    extend_while_closing(cast, year, monkeypatch)
    assert Extension.objects.exists() == (connection.vendor == "postgresql")


def test_of_two_who_close_at_once_one_does(cast: Cast, year: Round) -> None:
    given = at_once([lambda: close(cast, year), lambda: close(cast, year)])
    assert sorted(type(one).__name__ for one in given) == ["Refused", "RoundEvent"], given
    assert Snapshot.objects.count() == 3


def test_savers_and_a_closer_at_once_leave_nothing_half(cast: Cast, year: Round) -> None:
    codes = ["xa.8.1", "xa.8.2", "xa.8.3", "xa.8.4"]
    works: list[Callable[[], object]] = [lambda c=c: stated(cast, c, "Đạt", by=cast.lan) for c in codes]  # type: ignore[misc]
    given = at_once([*works, lambda: close(cast, year)])
    event = given[-1]
    assert isinstance(event, RoundEvent), given
    assert all(isinstance(one, (Statement, Refused)) for one in given[:-1]), given
    kept = snapshot_of(event, cast.ky_phu)
    assert kept is not None and kept.matches
    frozen = {
        part["measure"]
        for one in kept.data["sets"]
        for criterion in one["criteria"]
        for item in criterion["indicators"]
        for part in item["parts"]
        if part["findings"][0]["fact"]
    }
    sent = set(Holding.objects.values_list("assessment__measure__code", flat=True))
    assert frozen == sent, "what stands is what was frozen"
    assert history_break() is None
