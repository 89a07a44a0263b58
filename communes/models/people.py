"""Postings (who holds which seat, from when to when), assignments (who answers for which measure), and teams (who
follows which communes)."""

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


class Team(models.Model):
    """A working team of the district's party committee (QĐ 575): its members follow the communes given to it."""

    district = models.ForeignKey("communes.Unit", models.PROTECT, related_name="teams")
    name = models.CharField("tên đoàn", max_length=120)
    document = models.CharField("văn bản thành lập", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="a_team_has_its_own_name")]

    def __str__(self) -> str:
        return self.name


class DatedQuerySet(models.QuerySet["models.Model"]):
    def in_force(self, day: date) -> DatedQuerySet:
        return self.filter(Q(to_on=None) | Q(to_on__gt=day), from_on__lte=day)


class TeamMember(models.Model):
    """A person in a team, from a day to a day; one of them leads it."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="members")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="team_seats")
    is_head = models.BooleanField("trưởng đoàn", default=False)
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["-is_head", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person"], condition=Q(to_on=None), name="a_person_sits_in_a_team_once"
            ),
            models.UniqueConstraint(
                fields=["team"], condition=Q(to_on=None, is_head=True), name="a_team_has_one_head_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.team}"


class TeamCommune(models.Model):
    """A commune that a team follows, from a day to a day; one team at a time."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="communes")
    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="team_seats")
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["unit", "id"]
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(to_on=None), name="a_commune_has_one_team_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.unit} – {self.team}"
