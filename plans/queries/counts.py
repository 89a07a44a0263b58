"""Milestones that count communes: what the law asks of a district (shares) and what it set itself (numbers).

Such a milestone waits for the recognitions that are still planned, and is reached with as many of them as are missing.
How many that is comes from the criteria data (or the office's own threshold) and from the district's targets, never
from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from communes.models import CountTarget, Recognition, Unit
from communes.queries.judged import Bench, communes_of, recognitions_of
from criteria.queries import BooksInForce
from criteria.rules.judging import legal_minimum_count
from criteria.rules.vocabulary import ConditionKind, Level, Tier
from plans.models import Task
from plans.rules.chains import Subject, SubjectKind

TOWN = "thị trấn"


@dataclass(frozen=True, slots=True)
class Count:
    """`needed`: recognitions still missing. `candidates`: the goals of communes that may bring them, one each.
    `words`: how it comes about, kept with the milestone."""

    needed: int
    candidates: tuple[int, ...]
    words: str

    @property
    def short(self) -> int:
        """Communes that are missing and have no plan."""
        return max(0, self.needed - len(self.candidates))


@dataclass(frozen=True)
class Standings:
    """The communes of a district with what they are recognised for, and the goals planned for the others."""

    communes: Sequence[Unit]
    tiers: Mapping[int, Tier]
    goals: Sequence[Task]

    def count(self, tier: Tier, wanted: int, year: int, words: str) -> Count:
        """What is missing of `wanted` communes of a tier (or a higher one)."""
        there = {pk for pk, reached in self.tiers.items() if reached.stars >= tier.stars}
        planned: dict[int, Task] = {}
        for goal in self.goals:
            if goal.unit_id not in there and Tier(goal.goal_tier).stars >= tier.stars:
                planned.setdefault(goal.unit_id, goal)
        needed = max(0, wanted - len(there))
        count = Count(needed, tuple(goal.pk for goal in planned.values()), "")
        said = f"{words}: {wanted} xã; đã công nhận {len(there)}, còn cần {needed}"
        said += f", {len(planned)} xã đang có kế hoạch." if needed else "."
        if count.short:
            said += f" Thiếu kế hoạch của {count.short} xã: tạm tính cuối năm {year}."
        return Count(needed, count.candidates, said)


def standings_of(district: Unit, books: BooksInForce, on: date) -> Standings:
    """Three queries."""
    communes = [unit for unit in communes_of(district, on) if unit.kind != TOWN]
    families = {book.family for book in books.of_level(Level.COMMUNE)}
    tiers = {
        pk: _highest(rows, families) for pk, rows in recognitions_of([unit.pk for unit in communes], on).items()
    }
    goals = Task.objects.standing_now().filter(unit__in=communes).exclude(goal_tier="")
    ordered = sorted(goals, key=lambda goal: (goal.goal_year or 0, Tier(goal.goal_tier).stars, goal.pk))
    return Standings(communes, tiers, ordered)


def _highest(rows: Iterable[Recognition], families: set[str]) -> Tier:
    return max(
        (Tier(row.tier) for row in rows if row.family in families), key=lambda tier: tier.stars, default=Tier.NONE
    )


def count_subjects(
    district: Unit, family: str, bench: Bench, standings: Standings, year: int
) -> list[tuple[Subject, Count]]:
    """Every count of the district's chain toward the set `family` in `year`, also those that are full. One query."""
    found = [*_shares(district, family, bench, standings, year)]
    for row in CountTarget.objects.filter(unit=district, year=year).order_by("pk"):
        tier = Tier(row.tier)
        book = bench.books.ladder(Level.COMMUNE).get(tier)
        if book is not None:
            count = standings.count(tier, row.low, year, f"Mục tiêu của huyện năm {year}")
            label = f"Đủ số xã {tier.label} theo mục tiêu của huyện năm {year}"
            subject = Subject(
                book.family, tier.value, label, kind=SubjectKind.OWN, tier=tier.value, needed=count.needed
            )
            found.append((subject, count))
    return found


def _shares(
    district: Unit, family: str, bench: Bench, standings: Standings, year: int
) -> Iterable[tuple[Subject, Count]]:
    bounds = bench.bounds(district, family)
    for condition in bench.books.book(family).conditions:
        if condition.kind is ConditionKind.SHARE_OF_COMMUNES and condition.family in bench.books:
            percent = bounds[condition.code, ""].value
            assert isinstance(percent, Decimal)
            tier = bench.books.book(condition.family).tier
            wanted = legal_minimum_count(percent, len(standings.communes))
            count = standings.count(tier, wanted, year, "Mức tối thiểu theo quy định")
            yield (
                Subject(
                    family, condition.code, condition.text, kind=SubjectKind.SHARE, tier=tier.value,
                    needed=count.needed,
                ),
                count,
            )  # fmt: skip
