"""What plan and directives say on the pages of this floor: the overview's one line, and lines of "việc của tôi".

Only plain values leave here; nothing is computed that `plans.queries` has not computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.roles import Right, Standing
from communes.models import Unit
from plans.queries.directives import OpenItem, open_items_for
from plans.queries.plan import PlannedTask, deciding, tasks_for
from plans.rules.vocabulary import ItemState
from reports.queries.duties import Duty, Sort

PLAN_URL = "/ke-hoach/"
# Tasks told one by one, of oneself and of one's desk each; the plan itself has the others.
MOST_TASKS = 12


@dataclass(frozen=True, slots=True)
class DecidingLine:
    """Which chain decides the district's day. `url` is where it is seen, or "" where the reader can do nothing."""

    sentence: str
    url: str
    link: str
    is_late: bool


def deciding_line(district: Unit, standing: Standing, today: date) -> DecidingLine:
    """The overview's one line on the plan; six queries."""
    found = deciding(district, today)
    if found is not None:
        return DecidingLine(found.sentence, f"{PLAN_URL}?gang=1", "Xem đường găng", found.days_late > 0)
    steers = standing.can_in(Right.STEER, district.code)
    said = "Chưa có kế hoạch dẫn tới ngày huyện được công nhận, nên chưa tính được đường găng."
    return DecidingLine(said, PLAN_URL, "Lập kế hoạch" if steers else "Mở kế hoạch", False)


def plan_duties(standing: Standing, today: date) -> list[Duty]:
    """Tasks that can be worked on now; of those that wait for others only how many. Six queries for each district of
    the seats, and one."""
    tasks = tasks_for(standing, today)
    own = [task for task in tasks if task.responsible_id == standing.person_id]
    desks = [task for task in tasks if task.responsible_id != standing.person_id]
    return [*_of_tasks(own, today, is_own=True), *_of_tasks(desks, today, is_own=False)]


def _of_tasks(tasks: Sequence[PlannedTask], today: date, *, is_own: bool) -> list[Duty]:
    ready = [task for task in tasks if not task.blocked_by or (task.due_on is not None and task.due_on < today)]
    duties = [_task_duty(task, is_own) for task in ready[:MOST_TASKS]]
    if rest := len(tasks) - len(duties):
        title = f"Còn {rest} việc khác trong kế hoạch, phần lớn chờ việc trước xong"
        duties.append(Duty(Sort.PLAN, title, PLAN_URL, "Mở kế hoạch", count=rest, can_wait=True, is_own=is_own))
    return duties


def _task_duty(task: PlannedTask, is_own: bool) -> Duty:
    decides = task.is_critical or task.decides_own
    said = [
        f"Kế hoạch của {task.unit_name}" if not is_own else "",
        "trên đường găng" if decides else "",
        f"đã làm {task.progress} %" if task.progress else "chưa bắt đầu" if task.started_on is None else "",
        f"dự kiến xong {task.finish:%d/%m/%Y}",
        f"trễ {task.days_late} ngày làm việc so với hạn" if task.is_late else "",
    ]
    words = "; ".join(part for part in said if part)
    return Duty(
        Sort.PLAN, task.title, f"{PLAN_URL}viec/{task.pk}/", "Báo tiến độ", words[:1].upper() + words[1:], task.due_on,
        can_wait=not decides, is_own=is_own,
    )  # fmt: skip


def directive_duties(standing: Standing, today: date) -> list[Duty]:
    """Items of directives to be done, and for the office those reported that wait for its word. Three queries."""
    return [_item_duty(item) for item in open_items_for(standing, today)]


def _item_duty(item: OpenItem) -> Duty:
    if item.state is ItemState.REPORTED:
        return Duty(Sort.CONFIRM, item.sentence, item.url, "Xem", item.unit, can_wait=True)
    return Duty(
        Sort.DIRECTIVE, item.sentence, item.url, "Trả lời", item.state_words, item.due, is_own=item.is_named,
        can_wait=item.due is None,
    )  # fmt: skip
