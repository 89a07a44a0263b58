"""Workbooks that somebody brought: what is read of them, and the sentence that refuses the others."""

import io
import re
import time
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from communes.imports import archives, spreadsheet_xml, workbooks
from communes.imports.workbooks import Percent, ReadSheet, Unreadable, WorkbookProblem, cell_name, read_workbook
from tests.corpus.parts import MAIN, XML, Case, book, inline, sheet, styles, texts
from tests.corpus.workbooks import BAD_WORKBOOKS, GOOD_WORKBOOKS, claims_everything, encrypted_member

# A hostile file is answered within this time on a slow machine; without its guard it takes minutes or all memory.
PATIENCE = 30
SLOW = {"a comment of 60 million letters", "formatted to the last of a million rows", "two million empty cells"}


def read(content: bytes, name: str = "Số liệu.xlsx") -> list[ReadSheet]:
    return read_workbook(io.BytesIO(content), name=name)


def cells(rows: str, **parts: str) -> list[object]:
    """The values of the first row."""
    return list(read(book(f'<row r="1">{rows}</row>', **parts))[0].rows[0][1])


def refusal(content: bytes, name: str = "Số liệu.xlsx") -> str:
    with pytest.raises(WorkbookProblem) as caught:
        read(content, name)
    return caught.value.sentence


def marked(cases: tuple[Case, ...]) -> list[object]:
    return [pytest.param(case, marks=pytest.mark.slow if case.title in SLOW else (), id=case.title) for case in cases]


def bad(title: str) -> Case:
    return next(case for case in BAD_WORKBOOKS if case.title == title)


@pytest.mark.parametrize("case", marked(GOOD_WORKBOOKS))
def test_what_an_honest_program_may_write_is_read_in_time(case: Case):
    content, begun = case.make(), time.monotonic()
    assert read(content)[0].rows
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize("case", marked(BAD_WORKBOOKS))
def test_what_cannot_be_trusted_is_refused_with_its_sentence_in_time(case: Case):
    content, begun = case.make(), time.monotonic()
    sentence = refusal(content)
    assert case.says in sentence
    assert sentence.startswith("Tệp “Số liệu.xlsx” ")
    assert sentence.endswith(".")
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize(
    ("title", "room", "guard", "wider"),
    [
        ("packed 1,000 times", archives, "MAX_RATIO", 5_000),
        ("2,000 parts", archives, "MAX_MEMBERS", 5_000),
        ("a part that climbs out", archives, "_UNSAFE_NAME", re.compile("(?!)")),
        ("macros", workbooks, "_check_package", lambda package: None),
        ("a text longer than a cell", spreadsheet_xml, "LONGEST_TEXT", 100_000),
        ("60,001 rows", workbooks, "MAX_ROWS", 100_000),
        ("something in column 501", workbooks, "MAX_COLUMNS", 600),
        ("101 sheets", workbooks, "MAX_SHEETS", 200),
    ],
)
def test_each_guard_is_what_refuses(monkeypatch, title, room, guard, wider):
    monkeypatch.setattr(room, guard, wider)
    assert read(bad(title).make())


def test_without_its_guard_an_entity_would_be_put_in(monkeypatch):
    doctype = '<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    laughing = book('<row><c t="s"><v>0</v></c></row>', strings=f"{doctype}<sst {MAIN}><si><t>&b;</t></si></sst>")
    assert "DOCTYPE" in refusal(laughing)
    monkeypatch.setattr(archives, "_refuse_doctype", lambda *_: None)
    assert read(laughing)[0].rows == [(1, ("hahaha",))]


def test_empty_cells_are_counted_over_all_sheets(monkeypatch):
    three = {f"T{number}": sheet('<row r="1"><c r="A1"/></row>' * 1) for number in range(3)}
    monkeypatch.setattr(spreadsheet_xml, "MAX_ELEMENTS", 40)
    assert len(read(book(sheets=three))) == 3
    monkeypatch.setattr(spreadsheet_xml, "MAX_ELEMENTS", 20)
    assert "ô trống có định dạng" in refusal(book(sheets=three))


def test_size_of_the_file_parts_and_texts_has_an_end(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_BYTES", 1_000)
    assert "nặng" in refusal(book())
    monkeypatch.undo()
    monkeypatch.setattr(workbooks, "MAX_PART", 500)
    assert "Xoá các hàng trống" in refusal(book("<row/>" * 200))
    monkeypatch.undo()
    monkeypatch.setattr(workbooks, "MAX_CELLS", 3)
    assert "hơn 3 ô có nội dung" in refusal(
        book("".join(f'<row><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 5)))
    )
    monkeypatch.undo()
    monkeypatch.setattr(workbooks, "MAX_AREA", 10)
    wide = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="J2"><v>1</v></c></row>'
    assert "trải quá rộng ở trang “Trang 1”" in refusal(book(wide))
    monkeypatch.undo()
    monkeypatch.setattr(archives, "MAX_EXPANDED", 1_000)
    assert "bung ra thành" in refusal(book())


def test_a_reader_that_believes_the_sheet_would_pad_it_without_end():
    """The reason for a walk of our own: the same file, asked for its rows the usual way."""
    content = claims_everything()
    assert len(content) < 2_000
    assert [len(values) for _, values in read(content)[0].rows] == [2, 2]
    padded = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    assert len(next(padded.iter_rows(values_only=True))) == 16_384
    assert padded.max_row == 1_048_576


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("88.200000000000003", "88.2"),
        ("88.2", "88.2"),
        ("0.30000000000000004", "0.3"),
        ("5", "5"),
        ("1000", "1000"),
        ("1E3", "1000"),
        ("-0", "0"),
        ("5.5511151231257827E-17", "0"),
        ("0.3333333333333333", "0.333333"),
        ("2.0000005", "2.000001"),
        ("123456789012.5", "123456789012.5"),
    ],
)
def test_a_number_is_what_the_sheet_shows_without_the_noise_of_the_machine(written, number):
    value = cells(f"<c><v>{written}</v></c>")[0]
    assert isinstance(value, Decimal)
    assert str(value) == number


@pytest.mark.parametrize("written", ["NaN", "Infinity", "1E300", "chín", "1_000", "９５", "1,5"])
def test_what_is_no_number_says_so_in_its_place(written):
    value = cells(f"<c><v>{written}</v></c>")[0]
    assert isinstance(value, Unreadable)
    assert f"“{written}”" in value.sentence


def test_a_share_formatted_in_percent_is_given_as_people_read_it():
    formats = styles("0%", "0.00%;[Red]-0.00%", '0.0"%"', "#,##0")
    row = "".join(f'<c s="{style}"><v>0.88200000000000001</v></c>' for style in range(1, 5))
    shares = cells(row, styles=formats)
    assert shares == [Decimal("88.2"), Decimal("88.2"), Decimal("0.882"), Decimal("0.882")]
    assert [isinstance(share, Percent) for share in shares] == [True, True, False, False]


def test_days_are_days_and_a_day_that_does_not_exist_says_so():
    formats = styles("dd/mm/yyyy", "hh:mm", "[h]:mm")
    row = (
        '<c s="1"><v>45291</v></c><c s="1"><v>45291.5</v></c><c s="2"><v>0.3125</v></c>'
        '<c s="1"><v>99999999</v></c><c t="d"><v>2023-12-31</v></c><c t="d"><v>hôm qua</v></c>'
        '<c t="d"><v>PT99999999999H</v></c>'
    )
    found = cells(row, styles=formats)
    assert found[:3] == [date(2023, 12, 31), datetime.fromisoformat("2023-12-31T12:00"), "07:30"]
    assert isinstance(found[3], Unreadable)
    assert "không phải là ngày có thật" in found[3].sentence
    assert found[4] == date(2023, 12, 31)
    assert isinstance(found[5], Unreadable)
    assert cells('<c s="1"><v>43829</v></c>', styles=formats, book_head='<workbookPr date1904="1"/>') == [
        date(2023, 12, 31)
    ]


def test_formulas_are_never_worked_out_only_their_saved_result_is_read():
    row = (
        '<c><f>1+1</f><v>2</v></c><c><f>1+1</f></c><c><f>1+1</f><v></v></c><c t="str"><f>A1</f><v></v></c>'
        '<c t="str"><f>A1</f><v>Đạt</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c><c><v>1</v></c>'
    )
    two, missing, empty, nothing, text, error, last = cells(row)
    assert (two, nothing, text, last) == (Decimal(2), None, "Đạt", Decimal(1))
    assert isinstance(missing, Unreadable)
    assert missing == empty
    assert "chưa lưu kết quả" in missing.sentence
    assert str(error) == "#DIV/0!"
    assert error.sentence == "“#DIV/0!” là lỗi của công thức. Sửa công thức hoặc gõ thẳng kết quả rồi lưu."


def test_what_cannot_be_read_is_listed_with_its_place_and_hides_nothing_else():
    found = read(book('<row r="3"><c r="B3" t="e"><v>#N/A</v></c><c r="D3"><v>4</v></c></row>'))[0]
    assert found.rows[0][1][3] == Decimal(4)
    assert [(cell_name(row, column), str(cell)) for row, column, cell in found.unreadable()] == [("B3", "#N/A")]


def test_texts_are_joined_cleaned_and_never_formulas():
    shared = (
        f"{XML}<sst {MAIN}><si><r><t>Kỳ </t></r><r><t>Đồng</t></r><rPh><t>ki</t></rPh></si>"
        "<si><t>  </t></si><si><t>a_x000D_\nb_x005F_c</t></si></sst>"
    )
    row = "".join(f'<c t="s"><v>{n}</v></c>' for n in range(3)) + inline("D1", "=1+1") + '<c t="b"><v>1</v></c>'
    assert cells(row, strings=shared) == ["Kỳ Đồng", None, "a\nb_c", "=1+1", True]


def test_rows_keep_the_numbers_the_reader_sees_and_empty_ones_are_left_out():
    rows = f'<row r="2">{inline("B2", "Xã")}</row><row r="5"/><row r="7" hidden="1"><c r="A7"><v>1</v></c>'
    rows += '<c r="Z7" s="1"/></row>'
    found = read(book(sheets={"Ẩn": sheet(rows, tail='<mergeCells><mergeCell ref="A2:B3"/></mergeCells>')}))[0]
    assert found.name == "Ẩn"
    assert found.rows == [(2, (None, "Xã")), (7, (Decimal(1), None))]
    assert found.merged == [(2, 1, 3, 2)]


def test_a_workbook_written_by_openpyxl_is_read_as_openpyxl_reads_it():
    written = openpyxl.Workbook()
    first = written.active
    first.append(["Xã", "Số hộ", "Tỷ lệ", "Ngày", None, True])
    first.append(["Kỳ Đồng", 1234, 88.2, date(2023, 12, 31), None, False])
    hidden = written.create_sheet("Khoá")
    hidden.sheet_state = "hidden"
    hidden["C3"] = "=SUM(A1:A2)"
    written.create_sheet("Trống")
    saved = io.BytesIO()
    written.save(saved)
    one, two, three = read(saved.getvalue())
    assert one.rows[1] == (2, ("Kỳ Đồng", Decimal(1234), Decimal("88.2"), date(2023, 12, 31), None, False))
    assert (two.name, two.rows[0][0]) == ("Khoá", 3)
    assert isinstance(two.rows[0][1][2], Unreadable)
    assert three.rows == []


def test_the_name_in_the_sentence_is_clean_and_short():
    assert refusal(b"", "\u202egpj.\x00bìa.xlsx").startswith("Tệp “gpj.bìa.xlsx” ")
    assert len(refusal(b"", "x" * 5_000)) < 300


def test_cells_are_named_as_excel_names_them():
    assert [cell_name(7, column) for column in (1, 2, 26, 27, 702, 703, 16_384)] == [
        "A7", "B7", "Z7", "AA7", "ZZ7", "AAA7", "XFD7",
    ]  # fmt: skip


def test_a_password_on_the_parts_is_no_crash():
    assert "mật khẩu" in refusal(encrypted_member())


@pytest.mark.parametrize("cut", range(0, 1_526, 61))
def test_a_workbook_cut_or_damaged_anywhere_is_a_sentence_or_is_read(cut):
    """A bit of noise at any place: never anything but the one exception."""
    whole = book('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=texts("Xã"), styles=styles("0%"))
    for damaged in (whole[:cut], whole[:cut] + b"\xff\x00\x7f" + whole[cut + 3 :]):
        try:
            read(damaged)
        except WorkbookProblem as problem:
            assert problem.sentence.startswith("Tệp “")
