"""Baselines: what is planned now, kept for ever, so that later one sees how far it moved."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from accounts.roles import Standing
from communes.models import Unit
from criteria.policies import Refused
from criteria.rules.numbers import clean_text
from plans.actions.linking import hold_plan
from plans.actions.telling_plan import remember_plan
from plans.models import Baseline, BaselineTask
from plans.policies.planning import why_not_steer
from plans.queries.network import rows_of
from plans.rules.schedule import scheduled

LONGEST_NAME = 120


@transaction.atomic
def take_baseline(
    *, by: Person, standing: Standing, district: Unit, name: str, reason: str, on: date
) -> Baseline:
    """Keep the first and last day of every task as the plan has them today. Raises Refused."""
    if refusal := why_not_steer(standing, district.code):
        raise Refused(refusal)
    name, reason = clean_text(name).strip(), clean_text(reason).strip()
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"Đặt tên cho kế hoạch gốc (nhiều nhất {LONGEST_NAME} ký tự).")
    if not reason:
        raise Refused("Ghi lý do chốt kế hoạch gốc.")
    hold_plan(district)
    # In Python: SQLite folds no letters but those of English.
    taken = Baseline.objects.filter(district=district).values_list("name", flat=True)
    if name.casefold() in {other.casefold() for other in taken}:
        raise Refused(f"Đã có kế hoạch gốc tên “{name}”.")
    rows = rows_of(district)
    if not rows.tasks:
        raise Refused("Kế hoạch chưa có việc nào để chốt.")
    timings = scheduled(rows.network(), rows.calendar(on), today=on).timings()
    row = Baseline.objects.create(district=district, name=name, reason=reason, by=by, on=on, at=timezone.now())
    BaselineTask.objects.bulk_create(
        (
            BaselineTask(baseline=row, task_id=int(key), start_on=timing.start, finish_on=timing.finish)
            for key, timing in timings.items()
        ),
        batch_size=500,
    )
    words = f"chốt kế hoạch gốc “{name}” ({len(timings)} việc). Lý do: {reason[:300]}"
    remember_plan("baseline", district, by, words, on, {"baseline": row.pk, "tasks": len(timings)})
    return row
