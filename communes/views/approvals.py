"""Duyệt: what was verified and waits for approval, the unit's value beside the result of the verification."""

from __future__ import annotations

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
from communes.actions.stating import Stale
from communes.forms import RETURN_REASONS, Decision, decision_in, number_in
from communes.policies import Refused, plays
from communes.rules.workflow import ActKind, Actor
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from communes.views.queues import item_in_question, tell
from communes.views.reviewing import Card, Queue, load_queue, moved_on, open_revision
from criteria.rules.values import ValueProblem

ACTS = (ActKind.APPROVE, ActKind.RETURN_TO_LEAD, ActKind.RETURN_TO_ASSESSOR)
BY_FIELD = {
    "duyet": ActKind.APPROVE,
    "tra-co-quan": ActKind.RETURN_TO_LEAD,
    "tra-don-vi": ActKind.RETURN_TO_ASSESSOR,
}
ONLY = "Trang này dành cho Văn phòng Điều phối NTM huyện và lãnh đạo huyện."


@require_http_methods(["GET", "HEAD", "POST"])
def approval_queue(request: HttpRequest) -> HttpResponse:
    if not standing_in(request).has(Role.COORDINATOR, Role.LEADER):
        raise PermissionDenied(ONLY)
    if request.method == "POST":
        return _approve_chosen(request)
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
    return render(request, "communes/approval.html", context, status=status)


def _approve_chosen(request: HttpRequest) -> HttpResponse:
    """Approve the chosen results; each is named with the result that was on the screen ("revision:result")."""
    queue = load_queue(request, ACTS)
    problems: dict[int, str] = {}
    chosen = [tuple(number_in(half) for half in text.partition(":")[::2]) for text in request.POST.getlist("chon")]
    with transaction.atomic():
        for pk, result in chosen:
            card = queue.find(pk)
            problem = "Mục này vừa chuyển bước hoặc đã có kết quả mới."
            if card:
                problem = _do(request, card, ActKind.APPROVE, Decision("", "", "", "", {}, result))
            if problem:
                problems[pk] = problem
    tell(request, "duyệt", len(chosen) - len(problems), problems)
    return redirect(f"{reverse('communes:approval-queue')}?{queue.query()}")


@require_POST
def approve(request: HttpRequest, revision: int) -> HttpResponse:
    row = open_revision(request, revision)
    queue = load_queue(request, ACTS, revision=row)
    card = queue.find(revision)
    if card is None:
        if not plays(standing_in(request), Actor.APPROVER, item_in_question(request, row)):
            raise PermissionDenied(ONLY)
        return _page(request, queue, 409, moved_on(row))
    try:
        decision = decision_in(request.POST, ())
    except ValueProblem as problem:
        return _again(request, queue, card, str(problem), Decision("", "", "", "", {}, None))
    act = BY_FIELD.get(decision.act)
    if act is None or decision.result is None:
        raise BadRequest("Chọn duyệt hoặc trả lại.")
    if problem := _do(request, card, act, decision):
        return _again(request, queue, card, problem, decision)
    messages.success(request, f"Đã {act.label} {card.code} của {card.unit.full_name}.")
    return redirect(f"{reverse('communes:approval-queue')}?{queue.query()}")


def _again(request: HttpRequest, queue: Queue, card: Card, problem: str, decision: Decision) -> HttpResponse:
    refused = replace(queue, problems={card.id: (problem, decision)})
    status = 409 if problem == STALE else 403 if problem in card.why_not.values() else 422
    return _page(request, refused, status)


STALE = "Kết quả thẩm tra vừa thay đổi; xem lại rồi duyệt."


def _do(request: HttpRequest, card: Card, act: ActKind, decision: Decision) -> str:
    """Do the act; the sentence why not, "" where it was done."""
    try:
        move(
            act=act, by=person_in(request), standing=standing_in(request), item=card.item.item,
            seen=Seen(card.id, decision.result), on=today_in(request), reason=decision.reason,
        )  # fmt: skip
    except Refused as refusal:
        return str(refusal)
    except Stale:
        return STALE
    return ""
