"""Working days of a Vietnamese office: public holidays, Tết, swaps, days of the office's own, calendar periods."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.rules.calendars import WorkingCalendar, vietnamese_calendar
from plans.rules.public_holidays import _SWAPS, national_days
from tests.rules.plans.makers import CALENDAR

# What the ministries announced for civil servants: days off from Monday to Friday, and Saturdays worked for them.
ANNOUNCED = {
    2021: ("1/1 10/2 11/2 12/2 15/2 16/2 21/4 30/4 3/5 2/9 3/9", ""),
    2022: ("3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9", ""),
    2023: ("2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9", ""),
    2024: ("1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9", "4/5"),
    2025: ("1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9", "26/4"),
    2026: ("1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11", "10/1 22/8"),
}
FIRST_OF_TET = {
    2021: "12/2", 2022: "1/2", 2023: "22/1", 2024: "10/2", 2025: "29/1",
    2026: "17/2", 2027: "6/2", 2028: "26/1", 2029: "13/2", 2030: "2/2",
}  # fmt: skip
days_around = st.dates(date(2019, 1, 1), date(2032, 12, 31))
moments = st.integers(-400, 2500)
periods = st.integers(0, 60)


def written(days: list[date]) -> str:
    return " ".join(f"{day:%-d/%-m}" for day in sorted(days))


@pytest.mark.parametrize("year", ANNOUNCED)
def test_offices_are_closed_on_the_days_that_were_announced(year: int) -> None:
    national = national_days(year, year)
    assert (written([day for day in national.off if day.weekday() < 5]), written(list(national.worked))) == ANNOUNCED[
        year
    ]


@pytest.mark.parametrize("year", FIRST_OF_TET)
def test_tet_begins_on_the_first_of_the_lunar_year_and_closes_five_working_days(year: int) -> None:
    off = national_days(year, year).off
    first = next(day for day, name in off.items() if name == "Tết Nguyên Đán")
    assert written([first]) == FIRST_OF_TET[year]
    assert sum(abs((day - first).days) <= 6 and day.weekday() < 5 for day in off) == 5


@pytest.mark.parametrize("year", range(2021, 2031))
def test_national_day_closes_two_working_days(year: int) -> None:
    off = [day for day in national_days(year, year).off if day.weekday() < 5]
    assert sum(date(year, 8, 30) <= day <= date(year, 9, 5) for day in off) == 2 + (year == 2026)  # and a swap


def test_swaps_are_kept_by_hand_only_while_the_library_lacks_them() -> None:
    assert all(day not in holidays.country_holidays("VN", years=day.year) for day in _SWAPS)


def test_a_holiday_says_its_name_in_vietnamese() -> None:
    off = national_days(2024, 2024).off
    assert off[date(2024, 4, 18)] == "Ngày Giỗ Tổ Hùng Vương"
    assert off[date(2024, 4, 29)] == "Ngày nghỉ (thay cho ngày 04/05/2024)"


def test_three_working_days_from_the_eve_of_tet_end_after_it() -> None:
    assert CALENDAR.add(date(2024, 2, 7), 1) == date(2024, 2, 15)
    assert CALENDAR.add(date(2024, 2, 15), -1) == date(2024, 2, 7)
    assert CALENDAR.distance(date(2024, 2, 7), date(2024, 2, 19)) == 3


def test_the_office_has_days_off_and_working_days_of_its_own() -> None:
    friday, saturday = date(2023, 10, 20), date(2023, 10, 21)
    own = vietnamese_calendar(2023, 2023, own_off=frozenset({friday}), own_worked=frozenset({saturday}))
    assert (own.is_working(friday), own.is_working(saturday)) == (False, True)
    assert (CALENDAR.is_working(friday), CALENDAR.is_working(saturday)) == (True, False)


def test_a_saturday_of_the_government_that_the_office_does_not_work_stays_off() -> None:
    saturday = date(2024, 5, 4)
    assert CALENDAR.is_working(saturday)
    assert not vietnamese_calendar(2024, 2024, own_off=frozenset({saturday})).is_working(saturday)


def test_an_office_may_work_on_saturdays() -> None:
    six = WorkingCalendar(date(2023, 1, 1), date(2023, 12, 31), weekend={6})
    assert six.add(date(2023, 10, 20), 1) == date(2023, 10, 21)
    assert six.add(date(2030, 1, 4), 1) == date(2030, 1, 5), "also beyond the span"


@pytest.mark.parametrize(
    ("first", "last", "weekend"), [("2024-01-01", "2023-01-01", {6}), ("2023-01-01",) * 2 + (range(7),)]
)
def test_a_calendar_without_days_is_refused(first: str, last: str, weekend: set[int]) -> None:
    with pytest.raises(ValueError, match="span"):
        WorkingCalendar(date.fromisoformat(first), date.fromisoformat(last), weekend=weekend)


def test_a_publication_of_fifteen_days_counts_weekends_and_tet() -> None:
    start = CALENDAR.moment_of(date(2024, 2, 5))
    assert CALENDAR.last_day_of_period(start, 15) == date(2024, 2, 19)
    assert CALENDAR.day_at(CALENDAR.after_period(start, 15)) == date(2024, 2, 20)


def test_no_plan_is_so_long_that_it_falls_off_the_calendar() -> None:
    assert CALENDAR.add(date(2023, 10, 16), 10**9) == date.max
    assert CALENDAR.add(date(2023, 10, 16), -(10**9)) == date.min


@given(days_around)
def test_a_day_is_worked_or_passed_over(day: date) -> None:
    """Also beyond the years that the calendar knows day by day."""
    begins, ends = CALENDAR.moment_of(day), CALENDAR.moment_after(day)
    assert ends - begins == CALENDAR.is_working(day)
    assert CALENDAR.day_at(begins) >= day
    assert CALENDAR.day_before(ends) <= day
    assert CALENDAR.is_working(day) == (CALENDAR.day_at(begins) == day)
    assert CALENDAR.moment_of(day + timedelta(1)) == ends


@given(moments)
def test_a_moment_and_its_day_are_one_to_one(moment: int) -> None:
    assert CALENDAR.moment_of(CALENDAR.day_at(moment)) == moment
    assert CALENDAR.moment_after(CALENDAR.day_before(moment)) == moment


@given(moments, periods)
def test_periods_in_calendar_days_turn_round_exactly(moment: int, days: int) -> None:
    """What the backward pass rests on: the latest begin that still ends in time, the earliest that reaches."""
    over = CALENDAR.after_period
    latest, earliest = CALENDAR.latest_period_ending_by(moment, days), CALENDAR.earliest_period_reaching(moment, days)
    assert over(latest, days) <= moment < over(latest + 1, days)
    assert over(earliest - 1, days) < moment <= over(earliest, days)


@given(moments, periods, st.integers(0, 30))
def test_a_longer_or_later_period_is_never_over_sooner(moment: int, days: int, more: int) -> None:
    assert CALENDAR.after_period(moment, days) <= CALENDAR.after_period(moment + more, days)
    assert CALENDAR.after_period(moment, days) <= CALENDAR.after_period(moment, days + more)
