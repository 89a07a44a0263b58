"""Lists as they are written: clean rows only, once, never over what moved on, by who keeps them; the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from accounts.models import Department, HistoryEntry
from communes.actions.importing import Overtaken
from communes.actions.list_imports import apply_list
from communes.exporters.list_books import list_book
from communes.models import Assignment, ImportBatch, Posting, Target, Unit
from communes.policies import Refused
from communes.rules.importing import ImportKind, ImportStage
from tests.communes.lists import (
    ASSIGNMENTS,
    DEPARTMENTS,
    PEOPLE,
    TARGETS,
    UNITS,
    book_of,
    brought,
    bytes_of,
    check,
    make_listed_cast,
    reasons,
    written,
)
from tests.makers import TODAY, YEAR, Cast, make_commune, make_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_listed_cast()


# What holds for every list


def test_clean_rows_go_without_the_refused_and_a_missing_column_stops_the_sheet(cast: Cast) -> None:
    found = brought(cast, TARGETS, {"unit": "Kỳ Phú", "year": 2025, "tier": "nâng cao"}, {"unit": "?", "year": 2025})
    written(cast, TARGETS, found)
    assert Target.objects.filter(year=2025).count() == 1
    book = Workbook()
    book.active.append(["Mã", "Dân số", "Dân số"])
    problems = check(cast, UNITS, bytes_of(book)).problems
    assert ["Thiếu cột “Tên”" in problems[0].reason, "hai cột cùng tên" in problems[1].reason] == [True, True]
    assert "không có trang nào" in check(cast, PEOPLE, bytes_of(book)).problems[0].reason


CHANGES: Sequence[tuple[ImportKind, Mapping[str, Any], Callable[[Cast], Any]]] = (
    (UNITS, {"code": "18769", "name": "Mới"}, lambda c: Unit.objects.filter(pk=c.ky_phu.pk).update(population=1)),
    (UNITS, {"code": "18801", "name": "Mới"},
     lambda c: make_commune(district=c.next_district, code="18801", name="A", slug="a")),
    (DEPARTMENTS, {"code": "bhxh", "name": "Mới"},
     lambda c: Department.objects.filter(code="bhxh").update(position=77)),
    (PEOPLE, {"username": "thu", "full_name": "Thu", "role": "Lãnh đạo huyện"},
     lambda c: make_person(username="thu", full_name="Khác")),
    (PEOPLE, {"username": "minh", "role": "Cán bộ xã", "place": "18790", "title": "Mới"},
     lambda c: Posting.objects.filter(person=c.minh).update(title="Khác")),
    (ASSIGNMENTS, {"measure": "bhyt", "lead": "vpdp"},
     lambda c: Assignment.objects.filter(measure__code="bhyt").update(responsible=c.hoa)),
    (TARGETS, {"unit": "Kỳ Phú", "year": 2023, "tier": "kiểu mẫu", "document": "Mới"},
     lambda c: Target.objects.filter(unit=c.ky_phu).update(document="Khác")),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "row", "meanwhile"), CHANGES)
def test_what_moved_on_since_the_check_is_not_written_over(
    kind: ImportKind, row: Mapping[str, Any], meanwhile: Callable[[Cast], Any], cast: Cast
) -> None:
    found = brought(cast, kind, row)
    assert len(found.written) == 1, reasons(found)
    meanwhile(cast)
    with pytest.raises(Overtaken):
        written(cast, kind, found)
    assert not HistoryEntry.objects.filter(act="import.apply").exists()
    assert ImportBatch.objects.get().stage == ImportStage.CHECKED.value


@pytest.mark.parametrize(
    ("kind", "who", "may"),
    [(UNITS, "quan", True), (PEOPLE, "lan", False), (UNITS, "hoa", False), (TARGETS, "quan", False),
     (ASSIGNMENTS, "hung", False), (TARGETS, "mai", True), (DEPARTMENTS, "binh", False)],
)  # fmt: skip
def test_only_who_keeps_a_list_writes_it(kind: ImportKind, who: str, may: bool, cast: Cast) -> None:
    person = getattr(cast, who)
    found = check(cast, kind, list_book(kind, cast.district, TODAY))
    if may:
        written(cast, kind, found, by=person)
        return
    with pytest.raises(Refused):
        written(cast, kind, found, by=person)


def test_an_import_is_written_once(cast: Cast) -> None:
    found = brought(cast, TARGETS, {"unit": "Kỳ Phú", "year": YEAR + 2, "tier": "nâng cao"})
    batch = written(cast, TARGETS, found)
    with pytest.raises(Refused):
        apply_list(
            by=cast.tuan, standing=cast.standing(cast.tuan), batch=batch, rows=found.written, counts=found.counts,
            fingerprint="", on=TODAY,
        )  # fmt: skip


# The pages


def test_the_administrator_brings_people_through_the_pages(cast: Cast) -> None:
    quan = signed_in(cast.quan)
    assert "Tải mẫu" in quan.get("/nhap-excel/").content.decode()
    row = {"username": "thu", "full_name": "Lê Thị Thu", "role": "Cán bộ xã", "place": "Kỳ Châu"}
    file = SimpleUploadedFile("cán bộ.xlsx", book_of(PEOPLE, row))
    page = quan.post("/nhap-excel/", {"tep": file}, follow=True)
    said = page.content.decode()
    assert "Lê Thị Thu (thu) · Cán bộ xã Kỳ Châu" in said
    assert "không hoàn tác được" in said
    batch = ImportBatch.objects.get()
    mark = page.context["preview"].found.fingerprint
    done = quan.post(f"/nhap-excel/{batch.pk}/ghi/", {"dau": mark, "cach": "tat-ca"}, follow=True).content.decode()
    assert "manage.py changepassword thu" in done
    assert "Hoàn tác lần nhập này" not in done
    assert Posting.objects.filter(person__username="thu", unit=cast.ky_chau).exists()
    assert quan.post(f"/nhap-excel/{batch.pk}/hoan-tac/").status_code == 404


def test_targets_are_undone_through_the_pages_and_what_was_changed_since_is_named(cast: Cast) -> None:
    tuan = signed_in(cast.tuan)
    row = {"unit": "Kỳ Châu", "year": 2024, "tier": "nâng cao"}
    page = tuan.post("/nhap-excel/", {"tep": SimpleUploadedFile("a.xlsx", book_of(TARGETS, row))}, follow=True)
    batch = ImportBatch.objects.get()
    mark = page.context["preview"].found.fingerprint
    tuan.post(f"/nhap-excel/{batch.pk}/ghi/", {"dau": mark, "cach": "tat-ca"})
    Target.objects.filter(year=2024).update(document="Kế hoạch 30")
    said = tuan.post(f"/nhap-excel/{batch.pk}/hoan-tac/", follow=True).content.decode()
    assert "Xã Kỳ Châu, năm 2024" in said
    assert Target.objects.filter(year=2024).exists()
    assert tuan.get("/nhat-ky/").status_code == 200


def test_an_officer_of_a_commune_cannot_bring_a_list(cast: Cast) -> None:
    file = SimpleUploadedFile("a.xlsx", book_of(TARGETS, {"unit": "Kỳ Phú", "year": 2024, "tier": "nâng cao"}))
    response = signed_in(cast.lan).post("/nhap-excel/", {"tep": file})
    assert response.status_code == 422
    assert "Chỉ Văn phòng Điều phối NTM huyện nhập phân công" in response.content.decode()
    assert not ImportBatch.objects.exists()
