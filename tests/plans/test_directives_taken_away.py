"""Directives as workbooks and papers: the words of the page, days as days, text that stays text."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pypdf
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import Person
from plans.actions.following import Decision
from plans.models import Directive
from tests.makers import TODAY, Cast, make_cast, signed_in
from tests.plans.directives import DUE, ISSUED, WHAT, act, asked, entered, item_of
from tests.plans.test_directives import meet

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def row(cast: Cast) -> Directive:
    row = entered(
        cast, asked(cast, "=HYPERLINK(1)"), asked(cast, "Trễ rồi", due_on=ISSUED, responsible=cast.dung),
        asked(cast, "Vệ sinh", units=(cast.ky_phu, cast.ky_chau)),
    )  # fmt: skip
    act(cast.dung, item_of(row, 2), "ghi", "Đã gửi dự thảo")
    return row


def sheets(person: Person, address: str) -> list[Worksheet]:
    answer = signed_in(person).get(address)
    assert answer.status_code == 200, address
    return openpyxl.load_workbook(BytesIO(answer.content)).worksheets


def lines(sheet: Worksheet) -> list[list[object]]:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    first = next(number for number, cells in enumerate(rows) if cells[0] == "TT")
    return rows[first + 1 :]


def printed(person: Person, address: str) -> str:
    answer = signed_in(person).get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf", address
    pages = pypdf.PdfReader(BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_the_report_on_one_document_says_what_became_of_each_item(cast: Cast, row: Directive):
    (sheet,) = sheets(cast.lan, f"/chi-dao/{row.pk}/excel/")
    assert sheet["A1"].value == "TÌNH HÌNH THỰC HIỆN THÔNG BÁO KẾT LUẬN 112-TB/HU"
    assert "4 nội dung: 1 quá hạn, 3 đang làm" in sheet["A3"].value
    first, late, *_ = lines(sheet)
    assert first[1] == "=HYPERLINK(1)" and late[1:5] == ["Trễ rồi", "Huyện Kỳ Anh", None, "Hoàng Trung Dũng"]
    assert late[5].date() == ISSUED and late[6:8] == ["trễ 44 ngày", 44] and "Đã gửi dự thảo" in late[8]
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)


def test_the_lists_are_filtered_as_the_pages_are(cast: Cast, row: Directive):
    (items,) = sheets(cast.lan, "/chi-dao/noi-dung/excel/?loc=qua-han")
    assert [cells[2] for cells in lines(items)] == ["Trễ rồi"] and "lọc: quá hạn" in items["A2"].value
    (documents,) = sheets(cast.lan, "/chi-dao/excel/")
    one, total = lines(documents)
    assert one[6:11] == [4, 1, 3, 0, 0] and total[6] == "=SUBTOTAL(9,G5:G5)", "totals follow the filter of the sheet"
    assert lines(sheets(cast.binh, "/chi-dao/excel/")[0]) == []


def test_a_meeting_takes_its_agenda_along(cast: Cast, row: Directive):
    before, item = TODAY - timedelta(days=30), item_of(row)
    meet(cast, before, Decision(item.pk, 1, "Làm gấp"))
    act(cast.tuan, item, "xac-nhan", "Xong")
    agenda, closed = sheets(cast.tuan, "/chi-dao/hop/excel/")
    assert [cells[2] for cells in lines(agenda)] == ["Trễ rồi", "Vệ sinh", "Vệ sinh"]
    assert lines(closed)[0][2] == "=HYPERLINK(1)" and lines(closed)[0][4].date() == TODAY
    assert f"{before:%d/%m/%Y}" in closed["A1"].value


def test_papers_are_official_and_complete(cast: Cast, row: Directive, pdf_engine: None):
    report = printed(cast.hung, f"/chi-dao/{row.pk}/pdf/")
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "HUYỆN KỲ ANH", "Tình hình thực hiện Thông báo kết luận 112-TB/HU",
        "trễ 44 ngày", "Đã gửi dự thảo", "Phụ lục", "Nơi nhận",
    ):  # fmt: skip
        assert words in report, words
    assert "Vệ sinh" in printed(cast.hung, "/chi-dao/noi-dung/pdf/?q=ve+sinh")
    assert "Trễ rồi" not in printed(cast.hung, "/chi-dao/noi-dung/pdf/?q=ve+sinh")
    assert "112-TB/HU" in printed(cast.hung, "/chi-dao/pdf/")
    agenda = printed(cast.hung, "/chi-dao/hop/pdf/")
    assert "Kết luận của cuộc họp" in agenda and f"{DUE:%d/%m/%Y}" in agenda and WHAT not in agenda


def test_of_a_long_story_the_newest_is_told(cast: Cast, row: Directive):
    item = item_of(row)
    for number in range(9):
        act(cast.tuan, item, "ghi", f"Lần {number} " + "a" * 900)
    cells = lines(sheets(cast.tuan, f"/chi-dao/{row.pk}/excel/")[0])[0]
    assert "3 ghi chú trước" in cells[8] and "Lần 8" in cells[8] and "Lần 2" not in cells[8]
