"""`manage.py restore <backup>`: into an empty place, by one command, with every check before and after.

NTM_DATA_DIR and DATABASE_URL name the place. Nothing is written over. The key of the installation is not in a backup:
a new one is made and everybody logs in again.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from ntm_tracker.backups import restoring
from ntm_tracker.backups.manifest import BackupProblem


class Command(BaseCommand):
    help = "Khôi phục một bản sao lưu vào chỗ trống (NTM_DATA_DIR, DATABASE_URL), kiểm tra trước và sau khi ghi."
    # The place is empty: there is no schema to look at yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", help="thư mục của bản sao lưu, ví dụ …/ntm-20231015-220000")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["backup"])
        try:
            manifest = restoring.checked(folder)
            if refusal := restoring.why_not_here(manifest):
                raise BackupProblem(refusal)
            restoring.restore(folder, manifest)
        except BackupProblem as problem:
            raise CommandError(str(problem), returncode=2) from problem
        if restoring.needs_migrating():
            self.stdout.write("Bản sao lưu của phiên bản cũ hơn: đang đưa cơ sở dữ liệu lên phiên bản này.")
            call_command("migrate", verbosity=0, interactive=False)
        wrong = restoring.what_is_wrong(manifest)
        for sentence in wrong:
            self.stderr.write(sentence)
        if wrong:
            raise CommandError(f"Đã khôi phục nhưng có {len(wrong)} điều phải xem.", returncode=1)
        self.stdout.write(
            f"Đã khôi phục bản lúc {manifest.made_at}: {len(manifest.files)} tệp nguyên vẹn, "
            f"nhật ký nguyên vẹn đến mục số {manifest.history_number}. Mọi người đăng nhập lại."
        )
