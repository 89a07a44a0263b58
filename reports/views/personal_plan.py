"""/viec-cua-toi/ke-hoach/: one's own plan on the screen, on paper and as a calendar file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.roles import Right
from communes.exporters.files import PDF, download
from communes.exporters.pdf import PdfUnavailable
from reports.exporters.personal_plan import ICS, personal_calendar, personal_pdf
from reports.queries.personal_plan import PersonalPlan, Span, personal_plan


def _asked(request: HttpRequest) -> tuple[PersonalPlan, Span, bool]:
    standing: Any = request.standing  # type: ignore[attr-defined]
    if not standing.seats:
        raise Http404
    only_own = request.GET.get("cua") == "toi"
    span = Span.WEEK if request.GET.get("theo") == Span.WEEK.value else Span.MONTH
    return personal_plan(standing, request.today, only_own=only_own), span, only_own  # type: ignore[attr-defined]


@require_safe
def personal_plan_page(request: HttpRequest) -> HttpResponse:
    plan, span, only_own = _asked(request)
    standing: Any = request.standing  # type: ignore[attr-defined]
    may_add = any(standing.can_in(Right.PLAN_OWN, code) for code in standing.districts)
    query = f"theo={span.value}{'&cua=toi' if only_own else ''}"
    context = {
        "plan": plan, "spans": plan.spans(span), "span": span, "only_own": only_own, "query": query,
        "may_add": may_add,
    }  # fmt: skip
    return render(request, "reports/personal_plan.html", context)


@require_safe
def personal_plan_paper(request: HttpRequest) -> HttpResponse:
    """A PDF, or where the server lacks the parts for it a page that says so (503)."""
    plan, span, _ = _asked(request)
    try:
        content = personal_pdf(plan, span, is_demo=request.installation.is_demo)  # type: ignore[attr-defined]
    except PdfUnavailable as problem:
        return render(request, "reports/no_pdf.html", {"sentence": str(problem)}, status=503)
    return download(content, f"Kế hoạch cá nhân {plan.name} {plan.today:%d-%m-%Y}.pdf", PDF)


@require_safe
def personal_plan_calendar(request: HttpRequest) -> HttpResponse:
    plan, _, _ = _asked(request)
    host = request.get_host().partition(":")[0]
    content = personal_calendar(
        plan, made_at=timezone.now(), host=host, absolute=request.build_absolute_uri,
        is_demo=request.installation.is_demo,  # type: ignore[attr-defined]
    )  # fmt: skip
    return download(content, f"Kế hoạch cá nhân {plan.name}.ics", ICS)
