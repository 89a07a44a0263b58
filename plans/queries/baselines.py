"""Baselines of a district, and two of them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from communes.models import Unit
from plans.models import Baseline, BaselineTask


@dataclass(frozen=True, slots=True)
class BaselineRow:
    pk: int
    name: str
    reason: str
    on: date
    by: str
    tasks: int
    is_newest: bool


def baselines_of(district: Unit) -> list[BaselineRow]:
    """Newest first; the first is what the plan is compared with. One query."""
    rows = Baseline.objects.filter(district=district).select_related("by").annotate(number=Count("tasks"))
    rows = rows.order_by("-pk")
    return [
        BaselineRow(row.pk, row.name, row.reason, row.on, row.by.full_name, row.number, place == 0)
        for place, row in enumerate(rows)
    ]


def finishes_in(baseline: int) -> dict[int, date]:
    """Last day of every task in a baseline, by task. One query."""
    return dict(BaselineTask.objects.filter(baseline=baseline).values_list("task_id", "finish_on"))
