"""The accounts to try: every seat of the district once, all names invented; titles say what each is there for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.actions import make_person, remember
from accounts.models import Department, Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Role
from accounts.rules import Act as HistoryAct
from communes.actions.setting_up import NewPosting
from communes.models import Unit
from ntm_tracker.demo.places import DISTRICT_CODE, PLACES

ADMIN, OFFICE, OFFICE_2, LEADER = "quantri", "vanphong", "vanphong2", "lanhdao"


class Account(NamedTuple):
    """One person to be: `place` the slug of a commune or the code of a department, "" for the district."""

    username: str
    full_name: str
    role: Role
    title: str
    place: str = ""
    signs_off: bool = False


DISTRICT_SEATS = (
    Account(ADMIN, "Trần Quốc Bảo", Role.ADMIN, "Quản trị hệ thống"),
    Account(OFFICE, "Lê Thị Hồng Nhung", Role.COORDINATOR, "Phó Chánh Văn phòng Điều phối NTM huyện"),
    Account(OFFICE_2, "Phan Đức Thịnh", Role.COORDINATOR, "Chuyên viên Văn phòng Điều phối NTM huyện"),
    Account(LEADER, "Đặng Văn Khải", Role.LEADER, "Phó Chủ tịch UBND huyện"),
)

# By department code; where the library later names one that is missing here, a neutral name stands in.
DEPARTMENT_PEOPLE = {
    "kt-ht": "Nguyễn Xuân Trường", "nn": "Võ Thị Minh Tâm", "tnmt": "Bùi Đình Lâm", "gddt": "Trần Thị Thu Hiền",
    "yt": "Phạm Ngọc Sơn", "vhtt": "Hoàng Thị Lan Phương", "ldtbxh": "Dương Văn Hậu", "nv": "Nguyễn Thị Kim Oanh",
    "tp": "Lê Quang Vinh", "tckh": "Chu Thị Bích Ngọc", "tk": "Đinh Trọng Nghĩa", "bhxh": "Phan Thị Thùy Dung",
    "ca": "Trần Hữu Đạt", "bchqs": "Lê Viết Cường", "mttq": "Nguyễn Thị Xuân Mai", "hpn": "Võ Thị Hằng",
    "vpub": "Hoàng Đình Phúc", "vpdp": "Trương Thị Khánh Ly", "btc": "Nguyễn Công Hòa", "bdv": "Phạm Thị Tố Uyên",
    "ttyt": "Lê Anh Dũng", "ttud": "Đậu Văn Thành", "dl": "Nguyễn Khắc Toàn",
}  # fmt: skip

COMMUNE_PEOPLE = {
    "ky-xuan": "Nguyễn Văn Lực", "ky-bac": "Lê Thị Hoài Thu", "ky-phu": "Trần Thị Mỹ Duyên",
    "ky-phong": "Phan Văn Quý", "ky-tien": "Nguyễn Thị Thanh Vân", "ky-giang": "Võ Văn Chiến",
    "ky-dong": "Lê Hồng Quân", "ky-khang": "Nguyễn Thị Ái Linh", "ky-van": "Hoàng Văn Bính",
    "ky-trung": "Trần Đình Mạnh", "ky-tho": "Phạm Thị Nga", "ky-tay": "Nguyễn Sỹ Tuấn",
    "ky-thuong": "Lê Văn Thiện", "ky-hai": "Nguyễn Thị Yến", "ky-thu": "Trương Văn Đông",
    "ky-chau": "Nguyễn Thị Hải Yến", "ky-tan": "Đỗ Văn Hiếu", "lam-hop": "Phan Thị Quỳnh",
    "ky-son": "Cao Văn Thắng", "ky-lac": "Lê Thị Thương",
}  # fmt: skip

# Signs for Kỳ Phú where the district asks for it (off in the demo; the office switches it on under Kỳ báo cáo).
CHAIRMAN = Account(
    "chutich.kyphu", "Hồ Sỹ Nguyên", Role.COMMUNE, "Chủ tịch UBND xã Kỳ Phú", "ky-phu", signs_off=True
)

TEAM_PEOPLE = ("Nguyễn Trung Kiên", "Trần Thị Hà", "Lê Văn Phong", "Võ Tá Long", "Hoàng Thị Diệu")


def accounts_for(departments: Sequence[Department]) -> list[Account]:
    """Every account, those people try first on top."""
    found = list(DISTRICT_SEATS)
    for row in departments:
        name = DEPARTMENT_PEOPLE.get(row.code, "Nguyễn Văn Minh Họa")
        found.append(Account(f"phong.{row.code}", name, Role.DEPARTMENT, f"Cán bộ {row.name}", row.code))
    for place in PLACES:
        title = f"Công chức Văn phòng - Thống kê xã {place.name}"
        found.append(Account(commune_user(place.slug), COMMUNE_PEOPLE[place.slug], Role.COMMUNE, title, place.slug))
    found.append(CHAIRMAN)
    for number, name in enumerate(TEAM_PEOPLE, 1):
        title = "Thành viên đoàn công tác theo Quyết định 575"
        found.append(Account(f"doan.{number:02d}", name, Role.TEAM_MEMBER, title))
    return found


def commune_user(slug: str) -> str:
    """`xa.kyphu`, as people type it."""
    return f"xa.{slug.replace('-', '')}"


@transaction.atomic
def make_people(accounts: Sequence[Account], hashed: str, on: date) -> dict[str, Person]:
    """All accounts by username, sharing one password hash (hashing is slow on purpose)."""
    people = {a.username: make_person(username=a.username, full_name=a.full_name, password=None, hashed=hashed)
              for a in accounts}  # fmt: skip
    said = f"{PERSON_MARK} tạo {len(people)} tài khoản minh họa"
    changes = {"usernames": list(people)}
    remember(HistoryAct("person.make", people[ADMIN].pk, said, on, timezone.now(), changes, DISTRICT_CODE))
    return people


def seats(
    accounts: Sequence[Account], people: Mapping[str, Person], units: Mapping[str, Unit],
    departments: Mapping[str, Department], district: Unit,
) -> list[NewPosting]:  # fmt: skip
    return [
        NewPosting(
            people[account.username], account.role, units.get(account.place, district),
            departments.get(account.place) if account.role is Role.DEPARTMENT else None, account.title,
            account.signs_off,
        )
        for account in accounts
    ]  # fmt: skip


@transaction.atomic
def change_passwords(hashed: str, on: date) -> int:
    """Give every account of a demo the same new password; how many there are."""
    changed = Person.objects.update(password=hashed)
    said = "Đặt lại mật khẩu chung cho các tài khoản minh họa"
    remember(HistoryAct("person.password", None, said, on, timezone.now(), {"count": changed}, DISTRICT_CODE))
    return changed
