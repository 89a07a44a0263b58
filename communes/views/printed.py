"""Handing over a paper: the PDF, or where the server cannot draw it a page that says so (503)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from communes.exporters.files import PDF, download
from communes.exporters.pdf import PdfUnavailable


def paper(request: HttpRequest, make: Callable[[], bytes], name: str) -> HttpResponse:
    try:
        content = make()
    except PdfUnavailable as problem:
        return render(request, "reports/no_pdf.html", {"sentence": str(problem)}, status=503)
    return download(content, name, PDF)


def is_demo(request: HttpRequest) -> bool:
    return bool(request.installation.is_demo)  # type: ignore[attr-defined]
