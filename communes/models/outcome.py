"""Targets, promised values, satisfaction surveys and recognitions."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from criteria.rules.vocabulary import Tier


class Target(models.Model):
    """The tier a unit shall reach in a year; kiểu mẫu with its fields (codes of the condition's options)."""

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="targets")
    year = models.PositiveSmallIntegerField("năm")
    tier = models.CharField("bậc", max_length=10, choices=Tier.choices())
    fields = models.JSONField("lĩnh vực", default=list, blank=True)
    document = models.CharField("văn bản", max_length=300, blank=True)

    class Meta:
        ordering = ["year", "unit"]
        constraints = [models.UniqueConstraint(fields=["unit", "year", "tier"], name="a_unit_has_a_target_once_a_year")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.tier} {self.year}"


class CountTarget(models.Model):
    """How many communes of a tier the district shall have by the end of a year: a number or a range, cumulative."""

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="count_targets")
    year = models.PositiveSmallIntegerField("năm")
    tier = models.CharField("bậc", max_length=10, choices=Tier.choices())
    low = models.PositiveSmallIntegerField("ít nhất")
    high = models.PositiveSmallIntegerField("nhiều nhất")
    document = models.CharField("văn bản", max_length=300, blank=True)

    class Meta:
        ordering = ["year", "tier"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "tier"], name="a_district_counts_a_tier_once_a_year"),
            models.CheckConstraint(condition=Q(high__gte=F("low")), name="a_range_goes_from_low_to_high"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.shown} {self.tier} {self.year}"

    @property
    def shown(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low} đến {self.high}"


class PromisedValue(models.Model):
    """What a unit promised to reach on a measure by the end of a year; `value` is JSON as in `criteria.rules.values`.

    Rows are never changed: the newest counts, and one without a value takes the promise back.
    """

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="promises")
    measure = models.ForeignKey("criteria.Measure", models.PROTECT, related_name="promises")
    year = models.PositiveSmallIntegerField("năm")
    value = models.JSONField("giá trị cam kết", null=True)
    document = models.CharField("văn bản", max_length=300, blank=True)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["unit", "year", "measure"], name="promises_of_a_unit")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.measure} {self.year}"


class SurveyResult(models.Model):
    """Satisfaction in a commune on one content in a year. Rows are never changed: the newest known on a day counts."""

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="survey_results")
    year = models.PositiveSmallIntegerField("năm")
    content = models.ForeignKey("criteria.SurveyContent", models.PROTECT, related_name="+")
    sent = models.PositiveIntegerField("số phiếu phát ra")
    returned = models.PositiveIntegerField("số phiếu thu về")
    satisfied = models.PositiveIntegerField("số phiếu hài lòng")
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["year", "unit"], name="surveys_of_a_year")]
        constraints = [
            models.CheckConstraint(condition=Q(returned__lte=F("sent")), name="no_more_papers_return_than_were_sent"),
            models.CheckConstraint(
                condition=Q(satisfied__lte=F("returned")), name="no_more_are_satisfied_than_returned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.content} {self.year}"


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    def standing_on(self, day: date) -> RecognitionQuerySet:
        """Decided by that day and not revoked by it."""
        return self.filter(Q(revoked_on=None) | Q(revoked_on__gt=day), decided_on__lte=day)


class Recognition(models.Model):
    """A decision that recognises a unit under a set's family. Recognised is not the same as currently meets."""

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="recognitions")
    family = models.SlugField("bộ tiêu chí", max_length=60)
    tier = models.CharField("bậc", max_length=10, choices=Tier.choices())
    year = models.PositiveSmallIntegerField("năm xét")
    fields = models.JSONField("lĩnh vực nổi trội", default=list, blank=True)
    decision = models.CharField("quyết định", max_length=120)
    decided_on = models.DateField("ngày quyết định")
    signer = models.CharField("người ký", max_length=120, blank=True)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    revoked_on = models.DateField("thu hồi ngày", null=True, blank=True)
    revoked_by_decision = models.CharField("quyết định thu hồi", max_length=120, blank=True)
    note = models.TextField("ghi chú", blank=True)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        ordering = ["decided_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "family", "decision"], name="a_decision_recognises_a_unit_once"),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | Q(revoked_on__gte=F("decided_on")), name="revoked_after_recognised"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.tier} {self.decision}"
