"""Imports from workbooks: the file that was brought, what was read from it, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from communes.rules.importing import ImportKind, ImportStage


class ImportBatch(models.Model):
    """One file brought in. The bytes are kept; `outcome` counts what was found at checking and at applying.

    `fingerprint` names exactly what the preview showed (cells, versions seen, values, refusals): applying something
    else shows it again first.
    """

    district = models.ForeignKey("communes.Unit", models.PROTECT, related_name="+")
    kind = models.CharField("loại dữ liệu", max_length=12, choices=ImportKind.choices())
    year = models.PositiveSmallIntegerField("năm", null=True)
    stored = models.FileField(upload_to="", max_length=200)
    name = models.CharField("tên tệp", max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField("cột và số đo", null=True)
    stage = models.CharField("bước", max_length=10, choices=ImportStage.choices())
    fingerprint = models.CharField(max_length=64, blank=True)
    outcome = models.JSONField(default=dict)
    as_approved = models.BooleanField("nạp lần đầu, coi như đã duyệt", default=False)
    reason = models.TextField("lý do", blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    # The desks (`Seat.key`) that person held then: who left one of them sees and undoes nothing of it any more.
    desks = models.JSONField(default=list)
    of_office = models.BooleanField("do Văn phòng nạp", default=False)
    on = models.DateField()
    at = models.DateTimeField()
    applied_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(as_approved=False) | ~Q(reason=""), name="an_initial_load_has_its_reason"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ColumnMapping(models.Model):
    """Which measure a column of the office's own workbook means: remembered by the headings of its sheet."""

    district = models.ForeignKey("communes.Unit", models.PROTECT, related_name="+")
    signature = models.CharField(max_length=64)
    name = models.CharField("tên mẫu", max_length=120)
    columns = models.JSONField()
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["district", "signature"], name="a_workbook_is_mapped_once_in_a_district")
        ]

    def __str__(self) -> str:
        return self.name
