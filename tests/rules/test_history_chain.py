"""The chain of history: no entry can be altered, taken out, put in or moved without being found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.rules import Act, digest, first_break

Entry = tuple[int, Act, str, str]
HANOI = timezone(timedelta(hours=7))
SAVED = Act(
    act="submit",
    person_id=7,
    sentence="Kỳ Phú gửi thẩm tra tỷ lệ hộ nghèo 2023",
    on=date(2023, 10, 15),
    at=datetime(2023, 10, 15, 8, 30, 0, 123456, tzinfo=UTC),
    changes={"value": ["2.1", "1.9"]},
    district_code="huyen.ky-anh",
    unit_code="xa.ky-phu",
    measure_code="xa.11",
)
ALTERATIONS: dict[str, Any] = {
    "act": "approve",
    "person_id": 8,
    "sentence": "Kỳ Phú gửi thẩm tra tỷ lệ hộ nghèo 2022",
    "on": date(2023, 10, 14),
    "at": SAVED.at + timedelta(microseconds=1),
    "changes": {"value": ["2.1", "1.8"]},
    "district_code": "huyen.khac",
    "unit_code": "xa.ky-chau",
    "measure_code": "xa.12",
}


def chain(acts: list[Act]) -> list[Entry]:
    entries: list[Entry] = []
    previous = ""
    for number, act in enumerate(acts, 1):
        own = digest(number, act, previous)
        entries.append((number, act, previous, own))
        previous = own
    return entries


ACTS = st.builds(
    Act,
    act=st.sampled_from(["submit", "verify", "approve"]),
    person_id=st.one_of(st.none(), st.integers(1, 9)),
    sentence=st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    on=st.dates(date(2022, 4, 1), date(2023, 12, 31)),
    at=st.datetimes(datetime(2022, 4, 1), datetime(2023, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    changes=st.dictionaries(st.sampled_from("abc"), st.one_of(st.none(), st.booleans(), st.text("01", max_size=3))),
    district_code=st.sampled_from(["", "huyen.ky-anh"]),
    unit_code=st.sampled_from(["", "xa.ky-phu", "xa.ky-chau"]),
    measure_code=st.sampled_from(["", "xa.11"]),
)
CHAINS = st.lists(ACTS, min_size=2, max_size=6).map(chain)


def test_every_field_of_an_act_is_named_here() -> None:
    assert set(ALTERATIONS) == set(Act.__dataclass_fields__)


@pytest.mark.parametrize("field", sorted(ALTERATIONS))
def test_altering_any_field_of_an_entry_is_found(field: str) -> None:
    entries = chain([SAVED, SAVED, SAVED])
    number, act, previous, own = entries[1]
    entries[1] = (number, replace(act, **{field: ALTERATIONS[field]}), previous, own)
    assert first_break(entries) == 2


def test_the_same_instant_and_changes_written_otherwise_are_the_same_entry() -> None:
    moved = replace(SAVED, at=SAVED.at.astimezone(HANOI), changes=dict(reversed(SAVED.changes.items())))
    assert digest(1, moved, "") == digest(1, SAVED, "")


def test_an_empty_history_holds() -> None:
    assert first_break([]) is None


def test_a_number_left_out_is_found_even_where_the_hashes_follow() -> None:
    first = digest(1, SAVED, "")
    third = digest(3, SAVED, first)
    assert first_break([(1, SAVED, "", first), (3, SAVED, first, third)]) == 3
    assert first_break([(2, SAVED, "", digest(2, SAVED, ""))]) == 2


@given(CHAINS)
def test_an_untouched_chain_holds_and_so_does_each_beginning_of_it(entries: list[Entry]) -> None:
    """A chain cannot see what is cut off at its end: the newest hash has to be known from elsewhere for that."""
    assert all(first_break(entries[:length]) is None for length in range(len(entries) + 1))


@given(CHAINS, ACTS, st.data())
def test_putting_another_act_in_the_place_of_an_entry_is_found(
    entries: list[Entry], other: Act, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    number, act, previous, own = entries[place]
    assume(other != act)
    entries[place] = (number, other, previous, own)
    assert first_break(entries) == number


@given(CHAINS, ACTS, st.data())
def test_altering_an_entry_with_its_hash_made_anew_is_found_at_the_next(
    entries: list[Entry], other: Act, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(entries) - 2))
    number, act, previous, _ = entries[place]
    assume(other != act)
    entries[place] = (number, other, previous, digest(number, other, previous))
    assert first_break(entries) == number + 1


@given(CHAINS, st.data())
def test_removing_any_entry_but_the_last_is_found(entries: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 2))
    del entries[place]
    assert first_break(entries) == place + 2


@given(CHAINS, st.data())
def test_removing_an_entry_and_numbering_the_rest_anew_is_found(entries: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 2))
    left = entries[:place] + entries[place + 1 :]
    renumbered = [(number, *entry[1:]) for number, entry in enumerate(left, 1)]
    assert first_break(renumbered) == place + 1


@given(CHAINS, st.data())
def test_moving_entries_about_is_found(entries: list[Entry], data: st.DataObject) -> None:
    moved = data.draw(st.permutations(entries))
    assume(moved != entries)
    assert first_break(moved) is not None


@given(CHAINS, ACTS, st.data())
def test_putting_in_an_entry_is_found(entries: list[Entry], extra: Act, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    previous = entries[place][2]
    forged = (place + 1, extra, previous, digest(place + 1, extra, previous))
    assert first_break([*entries[:place], forged, *entries[place:]]) is not None
