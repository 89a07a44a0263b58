"""Making the standard chain of a unit: tasks and links from what is unmet now. Generating twice makes nothing twice.

What is made is what `plans.queries.chains.draw` draws up under the lock of the plan. What stands already is left as it
is, its links too, but for the milestones that count communes: what they wait for is set afresh each time, for every
commune that gets a plan may bring what the district needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.models import Unit
from criteria.policies import Refused
from criteria.rules.vocabulary import Tier
from plans.actions.chains import take_over_chains
from plans.actions.linking import WantedLink, check_network, hold_plan, put_waits
from plans.actions.telling_plan import act_of, tell_given
from plans.models import Task, TaskLink
from plans.policies.planning import why_not_generate
from plans.queries.chains import Drawing, draw, recounted
from plans.queries.counts import Count
from plans.rules.chains import GOAL, Node

# A goal that was missed is still planned for; a programme is decided for five years.
YEARS_BACK, YEARS_ON = 5, 10


@dataclass(frozen=True, slots=True)
class Generated:
    """What was done: tasks made, links made, tasks closed because their indicator is met by now. `goal`: the end of the
    chain, None where nothing was made of a recognised unit."""

    made: int
    linked: int
    closed: int
    goal: Task | None
    problems: tuple[str, ...]


@transaction.atomic
def generate(
    *, by: Person, standing: Standing, unit: Unit, tier: Tier, year: int, on: date, close: Sequence[int] = (),
    is_illustrative: bool = False,
) -> Generated:  # fmt: skip
    """Put the standard chain of `unit` toward `tier` in `year` into the plan. `close`: pks out of
    `would_generate(...).no_longer` to be closed as done. Who is given something is told. Raises Refused."""
    district = unit.parent if unit.is_commune and unit.parent else unit
    if refusal := why_not_generate(standing, district.code, unit.code):
        raise Refused(refusal)
    if not on.year - YEARS_BACK <= year <= on.year + YEARS_ON:
        raise Refused(f"Năm mục tiêu từ {on.year - YEARS_BACK} đến {on.year + YEARS_ON}.")
    hold_plan(district)
    acts = take_over_chains(by=by, district=district, on=on)
    drawing = draw(unit, tier, year, on)
    made = _make(drawing, by, on, is_illustrative)
    linked = _link(drawing, made)
    closed = _close(drawing, close, on)
    if drawing.recognised and not closed:
        raise Refused(f"{unit.title} đã được công nhận {tier.label}; không còn việc gì để sinh.")
    acts += _recount(district, by, on)
    check_network(district)
    if made or closed:
        words = f"sinh kế hoạch {tier.label} năm {year} của {unit.full_name}: thêm {len(made)} việc, {linked} liên kết"
        words += f", đóng {len(closed)} việc đã đạt" if closed else ""
        changes: dict[str, object] = {"made": [task.pk for task in made.values()], "closed": closed}
        remember(*acts, act_of("plan.generate", unit, by, words, on, changes))
        tell_given(district, list(made.values()), by, on)
    else:
        remember(*acts)
    goal = next((task for node, task in (drawing.existing | made).items() if node.step == GOAL), None)
    return Generated(len(made), linked, len(closed), goal, drawing.problems)


def _make(drawing: Drawing, by: Person, on: date, is_illustrative: bool) -> dict[Node, Task]:
    new, now = drawing.new, timezone.now()
    for task in new.values():
        task.by, task.on, task.at, task.is_illustrative = by, on, now, is_illustrative
    Task.objects.bulk_create(new.values(), batch_size=500)
    return new


def _link(drawing: Drawing, made: dict[Node, Task]) -> int:
    """Links of the chain that touch something new: between tasks that stood already the office may have cut one on
    purpose."""
    tasks = drawing.existing | made
    pairs = [(tasks[before], tasks[after]) for before, after in drawing.chain.links if {before, after} & made.keys()]
    entries = [tasks[node] for node in drawing.chain.entries if node in made]
    pairs += [(goal, entry) for goal in drawing.lower for entry in entries]
    links = TaskLink.objects.bulk_create(
        (TaskLink(before=before, after=after) for before, after in pairs), ignore_conflicts=True, batch_size=500
    )
    return len(links)


def _close(drawing: Drawing, wanted: Iterable[int], on: date) -> list[int]:
    """Close as done what is met by now. Raises Refused for a task that is not proposed for it."""
    proposed = {task.pk: task for task in drawing.no_longer}
    if unknown := set(wanted) - proposed.keys():
        raise Refused(f"{len(unknown)} việc chọn đóng đã thay đổi từ lúc xem trước. Xem lại rồi đóng.")
    closed = [proposed[pk] for pk in sorted(set(wanted))]
    for task in closed:
        task.started_on, task.finished_on = min(task.started_on or on, on), on
        task.progress, task.version = 100, task.version + 1
        task.save(update_fields=["started_on", "finished_on", "progress", "version"])
    return [task.pk for task in closed]


def _recount(district: Unit, by: Person, on: date) -> list[HistoryAct]:
    """Let the milestones that count communes wait for what they need now; one act for each that changes."""
    acts = []
    for row, count in recounted(district, on):
        moved = put_waits(row, [WantedLink(pk) for pk in count.candidates] if count.needed else [], district)
        fields = _counting(row, count)
        if any(moved.values()) or any(getattr(row, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(row, name, value)
            row.version += 1
            row.save(update_fields=[*fields, "version"])
            words = f"tính lại mốc “{row.title[:160]}”: {count.words}"
            acts.append(act_of("plan.count", district, by, words, on, {"task": row.pk, "links": moved}))
    return acts


def _counting(row: Task, count: Count) -> dict[str, object]:
    """How a milestone counts: with too few plans it stands at the end of its year, and says so."""
    assert row.goal_year is not None
    spare = count.needed and len(count.candidates) > count.needed
    return {
        "at_least": count.needed if spare else None,
        "not_before": date(row.goal_year, 12, 31) if count.short else None,
        "note": count.words,
    }
