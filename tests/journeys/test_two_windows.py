"""Two officers on one cell: nobody's figure is overwritten unseen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Person
from communes.models import Posting, Statement
from tests.journeys.steps import SAFE_POWER, SHEET, field_of, row_of, type_value

pytestmark = [pytest.mark.slow]


def a_colleague() -> str:
    seat = Posting.objects.get(person__username="xa.kyphu")
    colleague = Person.objects.create_user("xa.kyphu2", None, full_name="Lê Văn Thuận")
    Posting.objects.create(
        person=colleague, role=seat.role, unit=seat.unit, from_on=seat.from_on, title="Công chức Địa chính xã Kỳ Phú"
    )
    return colleague.username


def both_windows(enter: Callable[..., Page]) -> tuple[Page, Page]:
    """Both have the sheet open with 2311/2370; the colleague saves 2330/2370, and then the officer 2340/2370."""
    mine, theirs = enter("xa.kyphu"), enter(a_colleague())
    mine.goto(SHEET)
    theirs.goto(SHEET)
    type_value(theirs, SAFE_POWER, "2330/2370")
    expect(row_of(theirs, SAFE_POWER).locator(".ss")).to_contain_text("Đã lưu")
    type_value(mine, SAFE_POWER, "2340/2370")
    message = row_of(mine, SAFE_POWER).get_by_role("alert")
    expect(message).to_contain_text("Lê Văn Thuận vừa lưu")
    expect(message).to_contain_text(re.compile(r"98,31|2\.?330"))
    expect(message).to_contain_text("2340/2370")
    expect(field_of(mine, SAFE_POWER)).to_have_value("2340/2370")
    assert newest() == ("2330", "xa.kyphu2")
    return mine, theirs


def newest() -> tuple[str, str]:
    row = Statement.objects.filter(
        assessment__unit__slug="ky-phu", assessment__measure__code=SAFE_POWER, assessment__year=2023, kind="revision"
    ).latest("pk")
    return str(int(row.numerator)), row.by.username


def test_the_second_gets_both_values_and_keeps_his(enter: Callable[..., Page]):
    mine, _ = both_windows(enter)
    row_of(mine, SAFE_POWER).get_by_role("button", name="Giữ").click()
    expect(row_of(mine, SAFE_POWER).locator(".ss")).to_contain_text("Đã lưu")
    expect(row_of(mine, SAFE_POWER).get_by_role("alert")).to_have_count(0)
    assert newest() == ("2340", "xa.kyphu")


def test_the_second_takes_the_value_of_the_first(enter: Callable[..., Page]):
    mine, _ = both_windows(enter)
    row_of(mine, SAFE_POWER).get_by_role("button", name="Lấy").click()
    expect(field_of(mine, SAFE_POWER)).to_have_value("2330/2370")
    expect(row_of(mine, SAFE_POWER).get_by_role("alert")).to_have_count(0)
    assert newest() == ("2330", "xa.kyphu2")
    mine.reload()
    expect(mine.locator("#con-giu")).to_be_hidden()
