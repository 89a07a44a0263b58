"""The same work with script switched off: plain forms, plain links, every page readable."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import CLEAN_ROADS, SAFE_POWER, SHEET, field_of, row_of, said

pytestmark = [pytest.mark.slow]
READABLE = ("/", "/ma-tran/", "/xa/", "/xa/ky-phu/", "/huyen/", "/tieu-chi/", "/tieu-chi/xa-ntm-2021-2025/4.2/",
            "/xa/ky-phu/vi-sao/xa-ntm-2021-2025/4.2/", "/xa/ky-phu/khao-sat/2023/", "/tai-khoan/")  # fmt: skip


def test_figures_are_saved_and_sent_by_plain_forms(enter: Callable[..., Page]):
    page = enter("xa.kyphu", java_script_enabled=False)
    page.goto(SHEET)
    field_of(page, SAFE_POWER).fill("2340/2370")
    field_of(page, CLEAN_ROADS).fill("992")
    page.get_by_role("button", name="Lưu tất cả").first.click()
    said(page, "Đã lưu 1 ô; 1 ô chưa lưu được")
    expect(row_of(page, CLEAN_ROADS).get_by_role("alert")).to_be_visible()
    expect(field_of(page, CLEAN_ROADS)).to_have_value("992")
    expect(field_of(page, SAFE_POWER)).to_have_value("2340/2370")
    field_of(page, CLEAN_ROADS).fill("99,2")
    page.get_by_role("button", name="Lưu tất cả").first.click()
    said(page, "Đã lưu 1 ô.")
    row_of(page, SAFE_POWER).get_by_role("button", name="Gửi").click()
    said(page, "Đã gửi thẩm tra 1 mục.")
    expect(row_of(page, SAFE_POWER).locator(".ss")).to_contain_text("Chờ thẩm tra")


def test_a_department_verifies_by_plain_forms(enter: Callable[..., Page]):
    page = enter("phong.kt-ht", java_script_enabled=False)
    page.goto("/tham-tra/")
    cards = page.locator("li.qcard")
    before = cards.count()
    cards.first.get_by_role("link").click()
    page.get_by_role("button", name="Xác nhận thẩm tra").click()
    expect(page.locator("#messages")).to_be_visible()
    expect(cards).to_have_count(before - 1)


def test_the_context_is_chosen_by_a_button(enter: Callable[..., Page]):
    page = enter("lanhdao", java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Năm").select_option("2022")
    page.get_by_role("button", name="Xem").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2022")
    page.goto("/ma-tran/")
    page.locator('table.mx a[href*="/xa/ky-phu/vi-sao/xa-ntm-2021-2025/4/"]').click()
    expect(page.get_by_role("heading", name="Vì sao tiêu chí 4")).to_be_visible()


def test_every_page_can_be_read(enter: Callable[..., Page]):
    page = enter("lanhdao", java_script_enabled=False)
    for address in READABLE:
        page.goto(address)
        expect(page.get_by_role("heading").first, address).to_be_visible()
        expect(page.locator("main"), address).not_to_be_empty()
