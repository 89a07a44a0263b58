"""A commune's officer fills the workbook offline and brings it back; what is wrong is told, what is right is written,
and the whole is taken back with one press."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from communes.rules.entry_columns import ENTRY_SHEET, Column
from tests.communes.importing import HEADING, column, row_of

CLEAN_ROADS = "xa.2.3"


def fill(source: Path, target: Path, cells: dict[str, object]) -> None:
    book = load_workbook(source)
    sheet = book[ENTRY_SHEET]
    for measure, value in cells.items():
        unit = str(sheet.cell(HEADING + 1, column(sheet, Column.KEY_UNIT)).value)
        sheet.cell(row_of(sheet, measure, unit), column(sheet, Column.VALUE)).value = value
    book.save(target)


def bring(page: Page, file: Path) -> None:
    page.goto("/nhap-excel/")
    page.get_by_label("Tệp Excel").set_input_files(file)
    page.get_by_role("button", name="Đọc tệp").click()


def test_a_workbook_goes_out_is_filled_and_comes_back(
    enter: Callable[..., Page], tmp_path: Path, picture: Callable[[Any, str], None]
) -> None:
    page = enter("xa.kyphu")
    page.goto("/viec-cua-toi/")
    page.get_by_role("link", name="Nhập từ Excel").click()
    picture(page, "import-home")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải mẫu").click()
    assert download.value.suggested_filename == "Nhập liệu 2023 – xã Kỳ Phú – Xã NTM.xlsx"
    template, filled = tmp_path / "mau.xlsx", tmp_path / "da-dien.xlsx"
    download.value.save_as(template)

    fill(template, filled, {CLEAN_ROADS: 97.5, "xa.2.2": "1.500"})
    bring(page, filled)
    expect(page.get_by_role("heading", level=1)).to_have_text("1 dòng sẽ được ghi, 1 dòng bị từ chối")
    expect(page.get_by_text("Gõ 1,5 hoặc 1500 để rõ nghĩa.")).to_be_visible()
    picture(page, "import-preview", full_page=True)
    page.get_by_role("button", name="Chỉ ghi 1 dòng sạch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã ghi số liệu từ tệp")
    expect(page.get_by_role("link", name="Danh sách 1 dòng bị từ chối")).to_be_visible()
    picture(page, "import-result", full_page=True)
    page.get_by_role("link", name="Mở phiếu: 1 mục nháp chưa gửi").click()
    cell = page.locator(f'[name="v-{CLEAN_ROADS}"]')
    expect(cell).to_have_value("97,5")

    page.goto("/nhap-excel/")
    page.get_by_role("link", name="da-dien.xlsx").click()
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lần nhập này đã được hoàn tác")
    page.goto("/xa/ky-phu/danh-gia/xa-ntm-2021-2025/2023/")
    expect(cell).not_to_have_value("97,5")


def test_the_neighbour_finds_nothing_of_it(enter: Callable[..., Page], tmp_path: Path) -> None:
    page = enter("xa.kyphu")
    page.goto("/nhap-excel/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải mẫu").click()
    download.value.save_as(tmp_path / "mau.xlsx")
    bring(page, tmp_path / "mau.xlsx")
    expect(page.get_by_role("heading", level=1)).to_have_text("Không có gì để ghi")
    neighbour = enter("xa.kychau")
    assert neighbour.goto(page.url).status == 404  # type: ignore[union-attr]


def test_it_works_on_a_phone_and_without_script(
    enter: Callable[..., Page], tmp_path: Path, picture: Callable[[Any, str], None]
) -> None:
    page = enter("xa.kyphu", java_script_enabled=False)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/nhap-excel/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải mẫu").click()
    download.value.save_as(tmp_path / "mau.xlsx")
    fill(tmp_path / "mau.xlsx", tmp_path / "dien.xlsx", {CLEAN_ROADS: 97.5})
    bring(page, tmp_path / "dien.xlsx")
    picture(page, "import-preview-phone", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Ghi 1 dòng").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã ghi số liệu từ tệp")
