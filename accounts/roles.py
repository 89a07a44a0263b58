"""The six roles as data that a manager can read, and the question `can(standing, right)`.

A right says what kind of act a role may do at all; whether it may be done to this object at this moment is asked
of the policies of the app that owns the object.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Role(StrEnum):
    COORDINATOR = "coordinator"
    DEPARTMENT = "department"
    COMMUNE = "commune"
    LEADER = "leader"
    TEAM_MEMBER = "team_member"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(role.value, role.label) for role in cls]


_LABELS = {
    Role.COORDINATOR: "Văn phòng điều phối NTM",
    Role.DEPARTMENT: "Cán bộ phòng, ban, ngành",
    Role.COMMUNE: "Cán bộ xã",
    Role.LEADER: "Lãnh đạo huyện",
    Role.TEAM_MEMBER: "Thành viên đoàn công tác",
    Role.ADMIN: "Quản trị hệ thống",
}


class Right(Enum):
    SEE_DISTRICT = "xem bảng của huyện"
    SEE_ALL_BASES = "xem mọi cơ sở của mọi xã"
    ASSESS_COMMUNE = "tự đánh giá xã mình"
    ASSESS_DISTRICT = "nhập số đo cấp huyện được giao"
    VERIFY = "thẩm tra số đo được giao"
    VERIFY_DISTRICT = "thẩm tra số đo cấp huyện"
    APPROVE = "duyệt"
    APPROVE_DISTRICT = "duyệt số đo cấp huyện"
    SET_THRESHOLDS = "đối chiếu, nhập ngưỡng"
    ENTER_SURVEYS = "nhập kết quả khảo sát"
    GRANT_EXEMPTIONS = "cho phép không áp dụng"
    RECORD_APPRAISALS = "ghi kết quả thẩm định của tỉnh"
    SEE_HISTORY = "xem lịch sử toàn huyện"
    PREFILL = "nhập hộ xã số đo được giao"
    RUN_ROUNDS = "mở, chốt kỳ báo cáo"
    LOAD_INITIAL = "nạp số liệu ban đầu"
    ASK_FOR_PAPERS = "quy định minh chứng phải có"
    RECORD_FINDINGS = "ghi nội dung cần khắc phục"
    IMPORT_PLAN = "nhập phân công, mục tiêu từ tệp"
    IMPORT_PEOPLE = "nhập xã, phòng ban, cán bộ từ tệp"
    DISCUSS = "trao đổi về số liệu"
    STEER = "phân công, giao mục tiêu, lập kế hoạch, theo dõi chỉ đạo"
    GIVE_DIRECTIVES = "ghi văn bản chỉ đạo và nội dung giao việc"
    PLAN_COMMUNE = "lập kế hoạch của xã mình"
    DO_TASKS = "báo tiến độ việc được giao"
    PLAN_OWN = "lập kế hoạch cá nhân"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.COORDINATOR: frozenset(
        {
            Right.SEE_DISTRICT,
            Right.SEE_ALL_BASES,
            Right.ASSESS_DISTRICT,
            Right.VERIFY,
            Right.VERIFY_DISTRICT,
            Right.APPROVE,
            Right.APPROVE_DISTRICT,
            Right.SET_THRESHOLDS,
            Right.ENTER_SURVEYS,
            Right.GRANT_EXEMPTIONS,
            Right.RECORD_APPRAISALS,
            Right.SEE_HISTORY,
            Right.PREFILL,
            Right.RUN_ROUNDS,
            Right.LOAD_INITIAL,
            Right.ASK_FOR_PAPERS,
            Right.RECORD_FINDINGS,
            Right.IMPORT_PLAN,
            Right.IMPORT_PEOPLE,
            Right.DISCUSS,
            Right.STEER,
            Right.GIVE_DIRECTIVES,
            Right.DO_TASKS,
            Right.PLAN_OWN,
        }
    ),
    Role.DEPARTMENT: frozenset(
        {
            Right.SEE_DISTRICT,
            Right.SEE_ALL_BASES,
            Right.ASSESS_DISTRICT,
            Right.VERIFY,
            Right.ENTER_SURVEYS,
            Right.PREFILL,
            Right.ASK_FOR_PAPERS,
            Right.RECORD_FINDINGS,
            Right.DISCUSS,
            Right.DO_TASKS,
            Right.PLAN_OWN,
        }
    ),
    Role.COMMUNE: frozenset(
        {
            Right.SEE_DISTRICT,
            Right.ASSESS_COMMUNE,
            Right.DISCUSS,
            Right.PLAN_COMMUNE,
            Right.DO_TASKS,
            Right.PLAN_OWN,
        }
    ),
    Role.LEADER: frozenset(
        {
            Right.SEE_DISTRICT,
            Right.SEE_ALL_BASES,
            Right.APPROVE_DISTRICT,
            Right.SEE_HISTORY,
            Right.DISCUSS,
            Right.GIVE_DIRECTIVES,
            Right.PLAN_OWN,
        }
    ),
    Role.TEAM_MEMBER: frozenset(
        {Right.SEE_DISTRICT, Right.SEE_ALL_BASES, Right.DISCUSS, Right.DO_TASKS, Right.PLAN_OWN}
    ),
    Role.ADMIN: frozenset({Right.SEE_DISTRICT, Right.SEE_ALL_BASES, Right.SEE_HISTORY, Right.IMPORT_PEOPLE}),
}


@dataclass(frozen=True, slots=True)
class Seat:
    """One posting as plain codes: a role in a district, there for a department or a commune where the role has one."""

    role: Role
    district: str
    commune: str = ""
    department: str = ""
    title: str = ""
    # A commune's chairman, who signs before anything is sent where the district asks for it.
    signs_off: bool = False

    @property
    def key(self) -> str:
        """The desk it is, as a short text to be kept: "department:447::bhxh"."""
        return f"{self.role}:{self.district}:{self.commune}:{self.department}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is today: the seats held on that day. An anonymous visitor and a person without seats have none."""

    person_id: int | None = None
    name: str = ""
    seats: tuple[Seat, ...] = ()

    def can(self, right: Right) -> bool:
        return any(right in RIGHTS[seat.role] for seat in self.seats)

    def has(self, *roles: Role) -> bool:
        return any(seat.role in roles for seat in self.seats)

    @property
    def districts(self) -> frozenset[str]:
        """Codes of the districts whose boards may be read."""
        return frozenset(seat.district for seat in self.seats)

    @property
    def communes(self) -> frozenset[str]:
        """Codes of the communes whose figures are this person's own."""
        return frozenset(seat.commune for seat in self.seats if seat.role is Role.COMMUNE)

    @property
    def signs_for(self) -> frozenset[str]:
        """Codes of the communes whose papers this person signs off."""
        return frozenset(seat.commune for seat in self.seats if seat.role is Role.COMMUNE and seat.signs_off)

    def districts_where(self, right: Right) -> frozenset[str]:
        return frozenset(seat.district for seat in self.seats if right in RIGHTS[seat.role])

    def departments_in(self, district: str) -> frozenset[str]:
        return frozenset(
            seat.department for seat in self.seats if seat.role is Role.DEPARTMENT and seat.district == district
        )

    def can_in(self, right: Right, district: str) -> bool:
        """Whether a seat in that very district carries the right: one district's office is nobody in the next."""
        return any(right in RIGHTS[seat.role] and seat.district == district for seat in self.seats)


NOBODY = Standing()
