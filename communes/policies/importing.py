"""Who may bring figures from a workbook, and who sees what was brought."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.roles import Right, Role, Standing
from communes.rules.importing import ImportKind

_TYPING = (Right.ASSESS_COMMUNE, Right.ASSESS_DISTRICT, Right.PREFILL)


def why_not_import(standing: Standing, district: str) -> str | None:
    """Whoever types figures, or fills them in for a commune, may bring them in a workbook. Each row asks for itself."""
    if any(standing.can_in(right, district) for right in _TYPING):
        return None
    return "Chỉ cán bộ xã, phòng, ban chủ trì và Văn phòng Điều phối NTM huyện nhập số liệu từ tệp."


def why_not_load_initial(standing: Standing, district: str) -> str | None:
    """Figures of before the system, taken over as approved in one act with its reason: the office alone."""
    if standing.can_in(Right.LOAD_INITIAL, district):
        return None
    return "Chỉ Văn phòng Điều phối NTM huyện nạp số liệu ban đầu coi như đã duyệt."


def why_not_import_people(standing: Standing, district: str) -> str | None:
    """Communes, departments, people with their seats: the office and the administrator."""
    if standing.can_in(Right.IMPORT_PEOPLE, district):
        return None
    return "Chỉ Văn phòng Điều phối NTM huyện và quản trị hệ thống nhập xã, phòng ban, cán bộ từ tệp."


def why_not_import_plan(standing: Standing, district: str) -> str | None:
    """Who leads which measure, and what each commune shall reach: the office alone."""
    if standing.can_in(Right.IMPORT_PLAN, district):
        return None
    return "Chỉ Văn phòng Điều phối NTM huyện nhập phân công, mục tiêu từ tệp."


_OF_KIND = {
    ImportKind.UNITS: why_not_import_people,
    ImportKind.DEPARTMENTS: why_not_import_people,
    ImportKind.PEOPLE: why_not_import_people,
    ImportKind.ASSIGNMENTS: why_not_import_plan,
    ImportKind.TARGETS: why_not_import_plan,
}


def why_not_bring(standing: Standing, district: str, kind: ImportKind) -> str | None:
    """Whether a file of that kind may be brought: figures by whoever types them, lists by whoever keeps them."""
    return _OF_KIND.get(kind, why_not_import)(standing, district)


def why_not_open_imports(standing: Standing, district: str) -> str | None:
    """The page of imports: for whoever may bring a file of any kind."""
    refusals = [why_not(standing, district) for why_not in (why_not_import, why_not_import_people, why_not_import_plan)]
    return refusals[0] if all(refusals) else None


def why_not_post(standing: Standing, district: str, *, person: int | None, role: Role) -> str | None:
    """Giving, changing or ending a seat: never one's own, and an administrator's only by an administrator."""
    if refusal := why_not_import_people(standing, district):
        return refusal
    if person is not None and person == standing.person_id:
        return "Không ai tự giao, tự sửa nhiệm vụ hay tên của mình."
    if role is Role.ADMIN and not any(s.role is Role.ADMIN and s.district == district for s in standing.seats):
        return "Chỉ quản trị hệ thống giao, sửa nhiệm vụ quản trị hệ thống."
    return None


def may_see_import(
    standing: Standing, district: str, kind: ImportKind, *, by: int, desks: Sequence[str], of_office: bool
) -> bool:
    """An import shows figures that were never sent: it is seen, and taken back, from the desk that brought it. That is
    the person who did, while every seat of then is still held; what the office brought, the whole office."""
    if why_not_bring(standing, district, kind) is not None:
        return False
    if of_office and any(seat.role is Role.COORDINATOR and seat.district == district for seat in standing.seats):
        return True
    return standing.person_id == by and {seat.key for seat in standing.seats}.issuperset(desks)
