"""Which units may be planned for, toward which tier and year: the choices of the page that generates plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from communes.models import CountTarget, Target, Unit
from communes.queries.judged import communes_of, recognitions_of
from criteria.queries import BooksInForce, books_in_force
from criteria.rules.vocabulary import Level, Tier
from plans.models import Task
from plans.queries.network import in_plan_of
from plans.rules.chains import GOAL


@dataclass(frozen=True, slots=True)
class Goal:
    """A unit, the tier and year it is to reach, and how many tasks of a generated chain of that year stand already.
    `is_target`: the roadmap says so; else it is merely the next tier, in this year. `has_chain`: its chain toward that
    very tier has been generated. `is_reached`: the unit is recognised by now, and its end still stands open: generating
    proposes to close what is left."""

    unit: Unit
    tier: Tier
    year: int
    tasks: int
    is_target: bool
    has_chain: bool
    is_reached: bool = False


def goals_of(district: Unit, today: date) -> list[Goal]:
    """The district; then communes whose plan can be closed, those with a target not reached yet (by year), the others.
    Six queries."""
    units = [district, *communes_of(district, today)]
    books = books_in_force(today)
    reached = _reached(units, books, today)
    targets: dict[int, list[tuple[int, Tier]]] = {}
    for row in Target.objects.filter(unit__in=units).order_by("year", "pk"):
        targets.setdefault(row.unit_id, []).append((row.year, Tier(row.tier)))
    if district.pk not in targets and (year := _year_of(district, today)):
        targets[district.pk] = [(year, _next(reached[district.pk]) or Tier.STANDARD)]
    made = Task.objects.standing_now().filter(in_plan_of(district)).exclude(step="")
    chains = _Chains(list(made.values_list("unit_id", "goal_year", "goal_tier", "step", "finished_on")))
    found: list[Goal] = []
    for unit in units:
        there, following = reached[unit.pk], _next(reached[unit.pk])
        found += chains.left_over(unit, there)
        wanted = [(year, tier) for year, tier in targets.get(unit.pk, []) if tier.stars > there.stars]
        for year, tier in wanted or ([(today.year, following)] if following else []):
            number, chain = chains.numbers[unit.pk, year], (unit.pk, year, tier) in chains.goals
            found.append(Goal(unit, tier, year, number, bool(wanted), chain))
    return sorted(found, key=_rank)


class _Chains:
    """What was generated: tasks by unit and year, ends by unit, year and tier with the day they were reached."""

    def __init__(self, rows: Iterable[tuple[int, int | None, str, str, date | None]]) -> None:
        self.numbers: Counter[tuple[int, int]] = Counter()
        self.goals: dict[tuple[int, int, Tier], date | None] = {}
        for unit, year, tier, step, finished_on in rows:
            self.numbers[unit, year or 0] += 1
            if step == GOAL and year:
                self.goals[unit, year, Tier(tier)] = finished_on

    def left_over(self, unit: Unit, reached: Tier) -> Iterable[Goal]:
        """Ends that stand open although the unit is recognised."""
        for (pk, year, tier), finished_on in self.goals.items():
            if pk == unit.pk and finished_on is None and tier.stars <= reached.stars:
                yield Goal(unit, tier, year, self.numbers[pk, year], False, True, True)


def _rank(goal: Goal) -> tuple[bool, bool, bool, int, int, str]:
    unit = goal.unit
    year = goal.year if goal.is_target else 0
    return unit.is_commune, not goal.is_reached, not goal.is_target, year, unit.position, unit.code


def _reached(units: Sequence[Unit], books: BooksInForce, today: date) -> dict[int, Tier]:
    """The tier each unit is recognised for under the sets in force. One query."""
    families = {level: {book.family for book in books.of_level(level)} for level in (Level.COMMUNE, Level.DISTRICT)}
    held = recognitions_of([unit.pk for unit in units], today)
    return {
        unit.pk: _highest(
            Tier(row.tier) for row in held.get(unit.pk, ()) if row.family in families[Level(unit.level)]
        )
        for unit in units
    }


def _highest(tiers: Iterable[Tier]) -> Tier:
    return max(tiers, key=lambda tier: tier.stars, default=Tier.NONE)


def _next(tier: Tier) -> Tier | None:
    return next((other for other in Tier if other.stars == tier.stars + 1), None)


def _year_of(district: Unit, today: date) -> int | None:
    """The year for which the district set itself numbers: this one or the next, else the last."""
    years = sorted(CountTarget.objects.filter(unit=district).values_list("year", flat=True))
    return next((year for year in years if year >= today.year), years[-1] if years else None)
