"""The conclusion of the conference of 15/4/2022 as a directive: what it asks, of whom, and what became of it.

What is asked is said in the article of that day; days, who answers for what and every result are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from accounts.models import Department, Person
from communes.models import Unit
from communes.queries.people import standing_of
from ntm_tracker.demo.goals import ADVANCED_2022, ADVANCED_2023
from ntm_tracker.demo.people import commune_user
from plans.actions.directing import Asked, Head, enter_directive
from plans.actions.following import confirm_done, note_progress, report_done
from plans.models import Directive, DirectiveItem
from plans.rules.vocabulary import DirectiveKind

ISSUED_ON, ENTERED_ON = date(2022, 4, 15), date(2022, 4, 18)
HEAD = Head(
    DirectiveKind.CONCLUSION,
    "Kết luận hội nghị cho ý kiến về khung kế hoạch chi tiết xây dựng huyện đạt chuẩn nông thôn mới",
    ISSUED_ON, "Ban Thường vụ Huyện ủy Kỳ Anh",
)  # fmt: skip


class Item(NamedTuple):
    """`by` of what was said is the person of the demo who said it; the office where it is empty."""

    text: str
    due_on: date
    department: str = ""
    responsible: str = ""
    slugs: tuple[str, ...] = ()
    note: tuple[date, str] | None = None
    reported: tuple[date, str] | None = None
    done_on: date | None = None


_OWN_PLAN = "Thành viên đoàn công tác theo Quyết định 575 xây dựng kế hoạch chi tiết theo địa bàn, kế hoạch cá nhân"
ITEMS = (
    Item("Tiếp thu đầy đủ ý kiến tại hội nghị, hoàn thiện đường găng, phân công, phân nhiệm rõ ràng",
         date(2022, 5, 31), "vpdp", reported=(date(2022, 5, 27), "Đã trình khung kế hoạch có đường găng, phân công."),
         done_on=date(2022, 5, 30)),
    Item("Bổ sung đầy đủ các phần việc theo Quyết định 318/QĐ-TTg ngày 08/3/2022", date(2022, 6, 30), "vpdp",
         reported=(date(2022, 6, 29), "Đã bổ sung vào kế hoạch năm."), done_on=date(2022, 6, 30)),
    Item("Rà soát lại các tiêu chí, phân công cụ thể từng bộ phận phụ trách, đề cao vai trò người đứng đầu",
         date(2022, 6, 30), "nv", reported=(date(2022, 7, 8), "Các phòng, ban đã phân công bằng văn bản."),
         done_on=date(2022, 7, 11)),
    *(Item(f"{_OWN_PLAN} (đoàn số {n})", date(2022, 6, 30), responsible=f"doan.{n:02d}",
           reported=(date(2022, 6, 10 + n), "Đã gửi kế hoạch của đoàn.") if n != 5 else None,
           done_on=date(2022, 6, 20) if n < 4 else None) for n in range(1, 6)),
    Item("Rà soát tiêu chí, xác định những việc cần làm; quan tâm đường cây xanh và vệ sinh môi trường",
         date(2022, 9, 30), slugs=ADVANCED_2022 + ADVANCED_2023, reported=(date(2022, 9, 26), "Đã rà soát, có danh mục "
         "việc kèm theo."), done_on=date(2022, 10, 3)),
    Item("Đẩy nhanh tiến độ xây dựng, lắp đặt thiết bị Trung tâm Y tế huyện giai đoạn II, đạt quy mô 100 giường bệnh",
         date(2023, 9, 30), "ttyt", note=(date(2023, 9, 28), "Thiết bị về chậm, dự kiến lắp đặt xong trong tháng 11.")),
    Item("Tiếp tục các nội dung, nhiệm vụ để xây dựng Trung tâm Văn hóa - Truyền thông huyện đạt chuẩn",
         date(2023, 12, 31), "vhtt", note=(date(2023, 9, 12), "Đang hoàn thiện sân khấu ngoài trời.")),
    Item("Ưu tiên bố trí nguồn vốn các công trình liên quan đến các tiêu chí nông thôn mới được phân công",
         date(2023, 10, 31), "tckh"),
    Item("Tuyên truyền, quán triệt đến người dân, cán bộ thôn xóm, tránh tâm lý trông chờ, ỷ lại",
         date(2023, 12, 31), "bdv", note=(date(2023, 8, 30), "Đã tổ chức ở 14 xã.")),
)  # fmt: skip
# Communes that have not said yet what they did: one is late, one waits for the office.
SILENT, UNCONFIRMED = "ky-tan", "ky-phu"


def give_directives(
    district: Unit, units: Mapping[str, Unit], people: Mapping[str, Person], departments: Mapping[str, Department],
    office: Person,
) -> Directive:  # fmt: skip
    asked = [
        Asked(
            item.text, tuple(units[slug] for slug in item.slugs) or (district,), departments.get(item.department),
            people.get(item.responsible), item.due_on,
        )
        for item in ITEMS
    ]  # fmt: skip
    row = enter_directive(
        by=office, standing=standing_of(office, ENTERED_ON), district=district, head=HEAD, asked=asked, on=ENTERED_ON,
        is_illustrative=True,
    )  # fmt: skip
    slugs = {unit.pk: slug for slug, unit in units.items()}
    for given in row.items.select_related("unit").order_by("pk"):
        _follow(ITEMS[given.position - 1], given, slugs.get(given.unit_id, ""), people, office)
    return row


def _follow(item: Item, given: DirectiveItem, slug: str, people: Mapping[str, Person], office: Person) -> None:
    """What was said of one item until the working day."""
    who = people[item.responsible or (commune_user(slug) if slug else f"phong.{item.department}")]
    if item.note:
        day, text = item.note
        note_progress(by=who, standing=standing_of(who, day), item=given, text=text, on=day)
    if item.reported and slug != SILENT:
        day, text = item.reported
        report_done(by=who, standing=standing_of(who, day), item=given, text=text, on=day)
        if item.done_on and slug != UNCONFIRMED:
            standing = standing_of(office, item.done_on)
            confirm_done(by=office, standing=standing, item=given, text="", on=item.done_on)
