"""The forward pass: the earliest days of every task, from links, calendar, facts and today.

`scheduled(network, calendar, today=...)` is the door; a `Schedule` never changes. Rules, in the order they are asked:

1. A task that is done keeps its actual days.
2. Unfinished work lies from `today` on, and from its `not_before` on. A milestone that nobody has reported is reached
   today at the earliest, at the end of that day.
3. A running task keeps its actual start; what is *left* of it is planned: by reported progress, or, when nobody has
   said, by the time since its start; at least one day. What is left still waits for unfinished predecessors, also when
   the task was begun before its turn ("retained logic"): begun is not finished.
4. Links bind as in `plans.rules.network`; a lag counts working days. Work is not split: what must not finish too early
   begins later.
5. A milestone with `at_least = k` is reached at the k-th earliest of the moments that its links allow.

All days inside are moments of one calendar (see `plans.rules.calendars`); dates appear in `Timing` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from plans.rules.calendars import WorkingCalendar
from plans.rules.network import Bounds, DayKind, Network, Task


@dataclass(frozen=True, slots=True)
class Timing:
    """First and last day of a task; of a milestone both are the day at whose end it is reached."""

    start: date
    finish: date


class Schedule:
    """Earliest days of a plan as of `today`.

    Arrays by slot or place of the network, in moments: `at[slot]` start and finish of each task, actual where known;
    `begin[place]` where its unfinished work begins (its start, unless it is running); `left[place]` how much of it is
    unfinished, in days of its own kind. `now` is the moment at which today begins.
    """

    def __init__(self, network: Network, calendar: WorkingCalendar, today: date) -> None:
        self.network = network
        self.calendar = calendar
        self.today = today
        self.at = [0] * (2 * len(network.tasks))
        self.begin = [0] * len(network.tasks)
        self.left = [task.duration for task in network.tasks]
        self.now = calendar.moment_of(today)
        for place in network.order:
            self._settle(place)

    def __getitem__(self, key: str) -> Timing:
        """Days of one task. Raises KeyError."""
        return self.timing(self.network.place[key])

    def timings(self) -> dict[str, Timing]:
        """Days of all tasks by key, in order of the plan; kept by the upper floors, it is a baseline."""
        return {task.key: self.timing(place) for place, task in enumerate(self.network.tasks)}

    def timing(self, place: int) -> Timing:
        task = self.network.tasks[place]
        if task.actual_finish is None:
            return self.timing_at(place, self.begin[place])
        if task.is_milestone:
            return Timing(task.actual_finish, task.actual_finish)
        return Timing(task.actual_start or self.calendar.day_at(self.at[2 * place]), task.actual_finish)

    def timing_at(self, place: int, begin: int) -> Timing:
        """Days of an unfinished task whose unfinished work begins at the moment `begin`."""
        task, calendar = self.network.tasks[place], self.calendar
        if task.is_milestone:
            reached = calendar.day_before(begin)
            return Timing(reached, reached)
        start = task.actual_start or calendar.day_at(begin)
        if task.days is DayKind.CALENDAR:
            return Timing(start, calendar.last_day_of_period(begin, self.left[place]))
        return Timing(start, calendar.day_before(begin + self.left[place]))

    def is_fact(self, slot: int) -> bool:
        """Whether that moment has passed, so that nobody can move it any more."""
        task = self.network.tasks[slot >> 1]
        return task.is_done or (task.is_running and not slot & 1)

    @cached_property
    def reserve(self) -> frozenset[tuple[int, int]]:
        """Links into milestones with `at_least` that do not carry them, as pairs (slot they leave, slot they bind).

        Whoever is in time on the day of the k-th carries the milestone, those who tie with it included; who comes
        later is reserve. So the answer does not depend on the order of the plan.
        """
        found = set()
        for place, task in enumerate(self.network.tasks):
            if task.at_least is not None:
                reached = self._allowed(place, task.at_least)
                found |= {
                    (leaves, slot)
                    for slot in (2 * place, 2 * place + 1)
                    for leaves, lag in self.network.into[slot]
                    if self.at[leaves] + lag > reached
                }
        return frozenset(found)

    def binding(self, place: int) -> list[int]:
        """Places of the unfinished tasks that hold this one where it is, each once, in order of the plan's links; none
        when today, `not_before`, facts or the mere lag after a fact do."""
        return [before for before, begin in self._asked(place) if begin == self.begin[place]]

    def blocking(self, place: int) -> list[int]:
        """Places of the unfinished tasks for which this one cannot go on today, each once, in the same order."""
        today = self.now + self.network.tasks[place].is_milestone
        return [before for before, begin in self._asked(place) if begin > today]

    def _asked(self, place: int) -> list[tuple[int, int]]:
        """Predecessors and the begin that each asks of an unfinished task. Facts, which nobody can hasten, and reserve
        ask for nothing."""
        asked: dict[int, int] = {}
        for slot in (2 * place, 2 * place + 1) if not self.network.tasks[place].is_done else ():
            for leaves, lag in self.network.into[slot]:
                if not self.is_fact(leaves) and (leaves, slot) not in self.reserve:
                    begin = self.begin_for(place, slot, self.at[leaves] + lag)
                    asked[leaves >> 1] = max(begin, asked.get(leaves >> 1, begin))
        return list(asked.items())

    # Moments of one task from those of another: the only arithmetic there is, used forward and backward.

    def finish_from(self, place: int, begin: int) -> int:
        """The finish of unfinished work that begins at `begin`."""
        if self.network.tasks[place].days is DayKind.CALENDAR:
            return self.calendar.after_period(begin, self.left[place])
        return begin + self.left[place]

    def begin_reaching(self, place: int, finish: int) -> int:
        """The earliest begin whose finish is not before `finish`."""
        if self.network.tasks[place].days is DayKind.CALENDAR:
            return self.calendar.earliest_period_reaching(finish, self.left[place])
        return finish - self.left[place]

    def begin_ending_by(self, place: int, finish: int) -> int:
        """The latest begin whose finish is not after `finish`."""
        if self.network.tasks[place].days is DayKind.CALENDAR:
            return self.calendar.latest_period_ending_by(finish, self.left[place])
        return finish - self.left[place]

    def begin_for(self, place: int, slot: int, moment: int) -> int:
        """The begin that a bound on the moment of `slot` asks for."""
        return self.begin_reaching(place, moment) if slot & 1 else moment

    def _settle(self, place: int) -> None:
        """Fix the moments of one task whose predecessors are fixed."""
        task, at = self.network.tasks[place], self.at
        if task.actual_finish is not None:
            self._take_facts(place, task, task.actual_finish)
            return
        begin = self._floor(place, task)
        if task.at_least is not None:
            begin = max(begin, self._allowed(place, task.at_least))
        else:
            into = self.network.into
            for leaves, lag in into[2 * place]:
                bound = at[leaves] + lag
                if bound > begin:
                    begin = bound
            if into[2 * place + 1]:
                begin = max(begin, self.begin_for(place, 2 * place + 1, _most(at, into[2 * place + 1])))
        self.begin[place] = begin
        at[2 * place] = self.calendar.moment_of(task.actual_start) if task.actual_start and self.left[place] else begin
        at[2 * place + 1] = self.finish_from(place, begin)

    def _floor(self, place: int, task: Task) -> int:
        """The moment from which unfinished work may lie, whatever its links say; settles how much is left of it."""
        floor = self.now
        if task.actual_start is not None and task.duration:
            floor = max(floor, self.calendar.moment_of(task.actual_start))
            self.left[place] = self._left(task, task.actual_start, floor)
        if task.not_before is not None:
            floor = max(floor, self.calendar.moment_of(task.not_before))
        return floor if task.duration else floor + 1

    def _left(self, task: Task, start: date, now: int) -> int:
        """Days left of a running task at the moment `now`, of its own kind."""
        if task.progress is not None:
            return max(1, -(-task.duration * (100 - task.progress) // 100))
        if task.days is DayKind.CALENDAR:
            return max(1, task.duration + self.calendar.days_until(now, start))
        return max(1, task.duration + self.calendar.moment_of(start) - now)

    def _take_facts(self, place: int, task: Task, finish: date) -> None:
        end = self.calendar.moment_after(finish)
        self.at[2 * place + 1] = end
        if task.actual_start is not None and task.duration:
            self.at[2 * place] = self.calendar.moment_of(task.actual_start)
        else:  # nobody wrote down when it began: as long ago as it was planned to take
            self.at[2 * place] = self.begin_ending_by(place, end)
        self.begin[place], self.left[place] = end, 0

    def _allowed(self, place: int, count: int) -> int:
        """The moment at which `count` links of a milestone allow it."""
        bounds = [*self.network.into[2 * place], *self.network.into[2 * place + 1]]
        return sorted(self.at[leaves] + lag for leaves, lag in bounds)[count - 1]


def scheduled(network: Network, calendar: WorkingCalendar, *, today: date) -> Schedule:
    """The earliest days of every task of `network` as of `today`, the first day on which work can still be done.

    Linear in tasks and links. Facts after `today` are taken as they are told.
    """
    return Schedule(network, calendar, today)


def _most(at: list[int], bounds: Bounds) -> int:
    return max(at[leaves] + lag for leaves, lag in bounds)
