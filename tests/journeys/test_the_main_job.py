"""The main job from beginning to end: an officer's figure becomes a line of the leader's overview and papers."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import SAFE_POWER, field_of, log_in, log_out, row_of, type_value, verdict_of

pytestmark = [pytest.mark.slow]
STANDARD = "xa-ntm-2021-2025"
# A picture with a hidden caret leaves style attributes behind, which the policy then rightly refuses.
FRAME: dict[str, Any] = {"clip": {"x": 0, "y": 0, "width": 1440, "height": 900}, "caret": "initial"}
CELL = f'table.mx a[href*="/xa/ky-phu/vi-sao/{STANDARD}/4/"]'


def test_a_figure_of_ky_phu_reaches_the_leader(window: Callable[..., Page], pdf_engine: None, picture: Any):
    page = window()
    the_officer_states_it(page, picture)
    the_department_verifies_it(page, picture)
    the_office_approves_it(page, picture)
    the_leader_reads_it(page, picture)
    the_papers_say_the_same(page)


def the_officer_states_it(page: Page, picture: Any) -> None:
    log_in(page, "xa.kyphu")
    page.get_by_role("link", name="Phiếu đánh giá").first.click()
    row, head = row_of(page, SAFE_POWER), page.locator("tbody[id^=h-]", has=page.get_by_text("Điện", exact=False)).first
    expect(field_of(page, SAFE_POWER)).to_have_value("2311/2370")
    expect(verdict_of(row)).to_have_text("C")
    type_value(page, SAFE_POWER, "2340/2370")
    expect(row.locator(".ss")).to_contain_text("Đã lưu")
    expect(verdict_of(row)).to_have_text("Đ")
    expect(row).to_contain_text("98,73 %")
    expect(page.locator("tbody[id^=h-]", has_text="gửi đi sẽ đạt")).to_have_count(1)
    picture(page, "sheet", **FRAME)
    row.get_by_role("button", name="Gửi").click()
    expect(row.locator(".ss")).to_contain_text("Chờ thẩm tra")
    expect(head).to_be_visible()
    page.goto("/xa/ky-phu/?co-so=tu-danh-gia")
    expect(page.locator(".chead .tier")).to_have_text("Đạt chuẩn")
    expect(page.locator(".chead .kv div", has_text="Tự đánh giá")).to_contain_text("19/19")
    page.goto("/xa/ky-phu/?co-so=duyet")
    expect(page.locator(".chead .tier")).to_have_text("Chưa đạt chuẩn")
    log_out(page)


def the_department_verifies_it(page: Page, picture: Any) -> None:
    log_in(page, "phong.kt-ht")
    page.get_by_role("link", name="Thẩm tra", exact=True).click()
    card = page.locator("li.qcard", has_text="98,73 %")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("4.2")
    card.get_by_role("link").click()
    expect(page.locator(".rv-h")).to_contain_text("98,73 %")
    picture(page, "verification", **FRAME)
    page.get_by_role("button", name="Xác nhận thẩm tra").click()
    expect(page.locator("li.qcard", has_text="98,73 %")).to_have_count(0)
    log_out(page)


def the_office_approves_it(page: Page, picture: Any) -> None:
    log_in(page, "vanphong")
    page.get_by_role("link", name="Duyệt", exact=True).click()
    page.goto("/duyet/?xa=ky-phu")
    page.locator("li.qcard", has_text="98,73 %").get_by_role("link").click()
    expect(page.locator(".rv-h")).to_contain_text("98,73 %")
    picture(page, "approval", **FRAME)
    page.get_by_role("button", name="Duyệt 98,73 %").click()
    expect(page.locator("li.qcard", has_text="98,73 %")).to_have_count(0)
    log_out(page)


def the_leader_reads_it(page: Page, picture: Any) -> None:
    log_in(page, "lanhdao")
    expect(page.get_by_role("heading", level=1)).to_contain_text("14/20 xã đạt chuẩn")
    picture(page, "overview", **FRAME)
    page.get_by_role("link", name="Ma trận").first.click()
    cell = page.locator(CELL)
    expect(cell).to_have_text("Đ")
    expect(cell).to_have_attribute("title", "Kỳ Phú, tiêu chí 4: Đạt – đã duyệt (tạm tính), 2/2 chỉ tiêu")
    page.evaluate("window.stillHere = true")
    cell.click()
    panel = page.locator("#vi-sao")
    expect(panel).to_contain_text("Vì sao tiêu chí 4")
    panel.get_by_role("link", name="4.2").click()
    expect(panel).to_contain_text("98,73 %")
    expect(panel).to_contain_text("Trần Thị Mỹ Duyên")
    expect(panel).to_contain_text("2.340 / 2.370")
    assert page.evaluate("window.stillHere") and "/ma-tran/" in page.url
    picture(page, "matrix", **FRAME)


def the_papers_say_the_same(page: Page) -> None:
    shown = figures_on_screen(page)
    assert len(shown) == 20 and shown["Kỳ Phú"][-3:] == ["19/19", "19", "19"]
    assert figures_in_workbook(downloaded(page, "Excel")) == shown
    assert figures_on_paper(downloaded(page, "PDF")) == shown
    page.goto("/xa/ky-phu/")
    assert "98,73" in text_of(downloaded(page, "PDF"))
    workbook = openpyxl.load_workbook(downloaded(page, "Excel"))
    values = [str(cell.value) for row in workbook.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert any("98,73" in value or value.startswith("98.73") for value in values)


def figures_on_screen(page: Page) -> dict[str, list[str]]:
    """Commune → letters and totals as the matrix shows them."""
    rows = page.evaluate(
        """() => [...document.querySelectorAll("table.mx tbody tr:not(.gr)")].map((row) =>
            [...row.cells].map((cell) => cell.textContent.trim()))"""
    )
    return {name: figures for name, *figures in rows}


def downloaded(page: Page, link: str) -> BytesIO:
    # A busy machine may take a while over a paper of twenty communes.
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("link", name=link).first.click(timeout=60_000)
    name = waiting.value.suggested_filename
    assert "Xã NTM" in name and "2023" in name and name.endswith((".xlsx", ".pdf")), name
    return BytesIO(Path(waiting.value.path()).read_bytes())


def figures_in_workbook(file: BytesIO) -> dict[str, list[str]]:
    """Letters of the first sheet; the totals are formulas, so what they count is counted here: letters of one basis."""
    first, *by_basis, _ = openpyxl.load_workbook(file).worksheets
    letters = letters_of(first)
    for sheet in by_basis:
        for name, cells in letters_of(sheet).items():
            letters[name].append(str(sum(cell in "ĐK" for cell in cells)))
    for figures in letters.values():
        figures[-3] += "/19"
    return letters


def letters_of(sheet: Any) -> dict[str, list[str]]:
    return {row[1]: list(row[3:22]) for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)}


def figures_on_paper(file: BytesIO) -> dict[str, list[str]]:
    """The text of the paper gives names with their totals first and then, in the same order, the rows of letters."""
    lines = text_of(file).splitlines()
    heads = [match for match in (re.fullmatch(r"\d+ (\D+) (\d+) (\d+) (\d+)", line) for line in lines) if match]
    letters = [line.replace("*", "").split() for line in lines if re.fullmatch(r"([ĐC–K?]\*? ?){19}", line)]
    return {head[1]: [*cells, f"{head[2]}/19", head[3], head[4]] for head, cells in zip(heads, letters, strict=True)}


def text_of(file: BytesIO) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
