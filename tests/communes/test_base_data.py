"""Base data: counted once a year, typed by the commune or the office, never overwritten unseen."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import HistoryEntry
from accounts.roles import Role
from communes.actions.base_data import FigureEntry, StaleFigures, save_base_figures
from communes.models import BaseFigure, Round, RoundEvent, Statement
from communes.policies import Refused
from communes.queries.base_data import base_figures
from communes.rules.rounds import RoundEventKind, RoundKind
from communes.rules.workflow import ActKind
from tests.makers import HEALTH_INSURANCE, TODAY, YEAR, Cast, make_cast, make_person, post, signed_in, step

pytestmark = pytest.mark.django_db
PAGE = "/xa/ky-phu/so-lieu-nen/2023/"
SHEET = "/xa/ky-phu/danh-gia/xa-ntm-2021-2025/2023/"
LAST = "/xa/ky-phu/so-lieu-nen/2022/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def text_of(response) -> str:
    return response.content.decode()


def fields_on(client, address: str = PAGE) -> dict[str, str]:
    """Every field of the page as the browser would send it back."""
    inputs = re.findall(r"<input[^>]*>", text_of(client.get(address)))
    named = [(re.search(r'name="([vnoc]-[^"]+)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs]
    return {name[1]: value[1] if value else "" for name, value in named if name}


def typed(client, address: str = PAGE, **figures: str) -> dict[str, str]:
    """The page with figures typed into it, by quantity."""
    return fields_on(client, address) | {f"v-{code}": value for code, value in figures.items()}


def figure(cast: Cast, code: str, *, year: int = YEAR) -> Decimal | None:
    return base_figures([cast.ky_phu.pk], year, TODAY).get(cast.ky_phu.pk, {}).get(code)


def close_the_year(cast: Cast) -> None:
    # Straight into the rows: closing is another part's act; here only the lock counts.
    year_round = Round.objects.create(
        district=cast.district, kind=RoundKind.YEAR.value, number=1, year=YEAR,
        opens_on=TODAY, due_on=TODAY, by=cast.tuan, at="2023-10-15T08:00:00+07:00",
    )  # fmt: skip
    RoundEvent.objects.create(
        round=year_round, kind=RoundEventKind.CLOSE.value, by=cast.tuan, on=TODAY, at="2023-10-15T08:00:00+07:00"
    )


def test_lan_types_the_households_of_her_commune_with_their_source(cast: Cast):
    client = signed_in(cast.lan)
    sent = {**typed(client, households="2.345", village_roads_km="48,25"), "n-households": "Niên giám 2023"}
    answer = client.post(PAGE, sent, follow=True)
    assert "Đã lưu 2 số liệu nền." in text_of(answer)
    assert "Niên giám 2023" in text_of(answer) and "Nguyễn Thị Lan" in text_of(answer)
    assert (figure(cast, "households"), figure(cast, "village_roads_km")) == (Decimal(2345), Decimal("48.25"))
    entry = HistoryEntry.objects.filter(act="base_data.save").get()
    assert "nhập số liệu nền năm 2023: Tổng số hộ 2.345 hộ; Đường thôn" in entry.sentence
    assert entry.changes["figures"]["households"] == [None, "2345"]
    again = client.post(PAGE, fields_on(client), follow=True)
    assert "Không có số liệu nào thay đổi." in text_of(again)
    assert BaseFigure.objects.count() == 2


def test_a_figure_is_corrected_by_a_new_row_and_a_past_day_still_reads_the_old_one(cast: Cast):
    client = signed_in(cast.lan)
    client.post(PAGE, typed(client, households="2345"))
    BaseFigure.objects.update(on="2023-10-01")
    client.post(PAGE, typed(client, households="2400"))
    assert figure(cast, "households") == 2400
    before = base_figures([cast.ky_phu.pk], YEAR, TODAY.replace(day=10))
    assert before[cast.ky_phu.pk]["households"] == 2345
    client.post(PAGE, typed(client, households=""))
    assert figure(cast, "households") is None
    assert BaseFigure.objects.count() == 3


def test_the_population_of_the_register_is_offered_and_taken_only_by_a_press_of_its_own(cast: Cast):
    cast.ky_phu.population = 8777
    cast.ky_phu.save()
    client = signed_in(cast.lan)
    assert "Danh mục đơn vị ghi 8.777" in text_of(client.get(PAGE))
    client.post(PAGE, typed(client, households="2345"))
    assert figure(cast, "population") is None, "it may be years old: saving something else does not take it"
    html = text_of(client.post(PAGE, {**fields_on(client), "dien": "dan-so"}))
    assert "Đã điền 1 ô, chưa lưu." in html and 'name="v-population" id="v-population" value="8.777"' in html
    client.post(PAGE, typed(client, population="8.777") | {"n-population": "Danh mục đơn vị hành chính"})
    assert figure(cast, "population") == 8777
    # Taken back, it is not offered again: somebody decided.
    client.post(PAGE, typed(client, population=""))
    assert "Danh mục đơn vị ghi" not in text_of(client.get(PAGE))


def test_last_years_figures_fill_the_empty_fields_and_wait_to_be_saved(cast: Cast):
    client = signed_in(cast.lan)
    client.post(LAST, typed(client, LAST, villages="9", households="2300", lanes_km="12,5"))
    shown = client.post(PAGE, {**typed(client, households="2345"), "dien": "nam-truoc"})
    html = text_of(shown)
    assert shown.status_code == 200 and "Đã điền 2 ô, chưa lưu." in html
    assert 'name="v-villages" id="v-villages" value="9"' in html
    assert 'name="v-lanes_km" id="v-lanes_km" value="12,5"' in html
    assert 'name="v-households" id="v-households" value="2345"' in html, "what was typed stays"
    assert not BaseFigure.objects.filter(year=YEAR).exists()


def typed_share(client) -> Statement:
    """Health insurance of Kỳ Phú as a numerator and a denominator, a draft."""
    client.post(f"{SHEET}o/bhyt/", {"v-bhyt": "7741/8777", "p-bhyt": "0"})
    return Statement.objects.get(assessment__measure__code=HEALTH_INSURANCE)


def test_a_changed_denominator_names_the_indicators_computed_with_the_old_one(cast: Cast):
    """Nothing is computed again behind anybody's back: what was stated stays, and the page and the sheet say so."""
    client = signed_in(cast.lan)
    client.post(PAGE, typed(client, population="8777"))
    revision = typed_share(client)
    step(cast, revision, ActKind.SUBMIT, by=cast.lan)
    assert "mẫu số khác số liệu nền" not in text_of(client.get(PAGE))
    html = text_of(client.post(PAGE, typed(client, population="9000"), follow=True))
    assert "1 chỉ tiêu đang tính theo mẫu số khác số vừa lưu" in html
    section = html[html.index('id="khac-mau-so"') : html.index("</section>", html.index('id="khac-mau-so"'))]
    words = " ".join(re.sub(r"<[^>]+>", " ", section).replace("\xa0", " ").split())
    assert "15.1 Tỷ lệ người dân tham gia bảo hiểm y tế" in words
    assert "(Xã NTM; cũng tính cho Xã NTM nâng cao 14.1" in words
    assert "đã nhập 7741/8777 (88,2 %), số liệu nền nay là 9.000 người" in words
    assert 'href="/xa/ky-phu/danh-gia/xa-ntm-2021-2025/2023/#r-bhyt"' in section
    revision.refresh_from_db()
    assert revision.denominator == 8777
    # Also where the figure is long approved, in the sheet, until one of the two is corrected.
    for act, by in ((ActKind.VERIFY, cast.hoa), (ActKind.APPROVE, cast.tuan)):
        step(cast, revision, act, by=by)
    assert "Mẫu số 8.777 khác số liệu nền" in text_of(client.get(SHEET))
    html = text_of(client.post(PAGE, typed(client, population="8777"), follow=True))
    assert "mẫu số khác" not in html and "Mẫu số 8.777" not in text_of(client.get(SHEET))


def test_a_draft_is_not_told_to_a_department_that_reads_the_base_data(cast: Cast):
    client = signed_in(cast.lan)
    client.post(PAGE, typed(client, population="9000"))
    typed_share(client)
    assert "7741/8777" in text_of(client.get(PAGE))
    assert "7741/8777" not in text_of(signed_in(cast.hoa).get(PAGE))


def test_an_improbable_jump_is_warned_of_and_saved_all_the_same(cast: Cast):
    client = signed_in(cast.lan)
    client.post(LAST, typed(client, LAST, households="2300", schools="3"))
    client.post(PAGE, typed(client, households="23000", schools="4"))
    html = text_of(client.get(PAGE))
    assert "Gấp 10 lần so với năm trước (2.300 hộ). Kiểm tra lại." in html
    assert html.count("so với năm trước") == 1, "one school more is no jump"
    assert figure(cast, "households") == 23000


@pytest.mark.parametrize(
    ("code", "text", "sentence"),
    [
        ("village_roads_km", "12.345", "có thể là"),
        ("households", "2345,5", "phải là số nguyên"),
        ("households", "-5", "không được âm"),
        ("households", "hai nghìn", "không phải là số"),
        ("farmland_ha", "12,345", "có thể là"),
        ("farmland_ha", "1234,567", "nhiều nhất 2 chữ số thập phân"),
        ("households", "9" * 400, "quá lớn"),
    ],
)
def test_a_wrong_figure_is_named_kept_and_saves_nothing(cast: Cast, code: str, text: str, sentence: str):
    client = signed_in(cast.lan)
    answer = client.post(PAGE, typed(client, villages="9", **{code: text}))
    assert answer.status_code == 422
    assert sentence in text_of(answer) and "Chưa lưu số nào." in text_of(answer)
    assert f'value="{text[:60]}' in text_of(answer)
    assert not BaseFigure.objects.exists()


def test_two_windows_on_one_figure_the_later_reads_both_values_first(cast: Cast):
    lan, tuan = signed_in(cast.lan), signed_in(cast.tuan)
    page = typed(tuan, households="2400", villages="9")
    lan.post(PAGE, typed(lan, households="2345"))
    answer = tuan.post(PAGE, page)
    assert answer.status_code == 409
    assert "Nguyễn Thị Lan vừa lưu 2.345 hộ; anh/chị nhập 2.400 hộ" in text_of(answer)
    assert figure(cast, "households") == 2345 and figure(cast, "villages") is None
    html = text_of(answer)
    seen = re.search(r'name="o-households" value="(\d+)"', html)
    assert seen and 'name="v-households" id="v-households" value="2400"' in html
    tuan.post(PAGE, {**page, "o-households": seen[1]})
    assert figure(cast, "households") == 2400


def test_without_the_watch_on_what_was_seen_the_first_figure_would_be_lost(cast: Cast, monkeypatch):
    """Positive control of the test above: the guard off, the second save replaces what nobody saw."""
    lan, tuan = signed_in(cast.lan), signed_in(cast.tuan)
    page = typed(tuan, households="2400")
    lan.post(PAGE, typed(lan, households="2345"))
    monkeypatch.setattr("communes.actions.base_data._row", lambda stands, entry: entry.seen)
    tuan.post(PAGE, page)
    assert figure(cast, "households") == 2400


def test_two_windows_on_different_figures_keep_both(cast: Cast):
    lan, tuan = signed_in(cast.lan), signed_in(cast.tuan)
    page = typed(tuan, villages="9")
    lan.post(PAGE, typed(lan, households="2345"))
    answer = tuan.post(PAGE, page, follow=True)
    assert "Đã lưu 1 số liệu nền." in text_of(answer)
    assert (figure(cast, "households"), figure(cast, "villages")) == (2345, 9)


def test_the_same_figure_twice_is_no_conflict(cast: Cast):
    entry = FigureEntry("villages", Decimal(9))
    for person in (cast.lan, cast.tuan):
        save_base_figures(
            by=person, standing=cast.standing(person), unit=cast.ky_phu, year=YEAR, entries=[entry], on=TODAY
        )
    assert BaseFigure.objects.count() == 1
    with pytest.raises(StaleFigures):
        save_base_figures(
            by=cast.tuan, standing=cast.standing(cast.tuan), unit=cast.ky_phu, year=YEAR,
            entries=[FigureEntry("villages", Decimal(8))], on=TODAY,
        )  # fmt: skip


def test_the_office_and_the_statistics_office_type_too_others_only_read(cast: Cast):
    statistician = make_person(username="tk", full_name="Cán bộ Thống kê")
    post(statistician, Role.DEPARTMENT, cast.district, department=cast.departments["tk"])
    for number, person in enumerate((cast.tuan, statistician), 2345):
        client = signed_in(person)
        client.post(PAGE, typed(client, households=str(number)))
        assert figure(cast, "households") == number
    for person in (cast.hoa, cast.hung):
        client = signed_in(person)
        html = text_of(client.get(PAGE))
        assert "2.346" in html and 'name="v-' not in html
        refused = client.post(PAGE, {"v-households": "1", "o-households": "0"})
        assert refused.status_code == 403 and "Chỉ cán bộ của xã" in text_of(refused)
    for person in (cast.minh, cast.binh):
        assert signed_in(person).get(PAGE).status_code == 404
        assert signed_in(person).post(PAGE, {"v-households": "1"}).status_code == 404
    assert figure(cast, "households") == 2346


def test_the_table_is_taken_away_as_a_workbook_in_which_text_stays_text(cast: Cast):
    client = signed_in(cast.lan)
    client.post(PAGE, {**typed(client, lanes_km="12,5"), "n-lanes_km": "=HYPERLINK(1)"})
    answer = client.get(PAGE + "excel/")
    assert "attachment" in answer["Content-Disposition"]
    sheet = load_workbook(BytesIO(answer.content)).active
    row = next(row for row in sheet.iter_rows(min_row=5) if row[0].value == "Đường ngõ, xóm")
    assert [cell.value for cell in row][1:6] == ["km", None, 12.5, "=HYPERLINK(1)", "Nguyễn Thị Lan"]
    assert row[4].data_type == "s"
    assert signed_in(cast.minh).get(PAGE + "excel/").status_code == 404


def test_a_closed_year_is_read_and_no_longer_written(cast: Cast):
    client = signed_in(cast.lan)
    page = typed(client, households="2345")
    close_the_year(cast)
    assert "đã chốt" in text_of(client.get(PAGE))
    assert client.post(PAGE, page).status_code == 403
    assert not BaseFigure.objects.exists()


def test_a_year_that_closes_while_somebody_saves_takes_nothing_more(cast: Cast, monkeypatch):
    """The lock is asked again after the act was remembered; without that last question the figure would slip in."""
    def save() -> None:
        save_base_figures(
            by=cast.lan, standing=cast.standing(cast.lan), unit=cast.ky_phu, year=YEAR,
            entries=[FigureEntry("villages", Decimal(9))], on=TODAY,
        )  # fmt: skip

    close_the_year(cast)
    with pytest.raises(Refused, match="đã chốt"):
        save()
    assert not BaseFigure.objects.exists()
    monkeypatch.setattr("communes.actions.base_data.refuse_if_locked", lambda district, year: None)
    save()  # positive control
    assert BaseFigure.objects.exists()


def test_the_page_says_which_indicators_take_a_figure_as_their_denominator(cast: Cast):
    html = text_of(signed_in(cast.lan).get(PAGE))
    assert re.search(r"Dân số .*?mẫu số của Xã NTM[^<]*15\.1", html, re.S)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/xa/ky-phu/so-lieu-nen/99999/", 400),
        ("/xa/ky-phu/so-lieu-nen/2024/", 400),
        ("/xa/khong/so-lieu-nen/2023/", 404),
    ],
)
def test_a_wrong_address_is_told(cast: Cast, address: str, status: int):
    assert signed_in(cast.tuan).get(address).status_code == status


@pytest.mark.parametrize("seen", ["x", "-1", "9" * 30])
def test_a_tampered_row_is_a_bad_request(cast: Cast, seen: str):
    answer = signed_in(cast.lan).post(PAGE, {"v-households": "1", "o-households": seen, "c-households": "x"})
    assert answer.status_code == 400
    assert not BaseFigure.objects.exists()


def test_the_page_costs_the_same_for_one_figure_and_for_all(cast: Cast):
    client = signed_in(cast.lan)
    client.post(PAGE, typed(client, villages="9"))
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    client.post(PAGE, {name: "9" if name.startswith("v-") else value for name, value in typed(client).items()})
    assert BaseFigure.objects.count() == 20
    with CaptureQueriesContext(connection) as all_of_them:
        client.get(PAGE)
    assert len(all_of_them) == len(one)


def test_kilometres_with_three_decimals_come_back_as_they_can_be_typed_again(cast: Cast):
    client = signed_in(cast.lan)
    client.post(PAGE, typed(client, lanes_km="12,3450"))
    answer = client.post(PAGE, {**fields_on(client), "n-lanes_km": "Đo thực tế"}, follow=True)
    assert "Đã lưu 1 số liệu nền." in text_of(answer)
    assert figure(cast, "lanes_km") == Decimal("12.345")


def test_a_denominator_set_to_nothing_or_taken_away_is_cautioned(cast: Cast):
    client = signed_in(cast.lan)
    client.post(PAGE, typed(client, population="8777"))
    for value, said in (("0", "bằng 0"), ("", "bỏ trống")):
        html = text_of(client.post(PAGE, typed(client, population=value), follow=True))
        assert re.search(rf"Dân số[^<]* {said}, mà là mẫu số của Xã NTM [^<]*15.1", html), said
        again = text_of(client.get(PAGE))
        row = again[again.index('id="r-population"') :].split("</tr>")[0]
        assert f"{said.capitalize()}, mà là mẫu số của chỉ tiêu. Kiểm tra lại." in row
    html = text_of(client.post(PAGE, typed(client, population="8777"), follow=True))
    assert "mà là mẫu số" not in html
