"""Our own workbook goes out, is filled offline and comes back: what it says is what is read, whatever was moved."""

from __future__ import annotations

from datetime import date, time
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from communes.models import Assessment, Statement
from communes.policies import FREE
from communes.rules.entry_columns import ENTRY_SHEET, KEYS, TYPED, Column
from communes.rules.importing import FoundRow, RowClass
from communes.rules.workflow import Stage
from tests.communes.importing import HEADING, apply, bring, brought, column, fetch, filled, preview, row_of, saved
from tests.makers import HEALTH_INSURANCE, XA, YEAR, Cast, assign, make_cast, make_commune, signed_in, stated, typed

pytestmark = pytest.mark.django_db
VALUE = Column.VALUE


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def found_rows(cast: Cast, content: bytes, person: Any = None) -> dict[str, FoundRow]:
    """By the code of the indicator, as the title begins after the commune's name."""
    client = signed_in(person or cast.lan)
    rows = preview(client, brought(client, content)).found.rows
    return {row.title.partition(" · ")[2].split(" ")[0]: row for row in rows}


def test_numbers_are_numbers_and_texts_are_texts_in_the_template(cast: Cast) -> None:
    typed(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, remark="=1+1 chép từ chi cục")
    sheet = load_workbook(BytesIO(fetch(signed_in(cast.lan))))[ENTRY_SHEET]
    number = row_of(sheet, HEALTH_INSURANCE)
    assert sheet.cell(number, column(sheet, VALUE)).value == 96.4
    remark = sheet.cell(number, column(sheet, Column.REMARK))
    assert (remark.value, remark.data_type) == ("=1+1 chép từ chi cục", "s")
    assert sheet.cell(number, column(sheet, VALUE)).protection.locked is False
    assert sheet.cell(number, column(sheet, Column.NAME)).protection.locked is True
    assert sheet.freeze_panes and sheet.auto_filter.ref and sheet.print_title_rows and sheet.protection.sheet


def test_what_is_typed_becomes_a_draft_of_the_commune(cast: Cast) -> None:
    client = signed_in(cast.lan)
    content = filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 96.4}, "xa.1.1": {VALUE: "Đạt"}})
    batch = brought(client, content)
    assert preview(client, batch).counts["new"] == 2
    assert not Statement.objects.exists(), "reading writes nothing"
    assert apply(client, batch).status_code == 302
    row = Statement.objects.get(assessment__measure__code=HEALTH_INSURANCE)
    assert (row.value, row.stage, row.batch_id, row.by) == ("96.4", Stage.DRAFT.value, batch.pk, cast.lan)
    assert Assessment.objects.get(pk=row.assessment_id).version == 1


def test_brought_back_as_it_was_fetched_nothing_changes(cast: Cast) -> None:
    typed(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, remark="theo báo cáo BHXH")
    stated(cast, "xa.1.1", "Đạt", by=cast.lan)
    found = found_rows(cast, fetch(signed_in(cast.lan)))
    assert {row.found for row in found.values()} == {RowClass.UNCHANGED}


MOVES = st.fixed_dictionaries({
    "by": st.sampled_from([Column.NAME, Column.CODE, Column.KEY_CHECK, Column.STAGE]),
    "backwards": st.booleans(),
    "hide": st.sets(st.sampled_from(list(Column)), max_size=4),
    "order": st.permutations(range(len(Column))),
    "above": st.integers(0, 3),
})  # fmt: skip


def shuffle(sheet: Worksheet, how: dict[str, Any]) -> None:
    """What people do to a sheet: sort its rows, move its columns, hide some, put lines above."""
    head = [cell.value for cell in sheet[HEADING]][: len(Column)]
    body = [[cell.value for cell in row][: len(Column)] for row in sheet.iter_rows(min_row=HEADING + 1)]
    place = head.index(how["by"].label)
    body.sort(key=lambda row: str(row[place]), reverse=how["backwards"])
    order = how["order"]
    sheet.data_validations.dataValidation.clear()
    for number, row in enumerate([head, *body], HEADING):
        for at, old in enumerate(order, 1):
            sheet.cell(number, at).value = row[old]
            sheet.cell(number, at).data_type = "n" if isinstance(row[old], (int, float)) else "s"
            if row[old] is None:
                sheet.cell(number, at).value = None
    for wanted in how["hide"]:
        letter = sheet.cell(HEADING, order.index(list(Column).index(wanted)) + 1).column_letter
        sheet.column_dimensions[letter].hidden = True
    if how["above"]:
        sheet.insert_rows(1, how["above"])


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(how=MOVES)
def test_sorting_hiding_and_moving_columns_change_nothing(cast: Cast, how: dict[str, Any]) -> None:
    """The round trip as a property: the same findings, whatever the order of rows and columns."""
    client = signed_in(cast.lan)
    cells = {HEALTH_INSURANCE: {VALUE: 96.4}, "xa.1.1": {VALUE: "Đạt"}, "xa.2.1": {VALUE: "1.500"}}
    plain = found_rows(cast, filled(fetch(client), cells))
    moved = found_rows(cast, filled(fetch(client), cells, after=lambda sheet: shuffle(sheet, how)))
    assert {code: (row.found, row.old, row.new) for code, row in moved.items()} == {
        code: (row.found, row.old, row.new) for code, row in plain.items()
    }


def test_an_empty_cell_never_erases(cast: Cast) -> None:
    typed(cast, HEALTH_INSURANCE, "96,4", by=cast.lan)
    client = signed_in(cast.lan)
    content = filled(fetch(client), {HEALTH_INSURANCE: {VALUE: None}})
    assert preview(client, brought(client, content)).counts["empty"] > 50
    assert found_rows(cast, content) == {}


def test_a_percentage_formatted_as_percent_is_what_people_read(cast: Cast) -> None:
    def as_percent(sheet: Worksheet) -> None:
        cell = sheet.cell(row_of(sheet, HEALTH_INSURANCE), column(sheet, VALUE))
        cell.value, cell.number_format = 0.882, "0.0%"

    assert found_rows(cast, filled(fetch(signed_in(cast.lan)), {}, after=as_percent))["15.1"].new == "88,2\u00a0%"


def test_numerator_and_denominator_give_the_result(cast: Cast) -> None:
    cells = {Column.NUMERATOR: 7741, Column.DENOMINATOR: 8777}
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), {HEALTH_INSURANCE: cells}))
    apply(client, batch)
    row = Statement.objects.get()
    assert (row.numerator, row.denominator, row.value) == (7741, 8777, "88.1964")


@pytest.mark.parametrize(
    ("cells", "where", "sentence"),
    [
        ({VALUE: "1.500"}, "G", "có thể là"),
        ({VALUE: "abc"}, "G", "không phải là số"),
        ({VALUE: 120}, "G", "lớn hơn 100"),
        ({VALUE: "=1+1"}, "G", "công thức"),
        ({VALUE: -3}, "G", "số âm"),
        ({Column.NUMERATOR: 5}, "I", "Thiếu mẫu số"),
        ({Column.NUMERATOR: 9, Column.DENOMINATOR: 5}, "H", "lớn hơn mẫu số"),
        ({VALUE: 50, Column.NUMERATOR: 9, Column.DENOMINATOR: 10}, "G", "không khớp"),
        ({Column.EXEMPT: "x"}, "J", "không có trường hợp không áp dụng"),
        ({Column.EXEMPT: "có lẽ"}, "J", "chỉ đánh dấu x"),
        ({VALUE: 50, Column.REASON: "vì"}, "K", "chưa đánh dấu"),
        ({VALUE: "8" * 80}, "G", "dài quá"),
    ],
)
def test_what_is_wrong_is_told_by_cell_with_its_remedy(
    cast: Cast, cells: dict[Column, Any], where: str, sentence: str
) -> None:
    row = found_rows(cast, filled(fetch(signed_in(cast.lan)), {HEALTH_INSURANCE: cells}))["15.1"]
    assert row.found is RowClass.REFUSED
    assert row.problems[0].cell == f"{where}{row.number}"
    assert sentence in row.problems[0].reason and row.problems[0].remedy


def test_all_errors_are_told_at_once(cast: Cast) -> None:
    cells: dict[str, dict[Column, Any]] = {code: {VALUE: "sai"} for code in (HEALTH_INSURANCE, "xa.1.1", "xa.2.1")}
    found = found_rows(cast, filled(fetch(signed_in(cast.lan)), cells))
    assert sum(row.found is RowClass.REFUSED for row in found.values()) == 3


def retitled(label: str, other: str) -> Any:
    def change(sheet: Worksheet) -> None:
        next(cell for cell in sheet[HEADING] if cell.value == label).value = other

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (retitled("Kết quả", "Số"), "Thiếu cột “Kết quả”"),
        (retitled("Yêu cầu", "Kết quả"), "Có 2 cột cùng tên “Kết quả”"),
        (retitled("Mã kiểm tra", ""), "Thiếu cột “Mã kiểm tra”"),
    ],
)
def test_a_missing_or_doubled_heading_is_refused_with_the_remedy(cast: Cast, change: Any, sentence: str) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 96}}, after=change))
    problems = preview(client, batch).found.problems
    assert sentence in problems[0].reason and problems[0].remedy
    assert apply(client, batch).status_code == 422
    assert not Statement.objects.exists()


@pytest.mark.parametrize("key", KEYS)
def test_tampered_keys_are_refused_by_row(cast: Cast, key: Column) -> None:
    other = {Column.KEY_UNIT: "18790", Column.KEY_MEASURE: "xa.1.1", Column.KEY_YEAR: 2022, Column.KEY_VERSION: 7,
             Column.KEY_CHECK: "abc-def"}[key]  # fmt: skip
    client = signed_in(cast.lan)
    content = filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 96, key: other}, "xa.1.1": {VALUE: "Đạt"}})
    batch = brought(client, content)
    shown = preview(client, batch)
    assert (shown.refused, shown.clean) == (1, 1)
    assert "Mã của hàng đã bị sửa" in shown.found.refused[0].problems[0].reason


def test_sorting_some_columns_alone_is_noticed(cast: Cast) -> None:
    def tear(sheet: Worksheet) -> None:
        one, other = row_of(sheet, HEALTH_INSURANCE), row_of(sheet, "xa.2.1")
        for wanted in (Column.CODE, Column.NAME, VALUE):
            at = column(sheet, wanted)
            values = sheet.cell(one, at).value, sheet.cell(other, at).value
            sheet.cell(other, at).value, sheet.cell(one, at).value = values

    client = signed_in(cast.lan)
    content = filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 96}, "xa.2.1": {VALUE: 40}}, after=tear)
    shown = preview(client, brought(client, content))
    assert shown.clean == 0 and "không khớp với mã của hàng" in shown.found.refused[0].problems[0].reason


def test_two_rows_for_one_cell_are_both_refused(cast: Cast) -> None:
    def double(sheet: Worksheet) -> None:
        number = row_of(sheet, HEALTH_INSURANCE)
        sheet.append([cell.value for cell in sheet[number]])
        sheet.cell(sheet.max_row, column(sheet, VALUE)).value = 91

    client = signed_in(cast.lan)
    shown = preview(client, brought(client, filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 96}}, after=double)))
    assert (shown.clean, shown.refused) == (0, 2)


def test_what_somebody_changed_since_the_template_was_fetched_is_not_overwritten(cast: Cast) -> None:
    client = signed_in(cast.lan)
    content = fetch(client)
    typed(cast, HEALTH_INSURANCE, "97", by=cast.lan)
    row = found_rows(cast, filled(content, {HEALTH_INSURANCE: {VALUE: 91}}))["15.1"]
    assert row.found is RowClass.REFUSED and "nay là 97" in row.problems[0].reason


def test_a_row_left_alone_does_not_bring_back_what_stood_when_it_was_fetched(cast: Cast) -> None:
    typed(cast, HEALTH_INSURANCE, "90", by=cast.lan)
    content = fetch(signed_in(cast.lan))
    typed(cast, HEALTH_INSURANCE, "97", by=cast.lan)
    assert found_rows(cast, content)["15.1"].found is RowClass.UNCHANGED


def test_a_department_fills_in_what_the_commune_then_accepts(cast: Cast) -> None:
    client = signed_in(cast.hoa)
    content = fetch(client)
    book = load_workbook(BytesIO(content))
    sheet = book[ENTRY_SHEET]
    measures = {sheet.cell(number, column(sheet, Column.KEY_MEASURE)).value for number in range(5, sheet.max_row + 1)}
    assert measures == {HEALTH_INSURANCE}, "what the department leads, in every commune"
    batch = brought(client, filled(content, {HEALTH_INSURANCE: {VALUE: 93}}))
    apply(client, batch)
    row = Statement.objects.get()
    assert (row.stage, row.by) == (Stage.PREFILLED.value, cast.hoa)
    assert cast.lan.notices.count() == 1


def test_a_department_neither_sees_nor_overwrites_a_draft_of_the_commune(cast: Cast) -> None:
    typed(cast, HEALTH_INSURANCE, "81,23", by=cast.lan)
    client = signed_in(cast.hoa)
    content = fetch(client)
    sheet = load_workbook(BytesIO(content))[ENTRY_SHEET]
    number = row_of(sheet, HEALTH_INSURANCE)
    assert sheet.cell(number, column(sheet, VALUE)).value is None
    assert sheet.cell(number, column(sheet, Column.STAGE)).value == "xã đang soạn"
    batch = brought(client, filled(content, {HEALTH_INSURANCE: {VALUE: 93}}))
    page = client.get(f"/nhap-excel/{batch.pk}/").content.decode()
    assert "Xã đang soạn mục này" in page and "81,23" not in page


def test_a_commune_brings_nothing_for_its_neighbour(cast: Cast) -> None:
    content = filled(fetch(signed_in(cast.minh)), {HEALTH_INSURANCE: {VALUE: 93}}, unit="18790")
    found = found_rows(cast, content, cast.lan)["15.1"]
    assert found.found is RowClass.REFUSED and "Chỉ cán bộ của xã" in found.problems[0].reason


def test_a_template_of_another_commune_is_not_there(cast: Cast) -> None:
    assert signed_in(cast.lan).get("/nhap-excel/mau.xlsx", {"xa": "ky-chau"}).status_code == 404
    assert signed_in(cast.hoa).get("/nhap-excel/mau.xlsx", {"phong": "gddt"}).status_code == 404


def test_a_district_measure_is_brought_by_its_lead(cast: Cast) -> None:
    assign(district=cast.district, measure="huyen.1.1", lead=cast.departments["bhxh"])
    client = signed_in(cast.hoa)
    content = filled(fetch(client, bo="huyen-ntm-2021-2025"), {"huyen.1.1": {VALUE: "Đạt"}}, unit="447")
    batch = brought(client, content)
    apply(client, batch)
    assert Statement.objects.get().stage == Stage.DRAFT.value


def test_template_and_preview_cost_the_same_for_one_commune_and_for_many(cast: Cast) -> None:
    def queries() -> tuple[int, int]:
        client = signed_in(cast.tuan)
        connection.queries_log.clear()
        with CaptureQueriesContext(connection) as fetching:
            content = fetch(client)
        asked = len(fetching.captured_queries)
        batch = brought(client, content)
        connection.queries_log.clear()
        with CaptureQueriesContext(connection) as looking:
            preview(client, batch)
        return asked, len(looking.captured_queries)

    few = queries()
    for number in range(6):
        make_commune(district=cast.district, code=f"1880{number}", name=f"Kỳ {number}", slug=f"ky-{number}")
    assert queries() == few


def test_the_percent_warning_asks_about_shares_of_one(cast: Cast) -> None:
    found = found_rows(cast, filled(fetch(signed_in(cast.lan)), {HEALTH_INSURANCE: {VALUE: 0.95}}))
    assert found["15.1"].warning.startswith("Có phải 95 %?")
    assert FREE.locked == ""  # nothing else stood in the way


OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"a,b\n1,2", OLD_EXCEL])
def test_what_is_no_workbook_gets_its_sentence(cast: Cast, content: bytes) -> None:
    response = bring(signed_in(cast.lan), content)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


ODD = [
    date(2023, 5, 12), time(7, 30), True, 1e300, -0.0, "A" * 30_000, "\u202e95", "９５", "NaN", "1e3", "'95", "95 %",
    "@SUM(A1)", "12/05/2023", "#N/A", "5/0", "0/0", "7741/8777", " ", "−5",
]  # fmt: skip


def test_odd_cells_in_any_column_are_answered_with_a_page(cast: Cast) -> None:
    client = signed_in(cast.lan)
    content = fetch(client)
    columns = [*TYPED, *KEYS]
    measures = sorted(code for code in cast.books.book(XA).measures_in_force() if code.startswith("xa."))
    for shift in range(len(columns)):

        def strew(sheet: Worksheet, shift: int = shift) -> None:
            for number, value in enumerate(ODD):
                where = columns[(number + shift) % len(columns)]
                sheet.cell(row_of(sheet, measures[number]), column(sheet, where)).value = value

        batch = brought(client, filled(content, {}, after=strew))
        page = client.get(f"/nhap-excel/{batch.pk}/?loc=tat-ca")
        assert page.status_code == 200 and preview(client, batch).refused
        assert client.get(f"/nhap-excel/{batch.pk}/tu-choi.xlsx").status_code == 200


def test_a_post_without_a_file_gets_its_sentence(cast: Cast) -> None:
    response = signed_in(cast.lan).post("/nhap-excel/", {})
    assert response.status_code == 422 and "Chưa chọn tệp" in response.content.decode()


def test_a_row_without_keys_that_somebody_added_is_refused(cast: Cast) -> None:
    def add(sheet: Worksheet) -> None:
        sheet.cell(sheet.max_row + 1, column(sheet, VALUE)).value = 55

    shown = found_rows(cast, filled(fetch(signed_in(cast.lan)), {}, after=add))
    assert "không có mã của hàng" in next(iter(shown.values())).problems[0].reason


def test_the_refusals_are_a_workbook_to_work_through(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), {HEALTH_INSURANCE: {VALUE: "1.500"}}))
    response = client.get(f"/nhap-excel/{batch.pk}/tu-choi.xlsx")
    sheet = load_workbook(BytesIO(response.content)).active
    assert [cell.value for cell in sheet[5]][2:5] == ["G37", preview(client, batch).found.refused[0].title, "1.500"]


def test_a_book_without_a_year_says_so(cast: Cast) -> None:
    client = signed_in(cast.lan)
    book = load_workbook(BytesIO(fetch(client)))
    book[ENTRY_SHEET].delete_rows(HEADING + 1, 200)
    batch = brought(client, saved(book))
    assert batch.year is None and "năm" in preview(client, batch).found.problems[0].reason
    assert str(YEAR) not in preview(client, batch).found.problems[0].reason
