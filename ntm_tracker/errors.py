"""Pages for what goes wrong: in Vietnamese, with what to do next, without a word about the inside."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def _page(template: str, status: int, detail: str = "") -> HttpResponse:
    return HttpResponse(render_to_string(template, {"detail": detail}), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("400.html", 400, _sentence(exception))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("403.html", 403, _sentence(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("404.html", 404)


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """For an address that only takes forms, opened by hand or by the browser's own "again"."""
    response = _page("405.html", 405)
    response["Allow"] = allowed
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return _page("500.html", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page("403_csrf.html", 403)


def _sentence(exception: Exception) -> str:
    """Only sentences of our own reach the page; Django's English ones do not."""
    text = str(exception)
    return text if text.endswith(".") and any(ord(ch) > 127 for ch in text) else ""
