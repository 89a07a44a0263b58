"""`manage.py backup [folder]`: a whole backup while people work; ends with code 1 where something needs a look.

    manage.py backup                         into NTM_BACKUP_DIR
    manage.py backup /mnt/ngoai/ntm          into another folder
    manage.py backup --before-migrate        only where the schema is about to change; refuses where a database was lost

The last is a step of starting, so it ends with code 0 once the backup is written: a paper that was damaged long ago
is told, and does not keep everybody out until it is found.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from communes.actions.keeping import names_below
from ntm_tracker.backups.databases import why_not_empty
from ntm_tracker.backups.making import Made, make_backup
from ntm_tracker.backups.manifest import BackupProblem
from ntm_tracker.backups.restoring import needs_migrating

LOST = (
    "Cơ sở dữ liệu trống nhưng thư mục tệp còn {name}. Kiểm tra NTM_DATA_DIR, DATABASE_URL có trỏ đúng chỗ. Mất cơ sở "
    "dữ liệu: khôi phục bằng manage.py restore. Muốn làm lại từ đầu: dời thư mục files đi chỗ khác."
)


class Command(BaseCommand):
    help = "Sao lưu cơ sở dữ liệu, tệp minh chứng và tệp đã nạp, kèm mã kiểm tra; không phải dừng phần mềm."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="thư mục chứa các bản sao lưu (mặc định NTM_BACKUP_DIR)")
        parser.add_argument(
            "--before-migrate", action="store_true", help="chỉ sao lưu khi migrate sắp đổi cơ sở dữ liệu có số liệu"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["before_migrate"] and not self._is_about_to_change():
            return
        parent = Path(options["folder"]).resolve() if options["folder"] else settings.NTM_BACKUP_DIR
        try:
            made = make_backup(parent, timezone.localtime())
        except BackupProblem as problem:
            raise CommandError(str(problem), returncode=2) from problem
        wrong = self._tell(made)
        if wrong and not options["before_migrate"]:
            raise CommandError(f"Bản sao lưu đã ghi xong nhưng có {wrong} điều phải xem.", returncode=1)

    def _is_about_to_change(self) -> bool:
        """Whether the schema of a database with data is older than the program. Refuses where files are kept and the
        database that speaks of them is gone: migrating would begin a new, empty one beside them."""
        if why_not_empty() is None:
            if left := next(iter(names_below("")), None):
                raise CommandError(LOST.format(name=left), returncode=2)
            return False
        return needs_migrating()

    def _tell(self, made: Made) -> int:
        """Says what was made and what was wrong before it was made; returns how much the latter is."""
        said = made.manifest
        size = (said.database.size + sum(kept.size for kept in said.files)) / 1024 / 1024
        self.stdout.write(f"Đã sao lưu vào {made.folder}: cơ sở dữ liệu và {len(said.files)} tệp, {size:.0f} MB.")
        self.stdout.write(f"Cuối nhật ký: mục số {said.history_number}, mã {said.history_hash or 'chưa có'}.")
        wrong = [f"Thiếu hoặc bị đổi từ trước: {name}." for name in said.lacking] + list(made.cut_off)
        for sentence in wrong:
            self.stderr.write(sentence)
        return len(wrong)
