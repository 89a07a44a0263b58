"""The province's result stands in the official table beside the three others, where there is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pypdf
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from communes.queries.entry import Appraisal
from criteria.rules.vocabulary import Verdict
from reports.exporters import excel, pdf
from reports.exporters.lines import APPRAISAL_COLUMN
from reports.exporters.official_table import HEAD
from tests.reports import papers

HOW: dict[str, Any] = {"made_on": papers.DAY, "is_demo": True}
FOUND = {
    "bhyt": Appraisal("88,2 %", Verdict.NOT_MET, date(2023, 10, 10), "BB số 12/BB-VPĐP"),
    "xa.1.1": Appraisal("=1+1", None, date(2023, 10, 9), ""),
}


def sheet_of(content: bytes) -> Worksheet:
    return load_workbook(BytesIO(content)).worksheets[0]


def text_of(paper: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(paper)).pages).split())


def heads_of(sheet: Worksheet) -> list[str]:
    return [cell.value for cell in sheet[HEAD]]


def row_of(sheet: Worksheet, code: str) -> dict[str, Any]:
    row = next(row for row in sheet.iter_rows(min_row=HEAD) if row[0].value == code)
    return dict(zip(heads_of(sheet), (cell.value for cell in row), strict=True))


def test_the_workbook_has_the_column_with_value_and_letter_after_the_other_results():
    page = replace(papers.make_commune_page(), appraisals=FOUND)
    sheet = sheet_of(excel.commune_workbook(page, **HOW))
    assert heads_of(sheet)[-2:] == [APPRAISAL_COLUMN, "Ghi chú"]
    found = row_of(sheet, "15.1")
    assert found[APPRAISAL_COLUMN] == "88,2 % (C)"
    assert "hẩm định 10/10/2023: BB số 12/BB-VPĐP" in found["Ghi chú"]
    hostile = row_of(sheet, "1.1")
    assert hostile[APPRAISAL_COLUMN] == "=1+1"
    cells = [c for row in sheet.iter_rows(min_row=HEAD) for c in row if c.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"] or all(cell.quotePrefix for cell in cells)


def test_without_an_appraisal_there_is_no_column():
    for content in (
        excel.commune_workbook(papers.make_commune_page(), **HOW),
        excel.district_workbook(papers.make_district_page(), **HOW),
    ):
        assert APPRAISAL_COLUMN not in heads_of(sheet_of(content))


@pytest.mark.usefixtures("pdf_engine")
def test_the_paper_has_the_column_too():
    page = replace(papers.make_commune_page(), appraisals=FOUND)
    with_it, without = (text_of(pdf.commune_pdf(one, **HOW)) for one in (page, papers.make_commune_page()))
    assert "thẩm định của tỉnh" in with_it and "88,2 %" in with_it and "BB số 12/BB-VPĐP" in with_it
    assert "thẩm định của tỉnh" not in without
