"""The standard chain to a recognition, as the office keeps it: steps, their spans, what waits for what.

The steps come from the procedure of decision 18/2022/QĐ-TTg (`plans/data/`); only the publication's 15 days are the
law's, the other spans are the office's own estimates and marked so.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from criteria.rules.vocabulary import Level
from plans.rules.network import DayKind


class ChainStep(models.Model):
    """One step of a district's template for communes or for itself. `waits_for`: codes of the steps before it.

    `per_subject`: the step is done once for each unmet indicator or condition (do the work, gather evidence), the
    others once for the unit.
    """

    district = models.ForeignKey("communes.Unit", models.PROTECT, related_name="chain_steps")
    level = models.CharField("cấp", max_length=10, choices=Level.choices())
    position = models.PositiveSmallIntegerField("thứ tự")
    code = models.SlugField("mã bước", max_length=40)
    name = models.CharField("tên bước", max_length=300)
    actor = models.CharField("cơ quan thực hiện", max_length=120, blank=True)
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+")
    duration = models.PositiveSmallIntegerField("thời gian")
    days = models.CharField("đơn vị", max_length=10, choices=DayKind.choices())
    waits_for = models.JSONField("chờ các bước", default=list, blank=True)
    per_subject = models.BooleanField("làm cho từng chỉ tiêu", default=False)
    source = models.CharField("căn cứ", max_length=200, blank=True)
    is_estimate = models.BooleanField("thời gian do Văn phòng ước tính", default=True)
    is_used = models.BooleanField("đang dùng", default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["level", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["district", "level", "code"], name="a_chain_has_a_step_once"),
            models.CheckConstraint(condition=~Q(name=""), name="a_step_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
