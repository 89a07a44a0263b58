"""The lists of a district as workbooks to fill in and bring back through the import."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.roles import Standing
from communes.address import home_district
from communes.exporters.files import download
from communes.exporters.list_books import list_book
from communes.models import Unit
from communes.policies import why_not_bring
from communes.rules.importing import ImportKind
from communes.rules.list_columns import COLUMNS, SHEETS
from communes.views.opening import standing_in, today_in


@dataclass(frozen=True)
class ListChoice:
    """One list on the page of imports: what a file of it changes, where its template is, or why it is not yours."""

    kind: ImportKind
    title: str
    does: str
    undo: str
    template_url: str
    refusal: str | None


_DOES = {
    ImportKind.UNITS: "Thêm xã mới, sửa tên, loại, vùng, dân số, diện tích, tọa độ. Mã xã không đổi.",
    ImportKind.DEPARTMENTS: "Thêm phòng, ban mới, sửa tên và thứ tự. Mã không đổi.",
    ImportKind.PEOPLE: "Thêm tài khoản, giao, sửa và kết thúc nhiệm vụ. Tài khoản mới chưa có mật khẩu.",
    ImportKind.ASSIGNMENTS: "Đổi cơ quan chủ trì, phối hợp, người chịu trách nhiệm từ hôm nay; phân công cũ còn lưu.",
    ImportKind.TARGETS: "Giao mục tiêu theo xã, năm và bậc; sửa lĩnh vực, văn bản.",
}
_UNDO = {
    ImportKind.ASSIGNMENTS: "Hoàn tác được phần chưa ai sửa.",
    ImportKind.TARGETS: "Hoàn tác được phần chưa ai sửa.",
}
NOT_UNDONE = "Không hoàn tác được, vì dữ liệu khác đã dựa vào; ghi nhầm thì nạp lại danh mục đúng."


def list_choices(standing: Standing, district: Unit) -> list[ListChoice]:
    """Every list for the page of imports. No query."""
    return [
        ListChoice(
            kind, SHEETS[kind], _DOES[kind], _UNDO.get(kind, NOT_UNDONE),
            reverse("communes:list-template", kwargs={"kind": kind.value}) + f"?huyen={district.slug}",
            why_not_bring(standing, district.code, kind),
        )
        for kind in COLUMNS
    ]  # fmt: skip


@require_safe
def list_template(request: HttpRequest, kind: str) -> HttpResponse:
    """One list with the rows that stand now; a whole desk for who keeps that list, nobody else's page."""
    found = next((one for one in COLUMNS if one.value == kind), None)
    if found is None:
        raise Http404
    return _list_file(request, found)


def _list_file(request: HttpRequest, kind: ImportKind) -> HttpResponse:
    standing, today = standing_in(request), today_in(request)
    district = home_district(request)
    if refusal := why_not_bring(standing, district.code, kind):
        raise PermissionDenied(refusal)
    return download(list_book(kind, district, today), f"{SHEETS[kind]} – {district.full_name}.xlsx")
