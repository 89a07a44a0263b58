"""Nhập nhanh: the lead fills in one measure of every commune, the commune accepts, nobody verifies their own."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notice
from accounts.roles import Role
from communes.actions.base_data import FigureEntry, save_base_figures
from communes.models import Assessment, Statement, Unit
from communes.policies import Refused
from communes.rules.workflow import ActKind, Source, Stage
from tests.makers import (
    HEALTH_INSURANCE,
    TODAY,
    YEAR,
    Cast,
    make_cast,
    make_commune,
    make_person,
    post,
    signed_in,
    stated,
    step,
    typed,
)

pytestmark = pytest.mark.django_db
PAGE = "/nhap-nhanh/?nam=2023&so-do=bhyt"
PHU, CHAU = "18769", "18790"
CELL = f"/nhap-nhanh/2023/bhyt/{PHU}/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def text_of(response) -> str:
    return response.content.decode()


def fields_on(client, address: str = PAGE) -> dict[str, str]:
    """The rows of the table as the browser would send them back."""
    inputs = re.findall(r"<input[^>]*>", text_of(client.get(address)))
    named = [(re.search(r'name="([vgpo]-[^"]+)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs]
    return {name[1]: value[1] if value else "" for name, value in named if name}


def filled(client, address: str = PAGE, **values: str) -> dict[str, str]:
    """The table with values typed into it; `phu` and `chau` are the two communes."""
    codes = {"phu": PHU, "chau": CHAU}
    return fields_on(client, address) | {f"v-{codes[name]}": value for name, value in values.items()}


def current(unit: Unit, measure: str = HEALTH_INSURANCE) -> Statement:
    found = Assessment.objects.select_related("current").get(unit=unit, measure__code=measure, year=YEAR).current
    assert found is not None
    return found


def test_hoa_fills_in_both_communes_and_the_drafts_wait_for_them(cast: Cast):
    client = signed_in(cast.hoa)
    answer = client.post(PAGE, filled(client, phu="95,5", chau="7741/8777"), follow=True)
    assert "Đã nhập hộ 2 xã." in text_of(answer)
    assert "Đã nhập hộ, chờ xã nhận" in text_of(answer) and 'value="7741/8777"' in text_of(answer)
    revision = current(cast.ky_phu)
    assert (revision.stage, revision.source, revision.by) == (Stage.PREFILLED, Source.DEPARTMENT, cast.hoa)
    again = client.post(PAGE, fields_on(client), follow=True)
    assert "Không có ô nào thay đổi." in text_of(again)
    assert Statement.objects.count() == 2


def test_who_typed_a_value_never_verifies_it_a_colleague_does(cast: Cast):
    """The whole story: Hoa fills in, Lan accepts and sends, Hoa is refused, her colleague verifies."""
    client = signed_in(cast.hoa)
    client.post(PAGE, filled(client, phu="95,5"))
    revision = current(cast.ky_phu)
    with pytest.raises(Refused):
        step(cast, revision, ActKind.ACCEPT, by=cast.minh)
    step(cast, revision, ActKind.ACCEPT, by=cast.lan)
    step(cast, revision, ActKind.SUBMIT, by=cast.lan)
    with pytest.raises(Refused, match="không tự thẩm tra"):
        step(cast, revision, ActKind.VERIFY, by=cast.hoa)
    revision.refresh_from_db()
    assert (revision.stage, revision.by) == (Stage.SUBMITTED, cast.hoa)
    colleague = make_person(username="nga", full_name="Trần Thị Nga")
    post(colleague, Role.DEPARTMENT, cast.district, department=cast.departments["bhxh"])
    step(cast, revision, ActKind.VERIFY, by=colleague)
    revision.refresh_from_db()
    assert revision.stage == Stage.VERIFIED


def test_one_notice_a_commune_and_day_not_one_a_cell(cast: Cast):
    client = signed_in(cast.tuan)
    for measure in ("bhyt", "so_kham_dien_tu", "dien_an_toan"):
        address = f"/nhap-nhanh/?nam=2023&so-do={measure}"
        client.post(address, filled(client, address, phu="95"))
    client.post(PAGE, filled(client, phu="96"))  # a correction is no news
    notice = Notice.objects.get(person=cast.lan)
    assert "3 mục của xã Kỳ Phú năm 2023 được huyện nhập hộ" in notice.sentence
    assert notice.url == "/xa/ky-phu/danh-gia/"
    assert not Notice.objects.exclude(person=cast.lan).exists()


def test_a_communes_own_draft_is_neither_shown_nor_replaced(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "81,23", by=cast.lan)
    client = signed_in(cast.hoa)
    html = text_of(client.get(PAGE))
    assert "81,23" not in html and "Xã đang soạn" in html
    assert f'name="v-{PHU}"' not in html and f'name="v-{CHAU}"' in html
    answer = client.post(CELL, {f"v-{PHU}": "95", f"p-{PHU}": "1", f"o-{PHU}": "x"}, headers=HTMX)
    assert answer.status_code == 422 and "81,23" not in text_of(answer)
    assert (current(cast.ky_phu).by, Statement.objects.count()) == (cast.lan, 1)


def test_a_draft_begun_while_hoa_types_is_told_without_its_value(cast: Cast):
    client = signed_in(cast.hoa)
    page = filled(client, phu="95", chau="90")
    typed(cast, HEALTH_INSURANCE, "81,23", by=cast.lan)
    answer = client.post(PAGE, page)
    html = text_of(answer)
    assert answer.status_code == 422
    assert "81,23" not in html and "Xã đang soạn mục này; phòng, ban không nhập đè." in html
    assert "1 ô chưa lưu" in html
    assert current(cast.ky_phu).by == cast.lan and current(cast.ky_chau).by == cast.hoa


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.VERIFIED, Stage.APPROVED])
def test_what_the_commune_sent_shows_on_its_bases_and_is_left_alone_while_it_waits(cast: Cast, stage: Stage):
    colleague = make_person(username="nga", full_name="Trần Thị Nga")
    post(colleague, Role.DEPARTMENT, cast.district, department=cast.departments["bhxh"])
    stated(cast, HEALTH_INSURANCE, "91,25", by=cast.lan, until=stage, verifier=colleague)
    client = signed_in(cast.hoa)
    html = text_of(client.get(PAGE))
    row = html[html.index(f'id="q-{PHU}"') : html.index(f'id="q-{CHAU}"')]
    assert "91,25" in row
    assert (f'name="v-{PHU}"' in row) == (stage is not Stage.SUBMITTED)


def test_two_who_fill_in_one_commune_the_later_reads_both_values_first(cast: Cast):
    hoa, tuan = signed_in(cast.hoa), signed_in(cast.tuan)
    page = filled(tuan, phu="96")
    hoa.post(PAGE, filled(hoa, phu="95,5"))
    answer = tuan.post(PAGE, page)
    html = text_of(answer)
    assert answer.status_code == 409
    assert "Phan Thị Hoa vừa lưu 95,5" in html and "Giữ 96 của tôi" in html
    assert current(cast.ky_phu).value == "95.5"
    kept = re.search(rf'name="p-{PHU}" form="phieu" value="(\d+)"', html)
    assert kept
    tuan.post(PAGE, {**page, f"p-{PHU}": kept[1]})
    assert current(cast.ky_phu).value == "96"
    # And theirs may be taken instead.
    taken = tuan.post(PAGE, {**filled(tuan, phu="11"), "lay": PHU}, follow=True)
    assert "Không có ô nào thay đổi." in text_of(taken)
    assert current(cast.ky_phu).value == "96"


def test_without_the_version_the_first_value_would_be_lost(cast: Cast, monkeypatch):
    """Positive control of the test above: with the version on the screen taken for the newest, the later one wins."""
    hoa, tuan = signed_in(cast.hoa), signed_in(cast.tuan)
    page = filled(tuan, phu="96")
    hoa.post(PAGE, filled(hoa, phu="95,5"))
    newest = Assessment.objects.get(unit=cast.ky_phu, measure__code=HEALTH_INSURANCE).version
    tuan.post(PAGE, {**page, f"p-{PHU}": str(newest)})
    assert current(cast.ky_phu).value == "96"


def test_one_cell_by_script_is_saved_refused_or_shown_with_the_others_value(cast: Cast):
    hoa, tuan = signed_in(cast.hoa), signed_in(cast.tuan)
    old = filled(tuan, phu="96")
    saved = hoa.post(CELL, filled(hoa, phu="95,5"), headers=HTMX)
    assert saved.status_code == 200 and text_of(saved).lstrip().startswith("<tbody")
    assert "Đã nhập hộ, chờ xã nhận" in text_of(saved)
    refused = hoa.post(CELL, filled(hoa, phu="955"), headers=HTMX)
    assert refused.status_code == 422 and "lớn hơn 100" in text_of(refused) and 'value="955"' in text_of(refused)
    conflict = tuan.post(CELL, old, headers=HTMX)
    assert conflict.status_code == 409 and "Phan Thị Hoa vừa lưu 95,5" in text_of(conflict)
    theirs = tuan.post(CELL, {**old, "lay": PHU}, headers=HTMX)
    assert theirs.status_code == 200 and 'value="95,5"' in text_of(theirs)
    assert current(cast.ky_phu).value == "95.5"
    # The answer that was lost is sent again: the same value is no conflict and no second revision.
    again = tuan.post(CELL, {**old, f"v-{PHU}": "95,5"}, headers=HTMX)
    assert again.status_code == 200
    assert Statement.objects.count() == 1


def test_a_pasted_column_is_taken_in_the_order_of_the_table(cast: Cast):
    client = signed_in(cast.hoa)
    answer = client.post(PAGE, {**fields_on(client), "bang": "95,5\r\n88\r\n"}, follow=True)
    assert "Đã nhập hộ 2 xã." in text_of(answer)
    assert (current(cast.ky_phu).value, current(cast.ky_chau).value) == ("95.5", "88")
    client.post(PAGE, {**fields_on(client), "bang": "77", "tu": CHAU})
    assert (current(cast.ky_phu).value, current(cast.ky_chau).value) == ("95.5", "77")


def test_pasted_pairs_find_their_communes_and_the_report_says_what_was_left_and_why(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "81,23", by=cast.minh, unit=cast.ky_chau)
    third = make_commune(district=cast.district, code="18793", name="Kỳ Hải", slug="ky-hai", position=3)
    client = signed_in(cast.hoa)
    block = "Xã\tTỷ lệ\nky phu\t95,5\nKỳ Châu\t88\nKỳ Hải\t955\nKỳ Lạ\t1\n"
    answer = client.post(PAGE, {**fields_on(client), "bang": block})
    html = text_of(answer)
    assert answer.status_code == 422
    assert "Đã nhận 1 xã. 4 dòng chưa nhận" in html
    left = [re.sub(r"<[^>]+>", " ", one) for one in re.findall(r"<li>(.*?)</li>", html) if "“" in one]
    assert [" ".join(one.split())[:45] for one in left[:4]] == [
        "Dòng 1 “Xã | Tỷ lệ” Không nhận ra xã; ghi tên",
        "Kỳ Châu “88” Xã đang soạn mục này; phòng, ban",
        "Kỳ Hải “955” “955” lớn hơn 100 %. Có phải anh",
        "Dòng 5 “Kỳ Lạ | 1” Không nhận ra xã; ghi tên ",
    ]
    assert current(cast.ky_phu).value == "95.5"
    assert not Assessment.objects.filter(unit=third).exists()


def test_several_rows_by_script_come_back_each_with_its_verdict_and_the_count_above_them(cast: Cast):
    """A fill down, and then its undo: what was taken back is empty again, and nobody is asked to accept it."""
    client = signed_in(cast.hoa)
    assert re.search("Yêu cầu của Xã NTM: ≥.90.%", text_of(client.get(PAGE)))
    before = fields_on(client)
    answer = client.post(PAGE, {**before, f"v-{PHU}": "95,5", f"v-{CHAU}": "89", "viec": "dien"}, headers=HTMX)
    html = text_of(answer)
    assert answer.status_code == 200 and html.count('hx-swap-oob="true"') == 3
    assert "Đã nhập hộ 2/2 xã." in html and "Kết quả dán" not in html
    phu, chau = html[html.index(f'id="q-{PHU}"') : html.index(f'id="q-{CHAU}"')], html[html.index(f'id="q-{CHAU}"') :]
    assert 'aria-label="Đạt' in phu and 'aria-label="Chưa đạt' in chau
    emptied = {**fields_on(client), f"v-{PHU}": "", f"v-{CHAU}": "", "viec": "hoan-tac"}
    html = text_of(client.post(PAGE, emptied, headers=HTMX))
    assert "Đã nhập hộ 0/2 xã." in html and "chờ xã nhận" not in html
    sheet = text_of(signed_in(cast.lan).get(f"/xa/ky-phu/danh-gia/xa-ntm-2021-2025/{YEAR}/"))
    assert "nhập hộ" not in sheet.lower()


def test_one_refused_among_several_is_said_and_the_others_stand(cast: Cast):
    client = signed_in(cast.hoa)
    sent = {**fields_on(client), f"v-{PHU}": "955", f"v-{CHAU}": "90", "viec": "dien"}
    html = text_of(client.post(PAGE, sent, headers=HTMX))
    assert "Điền nhiều ô" in html and "lớn hơn 100" in html and 'role="alert"' in html
    assert current(cast.ky_chau).value == "90"


def test_a_block_by_script_reports_every_line_and_may_go_into_the_remarks(cast: Cast):
    client = signed_in(cast.hoa)
    block = {**fields_on(client), "bang": "95\n91\n", "tu": PHU, "cot": "v"}
    html = text_of(client.post(PAGE, block, headers=HTMX))
    assert "Đã nhận 2 xã." in html and html.count('class="q-row"') == 2
    again = {**fields_on(client), "bang": "95\n91\n7", "tu": PHU, "cot": "v"}
    html = text_of(client.post(PAGE, again, headers=HTMX))
    assert "Đã nhận 0 xã. 2 xã đã đúng như vậy từ trước. 1 dòng chưa nhận" in html
    wrong = {**fields_on(client), f"v-{PHU}": "955", "bang": "theo thẻ", "tu": PHU, "cot": "g"}
    html = text_of(client.post(PAGE, wrong, headers=HTMX))
    assert "“theo thẻ”" in html and "“955” lớn hơn 100" in html, "the remark was brought, the figure is refused"
    said = {**fields_on(client), "bang": "theo BHXH tỉnh", "tu": CHAU, "cot": "g"}
    client.post(PAGE, said, headers=HTMX)
    assert (current(cast.ky_chau).remark, current(cast.ky_chau).value) == ("theo BHXH tỉnh", "91")
    assert current(cast.ky_phu).remark == ""


def test_a_word_of_a_choice_is_pasted_too(cast: Cast):
    address = "/nhap-nhanh/?nam=2023&so-do=xa.7.1"
    client = signed_in(cast.tuan)
    client.post(address, {**fields_on(client, address), "bang": "Kỳ Phú|Đạt\nKỳ Châu|chưa đạt"})
    assert current(cast.ky_phu, "xa.7.1").value is True
    assert current(cast.ky_chau, "xa.7.1").value is False


def test_a_numerator_alone_takes_the_denominator_of_the_base_data(cast: Cast):
    save_base_figures(
        by=cast.lan, standing=cast.standing(cast.lan), unit=cast.ky_phu, year=YEAR,
        entries=[FigureEntry("population", 8777)], on=TODAY,
    )  # fmt: skip
    client = signed_in(cast.hoa)
    assert "mẫu số 8.777" in text_of(client.get(PAGE))
    client.post(PAGE, filled(client, phu="7741/"))
    revision = current(cast.ky_phu)
    assert (revision.numerator, revision.denominator) == (7741, 8777)
    refused = client.post(PAGE, filled(client, chau="7741/"))
    assert refused.status_code == 422, "Kỳ Châu has typed no population yet"


def test_a_department_chooses_among_its_own_measures_the_office_among_all(cast: Cast):
    hoa, tuan = (text_of(signed_in(person).get("/nhap-nhanh/")) for person in (cast.hoa, cast.tuan))
    assert 'value="bhyt" selected' in hoa and 'value="xa.2.1"' not in hoa
    assert 'value="bhyt"' in tuan and 'value="xa.2.1"' in tuan and 'value="huyen.2.2"' not in tuan
    assert signed_in(cast.hoa).get("/nhap-nhanh/?so-do=xa.2.1").status_code == 404
    assert signed_in(cast.tuan).get("/nhap-nhanh/?so-do=huyen.2.2").status_code == 404
    foreign = f"/nhap-nhanh/2023/xa.2.1/{PHU}/"
    assert signed_in(cast.hoa).post(foreign, {f"v-{PHU}": "1", f"p-{PHU}": "0"}).status_code == 404
    assert not Statement.objects.exists()


def test_words_without_accents_find_a_measure(cast: Cast):
    client = signed_in(cast.tuan)
    html = text_of(client.get("/nhap-nhanh/?tim=bao+hiem+y+te"))
    assert 'value="bhyt" selected' in html and 'value="xa.2.1"' not in html
    nothing = text_of(client.get("/nhap-nhanh/?so-do=bhyt&tim=qqq"))
    assert "Không có chỉ tiêu nào khớp" in nothing and 'value="bhyt" selected' in nothing


def test_a_department_that_leads_nothing_is_told_so(cast: Cast):
    person = make_person(username="dl", full_name="Cán bộ Điện lực")
    post(person, Role.DEPARTMENT, cast.district, department=cast.departments["dl"])
    assert "Không có chỉ tiêu nào để nhập hộ" in text_of(signed_in(person).get("/nhap-nhanh/"))


def test_whose_desk_it_is_not_is_told_so(cast: Cast):
    for person in (cast.lan, cast.minh, cast.hung, cast.dung, cast.quan):
        answer = signed_in(person).get("/nhap-nhanh/")
        assert answer.status_code == 403 and "cơ quan chủ trì chỉ tiêu" in text_of(answer)
    assert "Kỳ Phú" not in text_of(signed_in(cast.binh).get("/nhap-nhanh/"))
    assert signed_in(cast.binh).post(CELL, {f"v-{PHU}": "1", f"p-{PHU}": "0"}).status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [("/nhap-nhanh/?nam=2024", 400), ("/nhap-nhanh/?nam=x", 400), ("/nhap-nhanh/?so-do=khong", 404)],
)
def test_a_wrong_address_is_told(cast: Cast, address: str, status: int):
    assert signed_in(cast.tuan).get(address).status_code == status


def test_the_table_costs_the_same_for_two_communes_and_for_twenty(cast: Cast):
    client = signed_in(cast.hoa)
    client.post(PAGE, filled(client, phu="95,5", chau="90"))
    two = _queries(client)
    for number in range(20):
        unit = make_commune(district=cast.district, code=f"190{number:02}", name=f"Xã {number}", slug=f"xa-{number}")
        post(make_person(username=f"x{number}", full_name=f"Cán bộ {number}"), Role.COMMUNE, unit)
    client.post(PAGE, {**fields_on(client), "bang": "\n".join(["91"] * 22)})
    assert Statement.objects.filter(stage=Stage.PREFILLED.value).count() == 22
    assert _queries(client) == two


def _queries(client) -> int:

    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    return len(queries)
