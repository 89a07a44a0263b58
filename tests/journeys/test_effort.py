"""How much work it is to fill in and send the whole sheet of xã NTM, counted at the keyboard and the mouse.

The page counts itself what a person does: keys pressed (a shortcut is one), presses of the pointer. The same values are
entered in each way. What a workbook sent by mail costs is the same typing plus what is listed in docs/benchmarks.md.
"""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Installation
from communes.models import BaseFigure, Statement
from communes.rules.workflow import Stage
from tests.journeys.district import Kept
from tests.journeys.test_grid_blocks import PASTE

pytestmark = [pytest.mark.slow]
YEAR = 2024
SHEET = f"/xa/ky-chau/danh-gia/xa-ntm-2021-2025/{YEAR}/"
WATCH = """() => {
  if (window.name === "") window.name = JSON.stringify({ keys: 0, clicks: 0 });
  const add = (what) => { const told = JSON.parse(window.name); told[what] += 1; window.name = JSON.stringify(told); };
  addEventListener("keydown", (event) => {
    if (!["Control", "Shift", "Alt", "Meta"].includes(event.key)) add("keys");
  }, true);
  addEventListener("pointerdown", () => add("clicks"), true);
}"""


@pytest.fixture
def officer(enter: Callable[..., Page], kept_district: Kept) -> Iterator[Page]:
    """Kỳ Châu's officer in the next year, with nothing typed yet and everything to be seen of the year before."""
    page = enter("xa.kychau")
    Installation.objects.update(working_day="2024-03-01")
    for row in BaseFigure.objects.filter(unit__slug="ky-chau", year=YEAR - 1):
        row.pk, row.year = None, YEAR
        row.save()
    page.add_init_script(f"({WATCH})()")
    page.goto(SHEET)
    yield page


def effort(page: Page) -> dict[str, int]:
    return json.loads(page.evaluate("window.name"))


def last_year(commune: str = "ky-chau") -> dict[str, str]:
    """Measure → what was typed for it the year before, as somebody would type it."""
    rows = Statement.objects.filter(
        kind="revision", stage=Stage.APPROVED.value, assessment__unit__slug=commune, assessment__year=YEAR - 1
    ).select_related("assessment__measure").order_by("pk")  # fmt: skip
    return {row.assessment.measure.code: typed(row) for row in rows}


def typed(row: Statement) -> str:
    if row.exemption:
        return ""
    if row.numerator is not None:
        return f"{row.numerator.normalize():f}/" if row.assessment.measure.denominator else f"{row.value}"
    if isinstance(row.value, bool):
        return "yes" if row.value else "no"
    return str(row.value).replace(".", ",")


def test_the_grid_by_keyboard(officer: Page):
    values = last_year()
    fields = officer.locator('#bang [name^="v-"]:not([type=hidden])')
    fields.first.click()
    chosen = 0
    for _ in range(fields.count()):
        name = officer.evaluate("document.activeElement.name")
        is_choice = officer.evaluate("document.activeElement.tagName") == "SELECT"
        text = values.get(name.removeprefix("v-"), "")
        if is_choice and text:
            # The browser's own list, chosen by a letter ("Đ"), which a test cannot type: counted as one key.
            officer.locator(f'[name="{name}"]').select_option(text)
            chosen += 1
        elif text:
            officer.keyboard.type(text)
        officer.keyboard.press("Enter")
    told = send(officer)
    assert told["clicks"] <= 4 and told["keys"] + chosen < 350


def test_the_grid_by_paste(officer: Page):
    values, wanted = last_year(), officer.locator('#bang [name^="v-"]:not([type=hidden])')
    names = wanted.evaluate_all("(all) => all.map((one) => one.name)")
    lines = [values.get(name.removeprefix("v-"), "") for name in names]
    wanted.first.click()
    officer.keyboard.press("Control+v")
    officer.evaluate(PASTE, "\r\n".join(lines))
    expect(officer.locator("#bao-cao")).to_contain_text("Đã nhận")
    told = send(officer)
    assert told["keys"] + told["clicks"] <= 8


def send(page: Page) -> dict[str, int]:
    """Press the button that sends everything, and count."""
    button = page.locator("[data-submit-all]")
    expect(button).to_be_visible()
    button.click()
    expect(page.locator("#messages")).to_contain_text("Đã gửi thẩm tra")
    return effort(page)
