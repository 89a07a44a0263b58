"""`/ke-hoach/viec/`: one task, what is reported of it, changed, withdrawn; a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from communes.models import Unit
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from communes.views.paper_forms import number_or_none
from communes.views.reviewing import LARGEST_ID
from criteria.policies import Refused
from plans.actions.linking import district_of_task
from plans.actions.planning import (
    Stale,
    Told,
    change_task,
    create_task,
    finish_task,
    record_progress,
    start_task,
    withdraw_task,
)
from plans.models import Task
from plans.policies.planning import why_not_change
from plans.queries.plan import plan_of
from plans.queries.task_page import task_page
from plans.queries.tasks import asked_task, task_seen_by
from plans.views.directive_forms import day_of
from plans.views.opening import my_district, who_acts
from plans.views.plan import rights
from plans.views.task_forms import (
    BROKEN,
    Choices,
    TypedTask,
    choices_in,
    differing,
    empty_task,
    fields_in,
    links_in,
    number_in,
    task_as_typed,
    typed_task,
)

GET_OR_POST = ["GET", "HEAD", "POST"]
OVERTAKEN = "Người khác vừa sửa việc này trong lúc anh/chị đang xem. Trang dưới đây là số liệu mới; làm lại nếu cần."


def open_task(request: HttpRequest, pk: int) -> Task:
    """A task of a plan that this person reads; else 404."""
    row = task_seen_by(standing_in(request), pk) if 0 < pk <= LARGEST_ID else None
    if row is None:
        raise Http404
    return row


@require_http_methods(GET_OR_POST)
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `viec`: bat-dau, xong, tien-do, rut; with `phien-ban`. A conflict shows the page afresh with 409."""
    row = open_task(request, pk)
    if request.method != "POST":
        return _page(request, row)
    act = ACTS.get(request.POST.get("viec", ""))
    if act is None:
        raise BadRequest(BROKEN)
    try:
        messages.success(request, act(request, row, number_or_none(request.POST.get("phien-ban", "")) or 0))
    except Refused as problem:
        return _page(request, open_task(request, pk), problem=str(problem), status=422)
    except Stale:
        return _page(request, open_task(request, pk), problem=OVERTAKEN, status=409)
    return redirect("plans:task", pk=pk)


def _page(request: HttpRequest, row: Task, *, problem: str = "", status: int = 200) -> HttpResponse:
    district = district_of_task(row)
    plan = plan_of(district, today_in(request))
    page = task_page(row, plan, standing_in(request))
    context = {
        "page": page, "task": page.planned, "row": row, "plan": plan, "problem": problem, "posted": request.POST,
        **rights(standing_in(request), district),
    }  # fmt: skip
    return render(request, "plans/task.html", context, status=status)


# ---------- what is reported ----------

Act = Callable[[HttpRequest, Task, int], str]


def _begin(request: HttpRequest, row: Task, version: int) -> str:
    start_task(**who_acts(request), task=row, seen_version=version)
    return "Đã ghi việc bắt đầu hôm nay."


def _finish(request: HttpRequest, row: Task, version: int) -> str:
    finish_task(**who_acts(request), task=row, seen_version=version)
    return "Đã ghi việc xong hôm nay; việc chờ nó được báo."


def _progress(request: HttpRequest, row: Task, version: int) -> str:
    posted = request.POST
    told = Told(
        number_in(posted.get("tien-do", ""), "Tiến độ"),
        day_of(posted.get("bat-dau", ""), "Ngày bắt đầu"), day_of(posted.get("ngay-xong", ""), "Ngày xong"),
    )  # fmt: skip
    record_progress(**who_acts(request), task=row, seen_version=version, told=told)
    return "Đã ghi tiến độ."


def _withdraw(request: HttpRequest, row: Task, version: int) -> str:
    withdraw_task(**who_acts(request), task=row, seen_version=version, reason=request.POST.get("ly-do", ""))
    return "Đã rút việc khỏi kế hoạch."


ACTS: dict[str, Act] = {"bat-dau": _begin, "xong": _finish, "tien-do": _progress, "rut": _withdraw}


# ---------- what it is ----------


@require_http_methods(GET_OR_POST)
def new_task(request: HttpRequest) -> HttpResponse:
    district = my_district(request)
    choices = choices_in(request, district)
    if not choices.levels:
        raise PermissionDenied("Vai trò này không thêm việc vào kế hoạch.")
    if request.method != "POST":
        return _form(request, choices, empty_task(choices, request.GET.dict()))
    typed, by = typed_task(request.POST), person_in(request)
    try:
        fields, links = fields_in(typed, choices, by), links_in(typed, choices)
        row = create_task(**who_acts(request), district=district, fields=fields, links=links)
    except Refused as problem:
        return _form(request, choices, typed, problem=str(problem))
    messages.success(request, f"Đã thêm việc “{row.title[:120]}”.")
    return redirect("plans:task", pk=row.pk)


@require_http_methods(GET_OR_POST)
def edit_task(request: HttpRequest, pk: int) -> HttpResponse:
    row = open_task(request, pk)
    if refusal := why_not_change(standing_in(request), asked_task(row)):
        raise PermissionDenied(refusal)
    district = district_of_task(row)
    choices = choices_in(request, district)
    if request.method != "POST":
        return _form(request, choices, task_as_typed(row), row)
    typed, version = typed_task(request.POST), number_or_none(request.POST.get("phien-ban", "")) or 0
    try:
        _change(request, row, typed, choices, version)
    except Refused as problem:
        return _form(request, choices, typed, row, problem=str(problem), version=version)
    except Stale:
        now = open_task(request, pk)
        return _form(request, choices, typed, now, theirs=differing(now, typed, choices))
    messages.success(request, "Đã lưu việc; ngày của các việc sau được tính lại.")
    return redirect("plans:task", pk=pk)


def _change(request: HttpRequest, row: Task, typed: TypedTask, choices: Choices, version: int) -> None:
    owner: Person = row.responsible or person_in(request)
    change_task(
        **who_acts(request), task=row, seen_version=version, links=links_in(typed, choices),
        fields=_kept(row, fields_in(typed, choices, owner)), reason=request.POST.get("ly-do", ""),
    )  # fmt: skip


def _kept(row: Task, fields: Any) -> Any:
    """The form says nothing of the directive's item: it stays."""
    return type(fields)(**{**{name: getattr(fields, name) for name in fields.__slots__}, "item": row.item})


def _form(
    request: HttpRequest, choices: Choices, typed: TypedTask, row: Task | None = None, *, problem: str = "",
    version: int | None = None, theirs: list[tuple[str, str, str]] | None = None,
) -> HttpResponse:  # fmt: skip
    district: Unit = choices.offered.district
    context = {
        "typed": typed, "choices": choices, "row": row, "problem": problem, "theirs": theirs or [],
        "version": (row.version if row else 1) if version is None else version, "reason": request.POST.get("ly-do", ""),
        **rights(standing_in(request), district),
    }  # fmt: skip
    status = 409 if theirs is not None else 422 if problem else 200
    return render(request, "plans/task_form.html", context, status=status)
