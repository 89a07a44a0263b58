"""The district's template of the standard chain: taken over from the project's own on first use, then edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.actions import remember
from accounts.models import Department, Person
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.models import Unit
from criteria.policies import Refused
from criteria.rules.numbers import clean_text
from criteria.rules.vocabulary import Level
from plans.actions.linking import hold_plan
from plans.actions.telling_plan import act_of
from plans.models import ChainStep
from plans.policies.planning import why_not_steer
from plans.queries.chain_steps import chain_of, rule_step, standard_rows
from plans.rules.chains import fault_of
from plans.rules.network import DayKind


class StaleStep(Exception):
    """Somebody changed the step since the person looked; `current` is the row as it stands now."""

    def __init__(self, current: ChainStep) -> None:
        super().__init__("Người khác vừa sửa.")
        self.current = current


@dataclass(frozen=True, slots=True)
class StepFields:
    """What the office decides of a step; its code and whether it is done per subject stay."""

    name: str
    duration: int
    days: DayKind
    actor: str = ""
    department: Department | None = None
    waits_for: tuple[str, ...] = ()
    is_used: bool = True
    is_estimate: bool = True


def take_over_chains(*, by: Person, district: Unit, on: date) -> list[HistoryAct]:
    """The standard chains as rows of this district, where it has none yet; the act, for the caller to remember with its
    own when everything is written (the history is locked last). The caller holds the plan."""
    if ChainStep.objects.filter(district=district).exists():
        return []
    rows = [row for level in (Level.COMMUNE, Level.DISTRICT) for row in standard_rows(district, level)]
    ChainStep.objects.bulk_create(rows)
    return [act_of("plan.chain", district, by, f"nhận quy trình chuẩn gồm {len(rows)} bước", on, {"steps": len(rows)})]


@transaction.atomic
def change_step(
    *, by: Person, standing: Standing, district: Unit, level: Level, code: str, seen_version: int, fields: StepFields,
    on: date,
) -> ChainStep:  # fmt: skip
    """Change one step of the template. Tasks that were generated stay as they are. Raises Refused, StaleStep."""
    if refusal := why_not_steer(standing, district.code):
        raise Refused(refusal)
    hold_plan(district)
    taken_over = take_over_chains(by=by, district=district, on=on)
    steps = chain_of(district, level)
    row = next((step for step in steps if step.code == code), None)
    if row is None:
        raise Refused("Quy trình không có bước này.")
    if row.version != seen_version:
        raise StaleStep(row)
    if fields.department is not None and fields.department.district_code != district.code:
        raise Refused("Phòng, ban này không thuộc huyện này.")
    before = _in_words(row)
    _put(row, fields)
    after = _in_words(row)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        remember(*taken_over)
        return row
    _refuse_faults(steps)
    row.version += 1
    row.save()
    said = "; ".join(f"{name} {was or '(trống)'} → {now or '(trống)'}" for name, (was, now) in changed.items())
    words = f"sửa bước “{row.name[:120]}” của quy trình cấp {level.label}: {said}"
    changes: dict[str, object] = {"step": code, "level": level.value, "fields": changed}
    remember(*taken_over, act_of("plan.chain", district, by, words, on, changes))
    return row


def _put(row: ChainStep, fields: StepFields) -> None:
    row.name, row.actor = clean_text(fields.name).strip(), clean_text(fields.actor).strip()
    if len(row.name) > 300 or len(row.actor) > 120:
        raise Refused("Tên bước dài quá 300 ký tự, hoặc tên cơ quan dài quá 120 ký tự.")
    row.duration, row.days, row.department = fields.duration, fields.days.value, fields.department
    row.waits_for, row.is_used = list(fields.waits_for), fields.is_used
    row.is_estimate = fields.is_estimate


def _refuse_faults(steps: Sequence[ChainStep]) -> None:
    if fault := fault_of([rule_step(step) for step in steps]):
        raise Refused(fault)


def _in_words(row: ChainStep) -> dict[str, str]:
    return {
        "tên": row.name,
        "thời gian": f"{row.duration} {DayKind(row.days).label}",
        "cơ quan": row.actor,
        "chủ trì": row.department.name if row.department else "",
        "chờ": ", ".join(row.waits_for),
        "đang dùng": "có" if row.is_used else "không",
        "ước tính": "có" if row.is_estimate else "không",
    }
