"""What is reported: one assessment per unit, measure and year, and everything that was ever stated about it.

Nothing stated is changed or deleted. A `Statement` says a value or an exemption (a commune's revision, a
department's verification, the province's appraisal); an `Act` moves a revision through its stages; a `Holding`
says which statement stands on which basis from which day to which. Holdings follow from acts by a pure function
(`communes.rules.holdings`) and are rebuilt from them at any time (`manage.py rebuild_holdings`): they are the index
that lets a board of any day be read as plainly as today's, whatever the number of revisions.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from communes.rules.workflow import ActKind, Source, Stage, StatementKind
from criteria.rules.vocabulary import Basis, ExemptionKind


class Assessment(models.Model):
    """unit × measure × year. `version` grows with every save; a save carries the version the person saw.

    `current` is the newest revision (it may be a draft) and `version` its lock: neither is a conclusion.
    """

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="assessments")
    measure = models.ForeignKey("criteria.Measure", models.PROTECT, related_name="assessments")
    year = models.PositiveSmallIntegerField("năm")
    version = models.PositiveIntegerField(default=0)
    current = models.ForeignKey("communes.Statement", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "measure", "year"], name="a_measure_is_assessed_once_a_year_in_a_unit"
            )
        ]
        indexes = [models.Index(fields=["year", "unit"], name="assessments_of_a_year")]

    def __str__(self) -> str:
        return f"{self.unit} {self.measure} {self.year}"


class Statement(models.Model):
    """A value or an exemption, stated by a person on a day. `value` is JSON as in `criteria.rules.values`.

    `stage` is meant for revisions only; a verification or appraisal is about the revision `of`.
    `refused` maps "family:code" of indicators not recognised to the reason.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=12, choices=StatementKind.choices())
    of = models.ForeignKey("self", models.PROTECT, null=True, related_name="results")
    value = models.JSONField(null=True)
    numerator = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    denominator = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    exemption = models.CharField(max_length=16, blank=True, choices=ExemptionKind.choices())
    exemption_reason = models.TextField(blank=True)
    document = models.CharField(max_length=300, blank=True)
    remark = models.TextField(blank=True)
    refused = models.JSONField(null=True)
    source = models.CharField(max_length=12, choices=Source.choices())
    stage = models.CharField(max_length=12, blank=True, choices=Stage.choices())
    batch = models.ForeignKey("communes.ImportBatch", models.PROTECT, null=True, related_name="statements")
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(exemption=""), name="a_statement_is_a_value_or_an_exemption"
            ),
            models.CheckConstraint(
                condition=Q(exemption="") | ~Q(exemption_reason=""), name="an_exemption_has_its_reason"
            ),
        ]
        indexes = [models.Index(fields=["stage", "assessment"], name="revisions_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Act(models.Model):
    """One step of the workflow on a revision: submitted, withdrawn, returned, verified, approved, with its reason.

    Order is by id; as-of filters by `on`, the working day the act counts from.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="acts")
    revision = models.ForeignKey(Statement, models.PROTECT, related_name="acts")
    result = models.ForeignKey(Statement, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=ActKind.choices())
    reason = models.TextField(blank=True)
    # Of a return: by when it shall come back mended; empty where nobody said.
    mend_by = models.DateField("hạn sửa", null=True)
    # The papers that were beside the figure: [[attachment, SHA-256 or link], ...] as `rules.evidence` marks them.
    evidence = models.JSONField(null=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["on", "kind"], name="acts_of_a_day")]

    def __str__(self) -> str:
        return self.kind


class HoldingQuerySet(models.QuerySet["Holding"]):
    def as_of(self, day: date) -> HoldingQuerySet:
        return self.filter(Q(until_on=None) | Q(until_on__gt=day), from_on__lte=day)


class Holding(models.Model):
    """Which statement stands on a basis, from a day (included) to a day (excluded; null = still)."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="holdings")
    basis = models.CharField(max_length=10, choices=Basis.choices())
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "basis"], condition=Q(until_on=None), name="one_statement_stands_on_a_basis"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gt=models.F("from_on")), name="a_holding_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.basis} {self.from_on}"


class ExemptionGrant(models.Model):
    """The office lets a measure not apply to a unit in a year, by a document."""

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="+")
    measure = models.ForeignKey("criteria.Measure", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    reason = models.TextField()
    document = models.CharField(max_length=300)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "measure", "year"], name="an_exemption_is_granted_once_a_year"),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(document=""), name="a_granted_exemption_has_reason_and_document"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.measure} {self.year}"
