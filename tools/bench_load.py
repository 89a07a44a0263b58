"""Twenty people typing and twenty reading at once, against the real server: errors, lost updates, how long it took.

Ten pairs of writers share one cell each, so that they meet: every accepted save must have left its own revision, and a
refused one must have been told (409). Readers open the overview, the matrix and an entry sheet. Run by `make bench`:

    python tools/bench_load.py [--engine sqlite postgres] [--seconds 60] [--writers 20] [--readers 20]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.plugins.postgres import Cluster, find_binaries  # noqa: E402

PORT = 8791
TOKEN = "b" * 32  # a CSRF cookie and its header need only agree
FAMILY, YEAR, MEASURE = "xa-ntm-2021-2025", 2023, "thu_nhap"
PAGES = ("/", "/ma-tran/", "/xa/{slug}/danh-gia/" + f"{FAMILY}/{YEAR}/")
VERSION = re.compile(rf'name="p-{MEASURE}"[^>]*value="(\d+)"')

# Run with the server's own settings, in a process of its own: this one knows no Django.
SET_UP = """
import json, sys
import django
django.setup()
from importlib import import_module
from django.conf import settings
from accounts.models import Person
from communes.models import Assessment, Unit
store = import_module(settings.SESSION_ENGINE).SessionStore
def session(person):
    kept = store()
    kept.update({"_auth_user_id": str(person.pk), "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[-1],
                 "_auth_user_hash": person.get_session_auth_hash()})
    kept.create()
    return kept.session_key
officers = [[unit.slug, session(unit.postings.get(signs_off=False).person)]
            for unit in Unit.objects.communes().order_by("position")[:int(sys.argv[1])]]
leader = session(Person.objects.get(username="lanhdao"))
print(json.dumps({"officers": officers, "leader": leader}))
"""
COUNT = """
import json, sys
import django
django.setup()
from communes.models import Statement
print(json.dumps({slug: Statement.objects.filter(
    assessment__unit__slug=slug, assessment__year=2023, assessment__measure__code="thu_nhap", kind="revision",
    remark__startswith="thử tải").count() for slug in sys.argv[1:]}))
"""


@dataclass
class Told:
    """What one client saw: seconds of every answer, saves accepted and refused, answers that should not be."""

    taken: list[float] = field(default_factory=list)
    accepted: int = 0
    refused: int = 0
    errors: list[str] = field(default_factory=list)


def main() -> None:
    options = _options()
    print(f"{options.writers} writers in pairs, {options.readers} readers, {options.seconds} s, "
          f"{options.typing:g} s between saves, {options.looking:g} s between pages, two gunicorn workers")
    print("engine    saves  refused  lost  errors  save p50  save p95  reads  read p50  read p95   (ms)")
    for engine in options.engine:
        run(engine, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", nargs="+", choices=("sqlite", "postgres"), default=["sqlite", "postgres"])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--writers", type=int, default=20)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--typing", type=float, default=2, help="seconds between two saves of one writer")
    parser.add_argument("--looking", type=float, default=5, help="seconds between two pages of one reader")
    return parser.parse_args()


def run(engine: str, options: argparse.Namespace) -> None:
    with ExitStack() as stack:
        env = stack.enter_context(_place(engine))
        for command in (["migrate", "-v0"], ["load_criteria"], ["demo"]):
            _manage(env, *command)
        pairs = max(options.writers // 2, 1)
        seats = json.loads(_python(env, SET_UP, str(pairs)))
        stack.enter_context(_server(env))
        stop = time.monotonic() + options.seconds
        writers = [
            (lambda told, n=n: _write(told, *seats["officers"][n % pairs], n, stop, options.typing))
            for n in range(options.writers)
        ]
        readers = [
            (lambda told, page=PAGES[n % 3]: _read(
                told, seats["leader"], page.format(slug=seats["officers"][0][0]), stop, options.looking))
            for n in range(options.readers)
        ]
        wrote, read = _at_once(writers, readers)
        slugs = [slug for slug, _ in seats["officers"]]
        kept = sum(json.loads(_python(env, COUNT, *slugs)).values())
    _report(engine, wrote, read, kept)


@contextmanager
def _place(engine: str) -> Iterator[dict[str, str]]:
    """An empty data folder, and for PostgreSQL a cluster of its own."""
    with tempfile.TemporaryDirectory(prefix="ntm-load-") as folder:
        env = {**os.environ, "NTM_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "ntm_tracker.settings",
               "NTM_DEMO_PASSWORD": "thu-tai-mot-phut"}  # fmt: skip
        env.pop("DATABASE_URL", None)
        cluster = None
        if engine == "postgres":
            binaries = find_binaries()
            if binaries is None:
                raise SystemExit("no PostgreSQL found")
            cluster = Cluster(binaries)
            cluster.start()
            env["DATABASE_URL"] = cluster.url
        try:
            if cluster:
                subprocess.run(
                    [sys.executable, "-c", "import psycopg,sys;psycopg.connect(sys.argv[1],autocommit=True)"
                     ".execute('CREATE DATABASE ntm')", f"host={cluster.home} user=ntm dbname=postgres"],
                    check=True, env=env,
                )  # fmt: skip
            yield env
        finally:
            if cluster:
                cluster.stop()


def _manage(env: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def _python(env: dict[str, str], code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    return done.stdout


@contextmanager
def _server(env: dict[str, str]) -> Iterator[None]:
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "ntm_tracker.wsgi", "--bind", f"127.0.0.1:{PORT}", "--workers", "2",
         "--threads", "8", "--no-control-socket", "--log-level", "error"],
        cwd=ROOT, env=env,
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                _ask("GET", "/song/", "")
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(20)


def _ask(method: str, path: str, session: str, body: str = "") -> tuple[int, str]:
    link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    if body:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
    try:
        link.request(method, path, body or None, headers)
        answer = link.getresponse()
        return answer.status, answer.read().decode()
    finally:
        link.close()


def _timed(told: Told, method: str, path: str, session: str, body: str = "") -> tuple[int, str]:
    start = time.perf_counter()
    try:
        status, text = _ask(method, path, session, body)
    except OSError as problem:
        told.errors.append(repr(problem))
        return 0, ""
    told.taken.append(time.perf_counter() - start)
    if status not in (200, 409):
        told.errors.append(f"{status} {path}")
    return status, text


def _write(told: Told, slug: str, session: str, number: int, stop: float, pause: float) -> None:
    """Type another income again and again, with the version seen last."""
    sheet = f"/xa/{slug}/danh-gia/{FAMILY}/{YEAR}/"
    version = _version(_ask("GET", sheet, session)[1])
    turn = 0
    while time.monotonic() < stop:
        turn += 1
        fields = {f"v-{MEASURE}": f"{40 + turn % 20},{number}", f"g-{MEASURE}": f"thử tải {number}-{turn}",
                  f"p-{MEASURE}": version, f"o-{MEASURE}": "x"}  # fmt: skip
        status, text = _timed(told, "POST", f"{sheet}o/{MEASURE}/", session, urlencode(fields))
        told.accepted += status == 200
        told.refused += status == 409
        version = _version(text) or version
        time.sleep(pause)


def _version(text: str) -> str:
    found = VERSION.search(text)
    return found.group(1) if found else ""


def _read(told: Told, session: str, path: str, stop: float, pause: float) -> None:
    while time.monotonic() < stop:
        _timed(told, "GET", path, session)
        time.sleep(pause)


def _at_once(*groups: list[Callable[[Told], None]]) -> list[list[Told]]:
    told = [[Told() for _ in group] for group in groups]
    threads = [
        threading.Thread(target=work, args=(one,))
        for group, ones in zip(groups, told, strict=True)
        for work, one in zip(group, ones, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def _report(engine: str, wrote: list[Told], read: list[Told], kept: int) -> None:
    accepted, refused = sum(t.accepted for t in wrote), sum(t.refused for t in wrote)
    errors = [error for told in wrote + read for error in told.errors]
    saves, reads = ([seconds for told in group for seconds in told.taken] for group in (wrote, read))
    print(
        f"{engine:<9}{accepted:>6}{refused:>9}{accepted - kept:>6}{len(errors):>8}"
        f"{_ms(saves, 50):>10}{_ms(saves, 95):>10}{len(reads):>7}{_ms(reads, 50):>10}{_ms(reads, 95):>10}"
    )
    for error in sorted(set(errors))[:5]:
        print("   ", error)


def _ms(taken: list[float], percent: int) -> str:
    return f"{statistics.quantiles(taken, n=100)[percent - 1] * 1000:,.0f}" if len(taken) > 1 else "–"


if __name__ == "__main__":
    main()
