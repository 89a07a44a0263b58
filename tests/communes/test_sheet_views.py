"""The entry sheet as a page: who may open it, what it shows, saving and sending the whole of it without script."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Assessment, ExemptionGrant, Statement
from communes.rules.workflow import Stage
from tests.makers import (
    HEALTH_INSURANCE,
    HUYEN,
    XA,
    XA_KM,
    XA_NC,
    Cast,
    assign,
    make_cast,
    signed_in,
    stated,
    typed,
)

pytestmark = pytest.mark.django_db
SHEET = f"/xa/ky-phu/danh-gia/{XA}/2023/"
DISTRICT = f"/huyen/danh-gia/{HUYEN}/2023/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def fields_of(html: str) -> dict[str, str]:
    """What a browser without script would post of the form "phieu"."""
    found = {}
    for tag in re.findall(r"<input[^>]*form=\"phieu\"[^>]*>", html):
        name = re.search(r'name="([^"]+)"', tag)[1]
        if "checkbox" in tag and " checked" not in tag:
            continue
        value = re.search(r'value="([^"]*)"', tag)
        found[name] = value[1] if value else "on"
    for name, inner in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    return found


def text_of(response) -> str:
    return response.content.decode()


def test_an_officer_sees_every_indicator_and_condition_of_the_set(cast: Cast):
    html = text_of(signed_in(cast.lan).get(SHEET))
    assert html.count('class="erow"') == 58 + 2  # 57 indicators in 58 parts, two stated conditions
    assert "Đã nhập 0/57 chỉ tiêu" in html
    assert 'id="i-15.1"' in html
    assert "cũng tính cho Xã NTM nâng cao 14.1" in html


def test_the_home_of_the_sheets_leads_to_the_first_set_of_the_working_year(cast: Cast):
    assert signed_in(cast.lan).get("/xa/ky-phu/danh-gia/").url == SHEET
    assert signed_in(cast.tuan).get("/huyen/danh-gia/").url == DISTRICT


@pytest.mark.parametrize("name", ["lan", "hoa", "tuan", "hung", "dung", "quan"])
def test_those_whom_the_sheet_concerns_open_it(cast: Cast, name: str):
    assert signed_in(getattr(cast, name)).get(SHEET).status_code == 200


@pytest.mark.parametrize("name", ["minh", "binh"])
def test_an_officer_of_another_commune_or_district_finds_nothing(cast: Cast, name: str):
    client = signed_in(getattr(cast, name))
    assert client.get(SHEET).status_code == 404
    assert client.post(SHEET).status_code == 404
    assert client.post(SHEET + "gui/").status_code == 404
    assert client.get("/xa/ky-phu/danh-gia/").status_code == 404


def test_the_district_sheet_is_no_business_of_a_communes_officer(cast: Cast):
    assert signed_in(cast.lan).get(DISTRICT).status_code == 404


def test_drafts_stay_inside_the_unit_and_what_was_sent_is_read_with_the_reason_once(cast: Cast):
    stated(cast, HEALTH_INSURANCE, "88,2", by=cast.lan)
    typed(cast, HEALTH_INSURANCE, "91,7", by=cast.lan)
    own, other = (text_of(signed_in(person).get(SHEET)) for person in (cast.lan, cast.tuan))
    assert "91,7" in own
    assert "91,7" not in other
    assert "88,2" in other
    assert other.count("Chỉ cán bộ của xã nhập số liệu này.") == 1
    assert 'name="v-' not in other


def test_a_department_types_only_the_rows_it_leads(cast: Cast):
    codes = [part.measure.code for _, part in cast.books.book(HUYEN).parts]
    assign(district=cast.district, measure=codes[0], lead=cast.departments["bhxh"])
    html = text_of(signed_in(cast.hoa).get(DISTRICT))
    led = set(re.findall(r'name="v-([^"]+)"', html))
    assert codes[0] in led
    assert led < set(codes)
    assert "Ô nền xám do cơ quan khác chủ trì" in html


def test_the_head_says_what_is_still_to_be_done_and_where(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "88,2", by=cast.lan)
    html = text_of(signed_in(cast.lan).get(SHEET))
    todo = re.search(r'<p class="todo no-print">(.*?)</p>', html).group(1)
    said = re.findall(r"\?loc=([a-z-]+)\">([^<]*)<", todo)
    assert [slug for slug, _ in said] == ["chua-nhap", "nhap", "thieu-minh-chung"] and said[1][1] == "gửi 1 mục nháp"
    assert '<progress class="entered no-print" max="57" value="1"' in html
    assert "todo" not in text_of(signed_in(cast.hung).get(SHEET)), "a leader has nothing to do here"


def test_who_reached_the_last_row_sends_from_there(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "88,2", by=cast.lan)
    html = text_of(signed_in(cast.lan).get(SHEET))
    foot = html[html.index('id="cuoi-phieu"') :]
    assert 'name="chi" value=""' in foot and "Gửi thẩm tra 1 mục" in foot
    assert html.count("data-submit-all") == 1


def test_chips_filter_and_count(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "88,2", by=cast.lan)
    client = signed_in(cast.lan)
    for chosen, there in (("nhap", True), ("chua-dat", True), ("chua-nhap", False), ("tra-lai", False)):
        html = text_of(client.get(SHEET, {"loc": chosen}))
        assert (f'name="v-{HEALTH_INSURANCE}"' in html) is there
    assert "Nháp chưa gửi <b>1</b>" in html
    assert "Không có mục nào" in html
    assert client.get(SHEET, {"loc": "la"}).status_code == 400


def test_conditions_only_for_the_model_set_with_those_computed_shown(cast: Cast):
    html = text_of(signed_in(cast.lan).get(f"/xa/ky-phu/danh-gia/{XA_KM}/2023/"))
    assert html.count('class="erow"') == 9
    assert "tính tự động" in html
    assert f"/xa/ky-phu/danh-gia/{XA_NC}/2023/" in html


def test_the_whole_sheet_is_saved_without_script_and_untouched_rows_are_left_alone(cast: Cast):
    client = signed_in(cast.lan)
    fields = fields_of(text_of(client.get(SHEET)))
    # Meanwhile a colleague saves another row: it was not touched here and is no conflict.
    typed(cast, "thu_nhap", "46,8", by=cast.lan)
    posted = {**fields, f"v-{HEALTH_INSURANCE}": "7741/8777", "v-xa.1.1": "yes", f"g-{HEALTH_INSURANCE}": "Chốt 30/9"}
    answer = client.post(SHEET, posted, follow=True)
    assert "Đã lưu 2 ô." in text_of(answer)
    saved = Statement.objects.get(assessment__measure__code=HEALTH_INSURANCE)
    assert (saved.value, saved.numerator, saved.remark) == ("88.1964", 7741, "Chốt 30/9")
    assert Assessment.objects.get(measure__code="thu_nhap").current.value == "46.8"


def test_refused_rows_keep_what_was_typed_and_the_others_are_saved(cast: Cast):
    client = signed_in(cast.lan)
    fields = fields_of(text_of(client.get(SHEET)))
    answer = client.post(SHEET, {**fields, f"v-{HEALTH_INSURANCE}": "992", "v-xa.1.1": "yes"})
    html = text_of(answer)
    assert answer.status_code == 422
    assert 'value="992"' in html
    assert "lớn hơn 100" in html
    assert Assessment.objects.get(measure__code="xa.1.1").current.value is True
    assert not Statement.objects.filter(assessment__measure__code=HEALTH_INSURANCE).exists()


def test_a_stale_row_shows_both_values_and_the_second_save_is_a_decision(cast: Cast):
    client = signed_in(cast.lan)
    fields = fields_of(text_of(client.get(SHEET)))
    typed(cast, HEALTH_INSURANCE, "84,9", by=cast.lan)
    answer = client.post(SHEET, {**fields, f"v-{HEALTH_INSURANCE}": "86,2"})
    html = text_of(answer)
    assert answer.status_code == 409
    assert "vừa lưu 84,9" in html
    assert 'value="86,2"' in html
    client.post(SHEET, fields_of(html))
    assert Assessment.objects.get(measure__code=HEALTH_INSURANCE).current.value == "86.2"


def test_everything_drafted_is_sent_with_one_button(cast: Cast):
    client = signed_in(cast.lan)
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    html = text_of(client.get(SHEET))
    assert "Gửi thẩm tra 1 mục" in html
    fields = {**fields_of(html), "v-xa.1.1": "yes", "chi": ""}  # typed, and sent without having been saved first
    answer = client.post(SHEET + "gui/", fields, follow=True)
    assert "Đã gửi thẩm tra 2 mục." in text_of(answer)
    assert {s.stage for s in Statement.objects.all()} == {Stage.SUBMITTED.value}
    assert "Chưa có mục nháp nào để gửi." in text_of(client.get(SHEET))


def test_nothing_is_sent_while_a_row_is_wrong(cast: Cast):
    client = signed_in(cast.lan)
    typed(cast, "xa.1.1", "yes", by=cast.lan)
    fields = fields_of(text_of(client.get(SHEET)))
    answer = client.post(SHEET + "gui/", {**fields, "chi": "", f"v-{HEALTH_INSURANCE}": "1.500"})
    assert answer.status_code == 422
    assert Statement.objects.get().stage == Stage.DRAFT.value


def test_a_form_without_a_step_sends_nothing(cast: Cast):
    client = signed_in(cast.lan)
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    assert client.post(SHEET + "gui/", fields_of(text_of(client.get(SHEET)))).status_code == 400
    assert Statement.objects.get().stage == Stage.DRAFT.value


def test_one_row_is_sent_and_withdrawn(cast: Cast):
    client = signed_in(cast.lan)
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    typed(cast, "xa.1.1", "yes", by=cast.lan)
    client.post(SHEET + "gui/", {"chi": HEALTH_INSURANCE})
    stages = dict(Statement.objects.values_list("assessment__measure__code", "stage"))
    assert stages == {HEALTH_INSURANCE: "submitted", "xa.1.1": "draft"}
    client.post(SHEET + "gui/", {"rut": HEALTH_INSURANCE})
    assert Statement.objects.get(assessment__measure__code=HEALTH_INSURANCE).stage == "withdrawn"


def test_nobody_else_saves_or_sends(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    for person in (cast.tuan, cast.hoa, cast.hung):
        client = signed_in(person)
        assert client.post(SHEET, {f"p-{HEALTH_INSURANCE}": "1"}).status_code == 403
        answer = client.post(SHEET + "gui/", {"chi": ""})
        assert answer.status_code == 403
        assert "Chỉ cán bộ của xã" in text_of(answer)
    assert Statement.objects.get().stage == Stage.DRAFT.value


def test_the_office_lets_a_measure_not_apply_and_the_officer_then_states_it(cast: Cast):
    office, officer = signed_in(cast.tuan), signed_in(cast.lan)
    assert "Cho phép xã Kỳ Phú không áp dụng" in text_of(office.get(SHEET, {"mien": "xa.7.1"}))
    url = SHEET + "khong-ap-dung/xa.7.1/"
    reasons = {"ly-do": "Không có chợ trong quy hoạch", "van-ban": "Công văn 12/VPĐP"}
    assert officer.post(url, reasons).status_code == 403
    assert office.post(url, {"ly-do": "", "van-ban": ""}).status_code == 302
    assert not ExemptionGrant.objects.exists()
    office.post(url, reasons)
    assert ExemptionGrant.objects.get().reason == "Không có chợ trong quy hoạch"
    assert "Không có chợ trong quy hoạch (Công văn 12/VPĐP)" in text_of(officer.get(SHEET))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/xa/ky-phu/danh-gia/{XA}/99999/", 400),
        (f"/xa/ky-phu/danh-gia/{XA}/2019/", 400),
        (f"/xa/ky-phu/danh-gia/{XA}/2024/", 400),
        ("/xa/ky-phu/danh-gia/khong-co/2023/", 404),
        (f"/xa/ky-phu/danh-gia/{HUYEN}/2023/", 404),
        (f"/xa/{'9' * 20}/danh-gia/{XA}/2023/", 404),
        (f"/xa/%00/danh-gia/{XA}/2023/", 400),
        (f"/xa/{'a' * 60000}/danh-gia/{XA}/2023/", 400),
    ],
)
def test_an_address_that_names_nothing_is_a_page_in_vietnamese(cast: Cast, path: str, status: int):
    answer = signed_in(cast.lan).get(path)
    assert answer.status_code == status
    assert 'lang="vi"' in text_of(answer)


def test_a_sheet_costs_the_same_number_of_queries_for_one_value_or_many_57_rows_or_75(cast: Cast):
    client = signed_in(cast.lan)
    stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    nang_cao = f"/xa/ky-phu/danh-gia/{XA_NC}/2023/"
    client.get(SHEET)  # the rulebooks are read once

    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    one = cost(SHEET)
    for _, part in cast.books.book(XA).parts[:20]:
        kind = part.measure.kind.value
        text = {"boolean": "yes", "ordinal": part.measure.scale[-1] if part.measure.scale else ""}.get(kind, "1")
        stated(cast, part.measure.code, text, by=cast.lan)
    assert cost(SHEET) == one
    assert cost(nang_cao) == one
    assert one <= 30
