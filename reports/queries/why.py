""" "Vì sao?": the chain of a conclusion, from the tier down to the value, the threshold, its source and the person.

Made of the same findings as the boards; says in sentences what the engine found, and concludes nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404

from communes.models import Act, Statement
from communes.queries.sheets import ConditionRow, CriterionBlock, IndicatorRow, PartRow, Sheet, shown_fact
from communes.rules.workflow import ActKind
from criteria.rules.conditions import ConditionFinding
from criteria.rules.judging import PartFinding
from criteria.rules.numbers import format_number
from criteria.rules.thresholds import Trust
from criteria.rules.values import show_bound
from criteria.rules.vocabulary import Basis, CheckState, ExemptionKind, Verdict

TIER = "bac"


@dataclass(frozen=True, slots=True)
class WhyCell:
    basis: Basis
    shown: str
    verdict: Verdict
    provisional: bool


@dataclass(frozen=True)
class WhyRow:
    """One member of the conclusion: its requirement and what each basis says. `item` is what it opens."""

    item: str
    code: str
    name: str
    requirement: str
    cells: tuple[WhyCell, ...]


@dataclass(frozen=True, slots=True)
class Step:
    head: str
    text: str
    checked: bool = False


@dataclass(frozen=True)
class Why:
    """`subject` names what is asked about, `answer` is the finding in a sentence on the basis `basis`."""

    subject: str
    item: str
    basis: Basis
    verdict: Verdict
    provisional: bool
    answer: str
    rows: tuple[WhyRow, ...]
    steps: tuple[Step, ...]
    up: tuple[str, str] | None = None

    @property
    def title(self) -> str:
        return f"Vì sao {self.subject} {self.verdict.label}?"


def why(sheet: Sheet, item: str) -> Why:
    """Explain the tier ("bac"), a criterion ("15"), an indicator ("15.1") or a condition (its code). Raises Http404."""
    if item == TIER:
        return _tier(sheet)
    for block in sheet.blocks:
        if item == str(block.criterion.number):
            return _criterion(sheet, block)
        for row in block.rows:
            if item == row.indicator.code:
                return _indicator(sheet, block, row)
    for condition in sheet.conditions:
        if item == condition.condition.code:
            return _condition(sheet, condition)
    raise Http404


def _tier(sheet: Sheet) -> Why:
    basis = sheet.bases[-1]
    found = sheet.findings[basis]
    missing = [c for c in found.conditions if not c.verdict.counts_as_met]
    answer = "Đủ mọi điều kiện của bậc này."
    if missing:
        answer = "Còn " + "; ".join(f"“{_clipped(c.condition.text)}” {c.verdict.label}" for c in missing) + "."
    rows = tuple(
        WhyRow(c.condition.code, "", c.condition.text, "", _cells(c.findings, lambda f: f.shown or f.verdict.label))
        for c in sheet.conditions
    )
    steps = (
        Step("Bộ tiêu chí", f"{sheet.book.name}, {sheet.book.legal_source}."),
        Step("Cách kết luận", "Bậc chỉ đạt khi mọi điều kiện đều đạt; một điều kiện chưa đạt là chưa đạt."),
    )
    subject = f"{sheet.unit.full_name} theo {sheet.book.short_name}"
    return Why(subject, TIER, basis, found.verdict, found.provisional, answer, rows, steps)


def _criterion(sheet: Sheet, block: CriterionBlock) -> Why:
    basis = sheet.bases[-1]
    found = block.findings[basis]
    failed = [row for row in block.rows if not row.findings[basis].verdict.counts_as_met]
    answer = _criterion_answer(block, basis, failed)
    rows = tuple(
        WhyRow(
            row.indicator.code, row.indicator.code, row.indicator.name,
            "; ".join(part.requirement for part in row.parts), _indicator_cells(row),
        )
        for row in block.rows
    )  # fmt: skip
    met, total = sheet.findings[basis].met_criteria, len(sheet.blocks)
    steps = (
        Step(
            sheet.book.short_name,
            f"cần {total}/{total} tiêu chí; {sheet.unit.name} có {met}/{total} ({basis.label}).",
        ),
        Step(f"Tiêu chí {block.criterion.number}", f"cần cả {len(block.rows)} chỉ tiêu; đạt {found.met_count}."),
        Step("Cơ quan chủ trì", block.lead.name),
    )
    subject = f"tiêu chí {block.criterion.number} {block.criterion.name}"
    item = str(block.criterion.number)
    return Why(subject, item, basis, found.verdict, found.provisional, answer, rows, steps, (TIER, "Bậc"))


def _criterion_answer(block: CriterionBlock, basis: Basis, failed: list[IndicatorRow]) -> str:
    if not failed:
        return f"Cả {len(block.rows)} chỉ tiêu đều đạt hoặc không áp dụng."
    said = [f"{row.indicator.code} {_in_short(row, basis)}" for row in failed[:3]]
    more = f" và {len(failed) - 3} chỉ tiêu khác" if len(failed) > 3 else ""
    return "; ".join(said) + more + "."


def _in_short(row: IndicatorRow, basis: Basis) -> str:
    finding = row.findings[basis]
    if finding.refusal:
        return f"không được công nhận: {finding.refusal}"
    if finding.verdict is Verdict.NOT_MET:
        failed = next(p for p in row.parts if p.findings[basis].verdict is Verdict.NOT_MET)
        return f"{failed.shown(basis)}, yêu cầu {failed.requirement}"
    return finding.verdict.label


def _indicator(sheet: Sheet, block: CriterionBlock, row: IndicatorRow) -> Why:
    basis = sheet.bases[-1]
    found = row.findings[basis]
    number, name = block.criterion.number, block.criterion.name
    steps = [
        Step(f"Tiêu chí {number}", f"{name}: {block.findings[basis].verdict.label} ({basis.label})"),
        *(step for part in row.parts for step in _part_steps(sheet, part)),
    ]
    if found.refusal:
        steps.append(Step("Không công nhận", found.refusal))
    if row.indicator.note:
        steps.append(Step("Ghi chú của bộ tiêu chí", row.indicator.note))
    rows = tuple(
        WhyRow("", part.part.code, part.part.name or row.indicator.name, part.requirement, _part_cells(part.findings))
        for part in row.parts
    )
    return Why(
        f"chỉ tiêu {row.indicator.code}", row.indicator.code, basis, found.verdict, found.provisional,
        f"{_in_full(row, basis)}", rows, tuple(steps), (str(number), f"Tiêu chí {number}"),
    )  # fmt: skip


def _in_full(row: IndicatorRow, basis: Basis) -> str:
    if row.findings[basis].refusal:
        return f"Không được công nhận: {row.findings[basis].refusal}."
    return " ".join(_part_answer(part, part.findings[basis]) for part in row.parts)


def _part_answer(part: PartRow, finding: PartFinding) -> str:
    name = f"{part.part.name}: " if part.part.name else ""
    fact = finding.fact
    if finding.verdict is Verdict.NO_DATA or fact is None:
        return f"{name}chưa có số liệu nào được gửi đến bước này."
    if finding.verdict is Verdict.EXEMPT:
        return f"{name}{fact.exemption.label}: {fact.exemption_reason or 'không ghi lý do'}."
    if finding.verdict is Verdict.UNDETERMINED:
        return f"{name}đã báo {shown_fact(finding)}, nhưng {_threshold_gap(part)} nên chưa kết luận được."
    relation = "đáp ứng" if finding.verdict is Verdict.MET else "chưa đáp ứng"
    return f"{name}{shown_fact(finding)} {relation} yêu cầu {part.requirement}."


def _threshold_gap(part: PartRow) -> str:
    if part.bound.value is None:
        return "chưa có ngưỡng (UBND tỉnh quy định, chưa nhập)" if part.part.provincial else "chưa có ngưỡng"
    return f"ngưỡng {part.requirement} còn nghi ngờ và chưa đối chiếu"


def _part_steps(sheet: Sheet, part: PartRow) -> list[Step]:
    bound, prefix = part.bound, f"{part.part.code}) " if part.part.code else ""
    steps = []
    for basis in sheet.bases:
        fact = part.findings[basis].fact
        if fact is None:
            continue
        said = shown_fact(part.findings[basis])
        if fact.numerator is not None and fact.denominator is not None:
            said += f" = {format_number(fact.numerator)} / {format_number(fact.denominator)}"
        if fact.exemption is not ExemptionKind.NONE:
            said += f" ({fact.exemption_reason})"
        who = f", {fact.by}, {fact.on:%d/%m/%Y}" if fact.by and fact.on else ""
        remark = f". {fact.remark}" if fact.remark else ""
        steps.append(Step(f"{prefix}{basis.label.capitalize()}", f"{said}{who}{remark}"))
        steps += _people_of(sheet, fact.statement_id) if basis is Basis.APPROVED else []
    checked = bound.check is CheckState.CHECKED
    state = bound.check.label + (f", {bound.checked_by}, {bound.checked_on:%d/%m/%Y}" if bound.checked_on else "")
    trust = {Trust.PROVISIONAL: "; kết luận là tạm tính", Trust.NONE: "; chưa dùng để kết luận", Trust.PLAIN: ""}
    text = f"{part.requirement} theo {bound.source or sheet.book.legal_source}: {state}{trust[bound.trust]}"
    steps.append(Step(f"{prefix}Ngưỡng", text, checked))
    person = f", {part.lead.person}" if part.lead.person else ""
    steps.append(Step(f"{prefix}Cơ quan chủ trì", part.lead.name + person))
    return steps


def _people_of(sheet: Sheet, statement: int | None) -> list[Step]:
    """Who approved a result, and what the province found, as known on the day looked at. Two queries a part; only an
    indicator's own page asks."""
    revision = Statement.objects.filter(pk=statement).values("of_id")
    acts = Act.objects.filter(revision_id__in=revision, on__lte=sheet.bench.as_of).select_related("by", "result")
    steps = []
    for act in acts.filter(kind__in=[ActKind.APPROVE.value, ActKind.APPRAISE.value]).order_by("pk"):
        if act.kind == ActKind.APPROVE.value:
            steps.append(Step("Người duyệt", f"{act.by.full_name}, {act.on:%d/%m/%Y}"))
        elif act.result is not None:
            steps.append(Step("Thẩm định của tỉnh", f"ghi ngày {act.on:%d/%m/%Y}. {act.result.remark}".strip()))
    return steps


def _condition(sheet: Sheet, row: ConditionRow) -> Why:
    basis = sheet.bases[-1]
    found = row.findings[basis]
    steps = [Step("Điều kiện", f"{row.condition.text}. Theo {row.condition.source or sheet.book.legal_source}.")]
    steps += [step for part in row.read_parts for step in _part_steps(sheet, part)] if len(row.read_parts) == 1 else []
    if found.forecast is not None and found.share is not None:
        steps.append(Step("Đã công nhận", f"{found.share.met}/{found.share.total} xã theo bộ tiêu chí này"))
        steps.append(Step("Đang đáp ứng", _share_words(found)))
    if row.bound is not None:
        shown = show_bound(row.bound.measure, row.bound.op, row.bound.value)
        steps.append(Step("Ngưỡng", f"{shown}: {row.bound.check.label}", row.bound.check is CheckState.CHECKED))
    rows = tuple(
        WhyRow("", part.part.code, part.part.name or part.measure.name, part.requirement, _part_cells(part.findings))
        for part in row.read_parts
    )
    answer = f"{found.shown[:1].upper()}{found.shown[1:]}." if found.shown else f"{found.verdict.label.capitalize()}."
    if len(row.read_parts) == 1:
        answer = _part_answer(row.read_parts[0], row.read_parts[0].findings[basis])
    return Why(
        f"điều kiện “{_clipped(row.condition.text)}”", row.condition.code, basis, found.verdict, found.provisional,
        answer, rows, tuple(steps), (TIER, "Bậc"),
    )  # fmt: skip


def _share_words(found: ConditionFinding) -> str:
    assert found.forecast is not None
    share = found.forecast
    unknown = f", {share.unknown} xã chưa rõ" if share.unknown else ""
    return f"{share.met}/{share.total} xã{unknown}"


def _indicator_cells(row: IndicatorRow) -> tuple[WhyCell, ...]:
    return tuple(
        WhyCell(basis, "; ".join(part.shown(basis) for part in row.parts), finding.verdict, finding.provisional)
        for basis, finding in row.findings.items()
    )


def _part_cells(findings: Mapping[Basis, PartFinding]) -> tuple[WhyCell, ...]:
    return tuple(WhyCell(basis, shown_fact(f), f.verdict, f.provisional) for basis, f in findings.items())


def _cells(findings, shown) -> tuple[WhyCell, ...]:  # type: ignore[no-untyped-def]
    return tuple(WhyCell(basis, shown(f), f.verdict, f.provisional) for basis, f in findings.items())


def _clipped(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"

