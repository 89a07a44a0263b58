"""Criteria sets as rows. A published version is never edited in place; `digest` names its exact content, so that
a rulebook built from rows may be kept in memory as long as the digest stays."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from criteria.rules.vocabulary import ConditionKind, Confidence, Kind, Level, Op, Tier


class Measure(models.Model):
    """What is measured, by one definition. Assessments hang on it, so it outlives every version of a set."""

    code = models.CharField("mã", max_length=80, unique=True)
    name = models.TextField("tên")
    kind = models.CharField("loại", max_length=10, choices=Kind.choices())
    level = models.CharField("cấp", max_length=10, choices=Level.choices())
    unit = models.CharField("đơn vị tính", max_length=40, blank=True)
    scale = models.JSONField("thang xếp loại, thấp nhất trước", default=list, blank=True)
    # Code of the base quantity that its percentages are taken of; "" where the library names none.
    denominator = models.CharField("mẫu số", max_length=40, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class CriteriaSetQuerySet(models.QuerySet["CriteriaSet"]):
    def published(self) -> CriteriaSetQuerySet:
        return self.filter(is_draft=False)

    def effective_on(self, day: date) -> CriteriaSetQuerySet:
        return self.published().filter(effective_on__lte=day)


class CriteriaSet(models.Model):
    """One version of a family. In force on a day: of the published ones the last to have taken effect."""

    family = models.SlugField("họ", max_length=60)
    version = models.CharField("quyết định", max_length=60)
    name = models.CharField("tên", max_length=200)
    short_name = models.CharField("tên ngắn", max_length=60)
    level = models.CharField("cấp", max_length=10, choices=Level.choices())
    tier = models.CharField("bậc", max_length=10, choices=Tier.choices())
    decided_on = models.DateField("ngày ban hành")
    effective_on = models.DateField("hiệu lực từ")
    issuer = models.CharField("cơ quan ban hành", max_length=200, blank=True)
    annex = models.CharField("phụ lục", max_length=120, blank=True)
    period_from = models.PositiveSmallIntegerField("từ năm")
    period_to = models.PositiveSmallIntegerField("đến năm")
    declared_criteria = models.PositiveSmallIntegerField(default=0)
    declared_indicators = models.PositiveSmallIntegerField(default=0)
    confidence = models.CharField(max_length=10, choices=Confidence.choices(), default=Confidence.MEDIUM.value)
    notes = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    amended_by = models.JSONField(default=list)
    amendments = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)
    is_draft = models.BooleanField("dự thảo", default=False)
    digest = models.CharField(max_length=64)

    objects = CriteriaSetQuerySet.as_manager()

    class Meta:
        ordering = ["position", "family", "-effective_on"]
        constraints = [
            models.UniqueConstraint(fields=["family", "version"], name="a_family_has_a_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.short_name} ({self.version})"


class Criterion(models.Model):
    set = models.ForeignKey(CriteriaSet, models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    group = models.CharField(max_length=120, blank=True)
    lead = models.CharField(max_length=20, blank=True)
    others = models.JSONField(default=list)
    supplement = models.CharField("bổ sung của tỉnh", max_length=40, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["set", "number"], name="a_criterion_number_is_unique_in_its_set")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Indicator(models.Model):
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="indicators")
    code = models.CharField(max_length=12)
    name = models.TextField()
    requirement = models.TextField(blank=True)
    lead = models.CharField(max_length=20, blank=True)
    others = models.JSONField(default=list)
    confidence = models.CharField(max_length=10, choices=Confidence.choices())
    not_applicable_when = models.TextField(blank=True)
    alternative = models.TextField(blank=True)
    note = models.TextField(blank=True)
    source = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "code"], name="an_indicator_code_is_unique_in_its_criterion")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Condition(models.Model):
    """What a tier asks beside its criteria; which fields matter follows from `kind` (see `rules.rulebook`)."""

    set = models.ForeignKey(CriteriaSet, models.CASCADE, related_name="conditions")
    code = models.SlugField(max_length=40)
    text = models.TextField()
    kind = models.CharField(max_length=20, choices=ConditionKind.choices())
    minimum = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    family = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    lead = models.CharField(max_length=20, blank=True)
    others = models.JSONField(default=list)
    confidence = models.CharField(max_length=10, choices=Confidence.choices())
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)
    provincial = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["set", "code"], name="a_condition_code_is_unique_in_its_set")]

    def __str__(self) -> str:
        return self.text


class Part(models.Model):
    """One measure with an operator inside an indicator or a condition (its option, where it offers a choice)."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, null=True, related_name="parts")
    condition = models.ForeignKey(Condition, models.CASCADE, null=True, related_name="parts")
    code = models.SlugField(max_length=40, blank=True)
    name = models.TextField(blank=True)
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="parts")
    op = models.CharField(max_length=2, choices=Op.choices())
    provincial = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(indicator__isnull=False, condition__isnull=True)
                | Q(indicator__isnull=True, condition__isnull=False),
                name="a_part_belongs_to_an_indicator_or_to_a_condition",
            ),
            models.UniqueConstraint(
                fields=["indicator", "code"], condition=Q(indicator__isnull=False),
                name="a_part_code_is_unique_in_its_indicator",
            ),
            models.UniqueConstraint(
                fields=["condition", "code"], condition=Q(condition__isnull=False),
                name="a_part_code_is_unique_in_its_condition",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.measure.name


class Threshold(models.Model):
    """A bound of the library. `value` is JSON: a number as text ("95.5"), true/false, a grade, or null."""

    part = models.ForeignKey(Part, models.CASCADE, related_name="thresholds")
    value = models.JSONField(null=True)
    text = models.TextField(blank=True)
    region = models.CharField(max_length=40, blank=True)
    group = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    confidence = models.CharField(max_length=10, choices=Confidence.choices())
    source = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part", "region", "group", "year"],
                name="a_threshold_is_stated_once_for_a_region_group_and_year",
            ),
            models.UniqueConstraint(
                fields=["part", "region", "group"], condition=Q(year__isnull=True),
                name="a_threshold_for_all_years_is_stated_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text


class SurveyContent(models.Model):
    """What people are asked about in the satisfaction survey; `chung` is the overall question."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class BaseQuantity(models.Model):
    """Something counted once a year in every unit (hộ, dân số, km đường) and used as a denominator by measures."""

    code = models.SlugField("mã", max_length=40, unique=True)
    name = models.CharField("tên", max_length=200)
    unit = models.CharField("đơn vị tính", max_length=40)
    decimals = models.PositiveSmallIntegerField("số chữ số thập phân", default=0)
    group = models.CharField("nhóm", max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class LibraryState(models.Model):
    """One row: digest of the library as last loaded, so that loading again can tell that nothing changed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    departments = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_state_of_the_library")]
