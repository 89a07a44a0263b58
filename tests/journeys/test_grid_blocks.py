"""A block from Excel, what the department filled in, and one indicator after the other on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from communes.models import Statement
from tests.journeys.steps import CLEAN_ROADS, SHEET, field_of, row_of, verdict_of

pytestmark = [pytest.mark.slow]
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const pasting = { clipboardData: data, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", pasting));
}"""
PHONE = {"width": 390, "height": 844}


def test_a_block_with_codes_is_taken_by_one_request_and_reported(enter: Callable[..., Page], picture: Any):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    before = field_of(page, "xa.2.1").input_value()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    field_of(page, "xa.2.4").focus()
    page.evaluate(PASTE, "Mã\tKết quả\tGhi chú\r\n2.1\t99,1\tđo 9/2023\r\n2.3\t992\r\n9.9\t5\r\n2.2\t83,1\r\n")
    report = page.locator("#bao-cao")
    expect(report).to_contain_text("ghép theo mã chỉ tiêu")
    expect(report).to_contain_text("Đã nhận 2 mục. 2 dòng chưa nhận")
    expect(report.locator("li", has_text="9.9")).to_contain_text("Không có mã")
    expect(report.locator("li", has_text="992")).to_contain_text("lớn hơn 100 %")
    assert len(asked) == 1, asked
    expect(row_of(page, "xa.2.1").locator('[name="g-xa.2.1"]')).to_have_value("đo 9/2023")
    expect(field_of(page, CLEAN_ROADS)).to_have_value("992")
    picture(page, "paste-report", caret="initial")
    # The report stays until it is closed; the paste is taken back as one step, and what was refused stays refused.
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("Đã hoàn tác 2 ô.")
    expect(field_of(page, "xa.2.1")).to_have_value(before)
    expect(report).to_contain_text("Đã nhận 2 mục")
    report.get_by_role("button", name="Đóng").click()
    expect(report).to_be_empty()


def test_a_block_pasted_while_the_network_is_away_is_kept(enter: Callable[..., Page], complaints: list[str]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    field_of(page, "xa.2.1").focus()
    page.context.set_offline(True)
    page.evaluate(PASTE, "2.1\t99,1\r\n2.2\t83,1")
    area = page.locator("#bang-dan")
    expect(area).to_have_value("2.1\t99,1\n2.2\t83,1")
    page.context.set_offline(False)
    page.reload()
    expect(area).to_have_value("2.1\t99,1\n2.2\t83,1")
    page.get_by_role("button", name="Điền vào phiếu").click()
    expect(page.locator("#bao-cao")).to_contain_text("Đã nhận 2 mục")
    expect(field_of(page, "xa.2.2")).to_have_value("83,1")
    page.reload()
    expect(area).to_have_value("")
    complaints[:] = [text for text in complaints if "htmx:sendError" not in text and "afterRequest" not in text]


def test_saving_in_a_filtered_sheet_complains_of_nothing(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET + "?loc=tra-lai")
    row = page.locator("tbody.erow").first
    field = row.locator('[name^="v-"]')
    measure = row.get_attribute("data-measure")
    old = Statement.objects.filter(assessment__measure__code=measure, assessment__unit__slug="ky-phu").count()
    if field.evaluate("one => one.tagName") == "SELECT":
        field.select_option(index=2)
    else:
        field.fill("50")
        field.press("Enter")
    saved = page.locator(f'tbody.erow[data-measure="{measure}"]')
    expect(saved.locator(".ss")).to_contain_text("Đã lưu")
    saved.get_by_role("button", name="Gửi").first.click()
    expect(saved.locator(".ss")).to_contain_text("Chờ thẩm tra")
    of_row = Statement.objects.filter(assessment__measure__code=measure, assessment__unit__slug="ky-phu")
    assert of_row.count() == old + 1


def test_what_was_filled_in_for_the_commune_is_accepted(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET + "?loc=nhap-ho")
    row = page.locator("tbody.erow").first
    expect(row).to_contain_text("nhập hộ")
    row.get_by_role("button", name="Nhận").first.click()
    expect(row.locator(".ss")).to_contain_text("Nháp")
    expect(row.get_by_role("button", name="Gửi")).to_be_visible()


def test_on_a_phone_one_indicator_after_the_other(enter: Callable[..., Page], picture: Any):
    page = enter("xa.kyphu", has_touch=True)
    page.set_viewport_size(PHONE)
    page.goto(SHEET)
    page.get_by_role("link", name="Nhập từng chỉ tiêu").click()
    expect(page.locator(".one-head")).to_contain_text("Mục 1/60")
    page.goto(SHEET + "?o=5")
    field = field_of(page, CLEAN_ROADS)
    expect(field).to_have_value("95,5")
    field.fill("96,5")
    page.get_by_label("Ghi chú").fill("Đo lại tháng 10")
    picture(page, "one-by-one-390", caret="initial")
    page.get_by_role("button", name="Sau").click()
    expect(page.locator(".one-head")).to_contain_text("Mục 6/60")
    page.get_by_role("button", name="Trước").click()
    expect(field_of(page, CLEAN_ROADS)).to_have_value("96,5")
    expect(verdict_of(row_of(page, CLEAN_ROADS))).to_have_text("Đ")
    # A figure that is refused keeps one where one is.
    field_of(page, CLEAN_ROADS).fill("992")
    page.get_by_role("button", name="Sau").click()
    expect(row_of(page, CLEAN_ROADS).get_by_role("alert")).to_contain_text("lớn hơn 100 %")
    expect(page.locator(".one-head")).to_contain_text("Mục 5/60")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_one_indicator_after_the_other_without_script(enter: Callable[..., Page]):
    page = enter("xa.kyphu", java_script_enabled=False)
    page.set_viewport_size(PHONE)
    page.goto(SHEET + "?o=5")
    field_of(page, CLEAN_ROADS).fill("96,5")
    page.get_by_role("button", name="Sau").click()
    expect(page.locator(".one-head")).to_contain_text("Mục 6/60")
    page.get_by_role("button", name="Trước").click()
    expect(field_of(page, CLEAN_ROADS)).to_have_value("96,5")
