"""/viec-cua-toi/: each seat finds what waits for it, by urgency, for a constant number of queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import set_up_installation
from accounts.models import Person
from accounts.roles import Role
from communes.models import Comment, Finding, ImportBatch, Posting, Practice, Round, Statement
from communes.rules.workflow import ActKind, Stage
from criteria.models import Measure
from reports.queries.duties import Duty, MyWork, Sort, Urgency
from reports.queries.my_work import my_work
from tests.makers import TODAY, YEAR, Cast, lead_officer, make_cast, make_person, post, signed_in, stated, step, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def work(cast: Cast, person: Person, day: date = TODAY) -> MyWork:
    return my_work(cast.standing(person), day)


def sorts(cast: Cast, person: Person) -> dict[Sort, int]:
    return dict(work(cast, person).counts)


def duty(cast: Cast, person: Person, sort: Sort) -> Duty:
    (found,) = [d for d in work(cast, person).duties if d.sort is sort]
    return found


def open_round(cast: Cast, due_on: date, *, kind: str = "month", number: int = 10, opens_on: date = date(2023, 10, 1)):
    return Round.objects.create(
        district=cast.district, year=YEAR, kind=kind, number=number, opens_on=opens_on, due_on=due_on, by=cast.tuan,
        at=timezone.now(),
    )  # fmt: skip


# ---------- plain values ----------


def a_duty(due: date | None = None, **fields) -> Duty:
    return Duty(Sort.ENTER, "Việc", "/", "Nhập", due_on=due, **fields)


@pytest.mark.parametrize(
    ("days", "urgency", "words"),
    [
        (-1, Urgency.LATE, "trễ 1 ngày (hạn 14/10)"),
        (0, Urgency.SOON, "hạn hôm nay"),
        (7, Urgency.SOON, "còn 7 ngày (22/10)"),
        (8, Urgency.LATER, "còn 8 ngày (23/10)"),
    ],
)
def test_the_day_decides_the_urgency(days: int, urgency: Urgency, words: str) -> None:
    due = a_duty(TODAY + timedelta(days=days))
    assert (due.urgency(TODAY), due.when(TODAY)) == (urgency, words)


def test_what_others_wait_for_is_for_now_and_what_can_wait_is_not() -> None:
    assert a_duty(since=TODAY - timedelta(days=4)).urgency(TODAY) is Urgency.SOON
    assert a_duty(since=TODAY - timedelta(days=4)).when(TODAY) == "chờ 4 ngày"
    assert a_duty(can_wait=True).urgency(TODAY) is Urgency.LATER


# ---------- a commune's officers ----------


def test_somebody_with_nothing_to_do_is_told_that_all_is_done(cast: Cast) -> None:
    page = signed_in(cast.lan).get("/viec-cua-toi/").content.decode()
    assert "Không còn việc nào chờ anh/chị." in page and "Đã xong hết" in page


def test_an_open_round_asks_for_what_is_missing(cast: Cast) -> None:
    open_round(cast, TODAY + timedelta(days=5))
    before = duty(cast, cast.lan, Sort.ENTER)
    assert before.due_on == TODAY + timedelta(days=5) and before.count > 50
    assert before.title.startswith("Tháng 10/2023: còn ") and "loc=chua-nhap" in before.url
    typed(cast, "bhyt", "96,4", by=cast.lan)
    assert "1 mục nháp chưa gửi" in duty(cast, cast.lan, Sort.ENTER).detail
    stated(cast, "xa.8.1", "Đạt", by=cast.lan)
    assert duty(cast, cast.lan, Sort.ENTER).count == before.count - 1


def test_what_two_rounds_ask_for_is_counted_once(cast: Cast) -> None:
    open_round(cast, TODAY + timedelta(days=5))
    once = sorts(cast, cast.lan)[Sort.ENTER]
    open_round(cast, TODAY + timedelta(days=9), kind="quarter", number=3)
    assert sorts(cast, cast.lan)[Sort.ENTER] == once
    assert len([d for d in work(cast, cast.lan).duties if d.sort is Sort.ENTER]) == 2


def test_a_round_that_is_past_is_late_and_heads_the_page(cast: Cast) -> None:
    open_round(cast, TODAY - timedelta(days=3))
    (urgency, lines), *_ = work(cast, cast.lan).groups
    assert urgency is Urgency.LATE and lines[0].when == "trễ 3 ngày (hạn 12/10)"
    assert "đã quá hạn" in signed_in(cast.lan).get("/viec-cua-toi/").content.decode()


def test_what_came_back_says_by_whom_and_why_and_leads_to_its_row(cast: Cast) -> None:
    step(cast, stated(cast, "bhyt", "96,4", by=cast.lan), ActKind.RETURN, by=cast.hoa, reason="thẻ hết hạn")
    back = duty(cast, cast.lan, Sort.CORRECT)
    assert back.title == "15.1 Tỷ lệ người dân tham gia bảo hiểm y tế"
    assert back.detail == "Bảo hiểm xã hội huyện, 15/10: “thẻ hết hạn”"
    assert back.url.endswith("/2023/?loc=tra-lai#i-15.1")
    assert Sort.CORRECT not in sorts(cast, cast.minh) and Sort.CORRECT not in sorts(cast, cast.hoa)


def test_what_was_sent_says_where_it_stands(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan)
    stated(cast, "xa.8.1", "Đạt", by=cast.lan, until=Stage.VERIFIED)
    details = [item.detail for item in work(cast, cast.lan).awaited]
    assert details == ["chờ Bảo hiểm xã hội huyện thẩm tra", "chờ duyệt"]


def test_a_figure_on_its_way_without_papers_is_told(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan)
    lacking = duty(cast, cast.lan, Sort.ATTACH)
    assert "thiếu minh chứng" in lacking.title and "loc=thieu-minh-chung" in lacking.url


def test_what_was_filled_in_for_the_commune_waits_to_be_accepted(cast: Cast) -> None:
    revision = typed(cast, "bhyt", "96,4", by=cast.lan)
    Statement.objects.filter(pk=revision.pk).update(stage=Stage.PREFILLED.value, by=cast.hoa)
    assert sorts(cast, cast.lan)[Sort.ACCEPT] == 1
    assert Sort.ACCEPT not in sorts(cast, cast.minh)


def test_the_chairman_finds_what_he_is_asked_to_sign(cast: Cast) -> None:
    Practice.objects.create(district=cast.district, needs_sign_off=True)
    chairman = make_person(username="chu-tich", full_name="Lê Văn Chủ")
    seat = post(chairman, Role.COMMUNE, cast.ky_phu)
    Posting.objects.filter(pk=seat.pk).update(signs_off=True)
    revision = typed(cast, "bhyt", "96,4", by=cast.lan)
    Statement.objects.filter(pk=revision.pk).update(stage=Stage.PROPOSED.value)
    assert sorts(cast, chairman)[Sort.SIGN] == 1
    assert Sort.SIGN not in sorts(cast, cast.lan)
    assert "chờ Chủ tịch xã ký" in [item.detail for item in work(cast, cast.lan).awaited]


# ---------- desks of the district ----------


def test_a_department_finds_what_it_leads_and_nothing_else(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan)
    stated(cast, "bhyt", "91", by=cast.minh, unit=cast.ky_chau)
    stated(cast, "xa.8.1", "Đạt", by=cast.lan)
    waiting = duty(cast, cast.hoa, Sort.VERIFY)
    assert waiting.count == 2 and {share.label for share in waiting.shares} == {"Kỳ Phú", "Kỳ Châu"}
    other = lead_officer(cast, "xa.8.1")
    assert duty(cast, other, Sort.VERIFY).count == 1


def test_nobody_is_asked_to_approve_what_they_verified(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.VERIFIED)
    assert sorts(cast, cast.tuan)[Sort.APPROVE] == sorts(cast, cast.mai)[Sort.APPROVE] == 1
    Statement.objects.filter(kind="verification").update(by=cast.tuan)
    assert Sort.APPROVE not in sorts(cast, cast.tuan)
    assert sorts(cast, cast.mai)[Sort.APPROVE] == 1


def test_a_neighbours_office_is_asked_for_nothing_of_ours(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.VERIFIED)
    stated(cast, "xa.8.1", "Đạt", by=cast.lan)
    open_round(cast, TODAY - timedelta(days=1))
    assert sorts(cast, cast.binh) == {}


def test_the_office_is_reminded_of_rounds_to_close(cast: Cast) -> None:
    row = open_round(cast, TODAY - timedelta(days=1))
    assert duty(cast, cast.tuan, Sort.CLOSE_ROUND).url == f"/ky-bao-cao/{row.pk}/"
    assert Sort.CLOSE_ROUND not in sorts(cast, cast.lan) and Sort.CLOSE_ROUND not in sorts(cast, cast.hung)


def test_a_finding_waits_for_its_owner(cast: Cast) -> None:
    fields = {"unit": cast.ky_phu, "year": YEAR, "by": cast.tuan, "on": TODAY, "at": timezone.now()}
    Finding.objects.create(text="Sửa sổ khám bệnh", owner=cast.lan, due_on=TODAY + timedelta(days=2), **fields)
    assert duty(cast, cast.lan, Sort.MEND).title == "Sửa sổ khám bệnh"
    assert Sort.MEND not in sorts(cast, cast.minh) and Sort.MEND not in sorts(cast, cast.hung)


def test_a_remark_that_calls_by_name_waits_until_it_is_resolved(cast: Cast) -> None:
    revision = stated(cast, "bhyt", "96,4", by=cast.lan)
    row = Comment.objects.create(
        assessment=revision.assessment, text="Số này lấy ở đâu?", by=cast.hoa, on=TODAY, at=timezone.now()
    )
    row.mentions.add(cast.lan)
    assert "Số này lấy ở đâu?" in duty(cast, cast.lan, Sort.ANSWER).detail
    Comment.objects.update(resolved_by=cast.lan, resolved_at=timezone.now())
    assert Sort.ANSWER not in sorts(cast, cast.lan)


def test_a_file_read_and_not_written_waits_for_who_brought_it(cast: Cast) -> None:
    ImportBatch.objects.create(
        district=cast.district, kind="values", year=YEAR, stored="a.xlsx", name="thang-10.xlsx", size=1,
        sha256="0" * 64, stage="checked", by=cast.lan, on=TODAY, at=timezone.now(),
    )  # fmt: skip
    assert "thang-10.xlsx" in duty(cast, cast.lan, Sort.APPLY).title
    assert Sort.APPLY not in sorts(cast, cast.tuan)


def test_leaders_get_a_short_page_that_leads_to_the_overview(cast: Cast) -> None:
    page = signed_in(cast.hung).get("/viec-cua-toi/").content.decode()
    assert "Mở trang Tổng quan" in page and work(cast, cast.hung).reads_only
    assert not work(cast, cast.tuan).reads_only


def test_somebody_without_a_seat_is_led_to_the_account(cast: Cast) -> None:
    stranger = make_person(username="moi", full_name="Người Mới")
    assert signed_in(stranger).get("/viec-cua-toi/")["Location"] == "/tai-khoan/"


# ---------- what it costs ----------


@pytest.mark.parametrize("name", ["lan", "hoa", "tuan"])
def test_the_page_costs_the_same_for_more_work(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    open_round(cast, TODAY - timedelta(days=1))
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.VERIFIED)
    step(cast, stated(cast, "xa.8.1", "Đạt", by=cast.lan), ActKind.RETURN, by=lead_officer(cast, "xa.8.1"), reason="x")
    stated(cast, "xa.8.2", "Đạt", by=cast.lan)
    work(cast, person)
    few = _queries(cast, person)
    open_round(cast, TODAY + timedelta(days=5), kind="quarter", number=3)
    for code in Measure.objects.filter(code__startswith="xa.1", kind="boolean").values_list("code", flat=True)[:6]:
        revision = stated(cast, code, "Đạt", by=cast.lan)
        step(cast, revision, ActKind.RETURN, by=lead_officer(cast, code), reason="thiếu")
        stated(cast, code, "Đạt", by=cast.minh, unit=cast.ky_chau)
    assert _queries(cast, person) == few


def _queries(cast: Cast, person: Person) -> int:
    standing = cast.standing(person)
    with CaptureQueriesContext(connection) as queries:
        my_work(standing, TODAY)
    return len(queries)


def test_a_demo_of_another_day_counts_from_that_day(cast: Cast) -> None:
    open_round(cast, TODAY - timedelta(days=1))
    set_up_installation(is_demo=False, working_day=TODAY - timedelta(days=1), home_district=cast.district.code)
    assert "hạn hôm nay" in signed_in(cast.lan).get("/viec-cua-toi/").content.decode()
