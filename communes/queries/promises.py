"""What a unit promised to reach by the end of a year, measure by measure, beside its value now and the threshold of
the tier aimed at. Read by the page of promises, its workbook and paper, and by the action that writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from communes.models import PromisedValue, Unit
from communes.queries.judged import Bench, recognised_under, set_up_bench
from communes.queries.lists import targets_listed
from communes.queries.roadmap import judged_year
from criteria.rules.facts import Fact
from criteria.rules.judging import judge_part
from criteria.rules.rulebook import Measure, Part, Rulebook, Value
from criteria.rules.thresholds import Bound, resolve
from criteria.rules.values import decode_value, show_bound, show_value
from criteria.rules.vocabulary import Basis, ConditionKind, Level, Tier, Verdict


@dataclass(frozen=True)
class PromiseLine:
    """One measure. `row` is the promise that a save must have seen (0: none); `typed` what stands in the field."""

    measure: Measure
    item: str
    name: str
    set_name: str
    bound: Bound
    now: Value | None
    now_verdict: Verdict
    promised: Value | None = None
    row: int = 0
    document: str = ""
    said: str = ""
    typed: str = ""
    problem: str = ""

    @property
    def now_shown(self) -> str:
        return show_value(self.measure, self.now)

    @property
    def bound_shown(self) -> str:
        return show_bound(self.measure, self.bound.op, self.bound.value)

    @property
    def promised_shown(self) -> str:
        return show_value(self.measure, self.promised)

    @property
    def stood(self) -> str:
        """What the field held before anybody typed."""
        return typed_text(self.measure, self.promised)

    @property
    def gap(self) -> str:
        """How far it is from now to what was promised; "" where nothing can be subtracted."""
        if not isinstance(self.promised, Decimal):
            return "" if self.promised is None or self.promised == self.now else "chưa đạt cam kết"
        if not isinstance(self.now, Decimal):
            return "chưa có số liệu"
        left = self.promised - self.now if self.bound.op.value != "<=" else self.now - self.promised
        return f"còn {show_value(self.measure, left)}" if left > 0 else "đã đủ"

    @property
    def warning(self) -> str:
        """A promise that, kept, would still not do."""
        if self.promised is None or judge_part(self.bound, Fact(self.promised)).verdict is not Verdict.NOT_MET:
            return ""
        return f"Cam kết chưa tới ngưỡng {self.bound_shown}."

    @property
    def concerns(self) -> bool:
        return self.promised is not None or not self.now_verdict.counts_as_met


@dataclass(frozen=True)
class PromiseBoard:
    """`everything`: also measures that are met and not promised."""

    unit: Unit
    district: Unit
    year: int
    tier: Tier
    lines: tuple[PromiseLine, ...]
    everything: bool = False
    problems: tuple[str, ...] = field(default=())

    @property
    def shown(self) -> list[PromiseLine]:
        return [one for one in self.lines if self.everything or one.concerns]

    @property
    def groups(self) -> list[tuple[str, list[PromiseLine]]]:
        found: dict[str, list[PromiseLine]] = {}
        for one in self.shown:
            found.setdefault(one.set_name, []).append(one)
        return list(found.items())

    @property
    def promised(self) -> int:
        return sum(one.promised is not None for one in self.lines)

    @property
    def below(self) -> int:
        return sum(bool(one.warning) for one in self.lines)

    @property
    def title(self) -> str:
        said = f"{self.unit.title}: {self.promised} giá trị cam kết năm {self.year}"
        return f"{said}, {self.below} giá trị chưa tới ngưỡng {self.tier.label}" if self.below else said


def promises_of(unit: Unit, year: int, as_of: date) -> dict[str, PromisedValue]:
    """The newest row by measure code, also one that took the promise back. One query."""
    rows = PromisedValue.objects.filter(unit=unit, year=year, on__lte=as_of).order_by("pk")
    return {row.measure.code: row for row in rows.select_related("measure", "by")}


def promise_board(unit: Unit, district: Unit, year: int, today: date, *, everything: bool = False) -> PromiseBoard:
    """A constant number of queries. `unit` is a commune with its parent set, or the district itself."""
    bench = set_up_bench(district, [unit] if unit.is_commune else [], judged_year(today), today,
                         bases=(Basis.APPROVED,))  # fmt: skip
    tier = _tier(bench, unit, district, year)
    facts = bench.stated.of(Basis.APPROVED, unit.pk)
    stands = promises_of(unit, year, today)
    lines = [
        _line(book, item, part, bound, facts, stands.get(part.measure.code))
        for book, item, part, bound in _asked(bench, unit, tier, year)
    ]
    return PromiseBoard(unit, district, year, tier, tuple(lines), everything)


def _tier(bench: Bench, unit: Unit, district: Unit, year: int) -> Tier:
    """What the unit aims at by that year; with no target, the next rung, at most the highest."""
    aims = [Tier(row.tier) for row in targets_listed(district) if row.unit_id == unit.pk and row.year <= year]
    if aims:
        return max(aims, key=lambda tier: tier.stars)
    held = bench.recognitions.get(unit.pk, ())
    families = [book.family for book in bench.books.of_level(Level(unit.level))]
    finding = bench.commune(unit, Basis.APPROVED) if unit.is_commune else None
    reached = recognised_under(finding, families) if finding else max(
        (Tier(row.tier) for row in held if row.family in families), key=lambda tier: tier.stars, default=Tier.NONE
    )  # fmt: skip
    return list(Tier)[min(reached.stars + 1, Tier.MODEL.stars)]


def _asked(bench: Bench, unit: Unit, tier: Tier, year: int) -> Iterable[tuple[Rulebook, str, Part, Bound]]:
    """Every measure that the tier and those below it ask for, once, at the highest of them."""
    seen: set[str] = set()
    supplements = bench.supplements_of(unit)
    books = [book for book in bench.books.of_level(Level(unit.level)) if book.tier.stars <= tier.stars]
    for book in sorted(books, key=lambda book: -book.tier.stars):
        bounds = resolve(book, unit.place(), year, bench.local.get(book.family, []), supplements)
        single = {one.code for one in book.conditions if one.kind is ConditionKind.MEASURE}
        for item, part in book.parts:
            bound = bounds.get((item, part.code))
            wanted = item in book.indicators or item in single
            if bound is not None and wanted and part.measure.code not in seen:
                seen.add(part.measure.code)
                yield book, item, part, bound


def _line(
    book: Rulebook, item: str, part: Part, bound: Bound, facts: Mapping[str, Fact], row: PromisedValue | None
) -> PromiseLine:
    indicator = book.indicators.get(item)
    whole = indicator.name if indicator else ""
    name = f"{whole}: {part.name}" if whole and part.name else whole or part.name or part.measure.name
    fact = facts.get(part.measure.code)
    promised = decode_value(part.measure.kind, row.value) if row else None
    document = row.document if row and row.value is not None else ""
    return PromiseLine(
        part.measure, item if indicator else "ĐK", name, book.short_name, bound, fact.value if fact else None,
        judge_part(bound, fact).verdict, promised, row.pk if row else 0, document,
        f"{row.by.full_name}, {row.on:%d/%m/%Y}" if row else "", typed_text(part.measure, promised),
    )  # fmt: skip


def typed_text(measure: Measure, value: Value | None) -> str:
    """A value as it stands in its field, so that it is read back as the same."""
    if value is None:
        return ""
    if not isinstance(value, Decimal):
        return show_value(measure, value, unit=False)
    text = format(value.normalize(), "f").replace(".", ",")
    # Three decimals would be asked about (12,345 or 12345): a fourth makes the same number clear.
    return text + "0" if len(text.partition(",")[2]) == 3 else text
