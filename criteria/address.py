"""A year and a day as they stand in an address: one rule for every page, each wrong value a sentence (400).

Lives on the lowest floor whose pages ask for them; the views of communes and reports read addresses by it too.
"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import BadRequest

from criteria.rules.days import DayProblem, parse_day

FIRST_YEAR, LAST_YEAR = 2021, 2050
FIRST_DAY = date(2010, 1, 1)


def day_in(text: str | None, today: date) -> date:
    """The as-of day, in the ISO form of addresses or as it is typed; none means today, and no day lies after it. Raises
    BadRequest."""
    if not text:
        return today
    try:
        day = parse_day(text)
    except DayProblem as problem:
        raise BadRequest(str(problem)) from None
    if day < FIRST_DAY:
        raise BadRequest("Ngày này quá xa: không có số liệu trước năm 2010.")
    return min(day, today)


def year_in(text: str | None, as_of: date) -> int:
    """The year looked at; none means that of the as-of day. Raises BadRequest."""
    if not text:
        return max(FIRST_YEAR, min(as_of.year, LAST_YEAR))
    if not (text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise BadRequest(f"Năm trong địa chỉ phải từ {FIRST_YEAR} đến {LAST_YEAR}.")
    return int(text)
