"""Notices: what a person should know of, shown under the bell and summed up in one mail a day."""

from __future__ import annotations

from django.db import models

from accounts.rules import NoticeKind


class Notice(models.Model):
    """One sentence to one person about something done, with the page it leads to. Never mailed by itself."""

    person = models.ForeignKey("accounts.Person", models.CASCADE, related_name="notices")
    kind = models.CharField("loại", max_length=12, choices=NoticeKind.choices())
    sentence = models.TextField()
    url = models.CharField(max_length=500, blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["person", "read_at"], name="unread_notices_of_a_person")]

    def __str__(self) -> str:
        return self.sentence


class NoticeSetting(models.Model):
    """What a person wants to be told: the daily mail, and kinds that are left out of bell and mail."""

    person = models.OneToOneField("accounts.Person", models.CASCADE, related_name="notice_setting")
    wants_digest = models.BooleanField("nhận thư tổng hợp mỗi ngày", default=True)
    muted = models.JSONField("loại không nhận", default=list, blank=True)
    last_digest_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.person_id}"
