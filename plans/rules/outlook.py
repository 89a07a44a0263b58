"""The backward pass: seen from an end, how much time has every task, and which chain decides.

`Outlook(schedule, ends)` looks from one end (a commune's recognition, the district's), from several, or from all.
An *end* is any task; its target is its `deadline`. Rules:

- An end must not move: its latest finish is its earliest one, or its target where that is already past. So a float of 0
  means "decides the day", a negative one "so many working days must be regained to reach the target".
- Only targets of the ends looked at count. A commune's own target says nothing about the district's day.
- Total float: working days by which a task alone may slip before an end moves or its target is missed. None: no end
  hangs on it, or it is done. Free float: before any other task moves.
- A milestone with `at_least = k` needs those who carry it (see `Schedule.reserve`). Reserve has no float toward it. The
  float of those who carry is never more than there is, and may be less: one of two that tie could be replaced.
- Critical is an unfinished task that has no float, or that lies on a chain which holds an end where it is. The second
  matters because of periods in calendar days: one that ends on a Saturday has a day to spare and still decides.

Called by the queries behind the plan, the overview and the personal plan. One pass, linear in tasks and links.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias, TypeVar

from plans.rules.network import Bounds
from plans.rules.schedule import Schedule, Timing

# Later than any day. What remains of it after lags are taken off is still beyond _SOMETIME.
_NEVER = 1 << 60
_SOMETIME = 1 << 59
Chain = tuple[str, ...]  # keys of tasks, each the one that holds the next
_Way: TypeAlias = "tuple[int, _Way] | None"
G = TypeVar("G", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Decision:
    """What decides the day of an end.

    `chain`: from the step in hand now to the end. `late`: working days after the target, negative before it, None
    without one. `next_step` is the first of the chain and `holder` who has it; both None when the end is reached.
    """

    end: str
    day: date
    target: date | None
    late: int | None
    chain: Chain
    next_step: str | None
    holder: str | None


@dataclass(frozen=True, slots=True)
class GroupFloat:
    """The least total float of a group, and the task that has it (the first of the plan among equals)."""

    days: int
    key: str


class Outlook:
    """Latest days and floats toward `ends`; without any, toward all: every unfinished task that has a deadline or
    that nothing waits for. Raises KeyError for an unknown end. To mark what is critical, look from the recognitions:
    seen from all, a task that nobody waits for is an end of its own and decides its own day.

    `late[slot]`: latest moments, of the same shape as `Schedule.at`; of a running task `late[2 * place]` is the latest
    moment at which what is left of it must go on. `_NEVER` where no end hangs on the task.
    """

    def __init__(self, schedule: Schedule, ends: Iterable[str] = ()) -> None:
        self.schedule = schedule
        self._out = _live_links(schedule)
        places = [schedule.network.place[key] for key in ends] or _all_ends(schedule, self._out)
        self.ends = tuple(schedule.network.tasks[place].key for place in places)
        self.late = [_NEVER] * len(schedule.at)
        targets = {place: min(schedule.at[2 * place + 1], self._target(place)) for place in places}
        for place in reversed(schedule.network.order):
            self._settle(place, targets.get(place, _NEVER))

    def total_float(self, key: str) -> int | None:
        """Working days; see the module. Raises KeyError."""
        return self._total(self.schedule.network.place[key])

    def free_float(self, key: str) -> int | None:
        """Working days by which the task may slip before another moves; where nothing waits for it, its total float.
        None for a task that is done. Raises KeyError."""
        schedule = self.schedule
        place = schedule.network.place[key]
        if schedule.network.tasks[place].is_done:
            return None
        begins = [self._early(binds) - lag for binds, lag in self._out[2 * place]]
        for binds, lag in self._out[2 * place + 1]:
            begins.append(schedule.begin_ending_by(place, self._early(binds) - lag))
        return min(begins) - schedule.begin[place] if begins else self._total(place)

    def latest(self, key: str) -> Timing | None:
        """The latest days of an unfinished task on which an end hangs, else None. Raises KeyError."""
        place = self.schedule.network.place[key]
        begin = self.late[2 * place]
        return self.schedule.timing_at(place, begin) if begin < _SOMETIME else None

    def is_critical(self, key: str) -> bool:
        """See the module. Raises KeyError."""
        return self.schedule.network.place[key] in self._critical

    def critical(self) -> tuple[str, ...]:
        """Keys of the critical tasks, each after those it waits for."""
        network = self.schedule.network
        return tuple(network.tasks[place].key for place in network.order if place in self._critical)

    @cached_property
    def _critical(self) -> set[int]:
        network = self.schedule.network
        ways = [network.place[key] for key in self.ends]
        found = {place for place in ways if not network.tasks[place].is_done}
        while ways:
            held_by = [place for place in self.schedule.binding(ways.pop()) if place not in found]
            found.update(held_by)
            ways += held_by
        return found | {place for place in network.order if self.late[2 * place] <= self.schedule.begin[place]}

    def chains(self, end: str, *, most: int = 5) -> tuple[Chain, ...]:
        """The chains that hold an end where it is, at most `most`, the one that runs through the first links of the
        plan first. Every step is held by the one before it; the first by today, a `not_before` or work that is done.
        Empty when the end is reached. Raises KeyError."""
        schedule = self.schedule
        place = schedule.network.place[end]
        if schedule.network.tasks[place].is_done:
            return ()
        found: list[Chain] = []
        # A chain under way is a linked list (place, rest): pushing a step costs the same however long it is.
        ways: list[tuple[int, _Way]] = [(place, None)]
        while ways and len(found) < most:
            way = ways.pop()
            held_by = schedule.binding(way[0])
            ways += [(before, way) for before in reversed(held_by)]
            if not held_by:
                found.append(self._keys(way))
        return tuple(found)

    def decision(self, end: str) -> Decision:
        """What decides the day of `end`, in one value. Raises KeyError."""
        schedule = self.schedule
        place = schedule.network.place[end]
        task = schedule.network.tasks[place]
        chain = next(iter(self.chains(end, most=1)), ())
        first = schedule.network.tasks[schedule.network.place[chain[0]]] if chain else None
        late = None if task.deadline is None else schedule.at[2 * place + 1] - self._target(place)
        return Decision(
            end=end,
            day=schedule.timing(place).finish,
            target=task.deadline,
            late=late,
            chain=chain,
            next_step=first.key if first else None,
            holder=first.holder if first else None,
        )

    def _settle(self, place: int, limit: int) -> None:
        """Fix the latest moments of one task whose successors are fixed; `limit` is its latest finish as an end."""
        schedule, late, out = self.schedule, self.late, self._out
        if schedule.network.tasks[place].actual_finish is not None:
            return
        for binds, lag in out[2 * place + 1]:
            if late[binds] - lag < limit:
                limit = late[binds] - lag
        begin = schedule.begin_ending_by(place, limit) if limit < _SOMETIME else _NEVER
        for binds, lag in out[2 * place]:
            if late[binds] - lag < begin:
                begin = late[binds] - lag
        if begin < _SOMETIME:
            late[2 * place], late[2 * place + 1] = begin, schedule.finish_from(place, begin)

    def _total(self, place: int) -> int | None:
        begin = self.late[2 * place]
        return begin - self.schedule.begin[place] if begin < _SOMETIME else None

    def _early(self, slot: int) -> int:
        """The moment that a link into `slot` must not push: of a running task, where what is left goes on."""
        return self.schedule.at[slot] if slot & 1 else self.schedule.begin[slot >> 1]

    def _target(self, place: int) -> int:
        """The moment by which the task is due; never when it has no deadline."""
        deadline = self.schedule.network.tasks[place].deadline
        return _NEVER if deadline is None else self.schedule.calendar.moment_after(deadline)

    def _keys(self, way: _Way) -> Chain:
        keys = []
        while way is not None:
            place, way = way
            keys.append(self.schedule.network.tasks[place].key)
        return tuple(keys)


def least_floats(outlook: Outlook, groups: Mapping[str, Iterable[G]]) -> dict[G, GroupFloat]:
    """The least total float of every group (criterion, commune, department ...).

    `groups`: key of a task -> the groups it belongs to; unknown keys are passed over. Groups none of whose unfinished
    tasks an end hangs on are left out.
    """
    least: dict[G, GroupFloat] = {}
    for task in outlook.schedule.network.tasks:
        days = outlook.total_float(task.key)
        for group in groups.get(task.key, ()) if days is not None else ():
            if days is not None and (group not in least or days < least[group].days):
                least[group] = GroupFloat(days, task.key)
    return least


def _all_ends(schedule: Schedule, out: Sequence[Bounds]) -> list[int]:
    """Places of the unfinished tasks that have a deadline or that nothing waits for. A reserve is waited for."""
    reserve = {leaves >> 1 for leaves, _ in schedule.reserve}
    return [
        place
        for place, task in enumerate(schedule.network.tasks)
        if not task.is_done
        and (task.deadline is not None or not (out[2 * place] or out[2 * place + 1] or place in reserve))
    ]


def _live_links(schedule: Schedule) -> Sequence[Bounds]:
    """The links that leave each slot, but those that bind nobody any more: from a moment that has passed, to a task
    that is done, into a milestone that stands without them."""
    out, tasks, reserve = schedule.network.out, schedule.network.tasks, schedule.reserve
    if not reserve and not any(task.actual_start or task.actual_finish for task in tasks):
        return out
    return [
        [(binds, lag) for binds, lag in bounds if not tasks[binds >> 1].is_done and (slot, binds) not in reserve]
        if bounds and not schedule.is_fact(slot)
        else ()
        for slot, bounds in enumerate(out)
    ]
