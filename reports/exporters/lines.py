"""The official table of one unit, line by line: criterion, its contents, their parts, then the conditions.

Excel and PDF both print these lines, so that they cannot differ. Every text here is already clean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from communes.exporters.cells import CUT_MARK
from communes.queries.entry import Appraisal
from communes.queries.people import OFFICE
from communes.queries.sheets import ConditionRow, CriterionBlock, IndicatorRow, PartRow, Sheet, shown_fact
from criteria.rules.numbers import clean_text, format_number
from criteria.rules.rulebook import Measure, Value
from criteria.rules.values import show_bound
from criteria.rules.vocabulary import Basis, CheckState, ConditionKind, ExemptionKind, Verdict


def cut(text: str, longest: int) -> str:
    """At most `longest` characters, with a visible mark where something was left out."""
    return text if len(text) <= longest else text[: longest - len(CUT_MARK)] + CUT_MARK


Appraisals = Mapping[str, Appraisal]
NO_APPRAISALS: Appraisals = MappingProxyType({})
# Head of the third result; its column is there only where the province has appraised something.
APPRAISAL_COLUMN = "Kết quả thẩm định của tỉnh"


class Mark(NamedTuple):
    """One conclusion on one basis."""

    verdict: Verdict
    provisional: bool


class LineKind(Enum):
    CRITERION = "criterion"
    INDICATOR = "indicator"
    PART = "part"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Line:
    """`value` and `measure` where a single value was stated (a cell can then be a number), `shown` in words always."""

    kind: LineKind
    number: str
    title: str
    content: str = ""
    requirement: str = ""
    shown: str = ""
    value: Value | None = None
    measure: Measure | None = None
    marks: Mapping[Basis, Mark] = field(default_factory=dict)
    remark: str = ""
    appraisal: Appraisal | None = None

    @property
    def is_criterion(self) -> bool:
        return self.kind is LineKind.CRITERION


def criterion_lines(sheet: Sheet, appraisals: Appraisals = NO_APPRAISALS) -> list[Line]:
    """`appraisals` by measure code: a line that states that measure carries the province's result."""
    return [_appraised(line, appraisals) for block in sheet.blocks for line in _of_criterion(block, sheet.bases)]


def condition_lines(sheet: Sheet, appraisals: Appraisals = NO_APPRAISALS) -> list[Line]:
    return [
        _appraised(line, appraisals)
        for number, row in enumerate(sheet.conditions, 1)
        for line in _of_condition(row, f"ĐK{number}", sheet.bases)
    ]


def _appraised(line: Line, appraisals: Appraisals) -> Line:
    found = appraisals.get(line.measure.code) if line.measure else None
    if found is None:
        return line
    said = f"thẩm định {found.on:%d/%m/%Y}" + (f": {clean_text(found.remark)}" if found.remark else "")
    remark = _sentence([line.remark, said])
    return replace(line, remark=remark, appraisal=replace(found, shown=clean_text(found.shown)))


def open_blocks(sheet: Sheet, basis: Basis) -> list[tuple[CriterionBlock, Mark]]:
    """Criteria that are not met on a basis, in the order of the set."""
    found = ((block, block.findings[basis]) for block in sheet.blocks)
    return [(b, Mark(f.verdict, f.provisional)) for b, f in found if not f.verdict.counts_as_met]


def open_conditions(sheet: Sheet, basis: Basis) -> list[tuple[ConditionRow, Mark]]:
    found = ((row, row.findings[basis]) for row in sheet.conditions)
    return [(r, Mark(f.verdict, f.provisional)) for r, f in found if not f.verdict.counts_as_met]


def _marks(findings: Mapping[Basis, object], bases: Sequence[Basis]) -> dict[Basis, Mark]:
    return {b: Mark(findings[b].verdict, findings[b].provisional) for b in bases}  # type: ignore[attr-defined]


def _of_criterion(block: CriterionBlock, bases: Sequence[Basis]) -> Iterable[Line]:
    title, marks = clean_text(block.criterion.name), _marks(block.findings, bases)
    strongest = block.findings[bases[-1]]
    shown = f"{strongest.met_count}/{len(strongest.indicators)} chỉ tiêu"
    remark = "Tạm tính" if any(mark.provisional for mark in marks.values()) else ""
    yield Line(LineKind.CRITERION, str(block.criterion.number), title, shown=shown, marks=marks, remark=remark)
    for row in block.rows:
        yield from _of_indicator(row, title, bases)


def _of_indicator(row: IndicatorRow, title: str, bases: Sequence[Basis]) -> Iterable[Line]:
    code, content = row.indicator.code, clean_text(row.indicator.name)
    marks = _marks(row.findings, bases)
    refusal = f"không công nhận: {clean_text(row.refusal)}" if row.refusal else ""
    if len(row.parts) == 1:
        yield _of_part(LineKind.INDICATOR, code, title, content, row.parts[0], marks, refusal)
        return
    requirement = clean_text(row.indicator.requirement)
    yield Line(LineKind.INDICATOR, code, title, content, requirement, marks=marks, remark=_sentence([refusal]))
    yield from _of_parts(row.parts, code, title, bases)


def _of_parts(parts: Sequence[PartRow], code: str, title: str, bases: Sequence[Basis]) -> Iterable[Line]:
    for place, part in enumerate(parts):
        content = clean_text(part.part.name or part.measure.name)
        number = f"{code}{part.part.code if len(part.part.code) == 1 else chr(97 + place)}"
        yield _of_part(LineKind.PART, number, title, content, part, _marks(part.findings, bases))


def _of_part(
    kind: LineKind, number: str, title: str, content: str, row: PartRow, marks: Mapping[Basis, Mark], before: str = ""
) -> Line:
    basis = stated_on(row, list(marks))
    fact = row.findings[basis].fact if basis else None
    provisional = any(mark.provisional for mark in marks.values())
    return Line(
        kind, number, title, content, clean_text(row.requirement),
        shown=clean_text(row.shown(basis)) if basis else "—",
        value=fact.value if fact and fact.exemption is ExemptionKind.NONE else None,
        measure=row.measure,
        marks=marks,
        remark=_sentence([before, *_about_threshold(row, provisional), *_about_fact(row, basis, list(marks))]),
    )  # fmt: skip


def stated_on(row: PartRow, bases: Sequence[Basis]) -> Basis | None:
    """The strongest basis on which something was stated: whose value the column of results shows."""
    return next((b for b in reversed(bases) if row.findings[b].fact is not None), None)


def _about_threshold(row: PartRow, provisional: bool) -> Iterable[str]:
    if row.bound.check is CheckState.MISSING:
        yield "chưa có ngưỡng"
    elif row.bound.check is CheckState.ILLUSTRATIVE:
        yield "ngưỡng là số liệu minh họa"
    elif row.is_unsure:
        yield "ngưỡng chưa đối chiếu"
    if provisional:
        yield "tạm tính"


def _about_fact(row: PartRow, basis: Basis | None, bases: Sequence[Basis]) -> Iterable[str]:
    if basis is None:
        return
    fact = row.findings[basis].fact
    assert fact is not None
    if fact.numerator is not None and fact.denominator is not None:
        yield f"{format_number(fact.numerator)}/{format_number(fact.denominator)}"
    for other in bases:
        said = shown_fact(row.findings[other])
        if other is not basis and row.findings[other].fact is not None and said != row.shown(basis):
            yield f"{other.label}: {said}"
    if len(bases) > 1 and basis is not bases[-1]:
        yield f"kết quả ghi theo {basis.label}"
    yield clean_text(fact.exemption_reason)
    yield clean_text(fact.remark)


def _of_condition(row: ConditionRow, number: str, bases: Sequence[Basis]) -> Iterable[Line]:
    marks, content = _marks(row.findings, bases), clean_text(row.condition.text)
    title = row.condition.kind.label.capitalize()
    parts = row.parts or _ratio_parts(row)
    if len(parts) == 1 and row.condition.kind is not ConditionKind.CHOOSE:
        yield _of_part(LineKind.CONDITION, number, title, content, parts[0], marks)
        return
    provisional = any(mark.provisional for mark in marks.values())
    remark = _sentence([*_about_minimum(row), "tạm tính" if provisional else ""])
    yield Line(
        LineKind.CONDITION, number, title, content, _condition_requirement(row), _condition_shown(row, bases),
        marks=marks, remark=remark,
    )  # fmt: skip
    yield from _of_parts(row.parts, number, title, bases)


def _ratio_parts(row: ConditionRow) -> tuple[PartRow, ...]:
    """A ratio states nothing of its own: its value is that of an indicator, its bound follows from another set."""
    findings = {basis: finding.parts[0] for basis, finding in row.findings.items() if finding.parts}
    if row.condition.kind is not ConditionKind.RATIO or not findings:
        return ()
    first = next(iter(findings.values()))
    return (PartRow(row.condition.code, first.part, first.bound, OFFICE, findings),)


def _about_minimum(row: ConditionRow) -> Iterable[str]:
    if row.bound is None or row.bound.check is CheckState.CHECKED:
        return
    yield "mức chưa đối chiếu" if row.bound.check is CheckState.UNCHECKED else f"mức: {row.bound.check.label}"


def _condition_requirement(row: ConditionRow) -> str:
    if row.bound is not None:
        return clean_text(show_bound(row.bound.measure, row.bound.op, row.bound.value))
    if row.condition.kind is ConditionKind.CHOOSE and row.condition.minimum is not None:
        return f"ít nhất {format_number(row.condition.minimum)} trong {len(row.parts)}"
    if row.condition.kind is ConditionKind.CRITERIA_MET:
        return "mọi tiêu chí"
    return "Đạt"


def _condition_shown(row: ConditionRow, bases: Sequence[Basis]) -> str:
    """The strongest basis that has something to say; the figure may differ between bases."""
    return clean_text(next((row.findings[b].shown for b in reversed(bases) if row.findings[b].shown), "—"))


def _sentence(pieces: Iterable[str]) -> str:
    said = "; ".join(piece for piece in pieces if piece)
    return said[:1].upper() + said[1:]
