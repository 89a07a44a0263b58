"""Where a measure may be stated as "không áp dụng"."""

from __future__ import annotations

from communes.models import ExemptionGrant, Unit
from criteria.models import Indicator, Measure


def is_exemption_allowed(unit: Unit, measure: Measure, year: int) -> bool:
    """Whether an indicator of the measure allows it itself (an alternative to be judged by is no exemption), or the
    office granted it to this unit in this year. At most two queries."""
    by_indicator = Indicator.objects.filter(parts__measure=measure, alternative="").exclude(not_applicable_when="")
    granted = ExemptionGrant.objects.filter(unit=unit, measure=measure, year=year)
    return by_indicator.exists() or granted.exists()
