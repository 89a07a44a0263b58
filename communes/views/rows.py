"""One row of an entry sheet as one person sees it: its fields, the verdict of what is typed now, its state.

Everything a template prints about a row is a property here; nothing here reads the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from communes.forms import Typed, fingerprint
from communes.queries.beside import Base, Earlier
from communes.queries.discussion import FindingRow
from communes.queries.entry import Appraisal, CellState, is_choice
from communes.queries.evidence import PaperState
from communes.queries.sheets import PartRow, shown_fact
from communes.rules.jumps import jump, other_denominator
from communes.rules.workflow import Source, Stage
from criteria.rules.facts import Fact
from criteria.rules.judging import Conclusion, judge_part
from criteria.rules.numbers import NumberProblem, format_number, parse_fraction, percent_of
from criteria.rules.rulebook import Measure
from criteria.rules.values import NO, YES, ValueProblem, parse_value, show_value
from criteria.rules.vocabulary import Basis, CheckState, ExemptionKind, Kind, Verdict


@dataclass(frozen=True)
class Theirs:
    """What somebody else saved meanwhile."""

    by: str
    at: datetime
    shown: str


@dataclass(frozen=True)
class Attempt:
    """A row that was not saved: what was typed stays in its fields, with the sentence or the other's value."""

    typed: Typed
    problem: str = ""
    theirs: Theirs | None = None

    @property
    def status(self) -> int:
        return 409 if self.theirs else 422


@dataclass(frozen=True)
class Row:
    """One measure of the sheet. `code` is that of the indicator, "" for a further part of it and for conditions."""

    part: PartRow
    cell: CellState
    code: str
    name: str
    allowed: str | None = None
    also: tuple[str, ...] = ()
    attempt: Attempt | None = None
    just_saved: bool = False
    refusal_of_indicator: str = ""
    url: str = ""
    grant_url: str = ""
    appraisal: Appraisal | None = None
    # Why the province's result cannot be recorded now, "" where it can; None for those whose business it is not.
    appraise_refusal: str | None = None
    # What stands beside the cell.
    last_year: Earlier | None = None
    last_round: Earlier | None = None
    base: Base | None = None
    papers: PaperState | None = None
    papers_url: str = ""
    # Open remarks about the figure, and what an inspection found to be mended.
    talk_url: str = ""
    remarks: int = 0
    findings: tuple[FindingRow, ...] = ()
    # A remark about the value before this one: shown, not carried over.
    old_remark: str = ""

    @property
    def measure(self) -> str:
        return self.part.measure.code

    @property
    def id(self) -> str:
        return row_id(self.measure)

    @property
    def label(self) -> str:
        """How a screen reader names the field."""
        return f"{self.code} {self.name}".strip()

    @property
    def is_locked(self) -> bool:
        return not self.cell.is_editable

    @property
    def is_choice(self) -> bool:
        return is_choice(self.part.measure)

    @property
    def unit_label(self) -> str:
        """Beside the field only where it is short; a long one stands in the requirement."""
        unit = self.part.measure.unit
        return unit if len(unit) <= 4 else ""

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        return choices_of(self.part.measure, self.value)

    @property
    def value(self) -> str:
        return self.attempt.typed.value if self.attempt else self.cell.typed

    @property
    def remark(self) -> str:
        return self.attempt.typed.remark if self.attempt else self.cell.remark

    @property
    def is_exempt(self) -> bool:
        """Whether the mark "không áp dụng" is set (không có đối tượng follows from a denominator of zero instead)."""
        return self.attempt.typed.is_exempt if self.attempt else self.cell.exemption is ExemptionKind.NOT_APPLICABLE

    @property
    def reason(self) -> str:
        return self.attempt.typed.reason if self.attempt else self._stored_reason

    @property
    def _stored_reason(self) -> str:
        return self.cell.exemption_reason if self.cell.exemption is ExemptionKind.NOT_APPLICABLE else ""

    @property
    def document(self) -> str:
        return self.attempt.typed.document if self.attempt else self.cell.document

    @property
    def stored(self) -> Typed:
        """The row's fields as they are in the database."""
        cell = self.cell
        is_exempt = cell.exemption is ExemptionKind.NOT_APPLICABLE
        return Typed(cell.typed, is_exempt, self._stored_reason, cell.document, cell.remark, cell.version)

    @property
    def seen(self) -> str:
        stored = self.stored
        return fingerprint(stored.value, stored.is_exempt, stored.reason, stored.document, stored.remark)

    @property
    def may_be_exempt(self) -> bool:
        return self.allowed is not None or self.is_exempt

    @property
    def shown(self) -> str:
        """For those who may not type: what stands, in words."""
        return self.part.shown(self.basis or Basis.SELF)

    @property
    def basis(self) -> Basis | None:
        """How far the shown value has come; None where nothing was stated."""
        if self.cell.stage is None:
            return Basis.SELF if self._standing(Basis.SELF) else None
        strong = {Stage.APPROVED: Basis.APPROVED, Stage.VERIFIED: Basis.VERIFIED}
        return strong.get(self.cell.stage, Basis.SELF)

    def _standing(self, basis: Basis) -> Fact | None:
        finding = self.part.findings.get(basis)
        return finding.fact if finding else None

    @property
    def now(self) -> Conclusion:
        """The verdict of what is typed now, before anybody sent it; of what stands, once it is verified."""
        if self.attempt and not self.attempt.theirs:
            return Conclusion(Verdict.NO_DATA)
        standing = self.basis and self.part.findings.get(self.basis)
        if standing and (self.cell.stage is None or self.basis is not Basis.SELF):
            return Conclusion(standing.verdict, standing.provisional)
        return judge_part(self.part.bound, Fact(self.cell.value, self.cell.exemption))

    @property
    def version(self) -> int:
        return self.cell.version

    @property
    def typed_words(self) -> str:
        """What was typed, as the label of the button that keeps it, in the form in which the other's value is said."""
        return "không áp dụng" if self.is_exempt else in_words(self.part.measure, self.value[:40])

    @property
    def exemption_label(self) -> str:
        if self.attempt or self.cell.exemption is ExemptionKind.NONE:
            return ""
        return self.cell.exemption.label

    @property
    def percent_of_fraction(self) -> str:
        """The percentage behind a field that shows a fraction."""
        if self.attempt or "/" not in self.cell.typed or self.cell.value is None:
            return ""
        return show_value(self.part.measure, self.cell.value)

    @property
    def base_line(self) -> str:
        """The known denominator of a percentage, beside a field that is typed into: "/ 2.370 hộ"."""
        if self.base is None or self.base.value is None or self.is_locked or self.is_exempt or "/" in self.value:
            return ""
        return f"/ {self.base.shown}"

    @property
    def lacks_base(self) -> bool:
        """Asked for where a share is still to be typed; not beside what was sent already."""
        open_now = self.cell.stage in (None, Stage.DRAFT, Stage.PREFILLED, Stage.RETURNED, Stage.WITHDRAWN)
        return open_now and self.base is not None and self.base.value is None and not self.is_locked

    @property
    def warnings(self) -> list[str]:
        """What is improbable about a value not verified yet. Said, never in the way; a remark answers a jump."""
        if self.attempt or self.cell.is_empty or self.cell.stage not in _UNCHECKED:
            return []
        found = []
        # Typed by hand for this very value: the denominator is part of it, so it is kept under the field.
        written = self._written_denominator
        if self.base is not None and other_denominator(written, self.base.value):
            found.append(
                f"Mẫu số {format_number(written)} khác số liệu nền {self.base.shown}. "
                "Kiểm tra lại mẫu số hoặc số liệu nền."
            )
        if not self.cell.remark:
            found.extend(self._jumps())
        return found

    @property
    def _written_denominator(self) -> Decimal | None:
        try:
            share = parse_fraction(self.cell.typed) if "/" in self.cell.typed else None
        except NumberProblem:
            return None
        return share.denominator if share else None

    def _jumps(self) -> list[str]:
        """Against the newest earlier value only: one sentence says enough."""
        for earlier in filter(None, (self.last_round, self.last_year)):
            said = jump(self.part.measure, earlier.value, self.cell.value, self.part.bound.value)
            if said:
                return [
                    f"{said} so với {earlier.when} ({earlier.shown}). Kiểm tra lại; nếu đúng, ghi lý do ở cột ghi chú."
                ]
        return []

    @property
    def round_line(self) -> str:
        """The value of the last closed round, where it says something else than last year's."""
        earlier = self.last_round
        if earlier is None or (self.last_year is not None and self.last_year.shown == earlier.shown):
            return ""
        # The year is that of the sheet: "Quý III: 82,8 %".
        return f"{earlier.when.partition('/')[0]}: {earlier.shown}"

    @property
    def may_keep_last_year(self) -> bool:
        """Whether last year's value may become this year's draft. An exemption is stated anew, with its reason."""
        before = self.last_year
        return not self.is_locked and self.cell.is_empty and before is not None and before.value is not None

    @property
    def lacks_papers(self) -> bool:
        """Only where something was stated: an empty cell lacks its value first."""
        return self.papers is not None and not self.cell.is_empty and self.papers.is_lacking

    @property
    def papers_title(self) -> str:
        missing = self.papers.missing if self.papers else ()
        return f"Còn thiếu: {', '.join(missing)}" if missing else "Minh chứng"

    @property
    def is_prefilled(self) -> bool:
        return self.cell.stage is Stage.PREFILLED

    @property
    def prefilled_by(self) -> str:
        source = self.cell.source
        return "Văn phòng Điều phối NTM huyện" if source is Source.OFFICE else self.part.lead.name

    @property
    def is_proposed(self) -> bool:
        return self.cell.stage is Stage.PROPOSED

    @property
    def is_proposable(self) -> bool:
        return self.cell.propose_refusal is None and not self.cell.is_empty

    @property
    def requirement_is_long(self) -> bool:
        return len(self.part.requirement) > 14

    @property
    def threshold_state(self) -> str:
        """"chưa đối chiếu", "số liệu minh họa"; nothing where it was checked, or is missing and says so itself."""
        check = self.part.bound.check
        if check is CheckState.CHECKED or (check is CheckState.MISSING and not self.part.bound.text):
            return ""
        return "minh họa" if check is CheckState.ILLUSTRATIVE else check.label

    @property
    def threshold_state_is_open(self) -> bool:
        return self.part.bound.check in (CheckState.MISSING, CheckState.UNCHECKED)

    @property
    def differing(self) -> str:
        """The result of the verification where it is another than the value in the field."""
        fact = self._standing(Basis.VERIFIED)
        if self.cell.stage not in (Stage.VERIFIED, Stage.APPROVED) or fact is None:
            return ""
        same = fact.value == self.cell.value and fact.exemption is self.cell.exemption
        return "" if same else shown_fact(self.part.findings[Basis.VERIFIED])

    @property
    def is_draft(self) -> bool:
        return self.cell.stage is Stage.DRAFT and not self.cell.is_empty

    @property
    def is_sendable(self) -> bool:
        return self.cell.is_sendable and not self.cell.is_empty

    @property
    def is_withdrawable(self) -> bool:
        return self.cell.is_editable and self.cell.stage is Stage.SUBMITTED

    @property
    def is_unsigned(self) -> bool:
        """A draft again, because the chairman did not sign it."""
        return self.cell.stage is Stage.DRAFT and bool(self.cell.returned)

    @property
    def is_returned(self) -> bool:
        return self.cell.stage is Stage.RETURNED

    @property
    def state(self) -> tuple[str, str, str]:
        """Class, icon and words of the save mark."""
        if self.attempt:
            conflict = ("warn", "users", "Người khác sửa")
            return conflict if self.attempt.theirs else ("bad", "triangle-alert", "Chưa nhận")
        if self.just_saved and self.cell.at:
            return ("ok", "check", "Đã lưu")
        return _STATES.get(self.cell.stage, ("", "", ""))

    @property
    def field_class(self) -> str:
        if self.is_locked:
            return "lock"
        if self.attempt:
            return "conflict" if self.attempt.theirs else "refused"
        return "ret" if self.is_returned else ""


# Before the lead department has looked: whoever types or verifies is told what is improbable.
_UNCHECKED = (Stage.PREFILLED, Stage.DRAFT, Stage.PROPOSED, Stage.SUBMITTED, Stage.RETURNED, Stage.WITHDRAWN)
_STATES: dict[Stage | None, tuple[str, str, str]] = {
    Stage.PREFILLED: ("warn", "users", "Chờ xã nhận"),
    Stage.DRAFT: ("", "pencil", "Nháp"),
    Stage.PROPOSED: ("", "pencil", "Chờ Chủ tịch ký"),
    Stage.SUBMITTED: ("", "clock", "Chờ thẩm tra"),
    Stage.VERIFIED: ("", "badge-check", "Đã thẩm tra"),
    Stage.APPROVED: ("", "circle-check", "Đã duyệt"),
    Stage.RETURNED: ("bad", "undo-2", "Bị trả lại"),
    Stage.WITHDRAWN: ("", "undo-2", "Đã rút"),
}


def in_words(measure: Measure, text: str) -> str:
    """A typed value as a sentence says it: "2340/2370 (98,73 %)", "98,31 %", "Đạt"; as it is where it is unreadable."""
    try:
        share = parse_fraction(text) if measure.kind is Kind.PERCENT else None
        if share is not None:
            return f"{text} ({show_value(measure, percent_of(*share))})" if share.denominator else text
        return show_value(measure, parse_value(measure, text)) if text else ""
    except (NumberProblem, ValueProblem):
        return text


def choices_of(measure: Measure, chosen: str) -> list[tuple[str, str, bool]]:
    """Options of a field: value, label, whether it is the chosen one."""
    found = [(grade, grade) for grade in measure.scale]
    if measure.kind is Kind.BOOLEAN:
        found = [(YES, measure.yes_label), (NO, measure.no_label)]
    return [("", "—", chosen == "")] + [(value, label, value == chosen) for value, label in found]


def row_id(measure: str) -> str:
    """The id of a row in the page: the measure's code without dots, which a selector would read as classes."""
    return "r-" + measure.replace(".", "_")
