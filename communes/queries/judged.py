"""What follows from what was stated: communes and districts judged, afresh, as known on a day.

One `Bench` holds everything that judging needs for one district, year and day, in a number of queries that does
not depend on how many communes there are; judging itself is pure (criteria.rules).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from communes.models import Recognition, Unit
from communes.queries.stated import Stated, stated
from criteria.queries import (
    BooksInForce,
    LocalEntries,
    books_in_force,
    local_thresholds,
    supplements_on,
    survey_contents,
)
from criteria.rules.conditions import Judged, SetFinding, Surroundings, judge_set, tier_of
from criteria.rules.facts import CommuneStanding
from criteria.rules.rulebook import Measure
from criteria.rules.thresholds import Bounds, resolve
from criteria.rules.vocabulary import Basis, Level, Tier


@dataclass(frozen=True)
class UnitFinding:
    """How one unit stands on one basis: its findings by family, the tier it meets, the recognitions it holds."""

    unit: Unit
    basis: Basis
    sets: Mapping[str, SetFinding]
    tier: Tier
    provisional: bool
    recognised: tuple[Recognition, ...] = ()

    def set(self, family: str) -> SetFinding:
        return self.sets[family]


@dataclass
class Bench:
    """Everything to judge the communes of a district (and itself) in one year, as known on one day."""

    district: Unit
    communes: Sequence[Unit]
    year: int
    as_of: date
    books: BooksInForce
    stated: Stated
    local: LocalEntries
    supplements: Mapping[str, frozenset[str]]
    recognitions: Mapping[int, tuple[Recognition, ...]]
    contents: frozenset[str] = frozenset()
    _bounds: dict[tuple[object, ...], Bounds] = field(default_factory=dict)
    _findings: dict[tuple[int, Basis], UnitFinding] = field(default_factory=dict)
    _judged: Judged = field(default_factory=dict)

    def bounds(self, unit: Unit, family: str) -> Bounds:
        """Thresholds of a set for a unit; communes that share scope, region and group share the answer."""
        place = unit.place()
        entries = self.local.get(family, [])
        own = unit.code if any(entry.unit == unit.code for entry in entries) else ""
        supplements = self.supplements_of(unit)
        key = (family, own, unit.level, place.units[-1], place.region, place.group, supplements)
        if key not in self._bounds:
            self._bounds[key] = resolve(self.books.book(family), place, self.year, entries, supplements)
        return self._bounds[key]

    def supplements_of(self, unit: Unit) -> frozenset[str]:
        """Switched on for the unit itself or for its district; of commune sets only."""
        if not unit.is_commune:
            return frozenset()
        return self.supplements.get(unit.code, frozenset()) | self.supplements.get(self.district.code, frozenset())

    def commune(self, unit: Unit, basis: Basis, families: Sequence[str] | None = None) -> UnitFinding:
        """One commune on one basis. All families of the level unless `families` narrows them (lowest first)."""
        key = (unit.pk, basis)
        if families is None and key in self._findings:
            return self._findings[key]
        finding = self._judge(unit, basis, families or [book.family for book in self.books.of_level(Level.COMMUNE)])
        if families is None:
            self._findings[key] = finding
        return finding

    def _judge(self, unit: Unit, basis: Basis, families: Sequence[str]) -> UnitFinding:
        facts, supplements = self.stated.of(basis, unit.pk), self.supplements_of(unit)
        sets: dict[str, SetFinding] = {}
        bounds = {family: self.bounds(unit, family) for family in families}
        for family in families:
            around = Surroundings(self.stated.surveys.get(unit.pk, ()), sets, bounds)
            book = self.books.book(family)
            sets[family] = judge_set(book, facts, bounds[family], around, supplements, self._judged)
        tier, provisional = tier_of({finding.book.tier: finding for finding in sets.values()})
        return UnitFinding(unit, basis, sets, tier, provisional, self.recognitions.get(unit.pk, ()))

    def district_finding(self, basis: Basis) -> UnitFinding:
        """The district on one basis: its own measures, and its conditions live from the communes."""
        key = (self.district.pk, basis)
        if key not in self._findings:
            self._findings[key] = self._judge_district(basis)
        return self._findings[key]

    def _judge_district(self, basis: Basis) -> UnitFinding:
        standings = tuple(self._standing(unit, basis) for unit in self.communes if unit.kind != "thị trấn")
        towns = sum(1 for unit in self.communes if unit.kind == "thị trấn")
        facts = self.stated.of(basis, self.district.pk)
        sets: dict[str, SetFinding] = {}
        for book in self.books.of_level(Level.DISTRICT):
            around = Surroundings(lower=sets, communes=standings, towns=towns, contents=self.contents)
            sets[book.family] = judge_set(book, facts, self.bounds(self.district, book.family), around)
        tier, provisional = tier_of({finding.book.tier: finding for finding in sets.values()})
        held = self.recognitions.get(self.district.pk, ())
        return UnitFinding(self.district, basis, sets, tier, provisional, held)

    def _standing(self, unit: Unit, basis: Basis) -> CommuneStanding:
        finding = self.commune(unit, basis)
        books = self.books.of_level(Level.COMMUNE)
        reached = recognised_under(finding, [book.family for book in books])
        return CommuneStanding(
            unit.name,
            # Cumulative: who is recognised as nâng cao is recognised as đạt chuẩn.
            frozenset(book.family for book in books if book.tier.stars <= reached.stars),
            {family: found.verdict for family, found in finding.sets.items()},
            self.stated.surveys.get(unit.pk, ()),
        )


def recognised_under(finding: UnitFinding, families: Iterable[str]) -> Tier:
    """The highest tier a unit is recognised for under the families in force; older certificates are shown apart."""
    wanted = set(families)
    tiers = [Tier(row.tier) for row in finding.recognised if row.family in wanted]
    return max(tiers, key=lambda tier: tier.stars, default=Tier.NONE)


def measures_in(books: BooksInForce, families: Sequence[str] | None = None) -> dict[str, Measure]:
    chosen = [book for book in books if families is None or book.family in families]
    return {code: measure for book in chosen for code, measure in book.measures.items()}


def communes_of(district: Unit, day: date) -> list[Unit]:
    """The communes of a district that exist on a day, in the order of the district's lists. One query."""
    units = list(Unit.objects.communes().filter(parent=district).valid_on(day))
    for unit in units:
        unit.parent = district
    return units


def set_up_bench(
    district: Unit,
    communes: Sequence[Unit],
    year: int,
    as_of: date,
    *,
    bases: Sequence[Basis] = tuple(Basis),
    full: bool = False,
    families: Sequence[str] | None = None,
) -> Bench:
    """Read everything judging needs: seven queries, whatever the number of communes.

    `families` narrows what is read to the figures of these sets; then judge no other set from this bench.
    """
    books = books_in_force(as_of, year=year)
    units = [*communes, district]
    codes = [unit.code for unit in units]
    return Bench(
        district=district,
        communes=communes,
        year=year,
        as_of=as_of,
        books=books,
        stated=stated([u.pk for u in units], year, as_of, measures_in(books, families), bases=bases, full=full),
        local=local_thresholds(books, codes, as_of),
        supplements=supplements_on(codes, year, as_of),
        recognitions=recognitions_of([u.pk for u in units], as_of),
        contents=frozenset(content.code for content in survey_contents()),
    )


def recognitions_of(units: Iterable[int], as_of: date) -> dict[int, tuple[Recognition, ...]]:
    """Recognitions decided and not revoked by a day, by unit. One query."""
    found: dict[int, list[Recognition]] = {}
    for row in Recognition.objects.standing_on(as_of).filter(unit_id__in=list(units)):
        found.setdefault(row.unit_id, []).append(row)
    return {unit: tuple(rows) for unit, rows in found.items()}

