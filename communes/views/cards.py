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
from criteria.rules.facts import Fact
from criteria.rules.judging import Conclusion, judge_part
from criteria.rules.numbers import format_number
from criteria.rules.rulebook import Part, Rulebook
from criteria.rules.thresholds import Bound
from criteria.rules.values import NO, YES, decode_value, show_bound, show_value
from criteria.rules.vocabulary import Basis, CheckState, ExemptionKind, Kind, Level


@dataclass(frozen=True)
class Served:
    """One indicator (or condition) that the measure counts for, with the verdict of the value and of the result."""

    family: str
    item: str
    label: str
    name: str
    requirement: str
    is_unchecked: bool
    stated: Conclusion
    result: Conclusion | None
    refusal: str
    set_name: str = ""
    is_indicator: bool = True

    @property
    def criterion(self) -> tuple[str, str] | None:
        """Key ("family:15") and name of its criterion; None for a condition."""
        if not self.is_indicator:
            return None
        number = self.item.partition(".")[0]
        return f"{self.family}:{number}", f"Tiêu chí {number} – {self.set_name}"

    @property
    def key(self) -> str:
        """How a refusal of it is named in fields and results."""
        return f"{self.family}:{self.item}"


@dataclass(frozen=True)
class Earlier:
    """A value that stood before, with what the new one differs by ("tăng 2,8 %"; "" where they are the same)."""

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
    """One waiting revision. `problem` and `decision` are those of a refused attempt, so that nothing typed is lost."""

    item: QueueItem
    served: tuple[Served, ...]
    since: date | None
    days: int
    beside: Beside
    why_not: Mapping[str, str]
    problem: str = ""
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
    def jumps(self) -> list[str]:
        """What is improbable about the stated value beside last year's and the last approved one."""
        found = []
        for when, statement in (("năm trước", self.beside.last_year), ("số đã duyệt", self.beside.approved)):
            if statement is not None and not found:
                kind = self.item.measure.kind
                before, now = decode_value(kind, statement.value), decode_value(kind, self.item.revision.value)
                found += [f"{said} so với {when}." for said in [jump(self.item.measure, before, now)] if said]
        return found

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
    def own_reason(self) -> str:
        """The reason of a refused attempt, where it is no canned one."""
        return "" if self.reason in RETURN_REASONS else self.reason

    @property
    def returns(self) -> list[tuple[str, str]]:
        """Where it may be returned to: value and words of each button."""
        to_unit = "Trả lại xã" if self.unit.is_commune else "Trả lại nơi nhập"
        if self.item.result is None or ActKind.VERIFY.value in self.why_not:
            return [("tra-lai", to_unit)]
        return [("tra-co-quan", "Trả lại cơ quan thẩm tra"), ("tra-don-vi", to_unit)]

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        measure = self.item.measure
        found = [(grade, grade) for grade in measure.scale]
        if measure.kind is Kind.BOOLEAN:
            found = [(YES, measure.yes_label), (NO, measure.no_label)]
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


def _short(amount: Decimal) -> Decimal:
    """A fraction's quotient has four places; a difference is read with two, unless nothing is left of it."""
    return round(amount, 2) or amount


def _difference(item: QueueItem, before: Statement) -> str:
    """By how much the newest value of a card differs from one before: the result, where there is one."""
    newest = item.result or item.revision
    if shown_statement(item, newest) == shown_statement(item, before):
        return ""
    kind = item.measure.kind
    new, old = decode_value(kind, newest.value), decode_value(kind, before.value)
    if isinstance(new, Decimal) and isinstance(old, Decimal):
        unit = f" {item.measure.unit}" if 0 < len(item.measure.unit) <= 4 else ""
        return f"{'tăng' if new > old else 'giảm'} {format_number(_short(abs(new - old)))}{unit}"
    return "khác"


def cards_of(
    items: Sequence[QueueItem], bench: Bench, standing: Standing, acts: tuple[ActKind, ...], today: date
) -> list[Card]:
    """Cards of what some set in force asks for. Six queries."""
    found = beside(items, bench.year, today)
    index = _index(bench)
    cards = []
    for item in items:
        served = _served(item, bench, index)
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


Index = dict[str, list[tuple[Rulebook, str, Part]]]


def _index(bench: Bench) -> Index:
    found: Index = {}
    for book in bench.books:
        for item, part in book.parts:
            found.setdefault(part.measure.code, []).append((book, item, part))
    return found


def _served(item: QueueItem, bench: Bench, index: Index) -> tuple[Served, ...]:
    found = []
    for book, code, part in index.get(item.measure.code, []):
        if book.level is not Level(item.unit.level):
            continue
        bound = bench.bounds(item.unit, book.family).get((code, part.code))
        if bound is not None:
            found.append(_one_served(item, book, code, part, bound))
    return tuple(found)


def _one_served(item: QueueItem, book: Rulebook, code: str, part: Part, bound: Bound) -> Served:
    indicator = book.indicators.get(code)
    label = f"{code}{part.code}" if indicator else "điều kiện"
    name = indicator.name if indicator else next(c.text for c in book.conditions if c.code == code)
    result = item.result
    refused = (result.refused or {}).get(f"{book.family}:{code}", "") if result else ""
    requirement = show_bound(part.measure, bound.op, bound.value)
    return Served(
        book.family, code, f"{label} {book.short_name}", part.name or name, requirement,
        bound.check is not CheckState.CHECKED, _judged(item, bound, item.revision),
        _judged(item, bound, result) if result else None, refused, book.short_name, indicator is not None,
    )  # fmt: skip


def _judged(item: QueueItem, bound: Bound, statement: Statement) -> Conclusion:
    value = decode_value(item.measure.kind, statement.value)
    return judge_part(bound, Fact(value, ExemptionKind(statement.exemption)))
