"""The response that hands a file over, to be kept: whatever leaves this house as a workbook, a PDF or a paper.

Called by views of this floor and of those above.
"""

from __future__ import annotations

import unicodedata
from typing import IO
from urllib.parse import quote

from django.http import FileResponse, HttpResponse

from communes.rules.file_names import handed_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


def download(content: bytes | IO[bytes], name: str, content_type: str = XLSX) -> HttpResponse:
    """A file to keep under `name` (which need not be safe): never shown by the browser as something else, never kept
    by a shared cache. An open file is sent piece by piece and closed."""
    if isinstance(content, bytes):
        response = HttpResponse(content, content_type=content_type)
    else:
        response = FileResponse(content, content_type=content_type)  # type: ignore[assignment]
    safe = handed_name(name)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name(safe)}\"; filename*=utf-8''{quote(safe, safe='')}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def ascii_name(name: str) -> str:
    """For programs that do not understand RFC 5987."""
    bare = unicodedata.normalize("NFD", name.translate(str.maketrans("đĐ×–—", "dDx--")))
    return "".join(ch if ch.isascii() and ch.isprintable() and ch not in '"\\%' else "" for ch in bare)
