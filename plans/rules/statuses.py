"""The status of a task from facts and days: done, running, late, chậm bắt đầu, waiting for others, not begun.

Nobody types a status. "Late" is measured against what was *agreed*: the deadline, or without one the finish in the
baseline; the schedule itself is computed from today on and so is never late. Called by the queries behind the plan
and the personal plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from criteria.rules.vocabulary import LabelledEnum
from plans.rules.schedule import Schedule, Timing


class Status(LabelledEnum):
    """In the order in which they are asked; the first that fits."""

    DONE = "done", "đã xong"
    LATE = "late", "trễ hạn"
    RUNNING = "running", "đang làm"
    BLOCKED = "blocked", "chờ việc trước"
    LATE_START = "late_start", "chậm bắt đầu"
    NOT_STARTED = "not_started", "chưa bắt đầu"


@dataclass(frozen=True, slots=True)
class Situation:
    """`due`: the agreed day, None without one. `blocked_by`: keys of the unfinished tasks for which it cannot go on
    today, in order of the plan's links; a late task names them too, for they may be the reason."""

    status: Status
    due: date | None
    blocked_by: tuple[str, ...]


def situation_of(schedule: Schedule, key: str, agreed: Timing | None = None) -> Situation:
    """What is the matter with one task on the schedule's `today`; `agreed` are its days in the baseline.

    On its due day a task is not late yet. Who waits for others is not blamed for a late start. Raises KeyError.
    """
    task = schedule.network.tasks[schedule.network.place[key]]
    due = task.deadline or (agreed.finish if agreed else None)
    if task.is_done:
        return Situation(Status.DONE, due, ())
    tasks = schedule.network.tasks
    blocked_by = tuple(tasks[before].key for before in schedule.blocking(schedule.network.place[key]))
    if due is not None and due < schedule.today:
        return Situation(Status.LATE, due, blocked_by)
    if task.is_running:
        return Situation(Status.RUNNING, due, blocked_by)
    if blocked_by:
        return Situation(Status.BLOCKED, due, blocked_by)
    begins_late = agreed is not None and agreed.start < schedule.today and not task.is_milestone
    return Situation(Status.LATE_START if begins_late else Status.NOT_STARTED, due, ())
