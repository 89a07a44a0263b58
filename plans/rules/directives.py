"""What became of the items of a directive: state, delay, urgency and counts, from facts and the day; items out of
pasted text.

Pure. Called by `plans.queries.directives` and the exporters; nobody types a state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from plans.rules.vocabulary import ItemState

# "- ", "1. ", "12) ", "a) " in front of a pasted line; a year or a number of communes is no bullet.
_BULLET = re.compile(r"^(?:[-–—•*+·]\s*|\d{1,2}(?:\.\d{1,2})*[.)]\s+|[a-zđ][.)]\s+)", re.IGNORECASE)
NEVER = date.max


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one item; days that are not there yet are None."""

    due: date | None
    reported: date | None = None
    done: date | None = None


def state_of(facts: Facts, today: date) -> ItemState:
    """Done once the office confirmed it; reported once who answers for it said so; late the day after it was due."""
    if facts.done is not None:
        return ItemState.DONE
    if facts.reported is not None:
        return ItemState.REPORTED
    return ItemState.LATE if facts.due is not None and facts.due < today else ItemState.OPEN


def days_late(facts: Facts, today: date) -> int:
    """Days by which the due day was missed: until it was reported or confirmed, else until today; 0 when in time."""
    if facts.due is None:
        return 0
    return max(0, ((facts.reported or facts.done or today) - facts.due).days)


def state_words(facts: Facts, today: date) -> str:
    """ "trễ 4 ngày", "còn 10 ngày", "hạn hôm nay", "chưa đặt hạn", "đã báo xong, chờ xác nhận", "đã xong
    02/10/2023"."""
    state, late = state_of(facts, today), days_late(facts, today)
    if state is ItemState.DONE:
        assert facts.done is not None
        return f"đã xong {facts.done:%d/%m/%Y}" + (f", trễ {late} ngày" if late else "")
    if state is ItemState.REPORTED:
        return state.label
    if facts.due is None:
        return "chưa đặt hạn"
    if state is ItemState.LATE:
        return f"trễ {late} ngày"
    left = (facts.due - today).days
    return f"còn {left} ngày" if left else "hạn hôm nay"


_ORDER = (ItemState.LATE, ItemState.OPEN, ItemState.REPORTED, ItemState.DONE)


def urgency(facts: Facts, today: date) -> tuple[int, int]:
    """Sorts what is most urgent first: late, open by due day (without one last), waiting for the office, done (newest
    first)."""
    state = state_of(facts, today)
    if state is ItemState.DONE:
        return _ORDER.index(state), -(facts.done or today).toordinal()
    return _ORDER.index(state), (facts.due or NEVER).toordinal()


@dataclass(frozen=True, slots=True)
class Tally:
    """Items counted. `open` are those that somebody still works on, late ones among them; reported ones wait for the
    office. open + reported + done = total."""

    total: int = 0
    open: int = 0
    late: int = 0
    reported: int = 0
    done: int = 0

    @property
    def in_time(self) -> int:
        """Open and not late."""
        return self.open - self.late

    @property
    def is_settled(self) -> bool:
        return self.total > 0 and self.done == self.total

    @property
    def unsettled(self) -> int:
        return self.total - self.done


def tally(states: Iterable[ItemState]) -> Tally:
    every = list(states)
    late, reported, done = (every.count(state) for state in (ItemState.LATE, ItemState.REPORTED, ItemState.DONE))
    return Tally(len(every), len(every) - reported - done, late, reported, done)


def tally_words(counted: Tally) -> str:
    """ "12 nội dung: 3 quá hạn, 5 đang làm, 1 chờ xác nhận, 3 đã xong"; only what is there."""
    if not counted.total:
        return "chưa có nội dung nào"
    parts = (
        (counted.late, "quá hạn"),
        (counted.in_time, "đang làm"),
        (counted.reported, "chờ xác nhận"),
        (counted.done, "đã xong"),
    )
    return f"{counted.total} nội dung: " + ", ".join(f"{number} {words}" for number, words in parts if number)


def lines_of(text: str) -> list[str]:
    """The items in a pasted text: one a line, without blank lines and the bullets or numbers in front."""
    lines = (" ".join(_BULLET.sub("", line.strip(), count=1).split()) for line in text.splitlines())
    return [line for line in lines if line]
