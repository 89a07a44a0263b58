"""Files of evidence going out: to be kept (attachment) or page by page as pictures. Never shown as what they are."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import NamedTemporaryFile

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from communes.exporters.files import download
from communes.imports.previews import PreviewProblem, page_picture
from communes.models import EvidenceFile
from communes.rules.evidence import FileKind
from communes.views.opening import standing_in, today_in
from criteria.rules.numbers import clean_text

_log = logging.getLogger(__name__)
# Whatever a browser makes of foreign bytes, it runs nothing and reaches nothing.
_SANDBOX = "sandbox; default-src 'none'"


def _open_file(request: HttpRequest, file: int) -> EvidenceFile:
    """A file of a document that this person may see; else 404."""
    return get_object_or_404(EvidenceFile.objects.visible_to(standing_in(request), today_in(request)), pk=file)


@require_safe
def file(request: HttpRequest, file: int) -> HttpResponse:
    return handed_over(_open_file(request, file))


def handed_over(row: EvidenceFile) -> HttpResponse:
    """A kept file as a download; for views of upper floors too, which have asked whether this person may see it."""
    try:
        content = default_storage.open(row.stored.name)
    except FileNotFoundError:
        _log.error("file of evidence %s is missing", row.pk)
        raise Http404 from None
    name = clean_text(row.name, keep_newlines=False) or f"minh-chung{FileKind(row.kind).suffix}"
    return _harmless(download(content, name, FileKind(row.kind).media_type))


@require_safe
def page(request: HttpRequest, file: int, page: int) -> HttpResponse:
    """One page as a picture; 404 where there is no such page, 422 with a sentence where none can be made."""
    row = _open_file(request, file)
    kind = FileKind(row.kind)
    if not kind.has_preview or not 1 <= page <= (row.pages or 1):
        raise Http404
    try:
        with _on_disk(row.stored.name) as path:
            picture = page_picture(path, kind, page, sha256=row.sha256)
    except PreviewProblem as problem:
        return _harmless(HttpResponse(problem.sentence, status=422, content_type="text/plain; charset=utf-8"))
    return _harmless(HttpResponse(picture, content_type="image/jpeg"))


def _harmless(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response


@contextmanager
def _on_disk(name: str) -> Iterator[str]:
    """A path where the bytes can be read: that of the storage, or of a copy where the storage is no disk."""
    try:
        yield default_storage.path(name)
        return
    except NotImplementedError:
        pass
    with NamedTemporaryFile() as copy, default_storage.open(name) as kept:
        for chunk in kept.chunks():
            copy.write(chunk)
        copy.flush()
        yield copy.name
