"""The edge of the application: what a request may hold, who is asking, what day it is, and what every answer says.

The clock is read here and nowhere else; below, the day is an argument.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.queries import installation
from communes.queries.people import standing_of
from ntm_tracker.errors import bad_request, not_allowed

MAX_ADDRESS = 4000
GetResponse = Callable[[HttpRequest], HttpResponse]


class AnswerHeaders:
    """Outermost: what every answer says, also those made before a view is asked. Data are never kept by browsers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response = not_allowed(request, response["Allow"])
        response.setdefault("X-Frame-Options", "DENY")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.setdefault("Cache-Control", "no-store")
        return response


class AddressGuard:
    """Refuses what no page of ours ever sends: NUL bytes, 60,000 letters, control characters in cookies. PostgreSQL
    would fail on them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if problem := self._problem(request):
            return bad_request(request, BadRequest(problem))
        for name in [name for name, value in request.COOKIES.items() if not value.isprintable()]:
            del request.COOKIES[name]
        return self.get_response(request)

    def _problem(self, request: HttpRequest) -> str | None:
        query = request.META.get("QUERY_STRING", "")
        if len(request.path) + len(query) > MAX_ADDRESS:
            return "Địa chỉ quá dài."
        if "\x00" in request.path or "%00" in query or "\x00" in query:
            return "Địa chỉ có ký tự không hợp lệ."
        return None


class LoginRequired(LoginRequiredMiddleware):
    """Every page but those marked otherwise asks for a login. A part of a page answers 401 instead of the login
    page, so that no login form lands inside a table; the script then leads there and keeps what was typed. After
    logging in one comes back to the page the form was on, not to the address that only takes what was sent."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponse]) -> HttpResponse:
        if request.headers.get("HX-Request"):
            return HttpResponse("Phiên làm việc đã hết. Đăng nhập lại.", status=401)
        if request.method == "POST":
            back = request.headers.get("Referer", "")
            safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
            # What is not safe may not even be an address that can be taken apart.
            page = urlsplit(back if safe else "")
            return redirect_to_login(f"{page.path}?{page.query}".rstrip("?") if page.path else "/")
        return super().handle_no_permission(request, view_func)


class IdleSession:
    """A session ends when nothing was asked for a while, and a working day after login whatever was asked. Its stamp
    is renewed at most once a minute, so that reading pages does not write to the database every time."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            since = request.session.setdefault("since", now)
            seen = request.session.get("seen", now)
            if now - seen > settings.SESSION_IDLE_SECONDS or now - since > settings.SESSION_LONGEST_SECONDS:
                logout(request)
            elif now - seen > 60 or "seen" not in request.session:
                request.session["seen"] = now
        return self.get_response(request)


# Asked by monitoring, also when the database is away: they say so themselves.
MONITORING = ("/song/", "/san-sang/")


class Edge:
    """Puts on the request: `installation`, `today` (the real day, or the installation's working day), `standing`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in MONITORING:
            return self.get_response(request)
        request.installation = installation()  # type: ignore[attr-defined]
        request.today = request.installation.working_day or timezone.localdate()  # type: ignore[attr-defined]
        person = request.user if request.user.is_authenticated else None
        request.standing = standing_of(person, request.today)  # type: ignore[attr-defined,arg-type]
        return self.get_response(request)
