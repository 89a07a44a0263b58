"""The district that a request is about: named in its address (`huyen=`), else that of the person's seats.

One rule for the working screens of this floor and the boards of those above. Beside the rooms, as `criteria.address`.
"""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest

from accounts.roles import Standing
from communes.models import Unit
from communes.queries.people import district_of


def named_district(request: HttpRequest) -> Unit | None:
    """Of several districts the one in `huyen=` or the installation's own. None where the person has none, or where the
    one named is not theirs. One query."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    today: date = request.today  # type: ignore[attr-defined]
    home: str = request.installation.home_district  # type: ignore[attr-defined]
    return district_of(standing, today, home, request.GET.get("huyen"))


def home_district(request: HttpRequest) -> Unit:
    """The same, where a page is nothing without it: 404."""
    found = named_district(request)
    if found is None:
        raise Http404
    return found
