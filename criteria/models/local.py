"""What the office enters over the library; loading the library never touches these rows."""

from __future__ import annotations

from django.db import models


class LocalThreshold(models.Model):
    """One act: a number entered for a scope, or the library's number checked against the document.

    Rows are never changed: the newest (by id) of the narrowest scope counts. Scope codes are plain, because units
    live in an upper floor. `value` as in `Threshold`.
    """

    family = models.SlugField(max_length=60)
    item = models.CharField("chỉ tiêu hoặc điều kiện", max_length=40)
    part = models.CharField("thành phần", max_length=40, blank=True)
    unit = models.CharField("mã đơn vị", max_length=10)
    region = models.CharField("vùng", max_length=40, blank=True)
    group = models.CharField("nhóm xã", max_length=40, blank=True)
    year = models.PositiveSmallIntegerField("năm", null=True, blank=True)
    value = models.JSONField("ngưỡng")
    is_check = models.BooleanField("đối chiếu", default=False)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    document = models.CharField("văn bản", max_length=300)
    reason = models.TextField("lý do", blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField("ngày")
    at = models.DateTimeField("lúc")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["family", "unit"], name="local_thresholds_of_a_unit")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(document=""), name="a_local_threshold_names_its_document")
        ]

    def __str__(self) -> str:
        return f"{self.family} {self.item} {self.value}"


class SupplementSwitch(models.Model):
    """A province's supplement counts for a unit in a year. Default off; the newest row counts."""

    supplement = models.CharField("bổ sung", max_length=40)
    unit = models.CharField("mã đơn vị", max_length=10)
    year = models.PositiveSmallIntegerField("năm")
    is_on = models.BooleanField("áp dụng", default=True)
    document = models.CharField("văn bản", max_length=300)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField("ngày")
    at = models.DateTimeField("lúc")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.supplement} {self.unit} {self.year}"
