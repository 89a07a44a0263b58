"""The leader's page: are we on the way, what blocks most, where work lies. One value object, judged afresh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Min

from communes.models import Assessment, CountTarget, Statement, Unit
from communes.queries.judged import Bench, UnitFinding, communes_of, recognised_under, set_up_bench
from communes.queries.people import Leads, leads_of
from communes.queries.sheets import Sheet, sheet_of
from communes.rules.workflow import Stage, StatementKind
from criteria.rules.judging import legal_minimum_count
from criteria.rules.rulebook import Indicator, Rulebook
from criteria.rules.vocabulary import Basis, ConditionKind, Level, Tier, Verdict
from reports.viewing import Viewing


@dataclass(frozen=True, slots=True)
class Mark:
    """A line on a strip: after which square, with which words."""

    at: int
    label: str
    kind: str
    row: int
    at_end: bool = False


@dataclass(frozen=True)
class TierStrip:
    """One tier: communes meeting it on each basis (some provisionally), recognised, target and legal minimum.

    `strongest` counts each commune once, by the strongest basis on which it meets the tier.
    """

    tier: Tier
    book: Rulebook
    total: int
    met: Mapping[Basis, int]
    unknown: Mapping[Basis, int]
    provisional: Mapping[Basis, int]
    strongest: Mapping[Basis, int]
    recognised: int
    target: CountTarget | None
    minimum: int | None

    @property
    def cells(self) -> list[str]:
        """Strongest basis of each square, so that weaker claims stand to the right of stronger ones."""
        cells = [basis.css for basis in reversed(Basis) for _ in range(self.strongest.get(basis, 0))]
        return cells + [""] * (self.total - len(cells))

    @property
    def marks(self) -> list[Mark]:
        marks = []
        if self.minimum:
            marks.append(Mark(self.minimum, f"Quy định: {self.minimum}", "law", 0, self.minimum > self.total // 2))
        if self.target is not None:
            low = self.target.low
            label = f"Mục tiêu {self.target.year}: {self.target.shown}"
            marks.append(Mark(low, label, "target", len(marks), low > self.total // 2))
        return marks

    @property
    def counts(self) -> str:
        words = {Basis.APPROVED: "duyệt", Basis.VERIFIED: "thẩm tra", Basis.SELF: "tự đánh giá"}
        said = [f"{self.met[b]} {words[b]}" for b in words if b in self.met]
        return " · ".join([*said, f"{self.recognised} đã công nhận"])

    @property
    def words(self) -> str:
        return f"{self.total} xã: {self.counts}"


@dataclass(frozen=True, slots=True)
class Blocker:
    """An indicator that communes fail, on the basis looked at."""

    indicator: Indicator
    failed: int
    unknown: int
    total: int
    lead: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """Where work lies: a commune with figures missing or returned, or a department with figures waiting."""

    name: str
    url_slug: str
    missing: int = 0
    returned: int = 0
    waiting: int = 0
    oldest_days: int = 0


@dataclass(frozen=True)
class Overview:
    viewing: Viewing
    strips: tuple[TierStrip, ...]
    district: Sheet | None
    district_finding: UnitFinding | None
    blockers: tuple[Blocker, ...]
    communes_behind: tuple[Backlog, ...]
    departments_behind: tuple[Backlog, ...]
    total: int
    older_recognised: int
    is_today: bool
    # What lies where is for those who see all bases: a commune's officer reads of others only what is approved.
    sees_work: bool

    @property
    def headline(self) -> list[tuple[str, str]]:
        """The finding in words, as (words, what it leads to)."""
        basis = self.viewing.strongest
        parts = []
        for strip in self.strips:
            said = f"{strip.met[basis]}/{strip.total} xã {strip.tier.label}"
            if strip.target is not None:
                said += f" – mục tiêu {strip.target.year}: {strip.target.shown}"
            parts.append((said, strip.book.family))
        return parts

    @property
    def district_line(self) -> str:
        if self.district is None:
            return ""
        found = self.district.findings[self.viewing.strongest]
        return f"huyện đạt {found.met_criteria}/{len(found.criteria)} tiêu chí"

    @property
    def unknown_conclusions(self) -> int:
        return sum(strip.unknown[self.viewing.strongest] for strip in self.strips[:1])

    @property
    def tier_title(self) -> str:
        """What the strips say about nâng cao, the tier the law counts: enough for the law, enough for the target."""
        strip = next((s for s in self.strips if s.tier is Tier.ADVANCED), None)
        if strip is None:
            return "Số xã theo bậc"
        met = strip.met[self.viewing.strongest]
        law = "chưa có mức tối thiểu"
        if strip.minimum is not None:
            short = strip.minimum - met
            law = f"còn thiếu {short} xã so với quy định" if short > 0 else "đủ mức tối thiểu theo quy định"
        if strip.target is None:
            return f"Nâng cao {law}"
        left = strip.target.low - met
        goal = f"còn thiếu {left} xã so với mục tiêu" if left > 0 else "đủ mục tiêu"
        return f"Nâng cao {law}, {goal} {strip.target.year}"

    @property
    def blocker_title(self) -> str:
        worst = [b for b in self.blockers if b.failed]
        if not worst:
            return "Chưa có chỉ tiêu nào bị kết luận chưa đạt"
        return f"Chỉ tiêu {' và '.join(b.indicator.code for b in worst[:2])} chặn nhiều xã nhất"


def overview(viewing: Viewing) -> Overview:
    """A constant number of queries, whatever the number of communes or of other districts."""
    communes = communes_of(viewing.district, viewing.as_of)
    bench = set_up_bench(viewing.district, communes, viewing.year, viewing.as_of, bases=viewing.allowed)
    leads = leads_of(viewing.district, viewing.as_of)
    is_today, sees_work = viewing.as_of == viewing.today, len(viewing.allowed) > 1
    district_books = bench.books.of_level(Level.DISTRICT)
    district = (
        sheet_of(bench, viewing.district, district_books[0].family, [viewing.strongest], leads)
        if district_books
        else None
    )
    return Overview(
        viewing=viewing,
        strips=tuple(_strips(bench, viewing)),
        district=district,
        district_finding=bench.district_finding(viewing.strongest) if district else None,
        blockers=_blockers(bench, viewing, leads),
        communes_behind=_communes_behind(bench, viewing) if is_today and sees_work else (),
        departments_behind=_departments_behind(communes, viewing, leads) if is_today and sees_work else (),
        total=len(communes),
        older_recognised=_older(bench),
        is_today=is_today,
        sees_work=sees_work,
    )


def _strips(bench: Bench, viewing: Viewing) -> list[TierStrip]:
    targets = {
        Tier(row.tier): row
        for row in CountTarget.objects.filter(unit=viewing.district, year=viewing.year)
    }  # fmt: skip
    books = bench.books.of_level(Level.COMMUNE)
    families = [book.family for book in books]
    recognised = [recognised_under(bench.commune(u, viewing.strongest), families) for u in bench.communes]
    return [_strip(bench, viewing, book, recognised, targets.get(book.tier)) for book in books]


def _strip(
    bench: Bench, viewing: Viewing, book: Rulebook, recognised: Sequence[Tier], target: CountTarget | None
) -> TierStrip:
    total = len(bench.communes)
    found = {basis: [bench.commune(u, basis).set(book.family) for u in bench.communes] for basis in viewing.allowed}
    strongest = Counter(
        basis
        for place in range(total)
        if (basis := next((b for b in reversed(viewing.allowed) if found[b][place].verdict.counts_as_met), None))
    )
    return TierStrip(
        tier=book.tier,
        book=book,
        total=total,
        met={basis: sum(1 for s in sets if s.verdict.counts_as_met) for basis, sets in found.items()},
        unknown={basis: sum(1 for s in sets if s.verdict.is_unknown) for basis, sets in found.items()},
        provisional={
            basis: sum(1 for s in sets if s.verdict.counts_as_met and s.provisional) for basis, sets in found.items()
        },
        strongest=strongest,
        recognised=sum(1 for tier in recognised if tier.stars >= book.tier.stars),
        target=target,
        minimum=_legal_minimum(bench, book.family, total),
    )


def _legal_minimum(bench: Bench, family: str, total: int) -> int | None:
    """How many communes the district's own set asks for under this family (QĐ 320: 100 %, 10 %)."""
    for book in bench.books.of_level(Level.DISTRICT)[:1]:
        bounds = bench.bounds(bench.district, book.family)
        for condition in book.conditions:
            if condition.kind is ConditionKind.SHARE_OF_COMMUNES and condition.family == family:
                minimum = bounds[condition.code, ""].value
                return legal_minimum_count(minimum, total) if isinstance(minimum, Decimal) else None
    return None


def _blockers(bench: Bench, viewing: Viewing, leads: Leads, limit: int = 8) -> tuple[Blocker, ...]:
    """Indicators of the set looked at, by how many communes fail them, then by how many are unknown."""
    failed: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for unit in bench.communes:
        for criterion in bench.commune(unit, viewing.strongest).set(viewing.book.family).criteria:
            for finding in criterion.indicators:
                failed[finding.indicator.code] += finding.verdict is Verdict.NOT_MET
                unknown[finding.indicator.code] += finding.verdict.is_unknown
    worst = sorted(failed, key=lambda code: (-failed[code], -unknown[code], _natural(code)))
    return tuple(
        Blocker(
            viewing.book.indicators[code], failed[code], unknown[code], len(bench.communes),
            leads.of(viewing.book.indicators[code].parts[0].measure.code).name,
        )
        for code in worst[:limit] if failed[code] or unknown[code]
    )  # fmt: skip


def _natural(code: str) -> tuple[int, ...]:
    """2.10 after 2.9."""
    return tuple(int(part) for part in code.split(".") if part.isdigit())


def _communes_behind(bench: Bench, viewing: Viewing, limit: int = 6) -> tuple[Backlog, ...]:
    """Communes with most indicators of the set without any sent figure, or returned. One query."""
    returned = dict(
        Assessment.objects.filter(
            unit__in=[u.pk for u in bench.communes], year=viewing.year, current__stage=Stage.RETURNED.value,
        ).values_list("unit_id").annotate(Count("pk"))
    )  # fmt: skip
    basis = viewing.allowed[0]
    rows = []
    for unit in bench.communes:
        facts = bench.stated.of(basis, unit.pk)
        missing = sum(1 for code in viewing.book.measures_in_force(bench.supplements_of(unit)) if code not in facts)
        if missing or returned.get(unit.pk):
            rows.append(Backlog(unit.title, unit.slug, missing=missing, returned=returned.get(unit.pk, 0)))
    rows.sort(key=lambda row: (-(row.missing + row.returned), row.name))
    return tuple(rows[:limit])


def _departments_behind(
    communes: Sequence[Unit], viewing: Viewing, leads: Leads, limit: int = 6
) -> tuple[Backlog, ...]:
    """Departments with most revisions waiting for verification, and since how many days. One query."""
    waiting: Counter[str] = Counter()
    oldest: dict[str, date] = {}
    rows = (
        Statement.objects.filter(
            kind=StatementKind.REVISION.value, stage=Stage.SUBMITTED.value,
            assessment__unit__in=[u.pk for u in communes], assessment__year=viewing.year,
        ).values_list("assessment__measure__code").annotate(Count("pk"), Min("on"))
    )  # fmt: skip
    for code, count, since in rows:
        name = leads.of(code).name
        waiting[name] += count
        oldest[name] = min(oldest.get(name, since), since)
    return tuple(
        Backlog(name, "", waiting=count, oldest_days=(viewing.today - oldest[name]).days)
        for name, count in waiting.most_common(limit)
    )


def _older(bench: Bench) -> int:
    """Communes that hold a certificate only under an older set: shown apart, never counted by the gate."""
    families = {book.family for book in bench.books.of_level(Level.COMMUNE)}
    return sum(
        1 for unit in bench.communes
        if (held := bench.recognitions.get(unit.pk, ())) and not any(row.family in families for row in held)
    )  # fmt: skip
