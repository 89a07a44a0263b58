"""The plan of the article of 16/4/2022: the district's frame, a baseline, chains of the communes, personal tasks.

What shall be done is said there; spans, days, who has it in hand and how far it is are invented and marked so. In the
order of time: the frame and the district's chain in April 2022, kept as baseline; the chains of the communes in July
2023, after the recognitions of that year; then what was reported, and what is met by now closed.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from accounts.models import Department, Person
from accounts.roles import Standing
from communes.models import Unit
from communes.queries.people import standing_of
from criteria.rules.vocabulary import Tier
from ntm_tracker.demo import goals
from ntm_tracker.demo.law import DISTRICT_SET
from ntm_tracker.demo.places import PLACES
from plans.actions.baselines import take_baseline
from plans.actions.generating import generate
from plans.actions.planning import TaskFields, Told, WantedLink, create_task, put_links, record_progress
from plans.models import Directive, Task
from plans.queries.chains import would_generate
from plans.rules.chains import WORK
from plans.rules.vocabulary import PlanLevel

FRAMED_ON = date(2022, 4, 18)
CHAINED_ON = date(2023, 7, 3)
REVIEWED_ON = date(2023, 10, 9)
BASELINE = "Kế hoạch gốc 15/04/2022"
YEAR = 2023


class Frame(NamedTuple):
    """A task of the district's frame: `after` the keys before it; what was reported of it last, and when."""

    key: str
    title: str
    subject: str
    department: str
    days: int
    begun_on: date
    due_on: date
    after: tuple[str, ...] = ()
    progress: int = 100
    done_on: date | None = None


FRAME = (
    Frame("quy-hoach", "Rà soát, điều chỉnh quy hoạch xây dựng vùng huyện, trình phê duyệt", "1.1", "kt-ht", 120,
          date(2022, 4, 25), date(2022, 12, 31), done_on=date(2022, 11, 18)),
    Frame("khu-dich-vu", "Quy hoạch khu chức năng dịch vụ hỗ trợ phát triển kinh tế nông thôn", "1.1", "kt-ht", 60,
          date(2022, 11, 21), date(2023, 3, 31), ("quy-hoach",), done_on=date(2023, 3, 20)),
    Frame("ha-tang", "Đầu tư công trình hạ tầng thiết yếu theo quy hoạch vùng huyện", "1.2", "kt-ht", 150,
          date(2022, 11, 21), date(2023, 9, 30), ("quy-hoach",), done_on=date(2023, 8, 25)),
    Frame("duong-thiet-ke", "Lập dự án, thiết kế nâng cấp các tuyến đường huyện chưa đạt chuẩn", "2.2", "kt-ht", 80,
          date(2022, 11, 21), date(2023, 3, 31), ("quy-hoach",), done_on=date(2023, 4, 14)),
    Frame("duong-thi-cong", "Thi công các tuyến đường huyện, đạt 100% km đạt chuẩn", "2.2", "kt-ht", 150,
          date(2023, 4, 17), date(2023, 11, 15), ("duong-thiet-ke",), 85),
    Frame("thuy-loi", "Nâng cấp hệ thống thủy lợi liên xã, đồng bộ với các xã", "3.1", "nn", 140, date(2022, 5, 9),
          date(2022, 12, 31), done_on=date(2022, 12, 9)),
    Frame("dien", "Nâng cấp lưới điện liên xã theo quy hoạch", "4.1", "dl", 130, date(2022, 5, 9), date(2022, 12, 31),
          done_on=date(2022, 11, 30)),
    Frame("yte-xay", "Xây dựng Trung tâm Y tế huyện giai đoạn II", "5.1", "ttyt", 260, date(2022, 5, 16),
          date(2023, 6, 30), done_on=date(2023, 8, 11)),
    Frame("yte-thiet-bi", "Lắp đặt thiết bị Trung tâm Y tế huyện, đạt quy mô 100 giường bệnh", "5.1", "ttyt", 60,
          date(2023, 8, 14), date(2023, 9, 30), ("yte-xay",), 45),
    Frame("van-hoa", "Xây dựng Trung tâm Văn hóa - Truyền thông huyện đạt chuẩn", "5.2", "vhtt", 240,
          date(2022, 6, 6), date(2023, 10, 31), done_on=date(2023, 7, 28)),
    Frame("cum-mat-bang", "Giải phóng mặt bằng cụm công nghiệp", "6.1", "tnmt", 100, date(2022, 5, 16),
          date(2022, 11, 30), done_on=date(2022, 11, 4)),
    Frame("cum-ha-tang", "Đầu tư hạ tầng kỹ thuật cụm công nghiệp", "6.1", "kt-ht", 150, date(2022, 11, 7),
          date(2023, 9, 30), ("cum-mat-bang",), done_on=date(2023, 9, 8)),
    Frame("vung-nguyen-lieu", "Hình thành vùng nguyên liệu tập trung, liên kết chuỗi giá trị sản phẩm chủ lực", "6.3",
          "nn", 180, date(2022, 6, 6), date(2023, 6, 30), done_on=date(2023, 5, 19)),
    Frame("rac", "Hoàn thiện hệ thống thu gom, xử lý chất thải rắn trên địa bàn huyện", "7.1", "tnmt", 200,
          date(2022, 6, 6), date(2023, 9, 30), done_on=date(2023, 9, 15)),
    Frame("nuoc-thai", "Xây dựng công trình xử lý nước thải sinh hoạt tập trung", "7.4", "tnmt", 170,
          date(2023, 2, 6), date(2023, 10, 31), ("quy-hoach",), 80),
    Frame("diem-tap-ket", "Đầu tư điểm tập kết, trung chuyển chất thải rắn đạt quy định", "7.8", "tnmt", 120,
          date(2023, 4, 3), date(2023, 10, 31), progress=90),
    Frame("nuoc-sach", "Đầu tư các dự án cấp nước sạch tập trung nông thôn", "8.1", "nn", 220, date(2022, 6, 6),
          date(2023, 9, 30), done_on=date(2023, 8, 31)),
)  # fmt: skip

STANDARD_LEFT = tuple(
    place.slug for place in PLACES if not any(place.slug in held[goals.STANDARD] for held in goals.RECOGNISED.values())
)
# Communes to be recognised yet in 2023, by tier.
LEFT: dict[Tier, tuple[str, ...]] = {
    Tier.STANDARD: STANDARD_LEFT, Tier.ADVANCED: ("ky-phu", "ky-tan", "ky-van"), Tier.MODEL: tuple(goals.MODEL_2023)
}  # fmt: skip
OWN_TASKS = (
    ("Kiểm tra việc thay dây sau công tơ tại các thôn của Kỳ Phú", date(2023, 10, 20), 3, 0),
    ("Dự họp đánh giá tiến độ với Ban Chỉ đạo xã Kỳ Khang", date(2023, 10, 25), 1, 0),
    ("Báo cáo kết quả phụ trách địa bàn quý III/2023", date(2023, 10, 10), 2, 50),
)


# One in so many tasks was not begun.
LEFT_ALONE = 0.25


class _Planning:
    """The people and places of the demo, and the office that plans."""

    def __init__(
        self, district: Unit, units: Mapping[str, Unit], people: Mapping[str, Person],
        departments: Mapping[str, Department], office: Person,
    ) -> None:  # fmt: skip
        self.district, self.units, self.people = district, units, people
        self.departments, self.office = departments, office
        self._standings: dict[int, Standing] = {}

    def standing(self, person: Person) -> Standing:
        if person.pk not in self._standings:
            self._standings[person.pk] = standing_of(person, CHAINED_ON)
        return self._standings[person.pk]

    def frame(self, directive: Directive) -> dict[str, Task]:
        """The tasks of the frame; those that the conclusion asks for stand for its items."""
        items = {item.department.code: item for item in directive.items.select_related("department", "directive")
                 if item.department and item.due_on and item.due_on.year == YEAR}  # fmt: skip
        made: dict[str, Task] = {}
        for row in FRAME:
            item = items.pop(row.department, None) if row.key in ("yte-thiet-bi", "van-hoa") else None
            fields = TaskFields(
                row.title, self.district, PlanLevel.DISTRICT, row.days, department=self.departments[row.department],
                family=DISTRICT_SET, subject=row.subject, not_before=row.begun_on, due_on=row.due_on, item=item,
            )  # fmt: skip
            made[row.key] = create_task(
                by=self.office, standing=self.standing(self.office), district=self.district, fields=fields,
                links=[WantedLink(made[key].pk) for key in row.after], on=FRAMED_ON, is_illustrative=True,
            )  # fmt: skip
        return made

    def chain(self, unit: Unit, tier: Tier, year: int, on: date) -> None:
        """The standard chain; what is met by that day is closed (a commune's new chain has nothing of the kind)."""
        is_new = unit.is_commune and on == CHAINED_ON
        met = [] if is_new else [task.pk for task in would_generate(unit, tier, year, on).no_longer]
        generate(
            by=self.office, standing=self.standing(self.office), unit=unit, tier=tier, year=year, on=on, close=met,
            is_illustrative=True,
        )  # fmt: skip

    def join(self, frame: Mapping[str, Task]) -> None:
        """What the district's chain does for an indicator waits for the tasks of the frame that serve it."""
        for task in Task.objects.filter(unit=self.district, step=WORK).select_related("unit").order_by("pk"):
            before = [frame[row.key] for row in FRAME if row.subject == task.subject]
            if before:
                put_links(
                    by=self.office, standing=self.standing(self.office), task=task, seen_version=task.version,
                    links=[WantedLink(one.pk) for one in before], on=FRAMED_ON,
                )  # fmt: skip

    def report(self, task: Task, told: Told, on: date, by: Person | None = None) -> None:
        who = by or self.office
        task.refresh_from_db(fields=["version"])
        record_progress(by=who, standing=self.standing(who), task=task, seen_version=task.version, told=told, on=on)


def lay_plan(
    district: Unit, units: Mapping[str, Unit], people: Mapping[str, Person], departments: Mapping[str, Department],
    office: Person, directive: Directive,
) -> None:  # fmt: skip
    plan = _Planning(district, units, people, departments, office)
    frame = plan.frame(directive)
    plan.chain(district, Tier.STANDARD, YEAR, FRAMED_ON)
    plan.join(frame)
    take_baseline(
        by=office, standing=plan.standing(office), district=district, name=BASELINE, on=FRAMED_ON,
        reason="Khung kế hoạch trình hội nghị Ban Thường vụ Huyện ủy ngày 15/4/2022 (số liệu minh họa).",
    )  # fmt: skip
    for row in sorted(FRAME, key=lambda row: row.done_on or REVIEWED_ON):
        day = row.done_on or REVIEWED_ON
        plan.report(frame[row.key], Told(row.progress, row.begun_on, row.done_on), day)
    _draw_chains(plan, CHAINED_ON)
    _report_chains(plan)
    _draw_chains(plan, REVIEWED_ON)
    _own_tasks(plan)


def _draw_chains(plan: _Planning, on: date) -> None:
    """Of every commune that is not there yet, then of the district: it waits for theirs."""
    for tier, slugs in LEFT.items():
        for slug in slugs:
            plan.chain(plan.units[slug], tier, YEAR, on)
    plan.chain(plan.district, Tier.STANDARD, YEAR, on)


def _report_chains(plan: _Planning) -> None:
    """How far the work in the communes and at the district is; half a year's worth of reports would say no more."""
    slugs = dict.fromkeys(slug for several in LEFT.values() for slug in several)
    for slug in ("", *slugs):
        unit = plan.units.get(slug, plan.district)
        luck = random.Random(f"plan {slug}")  # noqa: S311 -- invented, and the same every time
        for task in Task.objects.filter(unit=unit, step=WORK, finished_on=None).select_related("unit__parent"):
            if luck.random() < LEFT_ALONE:
                continue
            begun = date(2023, 7, 10 + luck.randrange(20))
            plan.report(task, Told(luck.choice((30, 50, 60, 80, 90)), begun), REVIEWED_ON)


def _own_tasks(plan: _Planning) -> None:
    """The personal plan of the head of the first team."""
    who = plan.people["doan.01"]
    for title, due_on, days, progress in OWN_TASKS:
        fields = TaskFields(title, plan.district, PlanLevel.PERSONAL, days, responsible=who, due_on=due_on)
        task = create_task(
            by=who, standing=plan.standing(who), district=plan.district, fields=fields, on=REVIEWED_ON,
            is_illustrative=True,
        )  # fmt: skip
        if progress:
            plan.report(task, Told(progress, REVIEWED_ON), REVIEWED_ON, who)
