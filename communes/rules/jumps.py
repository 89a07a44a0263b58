"""What is improbable about a value beside an earlier one: pure, no Django. A warning is said, and stops nothing.

Percentages move by points, numbers by multiples; a yes/no and a grade can only go back. Read by the sheet, which asks
for a remark where something jumped.
"""

from __future__ import annotations

from decimal import Decimal

from criteria.rules.numbers import NBSP, format_number
from criteria.rules.rulebook import Measure, Value
from criteria.rules.values import show_value
from criteria.rules.vocabulary import Kind

# An ordinary year of building roads or connecting households stays below both.
MOST_POINTS = Decimal(20)
MOST_TIMES = 2


def jump(measure: Measure, before: Value | None, now: Value | None, wanted: Value | None = None) -> str:
    """How a value jumped since `before`, as the beginning of a sentence ("Tăng 32 điểm phần trăm"); "" where it did
    not, or where the two cannot be compared. `wanted` is what is required: a yes/no goes back when it no longer is."""
    if before is None or now is None or type(before) is not type(now):
        return ""
    if isinstance(before, Decimal) and isinstance(now, Decimal):
        return _points(before, now) if measure.kind is Kind.PERCENT else _times(before, now)
    if isinstance(before, bool):
        return _back(measure, before, now) if before is wanted and now is not wanted else ""
    if before in measure.scale and now in measure.scale and measure.rank(str(now)) < measure.rank(str(before)):
        return _back(measure, before, now)
    return ""


def _points(before: Decimal, now: Decimal) -> str:
    points = now - before
    if abs(points) <= MOST_POINTS:
        return ""
    way = "Tăng" if points > 0 else "Giảm"
    return f"{way} {format_number(round(abs(points), 2))} điểm phần trăm"


def _times(before: Decimal, now: Decimal) -> str:
    if before <= 0:
        return ""
    if now > before * MOST_TIMES:
        return f"Gấp {format_number(round(now / before, 1))} lần"
    if now * MOST_TIMES < before:
        return f"Chỉ còn {format_number(round(now * 100 / before))}{NBSP}%"
    return ""


def _back(measure: Measure, before: Value, now: Value) -> str:
    return f"Từ “{show_value(measure, before)}” thành “{show_value(measure, now)}”"


def other_denominator(typed: Decimal | None, base: Decimal | None) -> bool:
    """Whether a typed denominator is another than the base figure; nobody to count (0) is no denominator."""
    return typed is not None and base is not None and typed != 0 and typed != base
