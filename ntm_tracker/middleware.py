"""The edge of the application: what an address may hold, who is asking, and what day it is.

The clock is read here and nowhere else; below, the day is an argument.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.queries import installation
from communes.queries.people import standing_of
from ntm_tracker.errors import bad_request

MAX_ADDRESS = 4000
GetResponse = Callable[[HttpRequest], HttpResponse]


class AddressGuard:
    """Refuses addresses that no page of ours ever makes: NUL bytes, 60,000 letters. PostgreSQL would fail on them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(request.path) + len(query) > MAX_ADDRESS:
            return bad_request(request, BadRequest("Địa chỉ quá dài."))
        if "\x00" in request.path or "%00" in query or "\x00" in query:
            return bad_request(request, BadRequest("Địa chỉ có ký tự không hợp lệ."))
        return self.get_response(request)


class Edge:
    """Puts on the request: `installation`, `today` (the real day, or the installation's working day), `standing`.

    Everybody but the login page's visitor must be logged in; pages with data are never stored by browsers.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.installation = installation()  # type: ignore[attr-defined]
        request.today = request.installation.working_day or timezone.localdate()  # type: ignore[attr-defined]
        person = request.user if request.user.is_authenticated else None
        request.standing = standing_of(person, request.today)  # type: ignore[attr-defined,arg-type]
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store"
        return response


class LoginRequired(LoginRequiredMiddleware):
    """Every page but those marked otherwise asks for a login. A part of a page answers 401 instead of the login
    page, so that no login form lands inside a table; the script then leads there and keeps what was typed."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponse]) -> HttpResponse:
        if request.headers.get("HX-Request"):
            return HttpResponse("Phiên làm việc đã hết. Đăng nhập lại.", status=401)
        return super().handle_no_permission(request, view_func)
