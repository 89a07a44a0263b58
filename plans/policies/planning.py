"""The plan: who puts a task into it, changes it, reports on it, withdraws it, and who keeps calendar and template.

The office plans everything in its district; a commune's officers the tasks of their own commune, save the steps that
the district does there; everybody their own personal tasks, which nobody else touches. Who has a task in hand reports
on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Right, Standing
from communes.queries.people import OFFICE_CODE
from plans.rules.vocabulary import PlanLevel

_OFFICE = "Chỉ Văn phòng Điều phối NTM huyện"


@dataclass(frozen=True, slots=True)
class AskedTask:
    """What policies need to know of one task. `unit` is the district's own code for the district's frame; `department`
    is "" where none is named. A step that the district does for a commune has that commune as unit and the level
    DISTRICT. `is_goal`: the recognition of a unit, which the district's day may hang on."""

    district: str
    unit: str
    level: PlanLevel
    responsible: int | None = None
    department: str = ""
    is_goal: bool = False
    is_withdrawn: bool = False
    is_done: bool = False

    def is_of(self, standing: Standing) -> bool:
        """Whether this person has it in hand: named, of the department named, an officer of the commune whose task it
        is; the office for its own and for what names nobody."""
        if standing.person_id is not None and standing.person_id == self.responsible:
            return standing.can_in(Right.DO_TASKS, self.district) or standing.can_in(Right.PLAN_OWN, self.district)
        if self.level is PlanLevel.PERSONAL or not standing.can_in(Right.DO_TASKS, self.district):
            return False
        if self.level is PlanLevel.COMMUNE and self.unit in standing.communes:
            return True
        if self.department in standing.departments_in(self.district):
            return True
        names_nobody = self.level is PlanLevel.DISTRICT and not self.department and self.responsible is None
        is_offices = self.department == OFFICE_CODE or names_nobody
        return is_offices and standing.can_in(Right.STEER, self.district)


def why_not_steer(standing: Standing, district: str) -> str | None:
    """The district's frame, its own days, baselines, the standard chain, generating for the district."""
    if standing.can_in(Right.STEER, district):
        return None
    return f"{_OFFICE} lập kế hoạch khung, lịch và quy trình của huyện."


def why_not_plan(standing: Standing, task: AskedTask) -> str | None:
    """Put a task of that unit and level into the plan (`responsible` is the owner of a personal one)."""
    if task.level is PlanLevel.PERSONAL:
        return _why_not_own(standing, task)
    if standing.can_in(Right.STEER, task.district):
        return None
    if task.level is PlanLevel.COMMUNE and not task.is_goal and _is_own_commune(standing, task):
        return None
    if standing.communes:
        return "Xã chỉ lập kế hoạch của xã mình; việc của cấp huyện do Văn phòng Điều phối NTM huyện lập."
    return f"{_OFFICE} và cán bộ xã (kế hoạch của xã mình) thêm, sửa việc trong kế hoạch."


def why_not_change(standing: Standing, task: AskedTask) -> str | None:
    """What it is, who does it, how long, what it waits for."""
    return "Việc này đã rút khỏi kế hoạch." if task.is_withdrawn else why_not_plan(standing, task)


def why_not_withdraw(standing: Standing, task: AskedTask) -> str | None:
    if refusal := why_not_change(standing, task):
        return refusal
    return "Việc này đã xong, không rút được." if task.is_done else None


def why_not_report(standing: Standing, task: AskedTask) -> str | None:
    """Say that it began, how far it is, that it is done: who has it in hand, and who may plan it."""
    if task.is_withdrawn:
        return "Việc này đã rút khỏi kế hoạch."
    if task.is_of(standing) or why_not_plan(standing, task) is None:
        return None
    return "Chỉ người, cơ quan hoặc xã được giao và Văn phòng Điều phối NTM huyện báo tiến độ."


def why_not_generate(standing: Standing, district: str, unit: str) -> str | None:
    """Make the standard chain of a commune, or of the district (`unit` is then the district's code)."""
    if standing.can_in(Right.STEER, district):
        return None
    if unit in standing.communes and standing.can_in(Right.PLAN_COMMUNE, district):
        return None
    return f"{_OFFICE} và xã (cho xã mình) sinh kế hoạch."


def _why_not_own(standing: Standing, task: AskedTask) -> str | None:
    if not standing.can_in(Right.PLAN_OWN, task.district):
        return "Vai trò này không có kế hoạch cá nhân."
    if standing.person_id is None or standing.person_id != task.responsible:
        return "Kế hoạch cá nhân do chính người đó lập."
    return None


def _is_own_commune(standing: Standing, task: AskedTask) -> bool:
    return task.unit in standing.communes and standing.can_in(Right.PLAN_COMMUNE, task.district)
