"""What people say to each other about a figure, and what an inspection found to be mended."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Comment(models.Model):
    """A remark about an assessment, with the people it calls ("@"); open until somebody resolves it."""

    assessment = models.ForeignKey("communes.Assessment", models.PROTECT, related_name="comments")
    answers = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    text = models.TextField()
    mentions = models.ManyToManyField("accounts.Person", related_name="+", blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    resolved_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something")]

    def __str__(self) -> str:
        return self.text[:60]


class Finding(models.Model):
    """ "Nội dung cần khắc phục": found at an inspection or by the province, with who mends it by when, until closed."""

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="findings")
    year = models.PositiveSmallIntegerField("năm")
    measure = models.ForeignKey("criteria.Measure", models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField("nội dung")
    found_by = models.CharField("đoàn, cơ quan nêu", max_length=200, blank=True)
    document = models.CharField("văn bản", max_length=300, blank=True)
    owner = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="findings")
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField("hạn khắc phục")
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    done_note = models.TextField("đã làm gì", blank=True)
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True)
    closed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_finding_says_what_to_mend"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("on")), name="a_finding_closes_after_it_was_found"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
