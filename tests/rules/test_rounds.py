"""Rounds as plain values: titles, spans, due days just below, on and above, who counts as having reported."""

from __future__ import annotations

from datetime import date

import pytest

from communes.rules.rounds import (
    RoundEventKind,
    RoundKind,
    RoundState,
    days_late,
    days_left,
    due_words,
    is_closed,
    is_reported,
    proposals,
    state_of,
)
from communes.rules.workflow import ActKind

DUE = date(2023, 10, 20)
CLOSE, UNLOCK = RoundEventKind.CLOSE, RoundEventKind.UNLOCK


@pytest.mark.parametrize(
    ("kind", "number", "title", "first", "last"),
    [
        (RoundKind.MONTH, 2, "Tháng 2/2024", date(2024, 2, 1), date(2024, 2, 29)),
        (RoundKind.QUARTER, 4, "Quý IV/2024", date(2024, 10, 1), date(2024, 12, 31)),
        (RoundKind.HALF_YEAR, 1, "6 tháng đầu năm 2024", date(2024, 1, 1), date(2024, 6, 30)),
        (RoundKind.HALF_YEAR, 2, "6 tháng cuối năm 2024", date(2024, 7, 1), date(2024, 12, 31)),
        (RoundKind.YEAR, 1, "Năm 2024", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_round_has_a_title_and_a_stretch_of_the_year(
    kind: RoundKind, number: int, title: str, first: date, last: date
) -> None:
    assert kind.titled(number, 2024) == title
    assert kind.span(number, 2024) == (first, last)


@pytest.mark.parametrize(
    ("today", "left", "late", "words"),
    [
        (date(2023, 10, 19), 1, 0, "còn 1 ngày"),
        (date(2023, 10, 20), 0, 0, "hạn hôm nay"),
        (date(2023, 10, 21), 0, 1, "trễ 1 ngày"),
    ],
)
def test_days_left_and_late_around_the_due_day(today: date, left: int, late: int, words: str) -> None:
    assert (days_left(DUE, today), days_late(DUE, today)) == (left, late)
    assert due_words(left, late) == words


@pytest.mark.parametrize(
    ("today", "closed", "state"),
    [
        (date(2023, 9, 30), False, RoundState.AHEAD),
        (date(2023, 10, 1), False, RoundState.OPEN),
        (date(2023, 10, 20), False, RoundState.OPEN),
        (date(2023, 10, 21), False, RoundState.LATE),
        (date(2023, 10, 21), True, RoundState.CLOSED),
        (date(2023, 9, 30), True, RoundState.CLOSED),
    ],
)
def test_the_state_of_a_round_on_a_day(today: date, closed: bool, state: RoundState) -> None:
    assert state_of(date(2023, 10, 1), DUE, today, closed=closed) is state


@pytest.mark.parametrize(
    ("events", "closed"),
    [([], False), ([CLOSE], True), ([CLOSE, UNLOCK], False), ([CLOSE, UNLOCK, CLOSE], True)],
)
def test_a_round_is_closed_after_its_last_closing(events: list[RoundEventKind], closed: bool) -> None:
    assert is_closed(events) is closed


SUBMIT, RETURN, WITHDRAW = ActKind.SUBMIT, ActKind.RETURN, ActKind.WITHDRAW


@pytest.mark.parametrize(
    ("confirmed", "acts", "reported"),
    [
        ([], [], False),
        ([], [(1, SUBMIT)], True),
        ([], [(1, ActKind.LOAD)], True),
        ([], [(1, ActKind.LOAD), (1, ActKind.UNLOAD)], False),
        ([], [(1, SUBMIT), (1, RETURN)], False),
        ([], [(1, SUBMIT), (1, WITHDRAW)], False),
        ([], [(1, SUBMIT), (1, ActKind.RETURN_TO_ASSESSOR)], False),
        ([], [(1, SUBMIT), (1, ActKind.RETURN_TO_LEAD)], True),
        ([], [(1, SUBMIT), (1, RETURN), (2, SUBMIT)], True),
        ([], [(1, SUBMIT), (2, SUBMIT), (2, RETURN)], True),
        ([], [(1, RETURN)], False),
        ([1], [], True),
        ([1], [(1, RETURN)], False),
        ([1], [(1, ActKind.VERIFY), (1, ActKind.APPROVE)], True),
    ],
)
def test_reported_is_what_was_sent_or_confirmed_and_not_given_back(
    confirmed: list[int], acts: list[tuple[int, ActKind]], reported: bool
) -> None:
    assert is_reported(confirmed, acts) is reported


def test_the_next_rounds_are_proposed_of_each_kind_after_those_opened() -> None:
    taken = {(RoundKind.MONTH, 12, 2023), (RoundKind.QUARTER, 4, 2023), (RoundKind.YEAR, 1, 2023)}
    offered = {one.kind: one for one in proposals(date(2023, 12, 31), taken)}
    assert offered[RoundKind.MONTH].title == "Tháng 1/2024", "the last month is taken: the year turns"
    assert offered[RoundKind.QUARTER].title == "Quý I/2024"
    assert offered[RoundKind.HALF_YEAR].title == "6 tháng cuối năm 2023"
    assert offered[RoundKind.YEAR].title == "Năm 2024"
    assert offered[RoundKind.HALF_YEAR].due_on == date(2024, 1, 10)
    assert offered[RoundKind.QUARTER].key == "quarter-1-2024"
    assert all(one.opens_on < one.due_on for one in offered.values())
