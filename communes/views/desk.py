"""One entry sheet as its page shows it to one person: rows typed into, heads of criteria, chips, counts.

Built from the sheet of `communes.queries` in a constant number of queries; the templates only print it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.http import Http404, HttpRequest
from django.urls import reverse

from accounts.roles import Right, Standing
from communes.models import Unit
from communes.policies import Item, bases_seen, why_not_appraise, why_not_grant_exemption
from communes.queries.entry import Appraisal, allowed_exemptions, appraisals_shown, cell_states, item_of
from communes.queries.judged import communes_of, set_up_bench
from communes.queries.people import leads_of
from communes.queries.sheets import ConditionRow, CriterionBlock, Sheet, sheet_of, shown_fact
from communes.views.opening import checked_year, standing_in, today_in
from communes.views.rows import Attempt, Row
from criteria.queries import BooksInForce, UnknownSet
from criteria.rules.judging import Conclusion, conclude
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Basis, ConditionKind, Level, Verdict


@dataclass(frozen=True)
class Line:
    """A verdict on one basis, for a head."""

    basis: Basis
    verdict: Verdict
    provisional: bool


@dataclass(frozen=True)
class Group:
    """A criterion with its rows. `if_sent` is the verdict it would have with what is typed now, where it differs."""

    key: str
    number: str
    name: str
    lead: str
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    why: str = ""
    count: int = 0
    if_sent: Conclusion | None = None

    @property
    def id(self) -> str:
        return f"h-{self.key}"


@dataclass(frozen=True)
class Computed:
    """A condition that nobody types: it follows from criteria, surveys or other units."""

    key: str
    text: str
    shown: str
    lines: tuple[Line, ...]
    link: str = ""
    link_label: str = ""
    why: str = ""

    @property
    def id(self) -> str:
        return f"c-{self.key}"


@dataclass(frozen=True)
class ConditionItem:
    """A condition on the sheet: its computed line (also of a choice), and the rows that are typed for it."""

    computed: Computed | None
    rows: tuple[Row, ...]


def _is_computed(row: ConditionRow) -> bool:
    return len(row.parts) != 1


def _ratio_shown(row: ConditionRow) -> str:
    """A condition on another set's value ("≥ 110 % of …"): that value, and what is asked."""
    part = next((part for found in row.findings.values() for part in found.parts), None)
    if part is None or row.parts:
        return ""
    return f"{shown_fact(part)}; yêu cầu {part.bound.text}" if part.bound.text else shown_fact(part)


DRAFTS = "nhap"  # a chip for those only who type here
FILTERS = {
    "": "Tất cả",
    "chua-nhap": "Chưa nhập",
    "tra-lai": "Bị trả lại",
    "chua-dat": "Chưa đạt",
    DRAFTS: "Nháp chưa gửi",
}


@dataclass(frozen=True)
class Desk:
    unit: Unit
    year: int
    today: date
    standing: Standing
    book: Rulebook
    books: BooksInForce
    sheet: Sheet
    rows: Mapping[str, Row]
    attempts: Mapping[str, Attempt] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        return Level(self.unit.level)

    @property
    def title(self) -> str:
        """ "Xã Kỳ Phú: phiếu tự đánh giá xã NTM năm 2023"."""
        name = self.book.short_name
        kind = "phiếu tự đánh giá" if self.unit.is_commune else "phiếu đánh giá"
        return f"{self.unit.title}: {kind} {name[:1].lower()}{name[1:]} năm {self.year}"

    @property
    def sheet_action(self) -> str:
        return self.address("sheet")

    @property
    def submit_action(self) -> str:
        return self.address("submit")

    def address(self, name: str, **more: str) -> str:
        """`sheet`, `cell` or `submit` of this unit, set and year."""
        kwargs: dict[str, object] = {"family": self.book.family, "year": self.year, **more}
        if self.unit.is_commune:
            return reverse(f"communes:{name}", kwargs={"code": self.unit.slug, **kwargs})
        return reverse(f"communes:district-{name}", kwargs=kwargs)

    def item(self, row: Row) -> Item:
        """The row's assessment for policies. Who typed it does not matter for sending and withdrawing."""
        return replace(item_of(self.unit, row.part.lead), stage=row.cell.stage)

    @property
    def editable(self) -> bool:
        return any(row.cell.is_editable for row in self.rows.values())

    @property
    def locked_reason(self) -> str:
        """Said once, at the top, and not in every cell."""
        locked = [row.cell.refusal for row in self.rows.values() if row.cell.refusal]
        if not locked:
            return ""
        if self.editable:
            return "Ô nền xám do cơ quan khác chủ trì; anh/chị nhập các ô nền trắng."
        return locked[0] if len(set(locked)) == 1 else "Mỗi ô chỉ cơ quan chủ trì mục đó nhập; anh/chị xem được mọi ô."

    @property
    def drafts(self) -> list[Row]:
        return [row for row in self.rows.values() if row.is_draft and row.is_sendable]

    @property
    def may_grant(self) -> bool:
        return why_not_grant_exemption(self.standing, self.unit.district_code) is None

    @property
    def may_appraise(self) -> bool:
        return self.standing.can_in(Right.RECORD_APPRAISALS, self.unit.district_code)

    def with_attempts(self, attempts: Mapping[str, Attempt], saved: Iterable[str] = ()) -> Desk:
        """The same sheet with the fields of refused rows as they were typed."""
        saved = set(saved)
        rows = {
            code: replace(row, attempt=attempts.get(code), just_saved=code in saved) for code, row in self.rows.items()
        }
        return replace(self, rows=rows, attempts=attempts)

    # ---------- counts ----------

    @property
    def entered(self) -> tuple[int, int]:
        """Items of which every part was stated, and their number: indicators, or conditions where there are none."""
        parts: dict[str, list[Row]] = {}
        for row in self.rows.values():
            if not self.sheet.blocks or row.part.item in self.book.indicators:
                key = row.part.item if self.sheet.blocks else row.measure
                parts.setdefault(key, []).append(row)
        full = sum(all(not row.cell.is_empty for row in rows) for rows in parts.values())
        return full, len(parts)

    def matching(self, chosen: str) -> list[str]:
        """Codes of the rows behind a chip."""
        tests = {
            "": lambda row: True,
            "chua-nhap": lambda row: row.cell.is_empty,
            "tra-lai": lambda row: row.is_returned,
            "chua-dat": lambda row: row.now.verdict is Verdict.NOT_MET,
            DRAFTS: lambda row: row.is_draft,
        }
        return [code for code, row in self.rows.items() if tests[chosen](row)]

    def groups(self, shown: Sequence[str] | None = None) -> list[Group]:
        """Criteria with those of their rows that are shown; without rows a criterion is left out."""
        wanted = set(self.rows if shown is None else shown)
        found = [self._group(block, wanted) for block in self.sheet.blocks]
        return [group for group in found if group.rows or shown is None]

    def _group(self, block: CriterionBlock, wanted: set[str]) -> Group:
        every = [self.rows[part.measure.code] for row in block.rows for part in row.parts]
        return Group(
            key=str(block.criterion.number),
            number=str(block.criterion.number),
            name=block.criterion.name,
            lead=block.lead.name,
            lines=_lines(block.findings),
            rows=tuple(row for row in every if row.measure in wanted),
            why=self._why(str(block.criterion.number)),
            count=len(block.rows),
            if_sent=self._if_sent(block),
        )

    def _if_sent(self, block: CriterionBlock) -> Conclusion | None:
        if not self.editable or Basis.SELF not in block.findings:
            return None
        members = []
        for row in block.rows:
            parts = [self.rows[part.measure.code].now for part in row.parts]
            members.append(tuple(conclude(parts)))
        sent = conclude(members)  # type: ignore[arg-type]
        return sent if sent.verdict is not block.findings[Basis.SELF].verdict else None

    def conditions(self, shown: Sequence[str] | None = None) -> list[ConditionItem]:
        """The conditions in the order of the law; with a filter only the rows behind it."""
        wanted = set(self.rows if shown is None else shown)
        items = []
        for condition in self.sheet.conditions:
            rows = tuple(self.rows[p.measure.code] for p in condition.parts if p.measure.code in wanted)
            computed = self._computed(condition) if shown is None and _is_computed(condition) else None
            if rows or computed:
                items.append(ConditionItem(computed, rows))
        return items

    @property
    def computed(self) -> list[Computed]:
        return [self._computed(row) for row in self.sheet.conditions if _is_computed(row)]

    def _computed(self, row: ConditionRow) -> Computed:
        link = label = ""
        condition = row.condition
        if condition.kind is ConditionKind.SURVEY and self.unit.is_commune:
            link = reverse("communes:survey", kwargs={"code": self.unit.slug, "year": self.year})
            label = "Kết quả khảo sát"
        elif condition.kind is ConditionKind.REQUIRES_SET and condition.family in self.books:
            kwargs: dict[str, object] = {"family": condition.family, "year": self.year}
            if self.unit.is_commune:
                kwargs["code"] = self.unit.slug
            link = reverse("communes:sheet" if self.unit.is_commune else "communes:district-sheet", kwargs=kwargs)
            label = f"Phiếu {self.books.book(condition.family).short_name}"
        shown = row.shown or _ratio_shown(row)
        why = self._why(condition.code)
        return Computed(condition.code, condition.text, shown, _lines(row.findings), link, label, why)

    def _why(self, item: str) -> str:
        """Address of the chain of reasons; the page belongs to the floor above, so only its name is known here."""
        kwargs = {"family": self.book.family, "item": item}
        if self.unit.is_commune:
            return reverse("reports:commune-why", kwargs={"code": self.unit.slug, **kwargs}) + f"?nam={self.year}"
        return reverse("reports:district-why", kwargs=kwargs) + f"?nam={self.year}"


def _lines(findings: Mapping[Basis, object]) -> tuple[Line, ...]:
    return tuple(Line(basis, f.verdict, f.provisional) for basis, f in findings.items())  # type: ignore[attr-defined]


def load_desk(request: HttpRequest, unit: Unit, family: str, year: int) -> Desk:
    """The sheet of a unit for the person who asks. Http404 for a set that is not in force or of another level."""
    today, standing = today_in(request), standing_in(request)
    district = unit.parent if unit.is_commune else unit
    assert district is not None
    communes = [unit] if unit.is_commune else communes_of(district, today)
    bench = set_up_bench(district, communes, checked_year(year, today), today, full=True)
    try:
        book = bench.books.book(family)
    except UnknownSet:
        raise Http404 from None
    if book.level.value != unit.level:
        raise Http404
    bases = bases_seen(standing, district.code, unit.code)
    sheet = sheet_of(bench, unit, family, bases, leads_of(district, today))
    desk = Desk(unit, year, today, standing, book, bench.books, sheet, _rows(sheet, standing, year))
    found = appraisals_shown(bench, unit, family, today)
    return replace(desk, rows={code: _appraised(desk, _addressed(desk, row), found) for code, row in desk.rows.items()})


def _appraised(desk: Desk, row: Row, found: Mapping[str, Appraisal]) -> Row:
    refusal = why_not_appraise(desk.standing, desk.item(row)) or "" if desk.may_appraise else None
    return replace(row, appraisal=found.get(row.measure), appraise_refusal=refusal)


def _addressed(desk: Desk, row: Row) -> Row:
    grant = desk.address("exemption", measure=row.measure) if desk.unit.is_commune and desk.may_grant else ""
    return replace(row, url=desk.address("cell", measure=row.measure), grant_url=grant)


def _rows(sheet: Sheet, standing: Standing, year: int) -> dict[str, Row]:
    measures = {part.measure.code: part.measure for part in sheet.part_rows}
    cells = cell_states(sheet.unit, year, measures, sheet.leads, standing)
    allowed = allowed_exemptions(sheet.unit, year, [sheet.book])
    also = _served_elsewhere(sheet.bench.books, sheet.book)
    rows = {}
    for block in sheet.blocks:
        for indicator in block.rows:
            for at, part in enumerate(indicator.parts):
                code = part.measure.code
                name = indicator.indicator.name if len(indicator.parts) == 1 else part.part.name or part.measure.name
                rows[code] = Row(
                    part, cells[code], part.item + part.part.code if at or part.part.code else part.item, name,
                    allowed.get(code), also.get(code, ()), refusal_of_indicator=indicator.refusal,
                )  # fmt: skip
    for condition in sheet.conditions:
        for part in condition.parts:
            code = part.measure.code
            name = part.part.name if len(condition.parts) > 1 else condition.condition.text
            rows[code] = Row(part, cells[code], "", name, allowed.get(code), also.get(code, ()))
    return rows


def _served_elsewhere(books: BooksInForce, book: Rulebook) -> dict[str, tuple[str, ...]]:
    """For each measure the other sets of the level that judge the same value: "Xã NTM nâng cao 14.1"."""
    found: dict[str, tuple[str, ...]] = {}
    for other in books.of_level(book.level):
        if other.family == book.family:
            continue
        for item, part in other.parts:
            named = f"{other.short_name} {item}" if item in other.indicators else f"{other.short_name} (điều kiện)"
            found[part.measure.code] = (*found.get(part.measure.code, ()), named)
    return found
