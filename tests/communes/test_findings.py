""" "Nội dung cần khắc phục": recorded, reported as mended, closed, opened again; who may which; what is late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from accounts.models import HistoryEntry, Notice, Person
from accounts.roles import Role
from accounts.rules import NoticeKind
from communes.actions import mending
from communes.actions.mending import Found, close_finding, record_finding
from communes.models import Finding
from communes.queries.discussion import findings_for, findings_of
from criteria.models import Measure
from tests.makers import HEALTH_INSURANCE, TODAY, XA, YEAR, Cast, make_cast, make_person, post, signed_in, stated

pytestmark = pytest.mark.django_db
PAGE = "/khac-phuc/"
FLAW = "Thay dây sau công tơ tại hai thôn."
DUE = TODAY + timedelta(days=10)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def record(person: Person, **fields: object) -> HttpResponse:
    """A finding of Kỳ Phú as the form sends it; `so_do` names the measure."""
    typed = {"don-vi": "ky-phu", "noi-dung": FLAW, "han": DUE.isoformat()}
    typed |= {name.replace("_", "-"): value for name, value in fields.items()}
    return signed_in(person).post(PAGE, typed)


def act(person: Person, row: Finding, what: str, text: str = "") -> HttpResponse:
    answer = signed_in(person).post(f"/khac-phuc/{row.pk}/", {"viec": what, "noi-dung": text}, follow=True)
    row.refresh_from_db()
    return answer


def found(cast: Cast, *, by: Person | None = None, on: date = TODAY, due_on: date = DUE, **fields) -> Finding:
    """Written by the office (or `by`) through the ordinary act."""
    by = by or cast.tuan
    what = Found(**{"unit": cast.ky_phu, "year": YEAR, "text": FLAW, "due_on": due_on, **fields})
    lead = "bhxh" if what.measure else None
    return record_finding(by=by, standing=cast.standing(by), found=what, lead=lead, url=PAGE, on=on)


def page(person: Person, query: str = "") -> str:
    answer = signed_in(person).get(PAGE + query)
    assert answer.status_code == 200
    return answer.content.decode()


def told(person: Person) -> int:
    return Notice.objects.filter(person=person, kind=NoticeKind.FINDING.value, url=PAGE).count()


# ---------- recording ----------


def test_the_office_records_what_was_found_and_who_mends_it_is_told(cast: Cast):
    answer = record(cast.tuan, noi_neu="Đoàn kiểm tra tỉnh", van_ban="12/BB, 10/10/2023")
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    row = Finding.objects.get()
    assert (row.unit, row.by, row.due_on, row.found_by) == (cast.ky_phu, cast.tuan, DUE, "Đoàn kiểm tra tỉnh")
    assert (told(cast.lan), told(cast.minh), told(cast.tuan)) == (1, 0, 0)
    entry = HistoryEntry.objects.latest("number")
    assert entry.act == "finding.record" and FLAW in entry.sentence
    html = page(cast.lan)
    assert "1 nội dung cần khắc phục" in html and "còn 10 ngày" in html and "Báo đã khắc phục" in html


def test_a_person_or_department_may_be_named(cast: Cast):
    record(cast.tuan, nguoi=str(cast.hoa.pk))
    record(cast.tuan, phong=str(cast.departments["bhxh"].pk))
    assert told(cast.hoa) == 2 and told(cast.lan) == 2
    assert [row.is_mine for row in findings_for(cast.standing(cast.hoa), TODAY)] == [True, True]
    assert [row.answers_for_it for row in findings_for(cast.standing(cast.lan), TODAY)][0] == "Phan Thị Hoa"


def test_a_department_records_about_what_it_leads_and_nothing_else(cast: Cast):
    assert record(cast.hoa, so_do="bhyt").status_code == 302
    elsewhere = record(cast.hoa, so_do="dien_an_toan")
    assert elsewhere.status_code == 422 and "do cơ quan khác chủ trì" in elsewhere.content.decode()
    general = record(cast.hoa)
    assert general.status_code == 422 and "Phòng, ban chọn số đo do cơ quan mình chủ trì" in general.content.decode()
    assert Finding.objects.count() == 1


def test_without_the_policy_a_department_would_record_about_anything(cast: Cast, monkeypatch):
    """Positive control: it is the policy inside the act that stops it."""
    monkeypatch.setattr(mending, "why_not_record_finding", lambda *asked: None)
    assert record(cast.hoa, so_do="dien_an_toan").status_code == 302


def test_communes_leaders_and_the_next_district_record_nothing_here(cast: Cast):
    statuses = {who: record(getattr(cast, who)).status_code for who in ("lan", "minh", "hung", "dung", "quan")}
    assert statuses == dict.fromkeys(statuses, 403)
    assert record(cast.binh).status_code == 422, "Bình's form knows only the units of the own district"
    assert not Finding.objects.exists()
    assert "Ghi nội dung cần khắc phục" not in page(cast.lan)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"noi_dung": " "}, "Chưa ghi nội dung cần khắc phục."),
        ({"noi_dung": "a" * 2001}, "Nội dung dài quá 2000 ký tự."),
        ({"han": ""}, "Hạn khắc phục: "),
        ({"han": "31/13/2023"}, "Hạn khắc phục: "),
        ({"han": (TODAY - timedelta(days=1)).isoformat()}, "Hạn khắc phục đã qua"),
        ({"don_vi": "cam-binh"}, "Chọn đơn vị phải khắc phục."),
        ({"don_vi": ""}, "Chọn đơn vị phải khắc phục."),
        ({"so_do": "huyen.1.1"}, "Số đo đã chọn không thuộc cấp của đơn vị này."),
        ({"so_do": "khong-co"}, "Số đo đã chọn không thuộc cấp của đơn vị này."),
        ({"nguoi": "999999"}, "Người phụ trách không thuộc huyện này."),
        ({"nguoi": "x"}, "Người phụ trách không thuộc huyện này."),
        ({"phong": "9" * 30}, "Cơ quan không thuộc huyện này."),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(cast: Cast, fields, sentence: str):
    answer = record(cast.tuan, **{"van_ban": "12/BB", **fields})
    html = answer.content.decode()
    assert answer.status_code == 422 and sentence in html and 'value="12/BB"' in html
    assert not Finding.objects.exists()


# ---------- mended, closed, opened again ----------


def test_from_found_to_closed_with_every_step_told_and_remembered(cast: Cast):
    row = found(cast)
    bare = act(cast.lan, row, "xong")
    assert "Ghi đã làm gì để người nêu kiểm tra được." in bare.content.decode() and row.done_on is None
    act(cast.lan, row, "xong", "Đã thay 59 hộ")
    assert (row.done_by, row.done_on, told(cast.tuan)) == (cast.lan, TODAY, 1)
    assert "đã khắc phục, chờ đóng" in page(cast.tuan) and "Đã thay 59 hộ" in page(cast.tuan, "?loc=cho-dong")
    refused = act(cast.tuan, row, "mo-lai")
    assert "Ghi lý do mở lại" in refused.content.decode() and row.done_on is not None
    act(cast.tuan, row, "mo-lai", "Còn 3 hộ thôn Phú Lợi")
    assert row.done_on is None and "Còn 3 hộ" in Notice.objects.filter(person=cast.lan).first().sentence
    act(cast.lan, row, "xong", "Đã thay cả 3 hộ")
    act(cast.mai, row, "dong")
    assert (row.closed_by, row.closed_on) == (cast.mai, TODAY)
    assert "Mọi nội dung cần khắc phục đã đóng" in page(cast.lan)
    assert "Đã thay cả 3 hộ" in page(cast.lan, "?loc=da-dong")
    act(cast.tuan, row, "mo-lai", "Kiểm tra lại chưa đạt")
    assert row.closed_on is None
    acts = HistoryEntry.objects.filter(act__startswith="finding.").order_by("number")
    assert [entry.act.removeprefix("finding.") for entry in acts] == [
        "record", "done", "reopen", "done", "close", "reopen",
    ]  # fmt: skip


def test_only_who_found_it_or_the_office_closes_and_only_the_mender_reports(cast: Cast):
    row = found(cast, by=cast.hoa, measure=Measure.objects.get(code="bhyt"))
    for person in (cast.lan, cast.hung, cast.dung, cast.quan):
        answer = act(person, row, "dong")
        assert "Chỉ người đã nêu hoặc Văn phòng Điều phối NTM huyện" in answer.content.decode()
    assert row.closed_on is None
    assert "Chỉ người, cơ quan hoặc đơn vị được giao" in act(cast.hoa, row, "xong", "a").content.decode()
    assert row.done_on is None
    act(cast.hoa, row, "dong")
    assert row.closed_by == cast.hoa


def test_without_the_policy_the_commune_would_close_its_own_finding(cast: Cast, monkeypatch):
    """Positive control: it is the policy inside the act that stops it."""
    row = found(cast)
    monkeypatch.setattr(mending, "why_not_close_finding", lambda *asked: None)
    act(cast.lan, row, "dong")
    assert row.closed_by == cast.lan


def test_an_officer_who_left_closes_nothing_any_more(cast: Cast):
    row = found(cast, by=cast.hoa, measure=Measure.objects.get(code="bhyt"))
    cast.hoa.postings.update(to_on=TODAY)
    assert "Chỉ người đã nêu" in act(cast.hoa, row, "dong").content.decode() or row.closed_on is None
    assert row.closed_on is None


def test_what_is_closed_is_not_reported_or_closed_twice(cast: Cast):
    row = found(cast)
    act(cast.tuan, row, "dong")
    assert "Nội dung này đã đóng." in act(cast.lan, row, "xong", "a").content.decode()
    assert "Nội dung này đã đóng." in act(cast.mai, row, "dong").content.decode()
    assert row.closed_by == cast.tuan and row.done_on is None


def test_a_foreign_finding_is_not_found(cast: Cast):
    row = found(cast)
    for person in (cast.minh, cast.binh):
        client = signed_in(person)
        assert client.post(f"/khac-phuc/{row.pk}/", {"viec": "dong"}).status_code == 404
        assert FLAW not in client.get(f"{PAGE}?loc=tat-ca&xa=ky-phu").content.decode()
    for pk in (0, 999_999, 2**63, 10**30):
        assert signed_in(cast.tuan).post(f"/khac-phuc/{pk}/", {"viec": "dong"}).status_code == 404
    assert signed_in(cast.tuan).post(f"/khac-phuc/{row.pk}/", {"viec": "xoa"}).status_code == 400


# ---------- late ----------


def test_late_is_what_is_past_its_day_and_nobody_said_is_mended(cast: Cast):
    before = TODAY - timedelta(days=30)
    late = found(cast, on=before, due_on=TODAY - timedelta(days=4), text="Bổ sung biển báo")
    done = found(cast, on=before, due_on=TODAY - timedelta(days=4), text="Sửa mái nhà văn hóa")
    found(cast, due_on=TODAY, text="Nạo vét mương")
    act(cast.lan, done, "xong", "Đã lợp")
    rows = {row.text: (row.is_late, row.state) for row in findings_for(cast.standing(cast.tuan), TODAY)}
    assert rows == {
        "Bổ sung biển báo": (True, "trễ 4 ngày"),
        "Sửa mái nhà văn hóa": (False, "đã khắc phục, chờ đóng"),
        "Nạo vét mương": (False, "hạn hôm nay"),
    }
    html = page(cast.tuan, "?loc=tre")
    assert "3 nội dung cần khắc phục, 1 trễ hạn" in html
    assert late.text in html and done.text not in html


def test_what_is_recorded_later_is_not_read_before(cast: Cast):
    found(cast, on=TODAY + timedelta(days=2))
    assert findings_for(cast.standing(cast.tuan), TODAY) == []


def test_closing_never_comes_before_the_day_it_was_found(cast: Cast):
    row = found(cast, on=TODAY + timedelta(days=2))
    who = {"by": cast.tuan, "standing": cast.standing(cast.tuan)}
    close_finding(finding=row, url=PAGE, on=TODAY, **who)
    row.refresh_from_db()
    assert row.closed_on == row.on


# ---------- where it is seen ----------


def test_it_is_seen_on_the_review_card_and_on_the_sheet_until_it_is_closed(cast: Cast):
    row = found(cast, measure=Measure.objects.get(code="bhyt"))
    stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    sheet = f"/xa/ky-phu/danh-gia/{XA}/{YEAR}/"
    assert FLAW in signed_in(cast.hoa).get("/tham-tra/").content.decode()
    assert f"{FLAW} <a href=\"/khac-phuc/?xa=ky-phu#k-{row.pk}\">" in signed_in(cast.lan).get(sheet).content.decode()
    assert list(findings_of(cast.ky_phu, YEAR, TODAY)) == ["bhyt"]
    act(cast.tuan, row, "dong")
    for person, address in ((cast.hoa, "/tham-tra/"), (cast.lan, sheet)):
        assert FLAW not in signed_in(person).get(address).content.decode()


def test_the_list_costs_the_same_for_one_finding_or_many(cast: Cast):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(cast.tuan)
        return len(asked)

    found(cast)
    page(cast.tuan)
    one = cost()
    owner = make_person(username="can-bo", full_name="Cán bộ phòng")
    post(owner, Role.DEPARTMENT, cast.district, department=cast.departments["kt-ht"])
    for unit in (cast.ky_phu, cast.ky_chau, cast.district):
        found(cast, unit=unit, owner=owner, department=cast.departments["kt-ht"])
    assert cost() == one


def test_what_is_written_is_shown_as_text(cast: Cast):
    found(cast, text="<script>alert(1)</script>", found_by="<b>tỉnh</b>")
    html = page(cast.lan)
    assert "&lt;script&gt;" in html and "<script>alert" not in html and "<b>tỉnh" not in html
