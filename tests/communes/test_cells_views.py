"""Saving one cell: the part that comes back, refusals with their sentence, conflicts, an ended session."""

import json

import pytest
from django.test import Client

from communes.models import Assessment, Statement
from communes.rules.workflow import ActKind
from tests.makers import HEALTH_INSURANCE, HUYEN, XA, XA_NC, Cast, assign, make_cast, signed_in, stated, step, typed

pytestmark = pytest.mark.django_db
SHEET = f"/xa/ky-phu/danh-gia/{XA}/2023/"
HX = {"HX-Request": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def save(client: Client, value: str, *, measure: str = HEALTH_INSURANCE, version: str = "0", **more: str):
    data = {f"v-{measure}": value, f"p-{measure}": version, **{f"{k}-{measure}": v for k, v in more.items()}}
    return client.post(f"{SHEET}o/{measure}/", data, headers=HX)


def test_a_saved_cell_answers_its_row_with_the_verdict_and_the_heads_out_of_band(cast: Cast):
    answer = save(signed_in(cast.lan), "88,2", g="Chốt 30/9")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.strip().startswith('<tbody id="r-bhyt"')
    assert 'class="v v-c b1' in html
    assert "Đã lưu" in html
    assert '<tbody id="h-15" hx-swap-oob="true">' in html
    assert 'id="dau-phieu" hx-swap-oob="true"' in html
    assert "Đã nhập 1/57" in html
    assert "gửi đi sẽ chưa đạt" in html
    assert 'name="p-bhyt" form="phieu" value="1"' in html
    assert Statement.objects.get().remark == "Chốt 30/9"


def test_saving_a_cell_asks_a_constant_number_of_queries(cast: Cast, django_assert_max_num_queries):
    client = signed_in(cast.lan)
    client.get(SHEET)
    for _, part in cast.books.book(XA).parts[:10]:
        if part.measure.kind.value == "boolean":
            stated(cast, part.measure.code, "yes", by=cast.lan)
    with django_assert_max_num_queries(60):
        save(client, "88,2")


def test_a_share_is_kept_with_its_numerator_and_denominator(cast: Cast):
    html = save(signed_in(cast.lan), "7741/8777").content.decode()
    assert 'value="7741/8777"' in html
    assert "= 88,2" in html
    assert Statement.objects.get().value == "88.1964"


def test_nobody_to_count_is_an_exemption_with_its_reason(cast: Cast):
    html = save(signed_in(cast.lan), "0/0").content.decode()
    stated_now = Statement.objects.get()
    assert stated_now.value is None
    assert (stated_now.exemption, stated_now.exemption_reason) == ("no_subject", "Mẫu số bằng 0")
    assert 'value="0/0"' in html
    assert "không có đối tượng" in html
    assert 'class="v v-k b1' in html


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("992", "Có phải anh/chị muốn nhập 99,2"),
        ("1.500", "có thể là"),
        ("9000/8777", "lớn hơn mẫu số"),
        ("5/0", "lớn hơn mẫu số"),
        ("NaN", "không phải là số"),
        ("1\x00", None),
        ("9" * 60000, "dài quá"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_sentence_and_stays_in_the_field(
    cast: Cast, value: str, sentence: str | None
):
    answer = save(signed_in(cast.lan), value)
    if sentence is None:  # a control character is dropped, and the number is a number
        assert answer.status_code == 200
        return
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html
    assert f'value="{value}"' in html
    assert not Statement.objects.exists()


def test_a_long_remark_is_refused_and_kept(cast: Cast):
    answer = save(signed_in(cast.lan), "90", g="ă" * 2500)
    assert answer.status_code == 422
    assert "ă" * 2500 in answer.content.decode()


def test_a_stale_version_shows_both_values_and_asks(cast: Cast):
    client = signed_in(cast.lan)
    typed(cast, HEALTH_INSURANCE, "84,9", by=cast.lan)
    answer = save(client, "86,2", version="0")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Nguyễn Thị Lan vừa lưu 84,9" in html
    assert "Giữ 86,2 % của tôi" in html
    assert "Lấy 84,9" in html
    assert 'name="p-bhyt" form="phieu" value="1"' in html
    taken = save(client, "86,2", version="1", **{}).status_code
    assert taken == 200
    assert Assessment.objects.get().current.value == "86.2"


def test_taking_the_other_value_saves_nothing(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "84,9", by=cast.lan)
    data = {f"v-{HEALTH_INSURANCE}": "86,2", f"p-{HEALTH_INSURANCE}": "0", "lay": HEALTH_INSURANCE}
    html = signed_in(cast.lan).post(f"{SHEET}o/{HEALTH_INSURANCE}/", data, headers=HX).content.decode()
    assert 'value="84,9"' in html
    assert Statement.objects.count() == 1


def test_the_same_value_twice_is_no_conflict(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "86,2", by=cast.lan)
    assert save(signed_in(cast.lan), "86,2", version="0").status_code == 200
    assert Statement.objects.count() == 1


def test_an_exemption_needs_the_law_or_a_grant(cast: Cast):
    client = signed_in(cast.lan)
    refused = save(client, "", x="on", l="Không có")
    assert refused.status_code == 422
    assert "cho phép bằng văn bản" in refused.content.decode()
    allowed = save(client, "", measure="xa.13.4", x="on")
    assert allowed.status_code == 200, allowed.content.decode()[:2000]
    stated_now = Statement.objects.get()
    assert (stated_now.exemption, stated_now.exemption_reason) == ("not_applicable", "Xã không có làng nghề")


def test_editing_an_approved_value_begins_a_draft_and_the_approved_one_stands(cast: Cast):
    revision = stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    step(cast, revision, ActKind.VERIFY, by=cast.hoa)
    step(cast, revision, ActKind.APPROVE, by=cast.mai)
    version = str(Assessment.objects.get().version)
    html = save(signed_in(cast.lan), "92", version=version).content.decode()
    assert "Đã lưu" in html
    revision.refresh_from_db()
    assert revision.stage == "approved"


def test_a_returned_cell_tells_why_and_by_whom(cast: Cast):
    revision = stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    step(cast, revision, ActKind.RETURN, by=cast.hoa, reason="Danh sách chốt 31/8")
    html = signed_in(cast.lan).get(SHEET, {"loc": "tra-lai"}).content.decode()
    assert "Phan Thị Hoa, " in html and " trả lại" in html, "the person and the department"
    assert "Danh sách chốt 31/8" in html
    assert "Gửi lại 15.1" in html


def test_those_who_may_not_type_are_told_who_does(cast: Cast):
    for person, status in ((cast.tuan, 403), (cast.hoa, 403), (cast.hung, 403), (cast.minh, 404), (cast.binh, 404)):
        answer = save(signed_in(person), "91")
        assert answer.status_code == status
        if status == 403:
            assert "Chỉ cán bộ của xã nhập số liệu này." in answer.content.decode()
    assert not Statement.objects.exists()


def test_a_department_saves_the_district_measure_it_leads_and_no_other(cast: Cast):
    codes = [part.measure.code for _, part in cast.books.book(HUYEN).parts if part.measure.kind.value == "boolean"]
    assign(district=cast.district, measure=codes[0], lead=cast.departments["bhxh"])
    client = signed_in(cast.hoa)
    for code, status in ((codes[0], 200), (codes[1], 403)):
        url = f"/huyen/danh-gia/{HUYEN}/2023/o/{code}/"
        assert client.post(url, {f"v-{code}": "yes", f"p-{code}": "0"}, headers=HX).status_code == status


def test_an_ended_session_answers_a_part_with_401_and_a_page_with_the_login(cast: Cast):
    assert save(Client(), "91").status_code == 401
    plain = Client().post(f"{SHEET}o/{HEALTH_INSURANCE}/")
    assert plain.status_code == 302
    assert plain.url.startswith("/dang-nhap/")


@pytest.mark.parametrize("version", ["", "x", "-1", "1.5", "9" * 20, "１"])
def test_a_version_of_a_wrong_type_is_a_bad_request(cast: Cast, version: str):
    assert save(signed_in(cast.lan), "91", version=version).status_code == 400


def test_a_measure_of_another_set_is_not_found(cast: Cast):
    only_advanced = next(p.measure.code for _, p in cast.books.book(XA_NC).parts if p.measure.code.startswith("xa-nc."))
    client = signed_in(cast.lan)
    for code in (only_advanced, "khong.co"):
        assert client.post(f"{SHEET}o/{code}/", {f"p-{code}": "0"}, headers=HX).status_code == 404


def test_one_row_is_sent_as_a_part(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    data = {"chi": HEALTH_INSURANCE, f"v-{HEALTH_INSURANCE}": "91", f"p-{HEALTH_INSURANCE}": "1"}
    html = signed_in(cast.lan).post(SHEET + "gui/", data, headers=HX).content.decode()
    assert "Chờ thẩm tra" in html
    assert "Rút lại" in html


def test_a_row_that_somebody_changed_is_not_sent_unseen(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    seen = signed_in(cast.lan).get(SHEET).context["desk"].rows[HEALTH_INSURANCE]
    typed(cast, HEALTH_INSURANCE, "70", by=cast.lan)
    data = {
        "chi": HEALTH_INSURANCE, f"v-{HEALTH_INSURANCE}": "91", f"p-{HEALTH_INSURANCE}": str(seen.version),
        f"o-{HEALTH_INSURANCE}": seen.seen,
    }  # fmt: skip
    answer = signed_in(cast.lan).post(SHEET + "gui/", data, headers=HX)
    assert answer.status_code == 422
    assert "vừa sửa mục này" in answer.content.decode()
    assert Assessment.objects.get().current.stage == "draft"


# ---------- in a real browser ----------


def open_sheet(page, live_server, person, url: str = SHEET) -> list[str]:
    """Signed in by cookie, the sheet open; returns the list of console complaints, which must stay empty."""
    client = signed_in(person)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live_server.url + url)
    return complaints


@pytest.mark.django_db(transaction=True)
def test_typing_down_a_column_saves_each_cell_and_pasting_fills_it(page, live_server, cast: Cast):
    complaints = open_sheet(page, live_server, cast.lan)
    page.fill('[id="v-r-bhyt"]', "88,2")
    page.press('[id="v-r-bhyt"]', "Enter")
    page.wait_for_selector("#r-bhyt .ss.ok")
    assert page.evaluate("document.activeElement.name.slice(0, 2)") == "v-"
    assert page.locator("#r-bhyt .vd .v").inner_text() == "C"
    assert "Đã nhập 1/57" in page.locator("#dau-phieu").inner_text()
    page.evaluate(
        """text => { const cell = document.getElementById("v-r-bhyt"); cell.focus();
        const data = new DataTransfer(); data.setData("text/plain", text);
        cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }""",
        "91,5\r\n\r\n",
    )
    page.wait_for_timeout(200)
    page.evaluate(
        """text => { const cell = document.getElementById("v-r-xa_1_1"); cell.focus();
        const data = new DataTransfer(); data.setData("text/plain", text);
        cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }""",
        "Đạt\r\nChưa đạt\r\n96,4",
    )
    page.wait_for_selector("#bao-cao .pasted")
    values = dict(Statement.objects.values_list("assessment__measure__code", "value"))
    assert values["xa.1.1"] is True
    assert values["xa.1.2"] is False
    assert complaints == []


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_survives_the_end_of_the_session(page, live_server, cast: Cast):
    open_sheet(page, live_server, cast.lan)
    page.context.clear_cookies(name="sessionid")
    page.fill('[id="v-r-bhyt"]', "88,2")
    page.press('[id="v-r-bhyt"]', "Tab")
    page.wait_for_selector("#con-giu:not([hidden]) a")
    assert page.input_value('[id="v-r-bhyt"]') == "88,2"
    kept = page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('ntm-phieu:')).sort()")
    assert kept[0][0].startswith(f"ntm-phieu:{cast.lan.pk}:")
    assert json.loads(kept[0][1])[HEALTH_INSURANCE]["fields"]["v"] == "88,2"
    open_sheet(page, live_server, cast.lan)
    # Logged in again it goes by itself.
    page.wait_for_selector("#r-bhyt .ss.ok")
    assert Statement.objects.get().value == "88.2"
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('ntm-phieu:')).length") == 0


def test_a_browser_that_tells_a_broken_address_gets_its_answer(cast: Cast):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://["}
    address = f"/xa/ky-phu/danh-gia/{XA}/2023/o/{HEALTH_INSURANCE}/"
    row = {f"p-{HEALTH_INSURANCE}": "0", f"v-{HEALTH_INSURANCE}": "90"}
    answer = signed_in(cast.lan).post(address, row, headers=headers)
    assert answer.status_code == 200
