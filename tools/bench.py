"""`make bench`: what the boards cost, as ratios measured in one run.

For a district of 20 and one of 200 communes, 132 indicators, eight revisions a cell, everything approved:
the overview and the matrix against (a) the floor: the same bytes sent by the same stack behind the same login without
asking anything, and (b) one plain SQL read of the same rows. Also: the number of queries, and the page of one district
with and without other districts in the database. Figures of one run belong together; compare ratios, not milliseconds.

    python tools/bench.py [--communes 20 200] [--rounds 9]        # DATABASE_URL as everywhere; its database is filled
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
_folder = tempfile.TemporaryDirectory(prefix="ntm-bench-")
os.environ["NTM_DATA_DIR"] = _folder.name
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntm_tracker.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import include, path  # noqa: E402

from accounts.actions import make_person, set_up_installation  # noqa: E402
from accounts.models import Person  # noqa: E402
from accounts.roles import Role  # noqa: E402
from communes.actions.replaying import Step, replay  # noqa: E402
from communes.actions.stating import Entry  # noqa: E402
from communes.models import Posting, Statement, Unit  # noqa: E402
from communes.rules.workflow import ActKind  # noqa: E402
from criteria.models import Measure  # noqa: E402
from criteria.queries import books_in_force, measure_of  # noqa: E402
from criteria.rules import rulebook as rules  # noqa: E402
from criteria.rules.rulebook import Value  # noqa: E402
from criteria.rules.vocabulary import Kind, Level  # noqa: E402

TODAY = date(2023, 10, 15)
YEAR = TODAY.year
REVISIONS = 8
PAGES = {"overview": "/", "matrix": "/ma-tran/?bo=xa-ntm-2021-2025"}

# The same rows as a board needs, as one statement in plain SQL.
PLAIN_READ = """
SELECT a.unit_id, h.basis, m.code, s.value, s.exemption, s.refused, s.id
FROM communes_holding h
JOIN communes_assessment a ON a.id = h.assessment_id
JOIN communes_statement s ON s.id = h.statement_id
JOIN criteria_measure m ON m.id = a.measure_id
JOIN communes_unit u ON u.id = a.unit_id
WHERE h.from_on <= %s AND (h.until_on IS NULL OR h.until_on > %s) AND a.year = %s AND (u.parent_id = %s OR u.id = %s)
"""


def main() -> None:
    options = _options()
    call_command("migrate", verbosity=0)
    call_command("load_criteria", stdout=StringIO())
    people = {name: make_person(username=name, full_name=name, password=None) for name in ("a", "b", "c", "leader")}
    print(f"{connection.vendor}, Django {django.get_version()}, {options.rounds} rounds, medians")
    print("page      communes  queries  ms      floor   read    page / (floor + read)   aim ≤ 4")
    for number, communes in enumerate(options.communes):
        district = fill(people, code=f"{500 + number}", communes=communes, revisions=REVISIONS)
        seat = Posting.objects.create(person=people["leader"], role=Role.LEADER.value, unit=district, from_on=TODAY)
        set_up_installation(is_demo=False, working_day=TODAY, home_district=district.code)
        for name, address in PAGES.items():
            report(name, address, communes, district, people["leader"], options.rounds)
        if number == 0:
            alone = measured(people["leader"], "/", options.rounds)
            for other in range(5):
                fill(people, code=f"{600 + other}", communes=20, revisions=1)
            crowded = measured(people["leader"], "/", options.rounds)
            print(f"overview of one district beside five more: {crowded / alone:.2f} × the time of it alone")
        seat.delete()
    # In a process of its own, whose memory is that of the import alone.
    subprocess.run([sys.executable, ROOT / "tools" / "bench_import.py"], check=True)
    subprocess.run([sys.executable, ROOT / "tools" / "bench_schedule.py"], check=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--communes", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


def fill(people: dict[str, Person], *, code: str, communes: int, revisions: int) -> Unit:
    """A district whose communes have stated everything that both commune sets ask for, `revisions` times."""
    district = Unit.objects.create(
        code=code, name=f"Huyện {code}", slug=f"huyen-{code}", kind="huyện", level="district", region="bac_trung_bo"
    )
    units = [
        Unit.objects.create(
            code=f"{code}{number:03}", name=f"Xã {number}", slug=f"xa-{code}-{number}", kind="xã", level="commune",
            parent=district, position=number,
        )
        for number in range(communes)
    ]  # fmt: skip
    codes = {code for book in books_in_force(TODAY, year=YEAR).of_level(Level.COMMUNE) for code in book.measures}
    measures = [(row, measure_of(row)) for row in Measure.objects.filter(code__in=codes)]
    replay(steps=list(_steps(people, units, measures, revisions)))
    return district


def typical(measure: rules.Measure, chance: random.Random) -> Value:
    """A value that most thresholds accept, different from commune to commune, as at the end of a year."""
    if measure.kind is Kind.BOOLEAN:
        return (measure.unit != "có/không") is (chance.random() < 0.95)
    if measure.kind is Kind.ORDINAL:
        return chance.choice(measure.scale)
    if measure.kind is Kind.COUNT:
        return Decimal(chance.randint(0, 9))
    return Decimal(chance.randint(7000, 10000)) / 100


def _steps(
    people: dict[str, Person], units: list[Unit], measures: list[tuple[Measure, rules.Measure]], revisions: int
) -> Iterator[Step]:
    chance = random.Random(7)
    for number in range(revisions):
        day = TODAY - timedelta(days=20 * (revisions - number))
        for unit in units:
            for measure, defined in measures:
                entry = Entry(typical(defined, chance), remark=f"lần {number}")
                yield Step(day, None, people["a"], unit, measure, YEAR, entry)
                yield Step(day, ActKind.SUBMIT, people["a"], unit, measure, YEAR)
                yield Step(day + timedelta(days=3), ActKind.VERIFY, people["b"], unit, measure, YEAR)
                yield Step(day + timedelta(days=6), ActKind.APPROVE, people["c"], unit, measure, YEAR)


def report(name: str, address: str, communes: int, district: Unit, leader: Person, rounds: int) -> None:
    client = _client(leader)
    body = client.get(address).content
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    asked = len(queries)
    with override_settings(ROOT_URLCONF=_with_floor(body)):
        floor_client = _client(leader)
        page, floor, read = _side_by_side(
            rounds,
            lambda: client.get(address),
            lambda: floor_client.get("/san/"),
            lambda: _plain_read(district),
        )
    ratio = page / (floor + read)
    print(
        f"{name:<9} {communes:>8}  {asked:>7}  {page * 1000:>6.0f}  {floor * 1000:>6.1f}  {read * 1000:>6.1f}"
        f"  {ratio:>8.2f}   ({len(body) // 1024} KB of HTML, {Statement.objects.count():,} statements in all)"
    )


def _side_by_side(rounds: int, *calls: Callable[[], object]) -> list[float]:
    """Median seconds of each call, taken in turn, so that a busy moment of the machine meets all of them."""
    times: list[list[float]] = [[] for _ in calls]
    for turn in range(rounds + 1):
        for place, call in enumerate(calls):
            start = time.perf_counter()
            call()
            if turn:
                times[place].append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def measured(person: Person, address: str, rounds: int) -> float:
    client = _client(person)
    return _side_by_side(rounds, lambda: client.get(address))[0]


def _client(person: Person) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _with_floor(body: bytes) -> ModuleType:
    """The real address map and one page more, which sends the bytes it was given."""

    def floor(request: HttpRequest) -> HttpResponse:
        return HttpResponse(body)

    real = settings.ROOT_URLCONF
    module = ModuleType("bench_urls")
    module.urlpatterns = [path("san/", floor), path("", include(real))]  # type: ignore[attr-defined]
    sys.modules["bench_urls"] = module
    return module


def _plain_read(district: Unit) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_READ, [TODAY, TODAY, YEAR, district.pk, district.pk])
        cursor.fetchall()


if __name__ == "__main__":
    main()
