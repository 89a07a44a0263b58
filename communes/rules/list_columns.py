"""The columns of the lists of a district as workbooks: the same words going out and coming back.

Columns are found by their heading, rows by their keys. What must stay true: an empty cell says nothing and so changes
nothing; what shall become empty is written as CLEARED. So a list that was fetched and brought back changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from communes.rules.importing import ImportKind
from criteria.rules.library.content import Region

CLEARED = "-"
MARKED = "x"
SEPARATOR = ";"
REGION_LABELS = {region.value: region.label for region in Region}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """`is_needed`: the heading must be there. `example` is shown beside the hint, never in a row of the list."""

    key: str
    label: str
    hint: str
    example: str = ""
    is_needed: bool = False
    width: int = 16


Columns = tuple[ListColumn, ...]
_CLEARS = f"Ghi {CLEARED} để xóa."

UNITS: Columns = (
    ListColumn("code", "Mã", "Mã đơn vị hành chính của cơ quan thống kê; không bao giờ đổi.", "18763", True, 10),
    ListColumn("name", "Tên", "Tên xã, không kèm chữ “xã”.", "Kỳ Phú", True, 24),
    ListColumn("kind", "Loại", "Một trong: xã, thị trấn, phường.", "xã", width=12),
    ListColumn("region", "Vùng", f"Tên vùng như trong bộ tiêu chí; để trống là theo huyện. {_CLEARS}", "Bắc Trung Bộ"),
    ListColumn("group", "Nhóm", f"Nhóm xã, nếu bộ tiêu chí chia nhóm. {_CLEARS}", "", width=12),
    ListColumn("population", "Dân số", f"Số người, số nguyên. {_CLEARS}", "8533", width=12),
    ListColumn("area_ha", "Diện tích (ha)", f"Nhiều nhất hai chữ số thập phân. {_CLEARS}", "1557", width=14),
    ListColumn("lon", "Kinh độ", f"Độ, dạng thập phân. {_CLEARS}", "106,24609", width=12),
    ListColumn("lat", "Vĩ độ", f"Độ, dạng thập phân. {_CLEARS}", "18,20027", width=12),
    ListColumn("valid_from", "Có từ ngày", f"Ngày thành lập, nếu mới lập. {_CLEARS}", "01/01/2020", width=14),
)
DEPARTMENTS: Columns = (
    ListColumn("code", "Mã", "Chữ thường không dấu, số và gạch nối, nhiều nhất 20 ký tự; không bao giờ đổi.",
               "tai-chinh", True, 18),
    ListColumn("name", "Tên", "Tên đầy đủ của phòng, ban, ngành.", "Phòng Tài chính - Kế hoạch", True, 48),
    ListColumn("position", "Thứ tự", "Số nguyên; cơ quan có số nhỏ đứng trước trong danh sách.", "3", width=10),
)  # fmt: skip
PEOPLE: Columns = (
    ListColumn("username", "Tên đăng nhập", "Mỗi người một tên; người giữ nhiều nhiệm vụ thì ghi nhiều hàng.",
               "lan.nguyen", True, 20),
    ListColumn("full_name", "Họ và tên", "Phải có khi là tài khoản mới.", "Nguyễn Thị Lan", True, 28),
    ListColumn("email", "Thư điện tử", "Chỉ ghi được khi người đó chưa có; sau đó người đó tự đổi.", "lan@example.vn",
               width=28),
    ListColumn("role", "Vai trò", "Đúng một trong các vai trò liệt kê bên dưới.", "Cán bộ xã", True, 28),
    ListColumn("place", "Đơn vị", "Cán bộ xã: mã hoặc tên xã. Cán bộ phòng, ban: mã hoặc tên cơ quan. Khác: trống.",
               "xã Kỳ Phú", True, 34),
    ListColumn("title", "Chức danh", f"Tùy ý. {_CLEARS}", "Chủ tịch UBND xã", width=34),
    ListColumn("signs_off", "Ký duyệt", f"Đánh {MARKED} cho người ký duyệt số liệu của xã. {_CLEARS}", MARKED,
               width=10),
    ListColumn("from_on", "Từ ngày", "Ngày nhận nhiệm vụ; để trống là từ hôm nay.", "01/04/2022", width=14),
    ListColumn("to_on", "Đến trước ngày", f"Ngày thôi nhiệm vụ; để trống nếu chưa định. {_CLEARS}", "01/07/2024",
               width=16),
)  # fmt: skip
ASSIGNMENTS: Columns = (
    ListColumn("measure", "Mã số đo", "Mã của số đo trong hệ thống. Không biết thì ghi bộ và mã chỉ tiêu.", "bhyt",
               width=26),
    ListColumn("set", "Bộ tiêu chí", "Tên ngắn của bộ, khi tìm theo mã chỉ tiêu.", "", width=24),
    ListColumn("item", "Mã chỉ tiêu", "Số hiệu chỉ tiêu trong bộ.", "15.1", width=12),
    ListColumn("name", "Tên", "Chỉ để đọc.", "", width=48),
    ListColumn("lead", "Cơ quan chủ trì", "Mã (hoặc tên) của phòng, ban.", "bhxh", True, 18),
    ListColumn("others", "Phối hợp", f"Các mã, cách nhau bằng dấu {SEPARATOR} {_CLEARS}", "y-te; lao-dong", width=28),
    ListColumn("responsible", "Người chịu trách nhiệm", f"Tên đăng nhập. {_CLEARS}", "hoa.phan", width=24),
)  # fmt: skip
TARGETS: Columns = (
    ListColumn("unit", "Xã", "Mã hoặc tên xã; mục tiêu của huyện thì ghi tên huyện.", "xã Kỳ Phú", True, 24),
    ListColumn("year", "Năm", "Năm phải đạt.", "2023", True, 10),
    ListColumn("tier", "Bậc", "Một trong: đạt chuẩn, nâng cao, kiểu mẫu.", "kiểu mẫu", True, 14),
    ListColumn("fields", "Lĩnh vực", f"Chỉ với kiểu mẫu: mã lĩnh vực, cách nhau bằng dấu {SEPARATOR} {_CLEARS}",
               "san_xuat", width=34),
    ListColumn("document", "Văn bản", f"Kế hoạch, quyết định giao mục tiêu. {_CLEARS}", "Kế hoạch 15/KH-UBND",
               width=48),
)  # fmt: skip

COLUMNS: Mapping[ImportKind, Columns] = {
    ImportKind.UNITS: UNITS,
    ImportKind.DEPARTMENTS: DEPARTMENTS,
    ImportKind.PEOPLE: PEOPLE,
    ImportKind.ASSIGNMENTS: ASSIGNMENTS,
    ImportKind.TARGETS: TARGETS,
}
SHEETS: Mapping[ImportKind, str] = {
    ImportKind.UNITS: "Danh mục xã",
    ImportKind.DEPARTMENTS: "Phòng, ban",
    ImportKind.PEOPLE: "Cán bộ",
    ImportKind.ASSIGNMENTS: "Phân công",
    ImportKind.TARGETS: "Mục tiêu",
}
