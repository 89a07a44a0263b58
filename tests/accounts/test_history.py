"""The chain of history: one entry per act, and a command that finds the first that was altered, added or taken out."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import HistoryEntry, Person
from accounts.models.history import PERSON_MARK
from accounts.queries import history_break, history_of_unit, told
from accounts.rules import Act
from tests.makers import make_cast, make_person, stated, typed

pytestmark = pytest.mark.django_db
ON = date(2023, 10, 15)


def three_acts(person: Person) -> None:
    for number in range(1, 4):
        with transaction.atomic():
            act = Act("thu", person.pk, f"{PERSON_MARK} làm việc {number}", ON, timezone.now(), {"số": number}, "447")
            remember(act)


@pytest.fixture
def person() -> Person:
    made = make_person(username="lan", full_name="Nguyễn Thị Lan")
    three_acts(made)
    return made


def verify() -> str:
    out = StringIO()
    call_command("verify_history", stdout=out)
    return out.getvalue()


def test_an_untouched_chain_holds(person: Person) -> None:
    assert history_break() is None
    assert "nguyên vẹn: 3 mục" in verify()


@pytest.mark.parametrize(
    "change", [{"sentence": "khác"}, {"changes": {"số": 9}}, {"person_id": 77}, {"on": ON.replace(day=1)}]
)
def test_an_altered_entry_turns_the_command_red(person: Person, change: dict[str, object]) -> None:
    HistoryEntry.objects.filter(number=2).update(**change)
    assert history_break() == 2
    with pytest.raises(CommandError, match="mục số 2"):
        verify()


def test_an_entry_taken_out_turns_the_command_red(person: Person) -> None:
    HistoryEntry.objects.filter(number=2).delete()
    with pytest.raises(CommandError, match="mục số 3"):
        verify()


def test_an_entry_put_in_turns_the_command_red(person: Person) -> None:
    last = HistoryEntry.objects.get(number=3)
    last.number, last.hash = 4, "0" * 64
    last.save(force_insert=True)
    with pytest.raises(CommandError, match="mục số 4"):
        verify()


def test_no_act_is_remembered_outside_its_transaction(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    act = Act("thu", person.pk, "x", ON, timezone.now(), {})
    with pytest.raises(RuntimeError, match="transaction"):
        remember(act)


def test_what_is_undone_leaves_no_entry_and_no_gap(person: Person) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        remember(Act("thu", person.pk, "x", ON, timezone.now(), {}))
        raise ZeroDivisionError
    three_acts(person)
    assert HistoryEntry.objects.count() == 6 and history_break() is None


def test_names_are_put_in_when_an_entry_is_told(person: Person, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        lines = told(HistoryEntry.objects.all(), 10)
    assert [line.sentence for line in lines][0] == "Nguyễn Thị Lan làm việc 3"
    Person.objects.filter(pk=person.pk).update(full_name="Người 17")
    assert told(HistoryEntry.objects.all(), 1)[0].sentence == "Người 17 làm việc 3"
    assert history_break() is None, "a pseudonym does not break the chain"


def test_history_of_a_unit_is_for_its_own_people_and_without_drafts_for_the_office() -> None:
    cast = make_cast()
    typed(cast, "bhyt", "96,4", by=cast.lan)
    stated(cast, "xa.8.1", "Đạt", by=cast.lan)

    def acts(person: Person) -> set[str]:
        return set(history_of_unit(cast.standing(person), "18769", "447").values_list("act", flat=True))

    assert acts(cast.lan) == {"assessment.save", "assessment.submit"}
    assert acts(cast.tuan) == acts(cast.hung) == {"assessment.submit"}
    for person in (cast.minh, cast.hoa, cast.dung, cast.binh):
        assert acts(person) == set()
