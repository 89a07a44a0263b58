"""Rows of figures, from our own workbook or a mapped one, held against what stands: what is new, changed, unchanged,
refused and why, all at once. Writes nothing; asks nothing but what its `Ground` already holds.

An empty cell never erases. The rules for numbers are those of the forms (`communes.forms.entry_of`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from communes.actions.importing import CellSave
from communes.actions.stating import Entry
from communes.forms import Typed, entry_of
from communes.imports.entry_keys import content_of, says_the_same
from communes.imports.workbooks import CellValue, Percent, Unreadable, cell_name
from communes.models import Unit
from communes.queries.importing import Ground, Now
from communes.rules.entry_columns import TYPED, Column
from communes.rules.importing import CellProblem, Found, FoundRow, RowClass, mark_of
from criteria.rules.numbers import format_number
from criteria.rules.rulebook import Measure
from criteria.rules.values import NO, YES, ValueProblem, decode_value, show_value
from criteria.rules.vocabulary import ExemptionKind, Kind, Level
from criteria.rules.words import folded

NO_NOW = Now()
_EXEMPT_WORDS = frozenset({"x", "co", "k", "khong ap dung"})
REPAIR = "Sửa ô này trong tệp rồi nạp lại."


@dataclass(slots=True)
class RawRow:
    """One row as it stands in the workbook: whose cell it is, and the cells that may be typed into.

    `places` are columns counted from 1. `version` and `content` are what our own workbook knew when it was fetched;
    `problem`: why its keys cannot be believed.
    """

    sheet: str
    number: int
    unit: str
    measure: str
    values: Mapping[Column, CellValue]
    places: Mapping[Column, int]
    version: int | None = None
    content: str = ""
    problem: CellProblem | None = None

    def cell(self, column: Column) -> str:
        place = self.places.get(column)
        return cell_name(self.number, place) if place else ""

    def problem_at(self, column: Column, reason: str, remedy: str) -> CellProblem:
        return CellProblem(self.cell(column), shown_cell(self.values.get(column)), reason, remedy)


class _Wrong(Exception):
    def __init__(self, problem: CellProblem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def check_rows(rows: Iterable[RawRow], ground: Ground) -> Found:
    """Every row held against what stands now. No query."""
    found = Found()
    first: dict[tuple[int, int], FoundRow] = {}
    for raw in rows:
        row = _check(raw, ground)
        if row is None:
            found.empty += 1
            continue
        found.rows.append(row)
        if isinstance(row.act, CellSave):
            other = first.setdefault((row.act.unit, row.act.measure), row)
            if other is not row:
                _refuse_twice(other, row)
    return found


def _refuse_twice(one: FoundRow, other: FoundRow) -> None:
    """Two rows want the same cell: which of them is meant, only the person knows."""
    for row, twin in ((one, other), (other, one)):
        reason = f"Trùng với hàng {twin.number} ở trang “{twin.sheet}”."
        row.problems = (*row.problems, CellProblem("", "", reason, "Giữ lại một hàng rồi nạp lại."))
        row.found, row.mark = RowClass.REFUSED, mark_of(row.mark, reason)


def _check(raw: RawRow, ground: Ground) -> FoundRow | None:
    unit, measure = ground.units.get(raw.unit), ground.measures.get(raw.measure)
    problem = raw.problem or _stranger(raw, unit, measure)
    if problem is not None:
        return _refused(raw, raw.unit, (problem,))
    assert unit is not None and measure is not None
    if all(raw.values.get(column) is None for column in TYPED):
        return None
    title = title_of(ground, unit, measure)
    now = ground.now(unit, measure.code)
    way = ground.way(unit, measure.code, now)
    visible = NO_NOW if way.hides else now
    try:
        entry = _entry(raw, measure, visible, ground.allowed(unit, measure.code))
    except _Wrong as wrong:
        own = (wrong.problem,)
        problems = own if way.refusal is None else (_not_yours(raw, way.refusal), *own)
        return _refused(raw, title, problems, now, shown(measure, visible.said))
    if entry is None:
        return None
    said = tuple(entry.fields().values())
    new, old = shown(measure, said), shown(measure, visible.said)
    untouched = bool(raw.content) and content_of(said) == raw.content
    if untouched or (not way.hides and says_the_same(said, now.said)):
        mark = mark_of(RowClass.UNCHANGED.value, said)
        return FoundRow(raw.sheet, raw.number, title, RowClass.UNCHANGED, mark, new if untouched else old, new)
    if problem := _why_not(raw, way.refusal, now, visible, measure):
        return _refused(raw, title, (problem,), now, old, new)
    kind = RowClass.NEW if now.is_empty else RowClass.CHANGED
    act = CellSave(
        unit.pk, ground.measure_ids[measure.code], now.assessment, now.version, now.revision, now.stage, entry,
        way.prefills,
    )  # fmt: skip
    return FoundRow(
        raw.sheet, raw.number, title, kind, mark_of(kind.value, now[1:4], said), old, new,
        warning=_warning(measure, entry, visible, raw.values.get(Column.VALUE)), act=act,
    )  # fmt: skip


def _stranger(raw: RawRow, unit: Unit | None, measure: Measure | None) -> CellProblem | None:
    if unit is None:
        return raw.problem_at(Column.KEY_UNIT, f"Không có đơn vị mã “{raw.unit[:20]}” trong huyện.", REPAIR)
    if measure is None or (measure.level is Level.COMMUNE) != unit.is_commune:
        reason = f"{unit.title} không có số đo mã “{raw.measure[:40]}” trong các bộ tiêu chí của năm này."
        return raw.problem_at(Column.KEY_MEASURE, reason, "Tải mẫu mới của đúng năm rồi nhập lại.")
    return None


def _why_not(raw: RawRow, refusal: str | None, now: Now, visible: Now, measure: Measure) -> CellProblem | None:
    if refusal is not None:
        return _not_yours(raw, refusal)
    if raw.version is None or raw.version == now.version:
        return None
    theirs = shown(measure, visible.said)
    who = f" ({visible.by})" if visible.by else ""
    return raw.problem_at(
        Column.VALUE, f"Từ khi tải mẫu, mục này đã được người khác sửa; nay là {theirs}{who}.",
        "Tải mẫu mới để thấy số hiện có, hoặc sửa thẳng trên phiếu đánh giá.",
    )  # fmt: skip


def _not_yours(raw: RawRow, refusal: str) -> CellProblem:
    return raw.problem_at(Column.VALUE, refusal, "Để trống hàng này.")


def _refused(
    raw: RawRow, title: str, problems: tuple[CellProblem, ...], now: Now = NO_NOW, old: str = "", new: str = ""
) -> FoundRow:
    mark = mark_of(RowClass.REFUSED.value, now[1:4], problems)
    return FoundRow(raw.sheet, raw.number, title, RowClass.REFUSED, mark, old, new, problems)


def title_of(ground: Ground, unit: Unit, measure: Measure) -> str:
    code, name = ground.labels.get(measure.code, ("", measure.name))
    return f"{unit.name} · {code} {name}"


def shown(measure: Measure, said: tuple[object, ...]) -> str:
    """What a cell states, in words; `said` as the columns of `Entry.fields`."""
    value, _, _, exemption, *_ = said
    if exemption:
        return ExemptionKind(str(exemption)).label
    return show_value(measure, decode_value(measure.kind, value))


def _warning(measure: Measure, entry: Entry, now: Now, typed: CellValue) -> str:
    """A share below one percent where none stood so low: most often 0,95 that means 95 %."""
    if measure.kind is not Kind.PERCENT or entry.numerator is not None or isinstance(typed, Percent):
        return ""
    if not isinstance(entry.value, Decimal) or not 0 < entry.value <= 1:
        return ""
    if now.value is not None and Decimal(str(now.value)) <= 5:
        return ""
    return f"Có phải {format_number(entry.value * 100)} %? Trong tệp ghi {format_number(entry.value)}."


def _entry(raw: RawRow, measure: Measure, now: Now, allowed: str | None) -> Entry | None:
    """What a row states; None where it says nothing to save. Raises _Wrong."""
    for column in TYPED:
        value = raw.values.get(column)
        if isinstance(value, Unreadable):
            raise _Wrong(CellProblem(raw.cell(column), value.shown, value.reason, value.remedy))
    typed = _typed(raw, measure, now)
    if not typed.value and not typed.is_exempt:
        return _remarked(typed, measure, now)
    try:
        entry = entry_of(measure, typed, allowed=allowed)
    except ValueProblem as problem:
        reason, _, remedy = str(problem).partition(". ")
        column = Column.EXEMPT if typed.is_exempt and not typed.value else _typed_in(raw)
        raise _Wrong(raw.problem_at(column, reason.rstrip(".") + ".", remedy or REPAIR)) from None
    _agree(raw, measure, entry, now)
    return entry


def _remarked(typed: Typed, measure: Measure, now: Now) -> Entry | None:
    """A remark alone: what stands keeps standing, with the new remark."""
    if not typed.remark or typed.remark == now.remark:
        return None
    return Entry(
        decode_value(measure.kind, now.value), now.numerator, now.denominator, ExemptionKind(now.exemption),
        now.exemption_reason, now.document, typed.remark,
    )  # fmt: skip


def _typed(raw: RawRow, measure: Measure, now: Now) -> Typed:
    """The row as the fields of a form. Raises _Wrong."""
    text = {column: text_of(raw.values.get(column)) for column in TYPED}
    is_exempt = _is_exempt(raw)
    share = _share(raw, measure)
    typed = Typed(
        share or _choice(measure, raw.values.get(Column.VALUE)) or text[Column.VALUE], is_exempt,
        text[Column.REASON], text[Column.DOCUMENT], text[Column.REMARK] or now.remark,
    )  # fmt: skip
    if is_exempt:
        return replace(typed, reason=typed.reason or now.exemption_reason, document=typed.document or now.document)
    for column in (Column.REASON, Column.DOCUMENT):
        if text[column]:
            raise _Wrong(raw.problem_at(
                column, f"Có {column.label.lower()} nhưng chưa đánh dấu không áp dụng.",
                f"Đánh x vào cột “{Column.EXEMPT.label}”, hoặc chuyển nội dung này sang cột “{Column.REMARK.label}”.",
            ))  # fmt: skip
    return typed


def _is_exempt(raw: RawRow) -> bool:
    value = raw.values.get(Column.EXEMPT)
    if value is None or isinstance(value, bool):
        return bool(value)
    if folded(text_of(value)) in _EXEMPT_WORDS:
        return True
    remedy = "Đánh x nếu không áp dụng, để trống nếu có áp dụng."
    raise _Wrong(raw.problem_at(Column.EXEMPT, "Cột này chỉ đánh dấu x.", remedy))


def _share(raw: RawRow, measure: Measure) -> str:
    """ "7741/8777" where both numbers are given; "" where neither is. Raises _Wrong for one without the other."""
    numerator, denominator = (text_of(raw.values.get(column)) for column in (Column.NUMERATOR, Column.DENOMINATOR))
    if not numerator and not denominator:
        return ""
    if measure.kind is not Kind.PERCENT:
        remedy = "Để trống tử số, mẫu số; ghi số vào cột “Kết quả”."
        raise _Wrong(raw.problem_at(Column.NUMERATOR, "Chỉ tiêu này không tính theo tỷ lệ.", remedy))
    if not numerator or not denominator:
        column = Column.DENOMINATOR if numerator else Column.NUMERATOR
        remedy = "Ghi đủ tử số và mẫu số, hoặc để trống cả hai."
        raise _Wrong(raw.problem_at(column, f"Thiếu {column.label.lower()}.", remedy))
    return f"{numerator}/{denominator}"


def _typed_in(raw: RawRow) -> Column:
    """Where the value was typed: a share by its numerator, anything else as a value."""
    return Column.NUMERATOR if text_of(raw.values.get(Column.NUMERATOR)) else Column.VALUE


def _agree(raw: RawRow, measure: Measure, entry: Entry, now: Now) -> None:
    """A result beside numerator and denominator must be theirs, or be what stood before. Raises _Wrong."""
    text = text_of(raw.values.get(Column.VALUE))
    if entry.numerator is None or not text or text_of(raw.values.get(Column.NUMERATOR)) == "":
        return
    try:
        stated = entry_of(measure, Typed(text), allowed=None).value
    except ValueProblem as problem:
        raise _Wrong(raw.problem_at(Column.VALUE, str(problem), REPAIR)) from None
    is_old = now.value is not None and stated == decode_value(measure.kind, now.value)
    if is_old or (entry.value is not None and abs(Decimal(str(stated)) - Decimal(str(entry.value))) < Decimal("0.01")):
        return
    theirs = "không có đối tượng" if entry.value is None else show_value(measure, entry.value)
    raise _Wrong(raw.problem_at(
        Column.VALUE, f"Kết quả không khớp với tử số và mẫu số ({theirs}).",
        "Sửa cho khớp, hoặc xóa một bên: có tử số và mẫu số thì kết quả tự tính.",
    ))  # fmt: skip


def _choice(measure: Measure, value: CellValue) -> str:
    if isinstance(value, bool) and measure.kind is Kind.BOOLEAN:
        return YES if value else NO
    return ""


def text_of(value: CellValue) -> str:
    """A cell as a person would have typed it, so that one rule reads both. A number never becomes ambiguous by it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        plain = format(value.normalize(), "f").replace(".", ",")
        return plain + "0" if len(plain.partition(",")[2]) == 3 else plain
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def shown_cell(value: CellValue) -> str:
    """A cell as the reader sees it, for the list of what was refused."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return format_number(value)
    return text_of(value)[:200]
