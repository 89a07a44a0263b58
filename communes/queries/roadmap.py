"""The roadmap of a district: communes × years with their targets, beside what is recognised and what is met today.

Made for `/muc-tieu/`, its workbook and its paper; the actions compare what somebody saw by the same fingerprints. What
the law asks comes from the criteria data (or the office's own threshold), never from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from communes.models import CountTarget, Target, Unit
from communes.queries.judged import Bench, communes_of, recognised_under, set_up_bench
from communes.queries.lists import model_fields, targets_listed
from communes.rules.roadmap import RUNGS, Aim, Aiming, Concern, Counts, Minimum, Range, adds_up_to, concerns_of
from criteria.queries import books_in_force
from criteria.rules.judging import legal_minimum_count
from criteria.rules.vocabulary import Basis, ConditionKind, Level, Tier

TOWN = "thị trấn"


@dataclass(frozen=True)
class Cell:
    """What a unit shall reach in a year. `seen` is the fingerprint that a save must bring back."""

    year: int
    aims: tuple[Target, ...]
    recognised: Tier
    today_year: int
    field_names: Mapping[str, str]

    @property
    def tiers(self) -> tuple[Tier, ...]:
        return tuple(tier for tier in RUNGS if any(row.tier == tier.value for row in self.aims))

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(code for row in self.aims for code in row.fields)

    @property
    def fields_shown(self) -> str:
        return ", ".join(self.field_names.get(code, code) for code in self.fields)

    @property
    def document(self) -> str:
        return "; ".join(dict.fromkeys(row.document for row in self.aims if row.document))

    @property
    def seen(self) -> str:
        return cell_mark(self.aims)

    @property
    def state(self) -> str:
        """What became of it: "đã công nhận", "quá năm" or "" while there is time."""
        if not self.aims:
            return ""
        if all(self.recognised.stars >= tier.stars for tier in self.tiers):
            return "đã công nhận"
        return "quá năm, chưa công nhận" if self.year < self.today_year else ""

    @property
    def shown(self) -> str:
        """ "nâng cao; kiểu mẫu (Sản xuất)"; "" without a target."""
        said = "; ".join(tier.label for tier in self.tiers)
        return f"{said} ({self.fields_shown})" if self.fields else said


def cell_mark(rows: Sequence[Target]) -> str:
    """What stands in one cell, as a short text: two saves of the same cell meet here."""
    ordered = sorted(rows, key=lambda row: row.tier)
    return " ".join(f"{row.pk}.{row.tier}.{','.join(row.fields)}.{row.document}" for row in ordered)[:900]


@dataclass(frozen=True)
class Row:
    unit: Unit
    recognised: Tier
    meets: Tier
    provisional: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """One tier in one year: what the district wants, what the communes add up to, what is recognised by then (None:
    a year to come)."""

    year: int
    tier: Tier
    wanted: Range | None
    planned: int
    recognised: int | None

    @property
    def is_short(self) -> bool:
        return self.wanted is not None and self.planned < self.wanted.low


@dataclass(frozen=True, slots=True)
class Law:
    """What a district's set asks of its communes: `count` of `tier`, from `percent`."""

    set_name: str
    district_tier: Tier
    tier: Tier
    percent: Decimal
    count: int


@dataclass(frozen=True)
class Roadmap:
    district: Unit
    today: date
    years: tuple[int, ...]
    own: Row
    rows: tuple[Row, ...]
    totals: tuple[tuple[Tier, tuple[Total, ...]], ...]
    documents: Mapping[int, str]
    law: tuple[Law, ...]
    concerns: tuple[Concern, ...]
    fields: Mapping[str, str]
    judged_year: int

    @property
    def mark(self) -> str:
        """Changes with every target of the district: what a bulk save must bring back."""
        return str(hash_of([cell.seen for row in (self.own, *self.rows) for cell in row.cells]))

    def law_of(self, tier: Tier) -> list[Law]:
        return [one for one in self.law if one.tier is tier]

    @property
    def title(self) -> str:
        """The finding in one sentence."""
        tier, totals = self.totals[1]
        this = next((one for one in totals if one.year == self.today.year), None)
        done = this.recognised if this else 0
        said = f"{done or 0}/{len(self.rows)} xã đã công nhận {tier.label} trở lên"
        if this and this.wanted:
            said += f", mục tiêu năm {this.year} là {this.wanted.shown}"
        return said


def hash_of(parts: Sequence[str]) -> int:
    """A number that is the same in every process."""
    found = 7
    for ch in "\n".join(parts):
        found = (found * 131 + ord(ch)) % (2**61 - 1)
    return found


def judged_year(today: date) -> int:
    """The year whose figures tell what is met now: this one, or the last that a set of communes covers."""
    ends = [book.period[1] for book in books_in_force(today).of_level(Level.COMMUNE)]
    return min(today.year, max(ends, default=today.year))


def counts_of(district: Unit) -> dict[tuple[int, Tier], CountTarget]:
    """One query."""
    return {(row.year, Tier(row.tier)): row for row in CountTarget.objects.filter(unit=district)}


def counts_mark(rows: Mapping[tuple[int, Tier], CountTarget], year: int) -> str:
    """What the district wants in one year, as a short text."""
    return " ".join(
        f"{row.tier}.{row.low}.{row.high}.{row.document}" for (when, _), row in sorted(rows.items()) if when == year
    )[:900]


def roadmap_of(district: Unit, today: date) -> Roadmap:
    """Everything of the page, in a constant number of queries (thirteen)."""
    communes = [unit for unit in communes_of(district, today) if unit.kind != TOWN]
    year = judged_year(today)
    bench = set_up_bench(district, communes, year, today, bases=(Basis.APPROVED,))
    targets: dict[int, list[Target]] = {}
    for row in targets_listed(district):
        targets.setdefault(row.unit_id, []).append(row)
    counts = counts_of(district)
    years = _years(bench, targets, [when for when, _ in counts], today)
    fields = model_fields(bench.books)
    own = _row(bench, district, targets.get(district.pk, []), years, fields, today)
    rows = tuple(_row(bench, unit, targets.get(unit.pk, []), years, fields, today) for unit in communes)
    units = [_aiming(row, targets.get(row.unit.pk, [])) for row in rows]
    own_aims = _aiming(own, targets.get(district.pk, []))
    wanted = {key: Range(row.low, row.high) for key, row in sorted(counts.items(), key=lambda pair: pair[0][0])}
    law = tuple(_law(bench, len(communes)))
    minima = [
        Minimum(row.year, one.tier, one.count)
        for row in targets.get(district.pk, []) for one in law if one.district_tier is Tier(row.tier)
    ]  # fmt: skip
    return Roadmap(
        district, today, years, own, rows, _totals(bench, units, wanted, years, today),
        {when: row.document for (when, _), row in counts.items()}, law,
        concerns_of(units, wanted, minima, today.year, own_aims), fields, year,
    )  # fmt: skip


def _years(
    bench: Bench, targets: Mapping[int, Sequence[Target]], counted: Sequence[int], today: date
) -> tuple[int, ...]:
    """Years that have a target, and those still open until the sets end."""
    named = {row.year for rows in targets.values() for row in rows} | set(counted)
    end = max((book.period[1] for book in bench.books.of_level(Level.COMMUNE)), default=today.year)
    return tuple(sorted(named | set(range(today.year, max(end, today.year) + 1))))


def _families(bench: Bench, unit: Unit) -> list[str]:
    return [book.family for book in bench.books.of_level(Level(unit.level))]


def _row(
    bench: Bench, unit: Unit, targets: Sequence[Target], years: Sequence[int], fields: Mapping[str, str], today: date
) -> Row:
    finding = bench.commune(unit, Basis.APPROVED) if unit.is_commune else bench.district_finding(Basis.APPROVED)
    recognised = recognised_under(finding, _families(bench, unit))
    cells = tuple(
        Cell(year, tuple(row for row in targets if row.year == year), recognised, today.year, fields) for year in years
    )
    return Row(unit, recognised, finding.tier, finding.provisional, cells)


def _aiming(row: Row, targets: Sequence[Target]) -> Aiming:
    aims = tuple(Aim(one.year, Tier(one.tier), tuple(one.fields)) for one in targets)
    return Aiming(row.unit.code, row.unit.title, row.recognised, aims)


def _law(bench: Bench, communes: int) -> list[Law]:
    found = []
    for book in bench.books.of_level(Level.DISTRICT):
        bounds = bench.bounds(bench.district, book.family)
        for condition in book.conditions:
            if condition.kind is ConditionKind.SHARE_OF_COMMUNES and condition.family in bench.books:
                percent = bounds[condition.code, ""].value
                assert isinstance(percent, Decimal)
                tier = bench.books.book(condition.family).tier
                count = legal_minimum_count(percent, communes)
                found.append(Law(book.short_name, book.tier, tier, percent, count))
    return found


def _totals(
    bench: Bench, units: Sequence[Aiming], wanted: Counts, years: Sequence[int], today: date
) -> tuple[tuple[Tier, tuple[Total, ...]], ...]:
    return tuple(
        (
            tier,
            tuple(
                Total(year, tier, wanted.get((year, tier)), adds_up_to(units, year, tier),
                      _recognised(bench, tier, year) if year <= today.year else None)
                for year in years
            ),
        )
        for tier in RUNGS
    )  # fmt: skip


def _recognised(bench: Bench, tier: Tier, year: int) -> int:
    """How many communes stood recognised for a tier or a higher one at the end of a year, by decisions that still
    stand."""
    families = {book.family for book in bench.books.of_level(Level.COMMUNE)}
    return sum(
        any(
            row.family in families and Tier(row.tier).stars >= tier.stars and row.decided_on.year <= year
            for row in bench.recognitions.get(unit.pk, ())
        )
        for unit in bench.communes
    )
