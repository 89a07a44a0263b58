"""Rounds of reporting as plain values: titles, due days, closed or open, late by how many days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from communes.rules.workflow import ActKind
from criteria.rules.vocabulary import LabelledEnum

_ROMAN = ("I", "II", "III", "IV")


class RoundKind(LabelledEnum):
    MONTH = "month", "tháng"
    QUARTER = "quarter", "quý"
    HALF_YEAR = "half_year", "6 tháng"
    YEAR = "year", "năm"

    @property
    def per_year(self) -> int:
        return {RoundKind.MONTH: 12, RoundKind.QUARTER: 4, RoundKind.HALF_YEAR: 2, RoundKind.YEAR: 1}[self]

    @property
    def locks_year(self) -> bool:
        """Whether closing it locks the figures of its year; the others only stop counting reports."""
        return self is RoundKind.YEAR

    @property
    def reopening(self) -> str:
        """What the office does to a closed round: a lock is taken off, what locks nothing is opened again."""
        return "mở khóa" if self.locks_year else "mở lại"

    def titled(self, number: int, year: int) -> str:
        """ "Tháng 3/2023", "Quý II/2023", "6 tháng đầu năm 2023", "Năm 2023"."""
        if self is RoundKind.MONTH:
            return f"Tháng {number}/{year}"
        if self is RoundKind.QUARTER:
            return f"Quý {_ROMAN[number - 1]}/{year}"
        if self is RoundKind.HALF_YEAR:
            return f"6 tháng {'đầu' if number == 1 else 'cuối'} năm {year}"
        return f"Năm {year}"

    def span(self, number: int, year: int) -> tuple[date, date]:
        """First and last day of the stretch of the year that the round is about."""
        months = 12 // self.per_year
        first = date(year, (number - 1) * months + 1, 1)
        last_month = number * months
        after = date(year + 1, 1, 1) if last_month == 12 else date(year, last_month + 1, 1)
        return first, after - timedelta(days=1)


class RoundEventKind(LabelledEnum):
    CLOSE = "close", "chốt kỳ"
    UNLOCK = "unlock", "mở khóa"


def is_closed(events: Iterable[RoundEventKind]) -> bool:
    """Events in their order: a round is closed after its last closing, until it is unlocked."""
    last = None
    for event in events:
        last = event
    return last is RoundEventKind.CLOSE


def days_late(due_on: date, today: date) -> int:
    """Whole days after the due day; 0 on it and before."""
    return max((today - due_on).days, 0)


def days_left(due_on: date, today: date) -> int:
    """Whole days until the due day; 0 on it and after."""
    return max((due_on - today).days, 0)


class RoundState(LabelledEnum):
    """Where a round stands on a day. "Late" is about the due day, whoever has reported."""

    AHEAD = "ahead", "sắp mở"
    OPEN = "open", "đang mở"
    LATE = "late", "quá hạn, chưa chốt"
    CLOSED = "closed", "đã chốt"


def state_of(opens_on: date, due_on: date, today: date, *, closed: bool) -> RoundState:
    if closed:
        return RoundState.CLOSED
    if today < opens_on:
        return RoundState.AHEAD
    return RoundState.LATE if today > due_on else RoundState.OPEN


def due_words(left: int, late: int) -> str:
    """From days left and late: "còn 5 ngày", "hạn hôm nay", "trễ 3 ngày"."""
    if late:
        return f"trễ {late} ngày"
    return f"còn {left} ngày" if left else "hạn hôm nay"


# What puts a revision among the reported ones, and what takes it out again: a returned figure is not reported.
_SENDING = frozenset({ActKind.SUBMIT, ActKind.LOAD})
_TAKING_BACK = frozenset({ActKind.WITHDRAW, ActKind.RETURN, ActKind.RETURN_TO_ASSESSOR, ActKind.UNLOAD})
REPORTING = _SENDING | _TAKING_BACK


def is_reported(confirmed: Iterable[int], acts: Iterable[tuple[int, ActKind]]) -> bool:
    """Whether an assessment counts as reported in a round: revisions confirmed as unchanged in it, then the acts
    (revision, kind) that fell into it, in their order. One revision sent or confirmed and not given back is enough."""
    standing = set(confirmed)
    for revision, kind in acts:
        if kind in _SENDING:
            standing.add(revision)
        elif kind in _TAKING_BACK:
            standing.discard(revision)
    return bool(standing)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A round that could be opened next: opens with its stretch of the year, is due some days after its end."""

    kind: RoundKind
    number: int
    year: int
    opens_on: date
    due_on: date

    @property
    def title(self) -> str:
        return self.kind.titled(self.number, self.year)

    @property
    def key(self) -> str:
        """ "quarter-4-2023", as a form sends it."""
        return f"{self.kind.value}-{self.number}-{self.year}"


# Days after the stretch ends until reports are due; the office changes the day in the form.
_DAYS_TO_REPORT = {RoundKind.MONTH: 5, RoundKind.QUARTER: 5, RoundKind.HALF_YEAR: 10, RoundKind.YEAR: 15}


def proposals(today: date, taken: Iterable[tuple[RoundKind, int, int]]) -> list[Proposal]:
    """For each kind the first round that is not opened yet, from the one that `today` falls into on."""
    opened = set(taken)
    return [_first_free(kind, today, opened) for kind in RoundKind]


def _first_free(kind: RoundKind, today: date, opened: set[tuple[RoundKind, int, int]]) -> Proposal:
    months = 12 // kind.per_year
    number, year = (today.month - 1) // months + 1, today.year
    while (kind, number, year) in opened:
        number, year = (number + 1, year) if number < kind.per_year else (1, year + 1)
    return proposal(kind, number, year)


def proposal(kind: RoundKind, number: int, year: int) -> Proposal:
    """The days a round has by custom: open from the first day of its stretch, due some days after the last."""
    first, last = kind.span(number, year)
    return Proposal(kind, number, year, first, last + timedelta(days=_DAYS_TO_REPORT[kind]))
