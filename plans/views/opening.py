"""Opening what an address of this floor names, and handing over papers. What concerns somebody else is 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Person
from accounts.roles import Standing
from communes.exporters.files import PDF, download
from communes.exporters.pdf import PdfUnavailable
from communes.models import Unit
from communes.queries.people import district_of
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from communes.views.reviewing import LARGEST_ID
from plans.models import Directive, DirectiveItem


def my_district(request: HttpRequest) -> Unit:
    """The district of the person's seats; of several the installation's own, or the one in `huyen=`."""
    home = request.installation.home_district  # type: ignore[attr-defined]
    found = district_of(standing_in(request), today_in(request), home, request.GET.get("huyen"))
    if found is None:
        raise Http404
    return found


def open_directive(request: HttpRequest, pk: int) -> Directive:
    rows = Directive.objects.visible_to(standing_in(request)).filter(on__lte=today_in(request))
    row = rows.select_related("district", "document").filter(pk=pk).first() if 0 < pk <= LARGEST_ID else None
    if row is None:
        raise Http404
    return row


def open_item(request: HttpRequest, pk: int) -> DirectiveItem:
    visible = Directive.objects.visible_to(standing_in(request)).filter(on__lte=today_in(request))
    rows = DirectiveItem.objects.filter(directive__in=visible).select_related("directive__district", "unit__parent")
    row = rows.filter(pk=pk).first() if 0 < pk <= LARGEST_ID else None
    if row is None:
        raise Http404
    return row


def who_acts(request: HttpRequest) -> dict[str, Any]:
    """Person, standing and day, as every act asks for them."""
    person: Person = person_in(request)
    standing: Standing = standing_in(request)
    return {"by": person, "standing": standing, "on": today_in(request)}


def is_demo(request: HttpRequest) -> bool:
    return bool(request.installation.is_demo)  # type: ignore[attr-defined]


def paper(request: HttpRequest, make: Callable[[], bytes], name: str) -> HttpResponse:
    """A PDF, or where the server lacks the parts for it a page that says so (503)."""
    try:
        content = make()
    except PdfUnavailable as problem:
        return render(request, "reports/no_pdf.html", {"sentence": str(problem)}, status=503)
    return download(content, name, PDF)
