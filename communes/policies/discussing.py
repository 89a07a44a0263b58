"""Comments and findings: who may say what about a figure, and who closes what is to be put right."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Right, Role, Standing
from communes.policies.assessing import Item, is_office, plays
from communes.rules.workflow import Actor


def is_inside(standing: Standing, item: Item) -> bool:
    """Whether a figure is somebody's own: that of their commune, or of the district where their department leads."""
    return plays(standing, Actor.ASSESSOR, item)


def why_not_discuss(standing: Standing, item: Item, others: frozenset[str], *, was_sent: bool) -> str | None:
    """The unit itself, the lead and coordinating departments, the office, leaders and the district's team; what was
    never sent is talked about inside the unit only."""
    if is_inside(standing, item):
        return None
    seated = any(
        seat.district == item.district and seat.role in (Role.COORDINATOR, Role.LEADER, Role.TEAM_MEMBER)
        for seat in standing.seats
    )
    departments = standing.departments_in(item.district)
    if not (seated or item.lead in departments or others & departments):
        return f"Chỉ đơn vị nhập, {item.lead_name}, cơ quan phối hợp và Văn phòng Điều phối NTM huyện trao đổi ở đây."
    return None if was_sent else "Số liệu này chưa gửi đi; chỉ trao đổi trong nội bộ đơn vị nhập."


@dataclass(frozen=True, slots=True)
class FindingItem:
    """What policies need to know of one "nội dung cần khắc phục"; `department` is "" where none answers for it."""

    district: str
    unit: str
    recorded_by: int
    owner: int | None
    department: str
    is_done: bool
    is_closed: bool

    def is_of(self, standing: Standing) -> bool:
        """Whether this person mends it: named, of the department named, or of the unit itself."""
        named = standing.person_id is not None and standing.person_id == self.owner
        own_unit = self.unit in standing.communes
        return named or own_unit or self.department in standing.departments_in(self.district)


def why_not_record_finding(standing: Standing, district: str, lead: str | None) -> str | None:
    """The office about anything, a department about what it leads; `lead` is None where no measure is named."""
    if not standing.can_in(Right.RECORD_FINDINGS, district):
        return "Chỉ Văn phòng Điều phối NTM huyện và cơ quan chủ trì ghi nội dung cần khắc phục."
    if is_office(standing, district) or (lead is not None and lead in standing.departments_in(district)):
        return None
    if lead is None:
        return "Phòng, ban chọn số đo do cơ quan mình chủ trì; nội dung chung do Văn phòng Điều phối NTM huyện ghi."
    return "Số đo này do cơ quan khác chủ trì; cơ quan đó hoặc Văn phòng Điều phối NTM huyện ghi."


def why_not_finish_finding(standing: Standing, item: FindingItem) -> str | None:
    """Who mends it says so: the person or department named, or the unit."""
    if not item.is_of(standing):
        return "Chỉ người, cơ quan hoặc đơn vị được giao báo đã khắc phục."
    if item.is_closed:
        return "Nội dung này đã đóng."
    return "Đã báo khắc phục, đang chờ người nêu kiểm tra và đóng." if item.is_done else None


def _why_not_judge(standing: Standing, item: FindingItem) -> str | None:
    recorder = standing.person_id is not None and standing.person_id == item.recorded_by
    still_may = recorder and standing.can_in(Right.RECORD_FINDINGS, item.district)
    if still_may or is_office(standing, item.district):
        return None
    return "Chỉ người đã nêu hoặc Văn phòng Điều phối NTM huyện đóng, mở lại nội dung này."


def why_not_close_finding(standing: Standing, item: FindingItem) -> str | None:
    return _why_not_judge(standing, item) or ("Nội dung này đã đóng." if item.is_closed else None)


def why_not_reopen_finding(standing: Standing, item: FindingItem) -> str | None:
    if refusal := _why_not_judge(standing, item):
        return refusal
    return None if item.is_closed or item.is_done else "Nội dung này đang mở."
