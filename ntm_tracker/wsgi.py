"""Entry point of the web server, and the checks that must stand before Django reads a request."""

import os
from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import Error, connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntm_tracker.settings")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def only_utf8(django: Application) -> Application:
    """Refuses another charset than UTF-8: Django looks the codec up while it makes the request, where no middleware
    can answer, and fails on those that are no text encodings (hex, zlib, rot13)."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        stated = Message()
        stated["Content-Type"] = environ.get("CONTENT_TYPE") or "text/plain"
        if str(stated.get_content_charset("utf-8")) not in ("utf-8", "utf8"):
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return ["Dữ liệu gửi lên phải dùng bảng mã UTF-8.\n".encode()]
        return django(environ, start_response)

    return application


EMPTY = (
    "Cơ sở dữ liệu trống nên phần mềm không phục vụ. Kiểm tra NTM_DATA_DIR và DATABASE_URL có trỏ đúng chỗ, ổ đĩa đã "
    "được gắn; nếu mất số liệu thì khôi phục bằng manage.py restore, nếu cài mới thì chạy migrate, load_criteria.\n"
)


def only_filled(django: Application, is_filled: Callable[[], bool]) -> Application:
    """Serves nothing but /song/ while the database is empty: a folder that was not mounted or a wrong address must not
    look like an installation that lost its data. Asked until it is true once, so that it recovers by itself."""
    found = False

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        nonlocal found
        found = found or is_filled()
        if not found and environ.get("PATH_INFO") != "/song/":
            start_response("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
            return [EMPTY.encode()]
        return django(environ, start_response)

    return application


def has_people() -> bool:
    """Without people nobody can log in. A database that does not answer is another matter, and Django's to tell
    (`Error`, because a connection that was lost is no DatabaseError)."""
    try:
        return "accounts_person" in connection.introspection.table_names() and _anybody()
    except Error:
        return True


def _anybody() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_person LIMIT 1")
        return cursor.fetchone() is not None


application = only_utf8(only_filled(get_wsgi_application(), has_people))
