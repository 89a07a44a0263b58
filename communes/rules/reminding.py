"""When a round reminds: seven, three and one day before it is due, and on the day itself."""

from __future__ import annotations

REMIND_DAYS = (7, 3, 1, 0)


def reminder_due(days_left: int) -> int | None:
    """The reminder (as days before) that counts with this many days left; None where it is too early or too late.

    A reminder whose own day was missed (a server that was off) counts until the next one: each is given once.
    """
    return min((step for step in REMIND_DAYS if step >= days_left), default=None) if days_left >= 0 else None


def words_left(days_left: int) -> str:
    """ "hạn hôm nay", "còn 1 ngày"."""
    return f"còn {days_left} ngày" if days_left else "hạn hôm nay"
