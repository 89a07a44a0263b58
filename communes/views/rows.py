"""One row of an entry sheet as one person sees it: its fields, the verdict of what is typed now, its state.

Everything a template prints about a row is a property here; nothing here reads the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from communes.forms import Typed, fingerprint
from communes.queries.beside import Base, Earlier
from communes.queries.discussion import FindingRow
from communes.queries.entry import Appraisal, CellState, is_choice, row_id
from communes.queries.evidence import PaperState
from communes.queries.sheets import PartRow, shown_fact
from communes.rules.jumps import jump, other_denominator
from communes.rules.workflow import UNSENT, Source, Stage
from communes.views.fields import Attempt, choices_of, in_words, options_of
from communes.views.marks import COUNTED_AS, STAGE_OF, STATE_MARKS
from criteria.rules.facts import Fact
from criteria.rules.judging import Conclusion, judge_part
from criteria.rules.numbers import NumberProblem, format_number, parse_fraction
from criteria.rules.values import show_value
from criteria.rules.vocabulary import Basis, CheckState, ExemptionKind, Verdict


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
    def fields(self) -> Typed:
        """What stands in the fields. A list cannot show a word that it does not know: it keeps its old choice, for an
        empty one would be sent along as cleared by hand."""
        if self.attempt is None:
            return self.stored
        typed = self.attempt.typed
        if self.is_choice and typed.value not in ["", *(value for value, _ in options_of(self.part.measure))]:
            return self.stored
        return typed

    @property
    def value(self) -> str:
        return self.fields.value

    @property
    def remark(self) -> str:
        return self.fields.remark

    @property
    def is_exempt(self) -> bool:
        """Whether the mark "không áp dụng" is set (không có đối tượng follows from a denominator of zero instead)."""
        return self.fields.is_exempt

    @property
    def reason(self) -> str:
        return self.fields.reason

    @property
    def _stored_reason(self) -> str:
        return self.cell.exemption_reason if self.cell.exemption is ExemptionKind.NOT_APPLICABLE else ""

    @property
    def document(self) -> str:
        return self.fields.document

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
        """For those who may not type: what stands, in words; never the draft, which has a line of its own."""
        strongest = self._strongest
        if self.cell.stage in UNSENT and strongest is not None:
            return self.part.shown(strongest)
        return self.part.shown(self.basis or Basis.SELF)

    @property
    def _strongest(self) -> Basis | None:
        return next((basis for basis in reversed(Basis) if self._standing(basis)), None)

    @property
    def standing_line(self) -> str:
        """Beside a draft: what counts until it is sent and decided, "đang tính: 82,8 % (đã duyệt)"; on a sheet that is
        read, where that is the figure shown, the draft itself."""
        if self.cell.stage is not Stage.DRAFT or (basis := self._strongest) is None:
            return ""
        if self.is_locked:
            draft = show_value(self.part.measure, self.cell.value) if self.cell.value is not None else "để trống"
            return f"bản nháp chưa gửi: {self.cell.exemption.label if self.cell.exemption_reason else draft}"
        return f"đang tính: {self.part.shown(basis)} ({COUNTED_AS[basis]})"

    @property
    def may_drop(self) -> bool:
        """A draft over something that was sent may be dropped."""
        return self.cell.stage is Stage.DRAFT and self._strongest is not None and not self.is_locked

    @property
    def is_unstated(self) -> bool:
        """Nothing is entered and nothing that was sent counts either: a draft may be empty over what was approved."""
        return self.cell.is_empty and self._strongest is None

    @property
    def kept_words(self) -> str:
        """What stays when a refused attempt is dropped."""
        return in_words(self.part.measure, self.cell.typed) if self.cell.typed else "ô trống"

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
        """Under the value: what the typed fraction comes to. Who only reads sees the share itself, and beside a value
        that stands what was stated since."""
        if self.attempt or "/" not in self.cell.typed or self.cell.value is None:
            return ""
        percent = show_value(self.part.measure, self.cell.value)
        if not self.is_locked:
            return f"= {percent}"
        if percent == self.shown:
            return f"= {self.cell.typed}"
        return f"{'bản bị trả lại' if self.is_returned else 'bản đang xét'}: {percent}"

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
        """What is improbable about a value. Said, never in the way; a remark or a verification answers a jump.
        A denominator that differs is said as long as it does: base data may be corrected after the approval."""
        if self.attempt or self.cell.is_empty:
            return []
        found = []
        # Typed by hand for this very value: the denominator is part of it, so it is kept under the field.
        written = self._written_denominator
        if self.base is not None and other_denominator(written, self.base.value):
            found.append(
                f"Mẫu số {format_number(written)} khác số liệu nền {self.base.shown}. "
                "Kiểm tra lại mẫu số hoặc số liệu nền."
            )
        if not self.cell.remark and self.cell.stage in _UNCHECKED:
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
    def last_year_brief(self) -> str:
        return self._brief(self.last_year.shown) if self.last_year else ""

    def _brief(self, shown: str) -> str:
        """A long unit stands in the requirement already."""
        return shown if self.unit_label else shown.removesuffix(self.part.measure.unit).rstrip()

    @property
    def round_line(self) -> str:
        """The value of the last closed round, where it says something else than last year's."""
        earlier = self.last_round
        if earlier is None or (self.last_year is not None and self.last_year.shown == earlier.shown):
            return ""
        # The year is that of the sheet: "Quý III: 82,8 %".
        return f"{earlier.when.partition('/')[0]}: {self._brief(earlier.shown)}"

    @property
    def may_keep_last_year(self) -> bool:
        """Whether last year's value may become this year's draft. An exemption is stated anew, with its reason."""
        before = self.last_year
        return not self.is_locked and self.cell.is_empty and before is not None and before.value is not None

    @property
    def lacks_papers(self) -> bool:
        """Only where something was stated: an empty cell lacks its value first."""
        return self.papers is not None and not self.cell.is_empty and self.papers.is_lacking_at(self.cell.stage)

    @property
    def papers_title(self) -> str:
        missing = self.papers.missing if self.papers else ()
        return f"Còn thiếu: {', '.join(missing)}" if missing else "Minh chứng"

    @property
    def is_prefilled(self) -> bool:
        """A value that was filled in and taken back again leaves nothing to accept."""
        return self.cell.stage is Stage.PREFILLED and not self.cell.is_empty

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
        return self.part.bound.check_note

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
        is_taken_back = self.cell.stage is Stage.PREFILLED and self.cell.is_empty
        if self.is_locked and self.cell.stage is Stage.DRAFT and (basis := self._strongest):
            return STATE_MARKS[STAGE_OF[basis]]
        return ("", "", "") if is_taken_back else STATE_MARKS.get(self.cell.stage, ("", "", ""))

    @property
    def field_class(self) -> str:
        if self.is_locked:
            return "lock"
        if self.attempt:
            return "conflict" if self.attempt.theirs else "refused"
        return "ret" if self.is_returned else ""


# Before the lead department has looked: whoever types or verifies is told what is improbable.
_UNCHECKED = (Stage.PREFILLED, Stage.DRAFT, Stage.PROPOSED, Stage.SUBMITTED, Stage.RETURNED, Stage.WITHDRAWN)
