"""Every address × every role × own and foreign object. A new address fails here until it is given its row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.roles import Role
from communes.models import Statement
from tests.makers import (
    HUYEN,
    TODAY,
    XA,
    XA_KM,
    XA_NC,
    YEAR,
    Cast,
    make_cast,
    make_commune,
    make_person,
    post,
    signed_in,
    stated,
    typed,
)

pytestmark = pytest.mark.django_db

# Who may read: names of the cast. Lan keeps Kỳ Phú, Minh the commune next door, Bình another district's office.
DISTRICT = {"lan", "minh", "hoa", "tuan", "hung", "dung", "quan"}
EVERYBODY = DISTRICT | {"binh"}
SEES_ALL = {"hoa", "tuan", "hung", "dung", "quan"}
OWN_AND_ALL = SEES_ALL | {"lan"}


@dataclass(frozen=True)
class Rule:
    """`readers` get 200 or `found` (a redirect); everybody else 404. `posts` marks an address that only takes POST."""

    readers: set[str] = field(default_factory=set)
    kwargs: dict[str, Any] = field(default_factory=dict)
    found: int = 200
    refused: int = 404
    posts: bool = False
    public: bool = False


KY_PHU = {"code": "ky-phu"}
SHEET = {"code": "ky-phu", "family": XA, "year": YEAR}
DISTRICT_SHEET = {"family": HUYEN, "year": YEAR}

RULES: dict[str, Rule] = {
    "reports:overview": Rule(EVERYBODY),
    "reports:matrix": Rule(EVERYBODY),
    "reports:matrix-excel": Rule(EVERYBODY),
    "reports:matrix-pdf": Rule(EVERYBODY),
    "reports:commune-list": Rule(EVERYBODY),
    "reports:commune": Rule(DISTRICT, KY_PHU),
    "reports:commune-excel": Rule(DISTRICT, KY_PHU),
    "reports:commune-pdf": Rule(DISTRICT, KY_PHU),
    "reports:commune-why": Rule(DISTRICT, {**KY_PHU, "family": XA, "item": "15"}),
    "reports:district": Rule(EVERYBODY),
    "reports:district-excel": Rule(EVERYBODY),
    "reports:district-pdf": Rule(EVERYBODY),
    "reports:district-why": Rule(EVERYBODY, {"family": HUYEN, "item": "bac"}),
    "reports:indicator": Rule(EVERYBODY, {"family": XA, "code": "15.1"}),
    "reports:my-work": Rule(EVERYBODY),
    "reports:personal-plan": Rule(EVERYBODY),
    "reports:personal-plan-pdf": Rule(EVERYBODY),
    "reports:personal-plan-calendar": Rule(EVERYBODY),
    "reports:history": Rule(EVERYBODY),
    "reports:history-excel": Rule(EVERYBODY),
    "reports:history-pdf": Rule(EVERYBODY),
    "communes:sheet-home": Rule(OWN_AND_ALL, KY_PHU, found=302),
    "communes:sheet": Rule(OWN_AND_ALL, SHEET),
    "communes:cell": Rule(kwargs={**SHEET, "measure": "bhyt"}, posts=True),
    "communes:submit": Rule(kwargs=SHEET, posts=True),
    "communes:paste": Rule(kwargs=SHEET, posts=True),
    "communes:keep": Rule(kwargs=SHEET, posts=True),
    "communes:exemption": Rule(kwargs={**SHEET, "measure": "xa.7.1"}, posts=True),
    "communes:survey": Rule(OWN_AND_ALL, {**KY_PHU, "year": YEAR}),
    "communes:base-data-home": Rule(OWN_AND_ALL, KY_PHU, found=302),
    "communes:base-data": Rule(OWN_AND_ALL, {**KY_PHU, "year": YEAR}),
    "communes:base-data-excel": Rule(OWN_AND_ALL, {**KY_PHU, "year": YEAR}),
    "communes:quick-entry": Rule({"hoa", "tuan", "binh"}, refused=403),
    "communes:quick-cell": Rule(kwargs={"year": YEAR, "measure": "bhyt", "code": "18769"}, posts=True),
    "communes:district-sheet-home": Rule(SEES_ALL | {"binh"}, found=302),
    "communes:district-sheet": Rule(SEES_ALL | {"binh"}, DISTRICT_SHEET),
    "communes:district-cell": Rule(kwargs={**DISTRICT_SHEET, "measure": "huyen.1.1"}, posts=True),
    "communes:district-submit": Rule(kwargs=DISTRICT_SHEET, posts=True),
    "communes:district-paste": Rule(kwargs=DISTRICT_SHEET, posts=True),
    "communes:district-keep": Rule(kwargs=DISTRICT_SHEET, posts=True),
    "communes:import-home": Rule({"lan", "minh", "hoa", "tuan", "quan", "binh"}, refused=403),
    "communes:template": Rule({"lan", "minh", "hoa", "tuan", "binh"}, refused=403),
    "communes:import-batch": Rule(kwargs={"batch": 0}),
    "communes:import-mapping": Rule(kwargs={"batch": 0}),
    "communes:import-refusals": Rule(kwargs={"batch": 0}),
    "communes:import-file": Rule(kwargs={"batch": 0}),
    "communes:import-apply": Rule(kwargs={"batch": 0}, posts=True),
    "communes:import-undo": Rule(kwargs={"batch": 0}, posts=True),
    "communes:import-drop": Rule(kwargs={"batch": 0}, posts=True),
    "communes:verification-queue": Rule({"hoa", "tuan", "binh"}, refused=403),
    "communes:verify": Rule(kwargs={"revision": 0}, posts=True),
    "communes:approval-queue": Rule({"tuan", "hung", "binh"}, refused=403),
    "communes:approve": Rule(kwargs={"revision": 0}, posts=True),
    "communes:appraise": Rule(kwargs={"revision": 0}, posts=True),
    "communes:discussion": Rule(OWN_AND_ALL, {**KY_PHU, "year": YEAR, "measure": "bhyt"}),
    "communes:district-discussion": Rule(SEES_ALL | {"binh"}, {"year": YEAR, "measure": "huyen.1.1"}),
    "communes:comment": Rule(kwargs={"assessment": 0}, posts=True),
    "communes:comment-settle": Rule(kwargs={"comment": 0}, posts=True),
    "communes:findings": Rule(EVERYBODY),
    "communes:findings-excel": Rule(EVERYBODY),
    "communes:finding": Rule(kwargs={"pk": 0}, posts=True),
    "communes:documents": Rule(OWN_AND_ALL, KY_PHU),
    "communes:evidence": Rule(OWN_AND_ALL, {**KY_PHU, "year": YEAR, "measure": "bhyt"}),
    "communes:district-documents": Rule(SEES_ALL | {"binh"}),
    "communes:district-evidence": Rule(SEES_ALL | {"binh"}, {"year": YEAR, "measure": "huyen.1.1"}),
    "communes:required-papers": Rule({"hoa", "tuan", "binh"}, refused=403),
    # Who may open which document: tests/communes/test_evidence_views.py.
    "communes:document": Rule(kwargs={"evidence": 0}),
    "communes:evidence-file": Rule(kwargs={"file": 0}),
    "communes:evidence-page": Rule(kwargs={"file": 0, "page": 1}),
    # A round, its closings and frozen sheets: who reads which is told in tests/communes/test_rounds_views.py.
    "plans:directives": Rule(EVERYBODY),
    "plans:directives-excel": Rule(EVERYBODY),
    "plans:directives-pdf": Rule(EVERYBODY),
    "plans:directive-items": Rule(EVERYBODY),
    "plans:directive-items-excel": Rule(EVERYBODY),
    "plans:directive-items-pdf": Rule(EVERYBODY),
    "plans:directive-item": Rule(kwargs={"pk": 0}, posts=True),
    "plans:directive-item-edit": Rule(kwargs={"pk": 0}),
    "plans:directive-new": Rule({"tuan", "hung", "binh"}, refused=403),
    "plans:directive-meeting": Rule(EVERYBODY),
    "plans:directive-meeting-excel": Rule(EVERYBODY),
    "plans:directive-meeting-pdf": Rule(EVERYBODY),
    "plans:directive": Rule(kwargs={"pk": 0}),
    "plans:directive-more": Rule(kwargs={"pk": 0}),
    "plans:directive-edit": Rule(kwargs={"pk": 0}),
    "plans:directive-file": Rule(kwargs={"pk": 0}),
    "plans:directive-excel": Rule(kwargs={"pk": 0}),
    "plans:directive-pdf": Rule(kwargs={"pk": 0}),
    "plans:plan": Rule(EVERYBODY),
    "plans:plan-excel": Rule(EVERYBODY),
    "plans:plan-pdf": Rule(EVERYBODY),
    "plans:preview": Rule(EVERYBODY),
    "plans:task-new": Rule(EVERYBODY - {"quan"}, refused=403),
    "plans:task": Rule(kwargs={"pk": 0}),
    "plans:task-edit": Rule(kwargs={"pk": 0}),
    "communes:roadmap": Rule(EVERYBODY),
    "communes:roadmap-excel": Rule(EVERYBODY),
    "communes:roadmap-pdf": Rule(EVERYBODY),
    "communes:district-targets": Rule(posts=True),
    "communes:district-counts": Rule(kwargs={"year": YEAR}, posts=True),
    "communes:target-cell": Rule(kwargs={**KY_PHU, "year": YEAR}, posts=True),
    "communes:promises": Rule(DISTRICT, {**KY_PHU, "year": YEAR}),
    "communes:promises-excel": Rule(DISTRICT, {**KY_PHU, "year": YEAR}),
    "communes:promises-pdf": Rule(DISTRICT, {**KY_PHU, "year": YEAR}),
    "communes:assignments": Rule(EVERYBODY),
    "communes:assignments-excel": Rule(EVERYBODY),
    "communes:assignments-pdf": Rule(EVERYBODY),
    # Without a row chosen it leads back to the board.
    "communes:assign": Rule({"tuan", "binh"}, found=302, refused=403),
    "communes:teams": Rule(EVERYBODY),
    "communes:teams-excel": Rule(EVERYBODY),
    "communes:teams-pdf": Rule(EVERYBODY),
    "communes:rounds": Rule(EVERYBODY),
    "communes:round": Rule(kwargs={"pk": 0}),
    "communes:round-excel": Rule(kwargs={"pk": 0}),
    "communes:round-close": Rule(kwargs={"pk": 0}),
    "communes:round-confirm": Rule(kwargs={"pk": 0, "unit": "ky-phu"}),
    "communes:snapshot": Rule(kwargs={"pk": 0, "event": 0, "code": "ky-phu"}),
    "communes:snapshot-excel": Rule(kwargs={"pk": 0, "event": 0, "code": "ky-phu"}),
    "communes:list-template": Rule({"tuan", "quan", "binh"}, {"kind": "people"}, refused=403),
    "criteria:set-list": Rule(EVERYBODY),
    "criteria:set": Rule(EVERYBODY, {"family": XA}),
    "criteria:threshold": Rule(EVERYBODY, {"family": XA, "item": "15.1"}),
    "accounts:login": Rule(public=True),
    "accounts:logout": Rule(posts=True, public=True),
    "accounts:account": Rule(EVERYBODY),
    "accounts:landing": Rule(EVERYBODY, found=302),
    "accounts:password-change": Rule(EVERYBODY),
    "accounts:notices": Rule(EVERYBODY),
    "accounts:notice": Rule(kwargs={"notice": 0}),
    "accounts:notice-settings": Rule(EVERYBODY),
    "alive": Rule(public=True),
    "ready": Rule(public=True),
}


def names_of(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names_of(pattern.url_patterns, namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def test_every_address_has_its_row() -> None:
    shipped = set(names_of(get_resolver().url_patterns)) - {"gallery"}
    assert shipped - set(RULES) == set(), "give the new address its row"
    assert set(RULES) - shipped == set(), "a row without an address"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def visit(person: str, cast: Cast) -> Client:
    return signed_in(getattr(cast, person))


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if not rule.posts and not rule.public])
def test_who_may_read_and_who_finds_nothing(name: str, cast: Cast, empty_papers: None) -> None:
    rule = RULES[name]
    address = reverse(name, kwargs=rule.kwargs)
    anonymous = Client().get(address)
    assert anonymous.status_code == 302 and anonymous["Location"].startswith("/dang-nhap/")
    for person in sorted(EVERYBODY):
        response = visit(person, cast).get(address)
        wanted = rule.found if person in rule.readers else rule.refused
        assert response.status_code == wanted, f"{person} {address}: {response.status_code}, not {wanted}"


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.posts and not rule.public])
def test_an_address_of_acts_takes_no_get_and_no_stranger(name: str, cast: Cast) -> None:
    revision = stated(cast, "bhyt", "96,4", by=cast.lan)
    kwargs = dict(RULES[name].kwargs)
    if "revision" in kwargs:
        kwargs["revision"] = revision.pk
    address = reverse(name, kwargs=kwargs)
    assert visit("tuan", cast).get(address).status_code == 405
    assert Client().post(address).status_code == 302
    # An address of "the district" means Bình's own one to Bình: nothing to send there, nothing of ours touched.
    own_district = {302, 400} if name.startswith("communes:district-") else set()
    for stranger in ("binh", "minh"):
        response = visit(stranger, cast).post(address, {"version": "0", "value": "1"})
        assert response.status_code in {403, 404} | (own_district if stranger == "binh" else set()), stranger
    assert Statement.objects.count() == 1, "a refused act writes nothing"


def test_a_neighbours_boards_hold_nothing_of_ours(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan)
    for name in ("reports:overview", "reports:matrix", "reports:commune-list", "reports:district"):
        page = visit("binh", cast).get(reverse(name)).content.decode()
        assert "Kỳ Phú" not in page and "Kỳ Châu" not in page, name
    assert "Kỳ Phú" in visit("tuan", cast).get(reverse("reports:matrix")).content.decode()  # positive control


def test_an_officer_of_another_commune_sees_only_what_was_approved(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan)
    address = reverse("reports:commune-why", kwargs={**KY_PHU, "family": XA, "item": "15.1"})
    for basis in ("tu-danh-gia", "tham-tra", "ca-ba"):
        assert "96,4" not in visit("minh", cast).get(address, {"co-so": basis}).content.decode()
    assert "96,4" in visit("lan", cast).get(address, {"co-so": "tu-danh-gia"}).content.decode()  # positive control


def test_a_draft_is_read_by_nobody_outside_its_unit(cast: Cast) -> None:
    typed(cast, "bhyt", "81,23", by=cast.lan)
    shown = {name: rule for name, rule in RULES.items() if not rule.posts and not rule.public}
    addresses = [reverse(name, kwargs=rule.kwargs) for name, rule in shown.items()]
    for person in sorted(EVERYBODY - {"lan"}):
        client = visit(person, cast)
        for address in addresses:
            if not address.endswith(("pdf/", "excel/", ".xlsx")):
                assert "81,23" not in client.get(address).content.decode(), f"{person} {address}"
    assert "81,23" in visit("lan", cast).get(reverse("reports:commune", kwargs=KY_PHU)).content.decode()
    assert "81,23" in visit("lan", cast).get(reverse("communes:sheet", kwargs=SHEET)).content.decode()


def test_a_seat_in_one_district_opens_nothing_more_in_another(cast: Cast) -> None:
    """Somebody who verifies in Kỳ Anh and keeps a commune next door sees its neighbours there as its officers do."""
    elsewhere = make_commune(district=cast.next_district, code="18701", name="Cẩm Vịnh", slug="cam-vinh")
    post(cast.hoa, Role.COMMUNE, elsewhere)
    keeper = make_person(username="cam-binh", full_name="Lê Thị Bình")
    post(keeper, Role.COMMUNE, cast.next_commune)
    stated(cast, "xa.8.1", "Đạt", by=keeper, unit=cast.next_commune)
    address = reverse("reports:commune-why", kwargs={"code": "cam-binh", "family": XA, "item": "8.1"})
    assert "Lê Thị Bình" not in visit("hoa", cast).get(address, {"co-so": "ca-ba"}).content.decode()
    assert "Lê Thị Bình" in signed_in(keeper).get(address, {"co-so": "ca-ba"}).content.decode()  # positive control


def test_a_right_that_was_withdrawn_ends_with_the_next_request(cast: Cast) -> None:
    client = visit("lan", cast)
    address = reverse("communes:sheet", kwargs=SHEET)
    assert client.get(address).status_code == 200
    cast.lan.postings.update(to_on=TODAY)
    assert client.get(address).status_code == 404


HOSTILE = [
    "nam=", "nam=abc", "nam=99999", "nam=%00", "nam=20230000000000000000", "nam=２０２３", "ngay=hôm-nay",
    "ngay=0001-01-01", "ngay=9999-99-99", "ngay=2023-02-30", "bo=%00", "bo=khong-co", "bo=" + "a" * 300, "bo=../..",
    "co-so=x", "co-so=%00", "huyen=999", "huyen=%27%20OR%201=1", "q=%00", "q=" + "a" * 60_000, "nam=2023&nam=x",
    "ngay=%F0%9F%98%80", "bo=huyen-ntm-2021-2025",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_no_address_answers_with_an_error_of_ours(query: str, cast: Cast) -> None:
    client = visit("tuan", cast)
    client.raise_request_exception = False
    for name, rule in RULES.items():
        if rule.posts or name.endswith("pdf"):
            continue
        status = client.get(f"{reverse(name, kwargs=rule.kwargs)}?{query}").status_code
        assert status < 500, f"{name}?{query}: {status}"


@pytest.mark.parametrize(
    "path",
    [
        "/xa/99999999999999999999/",
        "/xa/%00/",
        "/xa/khong-co/",
        "/xa/ky-phu/vi-sao/khong-co/15/",
        f"/xa/ky-phu/vi-sao/{XA}/99/",
        f"/xa/ky-phu/vi-sao/{XA}/15.99/",
        f"/xa/ky-phu/danh-gia/{XA}/99999999999999/",
        f"/xa/ky-phu/danh-gia/{XA}/1/",
        "/xa/ky-phu/danh-gia/khong-co/2023/",
        f"/tieu-chi/{XA}/%00/",
        "/tieu-chi/khong-co/",
        f"/tieu-chi/{XA}/9.9/",
        f"/tieu-chi/{XA}/nguong/khong-co/",
        "/tham-tra/99999999999999999999/",
        "/xa/" + "a" * 5000 + "/",
        f"/huyen/danh-gia/{XA}/2023/",
        f"/xa/ky-phu/danh-gia/{HUYEN}/2023/",
        "/xa/ky-phu/khao-sat/0/",
    ],
)
def test_a_wrong_path_is_a_page_in_vietnamese(path: str, cast: Cast) -> None:
    client = visit("tuan", cast)
    client.raise_request_exception = False
    response = client.get(path)
    assert 400 <= response.status_code < 500, path
    assert 'lang="vi"' in response.content.decode() or response.status_code == 405


def test_every_commune_set_opens(cast: Cast) -> None:
    for family in (XA, XA_NC, XA_KM):
        kwargs = {**SHEET, "family": family}
        assert visit("lan", cast).get(reverse("communes:sheet", kwargs=kwargs)).status_code == 200
