"""How a day is typed in Vietnam: one rule for every form, address and list of the product.

Day before month before year, with any of the usual marks between them (a telephone's keypad may have a comma only) or
none ("01042022"); the ISO form of addresses is understood too. Nothing is guessed: a year has four digits,
and a day that the calendar lacks is said.
"""

from __future__ import annotations

import re
from datetime import date

from criteria.rules.numbers import clean_text

EXAMPLE = "01/04/2022"
_TYPED = re.compile(r"([0-9]{1,2})\s*([/.,\- ])\s*([0-9]{1,2})\s*\2\s*([0-9]{4})|([0-9]{2})([0-9]{2})([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


class DayProblem(ValueError):
    """What is wrong with a typed day, as one Vietnamese sentence for the person who typed it."""


def parse_day(text: str) -> date:
    """The day in `text` ("1/4/2022", "01-04-2022", "1.4.2022", "2022-04-01"). Raises DayProblem."""
    shown = clean_text(text, keep_newlines=False).strip()
    if not shown:
        raise DayProblem(f"Chưa ghi ngày. Ghi ngày/tháng/năm, ví dụ {EXAMPLE}.")
    year, month, day = _read(shown)
    try:
        return date(year, month, day)
    except ValueError:
        raise DayProblem(f"Không có ngày “{shown[:20]}”. Ghi ngày/tháng/năm, ví dụ {EXAMPLE}.") from None


def _read(shown: str) -> tuple[int, int, int]:
    if iso := _ISO.fullmatch(shown):
        year, month, day = iso.groups()
    elif typed := _TYPED.fullmatch(shown):
        marked = typed[1] is not None
        day, month, year = (typed[1], typed[3], typed[4]) if marked else (typed[5], typed[6], typed[7])
    else:
        raise DayProblem(f"“{shown[:20]}” không phải là ngày. Ghi ngày/tháng/năm, ví dụ {EXAMPLE}.")
    return int(year), int(month), int(day)


def day_text(value: date | str | None) -> str:
    """A day as its field shows it, "01/04/2022"; what was typed and is no day stays as it was typed."""
    if not value:
        return ""
    try:
        day = parse_day(value) if isinstance(value, str) else value
    except DayProblem:
        return str(value)
    return f"{day:%d/%m/%Y}"
