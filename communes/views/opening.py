"""Opening what an address names: the unit, the year, the part of a page. What concerns somebody else is 404."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse

from accounts.roles import Standing
from communes.models import Unit
from communes.policies import may_open_sheet

FIRST_YEAR = 2021
View = Callable[..., HttpResponse]


def standing_in(request: HttpRequest) -> Standing:
    return request.standing  # type: ignore[attr-defined,no-any-return]


def today_in(request: HttpRequest) -> date:
    return request.today  # type: ignore[attr-defined,no-any-return]


def open_commune(request: HttpRequest, code: str) -> Unit:
    """A commune whose working papers concern this person: its own officers, and those who see all bases there."""
    standing = standing_in(request)
    units = Unit.objects.visible_to(standing).communes().valid_on(today_in(request)).select_related("parent")
    unit = units.called(code[:80]).first()
    if unit is None or not may_open_sheet(standing, unit.district_code, unit.code):
        raise Http404
    return unit


def open_district(request: HttpRequest) -> Unit:
    """The district of the person's seats; of several the installation's own, or the one in `huyen=`. Its working
    papers are those of departments, office and leaders: a commune's officer finds nothing here."""
    standing = standing_in(request)
    units = list(Unit.objects.visible_to(standing).districts().valid_on(today_in(request)))
    wanted = request.GET.get("huyen") or request.installation.home_district  # type: ignore[attr-defined]
    found = next((u for u in units if wanted in (u.code, u.slug)), units[0] if units else None)
    if found is None or ("huyen" in request.GET and wanted not in (found.code, found.slug)):
        raise Http404
    if not may_open_sheet(standing, found.code):
        raise Http404
    return found


def checked_year(year: int, today: date) -> int:
    """A year that can be assessed: not before the sets, not in the future. Raises BadRequest."""
    if not FIRST_YEAR <= year <= max(today.year, FIRST_YEAR):
        raise BadRequest(f"Năm đánh giá phải từ {FIRST_YEAR} đến {max(today.year, FIRST_YEAR)}.")
    return year


def parts_need_session(view: View) -> View:
    """For addresses that answer parts of a page: a request of htmx whose session has ended gets 401, so that the page
    keeps what was typed; following a redirect, htmx would put the login form into the table."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse("Phiên làm việc đã kết thúc.", status=401, content_type="text/plain; charset=utf-8")
        return redirect_to_login(request.get_full_path())

    return login_not_required(guarded)
