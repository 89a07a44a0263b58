"""Entry point of the web server, and the one check that must stand before Django reads a request."""

import os
from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

from django.core.wsgi import get_wsgi_application

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


application = only_utf8(get_wsgi_application())
