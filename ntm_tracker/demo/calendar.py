"""When things were done: six rounds from the review of April 2022 to the autumn of 2023, on working days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

BEGINNINGS = (
    date(2022, 4, 25), date(2022, 9, 12), date(2022, 11, 14), date(2023, 3, 6), date(2023, 6, 5), date(2023, 9, 11),
)  # fmt: skip
_OFF = {date(2022, 5, 2), date(2022, 5, 3), date(2022, 9, 1), date(2022, 9, 2), date(2023, 5, 1), date(2023, 5, 2)}


class Days(NamedTuple):
    """The days of one revision on its way; the last four only where it is returned once and mended."""

    typed: date
    submitted: date
    verified: date
    approved: date
    mended: date
    sent_again: date
    verified_again: date
    approved_again: date


def working(day: date) -> date:
    """The day itself, or the next one on which offices are open."""
    while day.weekday() >= 5 or day in _OFF:
        day += timedelta(days=1)
    return day


def days_of(number: int, position: int, department: int) -> Days:
    """Days of a round for the unit at a position of the list and the department at a position of its own.

    Communes follow each other, the first review more slowly; departments take two to seven days.
    """
    start = BEGINNINGS[number] + timedelta(days=position * 3 // 2 if number == 0 else position // 2)
    sent = 3 + start.weekday() % 2
    checked = sent + 2 + department % 6
    once = (department % 2, sent, checked, sent + 11 + position % 3)
    again = (checked + 2, checked + 3, checked + 6, sent + 15)
    return Days(*(working(start + timedelta(days=offset)) for offset in once + again))
