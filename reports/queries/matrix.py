"""The matrix: communes × criteria of one set, with totals per basis that are never added together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from communes.models import Target, Unit
from communes.queries.judged import Bench, communes_of, set_up_bench
from criteria.rules.judging import CriterionFinding
from criteria.rules.rulebook import Criterion
from criteria.rules.vocabulary import Basis, Tier, Verdict
from reports.viewing import Viewing


@dataclass(frozen=True, slots=True)
class Cell:
    """The strongest conclusion there is among the bases shown; `basis` says whose."""

    verdict: Verdict
    basis: Basis | None
    provisional: bool
    met: int
    total: int


@dataclass(frozen=True, slots=True)
class Row:
    """`totals` and `unknown`: criteria met, and without conclusion, by basis, of `size` criteria in force here.

    A cell is None where its criterion (a province's supplement) is not in force in this commune.
    """

    unit: Unit
    cells: tuple[Cell | None, ...]
    totals: Mapping[Basis, int]
    unknown: Mapping[Basis, int]
    verdicts: Mapping[Basis, Verdict]
    size: int

    @property
    def full(self) -> frozenset[Basis]:
        """The bases on which every criterion in force here is met."""
        return frozenset(basis for basis, met in self.totals.items() if met == self.size)


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    note: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Matrix:
    viewing: Viewing
    criteria: tuple[Criterion, ...]
    column_groups: tuple[tuple[str, int], ...]
    groups: tuple[Group, ...]
    # communes that meet each criterion, by basis, in the order of `criteria`
    column_totals: Mapping[Basis, tuple[int, ...]]
    averages: Mapping[Basis, Decimal]
    conditions_only: bool

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def width(self) -> int:
        """Columns of the table: the name, the criteria, one total a basis."""
        return 1 + len(self.criteria) + len(self.bases)

    @property
    def bases(self) -> tuple[Basis, ...]:
        """As columns of totals: the strongest first."""
        return tuple(reversed(self.viewing.bases))

    @property
    def full_count(self) -> int:
        """Communes with every criterion met on the strongest basis shown."""
        return sum(1 for row in self.rows if self.viewing.strongest in row.full)

    @property
    def headline(self) -> str:
        """The finding as a sentence: how many are complete, and which criteria hold back most communes."""
        basis, total = self.viewing.strongest, len(self.criteria)
        said = f"{self.full_count} xã đủ {total}/{total} tiêu chí ({basis.label})"
        short = sorted(range(total), key=lambda i: (self.column_totals[basis][i], i))
        worst = [self.criteria[i] for i in short[:2] if self.column_totals[basis][i] < len(self.rows)]
        if not worst:
            return said
        names = " và ".join(f"{c.name} ({c.number})" for c in worst)
        return f"{said}; {names} chặn nhiều xã nhất"


def matrix(viewing: Viewing) -> Matrix:
    """Read and judge afresh: a constant number of queries, whatever the number of communes."""
    bench, targets = _read(viewing)
    return matrix_of(viewing, bench, targets)


def matrix_by_basis(viewing: Viewing) -> tuple[Matrix, dict[Basis, Matrix]]:
    """The matrix as shown and, made of the same reading, the one of each basis alone (their totals can be recounted
    from their letters, which those of "cả ba" cannot)."""
    bench, targets = _read(viewing)
    singles = {basis: matrix_of(replace(viewing, basis=basis), bench, targets) for basis in viewing.bases}
    return matrix_of(viewing, bench, targets), singles if viewing.basis is None else {}


def _read(viewing: Viewing) -> tuple[Bench, dict[int, Tier]]:
    communes = communes_of(viewing.district, viewing.as_of)
    families = [book.family for book in viewing.books.needed_for(viewing.book.family)]
    bench = set_up_bench(
        viewing.district, communes, viewing.year, viewing.as_of, bases=viewing.bases, families=families
    )
    return bench, target_tiers(communes, viewing.year)


def target_tiers(communes: Sequence[Unit], year: int) -> dict[int, Tier]:
    """The highest tier each commune shall reach in that year. One query."""
    found: dict[int, Tier] = {}
    for unit, tier in Target.objects.filter(unit__in=communes, year=year).values_list("unit_id", "tier"):
        found[unit] = max(found.get(unit, Tier.NONE), Tier(tier), key=lambda t: t.stars)
    return found


def matrix_of(viewing: Viewing, bench: Bench, targets: Mapping[int, Tier]) -> Matrix:
    """The matrix from a bench that is already set up."""
    families = [book.family for book in bench.books.needed_for(viewing.book.family)]
    criteria = _columns(bench, viewing)
    rows = [_row(bench, unit, viewing, families, criteria) for unit in bench.communes]
    met = {
        basis: tuple(
            sum(1 for _, by in rows if (found := by[basis].get(c.number)) and found.verdict.counts_as_met)
            for c in criteria
        )
        for basis in viewing.bases
    }
    averages = {
        basis: Decimal(sum(row.totals[basis] for row, _ in rows)) / (len(rows) or 1) for basis in viewing.bases
    }
    return Matrix(
        viewing, criteria, _column_groups(criteria), _groups([row for row, _ in rows], targets, viewing),
        met, averages, not criteria,
    )  # fmt: skip


def _columns(bench: Bench, viewing: Viewing) -> tuple[Criterion, ...]:
    """Criteria in force in any of the communes: a supplement is switched on by unit and year."""
    everywhere = frozenset(name for unit in bench.communes for name in bench.supplements_of(unit))
    return viewing.book.criteria_in_force(everywhere)


def _column_groups(criteria: Sequence[Criterion]) -> tuple[tuple[str, int], ...]:
    groups: list[tuple[str, int]] = []
    for criterion in criteria:
        if groups and groups[-1][0] == criterion.group:
            groups[-1] = (criterion.group, groups[-1][1] + 1)
        else:
            groups.append((criterion.group, 1))
    return tuple(groups)


ByNumber = dict[int, CriterionFinding]


def _row(
    bench: Bench, unit: Unit, viewing: Viewing, families: Sequence[str], criteria: Sequence[Criterion]
) -> tuple[Row, dict[Basis, ByNumber]]:
    found = {basis: bench.commune(unit, basis, families).set(viewing.book.family) for basis in viewing.bases}
    by_number = {
        basis: {criterion.criterion.number: criterion for criterion in finding.criteria}
        for basis, finding in found.items()
    }
    row = Row(
        unit,
        tuple(_cell(by_number, criterion.number) for criterion in criteria),
        {basis: finding.met_criteria for basis, finding in found.items()},
        {basis: finding.unknown_criteria for basis, finding in found.items()},
        {basis: finding.verdict for basis, finding in found.items()},
        len(found[viewing.strongest].criteria),
    )
    return row, by_number


def _cell(found: Mapping[Basis, ByNumber], number: int) -> Cell | None:
    """The strongest basis that has a conclusion; with none anywhere, what the strongest says. None where the
    criterion is not in force in this commune."""
    ordered = [(basis, found[basis][number]) for basis in reversed(list(found)) if number in found[basis]]
    if not ordered:
        return None
    for basis, criterion in ordered:
        if criterion.verdict is not Verdict.NO_DATA:
            return Cell(criterion.verdict, basis, criterion.provisional, criterion.met_count, len(criterion.indicators))
    criterion = ordered[0][1]
    return Cell(Verdict.NO_DATA, None, False, criterion.met_count, len(criterion.indicators))


def _groups(rows: Sequence[Row], targets: Mapping[int, Tier], viewing: Viewing) -> tuple[Group, ...]:
    """Rows by what they shall reach this year, hardest target first; inside, the nearest to complete first."""
    groups = []
    for tier in reversed(Tier):
        members = [row for row in rows if targets.get(row.unit.pk, Tier.NONE) is tier]
        if not members:
            continue
        members.sort(key=lambda row: (-row.totals[viewing.strongest], row.unit.position))
        goal = f"Mục tiêu {tier.label}" if tier.stars else "Không có mục tiêu riêng"
        title = f"{goal} năm {viewing.year}"
        met = sum(1 for row in members if row.verdicts[viewing.strongest].counts_as_met)
        note = f"{met}/{len(members)} xã đáp ứng bộ đang xem ({viewing.strongest.label})"
        groups.append(Group(title, note, tuple(members)))
    return tuple(groups)
