"""Assignments and teams: the office alone says who answers for what, and who follows which commune."""

from __future__ import annotations

from accounts.roles import Right, Standing


def why_not_assign(standing: Standing, district: str) -> str | None:
    if standing.can_in(Right.STEER, district):
        return None
    return "Chỉ Văn phòng Điều phối NTM huyện phân công, lập đoàn công tác và bàn giao."
