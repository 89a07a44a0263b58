"""A department returns with a reason; the commune corrects and sends again; the neighbour sees nothing of it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import SAFE_POWER, SHEET, field_of, row_of, type_value

pytestmark = [pytest.mark.slow]
REASON = "Số hộ dùng điện an toàn chưa khớp biên bản của Điện lực."


def test_returned_corrected_and_sent_again(enter: Callable[..., Page], picture: Any):
    officer, department = enter("xa.kyphu"), enter("phong.kt-ht")
    send(officer, "2340/2370")
    department.goto("/tham-tra/?xa=ky-phu")
    department.locator("li.qcard", has_text="98,73 %").get_by_role("link").click()
    decision = department.locator(".rv-f")
    expect(department.locator(".rv-h")).to_contain_text("98,73 %")
    decision.get_by_role("button", name="Trả lại").click()
    # Without a reason nothing is returned.
    expect(decision.get_by_role("alert")).to_be_visible()
    decision.get_by_label("Lý do trả lại").fill(REASON)
    decision.get_by_role("button", name="Trả lại").click()
    expect(department.locator("li.qcard", has_text="98,73 %")).to_have_count(0)
    officer.goto(SHEET)
    row = row_of(officer, SAFE_POWER)
    expect(row).to_contain_text(REASON)
    expect(row).to_contain_text("Nguyễn Xuân Trường")
    expect(row.locator(".ss")).to_contain_text("Bị trả lại")
    row.scroll_into_view_if_needed()
    picture(officer, "returned", clip={"x": 0, "y": 0, "width": 1440, "height": 900}, caret="initial")
    send(officer, "2338/2370")
    department.goto("/tham-tra/?xa=ky-phu")
    expect(department.locator("li.qcard", has_text="98,65 %")).to_have_count(1)


def test_the_neighbour_is_refused_everywhere(enter: Callable[..., Page]):
    page = enter("xa.kychau")
    for address in (SHEET, "/xa/ky-phu/danh-gia/"):
        answer = page.goto(address)
        assert answer is not None and answer.status == 404, address
        expect(page.locator("main")).to_contain_text("không")
    page.goto("/xa/ky-chau/danh-gia/xa-ntm-2021-2025/2023/")
    token = page.locator("#phieu [name=csrfmiddlewaretoken]").get_attribute("value")
    for address in (f"{SHEET}o/{SAFE_POWER}/", f"{SHEET}gui/", SHEET):
        form = {"csrfmiddlewaretoken": token, f"v-{SAFE_POWER}": "1/1", f"p-{SAFE_POWER}": "1", "chi": SAFE_POWER}
        assert page.request.post(address, form=form).status == 404, address
    assert page.request.get("/tham-tra/").status == 403
    # What the neighbour may see of Kỳ Phú is what was approved, and no way in.
    page.goto("/xa/ky-phu/")
    expect(page.get_by_role("link", name="Phiếu đánh giá").and_(page.locator('[href*="ky-phu"]'))).to_have_count(0)
    expect(page.locator(".chead .kv div")).to_have_count(1)


def send(page: Page, text: str) -> None:
    page.goto(SHEET)
    type_value(page, SAFE_POWER, text)
    row = row_of(page, SAFE_POWER)
    expect(field_of(page, SAFE_POWER)).to_have_value(text)
    row.get_by_role("button", name="Gửi").first.click()
    expect(row.locator(".ss")).to_contain_text("Chờ thẩm tra")
