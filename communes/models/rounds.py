"""Rounds of reporting ("kỳ báo cáo"): when they open and are due, who confirmed what, how they closed.

Whether a round is closed follows from its last event; closing and unlocking stay visible for ever. A snapshot is a
document: what stood on every basis when the round was closed, with the thresholds and the people, never recomputed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from communes.rules.rounds import RoundEventKind, RoundKind


class Round(models.Model):
    """A month, quarter, half-year or year of an assessment year in one district. `number` counts within the year."""

    district = models.ForeignKey("communes.Unit", models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField("năm đánh giá")
    kind = models.CharField("loại kỳ", max_length=10, choices=RoundKind.choices())
    number = models.PositiveSmallIntegerField("thứ tự trong năm", default=1)
    opens_on = models.DateField("mở từ ngày")
    due_on = models.DateField("hạn gửi")
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-due_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["district", "year", "kind", "number"], name="a_round_is_opened_once"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="a_round_is_due_after_it_opens"),
        ]

    def __str__(self) -> str:
        return RoundKind(self.kind).titled(self.number, self.year)


class RoundEvent(models.Model):
    """Closing (freezes a snapshot) or unlocking (with its reason) of a round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=RoundEventKind.choices())
    reason = models.TextField(blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="unlock") | ~Q(reason=""), name="unlocking_has_its_reason")
        ]

    def __str__(self) -> str:
        return self.kind


class Extension(models.Model):
    """One unit gets a later due day, with a reason; the newest counts."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="extensions")
    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="+")
    due_on = models.DateField("hạn mới")
    reason = models.TextField("lý do")
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="an_extension_has_its_reason")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.due_on}"


class Confirmation(models.Model):
    """ "Không thay đổi": what stood counts as reported in the round, without a new revision."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="confirmations")
    assessment = models.ForeignKey("communes.Assessment", models.PROTECT, related_name="+")
    statement = models.ForeignKey("communes.Statement", models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "assessment"], name="an_assessment_is_confirmed_once_a_round")
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.assessment_id}"


class Snapshot(models.Model):
    """One unit as it stood when a round was closed: `data` as `communes.queries.snapshots` writes it, never changed."""

    event = models.ForeignKey(RoundEvent, models.PROTECT, related_name="snapshots")
    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="+")
    data = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["event", "unit"]
        constraints = [models.UniqueConstraint(fields=["event", "unit"], name="a_unit_is_frozen_once_a_closing")]

    def __str__(self) -> str:
        return self.sha256


class Practice(models.Model):
    """How a district chose to work: whether a commune's chairman signs before anything is sent."""

    district = models.OneToOneField("communes.Unit", models.PROTECT, related_name="practice")
    needs_sign_off = models.BooleanField("Chủ tịch xã ký duyệt trước khi gửi", default=False)

    def __str__(self) -> str:
        return f"{self.district_id}"
