"""The template of the standard chain that a district works by: its own rows, or the project's standard."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from django.conf import settings

from accounts.models import Department
from communes.models import Unit
from criteria.rules.vocabulary import Level
from plans.models import ChainStep
from plans.rules.chains import Step, read_chains
from plans.rules.network import DayKind

Chains: TypeAlias = dict[Level, tuple[Step, ...]]


@lru_cache(maxsize=1)
def standard_chains() -> Chains:
    """The chains of `plans/data/standard_chain.yaml`, read once."""
    return read_chains((settings.BASE_DIR / "plans" / "data" / "standard_chain.yaml").read_text(encoding="utf-8"))


def chain_of(district: Unit, level: Level) -> list[ChainStep]:
    """The district's template in its order; the standard one, unsaved (pk None), where the office has not touched it.
    One query, one more for the standard one."""
    rows = ChainStep.objects.filter(district=district, level=level.value).select_related("department")
    return list(rows) or standard_rows(district, level)


def standard_rows(district: Unit, level: Level) -> list[ChainStep]:
    """The standard chain as unsaved rows of a district. One query."""
    departments = {row.code: row for row in Department.objects.filter(district_code=district.code)}
    return [
        ChainStep(
            district=district, level=level.value, position=position, code=step.code, name=step.name, actor=step.actor,
            department=departments.get(step.department), duration=step.duration, days=step.days.value,
            waits_for=list(step.waits_for), per_subject=step.per_subject, source=step.source,
            is_estimate=step.is_estimate,
        )
        for position, step in enumerate(standard_chains()[level], start=1)
    ]  # fmt: skip


def rule_step(row: ChainStep) -> Step:
    return Step(
        code=row.code, name=row.name, duration=row.duration, days=DayKind(row.days), actor=row.actor,
        department=row.department.code if row.department else "", waits_for=tuple(row.waits_for),
        per_subject=row.per_subject, source=row.source, is_estimate=row.is_estimate, is_used=row.is_used,
    )  # fmt: skip
