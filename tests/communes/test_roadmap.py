"""The roadmap page: the office sets targets; everybody reads; no save is lost."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import HistoryEntry, Person
from communes.actions import aiming
from communes.models import CountTarget, Recognition, Target
from communes.queries.roadmap import roadmap_of
from criteria.rules.vocabulary import Tier
from tests.makers import TODAY, XA, XA_NC, YEAR, Cast, make_cast, make_commune, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/muc-tieu/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def seen_in(html: str) -> str:
    found = re.search(r'name="moc" value="([^"]*)"', html)
    assert found
    return found[1]


def open_form(person: Person, query: str) -> str:
    return seen_in(signed_in(person).get(PAGE + query).content.decode())


def set_cell(person: Person, *tiers: str, year: int = YEAR, seen: str | None = None, **more: object) -> HttpResponse:
    """What the form of Kỳ Phú's cell sends."""
    mark = open_form(person, f"?sua=ky-phu.{year}") if seen is None else seen
    posted = {"moc": mark, "bac": tiers, "linh-vuc": more.get("fields", ()), "van-ban": more.get("document", "")}
    return signed_in(person).post(f"{PAGE}ky-phu/nam/{year}/", posted)


def recognise(cast: Cast, family: str = XA, tier: Tier = Tier.STANDARD) -> Recognition:
    return Recognition.objects.create(
        unit=cast.ky_phu, family=family, tier=tier.value, year=2022, decision=f"1/{tier}", decided_on=date(2022, 12, 30)
    )


def stands() -> list[tuple[int, str, list[str], str]]:
    return list(Target.objects.order_by("year", "tier").values_list("year", "tier", "fields", "document"))


def test_the_office_sets_a_cell_and_history_says_from_what_to_what(cast: Cast):
    answer = set_cell(cast.tuan, "standard", "model", fields=["san_xuat"], document="KH 12/KH-UBND")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}#x-ky-phu")
    assert stands() == [(YEAR, "model", ["san_xuat"], "KH 12/KH-UBND"), (YEAR, "standard", [], "KH 12/KH-UBND")]
    entry = HistoryEntry.objects.latest("number")
    assert entry.act == "target.change" and "từ “không có mục tiêu” thành “đạt chuẩn" in entry.sentence
    html = signed_in(cast.lan).get(PAGE).content.decode()
    assert "Sản xuất" in html and "không có mục tiêu nâng cao" in html, "kiểu mẫu without nâng cao is told"
    assert "?sua=" not in html, "a commune reads only"
    set_cell(cast.tuan)
    assert stands() == []


def test_saving_what_stands_already_remembers_nothing(cast: Cast):
    set_cell(cast.tuan, "standard")
    number = HistoryEntry.objects.count()
    set_cell(cast.tuan, "standard")
    assert HistoryEntry.objects.count() == number


def test_a_stale_cell_gets_both_values_and_the_second_save_replaces(cast: Cast):
    old = open_form(cast.mai, f"?sua=ky-phu.{YEAR}")
    set_cell(cast.tuan, "standard")
    answer = set_cell(cast.mai, "advanced", seen=old)
    html = answer.content.decode()
    assert answer.status_code == 409 and "hiện nay là “đạt chuẩn”" in html
    assert re.search(r'value="advanced" checked', html), "what Mai chose is still there"
    assert [tier for _, tier, *_ in stands()] == ["standard"]
    assert set_cell(cast.mai, "advanced", seen=seen_in(html)).status_code == 302
    assert [tier for _, tier, *_ in stands()] == ["advanced"]


@pytest.mark.parametrize("who", ["lan", "hoa", "hung", "dung", "quan"])
def test_nobody_but_the_office_sets_targets(cast: Cast, who: str):
    person = getattr(cast, who)
    assert set_cell(person, "standard", seen="").status_code == 403
    assert signed_in(person).post(f"{PAGE}nhieu-xa/", {"nam": YEAR}).status_code == 403
    assert signed_in(person).post(f"{PAGE}so-xa/{YEAR}/", {}).status_code == 403
    assert not Target.objects.exists()


def test_the_office_next_door_finds_no_cell_of_ours(cast: Cast, monkeypatch):
    assert set_cell(cast.binh, "standard", seen="").status_code == 404
    assert not Target.objects.exists()


def test_without_the_policy_anybody_could_write(cast: Cast, monkeypatch):
    """Positive control: it is the policy inside the act that stops a commune's officer."""
    monkeypatch.setattr(aiming, "why_not_set_targets", lambda *asked: None)
    monkeypatch.setattr("communes.views.roadmap.why_not_set_targets", lambda *asked: None)
    assert set_cell(cast.lan, "standard", seen="").status_code == 302
    assert stands() == [(YEAR, "standard", [], "")]


@pytest.mark.parametrize(
    ("year", "tiers", "fields", "said"),
    [
        (YEAR, ["standard"], ["san_xuat"], "Chỉ bậc kiểu mẫu có lĩnh vực nổi trội"),
        (YEAR, ["model"], ["khong-co"], "không có trong danh mục"),
        (YEAR, ["none"], [], "không có trong danh mục"),
        (1999, ["standard"], [], "Năm phải từ 2021 đến 2050"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(cast: Cast, year: int, tiers: list[str], fields, said: str):
    answer = set_cell(cast.tuan, *tiers, year=year, seen="", fields=fields)
    assert answer.status_code == 422
    if year == YEAR:
        assert said in answer.content.decode()
    assert not Target.objects.exists()


def test_several_communes_get_one_target_and_keep_their_others(cast: Cast):
    set_cell(cast.tuan, "standard")
    mark = open_form(cast.tuan, "")
    posted = {"moc": mark, "nam": YEAR, "bac": ["advanced"], "xa": ["ky-phu", "ky-chau"], "van-ban": "KH 1"}
    assert signed_in(cast.tuan).post(f"{PAGE}nhieu-xa/", posted).status_code == 302
    found = set(Target.objects.values_list("unit__slug", "tier"))
    assert found == {("ky-phu", "standard"), ("ky-phu", "advanced"), ("ky-chau", "advanced")}
    assert "cho 2 xã: Kỳ Phú, Kỳ Châu" in HistoryEntry.objects.latest("number").sentence
    again = signed_in(cast.mai).post(f"{PAGE}nhieu-xa/", {**posted, "bac": ["model"]})
    assert again.status_code == 409 and "Kỳ Phú: đạt chuẩn; nâng cao" in again.content.decode()
    assert signed_in(cast.tuan).post(f"{PAGE}nhieu-xa/", {"nam": YEAR, "moc": mark, "xa": []}).status_code in {409, 422}


def test_the_district_wants_a_number_or_a_range_beside_what_the_law_asks(cast: Cast):
    posted = {"moc": "", "tu-standard": "2", "tu-model": "1", "den-model": "2", "van-ban": "NQ 3"}
    assert signed_in(cast.tuan).post(f"{PAGE}so-xa/{YEAR}/", posted).status_code == 302
    assert set(CountTarget.objects.values_list("tier", "low", "high")) == {("standard", 2, 2), ("model", 1, 2)}
    Target.objects.create(unit=cast.district, year=YEAR, tier="standard")
    html = signed_in(cast.lan).get(PAGE).content.decode()
    assert "Mục tiêu 1 đến 2" in html and "2/2 xã" in html, "100 % of two communes, from the criteria data"
    assert "lộ trình các xã mới cộng được 0 xã đạt chuẩn trở lên, mục tiêu của huyện là 2" in html
    stale = signed_in(cast.mai).post(f"{PAGE}so-xa/{YEAR}/", {**posted, "tu-standard": "1"})
    assert stale.status_code == 409 and "2 xã đạt chuẩn; 1 đến 2 xã kiểu mẫu" in stale.content.decode()
    many = signed_in(cast.tuan).post(f"{PAGE}so-xa/2024/", {"moc": "", "tu-standard": "3"})
    assert many.status_code == 422 and "phải từ 0 đến 2" in many.content.decode()


def test_recognised_stands_beside_the_target_and_a_missed_year_is_told(cast: Cast):
    recognise(cast)
    for tier in ("standard", "advanced"):
        Target.objects.create(unit=cast.ky_phu, year=2022, tier=tier)
    board = roadmap_of(cast.district, TODAY)
    row = board.rows[0]
    assert (row.unit, row.recognised) == (cast.ky_phu, Tier.STANDARD)
    assert row.cells[0].state == "quá năm, chưa công nhận"
    assert "Xã Kỳ Phú: mục tiêu nâng cao năm 2022 đã qua" in board.concerns[0].sentence
    assert [one.recognised for one in board.totals[0][1]][:2] == [1, 1], "by the end of 2022 and today"
    recognise(cast, XA_NC, Tier.ADVANCED)
    assert roadmap_of(cast.district, TODAY).rows[0].cells[0].state == "đã công nhận"


def test_the_workbook_says_what_the_page_says(cast: Cast):
    set_cell(cast.tuan, "standard", document="=1+1")
    book = load_workbook(BytesIO(signed_in(cast.lan).get(f"{PAGE}excel/").content))
    assert book.sheetnames == ["Lộ trình", "Mục tiêu huyện", "Cần xem lại"]
    cells = [cell.value for row in book["Lộ trình"].iter_rows() for cell in row]
    assert "Xã Kỳ Phú" in cells and "đạt chuẩn" in cells


def test_more_communes_ask_no_more_queries(cast: Cast):
    def queries() -> int:
        client = signed_in(cast.tuan)
        client.get(PAGE)
        with CaptureQueriesContext(
            connection,
        ) as counted:
            client.get(PAGE)
        return len(counted)

    before = queries()
    for number in range(5):
        unit = make_commune(district=cast.district, code=f"1900{number}", name=f"Xã {number}", slug=f"xa-{number}")
        Target.objects.create(unit=unit, year=YEAR, tier="standard")
    assert queries() == before
