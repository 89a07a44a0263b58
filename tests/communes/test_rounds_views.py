"""/ky-bao-cao/ as each person meets it."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Notice, Person
from communes.actions.rounds import NewRound, close_round, open_round
from communes.models import Confirmation, Extension, Practice, Round, RoundEvent, Snapshot, Unit
from communes.rules.rounds import RoundKind
from communes.rules.workflow import Stage
from tests.makers import (
    HEALTH_INSURANCE,
    TODAY,
    YEAR,
    Cast,
    make_cast,
    make_commune,
    signed_in,
    stated,
    typed,
)

pytestmark = pytest.mark.django_db
OPENS, DUE, BEFORE = date(2023, 10, 1), date(2023, 10, 10), date(2023, 9, 10)
READERS = ("lan", "minh", "hoa", "hung", "dung", "quan")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def october(cast: Cast) -> Round:
    """A round that is five days overdue on TODAY."""
    new = NewRound(RoundKind.MONTH, 10, YEAR, OPENS, DUE)
    return open_round(by=cast.tuan, standing=cast.standing(cast.tuan), district=cast.district, new=new, on=TODAY)


def visit(cast: Cast, name: str) -> Client:
    return signed_in(getattr(cast, name))


def address(round_: Round, name: str = "round", **more: Any) -> str:
    return reverse(f"communes:{name}", kwargs={"pk": round_.pk, **more})


def page_of(response: HttpResponse) -> str:
    return response.content.decode()


def closed(cast: Cast, round_: Round, by: Person | None = None) -> RoundEvent:
    by = by or cast.tuan
    return close_round(by=by, standing=cast.standing(by), round=round_, on=TODAY)


# ---------- the list ----------


def test_without_a_round_the_office_is_shown_how_to_open_one_and_others_who_does(cast: Cast) -> None:
    office = page_of(visit(cast, "tuan").get(reverse("communes:rounds")))
    assert "Mở kỳ mới" in office and "Tháng 10/2023" in office and "Quý IV/2023" in office and "Năm 2023" in office
    for name in READERS:
        page = page_of(visit(cast, name).get(reverse("communes:rounds")))
        assert "Chưa có kỳ báo cáo nào" in page and "Mở kỳ mới" not in page, name


def test_the_office_opens_a_proposed_round_with_its_usual_days_or_its_own(cast: Cast) -> None:
    client = visit(cast, "tuan")
    response = client.post(reverse("communes:rounds"), {"viec": "mo", "ky": "quarter-4-2023"})
    row = Round.objects.get()
    assert response["Location"] == address(row)
    assert (row.opens_on, row.due_on) == (date(2023, 10, 1), date(2024, 1, 5))
    days = {"tu-ngay": "2023-10-05", "han": "20/12/2023"}
    client.post(reverse("communes:rounds"), {"viec": "mo", "ky": "year-1-2023", **days})
    row = Round.objects.get(kind="year")
    assert (row.opens_on, row.due_on) == (date(2023, 10, 5), date(2023, 12, 20))


@pytest.mark.parametrize(
    "sent",
    [
        {"ky": ""},
        {"ky": "week-1-2023"},
        {"ky": "month-13-2023"},
        {"ky": "month-²-2023"},
        {"ky": "month-1-99999"},
        {"ky": "month-10-2023", "han": "31/02/2023"},
        {"ky": "month-10-2023", "han": "2023-09-30"},
        {"ky": "month-10-2023", "han": "\x00"},
        {"ky": "month-10-2023", "han": "9999-12-31"},
    ],
)
def test_a_round_that_cannot_be_is_refused_in_a_sentence(cast: Cast, sent: dict[str, str]) -> None:
    response = visit(cast, "tuan").post(reverse("communes:rounds"), {"viec": "mo", **sent})
    assert response.status_code in (302, 422)
    if response.status_code == 422:
        assert 'role="alert"' in page_of(response) and not Round.objects.exists()


def test_the_list_says_how_many_units_reported_and_are_late(
    cast: Cast, october: Round
) -> None:
    page = page_of(visit(cast, "hung").get(reverse("communes:rounds")))
    assert "0/3 đơn vị" in page and "3 đơn vị" in page and "trễ 5 ngày" in page
    own = page_of(visit(cast, "minh").get(reverse("communes:rounds")))
    assert "Xã Kỳ Châu" in own and "chưa đủ" in own


def test_pages_take_as_many_queries_for_many_rounds_and_communes_as_for_few(
    cast: Cast, october: Round
) -> None:
    client, paths = visit(cast, "tuan"), (reverse("communes:rounds"), address(october))
    closed(cast, october)

    def count(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as found:
            client.get(path)
        return len(found)

    november = NewRound(RoundKind.MONTH, 11, YEAR, OPENS, DUE)
    who = {"by": cast.tuan, "standing": cast.standing(cast.tuan), "district": cast.district, "on": TODAY}
    open_round(new=november, **who)
    few = [count(path) for path in paths]
    for number in range(4):
        make_commune(district=cast.district, code=f"1890{number}", name=f"Xã {number}", slug=f"xa-{number}")
    for kind, number in ((RoundKind.QUARTER, 4), (RoundKind.YEAR, 1), (RoundKind.HALF_YEAR, 2)):
        open_round(new=NewRound(kind, number, YEAR, OPENS, DUE), **who)
    assert [count(path) for path in paths] == few


def test_the_way_of_working_is_set_by_the_office_alone(cast: Cast) -> None:
    for name in READERS:
        response = visit(cast, name).post(reverse("communes:rounds"), {"viec": "cach-lam", "ky-duyet": "on"})
        assert response.status_code == 403, name
    assert not Practice.objects.exists()
    client = visit(cast, "tuan")
    client.post(reverse("communes:rounds"), {"viec": "cach-lam", "ky-duyet": "on"})
    assert Practice.objects.get().needs_sign_off
    assert "Chủ tịch UBND xã ký duyệt trước khi gửi" in page_of(visit(cast, "lan").get(reverse("communes:rounds")))
    client.post(reverse("communes:rounds"), {"viec": "cach-lam"})
    assert not Practice.objects.get().needs_sign_off


# ---------- one round ----------


def test_a_commune_sees_its_own_line_and_the_others_see_everybody(
    cast: Cast, october: Round
) -> None:
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan)
    own = page_of(visit(cast, "lan").get(address(october)))
    assert "Kỳ Phú" in own and "Kỳ Châu" not in own and "Nguyễn Thị Lan" in own and "Chốt kỳ" not in own
    for name in ("hoa", "hung", "dung", "quan", "tuan"):
        page = page_of(visit(cast, name).get(address(october)))
        assert "Kỳ Phú" in page and "Kỳ Châu" in page and "trễ 5 ngày" in page, name
        assert ("Chốt kỳ" in page) == (name == "tuan")


def test_a_neighbour_finds_nothing(cast: Cast, october: Round) -> None:
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    event = closed(cast, october)
    frozen = {"event": event.pk, "code": cast.ky_phu.code}
    paths = [
        address(october), address(october, "round-excel"), address(october, "round-close"),
        address(october, "snapshot", **frozen), address(october, "snapshot-excel", **frozen),
        address(october, "round-confirm", unit="ky-phu"),
    ]  # fmt: skip
    for path in paths:
        assert visit(cast, "binh").get(path).status_code == 404, path
        assert visit(cast, "binh").post(path).status_code in (404, 405), path
        assert Client().get(path)["Location"].startswith("/dang-nhap/")
    for path in paths[3:]:
        assert visit(cast, "minh").get(path).status_code == 404, path
        assert visit(cast, "lan").get(path).status_code == 200, f"positive control {path}"


def test_only_the_office_acts_on_a_round(cast: Cast, october: Round) -> None:
    sent = {"don-vi": "ky-phu", "han": "2023-11-01", "ly-do": "Bão"}
    Notice.objects.all().delete()
    for name in READERS:
        for act in ("nhac", "gia-han", "mo-khoa"):
            assert visit(cast, name).post(address(october), {"viec": act, **sent}).status_code == 403
        assert visit(cast, name).get(address(october, "round-close")).status_code == 403
        assert visit(cast, name).post(address(october, "round-close")).status_code == 403
    assert not (Notice.objects.exists() or Extension.objects.exists() or RoundEvent.objects.exists())


def test_the_office_reminds_and_the_page_shows_when(cast: Cast, october: Round) -> None:
    client = visit(cast, "tuan")
    Notice.objects.all().delete()
    client.post(address(october), {"viec": "nhac", "don-vi": "ky-phu"})
    assert list(Notice.objects.values_list("person_id", flat=True)) == [cast.lan.pk]
    again = client.post(address(october), {"viec": "nhac", "don-vi": "ky-phu"})
    assert again.status_code == 422 and "Hôm nay đã nhắc" in page_of(again)
    assert "15/10/2023" in page_of(client.get(address(october)))


def test_the_office_extends_for_one_unit(cast: Cast, october: Round) -> None:
    client = visit(cast, "tuan")
    refused = client.post(address(october), {"viec": "gia-han", "don-vi": "ky-phu", "han": "2023-11-01", "ly-do": " "})
    assert refused.status_code == 422 and "Phải ghi lý do" in page_of(refused)
    client.post(address(october), {"viec": "gia-han", "don-vi": "ky-phu", "han": "2023-11-01", "ly-do": "Bão số 4"})
    page = page_of(client.get(address(october)))
    assert "gia hạn: Bão số 4" in page and "01/11/2023" in page
    assert "còn 17 ngày" in page_of(visit(cast, "lan").get(reverse("communes:rounds")))
    for hostile in ("khong-co", "", "cam-binh"):
        sent = {"viec": "gia-han", "don-vi": hostile, "han": "2023-12-01", "ly-do": "x"}
        assert client.post(address(october), sent).status_code == 404
    assert client.post(address(october), {"viec": "xoa"}).status_code == 400


def test_closing_asks_first_says_what_is_open_and_freezes(cast: Cast, october: Round) -> None:
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan)
    stated(cast, "xa.8.1", "Đạt", by=cast.lan, until=Stage.VERIFIED)
    client = visit(cast, "tuan")
    asked = page_of(client.get(address(october, "round-close")))
    for words in ("3 đơn vị chưa báo cáo đủ", "1 mục chờ thẩm tra", "1 mục chờ duyệt", "chưa rõ", "không khóa số liệu"):
        assert words in asked, words
    assert not RoundEvent.objects.exists()
    client.post(address(october, "round-close"))
    assert Snapshot.objects.count() == 3
    again = client.post(address(october, "round-close"))
    assert again.status_code == 409 and "đã chốt" in page_of(again)
    page = page_of(client.get(address(october)))
    assert "Mở lại kỳ" in page and "Bản chốt" in page
    assert "Kỳ này không khóa số liệu. Mở lại thì số gửi sau ngày chốt cũng tính cho kỳ" in page


def test_unlocking_needs_a_reason_that_everybody_reads_for_ever(cast: Cast, october: Round) -> None:
    closed(cast, october)
    client = visit(cast, "tuan")
    assert client.post(address(october), {"viec": "mo-khoa", "ly-do": ""}).status_code == 422
    client.post(address(october), {"viec": "mo-khoa", "ly-do": "Xã Kỳ Phú nộp bổ sung <b>"})
    closed(cast, october)
    for name in ("lan", "hung"):
        page = page_of(visit(cast, name).get(address(october)))
        assert "Xã Kỳ Phú nộp bổ sung &lt;b&gt;" in page and page.count("chốt kỳ.") == 2


def test_closing_the_year_says_that_it_locks(cast: Cast) -> None:
    new = NewRound(RoundKind.YEAR, 1, YEAR, date(2023, 1, 1), DUE)
    row = open_round(by=cast.tuan, standing=cast.standing(cast.tuan), district=cast.district, new=new, on=TODAY)
    client = visit(cast, "tuan")
    assert "không ai sửa được số liệu năm 2023" in page_of(client.get(address(row, "round-close")))
    closed(cast, row)
    page = page_of(client.get(address(row)))
    assert "Số liệu năm 2023 đang khóa" in page and "Mở khóa kỳ" in page
    survey = visit(cast, "tuan").get(reverse("communes:survey", kwargs={"code": "ky-phu", "year": YEAR}))
    assert "Kỳ năm 2023 đã chốt" in page_of(survey) and "Lưu kết quả khảo sát" not in page_of(survey)


# ---------- "không thay đổi" ----------


def test_a_commune_confirms_in_bulk_what_it_left_checked(cast: Cast, october: Round) -> None:
    kept = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    stated(cast, "xa.8.1", "Đạt", by=cast.lan, on=BEFORE)
    stated(cast, "xa.8.2", "Đạt", by=cast.lan)
    typed(cast, "xa.8.3", "Đạt", by=cast.lan)
    client, path = visit(cast, "lan"), address(october, "round-confirm", unit="ky-phu")
    page = page_of(client.get(path))
    assert page.count('name="muc"') == 2 and "96,4" in page and "15.1" in page
    response = client.post(path, {"muc": [f"{HEALTH_INSURANCE}={kept.pk}"]})
    assert response["Location"] == address(october)
    assert Confirmation.objects.get().assessment.measure.code == HEALTH_INSURANCE
    assert page_of(client.get(path)).count('name="muc"') == 1


def test_what_has_a_draft_is_not_ticked_beforehand(cast: Cast, october: Round) -> None:
    """Lan typed a newer figure and has not sent it: one careless press must not report "unchanged"."""
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    path = address(october, "round-confirm", unit="ky-phu")
    assert re.search(r'name="muc"[^>]* checked', page_of(visit(cast, "lan").get(path)))
    typed(cast, HEALTH_INSURANCE, "97", by=cast.lan)
    page = page_of(visit(cast, "lan").get(path))
    assert "đang có bản nháp" in page and 'name="muc"' in page and not re.search(r'name="muc"[^>]* checked', page)
    assert ">đang có bản nháp<" not in page_of(visit(cast, "tuan").get(path))


def test_confirming_what_was_changed_meanwhile_is_a_conflict(cast: Cast, october: Round) -> None:
    seen = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    stated(cast, HEALTH_INSURANCE, "97", by=cast.lan, on=BEFORE)
    client, path = visit(cast, "lan"), address(october, "round-confirm", unit="ky-phu")
    response = client.post(path, {"muc": [f"{HEALTH_INSURANCE}={seen.pk}"]})
    assert response.status_code == 409 and "vừa có số liệu mới" in page_of(response) and "97" in page_of(response)
    for hostile in ("bhyt=x", "bhyt", "=", "bhyt=²"):
        assert client.post(path, {"muc": [hostile]}).status_code == 400, hostile
    assert client.post(path, {}).status_code == 409
    assert not Confirmation.objects.exists()


def test_nothing_is_confirmed_in_a_closed_round(cast: Cast, october: Round) -> None:
    kept = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    closed(cast, october)
    path = address(october, "round-confirm", unit="ky-phu")
    page = page_of(visit(cast, "lan").get(path))
    assert "96,4" in page and 'name="muc"' not in page and "Kỳ này đã chốt" in page
    assert visit(cast, "lan").post(path, {"muc": [f"{HEALTH_INSURANCE}={kept.pk}"]}).status_code == 409
    assert not Confirmation.objects.exists()


def test_who_reads_all_may_look_but_not_confirm(cast: Cast, october: Round) -> None:
    kept = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    path = address(october, "round-confirm", unit="ky-phu")
    for name in ("tuan", "hoa", "hung"):
        page = page_of(visit(cast, name).get(path))
        assert "96,4" in page and 'name="muc"' not in page and "Chỉ cán bộ của xã" in page
        response = visit(cast, name).post(path, {"muc": [f"{HEALTH_INSURANCE}={kept.pk}"]})
        assert response.status_code == 409
    assert not Confirmation.objects.exists()


# ---------- frozen sheets ----------


@pytest.fixture
def event(cast: Cast, october: Round) -> RoundEvent:
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, until=Stage.APPROVED)
    return closed(cast, october)


def test_a_frozen_sheet_shows_when_by_whom_and_that_it_matches(
    cast: Cast, october: Round, event: RoundEvent
) -> None:
    path = address(october, "snapshot", event=event.pk, code=cast.ky_phu.code)
    stated(cast, HEALTH_INSURANCE, "50", by=cast.lan)
    Unit.objects.filter(pk=cast.ky_phu.pk).update(name="Kỳ Phú Mới")
    page = page_of(visit(cast, "lan").get(path))
    for words in ("96,4", "Nguyễn Thị Lan", "Đã chốt ngày 15/10/2023", "Lê Anh Tuấn", "khớp với lúc chốt"):
        assert words in page, words
    assert Snapshot.objects.get(event=event, unit=cast.ky_phu).sha256 in page
    for family in ("", "?bo=xa-ntm-nang-cao-2021-2025", "?bo=khong-co"):
        assert visit(cast, "tuan").get(path + family).status_code == 200
    district = address(october, "snapshot", event=event.pk, code=cast.district.code)
    assert visit(cast, "hung").get(district).status_code == 200
    assert visit(cast, "lan").get(district).status_code == 404


def test_a_damaged_frozen_sheet_says_so(cast: Cast, october: Round, event: RoundEvent) -> None:
    row = Snapshot.objects.get(event=event, unit=cast.ky_phu)
    row.data["reported"]["done"] = 99
    row.save()
    path = address(october, "snapshot", event=event.pk, code=cast.ky_phu.code)
    assert "KHÔNG KHỚP" in page_of(visit(cast, "tuan").get(path))


def test_a_snapshot_is_found_only_under_its_own_round_and_event(cast: Cast, october: Round, event: RoundEvent) -> None:
    client = visit(cast, "tuan")
    for pk, number, code in (
        (october.pk, event.pk + 1, "ky-phu"), (october.pk + 1, event.pk, "ky-phu"),
        (october.pk, event.pk, "cam-binh"), (october.pk, event.pk, "khong-co"), (10**19, event.pk, "ky-phu"),
        (october.pk, 10**19, "ky-phu"),
    ):  # fmt: skip
        path = reverse("communes:snapshot", kwargs={"pk": pk, "event": number, "code": code})
        assert client.get(path).status_code == 404, path


def workbook_of(response: HttpResponse) -> Any:
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    return load_workbook(BytesIO(response.content))


def test_the_round_as_a_workbook_keeps_text_as_text(cast: Cast, october: Round) -> None:
    client = visit(cast, "tuan")
    sent = {"viec": "gia-han", "don-vi": "ky-phu", "han": "2023-11-01", "ly-do": '=HYPERLINK("http://x")'}
    client.post(address(october), sent)
    sheet = workbook_of(client.get(address(october, "round-excel"))).worksheets[0]
    found = {sheet.cell(row, 2).value: row for row in range(5, 8)}
    cell = sheet.cell(found["Xã Kỳ Phú"], 8)
    assert cell.value == '=HYPERLINK("http://x")' and cell.data_type == "s"
    assert sheet.cell(found["Xã Kỳ Châu"], 7).value == 5, "days late as a number"
    own = workbook_of(visit(cast, "lan").get(address(october, "round-excel"))).worksheets[0]
    assert [own.cell(row, 2).value for row in (5, 6)] == ["Xã Kỳ Phú", None]


def test_a_frozen_sheet_as_a_workbook(cast: Cast, october: Round, event: RoundEvent) -> None:
    kwargs = {"event": event.pk, "code": cast.ky_phu.code}
    book = workbook_of(visit(cast, "lan").get(address(october, "snapshot-excel", **kwargs)))
    info = {row[0]: row[1] for row in book.worksheets[0].iter_rows(min_row=3, max_col=2, values_only=True)}
    assert info["Đối chiếu"] == "khớp" and info["Người chốt"] == "Lê Anh Tuấn"
    rows = [row for row in book.worksheets[1].iter_rows(min_row=5, values_only=True) if row[0] == "15.1"]
    assert float(rows[0][4]) == 96.4 and "Nguyễn Thị Lan" in rows[0][10]
    assert len(book.worksheets) == 4, "information and three sets"
