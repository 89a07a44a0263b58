"""One import: its preview, writing it, its result, taking it back. What is seen is what is written, or it is shown
again."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from communes.actions.importing import GONE, Overtaken, drop_import, is_seen
from communes.exporters.files import download
from communes.exporters.refusals import refusals_workbook
from communes.imports.kinds import INTAKES, Writing, check_batch
from communes.imports.workbooks import WorkbookProblem
from communes.models import ImportBatch
from communes.policies import Refused
from communes.queries.importing import left_by_undo
from communes.rules.importing import Found, ImportKind, ImportStage, Refusal
from communes.views.cells import person_in
from communes.views.import_page import preview_of, sheet_links
from communes.views.opening import standing_in, today_in

ALL = "tat-ca"
MOVED_ON = "Số liệu vừa thay đổi so với lúc anh/chị xem; chưa ghi gì. Xem lại các dòng “vừa thay đổi” rồi ghi lần nữa."


def open_batch(request: HttpRequest, batch: int, *stages: ImportStage) -> ImportBatch:
    """An import that concerns this person, in one of these stages if any are named. 404, or Refused with GONE."""
    rows = ImportBatch.objects.select_related("district", "by", "applied_by", "undone_by")
    # An id that no database holds is simply not there.
    row = rows.filter(pk=batch).first() if batch < 2**63 else None
    if row is None or not is_seen(standing_in(request), row):
        raise Http404
    if stages and ImportStage(row.stage) not in stages:
        raise Refused(GONE)
    return row


@require_safe
def import_batch(request: HttpRequest, batch: int) -> HttpResponse:
    row = open_batch(request, batch)
    if row.stage != ImportStage.CHECKED:
        return _result(request, row)
    if row.kind == ImportKind.OWN_BOOK and not row.mapping:
        return redirect("communes:import-mapping", batch=row.pk)
    try:
        found = check_batch(row, standing_in(request), today_in(request))
    except WorkbookProblem as problem:
        messages.error(request, str(problem))
        return redirect("communes:import-home")
    return _preview(request, row, found)


def _preview(request: HttpRequest, row: ImportBatch, found: Found, notice: str = "", status: int = 200) -> HttpResponse:
    preview = preview_of(row, found, request.GET.get("loc", ""), request.GET.get("trang"), notice)
    query = f"loc={preview.chosen}" if preview.chosen else ""
    context = {"preview": preview, "batch": row, "page": preview.page, "query": query}
    return render(request, "communes/import_preview.html", context, status=status)


def _result(request: HttpRequest, row: ImportBatch) -> HttpResponse:
    can_undo, is_applied = INTAKES[ImportKind(row.kind)].undo is not None, row.stage == ImportStage.APPLIED
    left = left_by_undo(row) if row.stage == ImportStage.UNDONE else []
    sheets = sheet_links(row, standing_in(request), today_in(request)) if is_applied else None
    context = {"batch": row, "counts": row.outcome.get("counts", {}), "undoable": can_undo and is_applied, "left": left,
               "undone": row.outcome.get("undone", 0), "is_kept": is_applied and not can_undo, "sheets": sheets,
               "is_list": ImportKind(row.kind) not in (ImportKind.VALUES, ImportKind.OWN_BOOK)}  # fmt: skip
    return render(request, "communes/import_result.html", context)


@require_POST
def import_apply(request: HttpRequest, batch: int) -> HttpResponse:
    """Write what was shown: the clean rows, or all or nothing. The file is read again, outside the transaction."""
    row = open_batch(request, batch)
    try:
        return _apply(request, row)
    except (Refused, WorkbookProblem) as problem:
        messages.error(request, str(problem))
        return redirect("communes:import-batch", batch=row.pk)


def _apply(request: HttpRequest, row: ImportBatch) -> HttpResponse:
    try:
        if row.stage != ImportStage.CHECKED or (row.kind == ImportKind.OWN_BOOK and not row.mapping):
            raise Refused(GONE)
        found = check_batch(row, standing_in(request), today_in(request))
        if found.fingerprint != request.POST.get("dau"):
            return _preview(request, row, found, MOVED_ON, 409)
        preview = preview_of(row, found, "", None)
        if refusal := preview.why_not_all if request.POST.get("cach") == ALL else preview.why_not_apply:
            return _preview(request, row, found, refusal, 422)
        count = _write(request, row, found)
    except Overtaken:
        return _preview(request, row, check_batch(row, standing_in(request), today_in(request)), MOVED_ON, 409)
    messages.success(request, f"Đã ghi {count} dòng từ tệp “{row.name}”.")
    return redirect("communes:import-batch", batch=row.pk)


def _write(request: HttpRequest, row: ImportBatch, found: Found) -> int:
    writing = Writing(
        person_in(request), standing_in(request), row, found.written, found.counts, found.fingerprint,
        today_in(request),
    )  # fmt: skip
    # Kept with the act: checked again later, the list would be another one, because the rows that were written stand.
    row.outcome = {**row.outcome, "refusals": found.refusals}
    return INTAKES[ImportKind(row.kind)].apply(writing)


@require_POST
def import_undo(request: HttpRequest, batch: int) -> HttpResponse:
    row = open_batch(request, batch)
    undo = INTAKES[ImportKind(row.kind)].undo
    if undo is None:
        raise Http404
    try:
        undone = undo(person_in(request), standing_in(request), row, today_in(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        left = f" {len(undone.left)} dòng đã được sửa, nhận hoặc gửi sau đó nên giữ nguyên." if undone.left else ""
        messages.success(request, f"Đã hoàn tác {undone.count} dòng.{left}")
    return redirect("communes:import-batch", batch=row.pk)


@require_POST
def import_drop(request: HttpRequest, batch: int) -> HttpResponse:
    row = open_batch(request, batch)
    try:
        drop_import(by=person_in(request), standing=standing_in(request), batch=row)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("communes:import-batch", batch=row.pk)
    messages.success(request, f"Đã bỏ tệp “{row.name}”; chưa ghi gì.")
    return redirect("communes:import-home")


@require_safe
def import_refusals(request: HttpRequest, batch: int) -> HttpResponse:
    """What is refused and why, as a workbook to work through: also once the clean rows were written."""
    row = open_batch(request, batch)
    is_read = row.kind != ImportKind.OWN_BOOK or row.mapping
    if row.stage not in (ImportStage.CHECKED, ImportStage.APPLIED) or not is_read:
        return redirect("communes:import-batch", batch=row.pk)
    try:
        lines, read_on = _refusals(request, row)
    except WorkbookProblem as problem:
        messages.error(request, str(problem))
        return redirect("communes:import-home")
    return download(refusals_workbook(row, lines, read_on), f"Bị từ chối – {row.name}")


def _refusals(request: HttpRequest, row: ImportBatch) -> tuple[list[Refusal], date]:
    """What was refused when the file was written, or would be now, and on which day. Raises WorkbookProblem."""
    if row.stage == ImportStage.APPLIED and row.applied_at is not None:
        kept = [Refusal(*line) for line in row.outcome.get("refusals", [])]
        return kept, timezone.localdate(row.applied_at)
    today = today_in(request)
    return check_batch(row, standing_in(request), today).refusals, today


@require_safe
def import_file(request: HttpRequest, batch: int) -> HttpResponse:
    """The file as it was brought."""
    row = open_batch(request, batch)
    try:
        content = row.stored.open("rb")
    except OSError:
        messages.error(request, f"Không còn tệp “{row.name}” trong kho lưu.")
        return redirect("communes:import-home")
    return download(content, row.name)
