"""What the tests of imported lists share: a list as somebody would write it, checked, and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from django.utils import timezone
from openpyxl import Workbook

from accounts.models import Person
from accounts.roles import Standing
from communes.actions.list_imports import apply_list
from communes.imports.list_assignments import check_assignments
from communes.imports.list_people import check_people
from communes.imports.lists import check_departments, check_targets, check_units
from communes.imports.workbooks import read_workbook
from communes.models import ImportBatch, Posting, Target, Unit
from communes.rules.importing import Found, ImportKind, ImportStage, RowClass
from communes.rules.list_columns import COLUMNS
from tests.makers import TODAY, Cast, make_cast

CHECKS: dict[ImportKind, Callable[..., Found]] = {
    ImportKind.UNITS: check_units,
    ImportKind.DEPARTMENTS: check_departments,
    ImportKind.PEOPLE: check_people,
    ImportKind.ASSIGNMENTS: check_assignments,
    ImportKind.TARGETS: check_targets,
}
UNITS, DEPARTMENTS, PEOPLE, ASSIGNMENTS, TARGETS = CHECKS
HEADS = {kind: {c.key: c.label for c in columns} for kind, columns in COLUMNS.items()}


@dataclass(frozen=True)
class Asked:
    district: Unit
    standing: Standing
    today: date = TODAY


def make_listed_cast() -> Cast:
    """The cast with something in every list."""
    cast = make_cast()
    Unit.objects.filter(pk=cast.ky_phu.pk).update(
        population=8533, area_ha="1557.25", lon=106.24609, lat=18.20027, valid_from=date(2020, 1, 1),
        region="bac_trung_bo",
    )  # fmt: skip
    Posting.objects.filter(person=cast.lan).update(signs_off=True, to_on=date(2024, 1, 1))
    Person.objects.filter(pk=cast.lan.pk).update(email="lan@example.vn")
    Target.objects.create(unit=cast.ky_phu, year=2023, tier="model", fields=["san_xuat"], document="Kế hoạch 15")
    Target.objects.create(unit=cast.district, year=2023, tier="standard", document="Kế hoạch 15")
    return cast


def book_of(kind: ImportKind, *rows: Mapping[str, Any]) -> bytes:
    """A workbook with the headings that the rows need, as somebody would write it by hand."""
    book = Workbook()
    keys = list(dict.fromkeys([c.key for c in COLUMNS[kind] if c.is_needed] + [key for row in rows for key in row]))
    book.active.append([HEADS[kind][key] for key in keys])
    for row in rows:
        book.active.append([row.get(key) for key in keys])
    return bytes_of(book)


def bytes_of(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def check(cast: Cast, kind: ImportKind, content: bytes, *, by: Person | None = None) -> Found:
    sheets = read_workbook(BytesIO(content), name="danh mục.xlsx")
    return CHECKS[kind](sheets, Asked(cast.district, cast.standing(by or cast.tuan)))


def brought(cast: Cast, kind: ImportKind, *rows: Mapping[str, Any], by: Person | None = None) -> Found:
    return check(cast, kind, book_of(kind, *rows), by=by)


def batch_of(cast: Cast, kind: ImportKind, by: Person) -> ImportBatch:
    return ImportBatch.objects.create(
        district=cast.district, kind=kind.value, stored="x", name="danh mục.xlsx", size=1, sha256="0" * 64,
        stage=ImportStage.CHECKED.value, by=by, on=TODAY, at=timezone.now(),
    )  # fmt: skip


def written(cast: Cast, kind: ImportKind, found: Found, *, by: Person | None = None) -> ImportBatch:
    by = by or cast.tuan
    batch = batch_of(cast, kind, by)
    apply_list(
        by=by, standing=cast.standing(by), batch=batch, rows=found.written, counts=found.counts,
        fingerprint=found.fingerprint, on=TODAY,
    )  # fmt: skip
    batch.refresh_from_db()
    return batch


def reasons(found: Found) -> list[str]:
    return [problem.reason for row in found.refused for problem in row.problems]


def classes(found: Found) -> list[RowClass]:
    return [row.found for row in found.rows]
