"""Promised values: the commune for itself, the office for all; beside the value now and the threshold of the tier."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.http import HttpResponse
from openpyxl import load_workbook

from accounts.models import HistoryEntry, Person
from communes.actions import promising
from communes.models import PromisedValue, Target
from communes.queries.promises import PromiseLine, promise_board
from communes.rules.workflow import Stage
from criteria.rules.vocabulary import Tier
from tests.makers import TODAY, YEAR, Cast, make_cast, signed_in, stated

pytestmark = pytest.mark.django_db
PAGE = f"/muc-tieu/ky-phu/cam-ket/{YEAR}/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def promise(person: Person, text: str, *, seen: int = 0, shown: str = "", page: str = PAGE) -> HttpResponse:
    """What the page sends for health insurance; `shown` is what its field held when the page was made."""
    return signed_in(person).post(
        page, {"v-bhyt": text, "o-bhyt": str(seen), "c-bhyt": shown, "van-ban": "Bản cam kết 5/2023"}
    )


def line(cast: Cast) -> PromiseLine:
    board = promise_board(cast.ky_phu, cast.district, YEAR, TODAY)
    return next(one for one in board.lines if one.measure.code == "bhyt")


def test_a_commune_promises_for_itself_and_sees_what_is_missing(cast: Cast):
    stated(cast, "bhyt", "88,2", by=cast.lan, until=Stage.APPROVED)
    assert promise(cast.lan, "95,5").status_code == 302
    row = PromisedValue.objects.get()
    assert (row.value, row.by, row.document) == ("95.5", cast.lan, "Bản cam kết 5/2023")
    assert line(cast).gap == "còn 7,3 %".replace(" %", "\u00a0%") and line(cast).warning == ""
    entry = HistoryEntry.objects.latest("number")
    assert entry.act == "promise.save" and "95,5" in entry.sentence
    html = signed_in(cast.hung).get(PAGE).content.decode()
    assert "88,2" in html and "95,5" in html and 'name="v-bhyt"' not in html


def test_a_promise_below_the_threshold_of_the_tier_aimed_at_is_told(cast: Cast):
    promise(cast.tuan, "91")
    assert line(cast).warning == "", "91 % are enough for đạt chuẩn"
    Target.objects.create(unit=cast.ky_phu, year=YEAR, tier="advanced")
    assert promise_board(cast.ky_phu, cast.district, YEAR, TODAY).tier is Tier.ADVANCED
    assert "chưa tới ngưỡng" in line(cast).warning
    assert "1 giá trị chưa tới ngưỡng nâng cao" in signed_in(cast.lan).get(PAGE).content.decode()


def test_the_newest_counts_and_an_empty_field_takes_it_back(cast: Cast):
    promise(cast.lan, "95")
    first = PromisedValue.objects.get()
    promise(cast.lan, "", seen=first.pk, shown="95")
    assert PromisedValue.objects.count() == 2 and line(cast).promised is None
    promise(cast.lan, "", seen=line(cast).row, shown="")
    assert PromisedValue.objects.count() == 2, "nothing new, nothing written"


def test_a_stale_promise_gets_both_values(cast: Cast):
    promise(cast.tuan, "95")
    answer = promise(cast.lan, "97")
    html = answer.content.decode()
    assert answer.status_code == 409 and "Lê Anh Tuấn vừa ghi 95" in html and 'value="97"' in html
    assert promise(cast.lan, "97", seen=PromisedValue.objects.get().pk, shown="95").status_code == 302
    assert promise(cast.tuan, "97").status_code == 302, "the same value twice is no conflict"
    assert PromisedValue.objects.count() == 2


def test_what_cannot_be_read_is_told_and_nothing_is_lost(cast: Cast):
    answer = promise(cast.lan, "nhiều")
    assert answer.status_code == 422 and 'value="nhiều"' in answer.content.decode()
    assert "không phải là số" in answer.content.decode()
    assert not PromisedValue.objects.exists()


def test_others_read_and_do_not_write_and_next_door_finds_nothing(cast: Cast):
    for who in ("minh", "hoa", "hung", "dung", "quan"):
        assert promise(getattr(cast, who), "95").status_code == 403, who
    assert promise(cast.binh, "95").status_code == 404
    assert not PromisedValue.objects.exists()


def test_without_the_policy_a_neighbour_would_promise_for_us(cast: Cast, monkeypatch):
    """Positive control."""
    monkeypatch.setattr(promising, "why_not_promise", lambda *asked: None)
    monkeypatch.setattr("communes.views.promises.why_not_promise", lambda *asked: None)
    assert promise(cast.minh, "95").status_code == 302
    assert PromisedValue.objects.count() == 1


def test_the_district_has_promises_of_its_own_kept_by_the_office(cast: Cast):
    page = f"/muc-tieu/ky-anh/cam-ket/{YEAR}/"
    html = signed_in(cast.tuan).get(page).content.decode()
    assert "Huyện NTM" in html and "v-huyen." in html
    assert "v-huyen." not in signed_in(cast.lan).get(page).content.decode()


def test_the_workbook_of_promises(cast: Cast):
    promise(cast.lan, "95,5")
    sheet = load_workbook(BytesIO(signed_in(cast.minh).get(f"{PAGE}excel/").content)).worksheets[0]
    assert 95.5 in [cell.value for row in sheet.iter_rows() for cell in row], "a number stays a number"


@pytest.mark.parametrize("year", ["1990", "2051"])
def test_a_year_beyond_all_sense_is_told(cast: Cast, year: str):
    assert signed_in(cast.tuan).get(f"/muc-tieu/ky-phu/cam-ket/{year}/").status_code == 400
