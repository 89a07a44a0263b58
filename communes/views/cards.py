"""A revision that waits for somebody, as a card: value, result, requirement and verdict for every set it counts for,
with what stands beside it (`queries.reviewing`): what was approved, last year's, what was asked, how many papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.roles import Standing
from communes.forms import RETURN_REASONS, Decision
from communes.models import Act, Statement, Unit
from communes.policies import why_not_do
from communes.queries.desks import signed
from communes.queries.entry import QueueItem, is_choice, typed_text
from communes.queries.judged import Bench
from communes.queries.reviewing import Beside, beside
from communes.rules.jumps import jump
from communes.rules.workflow import ActKind
from communes.views.fields import options_of
from communes.views.served import Served, index_of, served_by
from criteria.rules.numbers import NBSP, format_number
from criteria.rules.rulebook import Measure
from criteria.rules.values import decode_value, show_value
from criteria.rules.vocabulary import Basis, ExemptionKind, Kind


@dataclass(frozen=True)
class Earlier:
    """A value that stood before, with what the new one differs by ("tăng 2,8 điểm phần trăm"; "" where they are the
    same)."""

    label: str
    shown: str
    difference: str
    basis: str


@dataclass(frozen=True)
class Asked:
    """What was asked when the figure came back to its unit, and what the unit changed since."""

    by: str
    on: date
    reason: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """One waiting revision. `problem`, the field it is about (`at`: "ly-do", "gia-tri", "khong", "" for the whole) and
    `decision` are those of a refused attempt, so that nothing typed is lost."""

    item: QueueItem
    served: tuple[Served, ...]
    since: date | None
    days: int
    beside: Beside
    why_not: Mapping[str, str]
    problem: str = ""
    at: str = ""
    decision: Decision | None = None

    @property
    def id(self) -> int:
        return self.item.revision.pk

    @property
    def result_id(self) -> str:
        return str(self.item.result.pk) if self.item.result else ""

    @property
    def seen(self) -> str:
        """What choosing it together with others binds to: revision, result and papers."""
        return f"{self.id}:{self.result_id}:{self.beside.mark}"

    @property
    def typed_by(self) -> str:
        revision = self.item.revision
        return signed(revision.by.full_name, self.beside.desks.get(revision.by_id, ""))

    @property
    def verified_by(self) -> str:
        result = self.item.result
        return signed(result.by.full_name, self.beside.desks.get(result.by_id, "")) if result else ""

    @property
    def returned(self) -> str:
        """What the office asked of the lead department, by whom and when."""
        return self._said(self.beside.to_lead) if self.beside.to_lead else ""

    def _said(self, act: Act) -> str:
        name = signed(act.by.full_name, self.beside.desks.get(act.by_id, ""))
        return f"{name}, {act.on:%d/%m/%Y}: {act.reason}"

    @property
    def is_resent(self) -> bool:
        return self.beside.asked is not None

    @property
    def asked(self) -> Asked | None:
        act = self.beside.asked
        if act is None:
            return None
        name = signed(act.by.full_name, self.beside.desks.get(act.by_id, ""))
        return Asked(name, act.on, act.reason, tuple(self._changes(act)))

    def _changes(self, act: Act) -> list[str]:
        before, now = act.revision, self.item.revision
        added, removed = self.beside.papers_since_asked
        old, new = shown_statement(self.item, before), self.stated
        found = []
        if (old, _fraction(before)) != (new, self.stated_detail):
            found.append(f"số liệu {old} thành {new}" if old != new else f"cách tính {self.stated_detail}")
        if before.pk != now.pk and before.remark != now.remark:
            found.append("ghi chú")
        found += [f"thêm {added} giấy tờ"] if added else []
        found += [f"gỡ {removed} giấy tờ"] if removed else []
        return found

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than what was last approved (or nothing was)."""
        approved = self.beside.approved
        return approved is None or shown_statement(self.item, approved) != self.stated

    @property
    def earlier(self) -> list[Earlier]:
        """The last approved value and last year's, each with the difference."""
        found = []
        if self.beside.approved is not None:
            found.append(self._earlier("Đã duyệt gần nhất", self.beside.approved, "b3"))
        if self.beside.last_year is not None and self.beside.last_year_basis is not None:
            form = "b3" if self.beside.last_year_basis is Basis.APPROVED else "b2"
            found.append(self._earlier(f"Năm {self.item.year - 1}", self.beside.last_year, form))
        return found

    @property
    def newest(self) -> Statement:
        """What is decided about: the result of the verification where there is one."""
        return self.item.result or self.item.revision

    @property
    def warnings(self) -> list[str]:
        """What is improbable about the newest figure: another denominator than the base data, a jump beside last
        year's or the last approved one. The unit was told the same while it typed."""
        base = self.beside.base
        said = [base.differs_from(self.newest.denominator) if base else "", self._jump()]
        return [sentence for sentence in said if sentence]

    def _jump(self) -> str:
        measure = self.item.measure
        now = decode_value(measure.kind, self.newest.value)
        for when, statement in (("năm trước", self.beside.last_year), ("số đã duyệt", self.beside.approved)):
            before = decode_value(measure.kind, statement.value) if statement is not None else None
            if said := jump(measure, before, now, self.served[0].wanted if self.served else None):
                return f"{said} so với {when}."
        return ""

    def _earlier(self, label: str, statement: Statement, form: str) -> Earlier:
        return Earlier(label, shown_statement(self.item, statement), _difference(self.item, statement), form)

    @property
    def code(self) -> str:
        return self.served[0].label if self.served else ""

    @property
    def name(self) -> str:
        return self.served[0].name if self.served else self.item.measure.name

    @property
    def unit(self) -> Unit:
        return self.item.unit

    @property
    def is_choice(self) -> bool:
        return is_choice(self.item.measure)

    @property
    def stated(self) -> str:
        return shown_statement(self.item, self.item.revision)

    @property
    def stated_detail(self) -> str:
        return _fraction(self.item.revision)

    @property
    def result(self) -> str:
        return shown_statement(self.item, self.item.result) if self.item.result else ""

    @property
    def result_detail(self) -> str:
        return _fraction(self.item.result) if self.item.result else ""

    @property
    def differs(self) -> bool:
        """Whether the verifier found something else than was stated, or refused an indicator."""
        result = self.item.result
        return result is not None and (self.result != self.stated or bool(result.refused))

    @property
    def stored(self) -> str:
        return typed_text(self.item.measure, self.item.revision)

    @property
    def value(self) -> str:
        return self.decision.value if self.decision else self.stored

    @property
    def remark(self) -> str:
        return self.decision.remark if self.decision else ""

    @property
    def reason(self) -> str:
        return self.decision.reason if self.decision else ""

    @property
    def mend_field(self) -> str:
        return f"han-sua-{self.id}"

    @property
    def mend_wrong(self) -> str:
        """Id of the message about a day that could not be taken, "" without one."""
        return f"loi-{self.id}" if self.at == "han-sua" else ""

    @property
    def mend_by(self) -> str:
        """The day typed beside a refused return."""
        return self.decision.mend_by if self.decision else ""

    @property
    def own_reason(self) -> str:
        """The reason of a refused attempt, where it is no canned one."""
        return "" if self.reason in RETURN_REASONS else self.reason

    @property
    def refusals(self) -> list[tuple[Served, bool, str, bool]]:
        """The indicators that may be refused: whether a refused attempt ticked it, the reason it gave, and whether it
        is the first that was ticked without one."""
        typed = self.decision.refused if self.decision else {}
        bare = next((served.key for served in self.served if typed.get(served.key) == ""), None)
        return [(one, one.key in typed, typed.get(one.key, ""), one.key == bare) for one in self.served]

    @property
    def returns(self) -> list[tuple[str, str]]:
        """Where it may be returned to: value and words of each button."""
        to_unit = "Trả lại xã" if self.unit.is_commune else "Trả lại nơi nhập"
        if self.item.result is None or ActKind.VERIFY.value in self.why_not:
            return [("tra-lai", to_unit)]
        return [("tra-co-quan", "Trả lại cơ quan thẩm tra"), ("tra-don-vi", to_unit)]

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        found = options_of(self.item.measure)
        if not self.stored:
            found = [("", "như đã báo cáo"), *found]
        return [(value, label, value == self.value) for value, label in found]

    @property
    def may(self) -> str:
        """The sentence that disables the main act, "" where it may be done."""
        return next(iter(self.why_not.values()), "")

    @property
    def unit_label(self) -> str:
        return self.item.measure.unit


def shown_statement(item: QueueItem, statement: Statement) -> str:
    if statement.exemption:
        return ExemptionKind(statement.exemption).label
    return show_value(item.measure, decode_value(item.measure.kind, statement.value))


def _fraction(statement: Statement) -> str:
    if statement.exemption:
        return statement.exemption_reason + (f" ({statement.document})" if statement.document else "")
    if statement.numerator is None or statement.denominator is None:
        return ""
    return f"{statement.numerator.normalize():f}/{statement.denominator.normalize():f}".replace(".", ",")


def _amount(measure: Measure, amount: Decimal) -> str:
    """Percentages differ by points; a fraction's quotient has four places and is read with two, unless nothing is
    left of it. A long unit stands in the requirement already."""
    if measure.kind is Kind.PERCENT:
        return f"{format_number(round(amount, 2) or amount)} điểm phần trăm"
    unit = f"{NBSP}{measure.unit}" if 0 < len(measure.unit) <= 4 else ""
    return f"{format_number(amount)}{unit}"


def _difference(item: QueueItem, before: Statement) -> str:
    """By how much the newest value of a card differs from one before: the result, where there is one."""
    newest = item.result or item.revision
    if shown_statement(item, newest) == shown_statement(item, before):
        return ""
    kind = item.measure.kind
    new, old = decode_value(kind, newest.value), decode_value(kind, before.value)
    if isinstance(new, Decimal) and isinstance(old, Decimal):
        return f"{'tăng' if new > old else 'giảm'} {_amount(item.measure, abs(new - old))}"
    return "khác"


def cards_of(
    items: Sequence[QueueItem], bench: Bench, standing: Standing, acts: tuple[ActKind, ...], today: date
) -> list[Card]:
    """Cards of what some set in force asks for. Eight queries."""
    found = beside(items, bench.year, today)
    index = index_of(bench)
    cards = []
    for item in items:
        served = served_by(item, bench, index)
        if served:
            cards.append(_card(item, served, found[item.revision.pk], standing, acts, today))
    return cards


def _card(
    item: QueueItem, served: tuple[Served, ...], around: Beside, standing: Standing, acts: tuple[ActKind, ...],
    today: date,
) -> Card:  # fmt: skip
    day = around.since.on if around.since else item.revision.on
    reasons = {kind.value: why_not_do(kind, standing, item.item) or "" for kind in acts}
    return Card(item, served, day, (today - day).days, around, reasons)
