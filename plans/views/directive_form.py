"""Entering a directive with its items, adding items, correcting the document, changing one item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from communes.models import Unit
from communes.views.evidence_panel import ACCEPT
from communes.views.opening import standing_in, today_in
from communes.views.paper_forms import number_or_none, refusal_status
from criteria.policies import Refused
from criteria.rules.days import day_text
from plans.actions.directing import Stale, add_items, change_item, correct_head, enter_directive
from plans.models import Directive, DirectiveItem
from plans.policies.directing import why_not_give
from plans.queries.directives import called, item_url
from plans.views.directive_forms import (
    ROWS_MORE,
    Offered,
    TypedHead,
    TypedItem,
    head_as_typed,
    head_of,
    item_as_typed,
    items_in,
    offered_to,
    one_item,
    typed_head,
    typed_items,
    upload_in,
    with_empty_rows,
)
from plans.views.opening import my_district, open_directive, open_item, who_acts

GET_OR_POST = ["GET", "HEAD", "POST"]


def _givers_only(request: HttpRequest, district: Unit) -> None:
    if refusal := why_not_give(standing_in(request), district.code):
        raise PermissionDenied(refusal)


@require_http_methods(GET_OR_POST)
def new_directive(request: HttpRequest) -> HttpResponse:
    district = my_district(request)
    _givers_only(request, district)
    offered = offered_to(request, district)
    if request.method != "POST":
        return _form(request, offered, TypedHead(issued_on=day_text(today_in(request))), [])
    head, rows = typed_head(request.POST), typed_items(request.POST)
    if request.POST.get("viec") == "them-dong":
        return _form(request, offered, head, rows, more=ROWS_MORE)
    try:
        upload = upload_in(request)
        row = enter_directive(
            **who_acts(request), district=district, head=head_of(head), asked=items_in(rows, offered), upload=upload
        )
    except Refused as problem:
        return _form(request, offered, head, rows, problem=problem)
    number = row.items.count()
    messages.success(request, f"Đã ghi {called(row)} với {number} nội dung và báo những người được giao.")
    return redirect("plans:directive", pk=row.pk)


@require_http_methods(GET_OR_POST)
def more_items(request: HttpRequest, pk: int) -> HttpResponse:
    row = open_directive(request, pk)
    _givers_only(request, row.district)
    offered = offered_to(request, row.district)
    if request.method != "POST":
        return _form(request, offered, None, [], row)
    rows = typed_items(request.POST)
    if request.POST.get("viec") == "them-dong":
        return _form(request, offered, None, rows, row, more=ROWS_MORE)
    try:
        items = add_items(**who_acts(request), directive=row, asked=items_in(rows, offered))
    except Refused as problem:
        return _form(request, offered, None, rows, row, problem=problem)
    messages.success(request, f"Đã ghi thêm {len(items)} nội dung và báo những người được giao.")
    return redirect("plans:directive", pk=row.pk)


def _form(
    request: HttpRequest, offered: Offered, head: TypedHead | None, rows: list[TypedItem],
    directive: Directive | None = None, *, problem: Refused | None = None, more: int = 0,
) -> HttpResponse:  # fmt: skip
    context = {
        "offered": offered, "head": head, "rows": with_empty_rows(rows, more), "accept": ACCEPT,
        "problem": str(problem or ""), "file_lost": bool(more or problem), "directive": directive,
        "called": called(directive) if directive else "",
    }  # fmt: skip
    status = refusal_status(problem) if problem else 200
    return render(request, "plans/directive_form.html", context, status=status)


# ---------- mending what is there ----------


@require_http_methods(GET_OR_POST)
def edit_directive(request: HttpRequest, pk: int) -> HttpResponse:
    """The document itself; `da-xem-…` carry what the person had before them, so that nobody's mending is lost."""
    row = open_directive(request, pk)
    _givers_only(request, row.district)
    if request.method != "POST":
        return _head_form(request, row, head_as_typed(row))
    typed, seen = typed_head(request.POST), _seen_head(request)
    try:
        upload = upload_in(request)
        row = correct_head(**who_acts(request), directive=row, seen=head_of(seen), head=head_of(typed), upload=upload)
    except Refused as problem:
        return _head_form(request, row, typed, seen, str(problem), refusal_status(problem))
    except Stale:
        return _head_form(request, open_directive(request, pk), typed, status=409)
    messages.success(request, f"Đã sửa thông tin {called(row)}.")
    return redirect("plans:directive", pk=row.pk)


def _seen_head(request: HttpRequest) -> TypedHead:
    seen = request.POST.copy()
    for name in ("loai", "so", "ngay", "co-quan", "trich-yeu"):
        seen[name] = request.POST.get(f"da-xem-{name}", "")
    return typed_head(seen)


def _head_form(
    request: HttpRequest, row: Directive, typed: TypedHead, seen: TypedHead | None = None, problem: str = "",
    status: int = 422,
) -> HttpResponse:  # fmt: skip
    """With status 409: `theirs` shows the fields that somebody else changed meanwhile, and how they stand now."""
    now = head_as_typed(row)
    theirs = _differing(now, typed) if status == 409 else []
    context = {
        "directive": row, "called": called(row), "head": typed, "seen": seen or now, "problem": problem,
        "theirs": theirs, "accept": ACCEPT,
    }  # fmt: skip
    wrong = problem or status == 409
    return render(request, "plans/directive_edit.html", context, status=status if wrong else 200)


_HEAD_NAMES = (
    ("kind", "Loại văn bản"), ("number", "Số, ký hiệu"), ("issued_on", "Ngày ban hành"), ("issuer", "Cơ quan ban hành"),
    ("title", "Trích yếu"),
)  # fmt: skip


def _differing(now: TypedHead, typed: TypedHead) -> list[tuple[str, str, str]]:
    pairs = [(label, getattr(now, name), getattr(typed, name)) for name, label in _HEAD_NAMES]
    return [(label, theirs, mine) for label, theirs, mine in pairs if theirs != mine]


@require_http_methods(GET_OR_POST)
def edit_item(request: HttpRequest, pk: int) -> HttpResponse:
    row = open_item(request, pk)
    _givers_only(request, row.directive.district)
    offered = offered_to(request, row.directive.district)
    if request.method != "POST":
        return _item_form(request, row, offered, item_as_typed(row))
    typed = (typed_items(request.POST) or [TypedItem()])[0]
    version = number_or_none(request.POST.get("phien-ban", "")) or 0
    try:
        asked = one_item(typed, offered)
        change_item(**who_acts(request), item=row, seen_version=version, asked=asked)
    except Refused as problem:
        return _item_form(request, row, offered, typed, problem=str(problem), version=version)
    except Stale:
        return _item_form(request, open_item(request, pk), offered, typed, status=409)
    messages.success(request, "Đã sửa nội dung và báo nơi thực hiện.")
    return redirect(item_url(row.directive_id, row.pk))


def _item_form(
    request: HttpRequest, row: DirectiveItem, offered: Offered, typed: TypedItem, *, problem: str = "",
    version: int | None = None, status: int = 422,
) -> HttpResponse:  # fmt: skip
    theirs = _differing_item(row, typed, offered) if status == 409 else []
    context: dict[str, Any] = {
        "item": row, "called": called(row.directive), "typed": typed, "offered": offered, "problem": problem,
        "version": row.version if version is None else version, "theirs": theirs,
    }  # fmt: skip
    wrong = problem or status == 409
    return render(request, "plans/directive_item_edit.html", context, status=status if wrong else 200)


def _differing_item(row: DirectiveItem, typed: TypedItem, offered: Offered) -> list[tuple[str, str, str]]:
    names, now = _names(offered), item_as_typed(row)
    pairs = [(label, read(now, names), read(typed, names)) for label, read in _ITEM_NAMES]
    return [(label, theirs, mine) for label, theirs, mine in pairs if theirs != mine]


def _names(offered: Offered) -> dict[str, str]:
    """What the values of the selects are called."""
    names = {f"u{unit.slug}": unit.title for unit in offered.communes} | {"uhuyen": offered.district.title}
    names |= {f"d{row.pk}": row.name for row in offered.departments}
    return names | {f"p{pk}": name for pk, name, _ in offered.people}


_ITEM_NAMES: tuple[tuple[str, Callable[[TypedItem, dict[str, str]], str]], ...] = (
    ("Nội dung", lambda typed, names: typed.text),
    ("Nơi thực hiện", lambda typed, names: names.get(f"u{typed.unit}", typed.unit)),
    ("Cơ quan", lambda typed, names: names.get(f"d{typed.department}", "")),
    ("Người phụ trách", lambda typed, names: names.get(f"p{typed.responsible}", "")),
    ("Hạn", lambda typed, names: typed.due),
)
