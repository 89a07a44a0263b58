"""Days and moments: the one place where dates become whole numbers and come back.

A *moment* is the number of working days before it since the calendar's first day: the boundary at which a working day
begins and the one before it has ended. Work of `n` working days that begins at moment `m` ends at `m + n`, so the
schedule adds and compares plain integers. A period in calendar days (a publication of 15 days, weekends and Tết
included) is a step between moments too; its two inverses here let the backward pass stay exact.

Called by `plans.rules.schedule` and `outlook`, and by whoever shows a plan. What must stay true: every question is
O(1); `moment_of` never falls as days go on; moments of two calendars are never mixed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from plans.rules.public_holidays import national_days

SATURDAY_SUNDAY = frozenset({5, 6})
_LAST_ORDINAL = date.max.toordinal()


class WorkingCalendar:
    """Working days of an office.

    Between `first` and `last` every single day is known: weekends (weekdays counted from Monday = 0), days `off` and
    days `worked` although they are weekend or off. Before and after, plain weeks go on without holidays, so that no
    plan, however long, falls off the calendar; only year 9999 ends it (later days are shown as its last).
    """

    __slots__ = ("_before", "_days", "_end", "_first", "_open", "_rank")

    def __init__(
        self,
        first: date,
        last: date,
        *,
        off: Iterable[date] = (),
        worked: Iterable[date] = (),
        weekend: Iterable[int] = SATURDAY_SUNDAY,
    ) -> None:
        """Raises ValueError when `last` lies before `first` or no day of the week is worked."""
        closed = set(weekend)
        self._open = [weekday for weekday in range(7) if weekday not in closed]
        if last < first or not self._open:
            raise ValueError("A calendar needs a span and a day of the week that is worked.")
        self._before = [sum(day < weekday for day in self._open) for weekday in range(7)]
        # Whole weeks from a Monday to a Monday: the formulas beyond the span need no remainder.
        self._first = first.toordinal() - first.weekday()
        self._end = last.toordinal() + 7 - last.weekday()
        days_off = {day.toordinal() for day in off}
        days_worked = {day.toordinal() for day in worked}
        self._rank: list[int] = []
        self._days: list[int] = []
        for ordinal in range(self._first, self._end):
            self._rank.append(len(self._days))
            is_open = (ordinal - self._first) % 7 not in closed and ordinal not in days_off
            if is_open or ordinal in days_worked:
                self._days.append(ordinal)

    def is_working(self, day: date) -> bool:
        return self.moment_of(day) < self.moment_after(day)

    def moment_of(self, day: date) -> int:
        """The moment at which `day` begins; for a day off, the moment at which the next working day begins."""
        return self._moment(day.toordinal())

    def moment_after(self, day: date) -> int:
        """The moment at which `day` is over: what must be finished on `day` may end here and not later."""
        return self._moment(day.toordinal() + 1)

    def day_at(self, moment: int) -> date:
        """The working day that begins at `moment`."""
        return _date(self._ordinal(moment))

    def day_before(self, moment: int) -> date:
        """The working day that ends at `moment`: the last day of work that is finished there."""
        return _date(self._ordinal(moment - 1))

    def add(self, day: date, working_days: int) -> date:
        """The working day so many working days after (or before, if negative) `day`; a day off counts as the next
        working day."""
        return self.day_at(self.moment_of(day) + working_days)

    def distance(self, earlier: date, later: date) -> int:
        """Working days from the beginning of `earlier` to the beginning of `later`; negative when turned round."""
        return self.moment_of(later) - self.moment_of(earlier)

    def after_period(self, moment: int, days: int) -> int:
        """The moment at which a period of `days` calendar days that begins at `moment` is over."""
        return self._moment(self._ordinal(moment) + days)

    def latest_period_ending_by(self, moment: int, days: int) -> int:
        """The latest moment from which a period of `days` calendar days is over at `moment` or before."""
        return self._moment(self._ordinal(moment) - days + 1) - 1

    def earliest_period_reaching(self, moment: int, days: int) -> int:
        """The earliest moment from which a period of `days` calendar days is not over before `moment`."""
        return self._moment(self._ordinal(moment - 1) - days + 1)

    def last_day_of_period(self, moment: int, days: int) -> date:
        """The last calendar day, perhaps a Sunday, of a period of `days` days that begins at `moment`."""
        return _date(self._ordinal(moment) + days - 1)

    def days_until(self, moment: int, day: date) -> int:
        """Calendar days from the working day that begins at `moment` to `day`; negative when `day` is before it."""
        return day.toordinal() - self._ordinal(moment)

    def _moment(self, ordinal: int) -> int:
        place = ordinal - self._first
        if 0 <= place < len(self._rank):
            return self._rank[place]
        base, rest = (0, place) if place < 0 else (len(self._days), ordinal - self._end)
        weeks, weekday = divmod(rest, 7)
        return base + weeks * len(self._open) + self._before[weekday]

    def _ordinal(self, moment: int) -> int:
        if 0 <= moment < len(self._days):
            return self._days[moment]
        base, rest = (self._first, moment) if moment < 0 else (self._end, moment - len(self._days))
        weeks, place = divmod(rest, len(self._open))
        return base + 7 * weeks + self._open[place]


@lru_cache(maxsize=16)
def vietnamese_calendar(
    first_year: int,
    last_year: int,
    *,
    own_off: frozenset[date] = frozenset(),
    own_worked: frozenset[date] = frozenset(),
) -> WorkingCalendar:
    """The calendar of a Vietnamese office for whole years: weekends, national days, and over them the office's own
    days off and working days (an own working day wins over everything). Built once for the same arguments."""
    national = national_days(first_year, last_year)
    return WorkingCalendar(
        date(first_year, 1, 1),
        date(last_year, 12, 31),
        off=own_off.union(national.off),
        worked=(national.worked - own_off) | own_worked,
    )


def _date(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, 1), _LAST_ORDINAL))
