"""What an import of 20,000 rows costs, beside the floor it is measured by: reading the same file with openpyxl and
inserting as many rows in bulk. Called by tools/bench.py (`make bench`); figures of one run belong together.

    python tools/bench_import.py [--rows 20000]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if __name__ == "__main__":
    _folder = tempfile.TemporaryDirectory(prefix="ntm-bench-")
    os.environ["NTM_DATA_DIR"] = _folder.name
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntm_tracker.settings")
    import django

    django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from openpyxl import Workbook, load_workbook  # noqa: E402

from accounts.actions import make_person  # noqa: E402
from accounts.models import Person  # noqa: E402
from accounts.roles import Role  # noqa: E402
from communes.actions.importing import keep_import  # noqa: E402
from communes.imports.entry_keys import check_of, content_of  # noqa: E402
from communes.imports.kinds import INTAKES, Writing, check_batch  # noqa: E402
from communes.models import Assessment, ImportBatch, Posting, Statement, Unit  # noqa: E402
from communes.queries.importing import Now  # noqa: E402
from communes.queries.people import standing_of  # noqa: E402
from communes.rules.entry_columns import ENTRY_SHEET, Column  # noqa: E402
from communes.rules.importing import ImportKind  # noqa: E402
from criteria.models import Measure  # noqa: E402
from criteria.queries import books_in_force, measure_of  # noqa: E402
from criteria.rules.vocabulary import Kind, Level  # noqa: E402

TODAY = date(2023, 10, 15)
YEAR = TODAY.year


def bench_import(rows: int, *, code: str = "700") -> None:
    """Print the times of reading, checking and writing, and their ratio to the floor."""
    district, person = _district(code, rows)
    stored, size = _workbook(district, rows)
    standing = standing_of(person, TODAY)
    with default_storage.open(stored) as content:
        batch = keep_import(
            by=person, standing=standing, district=district, kind=ImportKind.VALUES, year=YEAR, content=content,
            name="lon.xlsx", size=size, on=TODAY,
        )  # fmt: skip
    floor_read = _timed(lambda: _read_plainly(stored))
    floor_insert = _timed(lambda: _insert_plainly(district, person, rows))
    floor = floor_read + floor_insert
    first = _timed(lambda: check_batch(batch, standing, TODAY))
    before = _peak()
    spent = _timed(lambda: _import(batch, person))
    print(f"{connection.vendor}: {rows:,} rows, {size / 1024 / 1024:.1f} MB of .xlsx")
    print(f"floor   reading with openpyxl {floor_read:.2f} s + bulk insert {floor_insert:.2f} s = {floor:.2f} s")
    print(f"preview reading and checking  {first:.2f} s  ({first / floor:.2f} × the floor)")
    print(f"import  read, check, write    {spent:.2f} s  ({spent / floor:.2f} × the floor, aim ≤ 1.5)")
    print(f"memory  peak of the process   {_peak():.0f} MB ({before:.0f} MB before writing, aim < 150)")


def _district(code: str, rows: int) -> tuple[Unit, Person]:
    district = Unit.objects.create(
        code=code, name=f"Huyện {code}", slug=f"huyen-{code}", kind="huyện", level="district", region="bac_trung_bo"
    )
    count = -(-rows // len(_measures()))
    Unit.objects.bulk_create(
        Unit(
            code=f"{code}{number:03}", name=f"Xã {number}", slug=f"xa-{code}-{number}", kind="xã", level="commune",
            parent=district, position=number,
        )
        for number in range(count)
    )  # fmt: skip
    person = make_person(username=f"office-{code}", full_name="Office", password=None)
    Posting.objects.create(person=person, role=Role.COORDINATOR.value, unit=district, from_on=TODAY)
    return district, person


def _measures() -> list[Measure]:
    books = books_in_force(TODAY, year=YEAR).of_level(Level.COMMUNE)
    return list(Measure.objects.filter(code__in={code for book in books for code in book.measures}).order_by("pk"))


def _workbook(district: Unit, rows: int) -> tuple[str, int]:
    """A filled template of so many rows, in the storage. Written row by row: the bench measures what reads it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ENTRY_SHEET)
    sheet.append([column.label for column in Column])
    content, left = content_of(Now().said), rows
    measures = [(row, measure_of(row)) for row in _measures()]
    for unit in Unit.objects.filter(parent=district).order_by("position"):
        for number, (row, measure) in enumerate(measures[:left]):
            value: object = 50 + number % 50 + number % 7 / 10
            if measure.kind is Kind.BOOLEAN:
                value = measure.yes_label
            elif measure.kind is Kind.ORDINAL:
                value = measure.scale[-1]
            elif measure.kind is Kind.COUNT:
                value = number
            check = check_of(unit.code, row.code, YEAR, 0, content)
            sheet.append([
                unit.name, None, row.name[:60], row.unit, "≥ 90 %", None, value, None, None, None, None, None,
                f"theo báo cáo số {number}", "chưa nhập", unit.code, row.code, YEAR, 0, check,
            ])  # fmt: skip
        left -= min(left, len(measures))
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        book.save(file.name)
        content_bytes = Path(file.name).read_bytes()
    return default_storage.save("bench/lon.xlsx", ContentFile(content_bytes)), len(content_bytes)


def _read_plainly(stored: str) -> None:
    with default_storage.open(stored) as file:
        book = load_workbook(file, read_only=True)
        for row in book[ENTRY_SHEET].iter_rows(values_only=True):
            tuple(row)
        book.close()


def _insert_plainly(district: Unit, person: Person, rows: int) -> None:
    """As many statements, in bulk, and away again: the floor leaves nothing behind."""
    with transaction.atomic():
        unit = Unit.objects.filter(parent=district).first()
        assessment = Assessment.objects.create(unit=unit, measure=_measures()[0], year=2021)
        Statement.objects.bulk_create(
            Statement(
                assessment=assessment, kind="revision", value="88.2", remark="theo báo cáo", source="import",
                stage="draft", by=person, on=TODAY, at=timezone.now(),
            )
            for _ in range(rows)
        )  # fmt: skip
        transaction.set_rollback(True)


def _import(batch: ImportBatch, person: Person) -> None:
    """What applying does: the file read again, checked, written."""
    standing = standing_of(person, TODAY)
    found = check_batch(batch, standing, TODAY)
    written = INTAKES[ImportKind.VALUES].apply(
        Writing(person, standing, batch, found.written, found.counts, found.fingerprint, TODAY)
    )
    if found.problems or written != len(found.rows):
        raise AssertionError(f"written {written} of {found.counts} {found.problems}")


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _peak() -> float:
    """Most memory the process ever held, in MB; 0 where the system does not tell."""
    if resource is None:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("load_criteria", stdout=StringIO())
    bench_import(options.rows)


if __name__ == "__main__":
    main()
