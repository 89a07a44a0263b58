"""What is typed is never lost: bad numbers, a session that ends, a network that is away, a column from Excel."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from communes.models import Statement
from tests.journeys.district import PASSWORD
from tests.journeys.steps import CLEAN_ROADS, SAFE_POWER, SHEET, field_of, row_of, type_value, verdict_of

pytestmark = [pytest.mark.slow]


def revisions(measure: str) -> int:
    return Statement.objects.filter(
        assessment__unit__slug="ky-phu", assessment__measure__code=measure, kind="revision"
    ).count()


def test_a_number_that_cannot_be_read_stays_with_a_sentence(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    before = revisions(CLEAN_ROADS)
    for typed, sentence in (("992", "100"), ("1.500", "1.500"), ("abc", "số"), ("1e3", "số"), ("-5", "")):
        type_value(page, CLEAN_ROADS, typed)
        message = row_of(page, CLEAN_ROADS).get_by_role("alert")
        expect(message).to_contain_text(sentence)
        expect(row_of(page, CLEAN_ROADS).locator(".ss")).to_contain_text("Chưa nhận")
        expect(field_of(page, CLEAN_ROADS)).to_have_value(typed)
        assert revisions(CLEAN_ROADS) == before
        type_value(page, CLEAN_ROADS, "95,5")
        expect(row_of(page, CLEAN_ROADS).get_by_role("alert")).to_have_count(0)


def test_point_and_comma_are_both_understood(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    for typed, shown in (("88.25", "88,25"), ("97,4", "97,4"), ("96 %", "96")):
        type_value(page, CLEAN_ROADS, typed)
        expect(field_of(page, CLEAN_ROADS)).to_have_value(shown)
    expect(verdict_of(row_of(page, CLEAN_ROADS))).to_have_text("Đ")


def test_a_session_that_ends_while_typing_loses_nothing(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    expect(field_of(page, SAFE_POWER)).to_have_value("2311/2370")
    before = revisions(SAFE_POWER)
    Session.objects.all().delete()
    type_value(page, SAFE_POWER, "2340/2370")
    kept = page.locator("#con-giu")
    expect(kept).to_contain_text("Phiên làm việc đã kết thúc")
    expect(field_of(page, SAFE_POWER)).to_have_value("2340/2370")
    kept.get_by_role("link", name="Đăng nhập lại").click()
    page.get_by_label("Tên đăng nhập").fill("xa.kyphu")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    # Logged in again it goes by itself, once.
    expect(row_of(page, SAFE_POWER).locator(".ss")).to_contain_text("Đã lưu")
    expect(page.locator("#toasts")).to_contain_text("Đã lưu 1 ô")
    page.reload()
    expect(field_of(page, SAFE_POWER)).to_have_value("2340/2370")
    expect(page.locator("#con-giu")).to_be_hidden()
    assert revisions(SAFE_POWER) == before + 1


def test_an_absent_network_loses_nothing(enter: Callable[..., Page], complaints: list[str]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    page.context.set_offline(True)
    type_value(page, SAFE_POWER, "2340/2370")
    expect(page.locator("#luu-chung")).to_contain_text("1 ô chưa tới máy chủ")
    page.context.set_offline(False)
    expect(row_of(page, SAFE_POWER).locator(".ss")).to_contain_text("Đã lưu")
    # htmx says on the console that it could not send: that is what this journey did to it.
    complaints[:] = [text for text in complaints if "htmx:sendError" not in text and "afterRequest" not in text]


def test_keys_move_as_in_a_spreadsheet(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    field_of(page, "xa.2.2").focus()
    page.keyboard.press("Enter")
    expect(field_of(page, CLEAN_ROADS)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(field_of(page, "xa.2.4")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(field_of(page, CLEAN_ROADS)).to_be_focused()
    page.keyboard.type("12")
    page.keyboard.press("Escape")
    expect(field_of(page, CLEAN_ROADS)).to_have_value("95,5")


def test_a_column_from_excel_is_pasted(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    field_of(page, "xa.2.2").focus()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "85,1\\r\\n992\\r\\n77,7\\r\\n");
          const pasting = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", pasting));
        }"""
    )
    report = page.locator("#bao-cao")
    expect(report).to_contain_text("Đã nhận 2 mục.")
    expect(report).to_contain_text("1 dòng chưa nhận")
    expect(report).to_contain_text("lớn hơn 100 %")
    expect(field_of(page, "xa.2.2")).to_have_value("85,1")
    expect(field_of(page, CLEAN_ROADS)).to_have_value("992")
    expect(row_of(page, "xa.2.4").locator(".ss")).to_contain_text("Đã lưu")
