"""Pages for what goes wrong: in Vietnamese, with what to do next, without a word about the inside."""

from __future__ import annotations

import errno
import sqlite3
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def _page(template: str, status: int, detail: str = "", **more: str) -> HttpResponse:
    return HttpResponse(render_to_string(template, {"detail": detail, **more}), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("400.html", 400, _sentence(exception), without_day=_without_day(request))


def _without_day(request: HttpRequest) -> str:
    """The same address as of today, where it names a day: a slip in that field must not cost set, year and filter."""
    if request.method != "GET" or "ngay" not in request.GET:
        return ""
    rest = request.GET.copy()
    del rest["ngay"]
    return request.path + (f"?{rest.urlencode()}" if rest else "")


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
    """Called while the exception is handled. A full disk or a database that is away is nobody's mistake and passes:
    503 and what to do, nothing was written."""
    if passes_by_itself(sys.exc_info()[1]):
        response = _page("503.html", 503)
        response["Retry-After"] = "60"
        return response
    return _page("500.html", 500)


def passes_by_itself(problem: BaseException | None) -> bool:
    """Whether it is the machine's state and not our program: no room, no connection, locked for too long."""
    if isinstance(problem, OSError):
        return problem.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EROFS)
    # SQLite calls a wrong statement "operational" too: a column that is not there, more variables than it takes.
    code = getattr(getattr(problem, "__cause__", None), "sqlite_errorcode", None)
    if code is not None and code & 0xFF == sqlite3.SQLITE_ERROR:
        return False
    return isinstance(problem, (OperationalError, InterfaceError))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page("403_csrf.html", 403)


def _sentence(exception: Exception) -> str:
    """Only sentences of our own reach the page; Django's English ones do not."""
    text = str(exception)
    return text if text.endswith(".") and any(ord(ch) > 127 for ch in text) else ""
