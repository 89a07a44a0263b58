"""Directives: who enters them, who answers for an item and reports on it, who confirms that it is done."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Right, Standing
from communes.queries.people import OFFICE_CODE

_GIVERS = "Chỉ Văn phòng Điều phối NTM huyện và lãnh đạo huyện"
_OFFICE = "Chỉ Văn phòng Điều phối NTM huyện"


@dataclass(frozen=True, slots=True)
class AskedItem:
    """What policies need to know of one item. `unit` is the district's own code where no commune is meant,
    `department` is "" where none is named; `in_plan`: a task of the plan stands for it."""

    district: str
    unit: str
    responsible: int | None
    department: str
    is_reported: bool
    is_done: bool
    in_plan: bool = False
    has_due: bool = True

    def is_of(self, standing: Standing) -> bool:
        """Whether this person answers for it: named, of the department named, an officer of the commune; the office
        for its own and for what names nobody."""
        named = standing.person_id is not None and standing.person_id == self.responsible
        if named and _may_answer(standing, self.district):
            return True
        if not standing.can_in(Right.DO_TASKS, self.district):
            return False
        if self.unit in standing.communes or self.department in standing.departments_in(self.district):
            return True
        names_nobody = self.unit == self.district and not self.department and self.responsible is None
        is_offices = self.department == OFFICE_CODE or names_nobody
        return is_offices and standing.can_in(Right.STEER, self.district)


def _may_answer(standing: Standing, district: str) -> bool:
    """A leader may be named too: "đồng chí Phó Chủ tịch chỉ đạo"."""
    return standing.can_in(Right.DO_TASKS, district) or standing.can_in(Right.GIVE_DIRECTIVES, district)


def why_not_give(standing: Standing, district: str) -> str | None:
    """Enter a document, add an item, correct either."""
    if standing.can_in(Right.GIVE_DIRECTIVES, district):
        return None
    return f"{_GIVERS} ghi văn bản chỉ đạo và nội dung giao việc."


def why_not_change(standing: Standing, item: AskedItem) -> str | None:
    if refusal := why_not_give(standing, item.district):
        return refusal
    return "Nội dung này đã xong; mở lại rồi mới sửa." if item.is_done else None


def why_not_note(standing: Standing, item: AskedItem) -> str | None:
    """Write down how far it is: who answers for it, and the office."""
    if not item.is_of(standing) and not standing.can_in(Right.STEER, item.district):
        return "Chỉ người, cơ quan hoặc xã được giao và Văn phòng Điều phối NTM huyện ghi tiến độ."
    return "Nội dung này đã xong." if item.is_done else None


def why_not_report(standing: Standing, item: AskedItem) -> str | None:
    if not item.is_of(standing):
        return "Chỉ người, cơ quan hoặc xã được giao báo đã xong."
    if item.is_done:
        return "Nội dung này đã xong."
    return "Đã báo xong, đang chờ Văn phòng Điều phối NTM huyện xác nhận." if item.is_reported else None


def why_not_confirm(standing: Standing, item: AskedItem) -> str | None:
    """Say that it is done, whether reported (confirmed) or not (closed with a note)."""
    if not standing.can_in(Right.STEER, item.district):
        return f"{_OFFICE} xác nhận đã xong."
    return "Nội dung này đã xong." if item.is_done else None


def why_not_reopen(standing: Standing, item: AskedItem) -> str | None:
    if not standing.can_in(Right.STEER, item.district):
        return f"{_OFFICE} mở lại nội dung."
    return None if item.is_done or item.is_reported else "Nội dung này đang mở."


def why_not_plan(standing: Standing, item: AskedItem) -> str | None:
    """Make a task of the plan of it."""
    if not standing.can_in(Right.STEER, item.district):
        return f"{_OFFICE} đưa nội dung vào kế hoạch."
    if item.is_done:
        return "Nội dung này đã xong."
    if item.in_plan:
        return "Nội dung này đã có việc trong kế hoạch."
    return None if item.has_due else "Đặt hạn cho nội dung này trước khi đưa vào kế hoạch."


def why_not_record_meeting(standing: Standing, district: str) -> str | None:
    """Write down what a meeting decided about items that came back to it."""
    if standing.can_in(Right.GIVE_DIRECTIVES, district):
        return None
    return f"{_GIVERS} ghi kết luận của cuộc họp."
