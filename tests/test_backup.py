"""A backup made while people work, restored into an empty place; what was altered, cut off or broken off shows."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from threading import Event

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import HistoryEntry, HistoryHead
from accounts.queries import history_break
from accounts.rules import Act
from communes.models import EvidenceFile
from ntm_tracker.backups import databases, making, restoring
from ntm_tracker.backups.manifest import FILES, MANIFEST, BackupProblem, Manifest, read_manifest
from ntm_tracker.management.commands import backup as backup_command
from tests.communes.importing import brought, fetch
from tests.makers import HEALTH_INSURANCE, TODAY, Cast, make_cast, signed_in
from tests.papers import Shelf, attached, make_shelf
from tests.plugins.postgres import find_binaries

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent
ON_SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about the file of SQLite")


@dataclass
class Place:
    """Where backups go, and what the commands said there."""

    folder: Path

    def back_up(self) -> Path:
        """`manage.py backup`; the newest backup."""
        return making.make_backup(self.folder, timezone.localtime()).folder

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.exists() else []


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shelf:
    return make_shelf(monkeypatch, tmp_path / "files")


@pytest.fixture
def place(settings, tmp_path: Path) -> Place:
    settings.NTM_BACKUP_DIR = tmp_path / "backups"
    found = find_binaries()
    settings.NTM_PG_BIN = str(found.folder) if found else ""
    return Place(settings.NTM_BACKUP_DIR)


def told(number: int = 0) -> None:
    with transaction.atomic():
        remember(Act("test.write", None, f"lượt ghi {number} " + "x" * 500, TODAY, timezone.now(), {}))


def said(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def refused(command: str, *arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        said(command, *arguments)
    return str(caught.value)


# ---------- there and back ----------


def empty_database(folder: Path) -> str:
    """The address of a database that nothing was ever in."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{folder / 'ntm.sqlite3'}"
    name = f"restored_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def in_another_place(folder: Path, database: str, *words: str) -> subprocess.CompletedProcess[str]:
    pg_bin = find_binaries()
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "NTM_DATA_DIR": str(folder), "DATABASE_URL": database, "PYTHONIOENCODING": "utf-8",
             "NTM_PG_BIN": str(pg_bin.folder) if pg_bin else ""},
    )  # fmt: skip


def while_people_write(work: Callable[[], Path]) -> Path:
    """Three people write act after act on connections of their own, from before the work until after it."""
    is_done, has_begun = Event(), Event()

    def write() -> int:
        count = 0
        try:
            while not is_done.is_set() or count < 3:
                told(count)
                count += 1
                has_begun.set()
        finally:
            has_begun.set()
            connection.close()
        return count

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write) for _ in range(3)]
        has_begun.wait()
        try:
            made = work()
        finally:
            is_done.set()
    assert all(writer.result() >= 3 for writer in writers), "a writer was refused"
    return made


@pytest.mark.slow
def test_what_is_backed_up_while_people_write_is_restored_whole_by_one_command(
    cast: Cast, shelf: Shelf, place: Place, tmp_path: Path
) -> None:
    attached(cast, HEALTH_INSURANCE, by=cast.lan)
    client = signed_in(cast.lan)
    brought(client, fetch(client))
    made = while_people_write(place.back_up)
    kept = read_manifest(made)
    assert 0 < kept.history_number < HistoryEntry.objects.count(), "people went on while it was made"
    assert sorted(file.name for file in kept.files) == shelf.names and len(shelf.names) == 2
    assert kept.lacking == ()

    database = empty_database(tmp_path / "new")
    restored = in_another_place(tmp_path / "new", database, "restore", str(made))
    assert restored.returncode == 0, restored.stderr
    assert f"nhật ký nguyên vẹn đến mục số {kept.history_number}" in restored.stdout
    for name in shelf.names:
        assert (tmp_path / "new" / "files" / name).read_bytes() == (shelf.folder / name).read_bytes()
    assert counted(database, "accounts_historyentry") == kept.history_number
    assert (counted(database, "communes_evidencefile"), counted(database, "django_session")) == (1, 0)


def counted(database: str, table: str) -> int:
    """Rows of a table in a database that is not the one of this test."""
    path, given = database.removeprefix("sqlite:///"), connection.settings_dict
    server = {name: given[name.upper()] or None for name in ("host", "port", "user", "password")}
    with closing(
        sqlite3.connect(path) if path != database else psycopg.connect(**server, dbname=database.rpartition("/")[2])
    ) as opened:
        return int(opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@ON_SQLITE
def test_a_plain_copy_of_the_file_holds_half_of_what_is_being_written(tmp_path: Path) -> None:
    """The positive control of the backup API: pages of an open transaction are in the file, its journal is not."""
    live, plain, whole = (tmp_path / name for name in ("live.db", "plain.db", "whole.db"))
    with closing(sqlite3.connect(live, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=DELETE")
        writer.execute("BEGIN")
        writer.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text)")
        writer.executemany("INSERT INTO t (text) VALUES (?)", [("cũ" * 400,)] * 500)
        writer.execute("COMMIT")
        writer.execute("PRAGMA cache_size=2")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE t SET text = 'mới'")
        shutil.copyfile(live, plain)
        writer.execute("ROLLBACK")
        with closing(sqlite3.connect(whole)) as copy:
            writer.backup(copy)
    found = {path: set(read(path)) for path in (plain, whole)}
    assert found[whole] == {"cũ" * 400}
    assert found[plain] != found[whole], "what was never committed, or nothing that can be read"


def read(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        try:
            return [text for (text,) in database.execute("SELECT text FROM t")]
        except sqlite3.DatabaseError:
            return ["unreadable"]


def test_a_backup_names_every_file_that_any_table_speaks_of() -> None:
    assert set(databases.columns_of_files()) >= {
        ("communes_evidencefile", "stored"), ("communes_importbatch", "stored"),
    }  # fmt: skip


def test_neither_sessions_nor_the_key_are_in_a_backup(cast: Cast, place: Place, settings) -> None:
    session = signed_in(cast.lan).session.session_key
    assert session
    made = place.back_up()
    whole = b"".join(path.read_bytes() for path in made.rglob("*") if path.is_file())
    assert settings.SECRET_KEY.encode() not in whole and session.encode() not in whole
    if connection.vendor == "sqlite":
        assert session.encode() in Path(connection.settings_dict["NAME"]).read_bytes(), "the control"
    assert [path.name for path in made.iterdir()] and made.stat().st_mode & 0o077 == 0


def test_before_a_migration_that_changes_nothing_no_backup_is_made(
    cast: Cast, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said("backup", "--before-migrate") == ""
    assert place.names == []
    with monkeypatch.context() as older:
        older.setattr(backup_command, "needs_migrating", lambda: True)
        assert "Đã sao lưu" in said("backup", "--before-migrate")
    assert said("backup", "--before-migrate") == ""
    assert len(place.names) == 1, "starting again and again piles up nothing"


def test_a_damaged_paper_is_told_and_does_not_keep_the_new_version_from_starting(
    cast: Cast, shelf: Shelf, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached(cast, HEALTH_INSURANCE, by=cast.lan)
    name = EvidenceFile.objects.get().stored.name
    (shelf.folder / name).unlink()
    monkeypatch.setattr(backup_command, "needs_migrating", lambda: True)
    words = said("backup", "--before-migrate")
    assert f"Thiếu hoặc bị đổi từ trước: {name}." in words and "Đã sao lưu" in words
    os.rename(place.folder / place.names[0], place.folder / "ntm-20200101-000000")
    assert "phải xem" in refused("backup"), "whoever only backs up is stopped by it"


# ---------- what is wrong shows ----------


@pytest.fixture
def backup(cast: Cast, shelf: Shelf, place: Place) -> Path:
    attached(cast, HEALTH_INSURANCE, by=cast.lan)
    return place.back_up()


def test_one_altered_byte_is_refused_before_anything_is_written(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nguyên vẹn" in said("check_backup")
    kept = read_manifest(backup)
    for name in (kept.database.name, f"{FILES}/{kept.files[0].name}"):
        whole = (backup / name).read_bytes()
        middle = len(whole) // 2
        (backup / name).write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        for command in ("check_backup", "restore"):
            assert f"{Path(name).name} bị đổi" in refused(command, str(backup))
        with monkeypatch.context() as off:
            off.setattr(restoring, "_wrong", lambda path, kept: None)
            assert restoring.checked(backup) == kept, "the control: it would be restored"
        (backup / name).write_bytes(whole)


def test_a_file_that_is_missing_from_a_backup_is_named(backup: Path) -> None:
    name = read_manifest(backup).files[0].name
    (backup / FILES / name).unlink()
    assert f"thiếu {name}" in refused("restore", str(backup))


TAMPERED: list[tuple[Callable[[dict], object], str]] = [
    (lambda said: said["files"][0].update(name="../../x"), "tên tệp không hợp lệ"),
    (lambda said: said["files"][0].update(sha256="0" * 64), "bị đổi"),
    (lambda said: said.update(format=2), "kiểu khác"),
    (lambda said: said.pop("engine"), "bị hỏng"),
    (lambda said: said["migrations"].append("communes.9999_later"), "phiên bản phần mềm mới hơn"),
]


def test_a_manifest_that_was_tampered_with_is_refused(backup: Path) -> None:
    whole = (backup / MANIFEST).read_text(encoding="utf-8")
    for change, sentence in TAMPERED:
        told = json.loads(whole)
        change(told)
        (backup / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
        assert sentence in refused("restore", str(backup))


def test_a_backup_of_the_other_engine_says_what_to_do(backup: Path) -> None:
    manifest = read_manifest(backup)
    other = next(engine for engine in databases.NAMES if engine != manifest.engine)
    assert "DATABASE_URL" in str(restoring.why_not_here(Manifest(**{**fields(manifest), "engine": other})))


def fields(manifest: Manifest) -> dict:
    return {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}


def test_nothing_is_restored_over_what_is_there(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told()
    count = HistoryEntry.objects.count()
    assert "Chỉ khôi phục vào chỗ trống" in refused("restore", str(backup))
    assert HistoryEntry.objects.count() == count
    # The control: without the question the act since then is gone (SQLite), or the database itself has to refuse.
    monkeypatch.setattr(restoring, "why_not_empty", lambda: None)
    if connection.vendor == "sqlite":
        said("restore", str(backup))
        assert HistoryEntry.objects.count() == count - 1
    else:
        assert "pg_restore không làm xong" in refused("restore", str(backup))


def test_files_of_somebody_else_are_in_the_way_and_those_of_a_broken_off_restore_are_not(
    backup: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "why_not_empty", lambda: None)
    manifest = read_manifest(backup)
    assert restoring.why_not_here(manifest) is None
    (shelf.folder / "evidence" / "khac").write_bytes(b"x")
    assert "thư mục tệp đã có evidence/khac" in str(restoring.why_not_here(manifest))


@ON_SQLITE
def test_a_journal_that_was_left_is_not_played_back_into_a_restored_database(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "ntm.sqlite3"))
    connection.close()
    try:
        assert databases.why_not_empty() is None
        (tmp_path / "ntm.sqlite3-journal").write_bytes(b"old")
        assert "còn tệp" in str(databases.why_not_empty())
        assert not (tmp_path / "ntm.sqlite3").exists(), "asking makes no database"
    finally:
        connection.close()


def test_history_that_was_cut_off_at_its_end_shows_by_the_last_backup(backup: Path) -> None:
    last = HistoryEntry.objects.first()
    assert last is not None
    HistoryEntry.objects.filter(number=last.number).delete()
    HistoryHead.objects.update(last_number=last.number - 1, last_hash=last.previous_hash)
    assert history_break() is None, "the control: the chain alone does not know"
    assert f"Mục nhật ký số {last.number} đã bị cắt mất" in refused("check_backup")
    os.rename(backup, backup.with_name("ntm-20200101-000000"))
    assert "phải xem" in refused("backup")


def test_a_file_that_was_damaged_before_is_told_and_the_rest_is_backed_up(
    cast: Cast, shelf: Shelf, place: Place
) -> None:
    attached(cast, HEALTH_INSURANCE, by=cast.lan)
    name = EvidenceFile.objects.get().stored.name
    (shelf.folder / name).write_bytes(b"other")
    assert "phải xem" in refused("backup")
    assert read_manifest(place.folder / place.names[0]).lacking == (name,)
    (shelf.folder / name).unlink()
    os.rename(place.folder / place.names[0], place.folder / "ntm-20200101-000000")
    refused("backup")
    kept = read_manifest(place.folder / place.names[-1])
    assert (kept.lacking, kept.files) == ((name,), ())


def test_a_disk_that_is_full_leaves_no_half_backup_and_says_so(
    cast: Cast, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Manifest, "write", full)
    assert "ổ đĩa có thể đã đầy" in refused("backup")
    assert place.names == []
    with pytest.raises(BackupProblem, match="không phải thư mục sao lưu"):
        read_manifest(place.folder)


def test_what_a_killed_backup_left_is_cleared_after_a_day(cast: Cast, place: Place) -> None:
    for name, age in ((".ntm-20200101-000000.part", making.BROKEN_OFF_SECONDS + 60), (".ntm-20200102-000000.part", 0)):
        (place.folder / name).mkdir(parents=True)
        moment = timezone.now().timestamp() - age
        os.utime(place.folder / name, (moment, moment))
    made = place.back_up()
    assert place.names == [".ntm-20200102-000000.part", made.name]
