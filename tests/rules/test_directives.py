"""What became of an item of a directive: facts and the day decide, nobody types a state."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.rules.directives import Facts, Tally, days_late, lines_of, state_of, state_words, tally, tally_words, urgency
from plans.rules.vocabulary import ItemState

TODAY = date(2023, 10, 15)
days = st.dates(date(2022, 1, 1), date(2025, 12, 31))
facts = st.builds(Facts, st.none() | days, st.none() | days, st.none() | days)


def ago(number: int) -> date:
    return TODAY - timedelta(days=number)


@pytest.mark.parametrize(
    ("known", "state", "words"),
    [
        (Facts(None), ItemState.OPEN, "chưa đặt hạn"),
        (Facts(ago(-10)), ItemState.OPEN, "còn 10 ngày"),
        (Facts(TODAY), ItemState.OPEN, "hạn hôm nay"),
        (Facts(ago(4)), ItemState.LATE, "trễ 4 ngày"),
        (Facts(ago(4), ago(6)), ItemState.REPORTED, "đã báo xong, chờ xác nhận"),
        (Facts(ago(4), ago(6), ago(5)), ItemState.DONE, "đã xong 10/10/2023"),
        (Facts(ago(9), ago(6), ago(5)), ItemState.DONE, "đã xong 10/10/2023, trễ 3 ngày"),
        (Facts(None, None, ago(5)), ItemState.DONE, "đã xong 10/10/2023"),
    ],
)
def test_the_state_follows_from_facts_and_the_day(known: Facts, state: ItemState, words: str) -> None:
    assert (state_of(known, TODAY), state_words(known, TODAY)) == (state, words)


def test_what_waits_for_the_office_is_not_the_delay_of_who_did_it() -> None:
    assert days_late(Facts(ago(10), reported=ago(8)), TODAY) == 2
    assert days_late(Facts(ago(10), reported=ago(12)), TODAY) == 0
    assert days_late(Facts(ago(10)), TODAY) == 10  # positive control: nobody said anything


def test_the_most_urgent_comes_first() -> None:
    late, soon, later, undated = Facts(ago(3)), Facts(ago(-1)), Facts(ago(-30)), Facts(None)
    reported, done, older = Facts(ago(50), ago(1)), Facts(ago(5), ago(3), ago(2)), Facts(ago(5), ago(4), ago(4))
    mixed = [older, undated, done, soon, reported, later, late]
    assert sorted(mixed, key=lambda one: urgency(one, TODAY)) == [late, soon, later, undated, reported, done, older]


@given(st.lists(facts), days)
def test_every_item_is_counted_once(known: list[Facts], today: date) -> None:
    counted = tally(state_of(one, today) for one in known)
    assert counted.open + counted.reported + counted.done == counted.total == len(known)
    assert 0 <= counted.late <= counted.open and counted.unsettled == counted.total - counted.done


@given(facts, days)
def test_time_only_turns_open_into_late(known: Facts, today: date) -> None:
    before, after = state_of(known, today), state_of(known, today + timedelta(days=1))
    assert before is after or (before, after) == (ItemState.OPEN, ItemState.LATE)


def test_counts_are_told_without_zeros() -> None:
    assert tally_words(Tally()) == "chưa có nội dung nào"
    assert tally_words(Tally(5, open=3, late=2, reported=0, done=2)) == "5 nội dung: 2 quá hạn, 1 đang làm, 2 đã xong"


def test_pasted_lines_lose_their_bullets_and_nothing_else() -> None:
    pasted = "1. Rà soát tiêu chí\r\n\n  - Trồng  cây xanh\na) Vệ sinh môi trường\n2.1. Điện\n20 xã báo cáo"
    assert lines_of(pasted) == [
        "Rà soát tiêu chí", "Trồng cây xanh", "Vệ sinh môi trường", "Điện", "20 xã báo cáo",
    ]  # fmt: skip
    assert lines_of(" \n\n") == []
    assert lines_of("4 xã nâng cao năm 2022") == ["4 xã nâng cao năm 2022"]
    assert lines_of("5% hộ nghèo") == ["5% hộ nghèo"]


@given(st.text())
def test_no_line_is_blank_or_ragged_whatever_is_pasted(text: str) -> None:
    lines = lines_of(text)
    assert all(line == " ".join(line.split()) and line for line in lines)
