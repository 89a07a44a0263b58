"""Who may do what to the rulebook: one sentence each, which disables the button, words its tooltip, stops the act."""

from __future__ import annotations

from accounts.roles import Right, Standing
from criteria.rules.rulebook import Part, Threshold, Value
from criteria.rules.thresholds import stricter
from criteria.rules.values import show_bound


class Refused(PermissionError):
    """An act that a policy does not allow; its text is the policy's sentence, for the person who tried."""


def why_not_set_threshold(standing: Standing, district: str) -> str | None:
    """Thresholds are checked and entered by the coordination office of that very district."""
    if standing.can_in(Right.SET_THRESHOLDS, district):
        return None
    return "Chỉ Văn phòng Điều phối NTM huyện đối chiếu và nhập ngưỡng."


def why_not_this_threshold(part: Part, library: Threshold | None, value: Value) -> str | None:
    """Where the law leaves the number to the province but sets a minimum, nothing easier may be entered."""
    if not part.provincial or library is None or library.value is None:
        return None
    if stricter(part, value, library.value) == value:
        return None
    minimum = show_bound(part.measure, part.op, library.value)
    return f"Luật đặt mức tối thiểu {minimum}; không nhập được ngưỡng dễ hơn."
