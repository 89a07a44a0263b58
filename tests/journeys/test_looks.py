"""Every page as people meet it: readable by a screen reader, in both themes, at a desk and on a phone; no dead link."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.journeys.conftest import cookie_of

pytestmark = [pytest.mark.slow]

STANDARD = "xa-ntm-2021-2025"
PAGES = {
    "": ("/dang-nhap/",),
    "lanhdao": ("/", "/ma-tran/", "/xa/", "/xa/ky-phu/", "/xa/ky-chau/", "/huyen/", "/tieu-chi/",
                f"/tieu-chi/{STANDARD}/4.2/",
                f"/xa/ky-phu/vi-sao/{STANDARD}/4.2/", "/tai-khoan/", "/tai-khoan/mat-khau/"),
    "xa.kyphu": (f"/xa/ky-phu/danh-gia/{STANDARD}/2023/", "/xa/ky-phu/danh-gia/xa-ntm-kieu-mau-2021-2025/2023/",
                 "/xa/ky-phu/khao-sat/2023/", "/"),
    "phong.kt-ht": ("/tham-tra/", "/huyen/danh-gia/huyen-ntm-2021-2025/2023/"),
    "vanphong": ("/duyet/?xa=ky-phu", f"/tieu-chi/{STANDARD}/", f"/tieu-chi/{STANDARD}/nguong/4.2/"),
}  # fmt: skip
# Axe looks at every element: on pages that only repeat rows it is enough to look once.
LOOKED_AT_CLOSELY = ("/dang-nhap/", "/", "/ma-tran/", "/xa/ky-phu/", f"/xa/ky-phu/danh-gia/{STANDARD}/2023/",
                     "/tham-tra/", f"/tieu-chi/{STANDARD}/")  # fmt: skip
ALL: dict[str, object] = {"resultTypes": ["violations"]}
COLOURS = {**ALL, "runOnly": ["color-contrast"]}  # all that a theme changes
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.mark.parametrize("username", PAGES)
def test_no_page_scrolls_sideways_or_breaks_a_rule_of_its_own(username: str, enter: Callable, window: Callable):
    """The console and the Content-Security-Policy are watched by the fixture."""
    page = enter(username) if username else window()
    wide = []
    for address in PAGES[username]:
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            answer = page.goto(address)
            assert answer is not None and answer.status == 200, address
            page.wait_for_load_state("load")
            across = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if across > 0:
                wide.append(f"{address} at {size['width']} px: {across} px too wide")
    assert not wide, "\n".join(wide)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_serious_for_those_who_see_or_hear_otherwise(
    size: dict[str, int], scheme: str, enter: Callable, window: Callable
):
    found = []
    for username, addresses in PAGES.items():
        closely = [address for address in addresses if address in LOOKED_AT_CLOSELY]
        page = enter(username) if username else window()
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        for address in closely:
            page.goto(address)
            found += [f"{address}: {line}" for line in serious(page, ALL if scheme == "light" else COLOURS)]
        page.context.close()
    assert not found, "\n".join(found)


def serious(page: Page, options: dict[str, object]) -> Iterator[str]:
    for finding in Axe().run(page, options=options).response["violations"]:
        if finding["impact"] in ("serious", "critical"):
            where = "; ".join(str(node["target"]) for node in finding["nodes"][:4])
            yield f"{finding['id']} ({len(finding['nodes'])}×): {where}"


class _Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href")
        if tag == "a" and address and not address.startswith("#"):
            self.found.append(address)


@pytest.mark.parametrize("username", ["vanphong", "phong.kt-ht", "xa.kyphu", "lanhdao", "quantri"])
def test_no_link_of_any_role_is_dead(username: str, district: None, empty_papers: None):
    """From the start page on; of addresses of one kind (view, set and parameters) the first is followed."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie_of(username, "")["value"]
    waiting, seen, kinds, dead = ["/"], {"/"}, {kind_of("/")}, []
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, follow=True)
        if answer.status_code != 200:
            dead.append(f"{answer.status_code} {address}")
        if "html" not in answer.headers["Content-Type"]:
            answer.close()  # a paper is sent from its open file
            continue
        base = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        for link in _Links(answer.content.decode()).found:
            target = urljoin(base, link).split("#")[0]
            if target in seen or (kind := kind_of(target)) in kinds or is_paper(kind) and username != "xa.kyphu":
                continue
            seen.add(target)
            kinds.add(kind)
            waiting.append(target)
    assert not dead, "\n".join(dead)
    assert len(seen) > (5 if username == "quantri" else 20)


def is_paper(kind: tuple[str, ...]) -> bool:
    """Papers take seconds: one role takes them all."""
    return kind[0].endswith(("-excel", "-pdf"))


def kind_of(address: str) -> tuple[str, ...]:
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        name = parts.path
    family = next((part for part in parts.path.split("/") if part.endswith("2021-2025")), "")
    # Which year, set, basis and day are shown is chosen on every board alike.
    return name, family, *sorted(set(parse_qs(parts.query)) - {"nam", "bo", "co-so"})
