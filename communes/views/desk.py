"""One entry sheet as its page shows it to one person: rows typed into, heads of criteria, chips, counts.

Built from the sheet of `communes.queries` in a constant number of queries; the templates only print it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from django.http import Http404, HttpRequest
from django.urls import reverse

from accounts.roles import Right, Standing
from communes.models import Statement, Unit
from communes.policies import Item, WorkingRules, bases_seen, is_inside, why_not_appraise, why_not_grant_exemption
from communes.queries.beside import denominators, last_round, stood_in
from communes.queries.discussion import findings_of, open_comments
from communes.queries.entry import Appraisal, allowed_exemptions, appraisals_shown, cell_states, item_of
from communes.queries.evidence import paper_states
from communes.queries.judged import communes_of, set_up_bench
from communes.queries.people import leads_of
from communes.queries.reviewing import tested_revisions
from communes.queries.rounds import RoundDue, rounds_for, working_rules
from communes.queries.sheets import Sheet, sheet_of
from communes.views.fields import Attempt
from communes.views.opening import checked_year, standing_in, today_in
from communes.views.rows import Row
from criteria.queries import BooksInForce, UnknownSet
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Level, Verdict

FILTERS: dict[str, str] = {
    "": "Tất cả",
    "chua-nhap": "Chưa nhập",
    "tra-lai": "Bị trả lại",
    "thieu-minh-chung": "Thiếu minh chứng",
    "chua-dat": "Chưa đạt",
    "nhap": "Nháp chưa gửi",
    "nhap-ho": "Phòng nhập hộ",
    "cho-ky": "Chờ Chủ tịch ký",
}
# Only for those who type here; the last two only where there is something behind them.
OF_ASSESSORS = frozenset({"nhap", "nhap-ho", "cho-ky"})
RARE = frozenset({"nhap-ho", "cho-ky"})
_BEHIND: dict[str, Callable[[Row], bool]] = {
    "": lambda row: True,
    "chua-nhap": lambda row: row.is_unstated,
    "tra-lai": lambda row: row.is_returned,
    "thieu-minh-chung": lambda row: row.lacks_papers,
    "chua-dat": lambda row: row.now.verdict is Verdict.NOT_MET,
    "nhap": lambda row: row.is_draft,
    "nhap-ho": lambda row: row.is_prefilled,
    "cho-ky": lambda row: row.is_proposed,
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
    rules: WorkingRules
    rounds: tuple[RoundDue, ...] = ()
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

    @property
    def paste_action(self) -> str:
        return self.address("paste")

    @property
    def keep_action(self) -> str:
        return self.address("keep")

    @property
    def last_year(self) -> int:
        return self.year - 1

    def address(self, name: str, **more: str) -> str:
        """`sheet`, `cell`, `submit`, `paste` or `keep` of this unit, set and year."""
        kwargs: dict[str, object] = {"family": self.book.family, "year": self.year, **more}
        if self.unit.is_commune:
            return reverse(f"communes:{name}", kwargs={"code": self.unit.slug, **kwargs})
        return reverse(f"communes:district-{name}", kwargs=kwargs)

    def item(self, row: Row) -> Item:
        """The row's assessment for policies. Who typed it does not matter for sending and withdrawing."""
        return replace(item_of(self.unit, row.part.lead, rules=self.rules), stage=row.cell.stage)

    @property
    def editable(self) -> bool:
        return any(row.cell.is_editable for row in self.rows.values())

    @property
    def locked_reason(self) -> str:
        """Said once, at the top, and not in every cell."""
        if self.rules.locked:
            return self.rules.locked
        locked = [row.cell.refusal for row in self.rows.values() if row.cell.refusal]
        if not locked:
            return ""
        if self.editable:
            return "Ô nền xám do cơ quan khác chủ trì; anh/chị nhập các ô nền trắng."
        return locked[0] if len(set(locked)) == 1 else "Mỗi ô chỉ cơ quan chủ trì mục đó nhập; anh/chị xem được mọi ô."

    @property
    def signs(self) -> bool:
        """Whether this person signs for the unit, where somebody has to sign."""
        return self.rules.needs_sign_off and self.unit.code in self.standing.signs_for

    @cached_property
    def drafts(self) -> list[Row]:
        return [row for row in self.rows.values() if row.is_draft and row.is_sendable]

    @cached_property
    def proposable(self) -> list[Row]:
        """Drafts of an officer who may not send them without the chairman."""
        if self.signs:
            return []
        return [row for row in self.rows.values() if row.is_draft and row.is_proposable]

    @cached_property
    def to_sign(self) -> list[Row]:
        return [row for row in self.rows.values() if self.signs and row.is_proposed and row.is_sendable]

    @cached_property
    def prefilled(self) -> list[Row]:
        return [row for row in self.rows.values() if row.is_prefilled and not row.is_locked]

    @property
    def open_rounds(self) -> list[RoundDue]:
        """The open rounds of this year, the most pressing first."""
        return [row for row in self.rounds if not row.is_closed and row.year == self.year]

    @property
    def may_grant(self) -> bool:
        return why_not_grant_exemption(self.standing, self.unit.district_code) is None

    @property
    def may_appraise(self) -> bool:
        return self.standing.can_in(Right.RECORD_APPRAISALS, self.unit.district_code)

    def with_attempts(
        self, attempts: Mapping[str, Attempt], saved: Iterable[str] = (), old_remarks: Mapping[str, str] | None = None
    ) -> Desk:
        """The same sheet with the fields of refused rows as they were typed, and remarks that were not carried over."""
        saved, old = set(saved), old_remarks or {}
        rows = {
            code: replace(row, attempt=attempts.get(code), just_saved=code in saved, old_remark=old.get(code, ""))
            for code, row in self.rows.items()
        }
        return replace(self, rows=rows, attempts=attempts)

    def refreshed(self) -> Desk:
        """The sheet after something was typed: drafts change no verdict that stands and nothing beside the cells, so
        only the cells are read again. Not after a step of the workflow. Three queries."""
        measures = {code: row.part.measure for code, row in self.rows.items()}
        cells = cell_states(self.unit, self.year, measures, self.sheet.leads, self.standing, self.rules)
        return replace(self, rows={code: replace(row, cell=cells[code]) for code, row in self.rows.items()})

    # ---------- counts ----------

    @property
    def entered(self) -> tuple[int, int]:
        """Items of which every part was stated, and their number: indicators, or conditions where there are none."""
        parts: dict[str, list[Row]] = {}
        for row in self.rows.values():
            if not self.sheet.blocks or row.part.item in self.book.indicators:
                key = row.part.item if self.sheet.blocks else row.measure
                parts.setdefault(key, []).append(row)
        full = sum(not any(row.is_unstated for row in rows) for rows in parts.values())
        return full, len(parts)

    def matching(self, chosen: str) -> list[str]:
        """Codes of the rows behind a chip."""
        return [code for code, row in self.rows.items() if _BEHIND[chosen](row)]


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
    rules = working_rules(district, year)
    rounds = tuple(rounds_for(unit, today))
    # In a closed year the last closed round is this very year: nothing earlier to stand beside the cells.
    earlier = () if rules.locked else rounds
    rows = _with_what_stands_beside(_rows(sheet, standing, year, rules), unit, year, today, standing, earlier)
    rows = _with_what_was_said(rows, unit, year, today, standing, rules)
    desk = Desk(unit, year, today, standing, book, bench.books, sheet, rows, rules, rounds)
    found = appraisals_shown(bench, unit, family, today)
    tested = tested_revisions(unit, year, rows) if desk.may_appraise else {}
    rows = {code: _appraised(desk, _addressed(desk, row), found, tested.get(code)) for code, row in desk.rows.items()}
    return replace(desk, rows=rows)


def _with_what_stands_beside(
    rows: Mapping[str, Row], unit: Unit, year: int, today: date, standing: Standing, rounds: Sequence[RoundDue]
) -> dict[str, Row]:
    """Last year, the last closed round, the denominators, the papers. At most eight queries."""
    measures = {code: row.part.measure for code, row in rows.items()}
    last_year = stood_in(unit, year - 1, today, measures, f"năm {year - 1}")
    before = last_round(unit, year, rounds, measures)
    bases = denominators(unit, year, today, measures)
    papers = paper_states(unit, year, measures, today, seen_by=standing)
    return {
        code: replace(
            row, last_year=last_year.get(code), last_round=before.get(code), base=bases.get(code), papers=papers[code]
        )
        for code, row in rows.items()
    }


def _with_what_was_said(
    rows: Mapping[str, Row], unit: Unit, year: int, today: date, standing: Standing, rules: WorkingRules
) -> dict[str, Row]:
    """Open remarks about each figure, and what is to be mended. Two queries."""
    inside = [code for code, row in rows.items() if is_inside(standing, item_of(unit, row.part.lead, rules=rules))]
    remarks, findings = open_comments(unit, year, inside=inside), findings_of(unit, year, today)
    return {
        code: replace(row, remarks=remarks.get(code, 0), findings=tuple(findings.get(code, ())))
        for code, row in rows.items()
    }


def _appraised(desk: Desk, row: Row, found: Mapping[str, Appraisal], tested: Statement | None) -> Row:
    """The province judges what the district has tested, whatever the unit is typing since."""
    item = item_of(desk.unit, row.part.lead, tested, rules=desk.rules)
    refusal = why_not_appraise(desk.standing, item) or "" if desk.may_appraise else None
    return replace(row, appraisal=found.get(row.measure), appraise_refusal=refusal)


def _addressed(desk: Desk, row: Row) -> Row:
    grant = desk.address("exemption", measure=row.measure) if desk.unit.is_commune and desk.may_grant else ""
    kwargs: dict[str, object] = {"year": desk.year, "measure": row.measure}
    if desk.unit.is_commune:
        kwargs["code"] = desk.unit.slug
    prefix = "communes:" if desk.unit.is_commune else "communes:district-"
    papers, talk = (reverse(prefix + name, kwargs=kwargs) for name in ("evidence", "discussion"))
    return replace(
        row, url=desk.address("cell", measure=row.measure), grant_url=grant, papers_url=papers, talk_url=talk
    )


def _rows(sheet: Sheet, standing: Standing, year: int, rules: WorkingRules) -> dict[str, Row]:
    measures = {part.measure.code: part.measure for part in sheet.part_rows}
    cells = cell_states(sheet.unit, year, measures, sheet.leads, standing, rules)
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
