"""Lists written while somebody else works on the same rows: both wait for each other, never each for the other.

`communes.actions.locking` has the order. The controls take it away: on PostgreSQL one of the two is then ended by the
database, or writes over what it never saw; SQLite has one writer at a time.

Who was first waits half way: in a control for the other's lock, however slow the machine; with the guards nothing but
a while, because the other then waits for who was first.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from accounts import actions as accounts_actions
from accounts.models import Person
from accounts.queries import history_break
from communes.actions import list_imports, list_registers, rounds
from communes.actions.importing import Overtaken
from communes.actions.locking import hold_units
from communes.actions.rounds import NewRound, close_round, open_round
from communes.actions.surveying import save_survey
from communes.models import ImportBatch, Round, RoundEvent, SurveyResult, Target, Unit
from communes.rules.importing import ImportStage
from communes.rules.rounds import RoundKind
from criteria.models import SurveyContent
from criteria.rules.facts import SurveyRow
from tests.communes.lists import PEOPLE, TARGETS, UNITS, brought, make_listed_cast, written
from tests.makers import TODAY, YEAR, Cast

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 10
A_WHILE = 0.5
NEW_NAME = "Kỳ Phú Mới"
Work = Callable[[], object]


@pytest.fixture
def cast() -> Cast:
    return make_listed_cast()


def run(work: Work) -> object:
    """On a connection of its own; what it gave back or raised."""
    try:
        return work()
    except (Overtaken, OperationalError) as problem:
        return problem
    finally:
        connection.close()


def one_in_the_middle_of(first: Work, half_way: Event, second: Work) -> list[object]:
    """The second begins when the first is half way, which waits a while there."""

    def later() -> object:
        assert half_way.wait(PATIENCE)
        return second()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, (first, later)))


def pausing(half_way: Event, then: Callable[..., Any], until: Event | None = None) -> Callable[..., Any]:
    """Goes on when the other stands at `until`. SQLite lets nobody else write meanwhile: there a while is enough."""

    def pause(*given: Any) -> Any:
        half_way.set()
        (until or Event()).wait(PATIENCE if until and connection.vendor == "postgresql" else A_WHILE)
        return then(*given)

    return pause


def saying(there: Event, do: Callable[..., Any]) -> Callable[..., Any]:
    """`do`, and that it is done."""

    def said(*given: Any) -> Any:
        try:
            return do(*given)
        finally:
            there.set()

    return said


def ended(answers: list[object]) -> bool:
    """Whether the database ended one of them."""
    return any(isinstance(answer, OperationalError) for answer in answers)


def close_meanwhile(cast: Cast, monkeypatch: pytest.MonkeyPatch, until: Event | None = None) -> list[object]:
    """Tuấn closes the year and has the communes in his hand; Mai's list renames one of them just then."""
    who = {"by": cast.tuan, "standing": cast.standing(cast.tuan), "on": TODAY}
    new = NewRound(RoundKind.YEAR, 1, YEAR, date(2023, 1, 1), date(2023, 12, 31))
    year = Round.objects.select_related("district").get(pk=open_round(district=cast.district, new=new, **who).pk)
    half_way = Event()
    monkeypatch.setattr(rounds, "hold_history", pausing(half_way, rounds.hold_history, until))
    found = brought(cast, UNITS, {"code": "18769", "name": NEW_NAME})
    return one_in_the_middle_of(
        lambda: close_round(round=year, **who), half_way, lambda: written(cast, UNITS, found, by=cast.mai)
    )


def test_a_list_of_communes_waits_for_the_round_that_is_being_closed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = close_meanwhile(cast, monkeypatch)
    assert [type(answer) for answer in answers] == [RoundEvent, ImportBatch], answers
    assert Unit.objects.get(pk=cast.ky_phu.pk).name == NEW_NAME
    assert history_break() is None


def test_with_the_history_before_the_communes_the_two_lock_each_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control."""
    has_history = Event()
    monkeypatch.setattr(list_imports, "hold_units", lambda codes: None)
    monkeypatch.setattr(list_imports, "hold_history", saying(has_history, list_imports.hold_history))
    assert ended(close_meanwhile(cast, monkeypatch, has_history)) is (connection.vendor == "postgresql")


def change_address_meanwhile(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, until: Event | None = None
) -> list[object]:
    """Minh changes her own address; Tuấn's list of people changes her name and a seat of hers."""
    half_way = Event()
    monkeypatch.setattr(accounts_actions, "remember", pausing(half_way, accounts_actions.remember, until))
    minh = Person.objects.get(pk=cast.minh.pk)
    seat = {"username": "minh", "full_name": "Minh Mới", "role": "Cán bộ xã", "place": "18790"}
    found = brought(cast, PEOPLE, seat)
    assert len(found.written) == 1
    return one_in_the_middle_of(
        lambda: accounts_actions.change_email(person=minh, email="minh@example.vn", on=TODAY),
        half_way,
        lambda: written(cast, PEOPLE, found),
    )


def test_a_list_of_people_waits_for_who_changes_their_own_address_and_does_not_write_over_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, listed = change_address_meanwhile(cast, monkeypatch)
    assert isinstance(mine, Person) and isinstance(listed, Overtaken), (mine, listed)
    minh = Person.objects.get(pk=cast.minh.pk)
    assert (minh.full_name, minh.email) == (cast.minh.full_name, "minh@example.vn")


def test_with_the_history_before_the_people_the_two_lock_each_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control."""
    has_history = Event()
    monkeypatch.setattr(list_imports, "hold_people", lambda usernames: None)
    monkeypatch.setattr(list_imports, "hold_history", saying(has_history, list_imports.hold_history))
    assert ended(change_address_meanwhile(cast, monkeypatch, has_history)) is (connection.vendor == "postgresql")


def survey_meanwhile(cast: Cast, hold: Callable[[list[str]], None], until: Event | None = None) -> list[object]:
    """Hùng's survey of Kỳ Phú is being saved; Tuấn's list gives Kỳ Phú a target."""
    half_way = Event()
    content = SurveyContent.objects.order_by("pk")[0].code
    asked = {"by": cast.tuan, "standing": cast.standing(cast.tuan), "unit": cast.ky_phu, "year": YEAR, "on": TODAY}

    def save() -> object:
        with transaction.atomic():
            hold([cast.ky_phu.code])
            pausing(half_way, lambda: None, until)()
            return save_survey(rows=[SurveyRow(content, 10, 9, 8)], **asked)

    found = brought(cast, TARGETS, {"unit": "Kỳ Phú", "year": 2025, "tier": "nâng cao"})
    return one_in_the_middle_of(save, half_way, lambda: written(cast, TARGETS, found))


def test_who_holds_a_commune_does_not_keep_others_from_referring_to_it(cast: Cast) -> None:
    answers = survey_meanwhile(cast, hold_units)
    assert not ended(answers), answers
    assert SurveyResult.objects.count() == 1 and Target.objects.filter(year=2025).count() == 1


def test_who_holds_a_commune_with_its_key_locks_the_two_together(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control."""
    has_history = Event()
    monkeypatch.setattr(list_imports, "hold_history", saying(has_history, list_imports.hold_history))

    def with_key(codes: list[str]) -> None:
        list(Unit.objects.select_for_update(of=("self",)).filter(code__in=codes))

    assert ended(survey_meanwhile(cast, with_key, has_history)) is (connection.vendor == "postgresql")


def two_lists(cast: Cast, monkeypatch: pytest.MonkeyPatch, waits: float = A_WHILE) -> list[object]:
    """Tuấn and Mai each bring a list that renames Kỳ Phú; nothing but the locks keeps both from looking first."""
    gate, place = Barrier(2), list_registers.last_position

    def look_together(district: Unit) -> int:
        with suppress(BrokenBarrierError):
            gate.wait(waits)
        return place(district)

    monkeypatch.setattr(list_registers, "last_position", look_together)
    lists = [(who, brought(cast, UNITS, {"code": "18769", "name": f"Kỳ {who.username}"}, by=who))
             for who in (cast.tuan, cast.mai)]  # fmt: skip
    works = [lambda who=who, found=found: written(cast, UNITS, found, by=who) for who, found in lists]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, works))


def test_of_two_lists_at_once_one_is_written_and_the_other_is_shown_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = two_lists(cast, monkeypatch)
    assert sorted(type(answer).__name__ for answer in answers) == ["ImportBatch", "Overtaken"], answers
    done = ImportBatch.objects.get(stage=ImportStage.APPLIED.value)
    assert Unit.objects.get(pk=cast.ky_phu.pk).name == f"Kỳ {done.by.username}"
    assert history_break() is None


def test_without_the_locks_one_list_writes_over_the_other_unseen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control."""
    monkeypatch.setattr(list_imports, "hold_units", lambda codes: None)
    monkeypatch.setattr(list_imports, "hold_history", lambda: None)
    two_lists(cast, monkeypatch, PATIENCE if connection.vendor == "postgresql" else A_WHILE)
    both = ImportBatch.objects.filter(stage=ImportStage.APPLIED.value).count() == 2
    assert both is (connection.vendor == "postgresql")
