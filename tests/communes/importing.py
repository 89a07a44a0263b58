"""What the tests of imports share: fetch a template as a person, fill it as Excel would, bring it, write it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from communes.models import ImportBatch
from communes.rules.entry_columns import ENTRY_SHEET, Column
from tests.makers import XA

HEADING = 4


def fetch(client: Client, **asked: str) -> bytes:
    response = client.get(reverse("communes:template"), {"bo": XA, **asked})
    assert response.status_code == 200, response.content[:400]
    return b"".join(response) if response.streaming else response.content


def column(sheet: Worksheet, wanted: Column) -> int:
    return next(cell.column for cell in sheet[HEADING] if cell.value == wanted.label)


def row_of(sheet: Worksheet, measure: str, unit: str = "18769") -> int:
    unit_at, measure_at = column(sheet, Column.KEY_UNIT), column(sheet, Column.KEY_MEASURE)
    for number in range(HEADING + 1, sheet.max_row + 1):
        if (sheet.cell(number, unit_at).value, sheet.cell(number, measure_at).value) == (unit, measure):
            return number
    raise LookupError(measure)


def filled(content: bytes, cells: dict[str, dict[Column, Any]], *, unit: str = "18769",
           after: Callable[[Worksheet], None] | None = None) -> bytes:  # fmt: skip
    """The workbook with some cells typed, and then whatever somebody does to the sheet."""
    book = load_workbook(BytesIO(content))
    sheet = book[ENTRY_SHEET]
    for measure, typed in cells.items():
        for where, value in typed.items():
            sheet.cell(row_of(sheet, measure, unit), column(sheet, where)).value = value
    if after:
        after(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def bring(client: Client, content: bytes, name: str = "so-lieu.xlsx", **fields: str) -> HttpResponse:
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("communes:import-home"), {"tep": file, **fields})


def brought(client: Client, content: bytes, **fields: str) -> ImportBatch:
    response = bring(client, content, **fields)
    assert response.status_code == 302, response.content.decode()[:3000]
    return ImportBatch.objects.latest("pk")


def preview(client: Client, batch: ImportBatch, **asked: str) -> Any:
    response = client.get(reverse("communes:import-batch", kwargs={"batch": batch.pk}), asked)
    return response.context["preview"]


def apply(client: Client, batch: ImportBatch, *, how: str = "sach", seen: str | None = None) -> HttpResponse:
    mark = preview(client, batch).found.fingerprint if seen is None else seen
    address = reverse("communes:import-apply", kwargs={"batch": batch.pk})
    return client.post(address, {"dau": mark, "cach": how})


def undo(client: Client, batch: ImportBatch) -> HttpResponse:
    return client.post(reverse("communes:import-undo", kwargs={"batch": batch.pk}))
