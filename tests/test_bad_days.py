"""A full disk, a database that is away or empty: a clear page, nothing half written, and it recovers by itself."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import HistoryEntry, Person
from communes.models import Statement
from ntm_tracker import errors
from ntm_tracker.errors import passes_by_itself
from ntm_tracker.management.commands import backup
from ntm_tracker.settings import wal_is_safe
from ntm_tracker.wsgi import has_people, only_filled
from tests.makers import HEALTH_INSURANCE, XA, YEAR, Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def a_client(cast: Cast) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.lan)
    return client


def send(client: Client, value: str = "95", seen: str = "0"):
    cell = {"code": "ky-phu", "family": XA, "year": YEAR, "measure": HEALTH_INSURANCE}
    data = {f"p-{HEALTH_INSURANCE}": seen, f"v-{HEALTH_INSURANCE}": value}
    return client.post(reverse("communes:cell", kwargs=cell), data)


@pytest.mark.parametrize(
    "problem",
    [OperationalError("database or disk is full"), OSError(errno.ENOSPC, "No space left on device"),
     InterfaceError("connection already closed")],
    ids=["full database", "full disk", "connection lost"],
)  # fmt: skip
def test_a_machine_in_trouble_is_a_page_that_says_so_and_nothing_is_half_written(
    cast: Cast, problem: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise problem

    client, before = a_client(cast), HistoryEntry.objects.count()
    with monkeypatch.context() as full:
        full.setattr("communes.actions.stating.remember", fails)
        response = send(client)
    assert response.status_code == 503 and response["Retry-After"]
    assert "Lần gửi vừa rồi chưa được ghi" in response.content.decode()
    assert (Statement.objects.count(), HistoryEntry.objects.count()) == (0, before)
    assert send(client).status_code < 400, "it recovers by itself"
    assert Statement.objects.count() == 1
    # The control: without the look at the exception the reader is told of a mistake of the program.
    monkeypatch.setattr(errors, "passes_by_itself", lambda problem: False)
    monkeypatch.setattr("communes.actions.stating.remember", fails)
    assert send(client, "96", "1").status_code == 500


def test_a_mistake_of_the_program_is_not_taken_for_a_full_disk() -> None:
    assert not any(map(passes_by_itself, (None, ValueError("x"), FileNotFoundError(errno.ENOENT, "gone"))))


def test_a_wrong_statement_is_a_mistake_of_ours_and_a_full_database_is_not() -> None:
    """SQLite gives both the same class of exception (OperationalError)."""
    with pytest.raises(DatabaseError) as wrong, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert not passes_by_itself(wrong.value)
    with closing(sqlite3.connect(":memory:")) as small, pytest.raises(sqlite3.OperationalError) as full:
        small.execute("PRAGMA max_page_count = 1")
        small.execute("CREATE TABLE t (text)")
    told = OperationalError("as Django passes it on")
    told.__cause__ = full.value
    assert passes_by_itself(told)


def test_alive_and_ready_answer_for_themselves_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", away)
    client = Client(raise_request_exception=False)
    assert client.get("/song/").status_code == 200
    ready = client.get("/san-sang/")
    assert (ready.status_code, ready.json()["database"]) == (503, False)
    assert client.get("/dang-nhap/").status_code == 503, "the control: every other page needs it"


# ---------- an empty database where there should be a full one ----------


def ask(application, path: str = "/") -> tuple[str, str]:
    told: list[str] = []
    body = b"".join(application({"PATH_INFO": path}, lambda status, _: told.append(status)) or [])
    return (told or ["reached"])[0], body.decode()


def test_on_an_empty_database_nothing_is_served_until_there_are_people() -> None:
    application = only_filled(lambda environ, start: [b"in"], has_people)
    assert not Person.objects.exists()
    status, body = ask(application)
    assert status.startswith("503") and "NTM_DATA_DIR" in body and "manage.py restore" in body
    assert ask(application, "/song/") == ("reached", "in")
    make_cast()
    assert ask(application) == ("reached", "in"), "without starting it again"


def test_a_database_that_does_not_answer_is_not_taken_for_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for problem in (OperationalError("connection refused"), InterfaceError("connection already closed")):

        def away(problem: Exception = problem) -> None:
            raise problem

        monkeypatch.setattr(connection.introspection, "table_names", away)
        assert has_people()


def test_no_new_database_is_begun_beside_the_files_of_a_lost_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "why_not_empty", lambda: None)
    monkeypatch.setattr(backup, "names_below", lambda folder: ["evidence/ab/abc"])
    with pytest.raises(CommandError, match=r"còn evidence/ab/abc.*manage.py restore"):
        call_command("backup", "--before-migrate")
    monkeypatch.setattr(backup, "names_below", lambda folder: [])
    call_command("backup", "--before-migrate")


# ---------- the engine itself ----------


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
     ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 52, 0), True)],
)  # fmt: skip
def test_the_write_ahead_log_is_used_only_where_it_is_mended(version: tuple[int, ...], safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_the_readiness_page_says_which_journal_is_in_use(settings) -> None:
    wanted = ("wal" if settings.SQLITE_WAL_IS_SAFE else "delete") if connection.vendor == "sqlite" else None
    answer = Client().get("/san-sang/")
    assert (answer.status_code, answer.json()["ready"], answer.json()["journal"]) == (200, True, wanted)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about SQLite")
def test_sqlite_waits_for_its_turn_syncs_and_keeps_references() -> None:
    asked = {}
    with connection.cursor() as cursor:
        for pragma in ("busy_timeout", "synchronous", "foreign_keys"):
            cursor.execute(f"PRAGMA {pragma}")
            asked[pragma] = cursor.fetchone()[0]
    assert asked == {"busy_timeout": 20000, "synchronous": 2, "foreign_keys": 1}
    assert connection.transaction_mode == "IMMEDIATE"
