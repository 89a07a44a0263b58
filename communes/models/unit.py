"""Administrative units by official code. Merges and splits are normal, so every unit has days of validity."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from accounts.roles import Right, Standing
from criteria.rules.thresholds import Place
from criteria.rules.vocabulary import Level


class UnitQuerySet(models.QuerySet["Unit"]):
    def valid_on(self, day: date) -> UnitQuerySet:
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day))

    def communes(self) -> UnitQuerySet:
        return self.filter(level=Level.COMMUNE.value)

    def districts(self) -> UnitQuerySet:
        return self.filter(level=Level.DISTRICT.value)

    def visible_to(self, standing: Standing) -> UnitQuerySet:
        """The only door to units: the districts of one's seats and their communes."""
        codes = standing.districts_where(Right.SEE_DISTRICT)
        return self.filter(Q(code__in=codes) | Q(parent__code__in=codes))

    def called(self, code_or_slug: str) -> UnitQuerySet:
        """Official code (the identity) or the slug of the address."""
        return self.filter(Q(code=code_or_slug) | Q(slug=code_or_slug))


class Unit(models.Model):
    """A province, district or commune. `code` is the official code of the statistics office and never changes."""

    code = models.CharField("mã", max_length=10, unique=True)
    name = models.CharField("tên", max_length=80)
    slug = models.SlugField("tên trong địa chỉ", max_length=80)
    kind = models.CharField("loại", max_length=20)  # tỉnh, huyện, xã, thị trấn, phường
    level = models.CharField("cấp", max_length=10, choices=Level.choices())
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    region = models.CharField("vùng", max_length=40, blank=True)
    group = models.CharField("nhóm xã", max_length=40, blank=True)
    population = models.PositiveIntegerField("dân số", null=True, blank=True)
    area_ha = models.DecimalField("diện tích (ha)", max_digits=12, decimal_places=2, null=True, blank=True)
    lon = models.FloatField("kinh độ", null=True, blank=True)
    lat = models.FloatField("vĩ độ", null=True, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    valid_from = models.DateField("có từ ngày", null=True, blank=True)
    valid_to = models.DateField("hết từ ngày", null=True, blank=True)
    predecessors = models.ManyToManyField("self", symmetrical=False, related_name="successors", blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")),
                name="a_unit_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(level="commune") | Q(parent__isnull=False), name="a_commune_has_a_district"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """ "xã Kỳ Phú", "huyện Kỳ Anh"."""
        return f"{self.kind} {self.name}"

    @property
    def title(self) -> str:
        return self.full_name[:1].upper() + self.full_name[1:]

    @property
    def is_commune(self) -> bool:
        return self.level == Level.COMMUNE.value

    @property
    def district_code(self) -> str:
        """Code of the district it belongs to; of itself where it is one."""
        if self.is_commune:
            assert self.parent is not None
            return self.parent.code
        return self.code

    def place(self) -> Place:
        """Where thresholds are asked for: region of the commune, with the district's as default (domain notes 2)."""
        if self.is_commune:
            assert self.parent is not None
            return Place((self.code, self.parent.code), self.region or self.parent.region, self.group)
        return Place((self.code,), self.region, self.group)
