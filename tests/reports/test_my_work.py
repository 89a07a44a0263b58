"""/viec-cua-toi/: each seat finds what waits for it, by urgency, for a constant number of queries."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import set_up_installation
from accounts.models import Person
from accounts.roles import Role
from communes.models import (
    Comment,
    Finding,
    ImportBatch,
    Posting,
    Practice,
    RequiredPaper,
    Round,
    RoundEvent,
    Statement,
)
from communes.queries import calls
from communes.rules.workflow import ActKind, Stage
from criteria.models import Measure
from reports.queries.duties import Duty, MyWork, Sort, Urgency
from reports.queries.my_work import my_work
from tests.makers import (
    TODAY,
    XA,
    XA_NC,
    YEAR,
    Cast,
    assign,
    lead_officer,
    make_cast,
    make_person,
    post,
    signed_in,
    stated,
    step,
    typed,
)

pytestmark = pytest.mark.django_db
DONE = {"bhyt": "96,4", "xa-nc.1.1": "Đạt"}


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
    assert back.title == "15.1 Xã NTM: Tỷ lệ người dân tham gia bảo hiểm y tế"
    assert back.detail == "Bảo hiểm xã hội huyện, 15/10: “thẻ hết hạn”"
    assert back.url.endswith(f"/{XA}/2023/?loc=tra-lai#r-bhyt")
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


def chip(person: Person, family: str) -> int:
    """What the sheet of Kỳ Phú itself counts under "Thiếu minh chứng"."""
    page = signed_in(person).get(f"/xa/ky-phu/danh-gia/{family}/{YEAR}/").content.decode()
    (count,) = re.findall(r"Thiếu minh chứng\D*(\d+)", " ".join(re.sub(r"<[^>]+>", " ", page).split()))
    return int(count)


def test_missing_papers_are_counted_as_on_the_sheet(cast: Cast) -> None:
    """At every stage, on every sheet: what the list of work says is what the chip says."""
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.APPROVED)
    asked = stated(cast, "xa.8.1", "Đạt", by=cast.lan, until=Stage.APPROVED).assessment.measure
    stated(cast, "xa.8.2", "Đạt", by=cast.lan, until=Stage.VERIFIED)
    step(cast, stated(cast, "xa.8.3", "Đạt", by=cast.lan), ActKind.WITHDRAW, by=cast.lan)
    typed(cast, "xa.1.1", "Đạt", by=cast.lan)
    typed(cast, "xa-nc.1.1", "Đạt", by=cast.lan)
    lacking = duty(cast, cast.lan, Sort.ATTACH)
    assert lacking.count == 4, "approved without any paper lacks none, where none is asked for by name"
    assert {share.label: share.count for share in lacking.shares} == {"Xã NTM": 3, "Xã NTM nâng cao": 1}
    assert (chip(cast.lan, XA), chip(cast.lan, XA_NC)) == (3, 1)
    RequiredPaper.objects.create(
        district=cast.district, measure=asked, name="Biên bản", by=cast.tuan, on=TODAY, at=timezone.now()
    )
    assert duty(cast, cast.lan, Sort.ATTACH).count == 5 and chip(cast.lan, XA) == 4


def test_a_closed_year_asks_for_no_papers(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan)
    year = open_round(cast, TODAY, kind="year", number=1)
    assert sorts(cast, cast.lan)[Sort.ATTACH] == 1
    RoundEvent.objects.create(round=year, kind="close", by=cast.tuan, on=TODAY, at=timezone.now())
    assert Sort.ATTACH not in sorts(cast, cast.lan)


def test_each_year_has_its_own_line_that_leads_to_its_own_sheet(cast: Cast) -> None:
    for year in (YEAR - 1, YEAR):
        revision = typed(cast, "bhyt", "96,4", by=cast.lan, year=year)
        Statement.objects.filter(pk=revision.pk).update(stage=Stage.PREFILLED.value, by=cast.hoa)
    before, now = [d for d in work(cast, cast.lan).duties if d.sort is Sort.ACCEPT]
    assert before.url == f"/xa/ky-phu/danh-gia/{XA}/{YEAR - 1}/?loc=nhap-ho#r-bhyt" and "năm 2022" in before.title
    assert now.url == f"/xa/ky-phu/danh-gia/{XA}/{YEAR}/?loc=nhap-ho#r-bhyt" and "năm 2023" in now.title


def test_what_only_the_second_set_asks_for_leads_to_its_sheet(cast: Cast) -> None:
    for code in ("xa-nc.1.1", "xa-nc.1.2"):
        Statement.objects.filter(pk=typed(cast, code, "Đạt", by=cast.lan).pk).update(stage=Stage.PREFILLED.value)
    found = duty(cast, cast.lan, Sort.ACCEPT)
    assert found.url == f"/xa/ky-phu/danh-gia/{XA_NC}/{YEAR}/?loc=nhap-ho"
    assert "1.1 Xã NTM nâng cao: " in found.detail
    assert 'id="r-xa-nc_1_1"' in signed_in(cast.lan).get(found.url).content.decode()


def test_a_line_about_two_sets_leads_to_both(cast: Cast) -> None:
    for code in ("bhyt", "xa-nc.1.1"):
        Statement.objects.filter(pk=typed(cast, code, DONE[code], by=cast.lan).pk).update(stage=Stage.PREFILLED.value)
    shares = duty(cast, cast.lan, Sort.ACCEPT).shares
    assert [(share.label, share.count) for share in shares] == [("Xã NTM", 1), ("Xã NTM nâng cao", 2)]
    assert shares[1].url in signed_in(cast.lan).get("/viec-cua-toi/").content.decode()


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


def called(by: Person, whom: Person, revision: Statement, text: str, answers: Comment | None = None) -> Comment:
    row = Comment.objects.create(
        assessment=revision.assessment, text=text, by=by, on=TODAY, at=timezone.now(), answers=answers
    )
    row.mentions.add(whom)
    return row


def test_a_remark_that_calls_by_name_waits_until_it_is_resolved(cast: Cast) -> None:
    called(cast.hoa, cast.lan, stated(cast, "bhyt", "96,4", by=cast.lan), "Số này lấy ở đâu?")
    assert "Số này lấy ở đâu?" in duty(cast, cast.lan, Sort.ANSWER).detail
    Comment.objects.update(resolved_by=cast.lan, resolved_at=timezone.now())
    assert Sort.ANSWER not in sorts(cast, cast.lan)


def test_an_answer_that_calls_by_name_waits_for_who_is_called(cast: Cast) -> None:
    revision = stated(cast, "bhyt", "96,4", by=cast.lan)
    first = called(cast.hoa, cast.lan, revision, "Số này lấy ở đâu?")
    called(cast.lan, cast.hoa, revision, "Từ danh sách của BHXH, chị xem lại giúp.", answers=first)
    assert "chị xem lại giúp" in duty(cast, cast.hoa, Sort.ANSWER).detail
    assert Sort.ANSWER not in sorts(cast, cast.lan), "who has answered waits for the other"
    called(cast.hoa, cast.lan, revision, "Danh sách tháng mấy?", answers=first)
    assert "tháng mấy" in duty(cast, cast.lan, Sort.ANSWER).detail, "one line for the thread, with its newest call"
    assert Sort.ANSWER not in sorts(cast, cast.hoa)
    Comment.objects.filter(pk=first.pk).update(resolved_by=cast.hoa, resolved_at=timezone.now())
    assert Sort.ANSWER not in sorts(cast, cast.lan)


def test_who_left_the_unit_is_called_no_more(cast: Cast, monkeypatch) -> None:
    called(cast.hoa, cast.lan, stated(cast, "bhyt", "96,4", by=cast.lan), "Số này lấy ở đâu?")
    Posting.objects.filter(person=cast.lan).update(unit=cast.ky_chau)
    assert Sort.ANSWER not in sorts(cast, cast.lan)
    monkeypatch.setattr(calls, "_may_answer", lambda *args: True)
    assert Sort.ANSWER in sorts(cast, cast.lan), "the policy is what takes it away"


def test_a_department_that_lost_the_measure_is_called_no_more(cast: Cast) -> None:
    called(cast.lan, cast.hoa, stated(cast, "bhyt", "96,4", by=cast.lan), "Chị xem giúp.")
    assert Sort.ANSWER in sorts(cast, cast.hoa)
    assign(district=cast.district, measure="bhyt", lead=cast.departments["yt"])
    assert Sort.ANSWER not in sorts(cast, cast.hoa)


def test_what_was_said_inside_the_unit_before_sending_calls_nobody_outside(cast: Cast) -> None:
    revision = typed(cast, "bhyt", "96,4", by=cast.lan)
    for person in (cast.hoa, cast.tuan):
        called(cast.lan, person, revision, "Nháp, chưa chắc.")
        assert Sort.ANSWER not in sorts(cast, person)
    step(cast, revision, ActKind.SUBMIT, by=cast.lan)
    assert Sort.ANSWER not in sorts(cast, cast.hoa), "nor later: it cannot be read outside"


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
    for code in Measure.objects.filter(code__startswith="xa.1", kind="boolean").values_list("code", flat=True)[:3]:
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
