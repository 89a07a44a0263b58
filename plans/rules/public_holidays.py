"""Public holidays of Vietnam: which days offices are closed, and which Saturdays are worked for them.

The only module that knows the `holidays` library; calendars are built from what it returns. It holds the days of the
Labour Code 2019, Article 112 (Tết, Giỗ Tổ, 30/4, 1/5, two days at 2/9, compensatory days) and the swaps that the
Government announced, as known to the release of the library. A year that is not announced yet follows the Code and
the usual choice; the office corrects it with days of its own. docs/decisions/0013 compares it with what was announced.

What must stay true: a swap in `_SWAPS` is one that the library lacks (a test says when it has learned of it).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from holidays import country_holidays


@dataclass(frozen=True, slots=True)
class NationalDays:
    """What the State decided: days off with their Vietnamese names, and weekend days worked in exchange."""

    off: dict[date, str]
    worked: frozenset[date]


# Day off -> weekend day worked for it, announced but not in the library. 12729/VPCP-KGVX of 25/12/2025.
_SWAPS = {date(2026, 1, 2): date(2026, 1, 10)}


@lru_cache(maxsize=16)
def national_days(first_year: int, last_year: int) -> NationalDays:
    """National days of the years from `first_year` to `last_year`, both included. Years beyond 2100 have none:
    there the lunar tables of the library end."""
    found = country_holidays("VN", years=range(first_year, last_year + 1), language="vi")
    off = {day: found[day] for day in sorted(found)}
    worked = set(found.weekend_workdays)
    for free, instead in _SWAPS.items():
        off[free] = f"Ngày nghỉ (thay cho ngày {instead:%d/%m/%Y})"
        worked.add(instead)
    years = range(first_year, last_year + 1)
    return NationalDays(
        {day: name for day, name in off.items() if day.year in years},
        frozenset(day for day in worked if day.year in years),
    )
