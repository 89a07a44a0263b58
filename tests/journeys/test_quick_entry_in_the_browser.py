"""Nhập nhanh and số liệu nền by keyboard and paste, and through an absent network: every row saves by itself, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from communes.models import BaseFigure, Statement
from communes.rules.workflow import Stage

pytestmark = [pytest.mark.slow]
QUICK = "/nhap-nhanh/?nam=2023&so-do=bhyt"
PASTE = """([name, text]) => {
  const field = document.querySelector(`[name="${name}"]`);
  field.focus();
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def open_fields(page: Page) -> Locator:
    return page.locator('#bang input[name^="v-"]')


def row_of(field: Locator) -> Locator:
    return field.locator("xpath=ancestor::tbody")


def prefilled() -> int:
    return Statement.objects.filter(stage=Stage.PREFILLED.value, assessment__measure__code="bhyt").count()


def type_into(page: Page, field: Locator, text: str) -> None:
    field.click()
    field.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(row_of(field).locator(".ss")).to_contain_text("Đã nhập hộ")


def test_the_keyboard_goes_down_the_communes_and_each_row_saves_when_it_is_left(enter: Callable[..., Page]):
    page = enter("phong.bhxh")
    page.goto(QUICK)
    fields = open_fields(page)
    before = prefilled()
    fields.nth(0).click()
    page.keyboard.type("95,5")
    page.keyboard.press("Enter")
    expect(fields.nth(1)).to_be_focused()
    page.keyboard.type("955")
    page.keyboard.press("ArrowDown")
    expect(fields.nth(2)).to_be_focused()
    expect(row_of(fields.nth(0)).locator(".ss")).to_contain_text("Đã nhập hộ, chờ xã nhận")
    expect(row_of(fields.nth(1)).get_by_role("alert")).to_contain_text("lớn hơn 100")
    expect(fields.nth(1)).to_have_value("955")
    page.keyboard.type("88")
    page.keyboard.press("Escape")
    expect(fields.nth(2)).to_have_value("")
    assert prefilled() == before + 1


def test_a_pasted_column_starts_at_the_cell_and_what_was_left_is_reported(enter: Callable[..., Page]):
    page = enter("phong.bhxh")
    page.goto(QUICK)
    before = prefilled()
    name = open_fields(page).nth(3).get_attribute("name")
    page.evaluate(PASTE, [name, "90\n91\nabc\n"])
    report = page.get_by_role("region", name="Dán từ Excel")
    expect(report).to_contain_text("Đã nhận 2 xã. 1 dòng chưa nhận")
    expect(report).to_contain_text("“abc” không phải là số")
    expect(page.locator(f'[name="{name}"]')).to_have_value("90")
    expect(page.locator("#da-nhap-ho")).to_contain_text(f"Đã nhập hộ {before + 2}/")
    assert prefilled() == before + 2
    # The block is one change: taken back as one.
    open_fields(page).nth(0).focus()
    page.keyboard.press("Control+z")
    expect(page.locator(f'[name="{name}"]')).to_have_value("")
    expect(page.locator("#da-nhap-ho")).to_contain_text(f"Đã nhập hộ {before}/")


def test_a_column_is_filled_down_judged_taken_back_and_done_again(enter: Callable[..., Page]):
    page = enter("phong.bhxh")
    page.goto(QUICK)
    before = prefilled()
    fields = open_fields(page)
    type_into(page, fields.nth(0), "89")
    expect(row_of(fields.nth(0)).locator(".q-v .v")).to_have_attribute("title", "Chưa đạt")
    expect(page.locator("#da-nhap-ho")).to_contain_text(f"Đã nhập hộ {before + 1}/")
    fields.nth(0).focus()
    for _ in range(2):
        page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#bang td.sel")).to_have_count(3)
    page.keyboard.press("Control+d")
    expect(page.locator("#da-nhap-ho")).to_contain_text(f"Đã nhập hộ {before + 3}/")
    expect(row_of(fields.nth(2)).locator(".ss")).to_contain_text("Đã nhập hộ")
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("Đã hoàn tác 2 ô.")
    expect(fields.nth(2)).to_have_value("")
    expect(page.locator("#da-nhap-ho")).to_contain_text(f"Đã nhập hộ {before + 1}/")
    page.keyboard.press("Control+y")
    expect(page.locator("#toasts")).to_contain_text("Đã làm lại 2 ô.")
    expect(fields.nth(2)).to_have_value("89")
    page.reload()
    expect(fields.nth(2)).to_have_value("89")
    type_into(page, fields.nth(0), "95")
    expect(row_of(fields.nth(0)).locator(".q-v .v")).to_have_attribute("title", "Đạt")


def test_an_absent_network_keeps_the_row_and_sends_it_once(enter: Callable[..., Page], complaints: list[str]):
    page = enter("phong.bhxh")
    page.goto(QUICK)
    before = prefilled()
    field = open_fields(page).nth(0)
    page.context.set_offline(True)
    field.click()
    page.keyboard.type("94")
    page.keyboard.press("Enter")
    expect(row_of(field).locator(".ss")).to_have_text("Chưa lưu")
    page.context.set_offline(False)
    expect(row_of(field).locator(".ss")).to_contain_text("Đã nhập hộ")
    assert prefilled() == before + 1
    complaints.clear()  # the browser complains of the network that we took away


def test_two_windows_on_one_commune_show_both_values_and_either_may_be_kept(enter: Callable[..., Page]):
    one, other = enter("phong.bhxh"), enter("vanphong")
    for page in (one, other):
        page.goto(QUICK)
    field, theirs = open_fields(one).nth(0), open_fields(other).nth(0)
    field.fill("95,5")
    field.press("Enter")
    expect(row_of(field).locator(".ss")).to_contain_text("Đã nhập hộ")
    theirs.fill("96")
    theirs.press("Enter")
    alert = row_of(theirs).get_by_role("alert")
    expect(alert).to_contain_text("vừa lưu 95,5")
    alert.get_by_role("button", name="Giữ 96 của tôi").click()
    expect(row_of(theirs).locator(".ss")).to_contain_text("Đã nhập hộ")
    one.reload()
    expect(open_fields(one).nth(0)).to_have_value("96")


def test_base_data_is_typed_and_pasted_down_the_column_then_saved_at_once(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto("/xa/ky-phu/so-lieu-nen/2021/")
    page.locator('[name="v-households"]').click()
    page.keyboard.type("2345")
    page.keyboard.press("Enter")
    expect(page.locator('[name="v-population"]')).to_be_focused()
    page.evaluate(PASTE, ["v-commune_roads_km", "10,5\n20,25\n"])
    expect(page.locator('[name="v-village_roads_km"]')).to_have_value("20,25")
    page.get_by_role("button", name="Lưu số liệu nền").first.click()
    expect(page.locator("#messages")).to_contain_text("Đã lưu 3 số liệu nền")
    assert BaseFigure.objects.filter(unit__slug="ky-phu", year=2021).count() == 3
