"""What the two queues share: revisions that wait for a person, as cards with value, requirement and verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest

from accounts.roles import Right, Standing
from communes.forms import Decision
from communes.models import Act, Statement, Unit
from communes.policies import plays, why_not_do
from communes.queries.entry import QueueItem, is_choice, last_acts, typed_text, waiting, years_waiting
from communes.queries.judged import Bench, communes_of, measures_in, set_up_bench
from communes.queries.people import leads_of
from communes.rules.workflow import MOVES, ActKind, Stage, StatementKind
from communes.views.opening import checked_year, open_district, standing_in, today_in
from criteria.rules.facts import Fact
from criteria.rules.judging import Conclusion, judge_part
from criteria.rules.rulebook import Part, Rulebook
from criteria.rules.thresholds import Bound
from criteria.rules.values import NO, YES, decode_value, show_bound, show_value
from criteria.rules.vocabulary import CheckState, ExemptionKind, Kind, Level

PER_PAGE = 40
LARGEST_ID = 2**63 - 1


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

    @property
    def key(self) -> str:
        """How a refusal of it is named in fields and results."""
        return f"{self.family}:{self.item}"


@dataclass(frozen=True)
class Card:
    """One waiting revision. `problem` and `decision` are those of a refused attempt, so that nothing typed is lost."""

    item: QueueItem
    served: tuple[Served, ...]
    since: date | None
    days: int
    returned: str
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


@dataclass(frozen=True)
class Queue:
    """The cards of one year that wait for a person, as filtered by the address."""

    district: Unit
    year: int
    years: tuple[int, ...]
    every: tuple[Card, ...]
    chosen: Mapping[str, str]
    problems: Mapping[int, tuple[str, Decision | None]] = field(default_factory=dict)

    @property
    def cards(self) -> list[Card]:
        unit, lead = self.chosen.get("xa", ""), self.chosen.get("phong", "")
        found = [
            card
            for card in self.every
            if (not unit or card.unit.slug == unit) and (not lead or card.item.lead.code == lead)
        ]
        return [self._marked(card) for card in found]

    def _marked(self, card: Card) -> Card:
        problem, decision = self.problems.get(card.id, ("", None))
        return replace(card, problem=problem, decision=decision) if problem else card

    @property
    def verify_title(self) -> str:
        return f"Thẩm tra: {len(self.every)} mục chờ năm {self.year}"

    @property
    def approve_title(self) -> str:
        return f"Duyệt: {len(self.every)} mục chờ năm {self.year}"

    def find(self, revision: int) -> Card | None:
        return next((card for card in self.every if card.id == revision), None)

    def page(self, number: str) -> Page:
        return Paginator(self.cards, PER_PAGE).get_page(number)

    def query(self, **changes: str) -> str:
        """The filters as a query string, with changes; "" leaves a filter out."""
        kept = {"nam": str(self.year), **self.chosen, **changes}
        return urlencode({name: value for name, value in kept.items() if value})

    @property
    def chips(self) -> list[dict[str, object]]:
        """One for everything, one for each unit, one for each lead where there are several, one for each year."""
        chips = [self._chip("Tất cả", len(self.every), xa="", phong="")]
        units = Counter((card.unit.slug, _short_title(card.unit)) for card in self.every)
        chips += [self._chip(name, n, xa=slug) for (slug, name), n in units.items()]
        leads = Counter((card.item.lead.code, card.item.lead.name) for card in self.every)
        if len(leads) > 1:
            chips += [self._chip(name, n, phong=code) for (code, name), n in leads.items()]
        if len(self.years) > 1:
            chips += [self._chip(f"Năm {year}", None, nam=str(year), xa="", phong="") for year in self.years]
        return chips

    def _chip(self, label: str, count: int | None, **changes: str) -> dict[str, object]:
        now = {"nam": str(self.year), "xa": "", "phong": "", **self.chosen}
        current = all(now[name] == value for name, value in changes.items())
        return {"label": label, "count": count, "url": f"?{self.query(**changes)}", "current": current, "icon": ""}


def _short_title(unit: Unit) -> str:
    """A commune by its bare name; the district with its kind, which may bear the name of one of its communes."""
    return unit.name if unit.is_commune else unit.title


def load_queue(request: HttpRequest, acts: tuple[ActKind, ...], *, revision: Statement | None = None) -> Queue:
    """What waits for this person before the first of `acts`: in the year of the address, or in that of `revision`."""
    today, standing = today_in(request), standing_in(request)
    move = MOVES[acts[0]]
    stage, actor = move.from_stages[0], move.by
    district = _district_of(revision.assessment.unit) if revision else open_district(request)
    years = years_waiting(district, stage)
    year = revision.assessment.year if revision else _year(request, years, today)
    bench = set_up_bench(district, communes_of(district, today), year, today, bases=())
    items = waiting([district.code], stage, {district.code: leads_of(district, today)}, measures_in(bench.books))
    mine = [item for item in items if item.year == year and plays(standing, actor, item.item)]
    # The district first, then its communes in their order: one run of cards for each unit.
    mine.sort(key=lambda item: (item.unit.is_commune, item.unit.position, item.unit.code))
    chosen = {name: request.GET[name][:80] for name in ("xa", "phong") if request.GET.get(name)}
    return Queue(district, year, tuple(years), tuple(_cards(mine, bench, standing, acts, today)), chosen)


def _district_of(unit: Unit) -> Unit:
    return unit.parent if unit.is_commune and unit.parent else unit


def _year(request: HttpRequest, years: list[int], today: date) -> int:
    text = request.GET.get("nam", "")
    if not text:
        return years[0] if years else today.year
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise BadRequest("Năm trong địa chỉ phải là bốn chữ số, ví dụ 2023.")
    return checked_year(int(text), today)


def _cards(
    items: list[QueueItem], bench: Bench, standing: Standing, acts: tuple[ActKind, ...], today: date
) -> list[Card]:
    ids = [item.revision.pk for item in items]
    since = last_acts(ids, (ActKind.SUBMIT, ActKind.VERIFY))
    returned = last_acts(ids, (ActKind.RETURN_TO_LEAD,))
    index = _index(bench)
    cards = []
    for item in items:
        served = _served(item, bench, index)
        if served:
            cards.append(_card(item, served, since, returned, standing, acts, today))
    return cards


def _card(
    item: QueueItem, served: tuple[Served, ...], since: Mapping[int, Act], returned: Mapping[int, Act],
    standing: Standing, acts: tuple[ActKind, ...], today: date,
) -> Card:  # fmt: skip
    act, back = since.get(item.revision.pk), returned.get(item.revision.pk)
    day = act.on if act else item.revision.on
    reasons = {kind.value: why_not_do(kind, standing, item.item) or "" for kind in acts}
    said = f"{back.by.full_name}, {back.on:%d/%m/%Y}: {back.reason}" if back else ""
    return Card(item, served, day, (today - day).days, said, reasons)


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
        _judged(item, bound, result) if result else None, refused,
    )  # fmt: skip


def _judged(item: QueueItem, bound: Bound, statement: Statement) -> Conclusion:
    value = decode_value(item.measure.kind, statement.value)
    return judge_part(bound, Fact(value, ExemptionKind(statement.exemption)))


def open_revision(request: HttpRequest, pk: int) -> Statement:
    """A revision in a district whose working papers this person sees; anything else is not found."""
    if not 0 < pk <= LARGEST_ID:
        raise Http404
    rows = Statement.objects.filter(kind=StatementKind.REVISION.value)
    row = rows.select_related("assessment__unit__parent", "assessment__measure", "by").filter(pk=pk).first()
    if row is None or not standing_in(request).can_in(Right.SEE_ALL_BASES, row.assessment.unit.district_code):
        raise Http404
    return row


def moved_on(revision: Statement) -> str:
    """Why a decision comes too late: what has become of the revision since the person looked."""
    stage = Stage(revision.stage)
    if stage is Stage.REPLACED:
        return "Đơn vị đã gửi bản mới thay bản anh/chị đang xem. Xem số liệu mới rồi quyết định lại."
    return f"Mục này vừa chuyển sang bước “{stage.label}”. Quyết định vừa rồi chưa được ghi."


