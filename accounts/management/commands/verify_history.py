"""Check the hash chain of the history: exit 0 where it holds, 1 with the first broken entry otherwise."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import HistoryEntry
from accounts.queries import history_break


class Command(BaseCommand):
    help = "Kiểm tra chuỗi lịch sử có bị sửa, thêm, bớt hay không."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = history_break()
        if broken is not None:
            raise CommandError(f"Chuỗi lịch sử đứt ở mục số {broken}: mục này đã bị sửa, thêm hoặc bớt.")
        self.stdout.write(f"Chuỗi lịch sử nguyên vẹn: {HistoryEntry.objects.count()} mục.")
