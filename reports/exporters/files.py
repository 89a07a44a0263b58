"""Names of the files people take away, and the response that hands one over."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from django.http import HttpResponse

from communes.models import Unit
from reports.exporters.lines import plain
from reports.viewing import Viewing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
# Bytes, not letters: a Vietnamese letter takes up to three, and file systems allow 255 bytes.
LONGEST_NAME = 180
_FORBIDDEN = str.maketrans(dict.fromkeys('/\\:*?"<>|\n\t', "-"))
_KINDS = {"matrix": "Ma trận xã × tiêu chí", "commune": "Kết quả", "district": "Kết quả"}


def file_name(kind: str, viewing: Viewing, extension: str, unit: Unit | None = None) -> str:
    """ "Ma trận xã × tiêu chí – Xã NTM – 2023 – đã duyệt – đến 15-10-2023.xlsx".

    `kind`: "matrix", "commune" (with `unit`) or "district"; `extension` without the dot. KeyError for another kind.
    """
    subject = _KINDS[kind]
    if kind != "matrix":
        subject = f"{subject} {(unit or viewing.district).full_name}"
    day = f"đến {viewing.as_of:%d-%m-%Y}"
    pieces = (viewing.book.short_name, str(viewing.year), viewing.basis_label, day)
    return safe_name(f"{subject} – {' – '.join(pieces)}", extension)


def safe_name(stem: str, extension: str) -> str:
    """A name that Windows takes too, shortened to `LONGEST_NAME` bytes without cutting a letter in two."""
    clean = " ".join(plain(stem).translate(_FORBIDDEN).split())
    room = LONGEST_NAME - len(extension) - 1
    short = clean.encode()[:room].decode(errors="ignore").strip(" .–-")
    return f"{short or 'tep'}.{extension}"


def ascii_name(name: str) -> str:
    """For programs that do not understand RFC 5987."""
    bare = unicodedata.normalize("NFD", name.translate(str.maketrans("đĐ×–—", "dDx--")))
    return "".join(ch if ch.isascii() and ch.isprintable() and ch not in '"\\%' else "" for ch in bare)


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file to keep, never shown by the browser as something else, never kept by a shared cache."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name(name)}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
