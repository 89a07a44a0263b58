"""Boards over all communes: overview, matrix, list, one indicator."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from criteria.rules.vocabulary import Level
from reports.queries.indicators import indicator_board
from reports.queries.matrix import matrix
from reports.queries.overview import overview
from reports.queries.steering import deciding_line
from reports.queries.units import commune_list
from reports.viewing import viewing


@require_safe
def overview_page(request: HttpRequest) -> HttpResponse:
    """The leader's page. Somebody without a seat is told so on the own account page."""
    if not request.standing.seats:  # type: ignore[attr-defined]
        return redirect("accounts:account")
    view = viewing(request)
    board = overview(view)
    # A plan is seen from today: a past day has none.
    plan = deciding_line(view.district, request.standing, view.today) if board.is_today else None  # type: ignore[attr-defined]
    return render(request, "reports/overview.html", {"view": view, "board": board, "plan": plan})


@require_safe
def matrix_page(request: HttpRequest) -> HttpResponse:
    view = viewing(request, all_three=True)
    return render(request, "reports/matrix.html", {"view": view, "board": matrix(view)})


@require_safe
def commune_list_page(request: HttpRequest) -> HttpResponse:
    view = viewing(request)
    return render(request, "reports/commune_list.html", {"view": view, "board": commune_list(view)})


@require_safe
def indicator_page(request: HttpRequest, family: str, code: str) -> HttpResponse:
    level = _level_of(family)
    view = viewing(request, family=family, all_three=True, level=level)
    board = indicator_board(view, code)
    return render(request, "reports/indicator.html", {"view": view, "board": board})


def _level_of(family: str) -> Level:
    """District families are named so (`huyen-…`): the address alone must say which units are meant."""
    if len(family) > 60:
        raise Http404
    return Level.DISTRICT if family.startswith("huyen-") else Level.COMMUNE
