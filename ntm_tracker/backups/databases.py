"""The two engines: a copy of the database at one moment while people write, and a database made from it.

Called by `making` and `restoring`. A plain copy of the file of a database in use is no backup: it holds half of what
is being written. So SQLite copies by its backup API (writers wait for the one step it takes), PostgreSQL
dumps the very snapshot that was asked for the end of the history. Sessions are left out: whoever reads a backup must
not find the keys of people who are logged in.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.db.backends.postgresql.client import DatabaseClient

from accounts.models import HistoryHead
from ntm_tracker.backups.manifest import BackupProblem

Ask = Callable[[str], list[tuple[Any, ...]]]
NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
LABELS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
SESSIONS = Session._meta.db_table


@dataclass(frozen=True, slots=True)
class State:
    """What a copy holds: its migrations, the end of its history, the names of the files it speaks of."""

    migrations: tuple[str, ...]
    history_number: int
    history_hash: str
    stored: tuple[str, ...]


def dump(target: Path) -> State:
    """Copy the database to `target` (a new file) and say what the copy holds. Raises BackupProblem, OSError and
    sqlite3.Error. Must not be called inside a transaction."""
    return _dump_sqlite(target) if connection.vendor == "sqlite" else _dump_postgres(target)


def load(source: Path) -> None:
    """Make the database from a copy of the same engine. The database must be empty. Raises BackupProblem, OSError."""
    connection.close()
    if connection.vendor == "sqlite":
        _load_sqlite(source)
    else:
        _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
             "--dbname", str(connection.settings_dict["NAME"]), str(source))  # fmt: skip


def why_not_empty() -> str | None:
    """What is already where a database would be made; None where nothing is. Never makes the file of one."""
    path = Path(str(connection.settings_dict["NAME"]))
    is_there = connection.vendor != "sqlite" or (path.exists() and path.stat().st_size)
    if is_there and connection.introspection.table_names():
        return "cơ sở dữ liệu đã có bảng"
    connection.close()
    # A journal beside a new file would be played back into it.
    lefts = [path.with_name(path.name + ending) for ending in ("-journal", "-wal")]
    found = [str(left) for left in lefts if connection.vendor == "sqlite" and left.exists()]
    return f"còn tệp {found[0]}" if found else None


def _dump_sqlite(target: Path) -> State:
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise BackupProblem("Cơ sở dữ liệu đang dùng bị hỏng, bản sao không dùng được. Giữ nguyên các bản cũ.")
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        state = _state(lambda question: copy.execute(question).fetchall(), tables)
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute(f"DELETE FROM {SESSIONS}")  # noqa: S608 - a name of our own
        copy.commit()
    with open(target, "r+b") as file:
        os.fsync(file.fileno())
    return state


def _load_sqlite(source: Path) -> None:
    path = Path(str(connection.settings_dict["NAME"]))
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(source, "rb") as content, open(part, "wb") as file:
        while chunk := content.read(1024 * 1024):
            file.write(chunk)
        os.fsync(file.fileno())
    os.replace(part, path)


def _dump_postgres(target: Path) -> State:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        state = _state(lambda question: _asked(cursor, question), connection.introspection.table_names(cursor))
        snapshot = _asked(cursor, "SELECT pg_export_snapshot()")[0][0]
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
             f"--exclude-table-data={SESSIONS}", f"--file={target}", str(connection.settings_dict["NAME"]))  # fmt: skip
    return state


def _asked(cursor: Any, question: str) -> list[tuple[Any, ...]]:
    cursor.execute(question)
    return list(cursor.fetchall())


def _run(program: str, *arguments: str) -> None:
    """A program of PostgreSQL's own, on this database; passwords go by its surroundings, not by its command line."""
    words, surroundings = DatabaseClient.settings_to_cmd_args_env({**connection.settings_dict, "NAME": "-"}, [])
    path = str(Path(settings.NTM_PG_BIN) / program) if settings.NTM_PG_BIN else program
    try:
        done = subprocess.run(
            [path, *words[1:-1], "--no-password", *arguments], env={**os.environ, **(surroundings or {})},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    except FileNotFoundError as problem:
        words_of_advice = "Cài postgresql-client cùng phiên bản với máy chủ, hoặc đặt NTM_PG_BIN."
        raise BackupProblem(f"Không tìm thấy chương trình {program}. {words_of_advice}") from problem
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-500:]
        raise BackupProblem(f"{program} không làm xong: {said}")


def _state(ask: Ask, tables: Collection[str]) -> State:
    """Asked in plain SQL of what is there, because a backup is also made before a schema is brought up to date."""
    if "django_migrations" not in tables:
        raise BackupProblem("Cơ sở dữ liệu trống: không có gì để sao lưu. Kiểm tra NTM_DATA_DIR và DATABASE_URL.")
    migrations = ask("SELECT app, name FROM django_migrations ORDER BY app, name")
    heads = ask(f"SELECT last_number, last_hash FROM {HistoryHead._meta.db_table}")  # noqa: S608 - a name of our own
    stored: set[str] = set()
    for table, column in columns_of_files():
        if table in tables:
            stored |= {name for (name,) in ask(f"SELECT DISTINCT {column} FROM {table}") if name}  # noqa: S608
    number, last = heads[0] if heads else (0, "")
    return State(tuple(f"{app}.{name}" for app, name in migrations), number, last, tuple(sorted(stored)))


def columns_of_files() -> list[tuple[str, str]]:
    """Table and column of every field that names a file in the storage, whatever app it is of."""
    return [
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField)
    ]
