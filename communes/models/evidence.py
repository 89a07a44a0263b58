"""Evidence: documents that support assessments. One document may support several measures, in several communes.

Bytes are never replaced: a new scan of the same document is a new `EvidenceFile`, the newest one counts. Taking a
document away from an assessment leaves the row, with who did it and why.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.roles import Right, Standing
from communes.models.assessment import Act
from communes.models.people import Assignment
from communes.rules.evidence import OFFICE_LEADS, FileKind, PaperKind
from communes.rules.workflow import SENDING
from criteria.rules.vocabulary import Level


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def standing_now(self) -> AttachmentQuerySet:
        """Those that were not taken away."""
        return self.filter(removed_at=None)

    def visible_to(self, standing: Standing, day: date) -> AttachmentQuerySet:
        """The only door to papers beside figures. A commune's officers: all of their own commune. Those who see all
        bases in a district: what stands beside figures that were ever sent, what was taken away since if it stood
        there at some act, and what the district itself added. Drafts of the district's own figures: whoever leads."""
        acts = Act.objects.filter(assessment=OuterRef("assessment"))
        seen_at_an_act = acts.filter(at__gte=OuterRef("at"), at__lt=OuterRef("removed_at"))
        sent = acts.filter(kind__in=[kind.value for kind in SENDING])
        all_bases = _in_districts(standing.districts_where(Right.SEE_ALL_BASES), "assessment__unit")
        return self.filter(
            Q(assessment__unit__code__in=standing.communes)
            | (all_bases & Q(removed_at=None) & (Q(on_behalf=True) | Exists(sent)))
            | (all_bases & Q(removed_at__isnull=False) & Exists(seen_at_an_act))
            | _led_by(standing, day)
        )  # fmt: skip


def _in_districts(codes: frozenset[str], unit: str) -> Q:
    return Q(**{f"{unit}__code__in": codes}) | Q(**{f"{unit}__parent__code__in": codes})


def _led_by(standing: Standing, day: date) -> Q:
    """Figures of a district itself that a person's department leads; what nobody else leads is the office's."""
    found = Q(pk__in=[])
    in_force = Assignment.objects.in_force(day).filter(
        district=OuterRef("assessment__unit"), measure=OuterRef("assessment__measure")
    )
    for district in sorted(standing.districts_where(Right.ASSESS_DISTRICT)):
        own = Q(assessment__unit__code=district, assessment__unit__level=Level.DISTRICT.value)
        found |= own & Exists(in_force.filter(lead__code__in=standing.departments_in(district)))
        if standing.can_in(Right.APPROVE, district):
            found |= own & ~Exists(in_force.exclude(lead__code=OFFICE_LEADS))
    return found


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, standing: Standing, day: date) -> EvidenceQuerySet:
        """The only door to documents: what supports an assessment that this person may see papers of, what the own
        commune brought in, and of the district's own documents those that support nothing yet, or that the person
        brought in."""
        attached = Attachment.objects.visible_to(standing, day).filter(evidence=OuterRef("pk"))
        any_attached = Attachment.objects.filter(evidence=OuterRef("pk"))
        districts = standing.districts_where(Right.PREFILL)
        return self.filter(
            Q(unit__code__in=standing.communes)
            | Exists(attached)
            | (Q(unit__code__in=districts) & (Q(by_id=standing.person_id) | ~Exists(any_attached)))
        )


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def visible_to(self, standing: Standing, day: date) -> EvidenceFileQuerySet:
        return self.filter(evidence__in=Evidence.objects.visible_to(standing, day))


class RequiredPaperQuerySet(models.QuerySet["RequiredPaper"]):
    def in_force(self, day: date) -> RequiredPaperQuerySet:
        return self.filter(Q(removed_on=None) | Q(removed_on__gt=day), on__lte=day)


class Evidence(models.Model):
    """A document by its own number, date and issuer: files (newest first), or a link. `unit` brought it in."""

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="evidence")
    kind = models.CharField("loại văn bản", max_length=12, choices=PaperKind.choices())
    title = models.CharField("trích yếu", max_length=300)
    number = models.CharField("số, ký hiệu", max_length=80, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    issuer = models.CharField("cơ quan ban hành", max_length=200, blank=True)
    valid_until = models.DateField("có giá trị đến", null=True, blank=True)
    link = models.URLField("liên kết", max_length=500, blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "minh chứng"

    def __str__(self) -> str:
        return self.title


class EvidenceFile(models.Model):
    """The bytes of one revision of a document: checked by content, named by their SHA-256 on disk."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="files")
    stored = models.FileField(upload_to="", max_length=200)
    name = models.CharField("tên tệp", max_length=255)
    kind = models.CharField("loại tệp", max_length=8, choices=FileKind.choices())
    size = models.PositiveBigIntegerField("cỡ tệp")
    pages = models.PositiveIntegerField("số trang", null=True)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    objects = EvidenceFileQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["sha256"], name="files_by_content")]

    def __str__(self) -> str:
        return self.name


class RequiredPaper(models.Model):
    """A document that a district asks for with a measure ("Biên bản nghiệm thu đường"), entered by its office."""

    district = models.ForeignKey("communes.Unit", models.PROTECT, related_name="+")
    measure = models.ForeignKey("criteria.Measure", models.PROTECT, related_name="+")
    name = models.CharField("tên tài liệu", max_length=200)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    removed_on = models.DateField(null=True, blank=True)

    objects = RequiredPaperQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "measure", "name"], condition=Q(removed_on=None),
                name="a_paper_is_asked_for_once",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """A document that supports an assessment. `on_behalf`: a reviewer added it for the unit, and it is marked so."""

    assessment = models.ForeignKey("communes.Assessment", models.PROTECT, related_name="attachments")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="attachments")
    required = models.ForeignKey(RequiredPaper, models.PROTECT, null=True, blank=True, related_name="+")
    on_behalf = models.BooleanField("thêm thay cho đơn vị", default=False)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    removed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    removed_on = models.DateField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "evidence"], condition=Q(removed_at=None),
                name="a_document_supports_an_assessment_once",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_on=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_on__isnull=False, removed_by__isnull=False),
                name="who_took_a_document_away_is_known",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.evidence_id}"
