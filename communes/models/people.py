"""Postings (who holds which seat, from when to when) and assignments (who answers for which measure)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from accounts.roles import Role


class PostingQuerySet(models.QuerySet["Posting"]):
    def held_on(self, day: date) -> PostingQuerySet:
        """Seats held on a day: rights end on the day a posting ends, history stays."""
        return self.filter(Q(to_on=None) | Q(to_on__gt=day), from_on__lte=day)


class Posting(models.Model):
    """Person + role + unit or department. `unit` is the commune of a commune's officer, the district of the others."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="postings")
    role = models.CharField("vai trò", max_length=20, choices=Role.choices())
    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="postings")
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="postings"
    )
    title = models.CharField("chức danh", max_length=120, blank=True)
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)
    signs_off = models.BooleanField("ký duyệt số liệu của xã", default=False)

    objects = PostingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=models.F("from_on")), name="a_posting_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(role="department") | Q(department__isnull=False),
                name="a_department_seat_names_its_department",
            ),
            models.CheckConstraint(
                condition=~Q(signs_off=True) | Q(role="commune"), name="only_a_communes_seat_signs_off"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {Role(self.role).label}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, day: date) -> AssignmentQuerySet:
        return self.filter(Q(to_on=None) | Q(to_on__gt=day), from_on__lte=day)


class Assignment(models.Model):
    """Which department of a district leads (verifies) a measure, which coordinate, who answers in person."""

    district = models.ForeignKey("communes.Unit", models.PROTECT, related_name="+")
    measure = models.ForeignKey("criteria.Measure", models.PROTECT, related_name="assignments")
    lead = models.ForeignKey("accounts.Department", models.PROTECT, related_name="led_assignments")
    others = models.ManyToManyField("accounts.Department", related_name="coordinated_assignments", blank=True)
    responsible = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "measure"], condition=Q(to_on=None), name="a_measure_has_one_lead_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} – {self.lead}"
