"""The desk of those who decide about revisions, in three panes: list, papers, decision; then the next item by itself.

Verifying and approving differ in their acts and words only: `ReviewDesk` says how, `communes.views.queues` has both.
A decision binds to what was on the screen: the revision, its result where it has one, and the papers beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.roles import Right, Role
from communes.actions.moving import DayGone, NoReason, Seen, StaleEvidence, hold, move
from communes.actions.stating import Entry, Stale
from communes.forms import RETURN_REASONS, Decision, decision_in, number_in
from communes.models import Statement
from communes.policies import Item, Refused, may_see_drafts, plays
from communes.queries.entry import item_of
from communes.queries.evidence import revision_was_sent
from communes.queries.people import leads_of
from communes.queries.reviewing import paper_changes
from communes.rules.workflow import MOVES, UNSENT, ActKind, Stage, StatementKind
from communes.views.cards import Card
from communes.views.cells import person_in
from communes.views.opened import around
from communes.views.opening import standing_in, today_in
from communes.views.waiting import Problem, Queue, district_over, load_queue
from criteria.rules.days import DayProblem, parse_day
from criteria.rules.values import ValueProblem

LARGEST_ID = 2**63 - 1


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
        # Taken before the page prints them: only the three panes are swapped in.
        said = [str(one) for one in messages.get_messages(request)] if request.headers.get("HX-Request") else []
        queue, notice = load_queue(request, self.acts), ""
        wanted = number_in(request.GET["muc"]) if request.GET.get("muc") else None
        if wanted is not None and queue.find(wanted) is None:
            wanted, notice = None, self.words.gone
        answer = self._page(request, queue, notice=notice, opened=wanted)
        return _swapped(request, answer, said)

    def _page(
        self, request: HttpRequest, queue: Queue, status: int = 200, notice: str = "", opened: int | None = None
    ) -> HttpResponse:
        """The three panes. Without a chosen item the first one is open, and a phone shows the list."""
        card = queue.find(opened) if opened is not None else next(iter(queue.cards), None)
        previous, following = queue.neighbours(card.id) if card else (None, None)
        count, words = len(queue.every), self.words
        context = {
            "queue": queue,
            "page": queue.page(request.GET.get("trang", ""), card),
            "card": card,
            "is_chosen": opened is not None,
            "previous": previous,
            "following": following,
            "around": around(request, card) if card else None,
            "title": _title(words.name, count, queue),
            "reasons": RETURN_REASONS,
            "notice": notice,
            "count": count,
            "query": queue.query(),
            "words": words,
            "decision_template": self.card,
            "queue_url": reverse(self.queue_url),
        }
        return render(request, "communes/queue.html", context, status=status)

    def _back(self, queue: Queue, opened: int | None = None) -> HttpResponse:
        query = queue.query(muc=str(opened or ""))
        return redirect(f"{reverse(self.queue_url)}?{query}")

    # ---------- deciding ----------

    def _chosen(self, request: HttpRequest) -> HttpResponse:
        """Do the main act to the chosen cards as they are; one that cannot be does not hold up the others."""
        queue = load_queue(request, self.acts)
        chosen = [self._named(text) for text in request.POST.getlist("chon")]
        problems: dict[int, str] = {}
        with transaction.atomic():
            hold(pk for pk, _, _ in chosen)
            for pk, result, mark in chosen:
                card = queue.find(pk)
                problem = self.words.gone
                if card:
                    as_stated = Decision("", card.stored, "", "", {}, result, mark)
                    problem = self._do(request, card, self.main, as_stated).sentence
                if problem:
                    problems[pk] = problem
        _tell(request, self.main.label, len(chosen) - len(problems), problems)
        return self._back(queue)

    def _named(self, text: str) -> tuple[int, int | None, str]:
        """A chosen card: "revision:result:mark of its papers"; the result is bound where there is one to approve."""
        revision, _, rest = text.partition(":")
        result, _, mark = rest.partition(":")
        named = number_in(result) if result or self.binds_result else None
        return number_in(revision), named if self.binds_result else None, mark

    def decide(self, request: HttpRequest, revision: int) -> HttpResponse:
        row = open_revision(request, revision)
        queue = load_queue(request, self.acts, revision=row)
        card = queue.find(revision)
        if card is None:
            return self._too_late(request, queue, row)
        try:
            decision = decision_in(request.POST, () if self.binds_result else tuple(s.key for s in card.served))
        except ValueProblem as unread:
            typed = _typed(request, card)
            at = "" if all(typed.refused.values()) else "khong"
            return self._again(request, queue, card, Problem(str(unread), at, typed))
        act = self.fields.get(decision.act)
        if act is None or decision.evidence is None or (self.binds_result and decision.result is None):
            raise BadRequest(self.words.choose)
        problem = self._do(request, card, act, decision)
        if problem.sentence:
            return self._again(request, queue, card, problem)
        messages.success(request, _done(card, act))
        previous, following = queue.neighbours(revision)
        return self._back(queue, following or previous)

    def _too_late(self, request: HttpRequest, queue: Queue, row: Statement) -> HttpResponse:
        """The revision no longer waits here: moved on since the person looked, or never theirs."""
        if not plays(standing_in(request), MOVES[self.main].by, _item_in_question(request, row)):
            raise PermissionDenied(self.words.item_only)
        return self._page(request, queue, 409, moved_on(row))

    def _again(self, request: HttpRequest, queue: Queue, card: Card, problem: Problem) -> HttpResponse:
        refused, sentence = replace(queue, problems={card.id: problem}), problem.sentence
        is_stale = sentence == self.words.stale or sentence.startswith(PAPERS_CHANGED)
        status = 409 if is_stale else 403 if sentence in card.why_not.values() else 422
        return self._page(request, refused, status, opened=card.id)

    def _do(self, request: HttpRequest, card: Card, act: ActKind, decision: Decision) -> Problem:
        """Do the act; the sentence why not, "" where it was done."""
        try:
            result = self.result_of(card, decision) if act is self.main else None
            move(
                act=act, by=person_in(request), standing=standing_in(request), item=card.item.item,
                seen=Seen(card.id, decision.result, decision.evidence), on=today_in(request), reason=decision.reason,
                mend_by=_mend_by(act, decision), result=result, refused=decision.refused or None,
            )  # fmt: skip
        except ValueProblem as problem:
            return Problem(str(problem), "gia-tri", decision)
        except NoReason as problem:
            return Problem(str(problem), "ly-do", decision)
        except (DayProblem, DayGone) as problem:
            return Problem(str(problem), "han-sua", decision)
        except Refused as problem:
            return Problem(str(problem), decision=decision)
        except StaleEvidence:
            return Problem(papers_changed(card, decision), decision=decision)
        except Stale:
            return Problem(self.words.stale, decision=decision)
        return Problem("")


def _mend_by(act: ActKind, decision: Decision) -> date | None:
    """The day typed beside a return, None where none was. Raises DayProblem."""
    return parse_day(decision.mend_by) if MOVES[act].needs_reason and decision.mend_by else None


def _done(card: Card, act: ActKind) -> str:
    """What was done, as an official says it: "Đã trả lại xã Kỳ Phú: 15.1 Xã NTM."."""
    if act is ActKind.RETURN_TO_LEAD:
        return f"Đã trả lại {card.item.lead.name} thẩm tra lại: {card.code} của {card.unit.full_name}."
    if act in (ActKind.RETURN, ActKind.RETURN_TO_ASSESSOR):
        back_to = card.unit.full_name if card.unit.is_commune else f"{card.item.lead.name} nhập lại"
        return f"Đã trả lại {back_to}: {card.code}."
    return f"Đã {act.label} {card.code} của {card.unit.full_name}."


PAPERS_CHANGED = "Minh chứng vừa thay đổi"


def papers_changed(card: Card, decision: Decision) -> str:
    """What happened to the papers since the page showed them, in one sentence."""
    said = paper_changes(card.item.revision.assessment_id, decision.papers)
    what = f": {'; '.join(said)}" if said else ""
    return f"{PAPERS_CHANGED}{what}. Xem lại giấy tờ rồi quyết định."


def _title(name: str, count: int, queue: Queue) -> str:
    if not count:
        return f"{name}: {IDLE}"
    if queue.is_filtered:
        return f"{name}: {len(queue.cards)} trong {count} mục chờ năm {queue.year}"
    return f"{name}: {count} mục chờ năm {queue.year}"


def _swapped(request: HttpRequest, answer: HttpResponse, said: list[str]) -> HttpResponse:
    """For script: the browser stands at the address of the item that follows, and what was done is told in a toast."""
    if request.headers.get("HX-Request"):
        answer["HX-Push-Url"] = request.get_full_path()
        if said:
            answer["HX-Trigger"] = json.dumps({"ntm:toast": {"text": " ".join(said)}})
    return answer


IDLE = "không còn mục nào chờ"


def _typed(request: HttpRequest, card: Card) -> Decision:
    """What was typed into a decision that could not be read."""
    posted = request.POST
    reason = posted.get("ly-do-khac", "") or posted.get("ly-do", "")
    keys = [served.key for served in card.served if f"khong-{served.key}" in posted]
    refused = {key: posted.get(f"vi-{key}", "").strip()[:2000] for key in keys}
    value, remark = posted.get("gia-tri", "")[:80], posted.get("ghi-chu", "")[:2000]
    return Decision("", value, remark, reason[:2000], refused, None, mend_by=posted.get("han-sua", "")[:20])


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
    return item_of(unit, leads_of(district_over(unit), today_in(request)).of(row.assessment.measure.code), row)


def open_revision(request: HttpRequest, pk: int) -> Statement:
    """A revision in a district whose working papers this person sees; anything else is not found. What was never sent
    is there only for those who may see drafts: not even its stage is told outside."""
    if not 0 < pk <= LARGEST_ID:
        raise Http404
    rows = Statement.objects.filter(kind=StatementKind.REVISION.value)
    row = rows.select_related("assessment__unit__parent", "assessment__measure", "by").filter(pk=pk).first()
    standing = standing_in(request)
    if row is None or not standing.can_in(Right.SEE_ALL_BASES, row.assessment.unit.district_code):
        raise Http404
    if not (revision_was_sent(row.pk) or may_see_drafts(standing, _item_in_question(request, row))):
        raise Http404
    return row


def moved_on(revision: Statement) -> str:
    """Why a decision comes too late: what has become of the revision since the person looked."""
    stage = Stage(revision.stage)
    if stage is Stage.REPLACED:
        return "Đơn vị đã gửi bản mới thay bản anh/chị đang xem. Xem số liệu mới rồi quyết định lại."
    if stage in UNSENT:
        # What the unit does with it since is its own business.
        stage = Stage.WITHDRAWN
    return f"Mục này vừa chuyển sang bước “{stage.label}”. Quyết định vừa rồi chưa được ghi."
