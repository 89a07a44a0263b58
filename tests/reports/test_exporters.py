"""What is taken away shows the value object of the screen, is inert whatever people typed, and looks official."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters import draw_pdf
from communes.exporters.cells import CUT_MARK, LONGEST_TEXT, fitting, sheet_name
from communes.exporters.pdf import DEMO_MARK, day_in_words
from criteria.rules.numbers import clean_text
from criteria.rules.vocabulary import Basis, Verdict
from reports.exporters import excel, pdf
from reports.exporters.cells import INKS, number_format, put
from reports.exporters.files import file_name
from reports.exporters.grids import FIRST, HEAD
from reports.exporters.lines import LineKind, criterion_lines
from reports.queries.matrix import Matrix
from tests.reports import papers

HOW: dict[str, Any] = {"made_on": papers.DAY, "is_demo": True}
HOSTILE = "=cmd|' /C calc'!A0\x0b <img src=http://127.0.0.1:9/x.png> <b>đậm</b> \u202eđảo\u202c " + "ă" * 60_000
LETTERS = "ĐC–?K"


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def text_of(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(content)).pages]


class Counter:
    """As much of a spreadsheet as our formulas use: COUNTIF, COUNTIFS over two areas, AVERAGE, a cell elsewhere."""

    def __init__(self, book: Workbook) -> None:
        self.book = book

    def value(self, sheet: Worksheet, address: str) -> Any:
        found = sheet[address.replace("$", "")].value
        return self.formula(sheet, found[1:]) if isinstance(found, str) and found.startswith("=") else found

    def area(self, sheet: Worksheet, area: str) -> list[Any]:
        cells = [cell for row in sheet[area.replace("$", "")] for cell in row]
        return [self.value(sheet, cell.coordinate) for cell in cells]

    def formula(self, sheet: Worksheet, text: str) -> Any:
        if there := re.fullmatch(r"'([^']+)'!([A-Z]+[0-9]+)", text):
            return self.value(self.book[there[1]], there[2])
        if mean := re.fullmatch(r"AVERAGE\(([^)]+)\)", text):
            found = self.area(sheet, mean[1])
            return Decimal(sum(found)) / len(found)
        return sum(self.term(sheet, term) for term in text.split("+"))

    def term(self, sheet: Worksheet, text: str) -> int:
        if one := re.fullmatch(r'COUNTIF\(([^,]+),"(.)"\)', text):
            return self.area(sheet, one[1]).count(one[2])
        if two := re.fullmatch(r'COUNTIFS\(([^,]+),">0",([^,]+),"(.)"\)', text):
            pairs = zip(self.area(sheet, two[1]), self.area(sheet, two[2]), strict=True)
            return sum(1 for number, letter in pairs if isinstance(number, int) and letter == two[3])
        same = re.fullmatch(r'\(([A-Z]+[0-9]+)="(.)"\)', text)
        assert same, text
        return int(self.value(sheet, same[1]) == same[2])


def commune_rows(sheet: Worksheet, count: int) -> dict[str, int]:
    return {sheet.cell(row, 2).value: row for row in range(HEAD + 1, HEAD + 1 + count)}


# ---------- Excel: the matrix ----------


def test_the_matrix_workbook_has_the_letters_and_forms_of_the_matrix():
    matrix = papers.make_matrix()
    sheet = opened(excel.matrix_workbook(matrix, **HOW))["Ma trận"]
    rows = commune_rows(sheet, len(matrix.rows))
    assert set(rows) == set(papers.NAMES)
    seen = set()
    for row in matrix.rows:
        for column, cell in enumerate(row.cells, FIRST):
            found = sheet.cell(rows[row.unit.name], column)
            assert found.value == cell.verdict.letter
            assert (found.number_format == '@"*"') is cell.provisional
            if cell.basis is Basis.APPROVED and cell.verdict is Verdict.MET:
                assert found.fill.start_color.rgb.endswith("23764F")
            seen.add((cell.verdict, cell.basis))
    assert {verdict for verdict, _ in seen} == set(Verdict)
    assert {basis for _, basis in seen} == {*Basis, None}


def test_totals_of_one_basis_are_formulas_that_give_the_figures_of_the_screen():
    matrix = papers.make_matrix(basis=Basis.SELF)
    book = opened(excel.matrix_workbook(matrix, **HOW))
    assert_totals(matrix, book, book["Ma trận"], must_be_formulas=True)


def test_with_all_three_bases_each_has_a_sheet_of_its_own_to_count_on():
    matrix = papers.make_matrix()
    book = opened(excel.matrix_workbook(matrix, by_basis=papers.make_singles(matrix), **HOW))
    assert book.sheetnames == ["Ma trận", "Đã duyệt", "Đã thẩm tra", "Tự đánh giá", "Thông tin"]
    assert_totals(matrix, book, book["Ma trận"], must_be_formulas=True)


def test_without_the_single_matrices_totals_are_the_numbers_of_the_screen():
    matrix = papers.make_matrix()
    book = opened(excel.matrix_workbook(matrix, **HOW))
    assert_totals(matrix, book, book["Ma trận"], must_be_formulas=False)


def assert_totals(matrix: Matrix, book: Workbook, sheet: Worksheet, *, must_be_formulas: bool) -> None:
    count, rows, width = Counter(book), commune_rows(sheet, len(matrix.rows)), len(matrix.criteria)
    for place, basis in enumerate(matrix.bases):
        letter = get_column_letter(FIRST + width + place)
        for row in matrix.rows:
            address = f"{letter}{rows[row.unit.name]}"
            assert str(sheet[address].value).startswith("=") is must_be_formulas
            assert count.value(sheet, address) == row.totals[basis]
        bottom = HEAD + len(matrix.rows) + 1 + place
        sums = [count.value(sheet, f"{get_column_letter(FIRST + at)}{bottom}") for at in range(width)]
        assert sums == list(matrix.column_totals[basis])
        assert count.value(sheet, f"{letter}{bottom}") == matrix.averages[basis]


def test_matrices_of_different_figures_are_not_put_together():
    matrix = papers.make_matrix()
    singles = papers.make_singles(matrix)
    singles[Basis.APPROVED] = singles[Basis.SELF]
    with pytest.raises((excel.DifferentFigures, KeyError)):
        excel.matrix_workbook(matrix, by_basis=singles, **HOW)


def test_a_set_of_conditions_only_shows_whether_each_commune_meets_it():
    matrix = papers.make_matrix(papers.MODEL)
    sheet = opened(excel.matrix_workbook(matrix, **HOW))["Ma trận"]
    rows = commune_rows(sheet, len(matrix.rows))
    for row in matrix.rows:
        letters = [sheet.cell(rows[row.unit.name], FIRST + at).value for at in range(3)]
        assert letters == [row.verdicts[basis].letter for basis in matrix.bases]


def test_the_matrix_sheet_is_ready_to_read_and_print():
    sheet = opened(excel.matrix_workbook(papers.make_matrix(basis=Basis.APPROVED), **HOW))["Ma trận"]
    assert sheet.freeze_panes == f"D{HEAD + 1}"
    assert sheet.auto_filter.ref == f"A{HEAD}:W{HEAD + len(papers.NAMES)}"
    assert sheet.print_title_rows == f"${HEAD - 1}:${HEAD}"
    assert sheet.print_area.endswith(f"$W${HEAD + len(papers.NAMES) + 1}")
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "8")
    assert "&P" in sheet.oddFooter.right.text
    assert sheet.oddFooter.center.text == DEMO_MARK


# ---------- Excel: a unit ----------


@pytest.mark.parametrize("basis", [None, Basis.VERIFIED])
def test_the_commune_workbook_has_the_official_columns_of_the_bases_shown(basis: Basis | None):
    page = papers.make_commune_page(basis=basis)
    sheet = opened(excel.commune_workbook(page, **HOW)).worksheets[0]
    heads = [cell.value for cell in sheet[HEAD]]
    results = ["Tự đánh giá của xã", "Kết quả thẩm tra của huyện", "Đã duyệt"] if basis is None else [
        "Kết quả thẩm tra của huyện"
    ]  # fmt: skip
    fixed = ["TT", "Tên tiêu chí", "Nội dung tiêu chí", "Yêu cầu đạt chuẩn", "Kết quả thực hiện"]
    assert heads == [*fixed, *results, "Ghi chú"]
    assert str(sheet.page_setup.paperSize) == "9"


def test_the_commune_workbook_says_what_the_sheet_of_the_screen_says():
    page = papers.make_commune_page()
    book = opened(excel.commune_workbook(page, **HOW))
    sheet, lines = book.worksheets[0], criterion_lines(page.sheet)
    for row, line in enumerate(lines, HEAD + 1):
        letters = [line.marks[basis].verdict.letter for basis in page.sheet.bases]
        assert [sheet.cell(row, 6 + at).value for at in range(3)] == letters
        shown = sheet.cell(row, 5).value
        if isinstance(line.value, Decimal):
            assert Decimal(str(shown)) == line.value
        else:
            assert (shown or "") == line.shown
    total = HEAD + 1 + len(lines)
    found = [Counter(book).value(sheet, f"{get_column_letter(6 + at)}{total}") for at in range(3)]
    assert found == [page.sheet.met(basis) for basis in page.sheet.bases]
    assert sum(1 for line in lines if line.kind is not LineKind.PART and not line.is_criterion) == 57


def test_conditions_stand_below_and_are_counted():
    page = papers.make_commune_page(papers.MODEL)
    book = opened(excel.commune_workbook(page, **HOW))
    sheet = book.worksheets[0]
    assert sheet.cell(HEAD + 1, 1).value == "ĐK1"
    met = [sum(1 for c in page.sheet.conditions if c.findings[b].verdict.counts_as_met) for b in page.sheet.bases]
    assert [Counter(book).value(sheet, f"{letter}{sheet.max_row}") for letter in "FGH"] == met
    income = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "ĐK2")
    assert (income[3], income[4]) == ("≥\xa057,2\xa0triệu đồng/người", 46.8)


def test_the_information_sheet_says_as_of_when_and_on_which_basis():
    page = papers.make_district_page()
    sheet = opened(excel.district_workbook(page, made_by="Văn phòng Điều phối", **HOW))["Thông tin"]
    facts = {row[0].value: row[1] for row in sheet.iter_rows() if row[0].value}
    assert facts["Tính đến hết ngày"].value.date() == papers.DAY
    assert facts["Tính đến hết ngày"].number_format == "dd/mm/yyyy"
    assert facts["Quyết định"].value == "320/QĐ-TTg ngày 08/03/2022, Phụ lục I, Thủ tướng Chính phủ"
    assert (facts["Năm"].value, facts["Cơ sở"].value) == (2023, "cả ba cơ sở")
    assert (facts["Người lập"].value, facts["Tính chất số liệu"].value) == ("Văn phòng Điều phối", DEMO_MARK)
    assert [row[0].value for row in sheet.iter_rows() if str(row[0].value) in LETTERS][:5] == ["Đ", "C", "–", "?", "K"]


def test_a_real_installation_carries_no_mark_of_a_demo():
    book = opened(excel.commune_workbook(papers.make_commune_page(), made_on=papers.DAY, is_demo=False))
    said = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert DEMO_MARK not in said
    assert all(not sheet.oddFooter.center.text for sheet in book)


# ---------- hostile text ----------


def hostile_units():
    return papers.communes(("=1+1", "@SUM(A1)", "+84\x0b", "-2", HOSTILE[:80]))


def test_nothing_that_people_typed_becomes_a_formula():
    page = papers.make_commune_page(remark=HOSTILE, units=hostile_units())
    matrix = papers.make_matrix(units=hostile_units())
    for content in (excel.commune_workbook(page, **HOW), excel.matrix_workbook(matrix, **HOW)):
        for sheet in opened(content):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f" or re.match(r"=(COUNTIF|AVERAGE|\()", cell.value), cell.value
                assert cell.hyperlink is None
                assert not isinstance(cell.value, str) or "\x0b" not in cell.value and "\u202e" not in cell.value


def test_long_text_is_cut_with_a_mark_that_everybody_sees():
    page = papers.make_commune_page(remark=HOSTILE)
    sheet = opened(excel.commune_workbook(page, **HOW)).worksheets[0]
    long = [row[8] for row in sheet.iter_rows(values_only=True) if len(str(row[8])) > 20_000]
    assert long
    assert all(text.endswith(CUT_MARK) and len(text) == LONGEST_TEXT for text in long)
    assert len(fitting("😀" * 30_000).encode("utf-16-le")) // 2 <= LONGEST_TEXT


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "#N/A", "1e3", "TRUE", "'x", "=cmd|'/C calc'!A0"])
def test_a_string_stays_a_string(text: str):
    book = Workbook()
    put(book.active, 1, 1, text)
    out = BytesIO()
    book.save(out)
    cell = opened(out.getvalue()).active["A1"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix is (text[0] in "=+-@")


def test_names_of_sheets_are_legal():
    assert sheet_name("Xã [A]:*?/\\ 'B'") == "Xã -A------ 'B"
    assert len(sheet_name("Ủy ban nhân dân xã có tên rất là dài")) <= 31
    assert sheet_name("''") == "Trang"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [("88.20", "%", '#,##0.0" %"'), ("90", "%", '#,##0" %"'), ("1500", "", "#,##0"), ("1", 'a"b', '#,##0" ab"')],
)
def test_numbers_are_shown_as_they_were_stated(value: str, unit: str, expected: str):
    assert number_format(Decimal(value), unit) == expected


# ---------- PDF ----------


@pytest.fixture(scope="module")
def matrix_paper(pdf_engine: None) -> bytes:
    many = papers.communes(papers.NAMES + tuple(f"Kỳ Số {n}" for n in range(40)))
    return pdf.matrix_pdf(papers.make_matrix(units=many), **HOW)


@pytest.fixture(scope="module")
def commune_paper(pdf_engine: None) -> bytes:
    return pdf.commune_pdf(papers.make_commune_page(), **HOW)


def test_the_matrix_paper_is_official_and_complete(matrix_paper: bytes):
    pages = text_of(matrix_paper)
    first, whole = pages[0], " ".join(pages)
    for said in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ỦY BAN NHÂN DÂN",
                 "HUYỆN KỲ ANH", "Kỳ Anh, ngày 15 tháng 10 năm 2023", "BÁO CÁO", DEMO_MARK):  # fmt: skip
        assert said in first
    assert "tính đến hết ngày 15 tháng 10 năm 2023" in first
    assert all(name in whole for name in papers.NAMES)
    assert "Chú giải" in whole and "TM. ỦY BAN NHÂN DÂN" in whole and "Nơi nhận" in whole


def test_every_page_tells_what_it_is_and_pages_are_numbered_from_the_second(matrix_paper: bytes):
    reader = pypdf.PdfReader(BytesIO(matrix_paper))
    pages = text_of(matrix_paper)
    assert len(pages) > 1
    assert all(page.count(DEMO_MARK) >= 1 and "đến 15/10/2023" in page for page in pages)
    for number, page in enumerate(reader.pages, 1):
        assert (str(number) in page_number(page)) is (number > 1)
    assert all(float(page.mediabox.width) > float(page.mediabox.height) > 800 for page in reader.pages)


def page_number(page: pypdf.PageObject) -> list[str]:
    """Texts in the top margin."""
    found: list[str] = []

    def visit(text: str, _cm: Any, matrix: list[float], *_rest: Any) -> None:
        height = _cm[3] * matrix[5] + _cm[5]
        if text.strip() and height > float(page.mediabox.height) - 42:
            found.append(text.strip())

    page.extract_text(visitor_text=visit)
    return found


def test_only_the_fonts_of_the_project_are_embedded(matrix_paper: bytes, commune_paper: bytes):
    for content in (matrix_paper, commune_paper):
        fonts = {
            str(font.get_object()["/BaseFont"]).partition("+")[2]
            for page in pypdf.PdfReader(BytesIO(content)).pages
            for font in page["/Resources"]["/Font"].values()
        }
        assert fonts
        assert all(font.startswith("Tinos") for font in fonts), fonts


def test_a_paper_is_tagged_and_says_title_author_and_language(commune_paper: bytes):
    reader = pypdf.PdfReader(BytesIO(commune_paper))
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "vi"
    assert reader.metadata.title.startswith("Kết quả thực hiện Bộ tiêu chí quốc gia về xã nông thôn mới")
    assert reader.metadata.author == "ỦY BAN NHÂN DÂN XÃ KỲ PHÚ"


def test_the_commune_paper_says_what_the_sheet_says(commune_paper: bytes):
    page = papers.make_commune_page()
    reader = pypdf.PdfReader(BytesIO(commune_paper))
    whole = " ".join(text_of(commune_paper))
    assert float(reader.pages[0].mediabox.width) < float(reader.pages[0].mediabox.height)
    assert float(reader.pages[-1].mediabox.width) > float(reader.pages[-1].mediabox.height)
    assert all(f"{block.criterion.number} {clean_text(block.criterion.name)}" in whole for block in page.sheet.blocks)
    totals = " ".join(f"{page.sheet.met(basis)}/{len(page.sheet.blocks)}" for basis in page.sheet.bases)
    assert f"Số tiêu chí đạt {totals}" in whole
    assert "Phụ lục" in whole and "XÃ KỲ PHÚ" in whole


def test_the_district_paper_is_made_too(pdf_engine: None):
    whole = " ".join(text_of(pdf.district_pdf(papers.make_district_page(), made_on=papers.DAY, is_demo=False)))
    assert "HUYỆN KỲ ANH" in whole and "Kết quả thẩm tra" in whole
    assert DEMO_MARK not in whole


# ---------- names, colours, words ----------


def test_file_names_are_vietnamese():
    assert (
        file_name("matrix", papers.viewing(basis=Basis.APPROVED), "xlsx")
        == "Ma trận xã × tiêu chí – Xã NTM – 2023 – đã duyệt – đến 15-10-2023.xlsx"
    )
    unit = papers.communes()[0]
    assert file_name("commune", papers.viewing(), "pdf", unit).startswith("Kết quả xã Kỳ Phú – Xã NTM – 2023 – cả ba")


def test_colours_are_those_of_the_screen():
    light = Path(draw_pdf.STATIC / "css" / "tokens.css").read_text(encoding="utf-8").partition("@media")[0]
    paper = draw_pdf.STYLES.read_text(encoding="utf-8")
    names = {Verdict.MET: "met", Verdict.NOT_MET: "not", Verdict.EXEMPT: "na", Verdict.UNDETERMINED: "unsure",
             Verdict.NO_DATA: "none"}  # fmt: skip
    for verdict, name in names.items():
        wanted = [f"--{name}", f"--{name}-on", f"--{name}-tint", f"--{name}-ink", f"--{name}-line"]
        found = [re.search(rf"{token}: #([0-9a-f]{{6}})", light)[1].upper() for token in wanted]  # type: ignore[index]
        assert list(INKS[verdict]) == found
        assert f"#{INKS[verdict].ink.lower()}" in paper


def test_days_in_words_follow_the_decree():
    assert day_in_words(date(2022, 2, 5)) == "ngày 05 tháng 02 năm 2022"
    assert day_in_words(date(2023, 10, 15)) == "ngày 15 tháng 10 năm 2023"
    assert column_index_from_string("D") == FIRST
