"""What is improbable about base data: pure, no Django. A warning asks somebody to look again and stops nothing."""

from __future__ import annotations

from decimal import Decimal

# Households, people and kilometres of a commune do not change by a fifth in a year, unless units were merged.
IMPROBABLE_PERCENT = Decimal(20)
# Of three schools one is a third: a change by one thing counted is never improbable.
ALWAYS_PROBABLE = Decimal(1)


def improbable_change(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """The change against last year in percent (signed), where it is improbable; else None."""
    if before is None or after is None or abs(after - before) <= ALWAYS_PROBABLE:
        return None
    if before == 0:
        return None
    percent = (after - before) * 100 / before
    return percent if abs(percent) >= IMPROBABLE_PERCENT else None
