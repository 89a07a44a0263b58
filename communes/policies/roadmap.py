"""The roadmap: who sets targets, and who writes down what a unit promises."""

from __future__ import annotations

from accounts.roles import Right, Standing


def why_not_set_targets(standing: Standing, district: str) -> str | None:
    """Targets of communes and of the district: the office alone; everybody reads them."""
    if standing.can_in(Right.STEER, district):
        return None
    return "Chỉ Văn phòng Điều phối NTM huyện giao, sửa mục tiêu."


def why_not_promise(standing: Standing, district: str, commune: str) -> str | None:
    """Promised values: the commune for itself, the office for anybody; `commune` is "" for the district's own."""
    own = commune in standing.communes and standing.can_in(Right.PLAN_COMMUNE, district)
    if own or standing.can_in(Right.STEER, district):
        return None
    return "Chỉ cán bộ của xã và Văn phòng Điều phối NTM huyện ghi giá trị cam kết."
