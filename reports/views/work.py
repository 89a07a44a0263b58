"""/viec-cua-toi/: the first screen of officers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from reports.queries.my_work import my_work


@require_safe
def my_work_page(request: HttpRequest) -> HttpResponse:
    """What waits for this person. Somebody without a seat is told so on the own account page."""
    if not request.standing.seats:  # type: ignore[attr-defined]
        return redirect("accounts:account")
    work = my_work(request.standing, request.today)  # type: ignore[attr-defined]
    return render(request, "reports/my_work.html", {"work": work})
