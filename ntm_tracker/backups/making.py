"""Writing a backup: database, then the files it speaks of, then the manifest, then its name.

Called by `manage.py backup`. What must stay true: people go on working meanwhile, and a backup that was broken off
leaves nothing that could be taken for one.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection

from accounts.models import HistoryEntry
from ntm_tracker.backups.databases import LABELS, NAMES, dump
from ntm_tracker.backups.manifest import (
    CHUNK,
    FILES,
    BackupProblem,
    Kept,
    Manifest,
    copied,
    newest_in,
    read_manifest,
    summed,
)

BROKEN_OFF_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is whole. `cut_off`: sentences about history that an earlier backup knew and this one does not."""

    folder: Path
    manifest: Manifest
    cut_off: tuple[str, ...]


def make_backup(parent: Path, at: datetime) -> Made:
    """A new folder in `parent`, named by the moment. Raises BackupProblem; then nothing is left in `parent`."""
    name = f"ntm-{at:%Y%m%d-%H%M%S}"
    part = parent / f".{name}.part"
    try:
        _clear_broken_off(parent)
        part.mkdir(mode=0o700, parents=True)
    except OSError as problem:
        raise BackupProblem(f"Không tạo được thư mục sao lưu trong {parent}: {problem.strerror}.") from problem
    try:
        manifest = _write(part, at)
        os.rename(part, parent / name)
        _make_name_durable(parent)
    except (OSError, sqlite3.Error, DatabaseError) as problem:
        raise BackupProblem(f"Chưa sao lưu được, ổ đĩa có thể đã đầy ({problem}). Các bản cũ còn nguyên.") from problem
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Made(parent / name, manifest, _cut_off(parent, name))


def missing_history(manifest: Manifest) -> str | None:
    """Entries cut off at the end of the chain leave a chain that holds: only what was kept elsewhere tells."""
    if not manifest.history_number:
        return None
    found = HistoryEntry.objects.filter(number=manifest.history_number).values_list("hash", flat=True).first()
    if found == manifest.history_hash:
        return None
    told = "đã bị cắt mất" if found is None else "khác"
    return f"Mục nhật ký số {manifest.history_number:,} {told} so với bản sao lưu.".replace(",", ".")


def _write(part: Path, at: datetime) -> Manifest:
    name = NAMES[connection.vendor]
    state = dump(part / name)
    files = [kept for stored in state.stored if (kept := _copy(stored, part))]
    whole = {kept.name for kept in files if _is_what_its_name_says(kept)}
    manifest = Manifest(
        made_at=at.isoformat(timespec="seconds"), engine=connection.vendor, database=summed(part / name, name),
        files=tuple(files), migrations=state.migrations, history_number=state.history_number,
        history_hash=state.history_hash, lacking=tuple(sorted(set(state.stored) - whole)),
    )  # fmt: skip
    manifest.write(part)
    return manifest


def _copy(stored: str, part: Path) -> Kept | None:
    try:
        with default_storage.open(stored) as content:
            return copied(content.chunks(CHUNK), part / FILES / stored, stored)
    except FileNotFoundError:
        return None


def _is_what_its_name_says(kept: Kept) -> bool:
    """Files are named by their SHA-256, some with an ending behind it."""
    return Path(kept.name).name.partition(".")[0] == kept.sha256


def _cut_off(parent: Path, name: str) -> tuple[str, ...]:
    """Held against the newest backup before this one, which is the nearest witness."""
    earlier = newest_in(parent, before=name)
    if earlier is None:
        return ()
    try:
        sentence = missing_history(read_manifest(earlier))
    except BackupProblem as problem:
        return (str(problem),)
    return (f"{sentence} Bản đối chiếu: {earlier}.",) if sentence else ()


def _clear_broken_off(parent: Path) -> None:
    """What a killed backup left behind, once nobody can be writing it any more."""
    for left in parent.glob(".ntm-*.part"):
        if time.time() - left.stat().st_mtime > BROKEN_OFF_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _make_name_durable(parent: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened
        descriptor = os.open(parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def label_of(manifest: Manifest) -> str:
    return LABELS.get(manifest.engine, manifest.engine)
