"""Many cells at once: a pasted block with its report, last year's values; what stands beside a cell and warns."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communes.actions import filling
from communes.models import BaseFigure, Statement
from communes.rules.workflow import Stage
from criteria.models import BaseQuantity, Measure
from tests.makers import HEALTH_INSURANCE, TODAY, XA, Cast, make_cast, signed_in, stated, typed

pytestmark = pytest.mark.django_db
SHEET = f"/xa/ky-phu/danh-gia/{XA}/2023/"
HX = {"HX-Request": "true"}
ROADS = ("xa.2.1", "xa.2.2", "xa.2.3", "xa.2.4")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def paste(client: Client, block: str, *, rows: tuple[str, ...] = ROADS, version: str = "0", **more: str):
    data = {"bang": block, **{f"p-{code}": version for code in rows}, **more}
    return client.post(SHEET + "dan/", data, headers=HX)


def values() -> dict[str, str]:
    rows = Statement.objects.exclude(stage=Stage.REPLACED.value)
    return {row.assessment.measure.code: row.value for row in rows.select_related("assessment__measure")}


def counted(cast: Cast, quantity: str, value: int) -> None:
    now = "2023-10-15T00:00Z"
    BaseFigure.objects.create(
        unit=cast.ky_phu, year=2023, quantity=BaseQuantity.objects.get(code=quantity), value=value, by=cast.lan,
        on=TODAY, at=now,
    )  # fmt: skip


# ---------- a block ----------
def test_a_block_is_saved_by_one_request_and_every_line_is_accounted_for(cast: Cast):
    answer = paste(signed_in(cast.lan), "2.1\t96,4\tđã đo\n2.3\t992\n9.9\t1\n2.2\t83,1", tu="xa.2.4")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert values() == {"xa.2.1": "96.4", "xa.2.2": "83.1"}
    assert Statement.objects.get(assessment__measure__code="xa.2.1").remark == "đã đo"
    assert "Đã nhận 2 mục. 2 dòng chưa nhận" in html
    assert "Không có mã “9.9”" in html
    assert "lớn hơn 100 %" in html
    assert html.count('hx-swap-oob="true"') >= 5, "three rows, the head of the criterion, the head of the page"
    assert 'value="992"' in html, "what was refused stays in its field"


def test_a_column_without_codes_goes_down_from_the_cursor(cast: Cast):
    paste(signed_in(cast.lan), "83,1\n\n77,7", tu="xa.2.2")
    assert values() == {"xa.2.2": "83.1", "xa.2.4": "77.7"}


def test_words_name_the_options_of_a_choice_and_the_exemption_where_it_may_be(cast: Cast):
    book = cast.books.book(XA)
    exempt = [i for i in book.indicators.values() if i.not_applicable_when and not i.alternative]
    may_be = exempt[0].parts[0].measure.code
    rows = ("xa.1.1", "xa.1.2", may_be)
    html = paste(signed_in(cast.lan), "Đạt\nChưa đạt\nKhông áp dụng", rows=rows, tu="xa.1.1").content.decode()
    assert "Đã nhận 3 mục." in html
    assert values()["xa.1.1"] is True and values()["xa.1.2"] is False
    assert Statement.objects.get(assessment__measure__code=may_be).exemption == "not_applicable"


def test_the_same_block_twice_is_not_doubled(cast: Cast):
    client, block = signed_in(cast.lan), "2.1\t96,4\n2.2\t83,1"
    paste(client, block)
    # The answer was lost on its way: the browser sends the same again, with the versions that it knew.
    html = paste(client, block).content.decode()
    assert Statement.objects.count() == 2
    assert "2 mục đã đúng như vậy từ trước" in html


def test_a_figure_that_a_colleague_saved_meanwhile_is_not_written_over(cast: Cast):
    typed(cast, "xa.2.1", "84,9", by=cast.lan)
    html = paste(signed_in(cast.lan), "2.1\t96,4\n2.2\t83,1").content.decode()
    assert values() == {"xa.2.1": "84.9", "xa.2.2": "83.1"}
    assert "Nguyễn Thị Lan vừa lưu 84,9" in html


def test_without_the_version_the_colleagues_figure_would_be_lost(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """Positive control of the test above: with the guard off, the damage is done."""
    typed(cast, "xa.2.1", "84,9", by=cast.lan)
    save = filling.save_value
    monkeypatch.setattr(filling, "save_value", lambda **given: save(**{**given, "seen_version": 1}))
    paste(signed_in(cast.lan), "2.1\t96,4")
    assert values() == {"xa.2.1": "96.4"}


def test_what_the_page_did_not_show_is_not_touched(cast: Cast):
    html = paste(signed_in(cast.lan), "2.1\t96\n2.2\t83", rows=("xa.2.2",)).content.decode()
    assert values() == {"xa.2.2": "83"}
    assert "Không có mã “2.1” trong các dòng đang hiện." in html


def test_without_script_a_block_is_pasted_into_the_field_above_the_sheet(cast: Cast):
    client = signed_in(cast.lan)
    data = {"bang": "2.1\t96,4", "p-xa.2.1": "0"}
    assert client.post(SHEET + "dan/", data)["Location"] == SHEET
    refused = client.post(SHEET + "dan/", {"bang": "2.2\tabc", "p-xa.2.2": "0"})
    assert refused.status_code == 422
    assert "không phải là số" in refused.content.decode()


def test_a_neighbour_and_a_department_paste_nothing(cast: Cast):
    assert paste(signed_in(cast.minh), "2.1\t96").status_code == 404
    assert paste(signed_in(cast.hoa), "2.1\t96").status_code == 403
    assert not Statement.objects.exists()


@pytest.mark.parametrize("block", ["", "\x00", "2.1\t" + "9" * 150_000, "2.1\tx\n" * 3000, '"', "2.1\tNaN", "=1+1\t2"])
def test_hostile_blocks_are_answered_with_a_report(cast: Cast, block: str):
    assert paste(signed_in(cast.lan), block).status_code == 200
    assert not Statement.objects.exists()


def test_pasting_ten_cells_asks_little_more_than_pasting_two(cast: Cast):
    client = signed_in(cast.lan)
    codes = [p.measure.code for _, p in cast.books.book(XA).parts if p.measure.kind.value == "boolean"][:10]

    def cost(rows: list[str]) -> int:
        with CaptureQueriesContext(connection) as asked:
            paste(client, "\n".join("Đạt" for _ in rows), rows=tuple(rows), tu=rows[0])
        return len(asked)

    cost(codes[:2])
    two, ten = cost(codes[2:4]), cost(codes)
    # Four rows of ten stood already; each saved cell has its own savepoint, revision and line of history.
    assert (ten - two) / 4 <= 16


def test_a_fill_or_an_undo_is_one_request_and_keeps_versions(cast: Cast):
    client = signed_in(cast.lan)
    data = {"viec": "dien"}
    for code in ROADS[:3]:
        data |= {f"v-{code}": "88", f"p-{code}": "0", f"o-{code}": ""}
    html = client.post(SHEET + "dan/", data, headers=HX).content.decode()
    assert set(values()) == set(ROADS[:3])
    assert 'id="bao-cao"' not in html, "what went through is seen in its cells"
    data |= {"viec": "hoan-tac", "v-xa.2.1": "87"}
    html = client.post(SHEET + "dan/", data, headers=HX).content.decode()
    assert "vừa lưu 88" in html, "an undo of what somebody changed since is refused"
    assert values()["xa.2.1"] == "88"


# ---------- last year ----------
def test_last_years_values_become_drafts_of_the_empty_cells(cast: Cast):
    stated(cast, "xa.2.1", "90", by=cast.lan, year=2022, until=Stage.APPROVED)
    stated(cast, "xa.2.2", "80", by=cast.lan, year=2022)
    typed(cast, "xa.2.2", "81", by=cast.lan)
    client = signed_in(cast.lan)
    html = client.get(SHEET).content.decode()
    assert "Lấy số năm 2022 cho 1 ô" in html
    answer = client.post(SHEET + "giu-nam-truoc/")
    assert answer["Location"] == SHEET
    assert "cho 1 mục" in client.get(SHEET).content.decode()
    drafts = Statement.objects.filter(assessment__year=2023, stage=Stage.DRAFT.value)
    assert {row.assessment.measure.code: row.value for row in drafts} == {"xa.2.1": "90", "xa.2.2": "81"}


def test_last_years_values_of_a_filter_only(cast: Cast):
    stated(cast, "xa.2.1", "90", by=cast.lan, year=2022)
    client = signed_in(cast.lan)
    client.post(SHEET + "giu-nam-truoc/?loc=tra-lai")
    assert not Statement.objects.filter(assessment__year=2023).exists()
    client.post(SHEET + "giu-nam-truoc/?loc=chua-nhap")
    assert Statement.objects.filter(assessment__year=2023).count() == 1
    assert signed_in(cast.minh).post(SHEET + "giu-nam-truoc/").status_code == 404
    assert signed_in(cast.hoa).post(SHEET + "giu-nam-truoc/").status_code == 403


def test_a_jump_is_said_and_asks_for_a_remark(cast: Cast):
    stated(cast, HEALTH_INSURANCE, "50", by=cast.lan, year=2022)
    typed(cast, HEALTH_INSURANCE, "88", by=cast.lan)
    client = signed_in(cast.lan)
    assert "Tăng 38 điểm phần trăm so với năm 2022 (50\u00a0%)" in client.get(SHEET).content.decode()
    typed(cast, HEALTH_INSURANCE, "88", by=cast.lan, remark="Đo lại theo danh sách mới")
    assert "Tăng 38 điểm" not in client.get(SHEET).content.decode(), "a remark answers it"


# ---------- denominators ----------
def test_a_numerator_with_an_open_stroke_takes_the_base_figure(cast: Cast):
    client = signed_in(cast.lan)
    row = Measure.objects.get(code=HEALTH_INSURANCE)
    assert row.denominator == "population"
    data = {f"v-{HEALTH_INSURANCE}": "7741/", f"p-{HEALTH_INSURANCE}": "0"}
    missing = client.post(f"{SHEET}o/{HEALTH_INSURANCE}/", data, headers=HX)
    assert missing.status_code == 422
    assert "Chưa có số liệu nền làm mẫu số" in missing.content.decode()
    counted(cast, "population", 8777)
    assert "/ 8.777" in client.get(SHEET).content.decode()
    client.post(f"{SHEET}o/{HEALTH_INSURANCE}/", data, headers=HX)
    kept = Statement.objects.get()
    assert (kept.numerator, kept.denominator) == (Decimal(7741), Decimal(8777))


def test_another_denominator_than_the_base_figure_is_taken_and_said(cast: Cast):
    counted(cast, "population", 8777)
    data = {f"v-{HEALTH_INSURANCE}": "7741/8700", f"p-{HEALTH_INSURANCE}": "0"}
    html = signed_in(cast.lan).post(f"{SHEET}o/{HEALTH_INSURANCE}/", data, headers=HX).content.decode()
    assert Statement.objects.get().denominator == 8700
    assert "Mẫu số 8.700 khác số liệu nền 8.777" in html


# ---------- one indicator after the other ----------
def test_one_indicator_after_the_other_works_without_script(cast: Cast):
    client = signed_in(cast.lan)
    html = client.get(SHEET + "?o=3").content.decode()
    assert "Mục <b>3/60</b>" in html
    assert html.count('class="erow"') == 1
    data = {"v-xa.2.1": "96,4", "p-xa.2.1": "0", "o-xa.2.1": "", "sau": "1"}
    answer = client.post(SHEET + "?o=3", data)
    assert answer["Location"] == SHEET + "?o=4"
    assert values() == {"xa.2.1": "96.4"}
    refused = client.post(SHEET + "?o=4", {"v-xa.2.2": "abc", "p-xa.2.2": "0", "o-xa.2.2": "", "sau": "1"})
    assert refused.status_code == 422
    assert "Mục <b>4/60</b>" in refused.content.decode()


@pytest.mark.parametrize("place", ["0", "-1", "abc", "99999", "", "²"])
def test_a_place_that_is_none_is_the_nearest(cast: Cast, place: str):
    assert signed_in(cast.lan).get(SHEET, {"o": place}).status_code == 200


def test_an_answer_brings_only_what_the_asking_page_has(cast: Cast):
    client = signed_in(cast.lan)
    data = {f"v-{HEALTH_INSURANCE}": "88", f"p-{HEALTH_INSURANCE}": "0"}

    def saved_on(query: str) -> str:
        headers = {**HX, "HX-Current-URL": f"http://testserver{SHEET}{query}"}
        return client.post(f"{SHEET}o/{HEALTH_INSURANCE}/", data, headers=headers).content.decode()

    assert 'id="c-' in saved_on("")
    filtered = saved_on("?loc=chua-nhap")
    assert 'id="c-' not in filtered and 'id="dau-phieu"' in filtered
    single = saved_on("?o=4")
    assert 'id="dau-phieu"' not in single and 'id="c-' not in single
