"""The satisfaction survey of a commune: typed by MTTQ or the office, read by those who may see the sheet."""

import re

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


def seen_on(client, address: str = SURVEY) -> dict[str, str]:
    """Every field of the page as the browser would send it back."""
    field = r'<input[^>]*? name="((?:o|phat|thu|hai-long)-[^"]+)" value="([^"]*)"'
    return dict(re.findall(field, text_of(client.get(address))))


def test_two_windows_on_different_contents_keep_both(cast: Cast):
    one, other = signed_in(cast.tuan), signed_in(cast.mai)
    one.post(SURVEY, rows(chung=("200", "190", "181")))
    page_of_one, page_of_other = seen_on(one), seen_on(other)
    second = next(name[2:] for name in page_of_one if name.startswith("o-") and name != "o-chung")
    one.post(SURVEY, {**page_of_one, **rows(chung=("300", "290", "280"))})
    answer = other.post(SURVEY, {**page_of_other, **rows(**{second: ("50", "40", "30")})}, follow=True)
    assert "Đã lưu 1 nội dung." in text_of(answer)
    fields = seen_on(one)
    assert (fields["phat-chung"], fields[f"phat-{second}"]) == ("300", "50")


def test_two_windows_on_one_content_the_later_reads_both_values_first(cast: Cast):
    one, other = signed_in(cast.tuan), signed_in(cast.mai)
    page = seen_on(one)
    one.post(SURVEY, {**page, **rows(chung=("300", "290", "280"))})
    answer = other.post(SURVEY, {**page, **rows(chung=("200", "190", "181"))})
    html = text_of(answer)
    assert answer.status_code == 409
    assert "vừa lưu 300 phát ra, 290 thu về, 280 hài lòng; anh/chị nhập 200 phát ra, 190 thu về, 181 hài lòng" in html
    assert SurveyResult.objects.count() == 1
    # Having read it, the second person decides.
    other.post(SURVEY, {**page, **rows(chung=("200", "190", "181")), "o-chung": "300/290/280"})
    assert seen_on(one)["phat-chung"] == "200"


def test_a_refused_page_does_not_arm_an_untouched_row_against_the_others(cast: Cast):
    one, other = signed_in(cast.tuan), signed_in(cast.mai)
    one.post(SURVEY, rows(chung=("200", "190", "181")))
    page = seen_on(other)
    second = next(name[2:] for name in page if name.startswith("o-") and name != "o-chung")
    one.post(SURVEY, {**seen_on(one), **rows(chung=("300", "290", "280"))})
    refused = other.post(SURVEY, {**page, **rows(**{second: ("50", "60", "30")})})
    assert refused.status_code == 422
    assert 'name="phat-chung" value="300"' in text_of(refused)
    assert 'name="o-chung" value="300/290/280"' in text_of(refused)
    assert f'name="phat-{second}" value="50"' in text_of(refused)


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
