"""`manage.py check_evidence`: files of evidence that are missing, altered or spoken of by nobody.

Reads every file once and compares its SHA-256. Ends with code 1 when something is wrong. Deletes nothing, but with
`--remove-orphans` those bytes that no row speaks of and that are older than a day (an upload may be under way).
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from communes.actions.keeping import orphans, remove_orphans, state_of_file
from communes.models import EvidenceFile


class Command(BaseCommand):
    help = "Kiểm tra tệp minh chứng: thiếu, bị đổi, không ai dùng"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove-orphans", action="store_true", help="xóa tệp không ai dùng, cũ hơn một ngày")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = self._check_rows()
        left = orphans()
        for name in left:
            self.stdout.write(f"không ai dùng: {name}")
        if options["remove_orphans"]:
            removed = remove_orphans(left, before=timezone.now() - timedelta(days=1))
            self.stdout.write(f"đã xóa {len(removed)} tệp không ai dùng")
            left = [name for name in left if name not in set(removed)]
        if wrong or left:
            raise CommandError(f"{wrong} tệp thiếu hoặc bị đổi, {len(left)} tệp không ai dùng.", returncode=1)
        self.stdout.write(f"Mọi tệp minh chứng đều nguyên vẹn ({EvidenceFile.objects.count()} dòng).")

    def _check_rows(self) -> int:
        wrong = 0
        seen: dict[str, str] = {}
        for row in EvidenceFile.objects.select_related("evidence__unit").order_by("pk").iterator(500):
            if row.stored.name not in seen:
                seen[row.stored.name] = state_of_file(row.stored.name, row.sha256)
            if seen[row.stored.name]:
                wrong += 1
                self.stdout.write(
                    f"{seen[row.stored.name]}: {row.stored.name} ({row.evidence.unit.title}, “{row.evidence.title}”, "
                    f"tệp “{row.name}”)"
                )
        return wrong
