"""Thẩm tra: what waits for a lead department or the office; confirm, state another result, or return with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.roles import Role
from communes.actions.moving import Seen, move
from communes.actions.stating import Entry, Stale
from communes.forms import RETURN_REASONS, Decision, Typed, decision_in, entry_of, number_in
from communes.models import Statement
from communes.policies import Item, Refused, plays
from communes.queries.entry import item_of
from communes.queries.people import leads_of
from communes.rules.workflow import ActKind, Actor
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from communes.views.reviewing import Card, Queue, load_queue, moved_on, open_revision
from criteria.rules.values import ValueProblem, decode_value
from criteria.rules.vocabulary import ExemptionKind

ACTS = (ActKind.VERIFY, ActKind.RETURN)
BY_FIELD = {"xac-nhan": ActKind.VERIFY, "tra-lai": ActKind.RETURN}
ONLY = "Trang này dành cho cơ quan chủ trì thẩm tra và Văn phòng Điều phối NTM huyện."


@require_http_methods(["GET", "HEAD", "POST"])
def verification_queue(request: HttpRequest) -> HttpResponse:
    if not standing_in(request).has(Role.DEPARTMENT, Role.COORDINATOR):
        raise PermissionDenied(ONLY)
    if request.method == "POST":
        return _verify_chosen(request)
    return _page(request, load_queue(request, ACTS))


def _page(request: HttpRequest, queue: Queue, status: int = 200, notice: str = "") -> HttpResponse:
    context = {
        "queue": queue,
        "page": queue.page(request.GET.get("trang", "1")),
        "reasons": RETURN_REASONS,
        "notice": notice,
        "count": len(queue.every),
        "query": queue.query(),
    }
    return render(request, "communes/verification.html", context, status=status)


def _verify_chosen(request: HttpRequest) -> HttpResponse:
    """Confirm the chosen revisions as they were stated; one that cannot be does not hold up the others."""
    queue = load_queue(request, ACTS)
    chosen = [number_in(text) for text in request.POST.getlist("chon")]
    problems: dict[int, str] = {}
    with transaction.atomic():
        for pk in chosen:
            card = queue.find(pk)
            problem = "" if card else "Mục này vừa chuyển bước hoặc đã có bản mới."
            if card:
                problem = _do(request, card, ActKind.VERIFY, Decision("", card.stored, "", "", {}, None))
            if problem:
                problems[pk] = problem
    tell(request, "xác nhận thẩm tra", len(chosen) - len(problems), problems)
    return redirect(f"{reverse('communes:verification-queue')}?{queue.query()}")


def tell(request: HttpRequest, done: str, count: int, problems: Mapping[int, str]) -> None:
    if count:
        messages.success(request, f"Đã {done} {count} mục.")
    if problems:
        sentences = " ".join(dict.fromkeys(problems.values()))
        messages.error(request, f"{len(problems)} mục chưa làm được. {sentences}")
    if not count and not problems:
        messages.info(request, "Chưa chọn mục nào.")


@require_POST
def verify(request: HttpRequest, revision: int) -> HttpResponse:
    row = open_revision(request, revision)
    queue = load_queue(request, ACTS, revision=row)
    card = queue.find(revision)
    if card is None:
        return _too_late(request, queue, row)
    try:
        decision = decision_in(request.POST, tuple(served.key for served in card.served))
    except ValueProblem as problem:
        typed = Decision("", request.POST.get("gia-tri", "")[:80], request.POST.get("ghi-chu", "")[:2000], "", {}, None)
        return _again(request, queue, card, str(problem), typed)
    act = BY_FIELD.get(decision.act)
    if act is None:
        raise BadRequest("Chọn xác nhận thẩm tra hoặc trả lại.")
    if problem := _do(request, card, act, decision):
        return _again(request, queue, card, problem, decision)
    done = "xác nhận thẩm tra" if act is ActKind.VERIFY else "trả lại"
    messages.success(request, f"Đã {done} {card.code} của {card.unit.full_name}.")
    return redirect(f"{reverse('communes:verification-queue')}?{queue.query()}")


def _too_late(request: HttpRequest, queue: Queue, row: Statement) -> HttpResponse:
    """The revision no longer waits here: moved on since the person looked, or never theirs."""
    if not plays(standing_in(request), Actor.VERIFIER, item_in_question(request, row)):
        raise PermissionDenied("Chỉ cơ quan chủ trì thẩm tra được mục này.")
    return _page(request, queue, 409, moved_on(row))


def item_in_question(request: HttpRequest, row: Statement) -> Item:
    """What policies need to know of a revision that is in no queue any more."""
    unit = row.assessment.unit
    district = unit.parent if unit.is_commune and unit.parent else unit
    return item_of(unit, leads_of(district, today_in(request)).of(row.assessment.measure.code), row)


def _again(request: HttpRequest, queue: Queue, card: Card, problem: str, decision: Decision) -> HttpResponse:
    refused = replace(queue, problems={card.id: (problem, decision)})
    return _page(request, refused, 403 if problem in card.why_not.values() else 422)


def _do(request: HttpRequest, card: Card, act: ActKind, decision: Decision) -> str:
    """Do the act; the sentence why not, "" where it was done."""
    try:
        result = _result(card, decision) if act is ActKind.VERIFY else None
        move(
            act=act, by=person_in(request), standing=standing_in(request), item=card.item.item, seen=Seen(card.id),
            on=today_in(request), reason=decision.reason, result=result, refused=decision.refused or None,
        )  # fmt: skip
    except (ValueProblem, Refused) as problem:
        return str(problem)
    except Stale:
        return "Mục này vừa được người khác xử lý. Tải lại trang để xem."
    return ""


def _result(card: Card, decision: Decision) -> Entry | None:
    """What the verifier states: None for the same as was stated, which keeps an exemption with its reason."""
    revision = card.item.revision
    if decision.value == card.stored:
        if not decision.remark:
            return None
        return Entry(
            decode_value(card.item.measure.kind, revision.value), revision.numerator, revision.denominator,
            ExemptionKind(revision.exemption), revision.exemption_reason,
            revision.document, decision.remark,
        )  # fmt: skip
    if not decision.value:
        raise ValueProblem("Chưa nhập kết quả thẩm tra.")
    return entry_of(card.item.measure, Typed(decision.value, remark=decision.remark), allowed=None)
