"""Base data of a unit and year: households, population, villages, kilometres; denominators are taken from here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class BaseFigure(models.Model):
    """How many of a quantity (`criteria.BaseQuantity`) a unit had in a year. Rows are never changed: the newest one
    known on a day counts; a row without a value takes the figure back."""

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="base_figures")
    year = models.PositiveSmallIntegerField("năm")
    quantity = models.ForeignKey("criteria.BaseQuantity", models.PROTECT, related_name="+")
    value = models.DecimalField("số lượng", max_digits=20, decimal_places=3, null=True)
    source = models.CharField("nguồn số liệu", max_length=300, blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["year", "unit"], name="base_figures_of_a_year")]
        constraints = [
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="a_base_figure_is_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.quantity_id} {self.year}"
