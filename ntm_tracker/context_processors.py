"""What every page shows around its content: the menu of this person, the day, whose installation it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.queries import unread_count
from accounts.roles import Role, Standing
from communes.models import Unit


@dataclass(frozen=True, slots=True)
class NavItem:
    url: str
    label: str
    icon: str
    current: bool = False
    count: int | None = None
    separator_before: bool = False


@dataclass(frozen=True, slots=True)
class Me:
    name: str
    initials: str
    seat_line: str


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Two queries (names of the seats' units, the number in the bell), none for a visitor."""
    standing: Standing | None = getattr(request, "standing", None)
    installation = getattr(request, "installation", None)
    base = {
        "app_title": "Nông thôn mới",
        "today": getattr(request, "today", None),
        "is_demo": bool(installation and installation.is_demo),
        "nav": [],
        "me": None,
        "unread_notices": 0,
        "district_name": "",
    }
    if standing is None or standing.person_id is None:
        return base
    names = _unit_names(standing)
    base["nav"] = list(_menu(request, standing, names))
    base["me"] = Me(standing.name, request.user.initials, _seat_line(standing, names))  # type: ignore[union-attr]
    base["district_name"] = next((names[code][0] for code in sorted(standing.districts) if code in names), "")
    base["unread_notices"] = unread_count(standing.person_id)
    return base


def _unit_names(standing: Standing) -> dict[str, tuple[str, str]]:
    """Title and slug of the units of the seats, by code."""
    codes = standing.districts | standing.communes
    return {unit.code: (unit.title, unit.slug) for unit in Unit.objects.filter(code__in=codes)}


def _seat_line(standing: Standing, names: dict[str, tuple[str, str]]) -> str:
    lines = []
    for seat in standing.seats:
        place = names.get(seat.commune or seat.district, ("", ""))[0]
        lines.append(seat.title or f"{seat.role.label}, {place}")
    return "; ".join(dict.fromkeys(lines)) or "Chưa được giao nhiệm vụ"


def _menu(request: HttpRequest, standing: Standing, names: dict[str, tuple[str, str]]) -> list[NavItem]:
    """Short menu in the words of the work; only what this person may use."""
    if not standing.seats:
        return []
    entries = [
        ("reports:overview", {}, "Tổng quan", "layout-dashboard", True),
        ("reports:my-work", {}, "Việc của tôi", "square-check", True),
        ("reports:matrix", {}, "Ma trận", "grid-3x3", True),
        ("reports:commune-list", {}, "Xã", "map-pinned", True),
        ("reports:district", {}, "Huyện", "landmark", True),
        *_work_entries(standing, names),
        ("plans:plan", {}, "Kế hoạch", "git-compare", True),
        ("plans:directives", {}, "Chỉ đạo", "file-text", True),
        ("communes:assignments", {}, "Phân công", "users", True),
        ("communes:roadmap", {}, "Lộ trình, mục tiêu", "target", True),
        ("communes:findings", {}, "Khắc phục", "flag", True),
        ("communes:rounds", {}, "Kỳ báo cáo", "calendar-range", True),
        ("criteria:set-list", {}, "Bộ tiêu chí", "book-open", True),
        ("reports:history", {}, "Nhật ký", "history", True),
    ]
    items = []
    for name, kwargs, label, icon, shown in entries:
        if not shown:
            continue
        url = reverse(name, kwargs=kwargs)
        current = request.path == url or (url != "/" and request.path.startswith(url))
        items.append(NavItem(url, label, icon, current))
    return _only_nearest(items)


def _work_entries(
    standing: Standing, names: dict[str, tuple[str, str]]
) -> list[tuple[str, dict[str, str], str, str, bool]]:
    communes = sorted(standing.communes)
    own = [names[code][1] for code in communes if code in names]
    label = "Phiếu đánh giá" if len(own) == 1 else "Phiếu đánh giá {}"
    sheets = [("communes:sheet-home", {"code": slug}, label.format(slug), "panel-left", True) for slug in own]
    counts = "Số liệu nền" if len(own) == 1 else "Số liệu nền {}"
    base_data = [("communes:base-data-home", {"code": slug}, counts.format(slug), "scale", True) for slug in own]
    verifies = standing.has(Role.DEPARTMENT, Role.COORDINATOR)
    approves = standing.has(Role.COORDINATOR, Role.LEADER)
    imports = verifies or bool(own) or standing.has(Role.ADMIN)
    return [
        *sheets,
        *base_data,
        ("communes:quick-entry", {}, "Nhập nhanh", "zap", verifies),
        ("communes:import-home", {}, "Nhập từ Excel", "file-spreadsheet", imports),
        ("communes:verification-queue", {}, "Thẩm tra", "stamp", verifies),
        ("communes:approval-queue", {}, "Duyệt", "list-checks", approves),
    ]


def _only_nearest(items: list[NavItem]) -> list[NavItem]:
    """Of nested addresses only the longest is the current one."""
    current = max((item.url for item in items if item.current), key=len, default="")
    return [
        NavItem(item.url, item.label, item.icon, item.url == current, item.count, item.separator_before)
        for item in items
    ]
