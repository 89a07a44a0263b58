"""Steps that several journeys take, in the words of the screen."""

from playwright.sync_api import Locator, Page, expect

from tests.journeys.district import PASSWORD

SHEET = "/xa/ky-phu/danh-gia/xa-ntm-2021-2025/2023/"
SAFE_POWER = "dien_an_toan"  # 4.2, and 4.1 of nâng cao: all that Kỳ Phú lacks to đạt chuẩn
CLEAN_ROADS = "xa.2.3"


def log_in(page: Page, username: str) -> None:
    page.goto("/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Đăng nhập")


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def row_of(page: Page, measure: str) -> Locator:
    return page.locator(f'tbody.erow[data-measure="{measure}"]')


def field_of(page: Page, measure: str) -> Locator:
    return row_of(page, measure).locator(f'[name="v-{measure}"]')


def verdict_of(row: Locator) -> Locator:
    return row.locator("td.vd .v").first


def type_value(page: Page, measure: str, text: str) -> None:
    """As an officer does: into the cell, over what stands there, Enter."""
    field = field_of(page, measure)
    field.click()
    field.press("Control+a")
    field.press_sequentially(text)
    field.press("Enter")


def said(page: Page, text: str) -> None:
    expect(page.locator("#messages")).to_contain_text(text)
