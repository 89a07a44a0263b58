"""The matrix without a mouse: arrows, Enter, Esc back to the same cell."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.slow]
CELLS = 'table.mx a[href*="/xa/{}/vi-sao/xa-ntm-2021-2025/{}/"]'


def test_arrows_enter_and_escape(enter: Callable[..., Page]):
    page = enter("lanhdao")
    page.goto("/ma-tran/")
    first = page.locator("table.mx td > a.v").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    chosen = page.locator(CELLS.format("ky-chau", 3))
    expect(chosen).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(CELLS.format("ky-giang", 2))).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    panel = page.locator("#vi-sao")
    expect(panel).to_contain_text("Vì sao tiêu chí 3")
    expect(panel).to_be_focused()
    page.keyboard.press("Escape")
    expect(chosen).to_be_focused()
    assert "/ma-tran/" in page.url


def test_one_stop_of_the_tab_key(enter: Callable[..., Page]):
    page = enter("lanhdao")
    page.goto("/ma-tran/")
    assert page.locator('table.mx td > a.v[tabindex="0"]').count() == 1
