"""What was said about figures, and what an inspection of the demo found to be mended: open, done, late, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.urls import reverse

from accounts.models import Person
from communes.actions.discussing import add_comment
from communes.actions.mending import Found, close_finding, finish_finding, record_finding
from communes.models import Assessment, Unit
from communes.queries.people import leads_of, standing_of
from criteria.models import Measure
from ntm_tracker.demo.people import commune_user
from ntm_tracker.demo.places import INVENTED, WORKING_DAY

INSPECTION = f"Đoàn kiểm tra của Ban Chỉ đạo huyện ({INVENTED.lower()})"


class Said(NamedTuple):
    slug: str
    measure: str
    by: str
    to: str
    on: date
    text: str
    answer: str = ""


SAID = (
    Said("ky-phu", "bhyt", "phong.bhxh", "xa.kyphu", date(2023, 9, 25),
         "Đề nghị xã đối chiếu lại số thẻ do trường học mua; dữ liệu thẻ của ngành đang thấp hơn.",
         "Xã đang rà với Trường THCS, sẽ gửi lại danh sách trong tuần."),
    Said("ky-phu", "dien_an_toan", "phong.kt-ht", "xa.kyphu", date(2023, 9, 20),
         "Còn 59 hộ ở hai thôn dùng dây sau công tơ chưa bảo đảm; xã làm việc với Điện lực để có thời hạn."),
    Said("ky-lac", "xa.5.1", "vanphong", "phong.gddt", date(2023, 10, 9),
         "Phòng cho biết thời điểm tỉnh kiểm tra lại trường mầm non."),
)  # fmt: skip


class Flaw(NamedTuple):
    slug: str
    measure: str
    on: date
    due_on: date
    text: str
    done: str = ""
    closed_on: date | None = None


FLAWS = (
    Flaw("ky-phu", "dien_an_toan", date(2023, 8, 16), date(2023, 9, 30),
         "Thay dây sau công tơ không bảo đảm an toàn tại các thôn còn lại."),
    Flaw("ky-phu", "phan_loai_rac", date(2023, 8, 16), date(2023, 10, 20),
         "Bổ sung điểm tập kết rác có mái che ở khu trung tâm xã.", "Đã xây xong, đang đưa vào sử dụng."),
    Flaw("ky-phu", "xa.6.3", date(2023, 5, 10), date(2023, 6, 30),
         "Sửa mái nhà văn hóa thôn bị dột.", "Đã lợp lại mái.", date(2023, 6, 28)),
    Flaw("ky-son", "xa.6.3", date(2023, 8, 17), date(2023, 10, 31), "Bổ sung thiết bị cho nhà văn hóa hai thôn."),
    Flaw("ky-trung", "nuoc_sach_tap_trung", date(2023, 8, 18), date(2023, 9, 15),
         "Lấy mẫu xét nghiệm nước của công trình cấp nước xã."),
)  # fmt: skip


def talk(district: Unit, units: Mapping[str, Unit], people: Mapping[str, Person], office: Person) -> None:
    leads = leads_of(district, WORKING_DAY)
    for said in SAID:
        row = Assessment.objects.get(unit=units[said.slug], measure__code=said.measure, year=2023)
        concerned = [people[said.by].pk, people[said.to].pk]
        url = f"/xa/{said.slug}/"
        first = add_comment(
            by=people[said.by], assessment=row, refusal=None, text=said.text, concerned=concerned,
            mentions=concerned[1:], answers=None, url=url, on=said.on,
        )  # fmt: skip
        if said.answer:
            add_comment(
                by=people[said.to], assessment=row, refusal=None, text=said.answer, concerned=concerned,
                mentions=concerned[:1], answers=first, url=url, on=said.on,
            )  # fmt: skip
    standing = standing_of(office, WORKING_DAY)
    url = reverse("communes:findings")
    for flaw in FLAWS:
        measure = Measure.objects.get(code=flaw.measure)
        found = Found(units[flaw.slug], 2023, flaw.text, flaw.due_on, measure, INSPECTION, INVENTED)
        lead = leads.of(flaw.measure).code
        row = record_finding(by=office, standing=standing, found=found, lead=lead, url=url, on=flaw.on)
        if flaw.done:
            officer = people[commune_user(flaw.slug)]
            finish_finding(
                by=officer, standing=standing_of(officer, WORKING_DAY), finding=row, note=flaw.done, url=url,
                on=flaw.closed_on or WORKING_DAY,
            )  # fmt: skip
        if flaw.closed_on:
            close_finding(by=office, standing=standing, finding=row, url=url, on=flaw.closed_on)
