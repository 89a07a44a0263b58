"""The library as rows, and what the office enters over it."""

from criteria.models.library import (
    BaseQuantity,
    Condition,
    CriteriaSet,
    Criterion,
    Indicator,
    LibraryState,
    Measure,
    Part,
    SurveyContent,
    Threshold,
)
from criteria.models.local import LocalThreshold, SupplementSwitch

__all__ = [
    "BaseQuantity",
    "Condition",
    "CriteriaSet",
    "Criterion",
    "Indicator",
    "LibraryState",
    "LocalThreshold",
    "Measure",
    "Part",
    "SupplementSwitch",
    "SurveyContent",
    "Threshold",
]
