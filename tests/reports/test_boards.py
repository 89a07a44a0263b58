"""The boards: figures follow from what was stated, on the right basis, as known on the day, in constant queries."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person
from accounts.queries import installation
from accounts.roles import Role
from communes.models import Recognition, Unit
from communes.queries.judged import communes_of, recognitions_of, set_up_bench
from communes.rules.workflow import ActKind, Stage
from criteria.actions.thresholds import switch_supplement
from criteria.models import Indicator
from criteria.rules.vocabulary import Basis, Tier
from reports.queries.overview import overview
from reports.viewing import Viewing, viewing
from tests.makers import (
    TODAY,
    XA,
    Cast,
    lead_officer,
    make_cast,
    make_commune,
    make_person,
    post,
    signed_in,
    stated,
    step,
    typed,
)

pytestmark = pytest.mark.django_db

# 8.1 is a yes/no whose threshold an outside source states: judged plainly, so that a verdict follows at once.
POST_OFFICE = "xa.8.1"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def finding(cast: Cast, basis: Basis, day: date = TODAY):
    bench = set_up_bench(cast.district, communes_of(cast.district, day), TODAY.year, day)
    return bench.commune(cast.ky_phu, basis).set(XA)


def verdict_of(cast: Cast, code: str, basis: Basis, day: date = TODAY) -> str:
    for criterion in finding(cast, basis, day).criteria:
        for indicator in criterion.indicators:
            if indicator.indicator.code == code:
                return indicator.verdict.value
    raise AssertionError(code)


def test_a_draft_is_counted_nowhere(cast: Cast) -> None:
    typed(cast, POST_OFFICE, "Đạt", by=cast.lan)
    assert [verdict_of(cast, "8.1", basis) for basis in Basis] == ["no_data"] * 3


def test_a_figure_climbs_from_basis_to_basis(cast: Cast) -> None:
    revision = stated(cast, POST_OFFICE, "Đạt", by=cast.lan)
    assert [verdict_of(cast, "8.1", basis) for basis in Basis] == ["met", "no_data", "no_data"]
    step(cast, revision, ActKind.VERIFY, by=lead_officer(cast, POST_OFFICE))
    assert [verdict_of(cast, "8.1", basis) for basis in Basis] == ["met", "met", "no_data"]
    step(cast, revision, ActKind.APPROVE, by=cast.mai)
    assert [verdict_of(cast, "8.1", basis) for basis in Basis] == ["met", "met", "met"]


def test_editing_an_approved_figure_leaves_it_in_force_until_a_newer_one_is_approved(cast: Cast) -> None:
    stated(cast, POST_OFFICE, "Đạt", by=cast.lan, until=Stage.APPROVED)
    stated(cast, POST_OFFICE, "Chưa đạt", by=cast.lan)
    assert [verdict_of(cast, "8.1", basis) for basis in Basis] == ["not_met", "met", "met"]


def test_what_is_returned_leaves_the_basis_and_what_stood_before_stands_again(cast: Cast) -> None:
    stated(cast, POST_OFFICE, "Chưa đạt", by=cast.lan, until=Stage.VERIFIED)
    newer = stated(cast, POST_OFFICE, "Đạt", by=cast.lan)
    assert verdict_of(cast, "8.1", Basis.SELF) == "met"
    step(cast, newer, ActKind.RETURN, by=lead_officer(cast, POST_OFFICE), reason="Thiếu ảnh.")
    assert verdict_of(cast, "8.1", Basis.SELF) == "not_met"


def test_a_past_day_is_shown_as_it_was_known_then(cast: Cast) -> None:
    stated(cast, POST_OFFICE, "Chưa đạt", by=cast.lan, on=TODAY - timedelta(days=30))
    stated(cast, POST_OFFICE, "Đạt", by=cast.lan, on=TODAY)
    assert verdict_of(cast, "8.1", Basis.SELF, TODAY) == "met"
    assert verdict_of(cast, "8.1", Basis.SELF, TODAY - timedelta(days=1)) == "not_met"
    assert verdict_of(cast, "8.1", Basis.SELF, TODAY - timedelta(days=31)) == "no_data"


def test_the_matrix_says_what_an_independent_count_of_the_rows_says(cast: Cast) -> None:
    """Criterion 8 has four yes/no indicators: counted here from the statements themselves, not through the engine."""
    for number, answer in enumerate(("Đạt", "Đạt", "Đạt", "Chưa đạt"), start=1):
        stated(cast, f"xa.8.{number}", answer, by=cast.lan)
    page = signed_in(cast.hung).get(reverse("reports:matrix"), {"co-so": "tu-danh-gia"}).content.decode()
    codes = Indicator.objects.filter(criterion__set__family=XA, criterion__number=8).values_list("code", flat=True)
    assert list(codes) == ["8.1", "8.2", "8.3", "8.4"]
    assert "Kỳ Phú, tiêu chí 8: Chưa đạt – tự đánh giá, 3/4 chỉ tiêu" in page
    assert "Kỳ Châu, tiêu chí 8: Chưa có số liệu, 0/4 chỉ tiêu" in page


def test_recognised_and_meeting_are_both_shown_and_never_mixed(cast: Cast) -> None:
    Recognition.objects.create(
        unit=cast.ky_phu, family="xa-ntm-2016-2020", tier="advanced", year=2021, decision="283/QĐ-UBND",
        decided_on=date(2022, 1, 26),
    )  # fmt: skip
    page = signed_in(cast.hung).get(reverse("reports:overview")).content.decode()
    assert "1 xã chỉ mới có công nhận theo bộ tiêu chí cũ" in page
    assert "0 đã công nhận" in page
    Recognition.objects.create(
        unit=cast.ky_phu, family=XA, tier="standard", year=2023, decision="9/QĐ-UBND", decided_on=TODAY
    )
    page = signed_in(cast.hung).get(reverse("reports:overview")).content.decode()
    assert "1 đã công nhận" in page
    assert "1/2 xã được công nhận" in page  # the district's condition counts it at once


def test_a_revoked_recognition_counts_no_longer(cast: Cast) -> None:
    row = Recognition.objects.create(
        unit=cast.ky_phu, family=XA, tier="standard", year=2022, decision="9/QĐ-UBND", decided_on=date(2022, 9, 1),
        revoked_on=TODAY,
    )  # fmt: skip
    assert recognitions_of([row.unit_id], TODAY) == {}
    assert Tier(recognitions_of([row.unit_id], TODAY - timedelta(days=1))[row.unit_id][0].tier) is Tier.STANDARD


BOARDS = ["reports:overview", "reports:matrix", "reports:commune-list", "reports:district"]


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_costs_the_same_for_two_communes_and_for_twenty(cast: Cast, name: str) -> None:
    client = signed_in(cast.hung)
    address = reverse(name)
    client.get(address)  # rulebooks are read once a process
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(18):
        unit = make_commune(district=cast.district, code=f"2{number:04}", name=f"Xã {number}", slug=f"xa-{number}")
        stated(cast, POST_OFFICE, "Đạt", by=_officer(unit), unit=unit)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
    assert len(many) < 30


def _officer(unit: Unit) -> Person:
    person = make_person(username=f"xa.{unit.code}", full_name=f"Cán bộ {unit.name}")
    post(person, Role.COMMUNE, unit)
    return person


def test_why_names_the_value_the_threshold_its_source_and_the_people(cast: Cast) -> None:
    stated(cast, POST_OFFICE, "Đạt", by=cast.lan, until=Stage.APPROVED)
    address = reverse("reports:commune-why", kwargs={"code": "ky-phu", "family": XA, "item": "8.1"})
    page = signed_in(cast.hung).get(address).content.decode()
    for word in ("Vì sao chỉ tiêu 8.1 đạt?", "Nguyễn Thị Lan", "Võ Thị Mai", "318/QĐ-TTg", "chưa đối chiếu"):
        assert word in page, word


def test_the_why_of_a_part_is_one_element_and_of_a_page_a_whole_one(cast: Cast) -> None:
    address = reverse("reports:commune-why", kwargs={"code": "ky-phu", "family": XA, "item": "bac"})
    part = signed_in(cast.hung).get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<aside") and "<html" not in part
    assert "<html" in signed_in(cast.hung).get(address).content.decode()


@pytest.mark.parametrize("on", ["ky_phu", "ky_chau"])
def test_a_supplement_that_counts_in_one_commune_leaves_the_matrix_standing(cast: Cast, on: str) -> None:
    unit = getattr(cast, on)
    switch_supplement(
        by=cast.tuan, standing=cast.standing(cast.tuan), district="447", unit=unit.code, supplement="ha-tinh",
        year=TODAY.year, is_on=True, document="QĐ của tỉnh", on=TODAY,
    )  # fmt: skip
    for name in ("reports:matrix", "reports:matrix-excel"):
        assert signed_in(cast.hung).get(reverse(name)).status_code == 200
    page = signed_in(cast.hung).get(reverse("reports:matrix")).content.decode()
    assert f"{unit.name}, tiêu chí 20: Chưa có số liệu, 0/2 chỉ tiêu" in page
    assert page.count("tiêu chí 20: Chưa có số liệu") == 2  # title and label of its one cell
    assert "<b>0</b>/20" in page and "<b>0</b>/19" in page


def test_every_figure_of_a_dated_overview_leads_to_the_same_day(cast: Cast) -> None:
    stated(cast, POST_OFFICE, "Chưa đạt", by=cast.lan, until=Stage.APPROVED, on=TODAY - timedelta(days=40))
    day = (TODAY - timedelta(days=20)).isoformat()
    page = signed_in(cast.hung).get(reverse("reports:overview"), {"ngay": day}).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    links = [link for link in re.findall(r'href="(/[^"#]*)"', main) if not link.startswith("/static/")]
    assert len(links) > 10
    assert [link for link in links if f"ngay={day}" not in link] == []
    assert {signed_in(cast.hung).get(link.replace("&amp;", "&")).status_code for link in set(links)} == {200}


def test_what_is_missing_is_counted_without_a_supplement_that_is_off(cast: Cast) -> None:
    board = overview(viewing_of(cast, cast.hung))
    asked = {row.name: row.missing for row in board.communes_behind}
    assert asked["Xã Kỳ Phú"] == len(cast.books.book(XA).measures) - 2
    assert overview(viewing_of(cast, cast.minh)).communes_behind == ()


def viewing_of(cast: Cast, person: Person) -> Viewing:
    request = RequestFactory().get("/")
    request.standing, request.today = cast.standing(person), TODAY
    request.installation = installation()
    return viewing(request)


def test_a_past_why_does_not_know_who_approved_later(cast: Cast) -> None:
    stated(cast, POST_OFFICE, "Đạt", by=cast.lan, until=Stage.APPROVED, on=TODAY - timedelta(days=9))
    address = reverse("reports:commune-why", kwargs={"code": "ky-phu", "family": XA, "item": "8.1"})
    then = signed_in(cast.hung).get(address, {"ngay": (TODAY - timedelta(days=10)).isoformat()}).content.decode()
    assert "Võ Thị Mai" not in then
    assert "Võ Thị Mai" in signed_in(cast.hung).get(address).content.decode()
