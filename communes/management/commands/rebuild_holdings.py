"""Bring every holding in line with its acts, writing only what differs; says how many assessments were looked at."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from communes.actions.moving import settle
from communes.models import Assessment


class Command(BaseCommand):
    help = "Dựng lại bảng “số liệu nào đứng trên cơ sở nào” từ các việc đã ghi."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for assessment in Assessment.objects.iterator(chunk_size=500):
            with transaction.atomic():
                settle(Assessment.objects.select_for_update().get(pk=assessment.pk))
            count += 1
        self.stdout.write(f"Đã soát {count} mục đánh giá.")
