"""The pages of the rulebook: what is in force, one set as a legal page, what each person finds there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import HistoryEntry
from criteria.actions.thresholds import Scope, enter_threshold
from criteria.models import SupplementSwitch
from criteria.rules.thresholds import Place
from criteria.rules.values import parse_value
from tests.makers import HUYEN, TODAY, XA, XA_KM, XA_NC, YEAR, Cast, make_cast, signed_in

pytestmark = pytest.mark.django_db
OFFICE_ONLY = "Chỉ Văn phòng Điều phối NTM huyện đối chiếu và nhập ngưỡng."
DRAFT = "ntm-2026-2030"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def office(cast: Cast) -> Client:
    return signed_in(cast.tuan)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def enter(cast: Cast, item: str, typed: str, *, part: str = "", unit: str = "447", illustrative: bool = False) -> None:
    book = cast.books.book(XA)
    wanted = next(p for code, p in book.bounded if (code, p.code) == (item, part))
    place = Place(("447",) if unit == "447" else (unit, "447"), "bac_trung_bo")
    enter_threshold(
        by=cast.tuan, standing=cast.standing(cast.tuan), book=book, item=item, part=wanted, scope=Scope(place),
        value=parse_value(wanted.measure, typed), document="05/2023/QĐ-UBND", reason="vì tỉnh quy định", on=TODAY,
        is_illustrative=illustrative,
    )  # fmt: skip


# ---- the list


def test_the_list_shows_what_is_in_force_what_is_a_draft_and_what_is_not_entered(office: Client) -> None:
    page = text_of(office, "/tieu-chi/")
    assert "5 bộ tiêu chí có hiệu lực ngày 15/10/2023" in page
    for words in ("318/QĐ-TTg ngày 08/03/2022, Phụ lục I", "dự thảo, chưa nhập chỉ tiêu", "211/QĐ-TTg", "chưa nhập"):
        assert words in page
    assert "Tiêu chí riêng của Hà Tĩnh" in page and "Chưa áp dụng ở đâu." in page


def test_before_the_decisions_nothing_is_in_force(office: Client) -> None:
    assert "chưa có bộ tiêu chí nào có hiệu lực" in text_of(office, "/tieu-chi/?ngay=2022-03-07")
    assert "5 bộ tiêu chí có hiệu lực ngày 08/03/2022" in text_of(office, "/tieu-chi/?ngay=2022-03-08")
    early = office.get(f"/tieu-chi/{XA}/?ngay=2022-03-07")
    assert early.status_code == 400 and "hiệu lực từ 08/03/2022" in early.content.decode()


SWITCH = {
    "supplement": "ha-tinh", "unit": "447", "year": "2023", "is_on": "1", "number": "12/QĐ-UBND",
    "signed_on": "05/01/2023", "issuer": "UBND tỉnh Hà Tĩnh",
}  # fmt: skip


def test_the_office_switches_the_supplement_of_ha_tinh_on_and_off(cast: Cast, office: Client) -> None:
    off = "Phần bổ sung của tỉnh, không áp dụng"
    assert off in text_of(office, f"/tieu-chi/{XA}/")
    assert office.post("/tieu-chi/", SWITCH).status_code == 302
    assert off not in text_of(office, f"/tieu-chi/{XA}/?nam=2023")
    assert off in text_of(office, f"/tieu-chi/{XA}/?nam=2022"), "another year is another switch"
    assert "12/QĐ-UBND ngày 05/01/2023" in text_of(office, "/tieu-chi/")
    office.post("/tieu-chi/", {**SWITCH, "is_on": "0"})
    assert off in text_of(office, f"/tieu-chi/{XA}/?nam=2023")
    assert SupplementSwitch.objects.count() == 2 == HistoryEntry.objects.filter(act="supplement.switch").count()


@pytest.mark.parametrize("name", ["lan", "hoa", "hung", "dung", "quan"])
def test_others_do_not_switch_it(cast: Cast, name: str) -> None:
    client = signed_in(getattr(cast, name))
    assert OFFICE_ONLY in text_of(client, "/tieu-chi/")
    refused = client.post("/tieu-chi/", SWITCH)
    assert refused.status_code == 403 and OFFICE_ONLY in refused.content.decode()
    assert not SupplementSwitch.objects.exists()


@pytest.mark.parametrize(
    "slip", [{"number": ""}, {"unit": "449"}, {"year": "x"}, {"supplement": "nghe-an"}, {"is_on": "2"}]
)
def test_a_switch_with_a_slip_is_refused(office: Client, slip: dict[str, str]) -> None:
    assert office.post("/tieu-chi/", {**SWITCH, **slip}).status_code == 422
    assert not SupplementSwitch.objects.exists()


# ---- one set


@pytest.mark.parametrize("family", [XA, XA_NC, XA_KM, HUYEN, "huyen-ntm-nang-cao-2021-2025", DRAFT])
def test_every_set_is_a_page_for_everybody(cast: Cast, family: str) -> None:
    for person in (cast.lan, cast.hoa, cast.tuan, cast.hung, cast.binh):
        text_of(signed_in(person), f"/tieu-chi/{family}/")


def test_a_set_shows_wording_threshold_source_state_and_lead(office: Client) -> None:
    page = text_of(office, f"/tieu-chi/{XA}/?nam=2023")
    for words in (
        'id="c-15"', 'id="i-15.1"', 'id="dk-satisfaction"', "Tỷ lệ người dân tham gia bảo hiểm y tế",
        "≥\u00a090\u00a0%",
        "318/QĐ-TTg ngày 08/03/2022, Phụ lục I", "chưa đối chiếu", "Phòng Y tế", "Bắc Trung Bộ", "Đồng bằng sông Hồng",
        "Hạ tầng kinh tế - xã hội", "Xét thay thế", "Không áp dụng khi", f"/tieu-chi/{XA}/15.1/",
    ):  # fmt: skip
        assert words in page, words


def test_the_year_and_the_column_choose_the_threshold(office: Client) -> None:
    assert "≥\u00a042\u00a0triệu" in text_of(office, f"/tieu-chi/{XA}/?nam=2022")
    assert "≥\u00a048\u00a0triệu" in text_of(office, f"/tieu-chi/{XA}/?nam=2025")
    other = text_of(office, f"/tieu-chi/{XA}/?nam=2022&vung=trung_du_mien_nui_phia_bac")
    assert "≥\u00a039\u00a0triệu" in other and "đơn vị này áp dụng cột khác" in other


def test_a_local_entry_is_shown_with_its_history_from_its_day_on(cast: Cast, office: Client) -> None:
    enter(cast, "17.1", "80", part="a")
    enter(cast, "17.1", "85", part="a", illustrative=True)
    page = text_of(office, f"/tieu-chi/{XA}/")
    for words in (
        "≥\u00a085\u00a0%",
        "≥\u00a080\u00a0%",
        "Lê Anh Tuấn nhập",
        "05/2023/QĐ-UBND",
        "vì tỉnh quy định",
        "số liệu minh họa",
    ):
        assert words in page, words
    assert "Lê Anh Tuấn" not in signed_in(cast.hoa).get(f"/tieu-chi/{XA}/?ngay=2023-10-14").content.decode()


def test_a_neighbour_sees_nothing_of_our_entries(cast: Cast) -> None:
    enter(cast, "17.1", "83", part="a")
    assert "≥\u00a083\u00a0%" in text_of(signed_in(cast.lan), f"/tieu-chi/{XA}/")
    assert "≥\u00a083\u00a0%" not in text_of(signed_in(cast.binh), f"/tieu-chi/{XA}/")
    assert signed_in(cast.binh).get(f"/tieu-chi/{XA}/?huyen=447").status_code == 404


def test_filters_leave_what_they_name_and_count_it(cast: Cast, office: Client) -> None:
    missing = text_of(office, f"/tieu-chi/{XA}/?loc=chua-co-nguong")
    assert 'id="i-17.1"' in missing and 'id="i-15.1"' not in missing
    enter(cast, "15.1", "95", illustrative=True)
    invented = text_of(office, f"/tieu-chi/{XA}/?loc=minh-hoa")
    assert 'id="i-15.1"' in invented and 'id="i-17.1"' not in invented
    assert "Số liệu minh họa <b>1</b>" in invented
    assert "Không có mục nào ở tình trạng này" in text_of(office, f"/tieu-chi/{XA_NC}/?loc=minh-hoa")


def test_only_the_office_finds_the_way_to_the_form(cast: Cast, office: Client) -> None:
    address = f"/tieu-chi/{XA}/nguong/15.1/"
    assert address in text_of(office, f"/tieu-chi/{XA}/")
    page = text_of(signed_in(cast.hoa), f"/tieu-chi/{XA}/")
    assert address not in page and OFFICE_ONLY in page


def test_the_outline_of_2026_is_a_draft_without_indicators(office: Client) -> None:
    page = text_of(office, f"/tieu-chi/{DRAFT}/")
    assert "dự thảo, chưa nhập chỉ tiêu" in page and "Khoa học công nghệ và chuyển đổi số" in page
    assert office.get(f"/tieu-chi/{DRAFT}/nguong/1.1/").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "nam=abc",
        "nam=99999",
        "nam=２０２３",
        "ngay=hom-qua",
        "ngay=0001-01-01",
        "vung=sao-hoa",
        "loc=x",
        "loc=%00",
        "nam=-1",
    ],
)
def test_a_wrong_value_in_the_address_is_told(office: Client, query: str) -> None:
    for address in ("/tieu-chi/", f"/tieu-chi/{XA}/", f"/tieu-chi/{XA}/nguong/15.1/"):
        if "loc" in query and address != f"/tieu-chi/{XA}/" and "%00" not in query:
            continue
        if "ngay" in query and "nguong" in address:
            continue
        assert office.get(f"{address}?{query}").status_code == 400, address


@pytest.mark.parametrize("address", ["/tieu-chi/khong-co/", f"/tieu-chi/{XA}/?xa=999", f"/tieu-chi/{XA}/?huyen=449"])
def test_what_does_not_exist_or_is_not_ours_is_not_found(office: Client, address: str) -> None:
    assert office.get(address).status_code == 404


def test_a_commune_is_named_by_its_code_or_by_its_slug(office: Client) -> None:
    by_code, by_slug = (text_of(office, f"/tieu-chi/{XA}/?xa={name}") for name in ("18769", "ky-phu"))
    for page in (by_code, by_slug):
        assert '<option value="18769" selected>Xã Kỳ Phú</option>' in page


def test_an_empty_value_is_no_value(office: Client) -> None:
    text_of(office, f"/tieu-chi/{XA}/?nam=&ngay=&vung=&xa=&huyen=&loc=")


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        text_of(client, address)
    return len(captured)


def test_a_page_costs_the_same_for_57_and_75_indicators_and_for_many_entries(cast: Cast, office: Client) -> None:
    base = queries(office, f"/tieu-chi/{XA}/")
    assert base == queries(office, f"/tieu-chi/{XA_NC}/") == queries(office, f"/tieu-chi/{HUYEN}/")
    assert base <= 13
    listed = queries(office, "/tieu-chi/")
    one = queries(office, f"/tieu-chi/{XA}/nguong/15.1/?nam={YEAR}")
    for number in range(8):
        enter(cast, "15.1", str(90 + number))
        enter(cast, "17.1", str(80 + number), part="a", unit="18769")
    assert queries(office, f"/tieu-chi/{XA}/") == base
    assert queries(office, "/tieu-chi/") == listed
    assert queries(office, f"/tieu-chi/{XA}/nguong/15.1/?nam={YEAR}") == one
