"""One task as policies, history and its own page need it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.roles import Standing
from communes.models import Unit
from plans.models import Task
from plans.policies.planning import AskedTask
from plans.rules.network import DayKind
from plans.rules.vocabulary import PlanLevel


def asked_task(row: Task) -> AskedTask:
    """What policies ask of a task. Read it with its unit, the unit's parent and its department."""
    return AskedTask(
        district=row.unit.district_code, unit=row.unit.code, level=PlanLevel(row.level),
        responsible=row.responsible_id, department=row.department.code if row.department else "",
        is_goal=bool(row.goal_tier), is_withdrawn=row.withdrawn_on is not None, is_done=row.finished_on is not None,
    )  # fmt: skip


def asked_fields(district: Unit, columns: Mapping[str, Any]) -> AskedTask:
    """The same of a task to be, from what somebody wants to write down."""
    department, responsible = columns["department"], columns["responsible"]
    return AskedTask(
        district=district.code, unit=columns["unit"].code, level=PlanLevel(columns["level"]),
        responsible=responsible.pk if responsible else None, department=department.code if department else "",
        is_goal=bool(columns["goal_tier"]),
    )  # fmt: skip


def task_seen_by(standing: Standing, pk: int) -> Task | None:
    """A task whose plan somebody may read, withdrawn ones too; None for what is not theirs. One query."""
    rows = Task.objects.visible_to(standing).select_related(
        "unit__parent", "department", "responsible", "parent", "item__directive", "by", "withdrawn_by"
    )
    return rows.filter(pk=pk).first()


def fields_in_words(row: Task) -> dict[str, str]:
    """What a task is, for history and for whoever was overtaken by somebody else's save."""
    unit = DayKind(row.days).label
    return {
        "tên": row.title,
        "đơn vị": row.unit.full_name,
        "cấp": PlanLevel(row.level).label,
        "thời gian": f"{row.duration} {unit}" if row.duration else "mốc",
        "chủ trì": row.department.name if row.department else "",
        "người phụ trách": row.responsible.full_name if row.responsible else "",
        "cơ quan thực hiện": row.actor,
        "không sớm hơn": f"{row.not_before:%d/%m/%Y}" if row.not_before else "",
        "hạn": f"{row.due_on:%d/%m/%Y}" if row.due_on else "",
        "phục vụ": f"{row.family} {row.subject}".strip(),
        "mốc công nhận": f"{row.goal_tier} {row.goal_year}" if row.goal_tier else "",
        "năm": str(row.goal_year or ""),
        "cần đạt": str(row.at_least or ""),
        "việc cấp trên": row.parent.title if row.parent else "",
        "nội dung chỉ đạo": str(row.item_id or ""),
        "ghi chú": row.note,
    }
