"""One task with everything around it: why it stands where it stands, links in and out, what was said of it."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import HistoryEntry
from accounts.queries import HistoryLine, told
from accounts.roles import Standing
from plans.models import Task
from plans.policies.planning import why_not_change, why_not_report, why_not_withdraw
from plans.queries.planned import Plan, PlannedTask, Waiting
from plans.queries.tasks import asked_task
from plans.rules.network import LinkKind

MOST_TOLD = 60


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A task at the other end of a link; `decides`: no other task it waits for ends later."""

    task: PlannedTask
    link: Waiting
    decides: bool

    @property
    def words(self) -> str:
        """ "xong rồi mới bắt đầu, sau 3 ngày"."""
        after = f", sau {self.link.lag} ngày" if self.link.lag > 0 else ""
        before = f", sớm được {-self.link.lag} ngày" if self.link.lag < 0 else ""
        return f"{KIND_WORDS[self.link.kind]}{after}{before}"


KIND_WORDS = {
    LinkKind.FS: "xong rồi mới bắt đầu",
    LinkKind.SS: "bắt đầu rồi mới bắt đầu",
    LinkKind.FF: "xong rồi mới xong",
    LinkKind.SF: "bắt đầu rồi mới xong",
}


@dataclass(frozen=True)
class TaskPage:
    """`planned` None: withdrawn. `why`: from the first task that drives it down to the one before it. The sentences
    are "" where the person may."""

    row: Task
    planned: PlannedTask | None
    why: list[PlannedTask]
    before: list[Neighbour]
    after: list[Neighbour]
    history: list[HistoryLine]
    why_not_change: str
    why_not_report: str
    why_not_withdraw: str


def task_page(row: Task, plan: Plan, standing: Standing) -> TaskPage:
    """Three queries."""
    planned, asked = plan.by_pk.get(row.pk), asked_task(row)
    return TaskPage(
        row=row, planned=planned, why=drivers(plan, planned) if planned else [],
        before=before(plan, planned) if planned else [], after=after(plan, planned) if planned else [],
        history=_history(row), why_not_change=why_not_change(standing, asked) or "",
        why_not_report=why_not_report(standing, asked) or "",
        why_not_withdraw=why_not_withdraw(standing, asked) or "",
    )  # fmt: skip


def _history(row: Task) -> list[HistoryLine]:
    """Everybody who reads the plan reads what became of a task."""
    entries = HistoryEntry.objects.filter(district_code=row.unit.district_code, act__startswith="plan.")
    return told(entries.filter(changes__task=row.pk).order_by("-number"), MOST_TOLD)


def before(plan: Plan, task: PlannedTask) -> list[Neighbour]:
    driver = _driver(plan, task)
    return [
        Neighbour(plan.by_pk[link.pk], link, driver is not None and link.pk == driver.pk)
        for link in task.waits_for if link.pk in plan.by_pk
    ]  # fmt: skip


def after(plan: Plan, task: PlannedTask) -> list[Neighbour]:
    found = []
    for link in plan.followers.get(task.pk, ()):
        follower = plan.by_pk[link.pk]
        driver = _driver(plan, follower)
        found.append(Neighbour(follower, link, driver is not None and driver.pk == task.pk))
    return found


def drivers(plan: Plan, task: PlannedTask, most: int = 12) -> list[PlannedTask]:
    """From the task itself back through the ones that decide when each may begin; first comes the first in time. Stops
    at what is done or begun, which waits for nobody any more."""
    way, step = [], _driver(plan, task)
    while step is not None and len(way) < most:
        way.append(step)
        step = None if step.started_on else _driver(plan, step)
    return way[::-1]


def _driver(plan: Plan, task: PlannedTask) -> PlannedTask | None:
    if task.started_on or (task.not_before and task.not_before >= task.start and not task.is_milestone):
        return None
    known = [(link, plan.by_pk[link.pk]) for link in task.waits_for if link.pk in plan.by_pk]
    ranked = [(_edge(link, one), one) for link, one in known if not one.is_done]
    if not ranked:
        return None
    return max(ranked, key=lambda pair: pair[0])[1]


def _edge(link: Waiting, one: PlannedTask) -> tuple[int, int, int]:
    day = one.start if link.kind in (LinkKind.SS, LinkKind.SF) else one.finish
    return day.toordinal() + link.lag, one.finish.toordinal(), -one.pk
