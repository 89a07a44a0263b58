"""The personal plan: what names one, one's desk and the communes one follows; on paper and in a calendar."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar
from pypdf import PdfReader

from communes.actions.teaming import give_communes, keep_team, seat_member
from plans.actions.planning import finish_task
from plans.models import Task
from plans.rules.vocabulary import PlanLevel
from reports.queries.personal_plan import Part, PersonalPlan, Span, personal_plan
from tests.makers import TODAY, Cast, make_cast, signed_in
from tests.plans.planning import planned

pytestmark = pytest.mark.django_db
PAGE = "/viec-cua-toi/ke-hoach/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def own(cast: Cast) -> Task:
    """Dũng of a working team has set himself something for next month."""
    return planned(
        cast, "Kiểm tra; đường dây, Kỳ Phú", 2, by=cast.dung, level=PlanLevel.PERSONAL, responsible=cast.dung,
        due_on=date(2023, 11, 20),
    )  # fmt: skip


def follow(cast: Cast) -> None:
    """Dũng's team follows Kỳ Phú."""
    common = {"by": cast.tuan, "standing": cast.standing(cast.tuan), "on": TODAY}
    team = keep_team(district=cast.district, team=None, name="Đoàn số 1", document="QĐ 575", **common)
    seat_member(team=team, person=cast.dung, is_head=True, from_on=TODAY, **common)
    give_communes(team=team, communes=[cast.ky_phu], from_on=TODAY, **common)


def plan(cast: Cast, **more: bool) -> PersonalPlan:
    return personal_plan(cast.standing(cast.dung), TODAY, **more)


def test_it_holds_ones_own_tasks_and_those_of_the_communes_one_follows(cast: Cast, own: Task):
    in_phu = planned(cast, "Thay dây sau công tơ", 10, unit=cast.ky_phu, level=PlanLevel.COMMUNE)
    planned(cast, "Đường thôn", 10, unit=cast.ky_chau, level=PlanLevel.COMMUNE)
    assert [line.key for line in plan(cast).lines] == [f"task-{own.pk}"], "he follows nobody yet"
    follow(cast)
    found = {line.text: line.part for line in plan(cast).lines}
    assert found == {own.title: Part.OWN, in_phu.title: Part.FOLLOWED}
    assert [line.part for line in plan(cast, only_own=True).lines] == [Part.OWN]


def test_it_is_put_together_by_month_or_by_week_and_done_things_leave(cast: Cast, own: Task):
    assert [label for label, _ in plan(cast).spans(Span.MONTH)] == ["Tháng 11/2023"]
    assert [label for label, _ in plan(cast).spans(Span.WEEK)] == ["Tuần 20/11 – 26/11/2023"]
    finish_task(by=cast.dung, standing=cast.standing(cast.dung), task=own, seen_version=1, on=TODAY)
    assert plan(cast).lines == []


def test_nobody_else_has_ones_personal_tasks(cast: Cast, own: Task):
    for person in (cast.hoa, cast.lan, cast.hung, cast.binh):
        assert not personal_plan(cast.standing(person), TODAY).lines
        assert own.title not in signed_in(person).get(PAGE).content.decode()
    assert "Kiểm tra; đường dây" in signed_in(cast.dung).get(PAGE).content.decode()


def test_the_calendar_file_is_read_by_another_program(cast: Cast, own: Task):
    follow(cast)
    planned(cast, "Thay dây", 10, unit=cast.ky_phu, level=PlanLevel.COMMUNE)
    response = signed_in(cast.dung).get(PAGE + "lich/")
    assert response["Content-Type"].startswith("text/calendar") and ".ics" in response["Content-Disposition"]
    assert b"DTSTART;VALUE=DATE:20231120" in response.content
    events = {str(event["uid"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}
    mine = events.pop(f"task-{own.pk}@testserver")
    assert str(mine["summary"]) == f"Hạn: {own.title}", "commas and semicolons came through"
    assert mine["dtend"].dt == date(2023, 11, 21) and str(mine["url"]).startswith("http")
    assert len(mine.walk("VALARM")) == 1
    (other,) = events.values()
    assert not other.walk("VALARM") and str(other["location"]) == "xã Kỳ Phú"


def test_the_paper_names_the_person_and_is_signed_by_them(cast: Cast, own: Task):
    response = signed_in(cast.dung).get(PAGE + "pdf/")
    assert response["Content-Type"] == "application/pdf"
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    for words in ("KẾ HOẠCH CÁ NHÂN", cast.dung.full_name, "NGƯỜI LẬP KẾ HOẠCH", "20/11/2023", "Tháng 11/2023"):
        assert words in said


def test_more_tasks_cost_no_more_queries(cast: Cast, own: Task):
    follow(cast)

    def cost() -> int:
        standing = cast.standing(cast.dung)
        with CaptureQueriesContext(connection) as queries:
            personal_plan(standing, TODAY)
        return len(queries)

    planned(cast, "Việc", 3, unit=cast.ky_phu, level=PlanLevel.COMMUNE)
    before = cost()
    for number in range(8):
        planned(cast, f"Việc {number}", 3, unit=cast.ky_phu, level=PlanLevel.COMMUNE, due_on=TODAY + timedelta(number))
    assert cost() == before
