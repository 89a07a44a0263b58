"""Opening what an address names: the unit, the year, the part of a page. What concerns somebody else is 404."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest

from accounts.roles import Standing
from communes.address import home_district
from communes.models import Unit
from communes.policies import may_open_sheet
from criteria.address import FIRST_YEAR


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
    """The district of the request. Its working papers are those of departments, office and leaders: a commune's
    officer finds nothing here."""
    found = home_district(request)
    if not may_open_sheet(standing_in(request), found.code):
        raise Http404
    return found


def checked_year(year: int, today: date) -> int:
    """A year that can be assessed: not before the sets, not in the future. Raises BadRequest."""
    if not FIRST_YEAR <= year <= max(today.year, FIRST_YEAR):
        raise BadRequest(f"Năm đánh giá phải từ {FIRST_YEAR} đến {max(today.year, FIRST_YEAR)}.")
    return year
