"""A commune, the list of communes, and the district itself, each as one value object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.queries import HistoryLine, history_of_unit, told
from accounts.roles import Standing
from communes.models import Posting, Recognition, Target, Unit
from communes.queries.entry import Appraisal, appraisals_shown
from communes.queries.judged import Bench, UnitFinding, communes_of, recognised_under, set_up_bench
from communes.queries.people import Leads, leads_of
from communes.queries.sheets import ConditionRow, CriterionBlock, Sheet, sheet_of
from criteria.rules.conditions import satisfied_percent
from criteria.rules.facts import SurveyRow
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Basis, Level, Tier, Verdict
from reports.queries.matrix import target_tiers
from reports.viewing import Viewing


@dataclass(frozen=True)
class Rung:
    """One tier of the ladder for one commune: how far it is on each basis."""

    book: Rulebook
    verdicts: Mapping[Basis, tuple[Verdict, bool]]
    met: Mapping[Basis, int]
    total: int


@dataclass(frozen=True)
class Person:
    name: str
    title: str


@dataclass(frozen=True)
class SurveyLine:
    name: str
    row: SurveyRow
    percent: Decimal | None


@dataclass(frozen=True)
class CommunePage:
    """`sheet` is of the set looked at; `rungs` of every set of the ladder. `older` are certificates under old sets."""

    viewing: Viewing
    sheet: Sheet
    findings: Mapping[Basis, UnitFinding]
    rungs: tuple[Rung, ...]
    recognised: Tier
    recognitions: tuple[Recognition, ...]
    older: tuple[Recognition, ...]
    targets: tuple[Target, ...]
    people: tuple[Person, ...]
    survey: tuple[SurveyRow, ...]
    history: tuple[HistoryLine, ...]
    # The province's results (thẩm định) by measure code: the third result, printed beside the others.
    appraisals: Mapping[str, Appraisal] = field(default_factory=dict)

    @property
    def unit(self) -> Unit:
        return self.sheet.unit

    @property
    def strongest(self) -> UnitFinding:
        return self.findings[self.viewing.strongest]

    @property
    def missing_blocks(self) -> list[CriterionBlock]:
        """Criteria that are not met on the strongest basis, chưa đạt before chưa rõ."""
        order = {Verdict.NOT_MET: 0, Verdict.UNDETERMINED: 1, Verdict.NO_DATA: 2}
        basis = self.viewing.strongest
        left = [b for b in self.sheet.blocks if b.findings[basis].verdict in order]
        return sorted(left, key=lambda b: (order[b.findings[basis].verdict], b.criterion.number))

    @property
    def missing_conditions(self) -> list[ConditionRow]:
        basis = self.viewing.strongest
        return [c for c in self.sheet.conditions if not c.findings[basis].verdict.counts_as_met]

    @property
    def headline(self) -> str:
        """The finding in one sentence, on the strongest basis shown."""
        basis = self.viewing.strongest
        finding, name = self.sheet.findings[basis], self.unit.name
        said = f"{name} {self.strongest.tier.label}" + (" (tạm tính)" if self.strongest.provisional else "")
        total = len(finding.criteria)
        if finding.verdict.counts_as_met:
            return f"{said}; đáp ứng đủ bộ tiêu chí {self.viewing.book.short_name}"
        if total and finding.met_criteria < total:
            left = total - finding.met_criteria
            return f"{said}; còn {left} tiêu chí chưa đủ {total}/{total} của {self.viewing.book.short_name}"
        return f"{said}; còn vướng điều kiện của {self.viewing.book.short_name}"


HISTORY_LINES = 12


def commune_page(viewing: Viewing, unit: Unit, standing: Standing) -> CommunePage:
    """Everything of one commune that this person may see. A constant number of queries."""
    bench = set_up_bench(viewing.district, [unit], viewing.year, viewing.as_of, bases=viewing.bases, full=True)
    leads = leads_of(viewing.district, viewing.as_of)
    sheet = sheet_of(bench, unit, viewing.book.family, viewing.bases, leads)
    findings = {basis: bench.commune(unit, basis) for basis in viewing.bases}
    ladder = [book.family for book in bench.books.of_level(Level.COMMUNE)]
    held = bench.recognitions.get(unit.pk, ())
    entries = history_of_unit(standing, unit.code, viewing.district.code)
    people = Posting.objects.filter(unit=unit).held_on(viewing.as_of).select_related("person")
    return CommunePage(
        viewing=viewing,
        sheet=sheet,
        findings=findings,
        rungs=tuple(_rung(bench.books.book(family), findings) for family in ladder),
        recognised=recognised_under(findings[viewing.strongest], ladder),
        recognitions=tuple(row for row in held if row.family in ladder),
        older=tuple(row for row in held if row.family not in ladder),
        targets=_goals(unit),
        people=tuple(Person(row.person.full_name, row.title) for row in people),
        survey=bench.stated.surveys.get(unit.pk, ()),
        history=tuple(told(entries.filter(on__lte=viewing.as_of), HISTORY_LINES)),
        appraisals=_appraisals(bench, unit, viewing),
    )


def _goals(unit: Unit) -> tuple[Target, ...]:
    """The highest target of each year: a lower tier of the same year is a step on its way. One query."""
    by_year: dict[int, Target] = {}
    for row in Target.objects.filter(unit=unit).order_by("year"):
        known = by_year.get(row.year)
        if known is None or Tier(row.tier).stars > Tier(known.tier).stars:
            by_year[row.year] = row
    return tuple(by_year.values())


def _rung(book: Rulebook, findings: Mapping[Basis, UnitFinding]) -> Rung:
    by = {basis: finding.set(book.family) for basis, finding in findings.items()}
    return Rung(
        book,
        {basis: (found.verdict, found.provisional) for basis, found in by.items()},
        {basis: found.met_criteria for basis, found in by.items()},
        len(next(iter(by.values())).criteria),
    )


@dataclass(frozen=True)
class CommuneLine:
    """One commune in the list: tier met and recognised, target of the year, criteria met of each set."""

    unit: Unit
    tier: Tier
    provisional: bool
    recognised: Tier
    target: Tier
    met: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class CommuneList:
    viewing: Viewing
    books: tuple[Rulebook, ...]
    lines: tuple[CommuneLine, ...]

    def count(self, tier: Tier) -> int:
        return sum(1 for line in self.lines if line.tier.stars >= tier.stars)


def commune_list(viewing: Viewing) -> CommuneList:
    """Every commune of the district on one basis. A constant number of queries."""
    communes = communes_of(viewing.district, viewing.as_of)
    basis = viewing.strongest
    bench = set_up_bench(viewing.district, communes, viewing.year, viewing.as_of, bases=[basis])
    books = tuple(bench.books.of_level(Level.COMMUNE))
    targets = target_tiers(communes, viewing.year)
    return CommuneList(viewing, books, tuple(_line(bench, u, basis, books, targets) for u in communes))


def _line(
    bench: Bench, unit: Unit, basis: Basis, books: Sequence[Rulebook], targets: Mapping[int, Tier]
) -> CommuneLine:
    finding = bench.commune(unit, basis)
    sets = [finding.set(book.family) for book in books]
    return CommuneLine(
        unit, finding.tier, finding.provisional, recognised_under(finding, [b.family for b in books]),
        targets.get(unit.pk, Tier.NONE), tuple((s.met_criteria, len(s.criteria)) for s in sets if s.criteria),
    )  # fmt: skip


@dataclass(frozen=True)
class DistrictPage:
    """The district's own criteria and its conditions, live from its communes."""

    viewing: Viewing
    sheet: Sheet
    findings: Mapping[Basis, UnitFinding]
    recognitions: tuple[Recognition, ...]
    leads: Leads
    appraisals: Mapping[str, Appraisal] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        basis = self.viewing.strongest
        found = self.sheet.findings[basis]
        said = f"Huyện đạt {found.met_criteria}/{len(found.criteria)} tiêu chí ({basis.label})"
        unknown = found.unknown_criteria
        open_ones = sum(1 for c in found.conditions if not c.verdict.counts_as_met)
        if unknown:
            said += f"; {unknown} tiêu chí chưa rõ"
        return f"{said}; còn {open_ones} điều kiện chưa đủ" if open_ones else f"{said}; đủ mọi điều kiện"


def district_page(viewing: Viewing) -> DistrictPage:
    """The district on the bases shown. A constant number of queries, whatever the number of communes."""
    communes = communes_of(viewing.district, viewing.as_of)
    bench = set_up_bench(viewing.district, communes, viewing.year, viewing.as_of, bases=viewing.bases, full=True)
    leads = leads_of(viewing.district, viewing.as_of)
    sheet = sheet_of(bench, viewing.district, viewing.book.family, viewing.bases, leads)
    findings = {basis: bench.district_finding(basis) for basis in viewing.bases}
    held = bench.recognitions.get(viewing.district.pk, ())
    found = _appraisals(bench, viewing.district, viewing)
    return DistrictPage(viewing, sheet, findings, held, leads, found)


def _appraisals(bench: Bench, unit: Unit, viewing: Viewing) -> dict[str, Appraisal]:
    """Only for those who see how the district verified it; others read what was approved. At most one query."""
    if Basis.VERIFIED not in viewing.allowed:
        return {}
    return appraisals_shown(bench, unit, viewing.book.family, viewing.as_of)


def survey_lines(rows: Sequence[SurveyRow], names: Mapping[str, str]) -> list[SurveyLine]:
    return [SurveyLine(names.get(row.content, row.content), row, satisfied_percent([row])) for row in rows]
