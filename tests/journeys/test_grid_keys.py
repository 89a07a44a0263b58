"""The grid under the hands of somebody who knows Excel: walking, editing inside, selecting, filling down, undoing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import CLEAN_ROADS, SHEET, field_of, row_of, type_value
from tests.journeys.test_two_windows import a_colleague
from tests.journeys.test_typing import revisions

pytestmark = [pytest.mark.slow]
VILLAGE_ROADS, FIELD_ROADS = "xa.2.2", "xa.2.4"


def remark_of(page: Page, measure: str):
    return row_of(page, measure).locator(f'[name="g-{measure}"]')


def test_arrows_tab_and_f2_as_in_a_spreadsheet(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    field_of(page, CLEAN_ROADS).focus()
    page.keyboard.press("Tab")
    expect(remark_of(page, CLEAN_ROADS)).to_be_focused()
    page.keyboard.press("Tab")
    expect(field_of(page, FIELD_ROADS)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(remark_of(page, CLEAN_ROADS)).to_be_focused()
    # Left over the talk and the papers, back to the figure: the keyboard reaches everything in a row.
    page.keyboard.press("ArrowLeft")
    expect(row_of(page, CLEAN_ROADS).locator("a.talk-a")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(row_of(page, CLEAN_ROADS).locator("a[data-papers]")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(field_of(page, CLEAN_ROADS)).to_be_focused()
    # Inside the cell the arrows belong to the letters.
    page.keyboard.press("F2")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("1")
    expect(field_of(page, CLEAN_ROADS)).to_have_value("95,15")
    page.keyboard.press("Escape")
    expect(field_of(page, CLEAN_ROADS)).to_have_value("95,5")
    # Typing replaces.
    page.keyboard.type("97")
    page.keyboard.press("ArrowDown")
    expect(row_of(page, CLEAN_ROADS).locator(".ss")).to_contain_text("Đã lưu")
    expect(field_of(page, CLEAN_ROADS)).to_have_value("97")
    expect(field_of(page, FIELD_ROADS)).to_be_focused()


def test_a_choice_is_walked_over_and_not_changed_by_arrows(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    field_of(page, "xa.1.1").focus()
    page.keyboard.press("ArrowDown")
    expect(field_of(page, "xa.1.2")).to_be_focused()
    expect(field_of(page, "xa.1.1")).to_have_value("yes")
    page.keyboard.press("ArrowDown")
    expect(field_of(page, "xa.2.1")).to_be_focused()


def test_a_selection_is_filled_down_and_taken_back_as_one_step(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    measures = (VILLAGE_ROADS, CLEAN_ROADS, FIELD_ROADS)
    before = {measure: field_of(page, measure).input_value() for measure in measures}
    field_of(page, VILLAGE_ROADS).focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#bang td.sel")).to_have_count(3)
    with page.expect_response(lambda answer: answer.url.endswith("/dan/")):
        page.keyboard.press("Control+d")
    for measure in measures:
        expect(field_of(page, measure)).to_have_value(before[VILLAGE_ROADS])
    expect(row_of(page, FIELD_ROADS).locator(".ss")).to_contain_text("Đã lưu")
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("Đã hoàn tác 2 ô.")
    for measure in measures:
        expect(field_of(page, measure)).to_have_value(before[measure])
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#toasts")).to_contain_text("Đã làm lại 2 ô.")
    for measure in measures:
        expect(field_of(page, measure)).to_have_value(before[VILLAGE_ROADS])
    with page.expect_response(lambda answer: answer.url.endswith("/dan/")):
        page.keyboard.press("Control+z")
    expect(field_of(page, FIELD_ROADS)).to_have_value(before[FIELD_ROADS])
    page.reload()
    for measure in measures:
        expect(field_of(page, measure)).to_have_value(before[measure])


def test_an_undo_takes_back_one_change_after_the_other(enter: Callable[..., Page]):
    page = enter("xa.kyphu")
    page.goto(SHEET)
    for text in ("91", "92"):
        type_value(page, CLEAN_ROADS, text)
        expect(row_of(page, CLEAN_ROADS).locator(".ss")).to_contain_text("Đã lưu")
        expect(field_of(page, CLEAN_ROADS)).to_have_value(text)
    field_of(page, FIELD_ROADS).focus()
    for text in ("91", "95,5"):
        page.keyboard.press("Control+z")
        expect(field_of(page, CLEAN_ROADS)).to_have_value(text)
        expect(row_of(page, CLEAN_ROADS).locator(".ss")).to_contain_text("Đã lưu")
    for text in ("91", "92"):
        page.keyboard.press("Control+y")
        expect(field_of(page, CLEAN_ROADS)).to_have_value(text)
        expect(row_of(page, CLEAN_ROADS).locator(".ss")).to_contain_text("Đã lưu")
    page.keyboard.press("Control+y")
    expect(page.locator("#toasts")).to_contain_text("Không có việc nào để làm lại.")
    assert revisions(CLEAN_ROADS) >= 7, "an undo is a save like any other: nothing is deleted"


def test_an_undo_does_not_write_over_a_colleague(enter: Callable[..., Page]):
    mine, theirs = enter("xa.kyphu"), enter(a_colleague())
    mine.goto(SHEET)
    type_value(mine, CLEAN_ROADS, "91")
    expect(row_of(mine, CLEAN_ROADS).locator(".ss")).to_contain_text("Đã lưu")
    theirs.goto(SHEET)
    type_value(theirs, CLEAN_ROADS, "93")
    expect(row_of(theirs, CLEAN_ROADS).locator(".ss")).to_contain_text("Đã lưu")
    field_of(mine, FIELD_ROADS).focus()
    mine.keyboard.press("Control+z")
    expect(row_of(mine, CLEAN_ROADS).get_by_role("alert")).to_contain_text("Lê Văn Thuận vừa lưu 93")
    theirs.reload()
    expect(field_of(theirs, CLEAN_ROADS)).to_have_value("93")
