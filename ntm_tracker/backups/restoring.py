"""The way back: hold a backup against its manifest, and put it into an empty place.

Called by `manage.py restore` and `manage.py check_backup`. What must stay true: nothing is written before every byte
was checked, nothing that is there is written over, the database comes last (so that a restore that was broken off can
be called again), and it ends with the checks of history and evidence.
"""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from accounts.models import HistoryHead
from accounts.queries import history_break
from communes.actions.keeping import names_below, put, state_of_file
from communes.models import EvidenceFile
from ntm_tracker.backups.databases import LABELS, NAMES, load, why_not_empty
from ntm_tracker.backups.making import label_of
from ntm_tracker.backups.manifest import FILES, BackupProblem, Kept, Manifest, read_manifest, summed


def checked(folder: Path) -> Manifest:
    """The manifest, once every file was read and is what it says. Raises BackupProblem."""
    manifest = read_manifest(folder)
    _check_names(folder, manifest)
    places = [(folder / manifest.database.name, manifest.database)]
    places += [(folder / FILES / kept.name, kept) for kept in manifest.files]
    wrong = [sentence for path, kept in places if (sentence := _wrong(path, kept))]
    if wrong:
        more = f" (và {len(wrong) - 3} tệp khác)" if len(wrong) > 3 else ""
        raise BackupProblem(f"Bản sao lưu không nguyên vẹn, không khôi phục: {'; '.join(wrong[:3])}{more}.")
    return manifest


def why_not_here(manifest: Manifest) -> str | None:
    """Why a backup cannot be restored into the place that the settings name."""
    if manifest.engine != connection.vendor:
        return (
            f"Bản sao lưu là của {label_of(manifest)}, DATABASE_URL lại trỏ đến {LABELS[connection.vendor]}. "
            f"Đặt DATABASE_URL đến một cơ sở dữ liệu {label_of(manifest)} trống."
        )
    if unknown := sorted(set(manifest.migrations) - _known_migrations()):
        return f"Bản sao lưu của phiên bản phần mềm mới hơn ({unknown[0]}). Cài phiên bản ấy rồi khôi phục."
    if found := why_not_empty():
        return f"Chỉ khôi phục vào chỗ trống: {found}. Đặt NTM_DATA_DIR, DATABASE_URL sang chỗ trống rồi chạy lại."
    # What an earlier attempt has put there is no hindrance.
    ours = {kept.name: kept.sha256 for kept in manifest.files}
    for name in names_below(""):
        if ".part" not in name and (name not in ours or state_of_file(name, ours[name])):
            return f"Chỉ khôi phục vào chỗ trống: thư mục tệp đã có {name}. Đặt NTM_DATA_DIR sang chỗ trống."
    return None


def restore(folder: Path, manifest: Manifest) -> None:
    """Files first, then the database. Both were checked. Raises BackupProblem."""
    try:
        for kept in manifest.files:
            with open(folder / FILES / kept.name, "rb") as content:
                put(kept.name, content)
        load(folder / manifest.database.name)
    except OSError as problem:
        raise BackupProblem(f"Chưa khôi phục xong ({problem}). Xử lý rồi chạy lại lệnh này.") from problem


def needs_migrating() -> bool:
    """Whether the restored schema is older than the program."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def what_is_wrong(manifest: Manifest) -> list[str]:
    """Sentences about a restored place: history that does not hold, files that are missing or altered."""
    wrong = []
    if (broken := history_break()) is not None:
        wrong.append(f"Chuỗi nhật ký đứt ở mục số {broken}.")
    head = HistoryHead.objects.first() or HistoryHead()
    if (head.last_number, head.last_hash) != (manifest.history_number, manifest.history_hash):
        wrong.append("Cuối chuỗi nhật ký khác với bản sao lưu.")
    known = set(manifest.lacking)
    rows = EvidenceFile.objects.exclude(stored="").values_list("stored", "sha256").distinct().order_by("stored")
    for name, sha256 in rows.iterator(500):
        if state := state_of_file(name, sha256):
            wrong.append(f"Tệp minh chứng {name}: {state}{' từ trước khi sao lưu' if name in known else ''}.")
    return wrong


def _check_names(folder: Path, manifest: Manifest) -> None:
    """A manifest that was tampered with must not lead out of the backup or out of the storage."""
    top = (folder / FILES).resolve()
    outside = [kept.name for kept in manifest.files if not (top / kept.name).resolve().is_relative_to(top)]
    if outside or manifest.database.name != NAMES.get(manifest.engine):
        raise BackupProblem("Bản sao lưu ghi tên tệp không hợp lệ, không khôi phục.")


def _wrong(path: Path, kept: Kept) -> str | None:
    try:
        return None if summed(path, kept.name) == kept else f"{kept.name} bị đổi"
    except FileNotFoundError:
        return f"thiếu {kept.name}"
    except OSError:
        return f"{kept.name} không đọc được"


def _known_migrations() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
