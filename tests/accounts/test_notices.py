"""What a person is told: returns grouped into one line a day, the bell, marking as read, what is left out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

import communes.actions.telling as telling
from accounts.actions import notify
from accounts.models import HistoryEntry, Notice, NoticeSetting
from accounts.roles import Role
from accounts.rules import NoticeKind, summed
from communes.actions.moving import Seen, move
from communes.actions.rounds import close_round, extend, unlock_round
from communes.models import Practice, Round, Statement
from communes.policies import WorkingRules
from communes.queries.entry import item_of
from communes.queries.people import leads_of
from communes.rules.workflow import ActKind, Stage
from tests.makers import (
    TODAY,
    YEAR,
    Cast,
    lead_officer,
    make_cast,
    make_person,
    post,
    signed_in,
    stated,
    step,
    typed,
)

pytestmark = pytest.mark.django_db

BELL = "chưa đọc</span>"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def told(person) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("sentence", flat=True))


def tell(person, sentence: str = "Có việc.", url: str = "/x/", kind=NoticeKind.ROUND, group: str = "") -> None:
    with transaction.atomic():
        notify(people=[person.pk], kind=kind, sentence=sentence, url=url, on=TODAY, group=group)


def test_a_number_grows_with_each_of_its_sort() -> None:
    group = "mục của xã Kỳ Phú bị trả lại"
    assert summed("Xã Kỳ Phú: “BHYT” bị trả lại", group) == f"2 {group}"
    assert summed(f"2 {group}", group) == f"3 {group}"
    assert summed(f"99 {group}", group) == f"100 {group}"
    assert summed("2 mục của xã (Kỳ+Châu) bị trả lại", group) == f"2 {group}"


def test_what_is_returned_is_told_to_who_typed_and_who_sent_it(cast: Cast) -> None:
    chairman = make_person(username="chu-tich", full_name="Lê Văn Chủ")
    revision = stated(cast, "bhyt", "96,4", by=cast.lan)
    step(cast, revision, ActKind.RETURN, by=cast.hoa, reason="thẻ hết hạn")
    assert told(cast.lan) == ["Xã Kỳ Phú: “Tỷ lệ người dân tham gia bảo hiểm y tế” bị trả lại. Lý do: thẻ hết hạn"]
    assert told(cast.minh) == told(cast.hoa) == told(chairman) == []


def test_several_returns_of_a_day_are_one_unread_line(cast: Cast) -> None:
    for measure, value in (("bhyt", "96,4"), ("xa.8.1", "Đạt"), ("xa.8.2", "Đạt")):
        revision = stated(cast, measure, value, by=cast.lan)
        step(cast, revision, ActKind.RETURN, by=lead_officer(cast, measure), reason="thiếu minh chứng")
    assert told(cast.lan) == ["3 mục của xã Kỳ Phú bị trả lại ngày 15/10/2023"]


def test_what_was_read_is_not_changed_any_more(cast: Cast) -> None:
    tell(cast.lan, "Một.", group="mục")
    Notice.objects.update(read_at="2023-10-15T08:00:00Z")
    tell(cast.lan, "Hai.", group="mục")
    assert told(cast.lan) == ["Một.", "Hai."]


def test_another_day_or_another_unit_is_another_line(cast: Cast) -> None:
    tell(cast.lan, "Một.", group="mục")
    tell(cast.lan, "Hai.", url="/khac/", group="mục")
    with transaction.atomic():
        notify(people=[cast.lan.pk], kind=NoticeKind.ROUND, sentence="Ba.", url="/x/",
               on=TODAY + timedelta(days=1), group="mục")  # fmt: skip
    assert told(cast.lan) == ["Một.", "Hai.", "Ba."]


def test_one_person_counts_apart_from_another(cast: Cast) -> None:
    tell(cast.lan, "Một.", group="mục bị trả lại")
    with transaction.atomic():
        notify(people=[cast.lan.pk, cast.minh.pk], kind=NoticeKind.ROUND, sentence="Hai.", url="/x/",
               on=TODAY, group="mục bị trả lại")  # fmt: skip
    assert (told(cast.lan), told(cast.minh)) == (["2 mục bị trả lại"], ["Hai."])


def test_what_the_office_gives_back_to_the_lead_is_told_to_who_verified(cast: Cast) -> None:
    revision = stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.VERIFIED)
    step(cast, revision, ActKind.RETURN_TO_LEAD, by=cast.mai, reason="chưa rõ nguồn")
    assert "được trả lại để thẩm tra lại. Lý do: chưa rõ nguồn" in told(cast.hoa)[0]
    assert told(cast.lan) == []


def test_verifying_and_approving_tell_nobody_item_by_item(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.APPROVED)
    assert not Notice.objects.exists()


def test_closing_unlocking_and_extending_a_round_is_told_to_who_reports_in_it(cast: Cast) -> None:
    row = Round.objects.create(
        district=cast.district, year=YEAR, kind="month", number=10, opens_on=TODAY, due_on=TODAY, by=cast.tuan,
        at=timezone.now(),
    )  # fmt: skip
    office = {"by": cast.tuan, "standing": cast.standing(cast.tuan), "round": row, "on": TODAY}
    extend(**office, unit=cast.ky_phu, due_on=TODAY + timedelta(days=3), reason="Lũ")
    assert told(cast.lan) == ["Kỳ “Tháng 10/2023” của xã Kỳ Phú được gia hạn đến 18/10/2023."] and not told(cast.minh)
    close_round(**office)
    unlock_round(**office, reason="Nhập sót")
    closed = "Kỳ “Tháng 10/2023” đã chốt ngày 15/10/2023. Số gửi sau lúc chốt không tính cho kỳ này."
    opened = "Kỳ “Tháng 10/2023” đã mở lại, báo cáo tiếp được. Lý do: Nhập sót"
    assert told(cast.lan)[1:] == told(cast.minh) == told(cast.hoa) == [closed, opened]
    assert told(cast.tuan) == told(cast.hung) == told(cast.binh) == []
    assert Notice.objects.filter(person=cast.minh).first().url == f"/ky-bao-cao/{row.pk}/"
    assert mail.outbox == []


def test_closing_the_year_says_that_its_figures_are_locked(cast: Cast) -> None:
    row = Round.objects.create(
        district=cast.district, year=YEAR, kind="year", number=1, opens_on=TODAY, due_on=TODAY, by=cast.tuan,
        at=timezone.now(),
    )  # fmt: skip
    second = post(cast.lan, Role.COMMUNE, cast.ky_chau)
    close_round(by=cast.tuan, standing=cast.standing(cast.tuan), round=row, on=TODAY)
    (said,) = told(second.person)
    assert said.endswith("Số liệu năm 2023 không sửa được nữa."), "once, however many units are theirs"


def test_an_act_that_fails_tells_nobody(cast: Cast, monkeypatch) -> None:
    """A notice belongs to the act: with the act undone it is undone."""
    revision = stated(cast, "bhyt", "96,4", by=cast.lan)
    real = telling.notify

    def fails(**kwargs) -> None:
        real(**kwargs)
        raise RuntimeError("power cut")

    monkeypatch.setattr(telling, "notify", fails)
    with pytest.raises(RuntimeError):
        step(cast, revision, ActKind.RETURN, by=cast.hoa, reason="thiếu")
    revision.refresh_from_db()
    assert not Notice.objects.exists() and revision.stage == Stage.SUBMITTED.value


def test_a_kind_left_out_is_not_told(cast: Cast) -> None:
    NoticeSetting.objects.create(person=cast.lan, muted=[NoticeKind.COMMENT.value])
    tell(cast.lan, kind=NoticeKind.COMMENT)
    assert told(cast.lan) == []
    tell(cast.lan, kind=NoticeKind.ROUND)
    assert told(cast.lan) == ["Có việc."]  # positive control


def test_the_bell_counts_what_is_unread_for_one_query(cast: Cast, django_assert_num_queries) -> None:
    client = signed_in(cast.lan)
    client.get("/tai-khoan/")
    with django_assert_num_queries(7):
        assert BELL not in client.get("/tai-khoan/").content.decode()
    tell(cast.lan)
    tell(cast.lan, url="/khac/")
    with django_assert_num_queries(7):
        assert f'<b>2<span class="vh"> {BELL}' in client.get("/tai-khoan/").content.decode()
    assert BELL not in signed_in(cast.minh).get("/tai-khoan/").content.decode()


def test_opening_a_notice_marks_it_read_and_leads_on(cast: Cast) -> None:
    tell(cast.lan, url="/xa/ky-phu/danh-gia/")
    tell(cast.lan, "Việc khác.", url="/ky-bao-cao/")
    first = Notice.objects.get(sentence="Có việc.")
    client = signed_in(cast.lan)
    assert client.get(reverse("accounts:notice", args=[first.pk]))["Location"] == "/xa/ky-phu/danh-gia/"
    assert list(Notice.objects.filter(read_at=None).values_list("sentence", flat=True)) == ["Việc khác."]
    assert "Việc khác." in client.get("/thong-bao/").content.decode()
    client.post("/thong-bao/")
    assert not Notice.objects.filter(read_at=None).exists()


def test_one_is_marked_without_leaving_the_list(cast: Cast) -> None:
    tell(cast.lan)
    pk = Notice.objects.get().pk
    assert signed_in(cast.lan).post(reverse("accounts:notice", args=[pk]))["Location"] == "/thong-bao/"
    assert Notice.objects.get().read_at is not None


def test_a_notice_never_leads_out_of_the_house(cast: Cast) -> None:
    for url in ("https://xau.example/", "//xau.example/", "/\\xau.example", ""):
        notice = Notice.objects.create(
            person=cast.lan, kind="round", sentence="Có việc.", url=url, on=TODAY, at="2023-10-15T08:00:00Z"
        )
        response = signed_in(cast.lan).get(reverse("accounts:notice", args=[notice.pk]))
        assert response["Location"] == "/thong-bao/", url


def test_a_notice_of_somebody_else_is_not_there(cast: Cast) -> None:
    tell(cast.lan)
    pk = Notice.objects.get().pk
    for client in (signed_in(cast.minh), signed_in(cast.tuan)):
        assert client.get(reverse("accounts:notice", args=[pk])).status_code == 404
        assert client.post(reverse("accounts:notice", args=[pk])).status_code == 404
        client.post("/thong-bao/")
    assert Notice.objects.get().read_at is None
    assert signed_in(cast.lan).get("/thong-bao/99999999999999999999/").status_code == 404


def test_how_one_is_told_is_ones_own_choice(cast: Cast) -> None:
    client = signed_in(cast.lan)
    assert "Nhận một thư tổng hợp" in client.get("/tai-khoan/thong-bao/").content.decode()
    kept = [kind.value for kind in NoticeKind if kind is not NoticeKind.IMPORT]
    response = client.post("/tai-khoan/thong-bao/", {"email": " lan@kyphu.vn ", "kinds": kept})
    assert response["Location"] == "/tai-khoan/thong-bao/"
    cast.lan.refresh_from_db()
    setting = NoticeSetting.objects.get(person=cast.lan)
    assert (cast.lan.email, setting.wants_digest, setting.muted) == ("lan@kyphu.vn", False, ["import"])
    entry = HistoryEntry.objects.get(act="person.email")
    assert "lan@kyphu.vn" not in f"{entry.sentence}{entry.changes}", "the address is nobody else's business"


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("lan", "Địa chỉ thư chưa đúng"),
        ("lan@kyphu.vn\nBcc: ca-huyen@x.vn", "Địa chỉ thư chưa đúng"),
        ("a" * 260 + "@x.vn", "Địa chỉ thư"),
        ("lan@@x", "Địa chỉ thư chưa đúng"),
    ],
)
def test_a_wrong_address_is_refused_with_a_sentence(cast: Cast, email: str, sentence: str) -> None:
    response = signed_in(cast.lan).post("/tai-khoan/thong-bao/", {"email": email, "wants_digest": "on"})
    assert response.status_code == 422 and sentence in response.content.decode()
    cast.lan.refresh_from_db()
    assert cast.lan.email == "" and not NoticeSetting.objects.exists()


def test_a_kind_that_is_none_is_refused(cast: Cast) -> None:
    response = signed_in(cast.lan).post("/tai-khoan/thong-bao/", {"kinds": ["la"]})
    assert response.status_code == 422 and "Loại thông báo này không có." in response.content.decode()


def test_the_list_of_notices_costs_the_same_for_many(cast: Cast, django_assert_num_queries) -> None:
    client = signed_in(cast.lan)
    tell(cast.lan)
    client.get("/thong-bao/")
    with django_assert_num_queries(9):
        client.get("/thong-bao/")
    for number in range(25):
        tell(cast.lan, url=f"/{number}/")
    with django_assert_num_queries(9):
        client.get("/thong-bao/")


def test_officers_land_on_their_work_and_leaders_on_the_overview(cast: Cast) -> None:
    lands = {"lan": "/viec-cua-toi/", "hoa": "/viec-cua-toi/", "tuan": "/", "hung": "/", "dung": "/", "quan": "/"}
    for name, url in lands.items():
        assert signed_in(getattr(cast, name)).get("/tai-khoan/bat-dau/")["Location"] == url, name


def test_who_signs_and_does_not_sign_is_told_who_proposed(cast: Cast) -> None:
    """The chairman sends back what was proposed to him: who typed and who proposed are told, he is not."""
    Practice.objects.create(district=cast.district, needs_sign_off=True)
    chairman = make_person(username="chu-tich", full_name="Lê Văn Chủ")
    seat = post(chairman, cast.standing(cast.lan).seats[0].role, cast.ky_phu)
    type(seat).objects.filter(pk=seat.pk).update(signs_off=True)
    revision = typed(cast, "bhyt", "96,4", by=cast.lan)
    _sign_off_step(cast, revision, ActKind.PROPOSE, cast.lan)
    _sign_off_step(cast, revision, ActKind.SEND_BACK, chairman, "chưa có biên bản")
    assert "Lý do: chưa có biên bản" in told(cast.lan)[0] and told(chairman) == []


def _sign_off_step(cast: Cast, revision, act: ActKind, by, reason: str = "") -> None:
    row = Statement.objects.select_related("assessment__unit__parent").get(pk=revision.pk)
    item = item_of(row.assessment.unit, leads_of(cast.district, TODAY).of("bhyt"), row, None, WorkingRules("", True))
    move(act=act, by=by, standing=cast.standing(by), item=item, seen=Seen(row.pk), on=TODAY, reason=reason)
