"""The satisfaction survey of a commune: typed by MTTQ or the office, read by those who may see the sheet."""

import pytest

from accounts.roles import Role
from communes.models import SurveyResult
from tests.makers import XA, Cast, make_cast, make_person, post, signed_in

pytestmark = pytest.mark.django_db
SURVEY = "/xa/ky-phu/khao-sat/2023/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def rows(**content: tuple[str, str, str]) -> dict[str, str]:
    found = {}
    for code, typed in content.items():
        found |= {f"{name}-{code}": text for name, text in zip(("phat", "thu", "hai-long"), typed, strict=True)}
    return found


def text_of(response) -> str:
    return response.content.decode()


def test_the_office_types_papers_and_the_percentage_and_the_condition_follow(cast: Cast):
    client = signed_in(cast.tuan)
    answer = client.post(SURVEY, rows(chung=("200", "190", "181")), follow=True)
    assert "Đã lưu 1 nội dung." in text_of(answer)
    assert "95,26" in text_of(answer)
    assert "95,26" in text_of(client.get(f"/xa/ky-phu/danh-gia/{XA}/2023/"))
    again = client.post(SURVEY, rows(chung=("200", "190", "181")), follow=True)
    assert "Không có nội dung nào thay đổi." in text_of(again)
    assert SurveyResult.objects.count() == 1


def test_mttq_types_too(cast: Cast):
    person = make_person(username="mttq", full_name="Cán bộ Mặt trận")
    post(person, Role.DEPARTMENT, cast.district, department=cast.departments["mttq"])
    signed_in(person).post(SURVEY, rows(chung=("100", "90", "85")))
    assert SurveyResult.objects.get().by == person


def test_others_read_without_fields_and_are_refused(cast: Cast):
    signed_in(cast.tuan).post(SURVEY, rows(chung=("200", "190", "181")))
    for person in (cast.lan, cast.hoa, cast.hung):
        client = signed_in(person)
        html = text_of(client.get(SURVEY))
        assert "190" in html
        assert 'name="phat-' not in html
        refused = client.post(SURVEY, rows(chung=("1", "1", "1")))
        assert refused.status_code == 403
        assert "Chỉ UBMTTQ huyện" in text_of(refused)
    for person in (cast.minh, cast.binh):
        assert signed_in(person).get(SURVEY).status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("100", "120", "90"), "số phiếu thu về (120) lớn hơn số phát ra (100)"),
        (("100", "90", "95"), "số phiếu hài lòng (95) lớn hơn số thu về (90)"),
        (("100", "", "95"), "chưa nhập số phiếu thu về"),
        (("1,5", "1", "1"), "số nguyên"),
        (("-5", "1", "1"), "số nguyên"),
        (("9" * 400, "1", "1"), "số phiếu phát ra"),
        (("mười", "1", "1"), "không phải là số"),
        (("99999999", "1", "1"), "1.000.000"),
    ],
)
def test_a_wrong_row_is_named_kept_and_saves_nothing(cast: Cast, typed: tuple[str, str, str], sentence: str):
    answer = signed_in(cast.tuan).post(SURVEY, {**rows(chung=typed), "phat-la": "3"})
    html = text_of(answer)
    assert answer.status_code == 422
    assert sentence in html
    assert "Kết quả xây dựng nông thôn mới nói chung: " in html
    assert f'value="{typed[0][:60]}"' in html
    assert not SurveyResult.objects.exists()


@pytest.mark.parametrize(("year", "status"), [("99999", 400), ("2019", 400), ("2024", 400), ("2022", 200)])
def test_a_year_outside_the_programme_is_a_bad_request(cast: Cast, year: str, status: int):
    assert signed_in(cast.tuan).get(f"/xa/ky-phu/khao-sat/{year}/").status_code == status
