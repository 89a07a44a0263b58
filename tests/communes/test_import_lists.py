"""Lists brought as workbooks: communes, departments, people with their seats, assignments, targets."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from accounts.models import Department, HistoryEntry, Person
from accounts.roles import Role
from communes.actions import list_registers
from communes.actions.list_imports import undo_list
from communes.exporters.list_books import list_book
from communes.imports.list_book import list_kind_of
from communes.imports.workbooks import read_workbook
from communes.models import Assignment, Posting, Target, Unit
from communes.policies import Refused
from communes.queries.people import leads_of
from communes.rules.importing import ImportKind, RowClass
from communes.views.list_templates import list_choices
from tests.communes.lists import (
    ASSIGNMENTS,
    CHECKS,
    DEPARTMENTS,
    PEOPLE,
    TARGETS,
    UNITS,
    brought,
    bytes_of,
    check,
    classes,
    make_listed_cast,
    reasons,
    written,
)
from tests.makers import START, TODAY, Cast, make_person, post, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_listed_cast()


# The round trip


def shuffled(content: bytes, kind: ImportKind) -> bytes:
    """The fetched list with its rows upside down and its columns the other way round."""
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    book = Workbook()
    for row in [rows[0], *reversed(rows[1:])]:
        book.active.append(row[::-1])
    return bytes_of(book)


@pytest.mark.parametrize("kind", CHECKS)
def test_a_list_brought_back_changes_nothing_even_with_rows_sorted_and_columns_moved(
    kind: ImportKind, cast: Cast
) -> None:
    content = list_book(kind, cast.district, TODAY)
    for brought_back in (content, shuffled(content, kind)):
        found = check(cast, kind, brought_back)
        assert not found.problems
        assert len(found.rows) >= 2
        assert set(classes(found)) == {RowClass.UNCHANGED}, [row for row in found.rows if row.problems][:3]


@pytest.mark.parametrize("kind", CHECKS)
def test_checking_and_fetching_ask_the_same_however_many_rows(kind: ImportKind, cast: Cast) -> None:
    content = list_book(kind, cast.district, TODAY)
    with CaptureQueriesContext(connection) as few:
        check(cast, kind, content)
    for number in range(5):
        unit = Unit.objects.create(
            code=f"1900{number}", name=f"Xã {number}", slug=f"xa-{number}", kind="xã", level="commune",
            parent=cast.district,
        )  # fmt: skip
        Department.objects.create(district_code="447", code=f"d{number}", name=f"Phòng {number}")
        post(make_person(username=f"p{number}", full_name=f"Người {number}"), Role.COMMUNE, unit)
        Target.objects.create(unit=unit, year=2024, tier="standard")
    with CaptureQueriesContext(connection) as fetching:
        content = list_book(kind, cast.district, TODAY)
    with CaptureQueriesContext(connection) as many:
        check(cast, kind, content)
    assert len(many) == len(few)
    assert len(fetching) <= len(many)


def test_what_looks_like_a_formula_stays_text_in_the_template(cast: Cast) -> None:
    Unit.objects.filter(pk=cast.ky_phu.pk).update(name="=1+1")
    content = list_book(UNITS, cast.district, TODAY)
    cells = [cell for row in load_workbook(BytesIO(content)).worksheets[0] for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]
    assert cells[0].quotePrefix
    assert set(classes(check(cast, UNITS, content))) == {RowClass.UNCHANGED}


def test_the_template_carries_a_guide_that_is_not_read_as_rows(cast: Cast) -> None:
    book = load_workbook(BytesIO(list_book(PEOPLE, cast.district, TODAY)))
    assert book.sheetnames == ["Cán bộ", "Hướng dẫn"]
    said = [cell.value for row in book["Hướng dẫn"] for cell in row]
    assert "Cán bộ xã" in said
    assert "Tên đăng nhập" in said


@pytest.mark.parametrize("kind", CHECKS)
def test_a_list_is_known_by_its_headings(kind: ImportKind, cast: Cast) -> None:
    content = list_book(kind, cast.district, TODAY)
    assert list_kind_of(read_workbook(BytesIO(shuffled(content, kind)), name="x.xlsx")) is kind


def test_a_book_that_may_be_two_lists_is_asked_about(cast: Cast) -> None:
    book = Workbook()
    book.active.append(["Mã", "Tên"])
    assert list_kind_of(read_workbook(BytesIO(bytes_of(book)), name="x.xlsx")) is None
    book.active.title = "Danh mục xã"
    assert list_kind_of(read_workbook(BytesIO(bytes_of(book)), name="x.xlsx")) is UNITS


def test_the_page_says_what_each_list_does_and_to_whom_it_is_open(cast: Cast) -> None:
    lists = list_choices(cast.standing(cast.quan), cast.district)
    assert [choice.refusal is None for choice in lists] == [True, True, True, False, False]
    html = render_to_string("communes/_import_lists.html", {"lists": lists})
    assert "/nhap-excel/mau-danh-muc/people.xlsx?huyen=ky-anh" in html
    assert "mau-danh-muc/targets.xlsx" not in html
    outcome = {"new_accounts": [["thu", "Thu"]], "left_said": []}
    after = render_to_string("communes/_import_after.html", {"outcome": outcome, "is_kept": True})
    assert "manage.py changepassword thu" in after


def test_a_template_is_fetched_by_who_keeps_the_list(cast: Cast) -> None:
    address = "/nhap-excel/mau-danh-muc/{}.xlsx"
    for kind in CHECKS:
        assert signed_in(cast.tuan).get(address.format(kind.value)).status_code == 200
    quan = signed_in(cast.quan)
    assert [quan.get(address.format(kind.value)).status_code for kind in CHECKS] == [200, 200, 200, 403, 403]
    assert signed_in(cast.lan).get(address.format("people")).status_code == 403
    assert signed_in(cast.tuan).get(address.format("values")).status_code == 404


# Communes


def test_a_new_commune_gets_an_address_and_a_changed_one_keeps_its_own(cast: Cast) -> None:
    found = brought(
        cast, UNITS, {"code": 18763, "name": "Kỳ Đồng", "kind": "thị trấn", "population": 4814, "area_ha": "1.397,5"},
        {"code": "18769", "name": "Kỳ Phú Mới", "population": "-"},
    )  # fmt: skip
    assert classes(found) == [RowClass.NEW, RowClass.CHANGED]
    assert found.rows[1].old == "Tên: Kỳ Phú; Dân số: 8.533"
    assert found.rows[1].new == "Tên: Kỳ Phú Mới; Dân số: trống"
    batch = written(cast, UNITS, found)
    new = Unit.objects.get(code="18763")
    assert (new.slug, new.kind, new.parent_id, new.population) == ("ky-dong", "thị trấn", cast.district.pk, 4814)
    old = Unit.objects.get(code="18769")
    assert (old.name, old.slug, old.population, old.lon) == ("Kỳ Phú Mới", "ky-phu", None, 106.24609)
    entry = HistoryEntry.objects.get(act="import.apply")
    assert entry.changes["batch"] == batch.pk
    assert "ghi 2 xã vào danh mục" in entry.sentence
    with pytest.raises(Refused):
        undo_list(by=cast.tuan, standing=cast.standing(cast.tuan), batch=batch, on=TODAY)


def test_all_that_is_wrong_with_communes_is_said_at_once(cast: Cast) -> None:
    found = brought(
        cast, UNITS, {"code": "18700", "name": "Cẩm Bình"}, {"code": "x", "name": None, "kind": "huyện", "lon": 18},
        {"code": "18801", "name": "A", "valid_from": "31/02/2020"}, {"code": "18802", "name": "B"},
        {"code": "18802", "name": "C"},
    )  # fmt: skip
    assert set(classes(found)) == {RowClass.REFUSED}
    said = " ".join(reasons(found))
    for part in ("là của đơn vị khác", "năm chữ số", "Thiếu tên", "không có trong danh sách", "từ 102 đến 118",
                 "Không phải một ngày", "Trùng với hàng 5"):  # fmt: skip
        assert part in said
    assert found.rows[0].problems[0].cell == "A2"
    assert Unit.objects.count() == 5


# Departments


def test_departments_are_added_and_renamed_by_their_code(cast: Cast) -> None:
    before = cast.departments["bhxh"]
    found = brought(
        cast, DEPARTMENTS, {"code": "bhxh", "name": "BHXH liên huyện"}, {"code": "hoi-nd", "name": "Hội Nông dân"},
        {"code": "Sai Mã", "name": "X"},
    )  # fmt: skip
    assert classes(found) == [RowClass.CHANGED, RowClass.NEW, RowClass.REFUSED]
    written(cast, DEPARTMENTS, found)
    assert Department.objects.get(pk=before.pk).name == "BHXH liên huyện"
    assert Department.objects.filter(district_code="447", code="hoi-nd").exists()
    assert not Department.objects.filter(district_code="449").exists()


# People


def test_a_new_officer_gets_an_account_without_a_password_and_several_seats(cast: Cast) -> None:
    found = brought(
        cast, PEOPLE,
        {"username": "thu", "full_name": "Lê Thị Thu", "email": "thu@example.vn", "role": "can bo xa",
         "place": "Kỳ Châu", "signs_off": "x", "title": "Chủ tịch"},
        {"username": "thu", "full_name": None, "role": "Cán bộ phòng, ban, ngành", "place": "bhxh",
         "from_on": "01/11/2023"},
    )  # fmt: skip
    assert classes(found) == [RowClass.NEW, RowClass.NEW], reasons(found)
    batch = written(cast, PEOPLE, found)
    thu = Person.objects.get(username="thu")
    assert (thu.full_name, thu.email, thu.has_usable_password()) == ("Lê Thị Thu", "thu@example.vn", False)
    seats = list(Posting.objects.filter(person=thu).order_by("pk").values_list("role", "unit__name", "from_on"))
    assert seats == [("commune", "Kỳ Châu", TODAY), ("department", "Kỳ Anh", date(2023, 11, 1))]
    assert cast.standing(thu).signs_for == {"18790"}
    assert batch.outcome["new_accounts"] == [["thu", "Lê Thị Thu"]]
    assert "thu@example.vn" not in str(HistoryEntry.objects.get(act="import.apply").changes)


def test_a_seat_ends_on_the_day_of_the_list(cast: Cast) -> None:
    found = brought(
        cast, PEOPLE, {"username": "minh", "role": "Cán bộ xã", "place": "18790", "to_on": date(2023, 10, 15)}
    )
    assert classes(found) == [RowClass.CHANGED], reasons(found)
    assert cast.standing(cast.minh).communes == {"18790"}
    written(cast, PEOPLE, found)
    assert cast.standing(cast.minh).communes == frozenset()
    assert Posting.objects.get(person=cast.minh).from_on == START


def test_nobody_gives_himself_a_seat_and_only_administrators_make_one(cast: Cast) -> None:
    rows = (
        {"username": "tuan", "role": "Lãnh đạo huyện"},
        {"username": "tuan", "full_name": "Vua Tuấn", "role": "Văn phòng điều phối NTM"},
        {"username": "moi", "full_name": "Người Mới", "role": "Quản trị hệ thống"},
        {"username": "quan", "role": "Quản trị hệ thống", "to_on": "01/01/2024"},
        {"username": "quan", "full_name": "Quân Khác", "role": "Lãnh đạo huyện"},
    )
    found = brought(cast, PEOPLE, *rows[:1], *rows[2:4])
    assert set(classes(found)) == {RowClass.REFUSED}
    assert [said.split()[0] for said in reasons(found)] == ["Không", "Chỉ", "Chỉ"]
    assert set(classes(brought(cast, PEOPLE, rows[1]))) == {RowClass.REFUSED}
    assert set(classes(brought(cast, PEOPLE, rows[4]))) == {RowClass.REFUSED}
    assert classes(brought(cast, PEOPLE, rows[2], by=cast.quan)) == [RowClass.NEW]
    assert classes(brought(cast, PEOPLE, rows[3], by=cast.quan)) == [RowClass.REFUSED]


def test_the_act_asks_again_who_may_give_a_seat(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    found = brought(cast, PEOPLE, {"username": "moi", "full_name": "Mới", "role": "Quản trị hệ thống"}, by=cast.quan)
    with pytest.raises(Refused):
        written(cast, PEOPLE, found)
    assert not Person.objects.filter(username="moi").exists()
    monkeypatch.setattr(list_registers, "why_not_post", lambda *_, **__: None)
    written(cast, PEOPLE, found)  # The damage without the guard: the office has made an administrator.
    assert Posting.objects.filter(person__username="moi", role="admin").exists()


def test_an_account_of_another_district_is_neither_touched_nor_told(cast: Cast) -> None:
    found = brought(
        cast, PEOPLE, {"username": "binh", "full_name": "Ai Đó", "role": "Cán bộ xã", "place": "Kỳ Phú"},
        {"username": "LAN", "full_name": "Lan Giả", "role": "Cán bộ xã", "place": "Kỳ Phú"},
        {"username": "lan", "email": "khac@example.vn", "role": "Cán bộ xã", "place": "Kỳ Phú"},
        {"username": "ba", "full_name": "Ba", "role": "Cán bộ xã", "place": "Cẩm Bình"},
        {"username": "bon", "full_name": "Bốn", "role": "Cán bộ phòng, ban, ngành", "place": "khong-co"},
        {"username": "nam", "full_name": "Năm", "role": "Lãnh đạo huyện", "signs_off": "x"},
        {"username": "sau", "full_name": "Sáu", "role": "Vua"},
    )  # fmt: skip
    assert set(classes(found)) == {RowClass.REFUSED}
    said = " ".join(reasons(found))
    for part in ("ngoài huyện", "chỉ khác chữ hoa", "địa chỉ thư riêng", "không có xã “Cẩm Bình”", "khong-co",
                 "Chỉ cán bộ xã ký duyệt", "không có trong danh sách"):  # fmt: skip
        assert part in said
    assert "Đặng" not in repr(found)


def test_the_same_seat_twice_and_two_names_for_one_account_are_refused(cast: Cast) -> None:
    seat = {"username": "thu", "full_name": "Thu", "role": "Cán bộ xã", "place": "Kỳ Phú"}
    assert set(classes(brought(cast, PEOPLE, seat, seat))) == {RowClass.REFUSED}
    other = {**seat, "full_name": "Thư", "place": "Kỳ Châu"}
    assert "ghi khác nhau" in " ".join(reasons(brought(cast, PEOPLE, seat, other)))
    again = {"username": "minh", "role": "Cán bộ xã", "place": "Kỳ Châu", "from_on": "01/05/2023"}
    assert "đã giữ đúng nhiệm vụ này từ ngày 01/04/2022" in " ".join(reasons(brought(cast, PEOPLE, again)))


# Assignments


def test_a_new_lead_ends_the_old_assignment_on_the_day_and_undoing_brings_it_back(cast: Cast) -> None:
    found = brought(cast, ASSIGNMENTS, {"measure": "bhyt", "lead": "vpdp", "others": "bhxh", "responsible": "hoa"})
    assert classes(found) == [RowClass.CHANGED], reasons(found)
    batch = written(cast, ASSIGNMENTS, found)
    rows = Assignment.objects.filter(measure__code="bhyt").order_by("pk")
    assert [(row.lead.code, row.from_on, row.to_on) for row in rows] == [("bhxh", START, TODAY), ("vpdp", TODAY, None)]
    lead = leads_of(cast.district, TODAY).of("bhyt")
    assert (lead.code, lead.person, len(lead.others)) == ("vpdp", "Phan Thị Hoa", 1)
    undone = undo_list(by=cast.tuan, standing=cast.standing(cast.tuan), batch=batch, on=TODAY)
    assert undone == (1, ())
    assert leads_of(cast.district, TODAY).of("bhyt").code == "bhxh"
    assert rows.all().count() == 3


def test_an_assignment_changed_since_stays_when_the_import_is_undone(cast: Cast) -> None:
    batch = written(cast, ASSIGNMENTS, brought(cast, ASSIGNMENTS, {"measure": "bhyt", "lead": "vpdp"}))
    again = brought(cast, ASSIGNMENTS, {"measure": "bhyt", "lead": "bhxh", "responsible": "hoa"})
    written(cast, ASSIGNMENTS, again)
    undone = undo_list(by=cast.tuan, standing=cast.standing(cast.tuan), batch=batch, on=TODAY)
    assert (undone.count, len(undone.left)) == (0, 1)
    assert leads_of(cast.district, TODAY).of("bhyt").person == "Phan Thị Hoa"


def test_an_indicator_is_found_by_its_set_and_code(cast: Cast) -> None:
    book = cast.books.book("xa-ntm-2021-2025")
    indicator = next(one for one in book.indicators.values() if len(one.parts) > 1)
    found = brought(cast, ASSIGNMENTS, {"set": book.short_name, "item": indicator.code, "lead": "vpdp", "others": "-"})
    assert len(found.rows[0].act.measures) == len({part.measure.code for part in indicator.parts})
    written(cast, ASSIGNMENTS, found)
    leads = leads_of(cast.district, TODAY)
    assert {leads.of(part.measure.code).code for part in indicator.parts} == {"vpdp"}


def test_wrong_assignments_are_refused_with_their_reasons(cast: Cast) -> None:
    found = brought(
        cast, ASSIGNMENTS, {"measure": "khong-co", "lead": "bhxh"}, {"measure": "bhyt", "lead": "la", "others": "a; b"},
        {"measure": "xa.17.1.a", "item": "3.1", "lead": "vpdp", "responsible": "binh"}, {"lead": "bhxh"},
    )  # fmt: skip
    assert set(classes(found)) == {RowClass.REFUSED}
    said = " ".join(reasons(found))
    for part in ("không có số đo mã “khong-co”", "cơ quan “la”", "cơ quan “b”", "không khớp", "“binh” không phải",
                 "Không biết hàng này"):  # fmt: skip
        assert part in said


# Targets


def test_targets_are_set_and_taken_back_where_nobody_changed_them_since(cast: Cast) -> None:
    found = brought(
        cast, TARGETS, {"unit": "Kỳ Châu", "year": 2024, "tier": "nâng cao", "document": "Kế hoạch 20"},
        {"unit": "18769", "year": "2023", "tier": "Kiểu mẫu", "fields": "chuyen_doi_so; san_xuat"},
        {"unit": "xã Kỳ Phú", "year": 2024, "tier": "đạt chuẩn"},
    )  # fmt: skip
    assert classes(found) == [RowClass.NEW, RowClass.CHANGED, RowClass.NEW], reasons(found)
    batch = written(cast, TARGETS, found)
    model = Target.objects.get(unit=cast.ky_phu, year=2023)
    assert (model.fields, model.document) == (["chuyen_doi_so", "san_xuat"], "Kế hoạch 15")
    Target.objects.filter(unit=cast.ky_phu, year=2024).update(document="Kế hoạch 21")
    undone = undo_list(by=cast.tuan, standing=cast.standing(cast.tuan), batch=batch, on=TODAY)
    assert (undone.count, len(undone.left)) == (2, 1)
    model.refresh_from_db()
    assert model.fields == ["san_xuat"]
    assert [t.document for t in Target.objects.filter(year=2024)] == ["Kế hoạch 21"]


def test_wrong_targets_are_refused_with_their_reasons(cast: Cast) -> None:
    found = brought(
        cast, TARGETS, {"unit": "Cẩm Bình", "year": 2024, "tier": "nâng cao"}, {"unit": "Kỳ Phú", "year": 24.5},
        {"unit": "Kỳ Phú", "year": 2024, "tier": "nâng cao", "fields": "san_xuat"},
        {"unit": "Kỳ Phú", "year": 2025, "tier": "kiểu mẫu", "fields": "vu_tru"},
    )  # fmt: skip
    assert set(classes(found)) == {RowClass.REFUSED}
    said = " ".join(reasons(found))
    for part in ("không có đơn vị “Cẩm Bình”", "số nguyên từ 2010", "Thiếu bậc", "Chỉ bậc kiểu mẫu", "vu_tru"):
        assert part in said
