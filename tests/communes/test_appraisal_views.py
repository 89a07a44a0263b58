"""The third result: the office writes down what the province found, and everybody who may see the sheet reads it."""

import pytest

from communes.models import Act, Statement
from communes.queries.entry import appraisals_of, appraisals_shown
from communes.queries.judged import set_up_bench
from communes.rules.workflow import ActKind, Stage
from criteria.rules.vocabulary import Verdict
from tests.makers import HEALTH_INSURANCE, TODAY, XA, XA_NC, YEAR, Cast, make_cast, signed_in, stated, typed

pytestmark = pytest.mark.django_db
SHEET = f"/xa/ky-phu/danh-gia/{XA}/2023/"
FORM = SHEET + f"?tham-dinh={HEALTH_INSURANCE}"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def approved(cast: Cast) -> Statement:
    return stated(cast, HEALTH_INSURANCE, "91", by=cast.lan, until=Stage.APPROVED)


def text_of(response) -> str:
    return response.content.decode()


def record(person, revision: Statement, **fields: str):
    result = revision.results.filter(kind="verification").order_by("-pk").first()
    sent = {"bo": XA, "ket-qua": (result or revision).pk, "gia-tri": "91"}
    sent |= {name.replace("_", "-"): value for name, value in fields.items()}
    return signed_in(person).post(f"/tham-dinh/{revision.pk}/", sent)


def test_the_form_offers_the_districts_own_result_and_what_is_recorded_stands_in_the_row(cast: Cast, approved):
    html = text_of(signed_in(cast.tuan).get(FORM))
    assert 'name="gia-tri" value="91"' in html
    document = "BB số 12/BB-VPĐP ngày 10/10/2023"
    answer = record(cast.tuan, approved, gia_tri="88,2", van_ban=document, ghi_chu="Trừ hộ vắng")
    assert answer.status_code == 302 and answer["Location"].startswith(SHEET)
    for person in (cast.tuan, cast.lan, cast.hoa):
        html = text_of(signed_in(person).get(SHEET))
        assert "Thẩm định của tỉnh 15/10/2023:" in html
        assert "88,2" in html and "BB số 12/BB-VPĐP" in html and "Trừ hộ vắng" in html
    approved.refresh_from_db()
    assert approved.stage == Stage.APPROVED.value, "an appraisal moves nothing"


def test_an_unchanged_result_is_the_districts_and_the_newest_one_counts(cast: Cast, approved):
    record(cast.tuan, approved)
    assert appraisals_of(cast.ky_phu, YEAR, TODAY)[HEALTH_INSURANCE].value == "91"
    record(cast.mai, approved, gia_tri="7741/8777")
    newest = appraisals_of(cast.ky_phu, YEAR, TODAY)[HEALTH_INSURANCE]
    assert (newest.value, newest.numerator, newest.by) == ("88.1964", 7741, cast.mai)
    assert appraisals_of(cast.ky_phu, YEAR, TODAY.replace(day=14)) == {}
    assert appraisals_of(cast.ky_phu, YEAR - 1, TODAY) == {}


def test_an_indicator_that_is_not_recognised_is_not_met_in_its_set_only(cast: Cast, approved):
    key = f"{XA}:15.1"
    bare = record(cast.tuan, approved, **{f"khong-{key}": "on"})
    assert bare.status_code == 422
    assert "Ghi lý do không công nhận chỉ tiêu 15.1." in text_of(bare)
    assert f'name="khong-{key}" checked' in text_of(bare)
    record(cast.tuan, approved, gia_tri="99", **{f"khong-{key}": "on", f"vi-{key}": "Danh sách chưa khớp"})
    bench = set_up_bench(cast.district, [cast.ky_phu], YEAR, TODAY)
    here, there = (appraisals_shown(bench, cast.ky_phu, family, TODAY)[HEALTH_INSURANCE] for family in (XA, XA_NC))
    assert here.verdict is Verdict.NOT_MET and "không công nhận: Danh sách chưa khớp" in here.remark
    assert there.verdict is Verdict.MET and there.remark == ""


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"gia_tri": "910"}, "910"),
        ({"gia_tri": ""}, "Chưa nhập kết quả thẩm định."),
        ({"van_ban": "x" * 301}, "Tên văn bản dài quá"),
        ({"ghi_chu": "y" * 2001}, "dài quá"),
    ],
)
def test_what_cannot_be_read_is_refused_and_kept(cast: Cast, approved, fields: dict[str, str], sentence: str):
    answer = record(cast.tuan, approved, **{"ghi_chu": "đã đối chiếu", **fields})
    html = text_of(answer)
    assert answer.status_code == 422 and sentence in html
    if "ghi_chu" not in fields:
        assert 'name="ghi-chu" value="đã đối chiếu"' in html
    assert not Act.objects.filter(kind=ActKind.APPRAISE.value).exists()


def test_only_what_the_district_verified_is_appraised_and_the_sheet_says_so(cast: Cast):
    sent = stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    html = text_of(signed_in(cast.tuan).get(FORM))
    assert 'title="Chỉ ghi kết quả thẩm định cho số liệu huyện đã thẩm tra."' in html
    assert 'class="grant"' not in html
    answer = record(cast.tuan, sent)
    assert answer.status_code == 409
    assert "Chỉ ghi kết quả thẩm định cho số liệu huyện đã thẩm tra." in text_of(answer)
    assert not Act.objects.filter(kind=ActKind.APPRAISE.value).exists()


def test_it_is_the_business_of_the_office_alone(cast: Cast, approved):
    statuses = {name: record(getattr(cast, name), approved).status_code
                for name in ("hoa", "hung", "dung", "quan", "lan", "minh", "binh")}  # fmt: skip
    assert statuses == {"hoa": 403, "hung": 403, "dung": 403, "quan": 403, "lan": 404, "minh": 404, "binh": 404}
    assert "Thẩm định…" not in text_of(signed_in(cast.hoa).get(SHEET))
    assert 'class="grant"' not in text_of(signed_in(cast.lan).get(FORM))


def test_hostile_addresses_and_sets_are_no_error_of_ours(cast: Cast, approved):
    client = signed_in(cast.tuan)
    for family in ("", "khong-co", "huyen-ntm-2021-2025", "\x00", "a" * 400):
        assert client.post(f"/tham-dinh/{approved.pk}/", {"bo": family, "gia-tri": "91"}).status_code == 404
    assert client.post(f"/tham-dinh/{'9' * 20}/", {"bo": XA}).status_code == 404
    assert client.get(SHEET, {"tham-dinh": "khong-co"}).status_code == 200
    assert client.get(SHEET, {"tham-dinh": "\x00"}).status_code == 400
    assert client.post(f"/tham-dinh/{approved.pk}/", {"bo": XA, "gia-tri": "91"}).status_code == 400, "which result?"


def test_a_newer_draft_of_the_commune_does_not_keep_the_provinces_result_out(cast: Cast, approved):
    typed(cast, HEALTH_INSURANCE, "95", by=cast.lan)
    assert record(cast.tuan, approved).status_code == 302
    assert Act.objects.get(kind=ActKind.APPRAISE.value).revision == approved


def test_the_provinces_result_is_about_what_the_office_had_before_its_eyes(cast: Cast, approved):
    stated(cast, HEALTH_INSURANCE, "95", by=cast.lan, until=Stage.VERIFIED)
    assert record(cast.tuan, approved).status_code == 409
    assert not Act.objects.filter(kind=ActKind.APPRAISE.value).exists()
