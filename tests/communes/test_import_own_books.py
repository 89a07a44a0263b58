"""The office's own workbooks: columns are mapped once, remembered by their headings, and checked like ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from communes.models import ColumnMapping, ImportBatch, Statement
from communes.rules.importing import ImportKind, RowClass
from tests.communes.importing import apply, bring, preview, saved
from tests.makers import HEALTH_INSURANCE, XA, YEAR, Cast, make_cast, signed_in

pytestmark = pytest.mark.django_db
HEADINGS = ["TT", "Tên xã", "15.1 Tỷ lệ tham gia BHYT", "Điện", "Người lập"]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def own_book(headings: list[Any], rows: list[list[Any]], title: str = "Tổng hợp") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(["BIỂU TỔNG HỢP"])
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    return saved(book)


ROWS = [[1, "Kỳ Phú", 95.5, "Đạt", "A"], [2, "xã Kỳ Châu", 91, None, "A"], [None, "Tổng cộng", 93, None, None]]


def mapping_page(client: Client, content: bytes) -> tuple[ImportBatch, Any]:
    response = bring(client, content)
    batch = ImportBatch.objects.latest("pk")
    assert response["Location"] == reverse("communes:import-mapping", kwargs={"batch": batch.pk})
    return batch, client.get(response["Location"]).context["page"]


def send(client: Client, batch: ImportBatch, page: Any, **changed: str) -> Any:
    """The page as it is, sent, with some fields changed."""
    fields = {"trang-tinh": page.sheet, "hang": page.heading, "cach": page.way, "bo": page.family, "nam": page.year}
    places = {column.heading.key: column.heading.place for column in page.columns}
    fields["cot-xa"] = places.get(page.place, "")
    fields |= {f"c-{column.heading.place}": column.measure for column in page.columns if column.measure}
    fields |= {f"s-{column.heading.place}": "on" for column in page.columns if column.is_scaled}
    address = reverse("communes:import-mapping", kwargs={"batch": batch.pk})
    return client.post(address, {**fields, **changed})


def test_columns_are_proposed_by_code_and_name_without_accents(cast: Cast) -> None:
    batch, page = mapping_page(signed_in(cast.tuan), own_book(HEADINGS, ROWS))
    assert batch.kind == ImportKind.OWN_BOOK
    assert (page.sheet, page.heading, page.place) == ("Tổng hợp", 2, "ten xa")
    assert {c.heading.text: c.measure for c in page.columns if c.measure} == {HEADINGS[2]: HEALTH_INSURANCE}


def test_a_mapped_workbook_is_checked_and_written_like_ours(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    batch, page = mapping_page(client, own_book(HEADINGS, ROWS))
    assert send(client, batch, page, **{"c-4": "xa.1.1"}).status_code == 302
    batch.refresh_from_db()
    assert batch.year == YEAR
    assert {row.title[:14]: row.new for row in preview(client, batch).found.rows} == {
        "Kỳ Phú · 15.1 ": "95,5\u00a0%", "Kỳ Phú · 1.1 C": "Đạt", "Kỳ Châu · 15.1": "91\u00a0%",
    }  # fmt: skip
    apply(client, batch)
    assert Statement.objects.filter(batch=batch, stage="prefilled").count() == 3


def test_the_mapping_is_offered_for_the_next_workbook_with_these_headings(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    batch, page = mapping_page(client, own_book(HEADINGS, ROWS))
    send(client, batch, page, **{"c-4": "xa.1.1"})
    turned = [[row[4], row[3], row[2], row[1], row[0]] for row in ROWS]
    again, page = mapping_page(client, own_book(HEADINGS[::-1], turned, "Quý III"))
    assert page.remembered and page.sheet == "Quý III"
    assert {c.heading.text: c.measure for c in page.columns if c.measure} == {
        HEADINGS[2]: HEALTH_INSURANCE, "Điện": "xa.1.1",
    }  # fmt: skip
    send(client, again, page)
    assert len(preview(client, again).found.written) == 3
    assert ColumnMapping.objects.count() == 1


def test_shares_of_one_are_noticed_and_made_percentages(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    rows = [[1, "Kỳ Phú", 0.955, None, None], [2, "Kỳ Châu", 0.91, None, None]]
    batch, page = mapping_page(client, own_book(HEADINGS, rows))
    assert [column.heading.text for column in page.columns if column.is_scaled] == [HEADINGS[2]]
    send(client, batch, page)
    assert [row.new for row in preview(client, batch).found.rows] == ["95,5\u00a0%", "91\u00a0%"]


def test_measures_in_rows_for_one_commune(cast: Cast) -> None:
    client = signed_in(cast.lan)
    rows = [["15.1", "BHYT", 95.5], ["1.1", "Quy hoạch", "Đạt"], ["99.9", "Không có", 5], ["2.1", "Đường", None]]
    batch, page = mapping_page(client, own_book(["Mã", "Nội dung", "Kết quả năm"], rows))
    answer = send(client, batch, page, **{"cach": "down", "cot-xa": "1", "cot-so": "3", "xa": "18769", "bo": XA})
    assert answer.status_code == 302
    found = preview(client, batch).found
    assert [row.found for row in found.rows] == [RowClass.NEW, RowClass.NEW, RowClass.REFUSED]
    assert "99.9" in found.rows[2].problems[0].reason


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"cot-xa": ""}, "Chọn cột ghi tên xã"),
        ({"c-3": "", "c-4": ""}, "ít nhất một cột"),
        ({"c-3": "bhyt", "c-4": "bhyt"}, "Có hai cột"),
        ({"cach": "down", "cot-xa": "1", "cot-so": "3"}, "Chọn xã"),
    ],
)
def test_an_incomplete_mapping_asks_for_what_is_missing(cast: Cast, changed: dict[str, str], sentence: str) -> None:
    client = signed_in(cast.tuan)
    batch, page = mapping_page(client, own_book(HEADINGS, ROWS))
    answer = send(client, batch, page, **changed)
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_an_unknown_commune_is_refused_with_its_cell_and_totals_are_left_out(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    batch, page = mapping_page(client, own_book(HEADINGS, [[1, "Kỳ Lạ", 95, None, None], *ROWS]))
    send(client, batch, page)
    refused = preview(client, batch).found.refused
    assert [(row.problems[0].cell, row.problems[0].value) for row in refused] == [("B3", "Kỳ Lạ")]


@pytest.mark.parametrize(
    "asked", ["trang-tinh=x", "hang=99999999999", "hang=abc", "cach=zz", "bo=%00", "xa=%00", "nam=", "hang=0"]
)
def test_odd_choices_in_the_address_are_no_error_of_ours(cast: Cast, asked: str) -> None:
    client = signed_in(cast.tuan)
    client.raise_request_exception = False
    batch, _ = mapping_page(client, own_book(HEADINGS, ROWS))
    assert client.get(f"/nhap-excel/{batch.pk}/cot/?{asked}").status_code in (200, 302, 400)


def test_an_unmapped_workbook_cannot_be_written(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    batch, _ = mapping_page(client, own_book(HEADINGS, ROWS))
    assert client.get(f"/nhap-excel/{batch.pk}/")["Location"].endswith("/cot/")
    client.post(f"/nhap-excel/{batch.pk}/ghi/", {"dau": "", "cach": "sach"})
    assert not Statement.objects.exists()


def test_an_empty_workbook_gets_its_sentence(cast: Cast) -> None:
    book = Workbook()
    answer = bring(signed_in(cast.tuan), saved(book))
    client = signed_in(cast.tuan)
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        assert "không có nội dung" in client.get(answer["Location"], follow=True).content.decode()
