"""The three panes: the next item comes by itself, papers are part of what was seen, what was asked stands beside."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Notice
from communes.actions import moving
from communes.models import Act, Attachment, BaseFigure, Evidence, Statement
from communes.rules.workflow import ActKind, Stage
from criteria.models import BaseQuantity, Measure
from tests.communes.papers import lay_paper, scan_again, take_away
from tests.makers import HEALTH_INSURANCE, TODAY, XA, YEAR, Cast, assign, make_cast, signed_in, stated, step

pytestmark = pytest.mark.django_db
CHANGED = "Minh chứng vừa thay đổi"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sent(cast: Cast) -> Statement:
    return stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)


def text_of(response) -> str:
    return response.content.decode()


def form_of(html: str) -> dict[str, str]:
    """What the open item's form would send besides the typed fields."""
    form = html[html.index("data-decision") :]
    return {name: re.search(rf'name="{name}" value="([^"]*)"', form).group(1) for name in ("minh-chung", "giay-to")}


def look(cast: Cast, person, page: str = "/tham-tra/") -> dict[str, str]:
    return form_of(text_of(signed_in(person).get(page)))


def verify(cast: Cast, revision: Statement, seen: dict[str, str], **more: str):
    decision = {"gia-tri": "91", "viec": "xac-nhan", **seen, **more}
    return signed_in(cast.hoa).post(f"/tham-tra/{revision.pk}/", decision)


# ---------- the next item ----------


def percents(cast: Cast, count: int) -> list[str]:
    codes = [p.measure.code for _, p in cast.books.book(XA).parts if p.measure.kind.value == "percent"][:count]
    for code in codes:
        assign(district=cast.district, measure=code, lead=cast.departments["bhxh"])
    return codes


def test_after_a_decision_the_next_item_of_the_same_list_opens(cast: Cast):
    rows = [stated(cast, code, "90", by=cast.lan) for code in percents(cast, 3)]
    neighbour = stated(cast, HEALTH_INSURANCE, "88", by=cast.minh, unit=cast.ky_chau)
    client = signed_in(cast.hoa)
    address = f"/tham-tra/{rows[1].pk}/?xa=ky-phu&nam=2023"
    answer = client.post(address, {"gia-tri": "90", "viec": "xac-nhan", "minh-chung": ""})
    assert answer["Location"] == f"/tham-tra/?nam=2023&xa=ky-phu&muc={rows[2].pk}"
    html = text_of(client.get(answer["Location"]))
    assert f'action="/tham-tra/{rows[2].pk}/' in html and "desk chosen" in html
    # From the last one back to the one before it; after the only one to the list.
    last = client.post(f"/tham-tra/{rows[2].pk}/?xa=ky-phu", {"gia-tri": "90", "viec": "xac-nhan", "minh-chung": ""})
    assert last["Location"].endswith(f"muc={rows[0].pk}")
    only = client.post(f"/tham-tra/{rows[0].pk}/?xa=ky-phu", {"gia-tri": "90", "viec": "xac-nhan", "minh-chung": ""})
    assert only["Location"] == "/tham-tra/?nam=2023&xa=ky-phu"
    html = text_of(client.get(only["Location"]))
    assert "Không có mục nào khớp bộ lọc" in html and "0 trong 1 mục chờ" in html
    assert neighbour.stage == Stage.SUBMITTED.value


def test_with_script_the_browser_is_told_where_it_stands_and_what_was_done(cast: Cast):
    rows = [stated(cast, code, "90", by=cast.lan) for code in percents(cast, 2)]
    client, asked = signed_in(cast.hoa), {"HX-Request": "true"}
    decision = {"gia-tri": "90", "viec": "xac-nhan", "minh-chung": ""}
    answer = client.post(f"/tham-tra/{rows[0].pk}/", decision, headers=asked)
    shown = client.get(answer["Location"], headers=asked)
    assert shown["HX-Push-Url"] == f"/tham-tra/?nam=2023&muc={rows[1].pk}"
    assert "ntm:toast" in shown["HX-Trigger"]


def test_an_item_that_is_gone_is_said_and_the_list_opens(cast: Cast, sent: Statement):
    client = signed_in(cast.hoa)
    html = text_of(client.get(f"/tham-tra/?muc={sent.pk + 999}"))
    assert "vừa chuyển bước" in html and f"muc={sent.pk}" in html
    for junk in ("x", "9" * 20, "1\x00", "-1"):
        assert client.get("/tham-tra/", {"muc": junk}).status_code == 400


def test_a_phone_sees_the_list_first(cast: Cast, sent: Statement):
    client = signed_in(cast.hoa)
    assert "desk chosen" not in text_of(client.get("/tham-tra/"))
    assert "desk chosen" in text_of(client.get(f"/tham-tra/?muc={sent.pk}"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"giay": "co"}, ["91"]),
        ({"giay": "khong"}, ["88"]),
        ({"xa": "ky-chau"}, ["88"]),
        ({"tieu-chi": f"{XA}:15"}, ["91", "88"]),
        ({"tieu-chi": f"{XA}:1"}, []),
        ({"cho": "7"}, []),
        ({"cho": "x\x01"}, ["91", "88"]),
        ({"doi": "1"}, ["91", "88"]),
        ({"gui-lai": "1"}, []),
        ({"phong": "kt-ht"}, []),
    ],
)
def test_the_list_is_narrowed_by_what_a_reviewer_asks(cast: Cast, sent: Statement, query, found: list[str]):
    stated(cast, HEALTH_INSURANCE, "88", by=cast.minh, unit=cast.ky_chau)
    lay_paper(sent, "Danh sách", by=cast.lan)
    html = text_of(signed_in(cast.hoa).get("/tham-tra/", query))
    assert re.findall(r"báo cáo <b>(\d+)", html) == found


# ---------- papers are part of what was seen ----------


def added(cast: Cast, sent: Statement) -> None:
    lay_paper(sent, "Biên bản đối chiếu", by=cast.lan, content="b")


def removed(cast: Cast, sent: Statement) -> None:
    take_away(Attachment.objects.get(), by=cast.lan)


def replaced(cast: Cast, sent: Statement) -> None:
    scan_again(Evidence.objects.get(), "c", by=cast.lan)


MEANWHILE = {
    added: "thêm “Biên bản đối chiếu” (Nguyễn Thị Lan)",
    removed: "gỡ “Danh sách thẻ” (Nguyễn Thị Lan)",
    replaced: "thay tệp của “Danh sách thẻ”",
}


@pytest.mark.parametrize("change", MEANWHILE)
def test_papers_that_changed_since_the_look_stop_the_decision_and_are_named(cast: Cast, sent: Statement, change):
    lay_paper(sent, "Danh sách thẻ", by=cast.lan)
    seen = look(cast, cast.hoa)
    change(cast, sent)
    answer = verify(cast, sent, seen)
    assert answer.status_code == 409
    html = text_of(answer)
    assert f"{CHANGED}: {MEANWHILE[change]}" in html.replace("&quot;", '"')
    sent.refresh_from_db()
    assert sent.stage == Stage.SUBMITTED.value and not Act.objects.filter(kind=ActKind.VERIFY.value).exists()
    # The page that answered shows what stands now: decided from there, it goes through.
    assert verify(cast, sent, form_of(html)).status_code == 302


@pytest.mark.parametrize("change", MEANWHILE)
def test_without_the_mark_the_same_decision_would_go_through(cast: Cast, sent: Statement, change, monkeypatch):
    """Positive control: it is the mark that stops it."""
    lay_paper(sent, "Danh sách thẻ", by=cast.lan)
    seen = look(cast, cast.hoa)
    change(cast, sent)
    bound = moving.Seen
    monkeypatch.setattr("communes.views.reviewing.Seen", lambda pk, result, _: bound(pk, result, None))
    assert verify(cast, sent, seen).status_code == 302
    sent.refresh_from_db()
    assert sent.stage == Stage.VERIFIED.value


def test_returning_and_approving_bind_to_the_papers_too(cast: Cast, sent: Statement):
    seen = look(cast, cast.hoa)
    added(cast, sent)
    assert verify(cast, sent, seen, **{"viec": "tra-lai", "ly-do": "Thiếu"}).status_code == 409
    step(cast, sent, ActKind.VERIFY, by=cast.hoa)
    seen, result = look(cast, cast.mai, "/duyet/"), str(Statement.objects.get(of=sent).pk)
    replaced(cast, sent)
    client = signed_in(cast.mai)
    answer = client.post(f"/duyet/{sent.pk}/", {"viec": "duyet", "ket-qua": result, **seen})
    assert answer.status_code == 409 and CHANGED in text_of(answer)


def test_chosen_together_they_bind_to_the_papers_as_well(cast: Cast, sent: Statement):
    other = stated(cast, HEALTH_INSURANCE, "88", by=cast.minh, unit=cast.ky_chau)
    client = signed_in(cast.hoa)
    chosen = re.findall(r'name="chon" value="([^"]*)"', text_of(client.get("/tham-tra/")))
    added(cast, sent)
    html = text_of(client.post("/tham-tra/", {"chon": chosen}, follow=True))
    assert "Đã xác nhận thẩm tra 1 mục." in html and CHANGED in html
    other.refresh_from_db(), sent.refresh_from_db()
    assert (other.stage, sent.stage) == (Stage.VERIFIED.value, Stage.SUBMITTED.value)


def test_a_decision_that_names_no_papers_is_a_bad_request(cast: Cast, sent: Statement):
    answer = signed_in(cast.hoa).post(f"/tham-tra/{sent.pk}/", {"gia-tri": "91", "viec": "xac-nhan"})
    assert answer.status_code == 400


@pytest.mark.parametrize("junk", ["x", "1.2.3 4", "1." * 3000, "\x00", "9" * 40 + ".aaaaaa"])
def test_a_forged_list_of_papers_only_words_the_refusal(cast: Cast, sent: Statement, junk: str):
    added(cast, sent)
    answer = verify(cast, sent, {"minh-chung": "0" * 16, "giay-to": junk})
    assert answer.status_code in (400, 409)


# ---------- what stands beside ----------


def test_the_last_approved_and_last_years_value_stand_beside_with_the_difference(cast: Cast):
    stated(cast, HEALTH_INSURANCE, "90", by=cast.lan, year=2022, until=Stage.APPROVED)
    stated(cast, HEALTH_INSURANCE, "88,2", by=cast.lan, until=Stage.APPROVED)
    stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    html = text_of(signed_in(cast.hoa).get("/tham-tra/"))
    assert re.search(r"Đã duyệt gần nhất</dt><dd>88,2.*?số mới tăng 2,8 điểm phần trăm<", html)
    assert re.search(r"Năm 2022</dt><dd>90.*?số mới tăng 1 điểm phần trăm<", html)
    assert "Nguyễn Thị Lan, xã Kỳ Phú" in html


def test_an_improbable_jump_is_said(cast: Cast):
    stated(cast, HEALTH_INSURANCE, "60", by=cast.lan, year=2022, until=Stage.APPROVED)
    stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    assert "Tăng 31 điểm phần trăm so với năm trước." in text_of(signed_in(cast.hoa).get("/tham-tra/"))


def test_a_yes_that_became_a_no_is_said(cast: Cast):
    assign(district=cast.district, measure="xa.8.1", lead=cast.departments["bhxh"])
    stated(cast, "xa.8.1", "Đạt", by=cast.lan, year=2022, until=Stage.VERIFIED)
    stated(cast, "xa.8.1", "Chưa đạt", by=cast.lan)
    assert "Từ “Đạt” thành “Chưa đạt” so với năm trước." in text_of(signed_in(cast.hoa).get("/tham-tra/"))


def test_who_verifies_and_who_approves_see_the_denominator_warning_that_the_commune_saw(cast: Cast):
    quantity = BaseQuantity.objects.get(code=Measure.objects.get(code=HEALTH_INSURANCE).denominator)
    BaseFigure.objects.create(
        unit=cast.ky_phu, quantity=quantity, year=YEAR, value=120, by=cast.lan, on=TODAY, at=timezone.now()
    )
    row = stated(cast, HEALTH_INSURANCE, "50", by=cast.lan)
    Statement.objects.filter(pk=row.pk).update(numerator=50, denominator=100)
    said = f"Mẫu số 100 khác số liệu nền 120\N{NO-BREAK SPACE}{quantity.unit}."
    desk = text_of(signed_in(cast.hoa).get("/tham-tra/"))
    assert f"<span>{said}</span>" in desk and f"cần xem kỹ: {said}" in desk
    assert "Cần xem kỹ" in desk and len(signed_in(cast.hoa).get("/tham-tra/?canh-bao=1").context["queue"].cards) == 1
    step(cast, row, ActKind.VERIFY, by=cast.hoa)
    assert said in text_of(signed_in(cast.mai).get("/duyet/"))


def test_a_denominator_as_the_base_data_say_is_no_matter(cast: Cast, sent: Statement):
    desk = text_of(signed_in(cast.hoa).get("/tham-tra/"))
    assert "Mẫu số" not in desk and "Cần xem kỹ" not in desk


# ---------- what is wrong stands where it is mended ----------


def test_a_missing_reason_is_said_at_the_box_of_the_reason(cast: Cast, sent: Statement):
    answer = verify(cast, sent, look(cast, cast.hoa), viec="tra-lai")
    html = text_of(answer)
    assert answer.status_code == 422
    box = html[html.index('<fieldset class="back"') :]
    assert re.search(rf'class="errs" id="loi-{sent.pk}" role="alert">.*?Phải ghi lý do trả lại', box, re.S)
    assert re.search(rf'<textarea [^>]*aria-invalid="true" aria-describedby="loi-{sent.pk}" autofocus', box)
    assert html.count("Phải ghi lý do") == 1


def test_a_result_that_cannot_be_read_is_said_at_its_field(cast: Cast, sent: Statement):
    html = text_of(verify(cast, sent, look(cast, cast.hoa), **{"gia-tri": "chín mốt"}))
    assert re.search(rf'<input [^>]*value="chín mốt"[^>]*aria-describedby="loi-{sent.pk}" autofocus', html)


def test_a_refused_indicator_without_a_reason_keeps_its_tick(cast: Cast, sent: Statement):
    name = f"{XA}:15.1"
    html = text_of(verify(cast, sent, look(cast, cast.hoa), **{f"khong-{name}": "on", "ghi-chu": "Xem lại"}))
    assert f'name="khong-{name}" checked' in html and ">Xem lại</textarea>" in html
    assert re.search(rf'name="vi-{name}"[^>]*aria-describedby="loi-{sent.pk}-{name}" autofocus', html)


def test_of_two_refused_without_a_reason_each_has_its_own_message_and_the_first_the_cursor(
    cast: Cast, sent: Statement
):
    look_now = look(cast, cast.hoa)
    names = re.findall(r'name="khong-([^"]+)"', text_of(signed_in(cast.hoa).get(f"/tham-tra/?muc={sent.pk}")))
    assert len(names) >= 2
    html = text_of(verify(cast, sent, look_now, **{f"khong-{name}": "on" for name in names}))
    ids = re.findall(rf'id="(loi-{sent.pk}[^"]*)"', html)
    assert ids == [f"loi-{sent.pk}-{name}" for name in names] and html.count(" autofocus") == 1


def test_a_return_says_to_whom_it_went(cast: Cast, sent: Statement):
    client = signed_in(cast.hoa)
    decision = {"gia-tri": "91", "viec": "tra-lai", "ly-do-khac": "Sai ngày", **look(cast, cast.hoa)}
    done = client.post(f"/tham-tra/{sent.pk}/", decision, follow=True)
    assert "Đã trả lại xã Kỳ Phú: 15.1 Xã NTM." in text_of(done)


def test_a_return_says_by_when_it_shall_come_back(cast: Cast, sent: Statement):
    decision = {"viec": "tra-lai", "ly-do": "Thiếu căn cứ", **look(cast, cast.hoa)}
    gone = verify(cast, sent, decision, **{"han-sua": "1/10/2023"})
    assert gone.status_code == 422 and "Hạn sửa đã qua" in text_of(gone)
    unread = verify(cast, sent, decision, **{"han-sua": "mai"})
    assert unread.status_code == 422 and 'value="mai"' in text_of(unread) and "Thiếu căn cứ" in text_of(unread)
    assert verify(cast, sent, decision, **{"han-sua": "20/10/2023"}).status_code == 302
    assert Act.objects.get(kind=ActKind.RETURN.value).mend_by == date(2023, 10, 20)
    lan = signed_in(cast.lan)
    assert "Hạn sửa 20/10/2023" in text_of(lan.get(f"/xa/ky-phu/danh-gia/{XA}/{YEAR}/"))
    assert "20/10/2023" in text_of(lan.get("/viec-cua-toi/"))


def test_a_day_typed_beside_an_agreement_asks_for_nothing(cast: Cast, sent: Statement):
    verify(cast, sent, look(cast, cast.hoa), **{"han-sua": "20/10/2023"})
    assert Act.objects.get(kind=ActKind.VERIFY.value).mend_by is None


def test_the_office_says_to_whom_it_returned(cast: Cast, sent: Statement):
    step(cast, sent, ActKind.VERIFY, by=cast.hoa)
    client = signed_in(cast.mai)
    html = text_of(client.get("/duyet/"))
    seen = {**form_of(html), "ket-qua": re.search(r'name="ket-qua" value="(\d+)"', html).group(1)}
    done = client.post(f"/duyet/{sent.pk}/", {"viec": "tra-co-quan", "ly-do-khac": "Xem lại", **seen}, follow=True)
    assert "Đã trả lại Bảo hiểm xã hội huyện thẩm tra lại: 15.1 Xã NTM của xã Kỳ Phú." in text_of(done)


def test_what_was_sent_again_shows_what_was_asked_and_what_changed(cast: Cast, sent: Statement):
    step(cast, sent, ActKind.RETURN, by=cast.hoa, reason="Danh sách chốt sai ngày")
    assert Notice.objects.filter(person=cast.lan).exists()
    again = stated(cast, HEALTH_INSURANCE, "90,5", by=cast.lan)
    lay_paper(again, "Danh sách mới", by=cast.lan)
    html = text_of(signed_in(cast.hoa).get("/tham-tra/"))
    assert "Phan Thị Hoa, Bảo hiểm xã hội huyện đã trả ngày 15/10/2023: “Danh sách chốt sai ngày”" in html
    assert re.search(r"Từ đó đã đổi: số liệu 91.% thành 90,5.%; thêm 1 giấy tờ\.", html)
    assert ">gửi lại<" in html
    step(cast, again, ActKind.RETURN, by=cast.hoa, reason="Vẫn sai")
    step(cast, again, ActKind.SUBMIT, by=cast.lan)
    html = text_of(signed_in(cast.hoa).get("/tham-tra/"))
    assert "Vẫn sai" in html and "Từ đó chưa đổi gì." in html


def test_after_an_approval_a_new_figure_is_not_called_sent_again(cast: Cast, sent: Statement):
    step(cast, sent, ActKind.RETURN, by=cast.hoa, reason="Sai")
    stated(cast, HEALTH_INSURANCE, "90", by=cast.lan, until=Stage.APPROVED)
    stated(cast, HEALTH_INSURANCE, "92", by=cast.lan)
    assert "Gửi lại." not in text_of(signed_in(cast.hoa).get("/tham-tra/"))


def test_what_is_returned_names_the_department_as_well_as_the_person(cast: Cast, sent: Statement):
    step(cast, sent, ActKind.RETURN, by=cast.hoa, reason="Danh sách chốt sai ngày")
    html = text_of(signed_in(cast.lan).get(f"/xa/ky-phu/danh-gia/{XA}/2023/"))
    assert "Phan Thị Hoa, Bảo hiểm xã hội huyện trả lại 15/10/2023" in html


def test_only_what_was_returned_has_to_be_done_again(cast: Cast):
    parts = {p.measure.code: p.measure for _, p in cast.books.book(XA).parts}
    values = {"percent": "90", "boolean": "yes"}

    def plausible(code: str) -> str:
        return parts[code].scale[0] if parts[code].scale else values.get(parts[code].kind.value, "50")

    rows = {code: stated(cast, code, plausible(code), by=cast.lan) for code in parts}
    assert len(rows) >= 50
    before = {code: (row.pk, row.stage) for code, row in rows.items()}
    step(cast, rows[HEALTH_INSURANCE], ActKind.RETURN, by=cast.hoa, reason="Sai kỳ")
    after = {code: Statement.objects.get(pk=row.pk) for code, row in rows.items()}
    changed = [code for code, row in after.items() if (row.pk, row.stage) != before[code]]
    assert changed == [HEALTH_INSURANCE]
    assert after[HEALTH_INSURANCE].stage == Stage.RETURNED.value


def test_the_desk_costs_the_same_for_one_item_and_for_many(cast: Cast, sent: Statement):
    """36 at most, in one page: the list with its papers, returns, earlier values and base data (26), and the open item
    with its papers, findings and talk (8), the bell and the menu."""
    client = signed_in(cast.hoa)
    lay_paper(sent, "Danh sách", by=cast.lan)
    client.get("/tham-tra/")

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/tham-tra/").status_code == 200
        return len(asked)

    one = cost()
    for code in percents(cast, 12):
        if code != HEALTH_INSURANCE:
            stated(cast, code, "80", by=cast.lan, year=2022, until=Stage.APPROVED, on=date(2022, 10, 1))
            row = stated(cast, code, "90", by=cast.lan)
            lay_paper(row, f"Danh sách {code}", by=cast.lan)
            step(cast, row, ActKind.RETURN, by=cast.hoa, reason="Sai")
            step(cast, row, ActKind.SUBMIT, by=cast.lan)
    assert re.search(r"1\d mục chờ", text_of(client.get("/tham-tra/")))
    assert cost() == one
    assert one <= 36
