"""Steps of the workflow from the sheet: by row, criterion, all; what was filled in for the commune; the signature."""

import pytest

from accounts.models import Person
from accounts.roles import Role
from communes.actions.prefilling import prefill_value
from communes.actions.stating import Entry
from communes.models import Act, Posting, Practice, Statement
from communes.queries.entry import item_of
from communes.queries.people import leads_of
from communes.rules.workflow import ActKind, Stage
from criteria.models import Measure
from criteria.queries import measure_of
from criteria.rules.values import parse_value
from tests.makers import HEALTH_INSURANCE, TODAY, XA, Cast, make_cast, make_person, signed_in, stated, step, typed

pytestmark = pytest.mark.django_db
SHEET = f"/xa/ky-phu/danh-gia/{XA}/2023/"
SEND = SHEET + "gui/"
HX = {"HX-Request": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def filled_in(cast: Cast, measure: str, text: str, *, by: Person) -> Statement:
    row = Measure.objects.get(code=measure)
    item = item_of(cast.ky_phu, leads_of(cast.district, TODAY).of(measure))
    saved = prefill_value(
        by=by, standing=cast.standing(by), item=item, unit=cast.ky_phu, measure=row, year=2023, seen_version=0,
        entry=Entry(parse_value(measure_of(row), text)), url=SHEET, on=TODAY,
    )  # fmt: skip
    assert saved.revision is not None
    return saved.revision


def stage(measure: str) -> str:
    return Statement.objects.filter(assessment__measure__code=measure, kind="revision").latest("pk").stage


@pytest.fixture
def chairman(cast: Cast) -> Person:
    """The district asks for the chairman's signature, and Kỳ Phú has one."""
    Practice.objects.create(district=cast.district, needs_sign_off=True)
    person = make_person(username="chutich", full_name="Hoàng Văn Sơn")
    Posting.objects.create(
        person=person, role=Role.COMMUNE.value, unit=cast.ky_phu, from_on=TODAY, title="Chủ tịch xã", signs_off=True
    )
    return person


def test_a_criterion_is_sent_by_the_button_on_its_head(cast: Cast):
    typed(cast, "xa.2.1", "96", by=cast.lan)
    typed(cast, "xa.2.2", "83", by=cast.lan)
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    client = signed_in(cast.lan)
    html = client.get(SHEET).content.decode()
    assert 'value="tieu-chi:2"' in html and "Gửi 2 mục" in html
    client.post(SEND, {"chi": "tieu-chi:2"})
    assert (stage("xa.2.1"), stage("xa.2.2"), stage(HEALTH_INSURANCE)) == ("submitted", "submitted", "draft")
    client.post(SEND, {"chi": "tieu-chi:99"})
    assert stage(HEALTH_INSURANCE) == "draft"


def test_what_the_department_filled_in_is_said_and_accepted(cast: Cast):
    filled_in(cast, HEALTH_INSURANCE, "91", by=cast.hoa)
    client = signed_in(cast.lan)
    html = client.get(SHEET).content.decode()
    assert "Bảo hiểm xã hội" in html and "nhập hộ 91\u00a0%</b>, chờ xã nhận" in html
    assert "Nhận 1 mục phòng nhập hộ" in html
    assert "Phòng nhập hộ <b>1</b>" in html
    part = client.post(SEND, {"nhan": HEALTH_INSURANCE}, headers=HX)
    assert part.status_code == 200 and "Nháp" in part.content.decode()
    assert Act.objects.get().kind == ActKind.ACCEPT.value
    assert stage(HEALTH_INSURANCE) == "draft"


def test_everything_filled_in_is_accepted_at_once_and_another_value_may_be_typed_instead(cast: Cast):
    filled_in(cast, HEALTH_INSURANCE, "91", by=cast.hoa)
    client = signed_in(cast.lan)
    data = {f"v-{HEALTH_INSURANCE}": "92", f"p-{HEALTH_INSURANCE}": "1"}
    client.post(f"{SHEET}o/{HEALTH_INSURANCE}/", data, headers=HX)
    assert (stage(HEALTH_INSURANCE), Act.objects.count()) == ("draft", 0)
    filled_in(cast, "xa.2.1", "96", by=cast.tuan)
    client.post(SEND, {"nhan": ""})
    assert stage("xa.2.1") == "draft"
    assert Act.objects.get().revision.value == "96"


def test_an_officer_proposes_and_the_chairman_signs(cast: Cast, chairman: Person):
    typed(cast, "xa.2.1", "96", by=cast.lan)
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    officer, signer = signed_in(cast.lan), signed_in(chairman)
    assert "Trình Chủ tịch 2 mục" in officer.get(SHEET).content.decode()
    # Sending past the chairman is refused.
    assert officer.post(SEND, {"chi": HEALTH_INSURANCE}).status_code == 422
    officer.post(SEND, {"trinh": ""})
    assert stage("xa.2.1") == stage(HEALTH_INSURANCE) == Stage.PROPOSED.value
    html = signer.get(SHEET).content.decode()
    assert "Ký và gửi 2 mục" in html
    assert "Chờ Chủ tịch ký <b>2</b>" in html
    bare = signer.post(SEND, {"chua-ky": HEALTH_INSURANCE})
    assert bare.status_code == 422 and stage(HEALTH_INSURANCE) == Stage.PROPOSED.value
    signer.post(SEND, {"chua-ky": HEALTH_INSURANCE, f"k-{HEALTH_INSURANCE}": "Số chưa khớp sổ của xã"})
    assert stage(HEALTH_INSURANCE) == "draft"
    assert "Số chưa khớp sổ của xã" in officer.get(SHEET).content.decode()
    signer.post(SEND, {"ky": ""})
    assert stage("xa.2.1") == "submitted"


def test_an_officer_who_does_not_sign_cannot_press_the_chairmans_button(cast: Cast, chairman: Person):
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    client = signed_in(cast.lan)
    client.post(SEND, {"trinh": ""})
    client.post(SEND, {"ky": ""})
    assert "Rút trình" in client.get(SHEET).content.decode()
    assert client.post(SEND, {"ky": HEALTH_INSURANCE}).status_code == 422
    assert stage(HEALTH_INSURANCE) == Stage.PROPOSED.value
    client.post(SEND, {"rut-trinh": HEALTH_INSURANCE})
    assert stage(HEALTH_INSURANCE) == "draft"


def test_what_is_sent_again_unchanged_says_so_beside_the_button(cast: Cast):
    revision = stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    step(cast, revision, ActKind.RETURN, by=cast.hoa, reason="Chưa khớp")
    html = signed_in(cast.lan).get(SHEET).content.decode()
    assert "Chưa sửa gì so với bản bị trả lại" in html
    assert "Gửi lại 15.1" in html


def test_a_remark_about_the_old_value_is_not_carried_over(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan, remark="Chốt 30/6")
    client = signed_in(cast.lan)
    data = {f"v-{HEALTH_INSURANCE}": "92", f"p-{HEALTH_INSURANCE}": "1", f"g-{HEALTH_INSURANCE}": "Chốt 30/6"}
    client.post(f"{SHEET}o/{HEALTH_INSURANCE}/", data, headers=HX)
    assert Statement.objects.latest("pk").remark == "Chốt 30/6", "within one draft the remark stays"
    client.post(SEND, {"chi": HEALTH_INSURANCE})
    data |= {f"v-{HEALTH_INSURANCE}": "93", f"p-{HEALTH_INSURANCE}": "2"}
    html = client.post(f"{SHEET}o/{HEALTH_INSURANCE}/", data, headers=HX).content.decode()
    assert Statement.objects.latest("pk").remark == ""
    assert "Số trước ghi: Chốt 30/6" in html


def test_filters_stay_in_the_address_after_sending(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    answer = signed_in(cast.lan).post(SEND + "?loc=nhap", {"chi": ""})
    assert answer["Location"] == SHEET + "?loc=nhap"


def test_a_locked_year_is_said_once_and_takes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    locked = "Kỳ năm 2023 đã chốt ngày 31/12/2023."
    monkeypatch.setattr("communes.queries.rounds.year_lock", lambda district, year: locked)
    client = signed_in(cast.lan)
    html = client.get(SHEET).content.decode()
    assert html.count(locked) == 1
    assert "<select" not in html.split('id="bang"')[1].split("</table>")[0]
    for address in (SEND, SHEET + "dan/", SHEET + "giu-nam-truoc/", SHEET):
        assert client.post(address, {"chi": ""}).status_code == 403


def test_a_draft_over_an_approved_figure_is_dropped_and_the_figure_counts_as_before(cast: Cast):
    approved = stated(cast, HEALTH_INSURANCE, "91", by=cast.lan, until=Stage.APPROVED)
    typed(cast, HEALTH_INSURANCE, "19", by=cast.lan)
    client = signed_in(cast.lan)
    html = client.get(SHEET).content.decode()
    assert f'name="bo-nhap" value="{HEALTH_INSURANCE}"' in html
    version = str(approved.assessment.__class__.objects.get(pk=approved.assessment_id).version)
    assert client.post(SEND, {"bo-nhap": HEALTH_INSURANCE, f"p-{HEALTH_INSURANCE}": version}).status_code == 302
    assessment = approved.assessment.__class__.objects.get(pk=approved.assessment_id)
    assert assessment.current_id == approved.pk
    assert 'name="bo-nhap"' not in client.get(SHEET).content.decode()


def test_a_draft_that_somebody_changed_since_is_not_dropped(cast: Cast):
    stated(cast, HEALTH_INSURANCE, "91", by=cast.lan, until=Stage.APPROVED)
    draft = typed(cast, HEALTH_INSURANCE, "92", by=cast.lan)
    answer = signed_in(cast.lan).post(SEND, {"bo-nhap": HEALTH_INSURANCE, f"p-{HEALTH_INSURANCE}": "1"}, headers=HX)
    assert "vừa sửa mục này" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.stage == Stage.DRAFT.value
    assert signed_in(cast.minh).post(SEND, {"bo-nhap": HEALTH_INSURANCE}).status_code in (403, 404)


def test_a_first_draft_has_nothing_below_it(cast: Cast):
    typed(cast, HEALTH_INSURANCE, "92", by=cast.lan)
    assert 'name="bo-nhap"' not in signed_in(cast.lan).get(SHEET).content.decode()
    answer = signed_in(cast.lan).post(SEND, {"bo-nhap": HEALTH_INSURANCE}, headers=HX)
    assert "chưa có số nào được gửi" in answer.content.decode()


def test_where_a_cell_is_refused_nothing_is_sent_and_the_page_says_so(cast: Cast):
    typed(cast, "xa.2.1", "96", by=cast.lan)
    wrong = {f"p-{HEALTH_INSURANCE}": "0", f"v-{HEALTH_INSURANCE}": "1.500", f"o-{HEALTH_INSURANCE}": "x"}
    answer = signed_in(cast.lan).post(SEND, {"chi": "", **wrong})
    assert answer.status_code == 422 and "Chưa gửi, chưa chuyển mục nào" in answer.content.decode()
    assert not Act.objects.exists()
