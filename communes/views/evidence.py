"""The papers beside one figure: the panel and its page, uploading, links, picking what is here, taking away."""

from __future__ import annotations

import json
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from communes.actions.evidence import attach, bring_in, detach
from communes.models import Attachment, Evidence, Unit
from communes.policies import Refused
from communes.views.cells import person_in
from communes.views.evidence_panel import Panel, panel_of
from communes.views.opening import checked_year, open_commune, open_district, standing_in, today_in
from communes.views.paper_forms import (
    PaperProblem,
    Problems,
    details_of,
    files_in,
    number_or_none,
    titled,
    typed_paper,
    uploads_in,
)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, code: str, year: int, measure: str) -> HttpResponse:
    return _evidence(request, open_commune(request, code), year, measure)


@require_http_methods(["GET", "HEAD", "POST"])
def district_evidence(request: HttpRequest, year: int, measure: str) -> HttpResponse:
    return _evidence(request, open_district(request), year, measure)


def _evidence(request: HttpRequest, unit: Unit, year: int, code: str) -> HttpResponse:
    panel = _panel(request, unit, checked_year(year, today_in(request)), code)
    if request.method != "POST":
        return _answer(request, panel)
    act = ACTS.get(request.POST.get("viec", ""))
    if act is None:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    problems = Problems()
    done = act(request, panel, problems)
    if not request.headers.get("HX-Request") and not problems:
        for sentence in done:
            messages.success(request, sentence)
        return redirect(panel.address)
    fresh = replace(_panel(request, unit, year, code), problems=problems, done=done)
    if problems:
        fresh = replace(fresh, typed=typed_paper(request.POST))
    response = _answer(request, fresh, problems.status if problems and not done else 200)
    if done:
        response["HX-Trigger"] = _told(fresh)
    return response


def _panel(request: HttpRequest, unit: Unit, year: int, code: str) -> Panel:
    return panel_of(unit, year, code, standing_in(request), today_in(request), request.GET.dict())


def _answer(request: HttpRequest, panel: Panel, status: int = 200) -> HttpResponse:
    name = "communes/_evidence.html" if request.headers.get("HX-Request") else "communes/evidence.html"
    return render(request, name, {"panel": panel}, status=status)


def _told(panel: Panel) -> str:
    """For the page around the panel, which shows the number of papers in its row."""
    state = panel.state
    lacking = state.is_lacking_at(panel.item.stage)
    told = {"measure": panel.measure.code, "count": state.count, "lacking": lacking, "mark": state.mark}
    return json.dumps({"ntm:papers": told})


def _upload(request: HttpRequest, panel: Panel, problems: Problems) -> list[str]:
    """Every file that passes becomes a document; every other one gives its sentence. A link is a document too."""
    files, oversize = files_in(request)
    problems += oversize
    typed = typed_paper(request.POST)
    done: list[str] = []
    try:
        details = details_of(typed)
        required = number_or_none(typed.required)
        if not files and not oversize:
            details = titled(details, details.link, one_of_many=False)
            row = bring_in(**_who(request), beside=panel.beside, details=details, upload=None, required=required)
            done.append(f"Đã đính kèm “{row.evidence.title}”.")
        for upload in uploads_in(files, problems):
            own = titled(details, upload.checked.name, one_of_many=len(files) > 1)
            row = bring_in(**_who(request), beside=panel.beside, details=own, upload=upload, required=required)
            done.append(f"Đã đính kèm “{row.evidence.title}”.")
    except (PaperProblem, Refused) as problem:
        problems.add(problem)
    return done


def _pick(request: HttpRequest, panel: Panel, problems: list[str]) -> list[str]:
    """Lay a document beside this figure that the person may see."""
    rows = Evidence.objects.visible_to(standing_in(request), today_in(request))
    document = get_object_or_404(rows, pk=number_or_none(request.POST.get("van-ban", "")))
    required = number_or_none(request.POST.get("dap-ung", ""))
    try:
        attach(**_who(request), beside=panel.beside, document=document, required=required)
    except Refused as refusal:
        problems.append(str(refusal))
        return []
    return [f"Đã đính kèm “{document.title}”."]


def _take_away(request: HttpRequest, panel: Panel, problems: list[str]) -> list[str]:
    rows = Attachment.objects.visible_to(standing_in(request), today_in(request))
    rows = rows.filter(assessment__unit=panel.unit, assessment__measure=panel.measure, assessment__year=panel.year)
    row = get_object_or_404(rows, pk=number_or_none(request.POST.get("dinh-kem", "")))
    try:
        detach(**_who(request), beside=panel.beside, attachment=row.pk)
    except Refused as refusal:
        problems.append(str(refusal))
        return []
    return ["Đã gỡ minh chứng khỏi mục này; văn bản vẫn còn trong danh sách của đơn vị."]


def _who(request: HttpRequest) -> dict[str, object]:
    return {"by": person_in(request), "standing": standing_in(request), "on": today_in(request)}


ACTS = {"tai-len": _upload, "gan": _pick, "go": _take_away}
