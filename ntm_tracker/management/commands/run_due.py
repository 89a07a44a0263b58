"""What the calendar asks for: reminders of rounds, yesterday's decisions in one line, one mail a day to who wants it.

Safe to call every few minutes, and by two at once: everything is given once. Needs nothing to run beside it; a timer
(cron, systemd) calls it. Mails that cannot be sent fail nothing else; they are told at the end, with an exit code.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.queries import installation
from communes.actions.reminding import remind_of_rounds, tell_decisions
from ntm_tracker.digest import send_digests


class Command(BaseCommand):
    help = "Nhắc hạn kỳ báo cáo và gửi thư tổng hợp trong ngày. Chạy nhiều lần, hoặc hai lần cùng lúc, đều an toàn."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.localtime()
        day = installation().working_day or now.date()
        self.stdout.write(f"Nhắc hạn: {remind_of_rounds(on=day)}. Kết quả thẩm tra, duyệt: {tell_decisions(on=day)}.")
        sent = send_digests(day, now.hour)
        said = f"Thư tổng hợp: {sent.mails} đã gửi, {len(sent.failures)} không gửi được."
        self.stdout.write(sent.why_not or said)
        if sent.problem:
            raise CommandError(sent.problem)
