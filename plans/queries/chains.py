"""What generating the standard chain for a unit would make: drawn up here, written by `plans.actions.generating`.

`draw` is the one drawing; the preview (`would_generate`) and the act use the same, so that what was shown is what is
made. A task that stands already is known by unit, step, set, subject and year, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.models import Department
from communes.models import Unit
from communes.queries.judged import Bench, communes_of, set_up_bench
from communes.queries.people import leads_of
from criteria.policies import Refused
from criteria.rules.vocabulary import Level, Tier
from plans.models import Task
from plans.queries.chain_steps import chain_of, rule_step
from plans.queries.counts import Count, Standings, count_subjects, standings_of
from plans.queries.network import holder_of
from plans.queries.unmet import BASES, Unmet, book_of, unmet_of
from plans.rules.chains import (
    COMMUNE_ACTOR,
    GOAL,
    KEPT,
    OWN_COUNT,
    OWN_GOAL,
    SHARE,
    Chain,
    ChainFault,
    Node,
    Step,
    Subject,
    chain_for,
)
from plans.rules.vocabulary import PlanLevel

__all__ = ["Drawing", "NewTask", "WouldGenerate", "chain_of", "draw", "recounted", "would_generate"]

LONGEST_TITLE = 300
_RECOGNISED_AS = {
    Tier.STANDARD: "đạt chuẩn nông thôn mới",
    Tier.ADVANCED: "nông thôn mới nâng cao",
    Tier.MODEL: "nông thôn mới kiểu mẫu",
}


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task that generating would make. `subject` is "" for a step done once for the unit."""

    step: str
    family: str
    subject: str
    title: str
    holder: str
    duration: int
    days: str
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class WouldGenerate:
    """`new`: what would be made. `existing`: what stands already, as it is. `no_longer`: unfinished tasks whose
    indicator is met by now (of a unit that is recognised by now, all of them), proposed for closing as done.
    `problems`: sentences about what the plan cannot hold yet (a target of 8 communes, plans for 6). `unmet`: indicators
    and conditions not approved as met; `claimed`: those of them that the unit itself states as met. `recognised`: it
    holds that recognition already; then nothing is made."""

    unit: Unit
    tier: Tier
    year: int
    new: tuple[NewTask, ...]
    existing: tuple[Task, ...]
    no_longer: tuple[Task, ...]
    problems: tuple[str, ...]
    unmet: int
    claimed: int
    recognised: bool


@dataclass(frozen=True)
class Drawing:
    """Everything that generating needs. `lower`: goals of the tiers below, which come before the whole procedure.
    `counts`: what the milestones that count communes wait for, also those that stand already."""

    unit: Unit
    district: Unit
    tier: Tier
    year: int
    chain: Chain
    tasks: dict[Node, Task]
    existing: dict[Node, Task]
    no_longer: tuple[Task, ...]
    lower: tuple[Task, ...]
    counts: dict[Node, Count]
    subjects: tuple[Subject, ...]
    recognised: bool

    @property
    def new(self) -> dict[Node, Task]:
        """Unsaved rows."""
        return {node: task for node, task in self.tasks.items() if node not in self.existing}

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(count.words for count in self.counts.values() if count.short)


def would_generate(unit: Unit, tier: Tier, year: int, today: date) -> WouldGenerate:
    """What `generate` would do now; nothing is written. A constant number of queries. Raises Refused where no set in
    force describes that tier, or the template is faulty."""
    drawing = draw(unit, tier, year, today)
    work = [subject for subject in drawing.subjects if not subject.needed and not subject.tier]
    return WouldGenerate(
        unit=unit, tier=tier, year=year,
        new=tuple(_shown(node, task, drawing.chain.nodes[node][0]) for node, task in drawing.new.items()),
        existing=tuple(drawing.existing.values()), no_longer=drawing.no_longer, problems=drawing.problems,
        unmet=len(work), claimed=sum(1 for subject in work if subject.is_claimed), recognised=drawing.recognised,
    )  # fmt: skip


def _shown(node: Node, task: Task, step: Step) -> NewTask:
    return NewTask(
        node.step, node.family, node.subject, task.title, holder_of(task), task.duration, task.days, step.is_estimate
    )


def draw(unit: Unit, tier: Tier, year: int, on: date) -> Drawing:
    """The chain of a unit toward a tier in a year from what is unmet on a day. Raises Refused."""
    district = unit.parent if unit.is_commune and unit.parent else unit
    communes = [unit] if unit.is_commune else communes_of(district, on)
    bench = set_up_bench(district, communes, on.year, on, bases=BASES)
    book = book_of(bench, unit, tier)
    if book is None:
        raise Refused(f"Chưa có bộ tiêu chí {tier.label} áp dụng cho {unit.full_name} ngày {on:%d/%m/%Y}.")
    generated = list(_generated(unit))
    goals = {Tier(task.goal_tier): task for task in generated if task.goal_tier and task.step == GOAL}
    unmet = unmet_of(bench, unit, tier, leads_of(district, on), goals.__contains__)
    counted = _counted(unit, book.family, bench, standings_of(district, bench.books, on), year)
    recognised = _is_recognised(bench, unit, tier)
    steps = [rule_step(row) for row in chain_of(district, Level(unit.level))]
    subjects = [] if recognised else [*unmet.subjects, *(subject for subject, count in counted if count.needed)]
    chain = _chain(steps, subjects, book.family, recognised)
    standing = {Node(task.step, task.family, task.subject): task for task in generated if task.goal_year == year}
    made = _Rows(unit, district, tier, year)
    return Drawing(
        unit=unit, district=district, tier=tier, year=year, chain=chain,
        tasks={node: standing.get(node) or made.row(node, *chain.nodes[node]) for node in chain.nodes},
        existing={node: task for node, task in standing.items() if node in chain.nodes},
        no_longer=tuple(_no_longer(standing, chain, unmet, book.family)),
        lower=tuple(goals[lower] for lower in unmet.lower),
        counts={_node(subject): count for subject, count in counted}, subjects=tuple(subjects), recognised=recognised,
    )  # fmt: skip


def recounted(district: Unit, on: date) -> list[tuple[Task, Count]]:
    """What every standing milestone of the district that counts communes should wait for now. A constant number of
    queries, however many communes."""
    rows = list(_generated(district).filter(step__in=(SHARE, OWN_COUNT), finished_on=None))
    if not rows:
        return []
    bench = set_up_bench(district, [], on.year, on, bases=())
    standings = standings_of(district, bench.books, on)
    counts: dict[tuple[int, Node], Count] = {}
    for year in {row.goal_year or 0 for row in rows}:
        for book in bench.books.of_level(Level.DISTRICT):
            counted = count_subjects(district, book.family, bench, standings, year)
            counts |= {(year, _node(subject)): count for subject, count in counted}
    keys = {row: (row.goal_year or 0, Node(row.step, row.family, row.subject)) for row in rows}
    return [(row, counts[key]) for row, key in keys.items() if key in counts]


def _generated(unit: Unit) -> QuerySet[Task]:
    rows = Task.objects.standing_now().filter(unit=unit).exclude(step="")
    return rows.select_related("unit", "department", "responsible").order_by("pk")


def _counted(
    unit: Unit, family: str, bench: Bench, standings: Standings, year: int
) -> list[tuple[Subject, Count]]:
    return [] if unit.is_commune else count_subjects(unit, family, bench, standings, year)


def _node(subject: Subject) -> Node:
    return Node(OWN_COUNT if subject.kind.name == "OWN" else SHARE, subject.family, subject.code)


def _chain(steps: list[Step], subjects: list[Subject], family: str, recognised: bool) -> Chain:
    if recognised:
        return Chain({}, (), ())
    try:
        return chain_for(steps, subjects, family)
    except ChainFault as fault:
        raise Refused(f"Sửa quy trình chuẩn trước: {fault}") from None


def _is_recognised(bench: Bench, unit: Unit, tier: Tier) -> bool:
    families = {book.family for book in bench.books.of_level(Level(unit.level))}
    rows = bench.recognitions.get(unit.pk, ())
    return any(row.family in families and Tier(row.tier).stars >= tier.stars for row in rows)


def _no_longer(standing: dict[Node, Task], chain: Chain, unmet: Unmet, family: str) -> Iterable[Task]:
    """Unfinished tasks of these sets that the chain has no more: their subject is met, or the work is claimed. Of a
    recognised unit the chain is empty."""
    families = {*unmet.families, family}
    for node, task in standing.items():
        is_subjects = bool(node.subject) or not chain.nodes
        is_of_these = node.family in families or node.step == OWN_COUNT
        if task.finished_on is None and node not in chain.nodes and is_subjects and is_of_these:
            yield task


class _Rows:
    """Unsaved rows of one unit's chain."""

    def __init__(self, unit: Unit, district: Unit, tier: Tier, year: int) -> None:
        self.unit, self.tier, self.year = unit, tier, year
        self.departments = {row.code: row for row in Department.objects.filter(district_code=district.code)}

    def row(self, node: Node, step: Step, subject: Subject | None) -> Task:
        is_goal = node.step in (GOAL, OWN_GOAL)
        lead = step.department if step.actor or not subject else subject.lead
        return Task(
            unit=self.unit, level=self._level(step).value, title=self._title(step, subject), family=node.family,
            subject=node.subject, goal_tier=self.tier.value if is_goal else "", goal_year=self.year, step=node.step,
            department=self.departments.get(lead), actor=step.actor, duration=step.duration, days=step.days.value,
        )  # fmt: skip

    def _level(self, step: Step) -> PlanLevel:
        """A commune's own steps are its plan; what the district and others do there is the district's."""
        is_own = step.actor == COMMUNE_ACTOR or (step.per_subject and step.code not in KEPT)
        return PlanLevel.COMMUNE if self.unit.is_commune and is_own else PlanLevel.DISTRICT

    def _title(self, step: Step, subject: Subject | None) -> str:
        if step.code == GOAL:
            title = f"{self.unit.title} được công nhận {_RECOGNISED_AS[self.tier]} năm {self.year}"
        elif step.code == OWN_GOAL:
            title = f"{self.unit.title} đạt mục tiêu năm {self.year}"
        elif subject is not None:
            title = subject.label if step.code in KEPT else f"{step.name}: {subject.label}"
        else:
            title = step.name
        return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
