"""What is improbable about a value beside an earlier one: pure, no Django. A warning is said, and stops nothing.

Percentages move by points, numbers and base data by multiples; a yes/no and a grade can only go back. Read by the
sheet, which asks for a remark where something jumped, by the review and by the page of base data.
"""

from __future__ import annotations

from decimal import Decimal

from criteria.rules.numbers import NBSP, format_number
from criteria.rules.rulebook import Measure, Value
from criteria.rules.values import show_value
from criteria.rules.vocabulary import Kind

# An ordinary year of building roads or connecting households stays below both.
MOST_POINTS = Decimal(20)
MOST_TIMES = Decimal(2)
# Households, people and kilometres of a commune change by less than a fifth in a year, unless units were merged; of
# three schools one is a third, so a change by one thing counted never is a jump.
MOST_SHARE_OF_BASE, LEAST_OF_BASE = Decimal("0.2"), Decimal(1)


def jump(measure: Measure, before: Value | None, now: Value | None, wanted: Value | None = None) -> str:
    """How a value jumped since `before`, as the beginning of a sentence ("Tăng 32 điểm phần trăm"); "" where it did
    not, or where the two cannot be compared. `wanted` is what is required: a yes/no goes back when it no longer is."""
    if before is None or now is None or type(before) is not type(now):
        return ""
    if isinstance(before, Decimal) and isinstance(now, Decimal):
        return _points(before, now) if measure.kind is Kind.PERCENT else _times(before, now, MOST_TIMES)
    if isinstance(before, bool):
        return _back(measure, before, now) if before is wanted and now is not wanted else ""
    if before in measure.scale and now in measure.scale and measure.rank(str(now)) < measure.rank(str(before)):
        return _back(measure, before, now)
    return ""


def jump_of_base(before: Decimal | None, now: Decimal | None) -> str:
    """The same for a figure of base data beside that of the year before: "Tăng 25 %"."""
    if before is None or now is None or abs(now - before) <= LEAST_OF_BASE:
        return ""
    if abs(now - before) < before * MOST_SHARE_OF_BASE:
        return ""
    return _changed(before, now)


def _points(before: Decimal, now: Decimal) -> str:
    points = now - before
    if abs(points) <= MOST_POINTS:
        return ""
    way = "Tăng" if points > 0 else "Giảm"
    return f"{way} {format_number(round(abs(points), 2))} điểm phần trăm"


def _times(before: Decimal, now: Decimal, most: Decimal) -> str:
    """More than `most` times as much or as little."""
    return "" if before <= now * most <= before * most * most else _changed(before, now)


def _changed(before: Decimal, now: Decimal) -> str:
    """How much more or less; in multiples from the double and below the half, nothing beside nothing."""
    if before <= 0:
        return ""
    if now > before * 2:
        return f"Gấp {format_number(round(now / before, 1))} lần"
    percent = now * 100 / before
    if now * 2 < before:
        return f"Chỉ còn {format_number(round(percent))}{NBSP}%"
    return f"{'Tăng' if now > before else 'Giảm'} {format_number(round(abs(percent - 100), 1))}{NBSP}%"


def _back(measure: Measure, before: Value, now: Value) -> str:
    return f"Từ “{show_value(measure, before)}” thành “{show_value(measure, now)}”"


def other_denominator(typed: Decimal | None, base: Decimal | None) -> bool:
    """Whether a typed denominator is another than the base figure; nobody to count (0) is no denominator."""
    return typed is not None and base is not None and typed != 0 and typed != base
