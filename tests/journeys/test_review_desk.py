"""The desk of a department in the browser: three panes, keys, the next item by itself, papers that change meanwhile."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Person
from communes.models import Attachment, Evidence, Statement
from communes.rules.workflow import Stage
from tests.journeys.steps import CLEAN_ROADS, SAFE_POWER, SHEET, row_of, said, type_value

pytestmark = [pytest.mark.slow]
# One more of Kỳ Phú waits at this desk in the demo already.
SENT = {SAFE_POWER: "2340/2370", CLEAN_ROADS: "96,1"}
LIST = "/tham-tra/?xa=ky-phu"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def desk(enter: Callable[..., Page]) -> Page:
    """Three figures of Kỳ Phú wait for the department that leads them; its list stands open."""
    officer = enter("xa.kyphu")
    officer.goto(SHEET)
    for code, text in SENT.items():
        type_value(officer, code, text)
        row = row_of(officer, code)
        row.get_by_role("button", name="Gửi").first.click()
        expect(row.locator(".ss")).to_contain_text("Chờ thẩm tra")
    officer.context.close()
    page = enter("phong.kt-ht")
    page.goto(LIST)
    expect(items(page)).to_have_count(3)
    return page


def items(page: Page):
    return page.locator("li.qcard")


def opened(page: Page) -> str:
    """Number of the revision whose line is marked as the open one."""
    line = page.locator('li.qcard[aria-current="true"]')
    expect(line).to_have_count(1)
    return (line.get_attribute("id") or "").removeprefix("m-")


def stage(revision: str) -> str:
    return Statement.objects.get(pk=revision).stage


def test_list_papers_and_decision_stand_side_by_side(desk: Page):
    boxes = [desk.locator(pane).bounding_box() for pane in (".rv-l", ".rv-d", ".rv-f")]
    assert all(boxes)
    left = [box["x"] for box in boxes if box]
    assert left == sorted(left) and len(set(left)) == 3
    # The panel of papers came by a request of its own.
    expect(desk.locator(".rv-d .ev-head")).to_be_visible()
    # The act is on the first screen, without scrolling.
    button = desk.get_by_role("button", name="Xác nhận thẩm tra").bounding_box()
    assert button and button["y"] + button["height"] <= 900


def test_by_keys_alone_from_item_to_item_and_the_next_one_comes_by_itself(desk: Page):
    first = opened(desk)
    expect(desk.locator(".keys")).to_contain_text("J mục sau, K mục trước, V xác nhận, T trả lại")
    desk.keyboard.press("j")
    expect(desk.locator(f"#m-{first}")).not_to_have_attribute("aria-current", "true")
    second = opened(desk)
    desk.keyboard.press("k")
    expect(desk.locator(f"#m-{first}")).to_have_attribute("aria-current", "true")
    desk.keyboard.press("v")
    said_to(desk, "Đã xác nhận thẩm tra")
    expect(items(desk)).to_have_count(2)
    assert opened(desk) == second and f"muc={second}" in desk.url and "xa=ky-phu" in desk.url
    assert stage(first) == Stage.VERIFIED.value
    # T leads to the reason; a chip fills it; the keys are letters again while one types.
    desk.keyboard.press("t")
    expect(desk.get_by_label("Lý do trả lại")).to_be_focused()
    desk.keyboard.type("jkv ")
    desk.locator(".reasons label", has_text="Thiếu chữ ký").click()
    expect(desk.get_by_label("Lý do trả lại")).to_have_value(re.compile("Thiếu chữ ký.*jkv"))
    assert opened(desk) == second
    desk.get_by_role("button", name="Trả lại xã").click()
    expect(items(desk)).to_have_count(1)
    assert stage(second) == Stage.RETURNED.value
    # After the last one the list says that nothing is left here.
    desk.keyboard.press("v")
    expect(desk.get_by_text("Không có mục nào khớp bộ lọc")).to_be_visible()


def test_a_paper_that_comes_between_look_and_decision_stops_it(desk: Page):
    revision = opened(desk)
    row = Statement.objects.select_related("assessment__unit").get(pk=revision)
    lay_link(row, "Biên bản của Điện lực")
    with desk.expect_response(lambda answer: f"/tham-tra/{revision}/" in answer.url) as answer:
        desk.keyboard.press("v")
    assert answer.value.status == 409
    alert = desk.locator(".rv-f").get_by_role("alert")
    expect(alert).to_contain_text("Minh chứng vừa thay đổi: thêm “Biên bản của Điện lực”")
    expect(alert).to_contain_text("Xem lại giấy tờ rồi quyết định.")
    assert stage(revision) == Stage.SUBMITTED.value and opened(desk) == revision
    # The paper stands there now; decided with it in view, it goes through.
    expect(desk.locator(".rv-d")).to_contain_text("Biên bản của Điện lực")
    desk.get_by_role("button", name="Xác nhận thẩm tra").click()
    expect(items(desk)).to_have_count(2)
    assert stage(revision) == Stage.VERIFIED.value


def test_several_at_once_and_a_filter_that_stays_in_the_address(desk: Page):
    desk.goto("/tham-tra/")
    desk.locator("summary", has_text="Lọc theo xã").click()
    desk.get_by_label("Đơn vị").select_option("ky-phu")
    desk.wait_for_url(re.compile("xa=ky-phu"))
    expect(items(desk)).to_have_count(3)
    desk.get_by_label("Chọn cả trang").check()
    bulk = desk.get_by_role("button", name="Xác nhận các mục đã chọn")
    expect(bulk).to_contain_text("(3)")
    bulk.click()
    said(desk, "Đã xác nhận thẩm tra 3 mục.")
    assert "xa=ky-phu" in desk.url
    expect(items(desk)).to_have_count(0)


def test_on_a_phone_the_list_then_one_item_then_the_next(desk: Page):
    desk.set_viewport_size(PHONE)
    desk.goto(LIST)
    expect(desk.locator(".rv-f")).to_be_hidden()
    items(desk).first.get_by_role("link").click()
    expect(desk.locator(".rv-f")).to_be_visible()
    expect(desk.locator(".rv-l")).to_be_hidden()
    name = desk.locator("#muc-dang-mo").inner_text()
    desk.get_by_role("button", name="Xác nhận thẩm tra").click()
    expect(desk.locator("#muc-dang-mo")).not_to_have_text(name)
    assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    desk.get_by_role("link", name="Danh sách").click()
    expect(items(desk)).to_have_count(2)
    expect(desk.locator(".rv-f")).to_be_hidden()


def test_the_talk_is_held_beside_the_figure_and_reaches_the_officer(desk: Page, enter: Callable[..., Page]):
    desk.locator("li.qcard", has_text="98,73 %").get_by_role("link").click()
    expect(desk.locator(".rv-h")).to_contain_text("98,73 %")
    talk = desk.locator("#trao-doi")
    # The demo's question about this figure is still open, so the talk stands open too.
    expect(talk.locator(".said")).to_have_count(1)
    form = talk.locator("form.say").last
    form.get_by_label("Nội dung").fill("Biên bản chốt ngày nào?")
    form.locator("summary").click()
    form.get_by_role("checkbox", name=re.compile("Trần Thị Mỹ Duyên")).check()
    form.get_by_role("button", name="Gửi ý kiến").click()
    expect(talk.locator(".said-t", has_text="Biên bản chốt ngày nào?")).to_be_visible()
    officer = enter("xa.kyphu")
    officer.goto("/thong-bao/")
    expect(officer.locator("main")).to_contain_text("Biên bản chốt ngày nào?")
    officer.goto(SHEET)
    row_of(officer, SAFE_POWER).get_by_role("link", name="Trao đổi").click()
    expect(officer.locator("#trao-doi")).to_contain_text("Biên bản chốt ngày nào?")


def lay_link(row: Statement, title: str) -> None:
    officer, now = Person.objects.get(username="xa.kyphu"), timezone.now()
    paper = Evidence.objects.create(
        unit=row.assessment.unit, kind="document", title=title, link="https://example.vn/bb",
        by=officer, on=row.on, at=now,
    )  # fmt: skip
    Attachment.objects.create(assessment=row.assessment, evidence=paper, by=officer, on=row.on, at=now)


def said_to(page: Page, text: str) -> None:
    """In the messages of a whole page, or in the toast that script shows."""
    expect(page.locator("body")).to_contain_text(text)
