"""Checking and entering thresholds: who may, on what document, how far it reaches, and what the law keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import HistoryEntry, Person
from accounts.queries import told
from criteria.actions.thresholds import Scope, check_threshold, enter_threshold
from criteria.models import LocalThreshold
from criteria.policies import Refused
from criteria.queries import books_in_force, local_thresholds
from criteria.rules.rulebook import Part
from criteria.rules.thresholds import Bound, Place, resolve
from criteria.rules.vocabulary import CheckState, Op
from tests.makers import TODAY, XA, XA_NC, YEAR, Cast, make_cast, signed_in

pytestmark = pytest.mark.django_db
OFFICE_ONLY = "Chỉ Văn phòng Điều phối NTM huyện đối chiếu và nhập ngưỡng."
DOCUMENT = {"number": "05/2023/QĐ-UBND", "signed_on": "12/01/2023", "issuer": "UBND tỉnh Hà Tĩnh"}


DISTRICT = Place(("447",), "bac_trung_bo")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def part_of(cast: Cast, item: str, part: str = "", family: str = XA) -> Part:
    return next(p for code, p in cast.books.book(family).bounded if (code, p.code) == (item, part))


def enter(
    cast: Cast, item: str, value: Any, *, by: Person | None = None, part: str = "", family: str = XA, **scope: Any
):
    by = by or cast.tuan
    unit = scope.pop("unit", "447")
    place = DISTRICT if unit == "447" else Place((unit, "447"), "bac_trung_bo")
    return enter_threshold(
        by=by, standing=cast.standing(by), book=cast.books.book(family), item=item,
        part=part_of(cast, item, part, family), scope=Scope(place, **scope), value=value,
        document="05/2023/QĐ-UBND", on=TODAY,
    )  # fmt: skip


def bound(cast: Cast, item: str, part: str = "", *, units: tuple[str, ...] = ("447",), year: int = YEAR) -> Bound:
    books = books_in_force(TODAY)
    local = local_thresholds(books, units, TODAY)
    return resolve(books.book(XA), Place(units, "bac_trung_bo"), year, local.get(XA, ()))[item, part]


# ---- the acts


def test_an_entry_of_the_office_applies_and_is_remembered(cast: Cast) -> None:
    assert bound(cast, "17.1", "a").check is CheckState.MISSING
    enter(cast, "17.1", Decimal("92.5"), part="a")
    now = bound(cast, "17.1", "a")
    assert (now.value, now.check, now.document) == (Decimal("92.5"), CheckState.CHECKED, "05/2023/QĐ-UBND")
    line = told(HistoryEntry.objects.filter(act="threshold.enter"), 1)[0]
    assert line.sentence == "Lê Anh Tuấn nhập ngưỡng Xã NTM 17.1 là ≥\u00a092,5\u00a0% (theo 05/2023/QĐ-UBND)"
    entry = HistoryEntry.objects.get(act="threshold.enter")
    assert (entry.district_code, entry.changes["value"]) == ("447", "92.5")


def test_the_narrowest_scope_counts(cast: Cast) -> None:
    enter(cast, "17.1", Decimal(80), part="a")
    enter(cast, "17.1", Decimal(85), part="a", year=2023)
    enter(cast, "17.1", Decimal(90), part="a", unit="18769")
    assert bound(cast, "17.1", "a").value == Decimal(85)
    assert bound(cast, "17.1", "a", year=2024).value == Decimal(80)
    assert bound(cast, "17.1", "a", units=("18769", "447")).value == Decimal(90)
    assert bound(cast, "17.1", "a", units=("18790", "447")).value == Decimal(85)


@pytest.mark.parametrize("name", ["lan", "hoa", "hung", "dung", "quan", "binh"])
def test_nobody_but_the_office_of_the_district_enters_or_checks(cast: Cast, name: str) -> None:
    person: Person = getattr(cast, name)
    with pytest.raises(Refused, match="Văn phòng Điều phối"):
        enter(cast, "15.1", Decimal(95), by=person)
    with pytest.raises(Refused, match="Văn phòng Điều phối"):
        check_threshold(
            by=person, standing=cast.standing(person), book=cast.books.book(XA), item="15.1",
            part=part_of(cast, "15.1"), scope=Scope(DISTRICT), document="318/QĐ-TTg", on=TODAY,
        )  # fmt: skip
    assert not LocalThreshold.objects.exists()
    assert not HistoryEntry.objects.filter(act__startswith="threshold").exists()


def test_the_minimum_of_the_law_stays(cast: Cast) -> None:
    item, part = next(
        (item, p)
        for item, p in cast.books.book(XA_NC).bounded
        if p.provincial and p.op is Op.AT_LEAST and p.thresholds and isinstance(p.thresholds[0].value, Decimal)
    )
    least = part.thresholds[0].value
    assert isinstance(least, Decimal)
    scope = {"part": part.code, "family": XA_NC}
    with pytest.raises(Refused, match="mức tối thiểu"):
        enter(cast, item, least - 1, **scope)
    assert not LocalThreshold.objects.exists()
    enter(cast, item, least, **scope)
    enter(cast, item, least + 1, **scope)
    assert LocalThreshold.objects.count() == 2


def test_a_check_of_what_the_library_does_not_know_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="chưa có ngưỡng"):
        check_threshold(
            by=cast.tuan, standing=cast.standing(cast.tuan), book=cast.books.book(XA), item="17.1",
            part=part_of(cast, "17.1", "a"), scope=Scope(DISTRICT), document="318/QĐ-TTg", on=TODAY,
        )  # fmt: skip


# ---- the page


def page_of(item: str = "15.1", family: str = XA, **query: str) -> str:
    return f"/tieu-chi/{family}/nguong/{item}/?" + "&".join(f"{k}={v}" for k, v in query.items())


def check(client: Client, item: str = "15.1", **more: str):
    data = {"viec": "doi-chieu", **{f"doi-chieu-{k}": v for k, v in {**DOCUMENT, **more}.items()}}
    return client.post(page_of(item, nam="2023"), data)


def type_in(client: Client, value: str, item: str = "17.1", phan: str = "a", **more: str):
    fields = {"value": value, "scope": "huyen", "year": "", **DOCUMENT, **more}
    data = {"viec": "nhap", **{f"nhap-{k}": v for k, v in fields.items()}}
    return client.post(page_of(item, nam="2023", phan=phan), data)


def test_the_office_checks_a_threshold(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    done = check(client)
    assert done["Location"] == f"/tieu-chi/{XA}/?nam=2023#i-15.1"
    page = client.get(done["Location"]).content.decode()
    assert "Đã đối chiếu ngưỡng Xã NTM, 15.1." in page
    assert "05/2023/QĐ-UBND ngày 12/01/2023, UBND tỉnh Hà Tĩnh" in page
    assert bound(cast, "15.1").check is CheckState.CHECKED
    assert bound(cast, "15.1").checked_by == "Lê Anh Tuấn"


def test_a_check_counts_for_the_column_and_year_it_was_made_of(cast: Cast) -> None:
    check(signed_in(cast.tuan), "10.1")
    row = LocalThreshold.objects.get()
    assert (row.region, row.year, row.is_check) == ("bac_trung_bo", 2023, True)
    assert bound(cast, "10.1").check is CheckState.CHECKED
    assert bound(cast, "10.1", year=2024).check is CheckState.UNCHECKED


def test_the_office_enters_a_number_the_way_people_write_it(cast: Cast) -> None:
    done = type_in(signed_in(cast.tuan), "92,5 %", reason="Theo công văn hướng dẫn", scope="xa:18769", year="2023")
    assert done.status_code == 302
    row = LocalThreshold.objects.get()
    assert (row.unit, row.year, row.value, row.reason) == ("18769", 2023, "92.5", "Theo công văn hướng dẫn")
    assert row.document == "05/2023/QĐ-UBND ngày 12/01/2023, UBND tỉnh Hà Tĩnh"


@pytest.mark.parametrize(
    ("value", "more", "sentence"),
    [
        ("992", {}, "lớn hơn 100 %"),
        ("1.500", {}, "có thể là"),
        ("chín mươi", {}, "không phải là số"),
        ("1e3", {}, "kiểu máy tính"),
        ("９０", {}, "chữ số toàn khổ"),
        ("90\x00", {}, "ký tự không hợp lệ"),
        ("9" * 60_000, {}, "tối đa 60 ký tự"),
        ("90", {"signed_on": "31/02/2023"}, "Không có ngày “31/02/2023”"),
        ("90", {"signed_on": "16/10/2023"}, "không thể sau hôm nay"),
        ("90", {"signed_on": "01/01/0001"}, "quá xa"),
        ("90", {"number": "\x0b"}, "bắt buộc"),
        ("90", {"issuer": ""}, "bắt buộc"),
        ("90", {"scope": "xa:18700"}, "không có trong danh sách"),
        ("90", {"scope": "xa:99999999999999999999"}, "không có trong danh sách"),
        ("90", {"year": "99999"}, "không có trong danh sách"),
    ],
)
def test_a_slip_is_told_under_its_field_and_what_was_typed_stays(
    cast: Cast, value: str, more: dict[str, str], sentence: str
) -> None:
    response = type_in(signed_in(cast.tuan), value, reason="gõ lâu lắm mới xong", **more)
    page = response.content.decode()
    assert response.status_code == 422 and "errs" in page and sentence in page
    assert "gõ lâu lắm mới xong" in page
    assert not LocalThreshold.objects.exists()


def test_the_minimum_of_the_law_is_told_on_the_page(cast: Cast) -> None:
    item, part = next((i, p) for i, p in cast.books.book(XA_NC).bounded if p.provincial and p.measure.kind == "percent")
    data = {"nhap-value": "0", "nhap-scope": "huyen", "viec": "nhap", **{f"nhap-{k}": v for k, v in DOCUMENT.items()}}
    response = signed_in(cast.tuan).post(page_of(item, XA_NC, phan=part.code), data)
    assert response.status_code == (422 if part.thresholds[0].value else 302)


@pytest.mark.parametrize("name", ["lan", "hoa", "hung", "dung", "quan"])
def test_others_read_why_not_and_a_post_is_refused_with_the_sentence(cast: Cast, name: str) -> None:
    client = signed_in(getattr(cast, name))
    page = client.get(page_of()).content.decode()
    assert OFFICE_ONLY in page and "<textarea" not in page
    for response in (check(client), type_in(client, "90")):
        assert response.status_code == 403 and OFFICE_ONLY in response.content.decode()
    assert not LocalThreshold.objects.exists()


def test_a_neighbours_office_enters_nothing_of_ours(cast: Cast) -> None:
    client = signed_in(cast.binh)
    assert client.post(page_of(huyen="447"), {"viec": "doi-chieu"}).status_code == 404
    assert type_in(client, "90", scope="xa:18769").status_code == 422
    assert not LocalThreshold.objects.exists()
    assert type_in(client, "90").status_code == 302  # its own district, positive control
    assert LocalThreshold.objects.get().unit == "449"


@pytest.mark.parametrize(
    "address", ["/tieu-chi/khong-co/nguong/15.1/", page_of("99.9"), page_of(phan="z"), page_of("all_criteria")]
)
def test_what_the_rulebook_does_not_hold_is_not_found(cast: Cast, address: str) -> None:
    assert signed_in(cast.tuan).get(address).status_code == 404


def test_an_unknown_act_is_refused(cast: Cast) -> None:
    assert signed_in(cast.tuan).post(page_of(), {"viec": "xoa"}).status_code == 400


def test_a_condition_is_checked_like_an_indicator(cast: Cast) -> None:
    done = check(signed_in(cast.tuan), "satisfaction")
    assert done["Location"].endswith("#dk-satisfaction")
    assert bound(cast, "satisfaction").check is CheckState.CHECKED


@pytest.mark.parametrize("item", ["9.1", "3.6"])
def test_yes_no_and_grades_are_chosen_from_a_list(cast: Cast, item: str) -> None:
    family = XA if item == "9.1" else XA_NC
    page = signed_in(cast.tuan).get(page_of(item, family)).content.decode()
    assert '<select name="nhap-value"' in page
