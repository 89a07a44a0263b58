"""Directives: a conclusion, resolution or decision, its items, and what was said of each until it was done."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.roles import Right, Standing
from plans.rules.vocabulary import DirectiveKind


class DirectiveQuerySet(models.QuerySet["Directive"]):
    def visible_to(self, standing: Standing) -> DirectiveQuerySet:
        """The only door to directives: everybody with a seat in the district reads them."""
        return self.filter(district__code__in=standing.districts_where(Right.SEE_DISTRICT))


class Directive(models.Model):
    """A document that gives work: kind, number, day, issuer, and its file among the papers of the district."""

    district = models.ForeignKey("communes.Unit", models.PROTECT, related_name="directives")
    kind = models.CharField("loại văn bản", max_length=12, choices=DirectiveKind.choices())
    number = models.CharField("số, ký hiệu", max_length=80, blank=True)
    title = models.CharField("trích yếu", max_length=300)
    issued_on = models.DateField("ngày ban hành")
    issuer = models.CharField("cơ quan ban hành", max_length=200)
    document = models.ForeignKey("communes.Evidence", models.PROTECT, null=True, blank=True, related_name="+")
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    objects = DirectiveQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="a_directive_has_a_title")]

    def __str__(self) -> str:
        return self.title


class DirectiveItem(models.Model):
    """One thing that a directive asks: of whom, where, by when. `unit` is the district where no commune is meant.

    Reported done by who answers for it, confirmed by the office; opening it again empties both, with a note.
    """

    directive = models.ForeignKey(Directive, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField("thứ tự")
    text = models.TextField("nội dung")
    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="+")
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+")
    responsible = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField("hạn", null=True, blank=True)
    reported_on = models.DateField(null=True, blank=True)
    reported_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["directive", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="an_item_says_what_is_asked"),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(reported_on=None) | Q(done_on__gte=F("reported_on")),
                name="an_item_is_done_after_it_was_reported",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ItemNote(models.Model):
    """What was said of an item: a progress note, a report, or what a meeting decided about it (`meeting_on`)."""

    item = models.ForeignKey(DirectiveItem, models.PROTECT, related_name="notes")
    text = models.TextField()
    meeting_on = models.DateField("họp ngày", null=True, blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_note_says_something")]

    def __str__(self) -> str:
        return self.text[:60]
