"""`/ke-hoach/thu/`: try a change and see what it moves; nothing is written before "Lưu"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from communes.models import Unit
from communes.views.opening import standing_in, today_in
from communes.views.paper_forms import number_or_none
from criteria.policies import Refused
from criteria.rules.days import day_text
from plans.actions.planning import Stale, apply_changes
from plans.policies.planning import why_not_change
from plans.queries.plan import Plan, PlannedTask, Preview, ProposedChange, asked_planned, plan_of, preview
from plans.views.directive_forms import day_of
from plans.views.opening import my_district, who_acts
from plans.views.plan import rights
from plans.views.task import OVERTAKEN
from plans.views.task_forms import number_in, pk_in

MOST_SHOWN = 200


@dataclass(frozen=True)
class Tried:
    """What was typed; the same names in the address and in the form that saves."""

    task: str = ""
    delay: str = ""
    duration: str = ""
    not_before: str = ""
    due_on: str = ""

    @property
    def is_asked(self) -> bool:
        return bool(self.delay or self.duration or self.not_before or self.due_on)

    def change(self, pk: int) -> ProposedChange:
        """Raises Refused."""
        change = ProposedChange(
            pk, delay=number_in(self.delay, "Số ngày lùi") or 0, duration=number_in(self.duration, "Thời gian"),
            not_before=day_of(self.not_before, "Không sớm hơn"), due_on=day_of(self.due_on, "Hạn"),
        )  # fmt: skip
        if change.delay and change.not_before:
            raise Refused("Chọn một cách: lùi số ngày, hoặc không sớm hơn một ngày.")
        return change


@require_http_methods(["GET", "HEAD", "POST"])
def try_change(request: HttpRequest) -> HttpResponse:
    if not standing_in(request).seats:
        raise Http404
    district, tried = my_district(request), _tried(request)
    plan = plan_of(district, today_in(request))
    task = plan.by_pk.get(pk_in(tried.task))
    if request.method == "POST" and task is not None:
        return _save(request, district, plan, task, tried)
    if task is None or not tried.is_asked:
        problem = "Chọn một việc trong danh sách gợi ý (bắt đầu bằng #số)." if tried.task and task is None else ""
        return _page(request, district, plan, tried, task, problem=problem)
    try:
        found = preview(district, today_in(request), [tried.change(task.pk)])
    except Refused as problem:
        return _page(request, district, plan, tried, task, problem=str(problem))
    return _page(request, district, plan, tried, task, found)


def _tried(request: HttpRequest) -> Tried:
    given = request.POST if request.method == "POST" else request.GET
    said = [given.get(name, "").replace("\0", "").strip()[:300] for name in ("viec", "lui", "thoi-gian")]
    days = [day_text(given.get(name, "").replace("\0", "").strip()[:30]) for name in ("khong-som-hon", "han")]
    return Tried(*said, *days)


def _save(request: HttpRequest, district: Unit, plan: Plan, task: PlannedTask, tried: Tried) -> HttpResponse:
    reason, seen = request.POST.get("ly-do", ""), number_or_none(request.POST.get("phien-ban", "")) or 0
    try:
        change = tried.change(task.pk)
        apply_changes(**who_acts(request), district=district, changes=[(change, seen)], reason=reason)
    except Refused as problem:
        return _again(request, district, plan, task, tried, str(problem), 422)
    except Stale:
        return _again(request, district, plan_of(district, today_in(request)), task, tried, OVERTAKEN, 409)
    messages.success(request, "Đã lưu thay đổi và báo những nơi có việc đổi ngày.")
    return redirect("plans:task", pk=task.pk)


def _again(
    request: HttpRequest, district: Unit, plan: Plan, task: PlannedTask, tried: Tried, problem: str, status: int
) -> HttpResponse:
    """The same page with what is wrong, and what the change would do as things stand now."""
    found = None
    try:
        if tried.is_asked:
            found = preview(district, today_in(request), [tried.change(task.pk)])
    except (Refused, LookupError):
        found = None
    now = plan.by_pk.get(task.pk, task)
    return _page(request, district, plan, tried, now, found, problem=problem, status=status)


def _page(
    request: HttpRequest, district: Unit, plan: Plan, tried: Tried, task: PlannedTask | None,
    found: Preview | None = None, *, problem: str = "", status: int | None = None,
) -> HttpResponse:  # fmt: skip
    refusal = why_not_change(standing_in(request), asked_planned(plan, task)) if task else None
    context: dict[str, Any] = {
        "plan": plan, "tried": tried, "task": task, "found": found, "problem": problem, "why_not_save": refusal or "",
        "reason": request.POST.get("ly-do", ""), "open_tasks": [one for one in plan.tasks if not one.is_done],
        "title": _title(found, task), "moved": found.moved[:MOST_SHOWN] if found else [],
        "not_shown": max(0, len(found.moved) - MOST_SHOWN) if found else 0,
        **rights(standing_in(request), district),
    }  # fmt: skip
    return render(request, "plans/preview.html", context, status=status or (422 if problem else 200))


def _title(found: Preview | None, task: PlannedTask | None) -> str:
    if found is None or task is None:
        return "Thử thay đổi"
    if not found.moved:
        return "Không việc nào đổi ngày"
    ends = [one for one in found.moved_ends if one.end.unit_code == found.after.district_code]
    if not ends:
        communes = len(found.communes_affected)
        return f"{len(found.moved)} việc đổi ngày, {communes} xã bị ảnh hưởng; mốc của huyện đứng yên"
    one = max(ends, key=lambda end: abs(end.days))
    way = "lùi" if one.days > 0 else "sớm lên"
    return f"Mốc của huyện {way} {abs(one.days)} ngày làm việc, đến {one.new:%d/%m/%Y}"
