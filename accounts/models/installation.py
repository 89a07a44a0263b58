"""What this installation is: whose it is, whether its data are invented, and its working day."""

from __future__ import annotations

from django.db import models


class Installation(models.Model):
    """One row. `working_day` replaces the real day where it is set (the demo's); then data count as known up to it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_demo = models.BooleanField("số liệu minh họa", default=False)
    working_day = models.DateField("ngày làm việc", null=True, blank=True)
    home_district = models.CharField("mã huyện mặc định", max_length=10, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_installation")]

    def __str__(self) -> str:
        return "Cài đặt"
