"""The roadmap as pure arithmetic: what its targets add up to, year by year, and what is wrong with it.

Tiers are cumulative: who shall be kiểu mẫu counts for nâng cao too. What was recognised counts whatever was planned.
Called by `communes.queries.roadmap`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from criteria.rules.vocabulary import LabelledEnum, Tier

RUNGS = (Tier.STANDARD, Tier.ADVANCED, Tier.MODEL)


class Aim(NamedTuple):
    """What a unit shall reach in a year; `fields` are codes, of kiểu mẫu only."""

    year: int
    tier: Tier
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aiming:
    """A unit with its targets and the tier it is recognised for. `code` names it, `name` is read."""

    code: str
    name: str
    recognised: Tier
    aims: tuple[Aim, ...]

    def aimed_by(self, year: int) -> Tier:
        """The highest tier it shall have reached by the end of a year, or has been recognised for."""
        wanted = [aim.tier for aim in self.aims if aim.year <= year]
        return max([*wanted, self.recognised], key=lambda tier: tier.stars)

    def first(self, tier: Tier) -> int | None:
        """The first year of a target of this tier."""
        return min((aim.year for aim in self.aims if aim.tier is tier), default=None)


class Range(NamedTuple):
    """How many communes the district wants: `low` = `high` is a number."""

    low: int
    high: int

    @property
    def shown(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low} đến {self.high}"


class Minimum(NamedTuple):
    """How many communes of a tier the law asks of a district that shall be recognised in `year`."""

    year: int
    tier: Tier
    communes: int


class Flaw(LabelledEnum):
    """What may be wrong with a roadmap, in the order of the list."""

    PASSED = "passed", "đã quá năm"
    ORDER = "order", "sai thứ tự"
    SHORT = "short", "thiếu xã"
    BELOW_LAW = "below_law", "dưới mức tối thiểu"
    NO_FIELD = "no_field", "thiếu lĩnh vực"
    NO_TARGET = "no_target", "chưa có mục tiêu"


class Concern(NamedTuple):
    """One sentence; `unit` is the code of what it is about ("" for the district's numbers), `year` where to look."""

    flaw: Flaw
    sentence: str
    unit: str = ""
    year: int | None = None


Counts = Mapping[tuple[int, Tier], Range]


def adds_up_to(units: Iterable[Aiming], year: int, tier: Tier) -> int:
    """How many units shall have a tier or a higher one by the end of a year, those recognised included."""
    return sum(unit.aimed_by(year).stars >= tier.stars for unit in units)


def concerns_of(
    units: Sequence[Aiming], counts: Counts, minima: Iterable[Minimum], today_year: int, own: Aiming | None = None
) -> tuple[Concern, ...]:
    """Everything that is wrong, the most urgent sort first. `own` is the district itself, which needs no field."""
    found = [said for unit in units for check in _OF_UNIT for said in check(unit, today_year)]
    found += [said for check in (_passed, _order) if own for said in check(own, today_year)]
    found += _short_years(units, counts)
    found += [said for minimum in minima for said in _below_law(units, counts, minimum)]
    order = list(Flaw)
    return tuple(sorted(found, key=lambda said: (order.index(said.flaw), said.year or 0)))


def _passed(unit: Aiming, today_year: int) -> Iterable[Concern]:
    """A year that is over and nothing recognised; a later target of the same tier takes its place."""
    for tier in RUNGS:
        years = [aim.year for aim in unit.aims if aim.tier is tier]
        if years and max(years) < today_year and unit.recognised.stars < tier.stars:
            yield Concern(
                Flaw.PASSED,
                f"{unit.name}: mục tiêu {tier.label} năm {max(years)} đã qua mà chưa được công nhận.",
                unit.code, max(years),
            )  # fmt: skip


def _order(unit: Aiming, today_year: int) -> Iterable[Concern]:  # noqa: ARG001
    """A rung before the one below it, or without it."""
    for below, tier in zip(RUNGS, RUNGS[1:], strict=False):
        year, before = unit.first(tier), unit.first(below)
        if year is None or unit.recognised.stars >= below.stars:
            continue
        if before is None:
            said = f"{unit.name}: có mục tiêu {tier.label} năm {year} nhưng không có mục tiêu {below.label}."
        elif before > year:
            said = f"{unit.name}: mục tiêu {tier.label} năm {year} đặt trước {below.label} năm {before}."
        else:
            continue
        yield Concern(Flaw.ORDER, said, unit.code, year)


def _no_field(unit: Aiming, today_year: int) -> Iterable[Concern]:  # noqa: ARG001
    for aim in unit.aims:
        if aim.tier is Tier.MODEL and not aim.fields and unit.recognised is not Tier.MODEL:
            said = f"{unit.name}: mục tiêu kiểu mẫu năm {aim.year} chưa ghi lĩnh vực nổi trội."
            yield Concern(Flaw.NO_FIELD, said, unit.code, aim.year)


def _no_target(unit: Aiming, today_year: int) -> Iterable[Concern]:
    if not unit.aims and unit.recognised is Tier.NONE:
        yield Concern(Flaw.NO_TARGET, f"{unit.name}: chưa có mục tiêu năm nào.", unit.code, today_year)


_OF_UNIT: tuple[Callable[[Aiming, int], Iterable[Concern]], ...] = (_passed, _order, _no_field, _no_target)


def _short_years(units: Sequence[Aiming], counts: Counts) -> Iterable[Concern]:
    for (year, tier), wanted in counts.items():
        planned = adds_up_to(units, year, tier)
        if planned < wanted.low:
            said = (
                f"Năm {year}: lộ trình các xã mới cộng được {planned} xã {tier.label} trở lên, "
                f"mục tiêu của huyện là {wanted.shown}."
            )
            yield Concern(Flaw.SHORT, said, "", year)


def _below_law(units: Sequence[Aiming], counts: Counts, minimum: Minimum) -> Iterable[Concern]:
    """In the year in which the district shall be recognised: its own number, and what the communes add up to."""
    year, tier, count = minimum
    asked = f"mức tối thiểu để huyện được công nhận là {count} xã {tier.label} trở lên"
    wanted, planned = counts.get((year, tier)), adds_up_to(units, year, tier)
    if wanted is not None and wanted.low < count:
        yield Concern(Flaw.BELOW_LAW, f"Năm {year}: mục tiêu của huyện {wanted.shown} xã; {asked}.", "", year)
    if planned < count:
        said = f"Năm {year}: lộ trình các xã mới cộng được {planned} xã; {asked}."
        yield Concern(Flaw.BELOW_LAW, said, "", year)
