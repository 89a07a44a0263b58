"""The list of a desk: what of one year waits for this person, narrowed by the filters of the address, in its order.

Read by `communes.views.reviewing`. The filters are kept in the address, so that a decision leads to the next item of
the same list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from accounts.roles import Standing
from communes.forms import Decision
from communes.models import Statement, Unit
from communes.policies import plays
from communes.queries.entry import item_of, waiting, years_waiting
from communes.queries.judged import communes_of, measures_in, set_up_bench
from communes.queries.people import Leads, leads_of
from communes.queries.rounds import working_rules
from communes.rules.workflow import MOVES, ActKind, Actor, Stage
from communes.views.cards import Card, cards_of
from communes.views.opening import checked_year, open_district, standing_in, today_in
from criteria.queries import books_in_force

PER_PAGE = 40
FILTERS = ("xa", "phong", "tieu-chi", "giay", "cho", "doi", "gui-lai", "canh-bao")
LATE_AFTER = 14
WAITED = (7, 14, 30)


@dataclass(frozen=True)
class Choice:
    """One option of a filter, with how many items of the year it holds."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Select:
    """A filter as a field of the page."""

    name: str
    label: str
    every: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Problem:
    """Why a decision was not done, the field that it is about ("" for the whole), and what was typed."""

    sentence: str
    at: str = ""
    decision: Decision | None = None


@dataclass(frozen=True)
class Queue:
    """The cards of one year that wait for a person, as filtered by the address."""

    district: Unit
    year: int
    years: tuple[int, ...]
    every: tuple[Card, ...]
    chosen: Mapping[str, str]
    problems: Mapping[int, Problem] = field(default_factory=dict)

    @property
    def cards(self) -> list[Card]:
        return [self._marked(card) for card in self.every if _fits(card, self.chosen)]

    def _marked(self, card: Card) -> Card:
        one = self.problems.get(card.id)
        return replace(card, problem=one.sentence, at=one.at, decision=one.decision) if one else card

    def find(self, revision: int) -> Card | None:
        return next((self._marked(card) for card in self.every if card.id == revision), None)

    def neighbours(self, revision: int) -> tuple[int | None, int | None]:
        """The items before and after one, in the filtered list."""
        ids = [card.id for card in self.cards]
        if revision not in ids:
            return None, ids[0] if ids else None
        at = ids.index(revision)
        return ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None

    def page(self, number: str, opened: Card | None = None) -> Page:
        """The page of that number; without one, that of the opened item."""
        cards = self.cards
        if not number and opened is not None:
            at = next((at for at, card in enumerate(cards) if card.id == opened.id), 0)
            number = str(at // PER_PAGE + 1)
        return Paginator(cards, PER_PAGE).get_page(number or "1")

    def query(self, **changes: str) -> str:
        """The filters as a query string, with changes ("gui_lai" for gui-lai); "" leaves a filter out."""
        changed = {name.replace("_", "-"): value for name, value in changes.items()}
        kept = {"nam": str(self.year), **self.chosen, **changed}
        return urlencode({name: value for name, value in kept.items() if value})

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen)

    @property
    def chips(self) -> list[dict[str, object]]:
        """The frequent questions, each with its number; what there is none of is left out."""
        late = str(LATE_AFTER)
        asked: list[tuple[str, dict[str, str]]] = [
            (f"Chờ quá {late} ngày", {"cho": late}),
            ("Gửi lại sau khi trả", {"gui-lai": "1"}),
            ("Cần xem kỹ", {"canh-bao": "1"}),
            ("Chưa có giấy tờ", {"giay": "khong"}),
            ("Khác bản đã duyệt", {"doi": "1"}),
        ]
        chips = [self._chip("Tất cả", len(self.every), {}, current=not self.chosen)]
        for label, wanted in asked:
            count = sum(1 for card in self.every if _fits(card, wanted))
            if count:
                current = all(self.chosen.get(name) == value for name, value in wanted.items())
                chips.append(self._chip(label, count, wanted, current=current))
        return chips

    def _chip(self, label: str, count: int, wanted: Mapping[str, str], *, current: bool) -> dict[str, object]:
        query = urlencode({"nam": str(self.year), **wanted})
        return {"label": label, "count": count, "url": f"?{query}", "current": current, "icon": ""}

    @property
    def selects(self) -> list[Select]:
        cards = self.every
        units = Counter((card.unit.slug, _short_title(card.unit)) for card in cards)
        leads = Counter((card.item.lead.code, card.item.lead.name) for card in cards)
        criteria = Counter(served.criterion for card in cards for served in card.served if served.criterion)
        papers = Counter(("co", "có giấy tờ") if card.beside.papers else ("khong", "chưa có") for card in cards)
        waited = {(str(n), f"quá {n} ngày"): sum(card.days > n for card in cards) for n in WAITED}
        changed = {("1", "khác bản đã duyệt"): sum(card.is_changed for card in cards)}
        found = [
            self._select("xa", "Đơn vị", "mọi đơn vị", units),
            self._select("phong", "Cơ quan chủ trì", "mọi cơ quan", leads),
            self._select("tieu-chi", "Tiêu chí", "mọi tiêu chí", dict(sorted(criteria.items(), key=_by_number))),
            self._select("giay", "Minh chứng", "có và chưa có", papers),
            self._select("cho", "Đã chờ", "bao lâu cũng được", waited),
            self._select("doi", "So với đã duyệt", "giống và khác", changed),
        ]
        return [select for select in found if len(select.choices) > 1 or select.name in ("cho", "doi")]

    def _select(self, name: str, label: str, every: str, counts: Mapping[tuple[str, str], int]) -> Select:
        chosen = self.chosen.get(name, "")
        choices = tuple(
            Choice(value, f"{text} ({n})", value == chosen)
            for (value, text), n in counts.items()
            if n or value == chosen
        )
        return Select(name, label, every, choices)


def _by_number(entry: tuple[tuple[str, str], int]) -> tuple[str, int]:
    family, _, number = entry[0][0].partition(":")
    return family, int(number) if number.isdecimal() else 0


def _fits(card: Card, chosen: Mapping[str, str]) -> bool:
    return all(_TESTS[name](card, value) for name, value in chosen.items())


_TESTS = {
    "xa": lambda card, value: card.unit.slug == value,
    "phong": lambda card, value: card.item.lead.code == value,
    "tieu-chi": lambda card, value: any(s.criterion and s.criterion[0] == value for s in card.served),
    "giay": lambda card, value: bool(card.beside.papers) is (value == "co"),
    "cho": lambda card, value: not value.isdecimal() or card.days > int(value[:4]),
    "doi": lambda card, _: card.is_changed,
    "gui-lai": lambda card, _: card.is_resent,
    "canh-bao": lambda card, _: bool(card.warnings),
}


def _short_title(unit: Unit) -> str:
    """A commune by its bare name; the district with its kind, which may bear the name of one of its communes."""
    return unit.name if unit.is_commune else unit.title


def load_queue(request: HttpRequest, acts: tuple[ActKind, ...], *, revision: Statement | None = None) -> Queue:
    """What waits for this person before the first of `acts`: in the year of the address, or in that of `revision`."""
    today, standing = today_in(request), standing_in(request)
    move = MOVES[acts[0]]
    stage, actor = move.from_stages[0], move.by
    district = district_over(revision.assessment.unit) if revision else open_district(request)
    leads = leads_of(district, today)
    years = _years_of(standing, district, leads, stage, actor, today)
    year = revision.assessment.year if revision else _year(request, years, today)
    bench = set_up_bench(district, communes_of(district, today), year, today, bases=())
    rules = working_rules(district, year)
    items = waiting([district.code], stage, {district.code: leads}, measures_in(bench.books), year, rules)
    mine = [item for item in items if plays(standing, actor, item.item)]
    # The district first, then its communes in their order: one run of cards for each unit.
    mine.sort(key=lambda item: (item.unit.is_commune, item.unit.position, item.unit.code))
    cards = tuple(cards_of(mine, bench, standing, acts, today))
    return Queue(district, year, tuple(years), cards, _chosen_in(request))


def _chosen_in(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name][:80] for name in FILTERS if request.GET.get(name)}


def _years_of(
    standing: Standing, district: Unit, leads: Leads, stage: Stage, actor: Actor, today: date
) -> Iterable[int]:
    """Years in which something waits for this very person, newest first. Two queries."""
    books = list(books_in_force(today))
    found = set()
    for year, code, unit in years_waiting(district, stage):
        asked = any(book.period[0] <= year <= book.period[1] and code in book.measures for book in books)
        if asked and plays(standing, actor, item_of(unit, leads.of(code))):
            found.add(year)
    return sorted(found, reverse=True)


def district_over(unit: Unit) -> Unit:
    return unit.parent if unit.is_commune and unit.parent else unit


def _year(request: HttpRequest, years: Iterable[int], today: date) -> int:
    text = request.GET.get("nam", "")
    if not text:
        return next(iter(years), today.year)
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise BadRequest("Năm trong địa chỉ phải là bốn chữ số, ví dụ 2023.")
    return checked_year(int(text), today)
