"""The list of what is to be mended, taken away as a workbook: the words of the page, text that stays text."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import Person
from communes.models import Finding
from tests.makers import TODAY, YEAR, Cast, make_cast, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    Finding.objects.create(
        unit=cast.ky_phu, year=YEAR, text="=HYPERLINK(1)", due_on=date(2023, 11, 14), by=cast.tuan, on=TODAY,
        at=timezone.now(),
    )  # fmt: skip
    return cast


def sheet_of(person: Person, query: str = "") -> Worksheet:
    answer = signed_in(person).get(f"/khac-phuc/excel/{query}")
    assert answer.status_code == 200
    return openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]


def test_a_row_says_what_the_page_says_and_a_text_is_no_formula(cast: Cast):
    sheet = sheet_of(cast.tuan)
    row = [cell.value for cell in sheet[5]]
    assert row[1] == "Xã Kỳ Phú" and row[3] == "=HYPERLINK(1)" and row[9] == "còn 30 ngày"
    assert sheet["D5"].data_type == "s" and sheet["I5"].value.date() == date(2023, 11, 14)
    assert sheet_of(cast.tuan, "?loc=da-dong").max_row == 4, "filtered as the page is"


def test_another_communes_officer_takes_nothing_of_it_away(cast: Cast):
    assert sheet_of(cast.minh).max_row == 4
    assert sheet_of(cast.lan).max_row == 5  # positive control
