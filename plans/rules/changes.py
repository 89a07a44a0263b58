"""What moved: a schedule against its baseline, and a change against the plan as it stands, before it is saved.

Called by the queries behind the plan ("lệch so với kế hoạch gốc") and the preview of a change. All distances are
working days of the schedule's calendar, positive when later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from plans.rules.calendars import WorkingCalendar
from plans.rules.network import Link, Task
from plans.rules.schedule import Schedule, Timing, scheduled


@dataclass(frozen=True, slots=True)
class Shift:
    """By how many working days the first and the last day of a task moved, and the days themselves."""

    start: int
    finish: int
    before: Timing
    after: Timing

    def __bool__(self) -> bool:
        """Whether anything moved, be it only over a weekend."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Drift:
    """A schedule against a baseline. `shifts`: only tasks that moved; `added` and `gone`: keys of one side only."""

    shifts: dict[str, Shift]
    added: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody is about to do to a plan: tasks put in by key (changed or new), tasks taken out with their links,
    and, if given, all links afresh."""

    tasks: tuple[Task, ...] = ()
    without: tuple[str, ...] = ()
    links: tuple[Link, ...] | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does. `after`: the plan with it. `drift`: which tasks move, in order of the plan. `ends`: every end
    asked for, also those that stand still."""

    after: Schedule
    drift: Drift
    ends: dict[str, Shift]


def drift_from(baseline: Mapping[str, Timing], schedule: Schedule) -> Drift:
    """How far a schedule has moved from days kept earlier (`Schedule.timings`)."""
    now = schedule.timings()
    shifts = {key: _shift(schedule.calendar, baseline[key], timing) for key, timing in now.items() if key in baseline}
    return Drift(
        shifts={key: shift for key, shift in shifts.items() if shift},
        added=tuple(key for key in now if key not in baseline),
        gone=tuple(key for key in baseline if key not in now),
    )


def moved(schedule: Schedule, change: Change, *, ends: Iterable[str] = ()) -> Effect:
    """What `change` would move; `schedule` stays as it is. Raises BrokenNetwork when the change makes a plan that
    cannot be scheduled, KeyError when an end is unknown or taken out."""
    network = schedule.network.changed(tasks=change.tasks, without=change.without, links=change.links)
    after = scheduled(network, schedule.calendar, today=schedule.today)
    return Effect(
        after=after,
        drift=drift_from(schedule.timings(), after),
        ends={key: _shift(schedule.calendar, schedule[key], after[key]) for key in ends},
    )


def delayed(schedule: Schedule, key: str, working_days: int) -> Change:
    """The change that lets one unfinished task begin, or a running one go on, so many working days later than the
    schedule has it. Of a task that is done it changes nothing. Raises KeyError."""
    place = schedule.network.place[key]
    task = schedule.network.tasks[place]
    first = schedule.calendar.day_at if not task.is_milestone else schedule.calendar.day_before
    return Change(tasks=(replace(task, not_before=first(schedule.begin[place] + working_days)),))


def _shift(calendar: WorkingCalendar, before: Timing, after: Timing) -> Shift:
    return Shift(
        start=calendar.distance(before.start, after.start),
        finish=calendar.moment_after(after.finish) - calendar.moment_after(before.finish),
        before=before,
        after=after,
    )
