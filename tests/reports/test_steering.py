"""Plan and directives on the overview and under "việc của tôi"."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Department, Person
from accounts.roles import Role
from criteria.rules.vocabulary import Tier
from plans.actions.directing import Asked, Head, enter_directive
from plans.actions.planning import Told, record_progress
from plans.rules.vocabulary import DirectiveKind, PlanLevel
from reports.queries import my_work as my_work_module
from reports.queries.duties import Duty, MyWork, Sort, Urgency
from reports.queries.my_work import my_work
from reports.queries.steering import MOST_TASKS, deciding_line
from tests.makers import TODAY, Cast, make_cast, make_department, make_person, post, signed_in
from tests.plans.planning import planned

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def roads(cast: Cast) -> Department:
    return make_department(district=cast.district, code="duong", name="Phòng Giao thông")


@pytest.fixture
def truong(cast: Cast, roads: Department) -> Person:
    person = make_person(username="truong", full_name="Nguyễn Xuân Trường")
    post(person=person, unit=cast.district, role=Role.DEPARTMENT, department=roads)
    return person


def work(cast: Cast, person: Person, *sorts: Sort) -> list[Duty]:
    return [duty for duty in my_work(cast.standing(person), TODAY).duties if duty.sort in sorts]


def conclude(cast: Cast, text: str, due_on: date | None, **holder: object) -> None:
    head = Head(DirectiveKind.CONCLUSION, "Kết luận giao ban", date(2023, 9, 1), "Ban Chỉ đạo huyện")
    asked = Asked(text, (cast.district,), due_on=due_on, **holder)  # type: ignore[arg-type]
    enter_directive(
        by=cast.tuan, standing=cast.standing(cast.tuan), district=cast.district, head=head, asked=[asked], on=TODAY
    )


# ---------- the overview ----------


def test_the_overview_says_what_decides_the_districts_day(cast: Cast, truong: Person, roads: Department):
    road = planned(cast, "Thi công đường huyện", 60, department=roads)
    planned(cast, "Huyện được công nhận", 0, road, goal_tier=Tier.STANDARD, goal_year=2023)
    page = signed_in(truong).get("/").content.decode()
    assert "Đường găng đến “Huyện được công nhận”" in page and "trễ" in page
    assert "Phòng Giao thông đang giữ" in page and 'href="/ke-hoach/?gang=1"' in page
    line = deciding_line(cast.district, cast.standing(truong), TODAY)
    assert line.is_late


def test_without_a_plan_the_office_is_led_to_it_and_a_past_day_says_nothing(cast: Cast, truong: Person):
    office = signed_in(cast.tuan).get("/").content.decode()
    assert "Chưa có kế hoạch" in office and "Lập kế hoạch" in office
    assert "Lập kế hoạch" not in signed_in(truong).get("/").content.decode()
    assert "Chưa có kế hoạch" not in signed_in(cast.tuan).get("/?ngay=01/09/2023").content.decode()


# ---------- my work ----------


def test_tasks_and_items_stand_by_urgency_in_two_parts(cast: Cast, truong: Person, roads: Department):
    planned(cast, "Thiết kế đường huyện", 5, department=roads, due_on=YESTERDAY)
    planned(cast, "Báo cáo quý của tôi", 1, by=truong, level=PlanLevel.PERSONAL, responsible=truong)
    conclude(cast, "Rà soát quy hoạch", YESTERDAY, department=roads)
    conclude(cast, "Xây dựng kế hoạch cá nhân", TODAY + timedelta(days=3), responsible=truong)
    found = my_work(cast.standing(truong), TODAY)
    parts = {part: {urgency: [line.duty.title for line in lines] for urgency, lines in groups}
             for part, groups in found.parts}  # fmt: skip
    late = parts["Của đơn vị tôi"][Urgency.LATE]
    assert [title.partition(" (")[0] for title in late] == ["Rà soát quy hoạch", "Thiết kế đường huyện"]
    own = [title.partition(" (")[0] for titles in parts["Giao cho tôi"].values() for title in titles]
    assert own == ["Xây dựng kế hoạch cá nhân", "Báo cáo quý của tôi"]
    page = signed_in(truong).get("/viec-cua-toi/").content.decode()
    assert "Giao cho tôi" in page and "Của đơn vị tôi" in page


def test_what_waits_for_others_is_counted_and_comes_up_when_they_are_done(
    cast: Cast, truong: Person, roads: Department
):
    design = planned(cast, "Thiết kế", 5)
    planned(cast, "Thi công", 30, design, department=roads)
    (rest,) = work(cast, truong, Sort.PLAN)
    assert rest.title.startswith("Còn 1 việc khác") and rest.can_wait
    record_progress(
        by=cast.tuan, standing=cast.standing(cast.tuan), task=design, seen_version=1, told=Told(100), on=TODAY
    )
    (task,) = work(cast, truong, Sort.PLAN)
    assert task.title == "Thi công" and task.url.startswith("/ke-hoach/viec/")


def test_the_office_finds_what_was_reported_and_a_stranger_nothing(cast: Cast, roads: Department):
    conclude(cast, "Rà soát quy hoạch", None, department=roads)
    assert work(cast, cast.lan, Sort.DIRECTIVE, Sort.PLAN, Sort.CONFIRM) == []


def test_one_part_alone_has_no_title():
    alone = MyWork("Lan", TODAY, [Duty(Sort.PLAN, "Việc", "/", "Mở")])
    assert [part for part, _ in alone.parts] == [""]


def test_many_tasks_cost_no_more_queries_and_are_not_all_listed(
    cast: Cast, truong: Person, roads: Department
):
    def cost() -> int:
        standing = cast.standing(truong)
        with CaptureQueriesContext(connection) as queries:
            my_work_module.my_work(standing, TODAY)
        return len(queries)

    planned(cast, "Việc 0", 5, department=roads)
    before = cost()
    for number in range(1, 20):
        planned(cast, f"Việc {number}", 5, department=roads)
    assert cost() == before
    assert len(work(cast, truong, Sort.PLAN)) == MOST_TASKS + 1
