"""The desk of those who decide about revisions: a queue by year, decisions bound to what was seen, refusals.

Verifying and approving differ in their acts and words only: `ReviewDesk` says how, `communes.views.queues` has both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.roles import Right, Role, Standing
from communes.actions.moving import Seen, move
from communes.actions.stating import Entry, Stale
from communes.forms import RETURN_REASONS, Decision, decision_in, number_in
from communes.models import Statement, Unit
from communes.policies import Item, Refused, plays
from communes.queries.entry import item_of, waiting, years_waiting
from communes.queries.judged import communes_of, measures_in, set_up_bench
from communes.queries.people import Leads, leads_of
from communes.rules.workflow import MOVES, ActKind, Actor, Stage, StatementKind
from communes.views.cards import Card, cards_of
from communes.views.cells import person_in
from communes.views.opening import checked_year, open_district, standing_in, today_in
from criteria.queries import books_in_force
from criteria.rules.values import ValueProblem

PER_PAGE = 40
LARGEST_ID = 2**63 - 1


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
        leads, names = Counter(card.item.lead.code for card in self.every), self.lead_names
        if len(leads) > 1:
            chips += [self._chip(names[code], n, phong=code) for code, n in leads.items()]
        if len(self.years) > 1:
            chips += [self._chip(f"Năm {year}", None, nam=str(year), xa="", phong="") for year in self.years]
        return chips

    @property
    def lead_names(self) -> dict[str, str]:
        return {card.item.lead.code: card.item.lead.name for card in self.every}

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
    leads = leads_of(district, today)
    years = _years_of(standing, district, leads, stage, actor, today)
    year = revision.assessment.year if revision else _year(request, years, today)
    bench = set_up_bench(district, communes_of(district, today), year, today, bases=())
    items = waiting([district.code], stage, {district.code: leads}, measures_in(bench.books), year)
    mine = [item for item in items if plays(standing, actor, item.item)]
    # The district first, then its communes in their order: one run of cards for each unit.
    mine.sort(key=lambda item: (item.unit.is_commune, item.unit.position, item.unit.code))
    chosen = {name: request.GET[name][:80] for name in ("xa", "phong") if request.GET.get(name)}
    return Queue(district, year, tuple(years), tuple(cards_of(mine, bench, standing, acts, today)), chosen)


def _years_of(standing: Standing, district: Unit, leads: Leads, stage: Stage, actor: Actor, today: date) -> list[int]:
    """Years in which something waits for this very person, newest first. Two queries."""
    books = list(books_in_force(today))
    found = set()
    for year, code, unit in years_waiting(district, stage):
        asked = any(book.period[0] <= year <= book.period[1] and code in book.measures for book in books)
        if asked and plays(standing, actor, item_of(unit, leads.of(code))):
            found.add(year)
    return sorted(found, reverse=True)


def _district_of(unit: Unit) -> Unit:
    return unit.parent if unit.is_commune and unit.parent else unit


def _year(request: HttpRequest, years: list[int], today: date) -> int:
    text = request.GET.get("nam", "")
    if not text:
        return years[0] if years else today.year
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise BadRequest("Năm trong địa chỉ phải là bốn chữ số, ví dụ 2023.")
    return checked_year(int(text), today)


@dataclass(frozen=True)
class Words:
    """What one desk says: on its page, and where something cannot be done."""

    name: str
    sub: str
    nothing: str
    nothing_why: str
    icon: str
    bulk: str
    bulk_hint: str
    page_only: str
    item_only: str
    gone: str
    stale: str
    choose: str


@dataclass(frozen=True)
class ReviewDesk:
    """One kind of reviewing. The first of `acts` is the main one, done to chosen cards together; `fields` names the
    acts in a form. `result_of`: what the decision states, None where it says nothing new. Where it `binds_result`, a
    decision names the result that was on the screen; else it may refuse indicators."""

    acts: tuple[ActKind, ...]
    fields: Mapping[str, ActKind]
    roles: tuple[Role, ...]
    queue_url: str
    card: str
    words: Words
    binds_result: bool
    result_of: Callable[[Card, Decision], Entry | None]

    @property
    def main(self) -> ActKind:
        return self.acts[0]

    # ---------- the page ----------

    def queue(self, request: HttpRequest) -> HttpResponse:
        if not standing_in(request).has(*self.roles):
            raise PermissionDenied(self.words.page_only)
        if request.method == "POST":
            return self._chosen(request)
        return self._page(request, load_queue(request, self.acts))

    def _page(self, request: HttpRequest, queue: Queue, status: int = 200, notice: str = "") -> HttpResponse:
        count, words = len(queue.every), self.words
        context = {
            "queue": queue,
            "page": queue.page(request.GET.get("trang", "1")),
            "title": f"{words.name}: {count} mục chờ năm {queue.year}" if count else f"{words.name}: {IDLE}",
            "reasons": RETURN_REASONS,
            "notice": notice,
            "count": count,
            "query": queue.query(),
            "words": words,
            "card_template": self.card,
            "queue_url": reverse(self.queue_url),
        }
        return render(request, "communes/queue.html", context, status=status)

    def _back(self, queue: Queue) -> HttpResponse:
        return redirect(f"{reverse(self.queue_url)}?{queue.query()}")

    # ---------- deciding ----------

    def _chosen(self, request: HttpRequest) -> HttpResponse:
        """Do the main act to the chosen cards as they are; one that cannot be does not hold up the others."""
        queue = load_queue(request, self.acts)
        chosen = [self._named(text) for text in request.POST.getlist("chon")]
        problems: dict[int, str] = {}
        with transaction.atomic():
            for pk, result in chosen:
                card = queue.find(pk)
                problem = self.words.gone
                if card:
                    as_stated = Decision("", card.stored, "", "", {}, result)
                    problem = self._do(request, card, self.main, as_stated)
                if problem:
                    problems[pk] = problem
        _tell(request, self.main.label, len(chosen) - len(problems), problems)
        return self._back(queue)

    def _named(self, text: str) -> tuple[int, int | None]:
        """A chosen card: "revision", or "revision:result" where the result is bound."""
        if not self.binds_result:
            return number_in(text), None
        revision, _, result = text.partition(":")
        return number_in(revision), number_in(result)

    def decide(self, request: HttpRequest, revision: int) -> HttpResponse:
        row = open_revision(request, revision)
        queue = load_queue(request, self.acts, revision=row)
        card = queue.find(revision)
        if card is None:
            return self._too_late(request, queue, row)
        try:
            decision = decision_in(request.POST, () if self.binds_result else tuple(s.key for s in card.served))
        except ValueProblem as unread:
            return self._again(request, queue, card, str(unread), _typed(request))
        act = self.fields.get(decision.act)
        if act is None or (self.binds_result and decision.result is None):
            raise BadRequest(self.words.choose)
        if problem := self._do(request, card, act, decision):
            return self._again(request, queue, card, problem, decision)
        messages.success(request, f"Đã {act.label} {card.code} của {card.unit.full_name}.")
        return self._back(queue)

    def _too_late(self, request: HttpRequest, queue: Queue, row: Statement) -> HttpResponse:
        """The revision no longer waits here: moved on since the person looked, or never theirs."""
        if not plays(standing_in(request), MOVES[self.main].by, _item_in_question(request, row)):
            raise PermissionDenied(self.words.item_only)
        return self._page(request, queue, 409, moved_on(row))

    def _again(self, request: HttpRequest, queue: Queue, card: Card, problem: str, decision: Decision) -> HttpResponse:
        refused = replace(queue, problems={card.id: (problem, decision)})
        status = 409 if problem == self.words.stale else 403 if problem in card.why_not.values() else 422
        return self._page(request, refused, status)

    def _do(self, request: HttpRequest, card: Card, act: ActKind, decision: Decision) -> str:
        """Do the act; the sentence why not, "" where it was done."""
        try:
            result = self.result_of(card, decision) if act is self.main else None
            move(
                act=act, by=person_in(request), standing=standing_in(request), item=card.item.item,
                seen=Seen(card.id, decision.result), on=today_in(request), reason=decision.reason, result=result,
                refused=decision.refused or None,
            )  # fmt: skip
        except (ValueProblem, Refused) as problem:
            return str(problem)
        except Stale:
            return self.words.stale
        return ""


IDLE = "không còn mục nào chờ"


def _typed(request: HttpRequest) -> Decision:
    """What was typed into a decision that could not be read."""
    posted = request.POST
    return Decision("", posted.get("gia-tri", "")[:80], posted.get("ghi-chu", "")[:2000], "", {}, None)


def _tell(request: HttpRequest, done: str, count: int, problems: Mapping[int, str]) -> None:
    if count:
        messages.success(request, f"Đã {done} {count} mục.")
    if problems:
        sentences = " ".join(dict.fromkeys(problems.values()))
        messages.error(request, f"{len(problems)} mục chưa làm được. {sentences}")
    if not count and not problems:
        messages.info(request, "Chưa chọn mục nào.")


def _item_in_question(request: HttpRequest, row: Statement) -> Item:
    """What policies need to know of a revision that is in no queue any more."""
    unit = row.assessment.unit
    return item_of(unit, leads_of(_district_of(unit), today_in(request)).of(row.assessment.measure.code), row)


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
