"""`/chi-dao/<pk>/`: one document, its items by state, what is done with them, its file and its report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from communes.exporters.files import download
from communes.models import EvidenceFile
from communes.views.files import handed_over
from communes.views.opening import standing_in, today_in
from criteria.policies import Refused
from plans.actions.following import confirm_done, note_progress, reopen_item, report_done
from plans.actions.giving import make_task
from plans.exporters.directive_papers import report_pdf
from plans.exporters.directives import report_workbook
from plans.models import DirectiveItem
from plans.policies.directing import why_not_give
from plans.queries.directives import DirectiveRow, directive_page, item_url
from plans.rules.vocabulary import ItemState
from plans.views.opening import is_demo, open_directive, open_item, paper, who_acts

GROUPS = (
    (ItemState.LATE, "Quá hạn"), (ItemState.OPEN, "Đang làm"), (ItemState.REPORTED, "Đã báo xong, chờ xác nhận"),
    (ItemState.DONE, "Đã xong"),
)  # fmt: skip


@require_safe
def directive(request: HttpRequest, pk: int) -> HttpResponse:
    row = _page(request, pk)
    return render(request, "plans/directive.html", page_context(request, row))


def page_context(request: HttpRequest, row: DirectiveRow) -> dict[str, Any]:
    groups = [
        (state.value, label, found) for state, label in GROUPS
        if (found := [item for item in row.items if item.state is state])
    ]  # fmt: skip
    return {
        "row": row, "groups": groups, "mine": sum(item.is_mine and item.is_open for item in row.items),
        "why_not_give": why_not_give(standing_in(request), row.district.code) or "",
    }  # fmt: skip


def _page(request: HttpRequest, pk: int) -> DirectiveRow:
    return directive_page(open_directive(request, pk), standing_in(request), today_in(request))


@require_safe
def directive_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest file of the document. Whoever reads the directive reads its file."""
    row = open_directive(request, pk)
    file = EvidenceFile.objects.filter(evidence=row.document_id).first() if row.document_id else None
    if file is None:
        raise Http404
    return handed_over(file)


@require_safe
def directive_excel(request: HttpRequest, pk: int) -> HttpResponse:
    row = _page(request, pk)
    return download(report_workbook(row, today_in(request), is_demo=is_demo(request)), _name(row, "xlsx"))


@require_safe
def directive_paper(request: HttpRequest, pk: int) -> HttpResponse:
    row = _page(request, pk)
    return paper(request, lambda: report_pdf(row, today_in(request), is_demo=is_demo(request)), _name(row, "pdf"))


def _name(row: DirectiveRow, ending: str) -> str:
    return f"Tình hình thực hiện {row.called.replace('/', '-')}.{ending}"


# ---------- what is done with an item ----------

Act = Callable[[HttpRequest, DirectiveItem, str], str]


@require_POST
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """`viec`: ghi (progress), xong (reported), xac-nhan, mo-lai, ke-hoach; with `noi-dung`."""
    row, act = open_item(request, pk), ACTS.get(request.POST.get("viec", ""))
    if act is None:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    try:
        messages.success(request, act(request, row, request.POST.get("noi-dung", "")))
    except Refused as problem:
        messages.error(request, str(problem))
    return redirect(item_url(row.directive_id, row.pk))


def _note(request: HttpRequest, row: DirectiveItem, text: str) -> str:
    note_progress(**who_acts(request), item=row, text=text)
    return "Đã ghi tiến độ."


def _report(request: HttpRequest, row: DirectiveItem, text: str) -> str:
    report_done(**who_acts(request), item=row, text=text)
    return "Đã báo xong; Văn phòng Điều phối NTM huyện sẽ kiểm tra và xác nhận."


def _confirm(request: HttpRequest, row: DirectiveItem, text: str) -> str:
    confirm_done(**who_acts(request), item=row, text=text)
    return "Đã xác nhận nội dung này xong."


def _reopen(request: HttpRequest, row: DirectiveItem, text: str) -> str:
    reopen_item(**who_acts(request), item=row, text=text)
    return "Đã mở lại và báo nơi thực hiện."


def _plan(request: HttpRequest, row: DirectiveItem, text: str) -> str:
    task = make_task(**who_acts(request), item=row)
    return f"Đã đưa vào kế hoạch: “{task.title[:120]}”, {task.duration} ngày làm việc."


ACTS: dict[str, Act] = {"ghi": _note, "xong": _report, "xac-nhan": _confirm, "mo-lai": _reopen, "ke-hoach": _plan}
