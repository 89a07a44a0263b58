"""`manage.py check_backup [backup]`: every byte against the manifest, and the live history against its end.

Entries that were cut off at the end of the history leave a chain that holds; only a backup remembers them.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ntm_tracker.backups.making import missing_history
from ntm_tracker.backups.manifest import BackupProblem, newest_in
from ntm_tracker.backups.restoring import checked


class Command(BaseCommand):
    help = "Kiểm tra một bản sao lưu (mặc định bản mới nhất) còn nguyên vẹn, và nhật ký hiện tại còn đủ so với nó."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", nargs="?", help="thư mục của bản sao lưu, ví dụ …/ntm-20231015-220000")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["backup"]) if options["backup"] else newest_in(settings.NTM_BACKUP_DIR)
        if folder is None:
            raise CommandError(f"Chưa có bản sao lưu nào trong {settings.NTM_BACKUP_DIR}.")
        try:
            manifest = checked(folder)
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        if sentence := missing_history(manifest):
            raise CommandError(f"{folder} nguyên vẹn. {sentence}")
        self.stdout.write(f"{folder} nguyên vẹn (lúc {manifest.made_at}, {len(manifest.files)} tệp); nhật ký còn đủ.")
