"""The queues of those who verify and approve: what waits for whom, decisions bound to what was seen, refusals."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from communes.models import Act, Statement
from communes.rules.workflow import ActKind, Stage
from communes.views import reviewing
from tests.makers import (
    HEALTH_INSURANCE,
    HUYEN,
    XA,
    Cast,
    assign,
    make_cast,
    make_person,
    post,
    signed_in,
    stated,
    step,
    typed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sent(cast: Cast) -> Statement:
    return stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)


@pytest.fixture
def verified(cast: Cast) -> Statement:
    return stated(cast, HEALTH_INSURANCE, "91", by=cast.lan, until=Stage.VERIFIED)


def decide(person, address: str, **fields: str):
    """A decision about a figure beside which no paper stood, unless `minh_chung` says which did."""
    client = signed_in(person)
    sent = {"minh-chung": "", **{name.replace("_", "-"): value for name, value in fields.items()}}
    return client.post(address, sent)


def text_of(response) -> str:
    return response.content.decode()


# ---------- thẩm tra ----------


def test_a_department_sees_what_it_leads_with_every_set_the_value_counts_for(cast: Cast, sent: Statement):
    stated(cast, "xa.1.1", "yes", by=cast.lan)  # led by another department
    html = text_of(signed_in(cast.hoa).get("/tham-tra/"))
    assert "Thẩm tra: 1 mục chờ năm 2023" in html
    assert "15.1 Xã NTM" in html
    assert "14.1 Xã NTM nâng cao" in html
    assert "xa.1.1" not in html
    assert 'name="gia-tri" value="91"' in html


def test_the_queue_belongs_to_departments_and_the_office(cast: Cast):
    statuses = {name: signed_in(getattr(cast, name)).get("/tham-tra/").status_code for name in cast_names()}
    assert statuses == {"lan": 403, "hoa": 200, "tuan": 200, "hung": 403, "dung": 403, "quan": 403}


def cast_names() -> list[str]:
    return ["lan", "hoa", "tuan", "hung", "dung", "quan"]


def test_confirming_states_the_same_and_moves_on(cast: Cast, sent: Statement):
    answer = decide(cast.hoa, f"/tham-tra/{sent.pk}/", gia_tri="91", viec="xac-nhan")
    assert answer.status_code == 302
    result = Statement.objects.get(of=sent)
    assert (result.value, result.by) == ("91", cast.hoa)
    sent.refresh_from_db()
    assert sent.stage == Stage.VERIFIED.value


def test_the_verifier_may_find_another_value_and_refuse_an_indicator(cast: Cast, sent: Statement):
    refused = {f"khong-{XA}:15.1": "on", f"vi-{XA}:15.1": "Danh sách chưa xác nhận"}
    client = signed_in(cast.hoa)
    decision = {"gia-tri": "7741/8777", "ghi-chu": "Theo BHXH", "viec": "xac-nhan", "minh-chung": "", **refused}
    client.post(f"/tham-tra/{sent.pk}/", decision)
    result = Statement.objects.get(of=sent)
    assert (result.value, result.remark) == ("88.1964", "Theo BHXH")
    assert result.refused == {f"{XA}:15.1": "Danh sách chưa xác nhận"}


def test_refusing_an_indicator_needs_its_reason(cast: Cast, sent: Statement):
    answer = signed_in(cast.hoa).post(
        f"/tham-tra/{sent.pk}/", {"gia-tri": "90", "viec": "xac-nhan", f"khong-{XA}:15.1": "on"}
    )
    assert answer.status_code == 422
    assert "Ghi lý do không công nhận chỉ tiêu 15.1." in text_of(answer)
    assert 'value="90"' in text_of(answer)


def test_a_wrong_result_is_refused_and_kept(cast: Cast, sent: Statement):
    answer = decide(cast.hoa, f"/tham-tra/{sent.pk}/", gia_tri="910", ghi_chu="đối chiếu", viec="xac-nhan")
    html = text_of(answer)
    assert answer.status_code == 422
    assert 'value="910"' in html
    assert "đối chiếu</textarea>" in html
    assert not Statement.objects.filter(of=sent).exists()


def test_returning_needs_a_reason_and_the_unit_reads_it(cast: Cast, sent: Statement):
    bare = decide(cast.hoa, f"/tham-tra/{sent.pk}/", gia_tri="91", viec="tra-lai")
    assert bare.status_code == 422
    assert "Phải ghi lý do trả lại" in text_of(bare)
    decide(cast.hoa, f"/tham-tra/{sent.pk}/", viec="tra-lai", ly_do="Minh chứng không đúng kỳ đánh giá.")
    sent.refresh_from_db()
    assert sent.stage == Stage.RETURNED.value
    assert Act.objects.last().reason == "Minh chứng không đúng kỳ đánh giá."


def test_a_decision_on_what_was_withdrawn_or_replaced_comes_too_late(cast: Cast, sent: Statement):
    step(cast, sent, ActKind.WITHDRAW, by=cast.lan)
    answer = decide(cast.hoa, f"/tham-tra/{sent.pk}/", gia_tri="91", viec="xac-nhan")
    assert answer.status_code == 409
    assert "đã rút lại" in text_of(answer)
    stated(cast, HEALTH_INSURANCE, "92", by=cast.lan)
    newer = stated(cast, HEALTH_INSURANCE, "93", by=cast.lan)
    older = Statement.objects.filter(stage=Stage.REPLACED.value).last()
    assert decide(cast.hoa, f"/tham-tra/{older.pk}/", gia_tri="92", viec="xac-nhan").status_code == 409
    assert decide(cast.hoa, f"/tham-tra/{newer.pk}/", gia_tri="93", viec="xac-nhan").status_code == 302


def test_nobody_decides_about_what_they_do_not_lead(cast: Cast, sent: Statement):
    other = make_person(username="phong-khac", full_name="Cán bộ phòng khác")
    post(other, Role.DEPARTMENT, cast.district, department=cast.departments["kt-ht"])
    statuses = {
        person.username: decide(person, f"/tham-tra/{sent.pk}/", gia_tri="91", viec="xac-nhan").status_code
        for person in (other, cast.tuan, cast.hung, cast.lan, cast.minh, cast.binh)
    }
    assert statuses == {"phong-khac": 403, "tuan": 403, "hung": 403, "lan": 404, "minh": 404, "binh": 404}
    sent.refresh_from_db()
    assert sent.stage == Stage.SUBMITTED.value


def test_who_typed_a_district_value_does_not_verify_it(cast: Cast):
    code = next(p.measure.code for _, p in cast.books.book(HUYEN).parts if p.measure.kind.value == "boolean")
    assign(district=cast.district, measure=code, lead=cast.departments["vpdp"])
    revision = stated(cast, code, "yes", by=cast.tuan, unit=cast.district)
    html = text_of(signed_in(cast.tuan).get("/tham-tra/"))
    assert "Người nhập số liệu không tự thẩm tra" in html
    answer = decide(cast.tuan, f"/tham-tra/{revision.pk}/", gia_tri="yes", viec="xac-nhan")
    assert answer.status_code == 403
    assert decide(cast.mai, f"/tham-tra/{revision.pk}/", gia_tri="yes", viec="xac-nhan").status_code == 302


def test_chosen_items_are_confirmed_together(cast: Cast, sent: Statement):
    other = stated(cast, HEALTH_INSURANCE, "88", by=cast.minh, unit=cast.ky_chau)
    stale = str(other.pk + 1000)
    answer = signed_in(cast.hoa).post("/tham-tra/", {"chon": [str(sent.pk), str(other.pk), stale]}, follow=True)
    html = text_of(answer)
    assert "Đã xác nhận thẩm tra 2 mục." in html
    assert "1 mục chưa làm được" in html
    assert Statement.objects.filter(stage=Stage.VERIFIED.value).count() == 2


def test_the_list_is_filtered_by_commune_and_year(cast: Cast, sent: Statement):
    stated(cast, HEALTH_INSURANCE, "88", by=cast.minh, unit=cast.ky_chau)
    stated(cast, HEALTH_INSURANCE, "85", by=cast.lan, year=2022)
    client = signed_in(cast.hoa)
    html = text_of(client.get("/tham-tra/", {"xa": "ky-chau"}))
    assert 'value="88"' in html
    assert 'value="91"' not in html
    assert 'value="85"' in text_of(client.get("/tham-tra/", {"nam": "2022"}))
    for year in ("99999", "abc", "2019", "20_3", "２０２３"):
        assert client.get("/tham-tra/", {"nam": year}).status_code == 400


def test_the_newest_year_with_something_for_this_very_person_is_opened(cast: Cast):
    stated(cast, HEALTH_INSURANCE, "85", by=cast.lan, year=2022)
    stated(cast, "xa.1.1", "yes", by=cast.lan, year=2023)  # another department's business
    html = text_of(signed_in(cast.hoa).get("/tham-tra/"))
    assert "Thẩm tra: 1 mục chờ năm 2022" in html
    assert "Năm 2023" not in html


def test_a_queue_reads_the_rows_of_its_year_only(cast: Cast, sent: Statement):
    stated(cast, HEALTH_INSURANCE, "85", by=cast.lan, year=2022)
    with CaptureQueriesContext(connection) as asked:
        html = text_of(signed_in(cast.hoa).get("/tham-tra/"))
    assert "Năm 2022" in html and "Năm 2023" in html
    read = [q["sql"] for q in asked if "assessment" in q["sql"] and '"remark"' in q["sql"] and "'revision'" in q["sql"]]
    assert read and all("2023" in sql for sql in read)


def test_units_departments_and_criteria_are_chosen_from_lists_with_their_numbers(cast: Cast):
    for code in ("xa.1.1", HEALTH_INSURANCE, "xa.7.1"):
        for unit, by in ((cast.ky_phu, cast.lan), (cast.ky_chau, cast.minh)):
            stated(cast, code, "91" if code == HEALTH_INSURANCE else "yes", by=by, unit=unit, until=Stage.VERIFIED)
    html = text_of(signed_in(cast.mai).get("/duyet/"))
    chips = re.findall(r'<a class="chip"[^>]*>(.*?) <b>', html)
    assert chips == ["Tất cả", "Chưa có giấy tờ", "Khác bản đã duyệt"], "frequent questions only, not 20 communes"
    units, leads, criteria = (
        re.findall(r"<option[^>]*>(.*?)</option>", html.partition(f'name="{name}"')[2].partition("</select>")[0])
        for name in ("xa", "phong", "tieu-chi")
    )
    assert units == ["mọi đơn vị", "Kỳ Phú (3)", "Kỳ Châu (3)"]
    assert leads == ["mọi cơ quan", "Phòng Kinh tế - Hạ tầng (4)", "Bảo hiểm xã hội huyện (2)"]
    assert "Tiêu chí 15 – Xã NTM (2)" in criteria


OF_A_REVISION = ["/tham-tra/", "/duyet/", "/tham-dinh/"]


@pytest.mark.parametrize("page", OF_A_REVISION)
def test_of_what_was_never_sent_not_even_the_stage_is_told(cast: Cast, page: str, monkeypatch):
    stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    draft = typed(cast, HEALTH_INSURANCE, "81,23", by=cast.lan)

    def answers() -> dict[str, int]:
        people = {name: getattr(cast, name) for name in ("hoa", "tuan", "hung", "lan", "minh")}
        address = f"{page}{draft.pk}/"
        return {name: decide(person, address, viec="duyet", bo=XA).status_code for name, person in people.items()}

    assert answers() == dict.fromkeys(("hoa", "tuan", "hung", "lan", "minh"), 404)
    monkeypatch.setattr(reviewing, "revision_was_sent", lambda pk: True)
    assert {answers()[name] for name in ("hoa", "tuan", "hung")} <= {403, 409}, "the guard is what hides it"


def test_who_decides_on_what_was_drawn_back_is_told_no_more_than_that(cast: Cast, sent: Statement):
    step(cast, sent, ActKind.WITHDRAW, by=cast.lan)
    # Put before its chairman meanwhile (as `tests/communes/test_sending_views.py` tells in full).
    Statement.objects.filter(pk=sent.pk).update(stage=Stage.PROPOSED.value)
    answer = decide(cast.hoa, f"/tham-tra/{sent.pk}/", gia_tri="91", viec="xac-nhan")
    assert answer.status_code == 409
    assert Stage.WITHDRAWN.label in text_of(answer) and Stage.PROPOSED.label not in text_of(answer)


@pytest.mark.parametrize("page", ["/tham-tra/", "/duyet/"])
def test_hostile_ids_are_refused_in_vietnamese(cast: Cast, page: str):
    client = signed_in(cast.tuan)
    for path, status in ((f"{page}{'9' * 20}/", 404), (f"{page}0/", 404), (f"{page}123456/", 404)):
        answer = client.post(path, {"viec": "duyet"})
        assert answer.status_code == status
        assert 'lang="vi"' in text_of(answer)
    for chosen in ("x", "9" * 20, "1:y", "-1", "1\x00"):
        assert client.post(page, {"chon": chosen}).status_code == 400


def test_a_decision_without_its_kind_is_a_bad_request(cast: Cast, sent: Statement):
    assert decide(cast.hoa, f"/tham-tra/{sent.pk}/", gia_tri="91").status_code == 400


# ---------- duyệt ----------


def test_approval_shows_the_stated_value_beside_the_result(cast: Cast):
    revision = stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    decide(cast.hoa, f"/tham-tra/{revision.pk}/", gia_tri="88,2", viec="xac-nhan")
    html = text_of(signed_in(cast.mai).get("/duyet/"))
    assert "báo cáo 91" in html
    assert "thẩm tra <b>88,2" in html
    assert "Phan Thị Hoa" in html


def test_the_office_approves_the_result_that_was_seen(cast: Cast, verified: Statement):
    result = Statement.objects.get(of=verified)
    answer = decide(cast.mai, f"/duyet/{verified.pk}/", viec="duyet", ket_qua=str(result.pk))
    assert answer.status_code == 302
    verified.refresh_from_db()
    assert verified.stage == Stage.APPROVED.value


def test_an_approval_of_another_result_than_the_one_seen_is_stale(cast: Cast, verified: Statement):
    first = Statement.objects.get(of=verified)
    step(cast, verified, ActKind.RETURN_TO_LEAD, by=cast.mai, reason="Chênh số")
    decide(cast.hoa, f"/tham-tra/{verified.pk}/", gia_tri="88", viec="xac-nhan")
    answer = decide(cast.mai, f"/duyet/{verified.pk}/", viec="duyet", ket_qua=str(first.pk))
    assert answer.status_code == 409
    assert "vừa thay đổi" in text_of(answer)
    verified.refresh_from_db()
    assert verified.stage == Stage.VERIFIED.value


def test_approval_goes_back_to_the_lead_or_the_unit_with_a_reason(cast: Cast, verified: Statement):
    result = str(Statement.objects.get(of=verified).pk)
    assert decide(cast.mai, f"/duyet/{verified.pk}/", viec="tra-co-quan", ket_qua=result).status_code == 422
    decide(cast.mai, f"/duyet/{verified.pk}/", viec="tra-co-quan", ket_qua=result, ly_do_khac="Xem lại nguồn")
    verified.refresh_from_db()
    assert verified.stage == Stage.SUBMITTED.value
    assert "Xem lại nguồn" in text_of(signed_in(cast.hoa).get("/tham-tra/"))
    step(cast, verified, ActKind.VERIFY, by=cast.hoa)
    newest = str(Statement.objects.filter(of=verified).latest("pk").pk)
    decide(cast.mai, f"/duyet/{verified.pk}/", viec="tra-don-vi", ket_qua=newest, ly_do_khac="Thiếu danh sách")
    verified.refresh_from_db()
    assert verified.stage == Stage.RETURNED.value


def test_who_verified_does_not_approve_and_reads_why(cast: Cast):
    code = next(p.measure.code for _, p in cast.books.book(XA).parts if p.measure.kind.value == "boolean")
    assign(district=cast.district, measure=code, lead=cast.departments["vpdp"])
    revision = stated(cast, code, "yes", by=cast.lan, until=Stage.VERIFIED, verifier=cast.tuan)
    html = text_of(signed_in(cast.tuan).get("/duyet/"))
    assert "Người đã thẩm tra không duyệt kết quả của chính mình." in html
    result = str(Statement.objects.get(of=revision).pk)
    assert decide(cast.tuan, f"/duyet/{revision.pk}/", viec="duyet", ket_qua=result).status_code == 403
    chosen = signed_in(cast.tuan).post("/duyet/", {"chon": f"{revision.pk}:{result}:"}, follow=True)
    assert "1 mục chưa làm được" in text_of(chosen)
    chosen = signed_in(cast.mai).post("/duyet/", {"chon": f"{revision.pk}:{result}:"}, follow=True)
    assert "Đã duyệt 1 mục." in text_of(chosen)


def test_a_leader_approves_for_the_district_and_not_for_a_commune(cast: Cast, verified: Statement):
    code = next(p.measure.code for _, p in cast.books.book(HUYEN).parts if p.measure.kind.value == "boolean")
    assign(district=cast.district, measure=code, lead=cast.departments["bhxh"])
    own = stated(cast, code, "yes", by=cast.hoa, unit=cast.district, until=Stage.VERIFIED, verifier=cast.tuan)
    html = text_of(signed_in(cast.hung).get("/duyet/"))
    assert "Duyệt: 1 mục chờ" in html
    results = {revision.pk: str(Statement.objects.get(of=revision).pk) for revision in (own, verified)}
    statuses = [
        decide(cast.hung, f"/duyet/{pk}/", viec="duyet", ket_qua=result).status_code for pk, result in results.items()
    ]
    assert statuses == [302, 403]


def test_the_approval_queue_is_for_the_office_and_leaders(cast: Cast):
    statuses = {name: signed_in(getattr(cast, name)).get("/duyet/").status_code for name in cast_names()}
    assert statuses == {"lan": 403, "hoa": 403, "tuan": 200, "hung": 200, "dung": 403, "quan": 403}
